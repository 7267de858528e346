"""Pages of the register: the journey in its three phases, one touchpoint, changes to it."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.extensions import db
from crm.frame import needs
from crm.touchpoints import queries
from crm.touchpoints.creating import change_touchpoint, create_touchpoint
from crm.touchpoints.forms import MergeForm, TouchpointForm
from crm.touchpoints.models import Touchpoint
from crm.touchpoints.wording import IMPORTANCE, PHASES

blueprint = Blueprint("touchpoints", __name__)
VOLUME_DAYS = 90


@blueprint.get("/touchpoints")
def index():
    retired = "retired" in request.args
    lanes: dict[str, list[Touchpoint]] = {phase: [] for phase in PHASES}
    for touchpoint in db.session.scalars(queries.register(retired=retired)):
        lanes[touchpoint.phase].append(touchpoint)
    volumes = current_app.extensions["volumes"](VOLUME_DAYS)
    return web.page("touchpoints/index.html", lanes=lanes, phases=PHASES, retired=retired, volumes=volumes, days=VOLUME_DAYS, most=max(volumes.values(), default=0))


@blueprint.get("/touchpoints/new")
@needs("touchpoints")
def new():
    form = TouchpointForm()
    if request.args.get("phase") in PHASES:
        form.phase.data = request.args["phase"]
    return web.page("touchpoints/new.html", "touchpoints/_form.html", form=form, action="/touchpoints")


@blueprint.post("/touchpoints")
@needs("touchpoints")
@once
def create():
    form = TouchpointForm()
    if not form.validate():
        return web.invalid("touchpoints/new.html", "touchpoints/_form.html", form=form, action="/touchpoints")
    touchpoint = create_touchpoint(form.data)
    db.session.flush()
    location = leads_to(f"/touchpoints/{touchpoint.id}")
    db.session.commit()
    web.toast(_("%(name)s was added.", name=touchpoint.label))
    return web.done(location)


@blueprint.get("/touchpoints/<int:ident>")
def show(ident: int):
    touchpoint = one(ident)
    volume = current_app.extensions["volumes"](VOLUME_DAYS).get(ident, 0)
    absorbed = db.session.scalars(queries.absorbed_by(touchpoint)).all()
    panels = [(panel, panel.load(touchpoint)) for panel in current_app.extensions["panels"]["touchpoint"]]
    address = f"{current_app.config['SETTINGS'].base_url}/t/{touchpoint.key}"
    return web.page("touchpoints/show.html", touchpoint=touchpoint, volume=volume, days=VOLUME_DAYS, phases=PHASES, importance=IMPORTANCE, absorbed=absorbed,
                    panels=panels, address=address)


@blueprint.get("/touchpoints/<int:ident>/edit")
@needs("touchpoints")
def edit(ident: int):
    touchpoint = one(ident)
    return edit_page(touchpoint, TouchpointForm(formdata=None, obj=touchpoint), MergeForm(touchpoint, formdata=None))


@blueprint.post("/touchpoints/<int:ident>")
@needs("touchpoints")
def update(ident: int):
    touchpoint = one(ident)
    form = TouchpointForm(data={"owner_id": touchpoint.owner_id})
    if not form.validate():
        return edit_page(touchpoint, form, MergeForm(touchpoint, formdata=None), 422)
    change_touchpoint(touchpoint, form.data)
    db.session.commit()
    web.toast(_("%(name)s was saved.", name=touchpoint.label))
    return web.done(f"/touchpoints/{ident}")


@blueprint.post("/touchpoints/<int:ident>/retirement")
@needs("touchpoints")
def retire(ident: int):
    touchpoint = one(ident)
    if touchpoint.active:
        touchpoint.retire()
        undo.offer("touchpoint.retired", _("%(name)s was retired.", name=touchpoint.label), touchpoint_id=ident)
    db.session.commit()
    return web.done(f"/touchpoints/{ident}")


@blueprint.delete("/touchpoints/<int:ident>/retirement")
@needs("touchpoints")
def unretire(ident: int):
    touchpoint = one(ident)
    touchpoint.unretire()
    db.session.commit()
    web.toast(_("%(name)s is in use again.", name=touchpoint.label))
    return web.done(f"/touchpoints/{ident}")


@blueprint.post("/touchpoints/<int:ident>/merge")
@needs("touchpoints")
def merge(ident: int):
    touchpoint = one(ident)
    form = MergeForm(touchpoint)
    if not form.validate():
        return edit_page(touchpoint, TouchpointForm(formdata=None, obj=touchpoint), form, 422)
    survivor = one(form.into.data)
    before = {"was_retired_at": bool(touchpoint.retired_at), "moved_along": [other.id for other in db.session.scalars(queries.absorbed_by(touchpoint))]}
    touchpoint.merge_into(survivor)
    said = _("%(name)s was merged into %(survivor)s.", name=touchpoint.label, survivor=survivor.label)
    undo.offer("touchpoint.merged", said, touchpoint_id=ident, **before)
    db.session.commit()
    return web.done(f"/touchpoints/{survivor.id}")


def edit_page(touchpoint: Touchpoint, form: TouchpointForm, merging: MergeForm, status: int = 200):
    action = f"/touchpoints/{touchpoint.id}"
    return web.page("touchpoints/edit.html", status=status, touchpoint=touchpoint, form=form, merging=merging, action=action)


def one(ident: int) -> Touchpoint:
    return db.one_or_404(queries.visible_to(current_user).where(Touchpoint.id == ident))
