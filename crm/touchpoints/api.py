"""/touchpoints: the register, with what customers think of each."""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.accounts.models import Department, User
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting
from crm.extensions import db
from crm.touchpoints.creating import KEY, change_touchpoint, create_touchpoint
from crm.touchpoints.models import CHANNELS, PHASES, REACHES, Touchpoint
from crm.touchpoints.queries import visible_to


class TouchpointSchema(Schema):
    id = fields.Id(dump_only=True)
    key = fields.Text(60, 1, metadata={"description": "Stands in printed links, so it is given once. Made from the name if left out."})
    name = fields.Text(120, 1, required=True)
    name_de = fields.Text(120)
    phase = fields.Choice(*PHASES, required=True)
    reach = fields.Choice(*REACHES)
    channel = fields.Choice(*CHANNELS, required=True)
    department = fields.Method("department_key", "own_word", allow_none=True, metadata={"type": ["string", "null"], "description": "Key of a department."})
    owner_id = fields.Id(allow_none=True)
    promise = fields.Text(2000)
    promise_de = fields.Text(2000)
    importance = fields.Whole(1, 5)
    active = fields.Boolean()
    merged_into_id = fields.Id(dump_only=True, allow_none=True)
    score = fields.Method("scores", dump_only=True)

    def department_key(self, touchpoint: Touchpoint) -> str | None:
        return touchpoint.department.key if touchpoint.department else None

    def own_word(self, value: Any) -> Any:
        return value

    def scores(self, touchpoint: Touchpoint) -> dict[str, Any]:
        if "touchpoint_scores" not in g:
            g.touchpoint_scores = current_app.extensions["scores"]()
        return g.touchpoint_scores.get(touchpoint.id, {})


class TouchpointList(ListArguments):
    sort = sorting("position", "name", default="position")
    phase = fields.Choice(*PHASES)
    reach = fields.Choice(*REACHES)
    channel = fields.Choice(*CHANNELS)
    active = fields.Boolean()


touchpoints = Resource("touchpoints", "Where customers meet the firm, before, during and after the purchase.")
SORTS = {"position": Touchpoint.position, "name": Touchpoint.name}


@touchpoints.route("")
class Touchpoints(Endpoint):
    @touchpoints.listed(TouchpointSchema, TouchpointList)
    def get(self, arguments):
        """The register, in the order of the journey."""
        query = visible_to(caller()).options(joinedload(Touchpoint.department))
        for name in ("phase", "reach", "channel"):
            if name in arguments:
                query = query.where(getattr(Touchpoint, name) == arguments[name])
        if "active" in arguments:
            query = query.where(Touchpoint.retired_at.is_(None) if arguments["active"] else Touchpoint.retired_at.is_not(None))
        return paged(query, arguments, SORTS, Touchpoint.id)

    @touchpoints.created(TouchpointSchema, right="touchpoints")
    def post(self, values):
        """Add a touchpoint at the end of the register."""
        key = values.pop("key", "")
        if key and not KEY.fullmatch(key):
            refuse("key", "Use small letters, digits, hyphens and underscores.")
        if key and db.session.scalar(select(Touchpoint.id).where(Touchpoint.key == key)):
            refuse("key", "Another touchpoint has this key.")
        touchpoint = create_touchpoint(resolved(values), key)
        return switched(touchpoint, values)


@touchpoints.route("/<int:touchpoint_id>")
class OneTouchpoint(Endpoint):
    @touchpoints.shown(TouchpointSchema)
    def get(self, touchpoint_id):
        """One touchpoint."""
        return one(touchpoint_id)

    @touchpoints.changed(TouchpointSchema, right="touchpoints")
    def patch(self, values, touchpoint_id):
        """Change it, or retire it with `active: false`."""
        touchpoint = one(touchpoint_id)
        if values.pop("key", touchpoint.key) != touchpoint.key:
            refuse("key", "The key stands in printed links and never changes.")
        change_touchpoint(touchpoint, resolved(values))
        return switched(touchpoint, values)

    @touchpoints.removed(right="touchpoints")
    def delete(self, touchpoint_id):
        """Retire it; its history stays."""
        one(touchpoint_id).retire()


def one(ident: int) -> Touchpoint:
    return found(visible_to(caller()).where(Touchpoint.id == ident))


def resolved(values: dict[str, Any]) -> dict[str, Any]:
    """The values as columns: a department by its id instead of its key."""
    referenced(User, values.get("owner_id"), "owner_id")
    if "department" not in values:
        return values
    key = values["department"]
    if key is not None and not isinstance(key, str):
        refuse("department", "Give the key of a department, or null.")
    ident = db.session.scalar(select(Department.id).where(Department.key == key)) if key else None
    if key and ident is None:
        refuse("department", "There is no such department.")
    return values | {"department_id": ident}


def switched(touchpoint: Touchpoint, values: dict[str, Any]) -> Touchpoint:
    if "active" in values and values["active"] != (touchpoint.retired_at is None):
        (touchpoint.unretire if values["active"] else touchpoint.retire)()
    return touchpoint


RESOURCES = (touchpoints,)
