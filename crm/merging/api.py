"""/contacts/{id}/merge, /organisations/{id}/merge and /merges: merging and undoing for programs."""

from __future__ import annotations

from typing import Any

from marshmallow import validate
from sqlalchemy import select

from crm import web
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.contacts.models import Contact, Organisation
from crm.merging import choosing
from crm.merging.models import KINDS, Merge
from crm.merging.parting import part
from crm.merging.uniting import unite


class MergeSchema(Schema):
    id = fields.Id(dump_only=True)
    kind = fields.Choice(*KINDS, dump_only=True)
    survivor_id = fields.Id(dump_only=True)
    merged_id = fields.Id(dump_only=True)
    survivor_name = fields.Text(260, dump_only=True)
    merged_name = fields.Text(260, dump_only=True)
    by_id = fields.Id(dump_only=True, allow_none=True)
    at = fields.Moment(dump_only=True)
    undone_at = fields.Moment(dump_only=True, allow_none=True)
    moved = fields.Function(lambda merge: merge.counts, dump_only=True, metadata={
        "type": "object", "additionalProperties": {"type": "integer"}, "description": "How many rows moved, by table and column."})


class MergingSchema(Schema):
    into = fields.Id(required=True, metadata={"description": "Who stays. An id that was merged itself stands for its survivor."})
    choices = fields.Dict(
        keys=fields.Text(160, 1), values=fields.Choice(choosing.MERGED, choosing.SURVIVOR, choosing.BOTH), validate=validate.Length(max=200),
        metadata={"description": "Whose value stays, by field. Left out: what is filled beats what is empty, of two the survivor's stays."})


class MergeList(ListArguments):
    sort = sorting("at", default="-at")
    kind = fields.Choice(*KINDS)
    survivor_id = fields.Number()
    merged_id = fields.Number()
    undone = fields.Boolean()


contacts = Resource("contact_merging", "Two contacts that are one person.", prefix="/contacts")
organisations = Resource("organisation_merging", "Two organisations that are one.", prefix="/organisations")
merges = Resource("merges", "What was merged. Each merge can be undone at any time.")


@contacts.route("/<int:contact_id>/merge")
class MergeContact(Endpoint):
    @contacts.created(MergeSchema, MergingSchema, right="merge")
    def post(self, values: dict[str, Any], contact_id: int) -> Merge:
        """Merge this contact into another, which stays. What points at it moves; its id leads to the other from now on."""
        return merged("contact", Contact, contact_id, values)


@organisations.route("/<int:organisation_id>/merge")
class MergeOrganisation(Endpoint):
    @organisations.created(MergeSchema, MergingSchema, right="merge")
    def post(self, values: dict[str, Any], organisation_id: int) -> Merge:
        """Merge this organisation into another, which stays, with its people and subsidiaries."""
        return merged("organisation", Organisation, organisation_id, values)


def merged(kind: str, model: Any, ident: int, values: dict[str, Any]) -> Merge:
    found(select(model).where(model.id == ident))
    if referenced(model, values["into"], "into").id == ident:
        refuse("into", "A record cannot be merged with itself.")
    return unite(kind, ident, values["into"], caller(), values.get("choices", {}))


@merges.route("")
class Merges(Endpoint):
    @merges.listed(MergeSchema, MergeList, right="merge")
    def get(self, arguments):
        """Merges, the last first."""
        query = select(Merge)
        for name in ("kind", "survivor_id", "merged_id"):
            if name in arguments:
                query = query.where(getattr(Merge, name) == arguments[name])
        if "undone" in arguments:
            query = query.where(Merge.undone_at.is_not(None) if arguments["undone"] else Merge.undone_at.is_(None))
        return paged(query, arguments, {"at": Merge.at}, Merge.id)


@merges.route("/<int:merge_id>")
class OneMerge(Endpoint):
    @merges.shown(MergeSchema, right="merge")
    def get(self, merge_id):
        """One merge."""
        return found(select(Merge).where(Merge.id == merge_id))

    @merges.removed(right="merge")
    def delete(self, merge_id):
        """Undo it: what moved goes back, values that nobody changed since come back, what came later stays with the survivor. 409 with what
        to undo first, where a later merge builds on this one."""
        part(found(web.locked(select(Merge).where(Merge.id == merge_id), Merge)), caller())


RESOURCES = (contacts, organisations, merges)
