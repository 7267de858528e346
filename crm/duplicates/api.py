"""/duplicates: likely duplicates for programs, and what is decided about them. (Merging: /contacts/{id}/merge.)"""

from __future__ import annotations

from typing import Any

from crm import web
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, sorting
from crm.duplicates import queries
from crm.duplicates.grouping import regroup
from crm.duplicates.models import STATES, VERDICTS, DuplicatePair
from crm.extensions import db


class DuplicateSchema(Schema):
    id = fields.Id(dump_only=True)
    left_id = fields.Id(dump_only=True)
    right_id = fields.Id(dump_only=True)
    score = fields.Float(dump_only=True, metadata={"description": "The probability that they are one person, 0 to 1."})
    verdict = fields.Choice(*VERDICTS, dump_only=True)
    evidence = fields.Function(lambda pair: pair.because, dump_only=True, metadata={"type": "string", "description": "Why, in words."})
    state = fields.Choice(*STATES)
    decided_by_id = fields.Id(dump_only=True, allow_none=True)
    decided_at = fields.Moment(dump_only=True, allow_none=True)
    found_at = fields.Moment(dump_only=True)


class DuplicateList(ListArguments):
    sort = sorting("score", "found_at", default="-score")
    state = fields.Choice(*STATES)
    verdict = fields.Choice(*VERDICTS)
    contact_id = fields.Number()


duplicates = Resource("duplicates", "Contacts that are likely one person, with the evidence.")
SORTS = {"score": DuplicatePair.score, "found_at": DuplicatePair.found_at}


@duplicates.route("")
class Duplicates(Endpoint):
    @duplicates.listed(DuplicateSchema, DuplicateList)
    def get(self, arguments):
        """Likely duplicates, best evidence first. Pairs of which one was merged are left out."""
        query = queries.pairs(arguments.get("state"))
        if "verdict" in arguments:
            query = query.where(DuplicatePair.verdict == arguments["verdict"])
        if "contact_id" in arguments:
            query = query.where((DuplicatePair.left_id == arguments["contact_id"]) | (DuplicatePair.right_id == arguments["contact_id"]))
        return paged(query, arguments, SORTS, DuplicatePair.id)


@duplicates.route("/<int:duplicate_id>")
class OneDuplicate(Endpoint):
    @duplicates.shown(DuplicateSchema)
    def get(self, duplicate_id):
        """One pair."""
        return found(queries.pairs().where(DuplicatePair.id == duplicate_id))

    @duplicates.changed(DuplicateSchema, right="merge")
    def patch(self, values: dict[str, Any], duplicate_id):
        """Decide: `rejected` is remembered as not a duplicate, `later` puts the pair off, `open` asks again."""
        pair = found(web.locked(queries.pairs().where(DuplicatePair.id == duplicate_id), DuplicatePair))
        if "state" in values:
            pair.decide(values["state"], caller())
            db.session.flush()
            regroup()
        return pair


RESOURCES = (duplicates,)
