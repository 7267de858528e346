"""/segments: rules, who they pick, why, and the export."""

from __future__ import annotations

from typing import Any

from flask import Response

from crm.accounts.trail import audit
from crm.api import (
    Endpoint,
    ListArguments,
    Resource,
    Schema,
    caller,
    fields,
    found,
    missing,
    paged,
    refuse_all,
    sorting,
)
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import db
from crm.segments import queries
from crm.segments.explaining import explain
from crm.segments.exporting import export
from crm.segments.models import Segment
from crm.segments.rules import Node, RuleError, parse

RULE = {
    "description": "A tree of all / any / none over fields and histories.",
    "example": {"all": [{"field": "lifecycle", "is": "customer"}, {"history": "interactions", "where": {"channel": "phone"}, "at_least": 1}]},
}


def rule_field(**options: Any) -> fields.Dict:
    return fields.Dict(metadata=RULE, **options)


class SegmentSchema(Schema):
    id = fields.Id(dump_only=True)
    name = fields.Text(120, least=1, required=True)
    description = fields.Text(1000)
    rule = rule_field(required=True)
    created_at = fields.Moment(dump_only=True)
    updated_at = fields.Moment(dump_only=True)


class SegmentList(ListArguments):
    sort = sorting("name", "created_at", "updated_at", default="name")


class SegmentMember(Schema):
    id = fields.Id(required=True)
    display_name = fields.Text(260, required=True)
    lifecycle = fields.Text(10, required=True)
    customer_since = fields.Date(allow_none=True)
    organisation_id = fields.Id(allow_none=True)
    organisation_name = fields.Text(200, allow_none=True)
    last_in_at = fields.Moment(allow_none=True)
    last_interaction_at = fields.Moment(allow_none=True)


class MemberList(ListArguments):
    sort = sorting("name", default="name")


class PreviewQuestion(Schema):
    rule = rule_field(required=True)


class Preview(Schema):
    count = fields.Whole(0, required=True)
    sample = fields.List(fields.Nested(SegmentMember), required=True)


class Because(Schema):
    path = fields.Text(200, required=True, metadata={"description": "Where the condition stands in the rule."})
    words = fields.Text(2000, required=True)
    met = fields.Boolean(required=True)
    actual = fields.Text(2000, required=True, metadata={"description": "What there is, in words."})


class MembershipSchema(Schema):
    member = fields.Boolean(required=True)
    because = fields.List(fields.Nested(Because), required=True)


segments = Resource("segments", "Saved rules over contacts and their history, and the people they pick.")


def one(segment_id: int) -> Segment:
    return found(queries.visible_to(caller()).where(Segment.id == segment_id))


def checked(rule: Any) -> Node:
    """The tree, or 422 with the reasons by path."""
    try:
        return parse(rule)
    except RuleError as error:
        refuse_all({path if path == "rule" else f"rule.{path}": reasons for path, reasons in error.errors.items()})


def rule_of(segment: Segment) -> Node:
    try:
        return parse(segment.rule)
    except RuleError as error:
        raise Refused(f"The rule of this segment can no longer be read: {error}", "rule") from error


@segments.route("")
class Segments(Endpoint):
    @segments.listed(SegmentSchema, SegmentList)
    def get(self, arguments):
        """The segments."""
        keys = {"name": Segment.name, "created_at": Segment.created_at, "updated_at": Segment.updated_at}
        return paged(queries.visible_to(caller()), arguments, keys, Segment.id)

    @segments.created(SegmentSchema)
    def post(self, values):
        """Save a rule."""
        node = checked(values["rule"])
        segment = Segment(created_by_id=caller().id, **values)
        db.session.add(segment)
        db.session.flush()
        segment.note_count(queries.count(node), changed=True)
        audit("segment.added", segment, name=segment.name, provenance="api")
        return segment


@segments.route("/preview")
class SegmentPreview(Endpoint):
    asking = ("POST",)

    @segments.answered(Preview, PreviewQuestion)
    def post(self, values):
        """Whom a rule picks, without saving it: how many, and some of them."""
        node = checked(values["rule"])
        return {"count": queries.count(node), "sample": queries.sample(node)}


@segments.route("/<int:segment_id>")
class OneSegment(Endpoint):
    @segments.shown(SegmentSchema)
    def get(self, segment_id):
        """One segment."""
        return one(segment_id)

    @segments.changed(SegmentSchema)
    def patch(self, values, segment_id):
        """Change name, description or rule."""
        segment = one(segment_id)
        node = checked(values["rule"]) if "rule" in values else None
        for name, value in values.items():
            setattr(segment, name, value)
        if node is not None:
            segment.note_count(queries.count(node), changed=True)
        audit("segment.changed", segment, name=segment.name, provenance="api")
        return segment

    @segments.removed()
    def delete(self, segment_id):
        """Archive the segment."""
        segment = one(segment_id)
        segment.archive()
        audit("segment.archived", segment, name=segment.name, provenance="api")


@segments.route("/<int:segment_id>/members")
class Members(Endpoint):
    @segments.listed(SegmentMember, MemberList)
    def get(self, arguments, segment_id):
        """The people in the segment now."""
        node = rule_of(one(segment_id))
        return paged(queries.people(node), arguments, {"name": Contact.sort_name}, Contact.id, scalars=False)


@segments.route("/<int:segment_id>/members/<int:contact_id>")
class Membership(Endpoint):
    @segments.shown(MembershipSchema)
    def get(self, segment_id, contact_id):
        """Whether a contact is in the segment, and why."""
        return explain(rule_of(one(segment_id)), contact_id) or missing()


@segments.route("/<int:segment_id>/export.csv")
class Export(Endpoint):
    writing = ("GET",)

    @segments.downloaded("text/csv", right="export")
    def get(self, segment_id) -> Response:
        """Everybody in the segment as CSV.

        Needs the right “export”. Who took it and when is written into the audit trail.
        """
        segment = one(segment_id)
        rule_of(segment)
        return export(segment, provenance="api")


RESOURCES = (segments,)
