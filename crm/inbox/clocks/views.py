"""Pages of promised times: the policies, the ledger of a conversation, the figures."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _

from crm import clock, fields, web
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.extensions import db
from crm.frame import needs
from crm.inbox.clocks import figures, wording
from crm.inbox.clocks.forms import PolicyForm, all_policies, selectors, told, write_length
from crm.inbox.clocks.models import SlaPolicy
from crm.inbox.clocks.recounting import clocks_of, recount_outdated
from crm.inbox.contexts import shown
from crm.inbox.models import Conversation

blueprint = Blueprint("clocks", __name__)
blueprint.record_once(lambda state: wording.register(state.app))
HOME = "/settings/service-levels"


@blueprint.get("/settings/service-levels")
@needs("settings")
def index():
    form, rows = PolicyForm(formdata=None), all_policies()
    told_of = [(row, selectors(row, form), write_length(row.first_response_minutes), write_length(row.resolution_minutes)) for row in rows]
    return web.page("inbox/clocks/policies.html", policies=told_of)


@blueprint.get("/settings/service-levels/new")
@needs("settings")
def new():
    return web.page("inbox/clocks/policy.html", form=PolicyForm(formdata=None, data={"first_response_minutes": 240, "resolution_minutes": 960, "warn_minutes": 60}), policy=None)


@blueprint.post("/settings/service-levels")
@needs("settings")
@once
def create():
    form = PolicyForm()
    if not form.validate():
        return web.invalid("inbox/clocks/policy.html", form=form, policy=None)
    return saved(form, SlaPolicy(), "sla_policy.created")


@blueprint.get("/settings/service-levels/<int:ident>")
@needs("settings")
def show(ident: int):
    row = found(ident)
    return web.page("inbox/clocks/policy.html", form=PolicyForm(formdata=None, data=told(row)), policy=row)


@blueprint.post("/settings/service-levels/<int:ident>")
@needs("settings")
def edit(ident: int):
    row, form = found(ident), PolicyForm()
    if not form.validate():
        return web.invalid("inbox/clocks/policy.html", form=form, policy=row)
    return saved(form, row, "sla_policy.changed")


@blueprint.delete("/settings/service-levels/<int:ident>")
@needs("settings")
def remove(ident: int):
    row = found(ident)
    db.session.delete(row)
    audit("sla_policy.removed", row, name=row.name)
    return settled()


@blueprint.post("/settings/service-levels/<int:ident>/position")
@needs("settings")
def move(ident: int):
    row = found(ident)
    row.move(-1 if request.form.get("step") == "up" else 1)
    audit("sla_policy.changed", row, position=row.position)
    return settled()


def saved(form: PolicyForm, row: SlaPolicy, action: str):
    form.fill(row)
    db.session.flush()
    audit(action, row, name=row.name)
    leads_to(HOME)
    web.toast(_("Saved."))
    return settled()


def settled():
    """What was promised changed: the clocks of live conversations are counted anew, many of them at once and the rest by the job."""
    db.session.flush()
    recount_outdated()
    db.session.commit()
    return web.done(HOME)


def found(ident: int) -> SlaPolicy:
    return db.session.get(SlaPolicy, ident) or abort(404)


@blueprint.get("/inbox/<int:ident>/clocks")
def ledger(ident: int):
    """Each clock of a conversation: what was counted, what was not, and why."""
    conversation = shown(ident)
    policy, clocks, calendar = clocks_of(db.session.get_one(Conversation, ident))
    return web.page("inbox/clocks/ledger.html", "inbox/clocks/_ledger.html", conversation=conversation, policy=policy, clocks=clocks.values(), calendar=calendar, now=clock.now())


@blueprint.get("/inbox/figures")
def service_levels():
    wanted = figures.Wanted.of(request.args)
    group = fields.ident_or_none(request.args.get("group"))
    rows = figures.rows(wanted, request.args.get("kind", ""), group) if request.args.get("kind") in figures.MEASURED else None
    return web.page("inbox/clocks/figures.html", wanted=wanted, found=figures.by_group(wanted), rows=rows, kind=request.args.get("kind", ""), figures_by=figures.BY, names=figures.names(wanted.by))
