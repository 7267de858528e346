"""/metrics: what customers think, how quickly they are answered, and how much there is to do."""

from __future__ import annotations

from typing import Any

from crm import clock
from crm.api import Endpoint, Resource, Schema, caller, fields, refuse
from crm.extensions import db
from crm.formatting import formats
from crm.inbox.clocks.figures import BY, USUAL, Wanted
from crm.metrics.gathering import gather
from crm.segments import queries as segments
from crm.segments.compiling import matching
from crm.segments.models import Segment
from crm.segments.rules import parse


class MetricsArguments(Schema):
    by = fields.Choice(*BY, load_default="touchpoint")
    first = fields.Date(data_key="from", metadata={"description": "First day; 90 days before the last one if left out."})
    last = fields.Date(data_key="to", metadata={"description": "Last day; today if left out."})
    segment = fields.Number(metadata={"description": "Only people of this segment."})


class ScoreSchema(Schema):
    n = fields.Whole(0)
    value = fields.Float(allow_none=True, metadata={"description": "Null while n is too small."})
    margin = fields.Float(allow_none=True, metadata={"description": "Half of the 95 % interval."})


class ResponsesSchema(Schema):
    n = fields.Whole(0, metadata={"description": "How many were asked."})
    answered = fields.Whole(0)
    rate = fields.Float()


class TimesSchema(Schema):
    n = fields.Whole(0)
    p50 = fields.Whole(0, metadata={"description": "Seconds of business time, pauses excluded."})
    p90 = fields.Whole(0)
    breached = fields.Whole(0, metadata={"description": "How many took longer than was promised."})


class GroupSchema(Schema):
    group = fields.Text(80, metadata={"description": "Key of a touchpoint or department (empty: none), a channel, or a month such as 2026-11."})
    nps = fields.Nested(ScoreSchema)
    csat = fields.Nested(ScoreSchema)
    ces = fields.Nested(ScoreSchema)
    expectation = fields.Nested(ScoreSchema)
    responses = fields.Nested(ResponsesSchema)
    first_response = fields.Nested(TimesSchema)
    resolution = fields.Nested(TimesSchema)
    interactions = fields.Whole(0)


class MetricsSchema(Schema):
    by = fields.Choice(*BY)
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    items = fields.List(fields.Nested(GroupSchema))


metrics = Resource("metrics", "Scores with n and margin, response rates, first response and resolution times, volumes.")


@metrics.route("")
class Metrics(Endpoint):
    @metrics.shown(MetricsSchema, MetricsArguments)
    def get(self, arguments):
        """The figures of each touchpoint, channel, department or month."""
        last = arguments.get("last") or formats().local(clock.now()).date()
        first = arguments.get("first") or (last - USUAL if last.year > 1000 else last)
        if not 1000 < first.year <= last.year < 9000 or first > last:  # near the ends of the calendar a change of zone overflows
            refuse("from", "The first day must not be after the last one.")
        wanted = Wanted(arguments["by"], first, last)
        found = gather(wanted, people(arguments.get("segment")))
        return {"by": wanted.by, "first": first, "last": last, "items": [{"group": group, **found[group]} for group in sorted(found)]}


def people(segment: int | None) -> Any:
    if segment is None:
        return None
    row = db.session.scalars(segments.visible_to(caller()).where(Segment.id == segment)).first() or refuse("segment", "There is no such segment.")
    return matching(parse(row.rule))


RESOURCES = (metrics,)
