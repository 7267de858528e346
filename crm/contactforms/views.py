"""Settings: contact forms, their fields beside how they look, and what was sent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from crm import web
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.contactforms import kinds, receiving, views_public
from crm.contactforms.filling import Filled
from crm.contactforms.forms import AddForm, FieldForm, NewForm, SettingsForm
from crm.contactforms.models import ContactForm, FormSubmission
from crm.errors import Refused
from crm.extensions import db, fetch
from crm.frame import choose_locale, needs
from crm.settings import LOCALES

blueprint = Blueprint("contactforms", __name__)
blueprint.register_blueprint(views_public.blueprint)


@blueprint.get("/settings/forms")
@needs("settings")
def index() -> Response:
    sent = select(FormSubmission.form_id, func.count().label("sent"), func.max(FormSubmission.at).label("last")).group_by(FormSubmission.form_id).subquery()
    rows = fetch(select(ContactForm.id, ContactForm.name, ContactForm.key, ContactForm.active, sent.c.sent, sent.c.last)
                 .outerjoin(sent, sent.c.form_id == ContactForm.id).order_by(ContactForm.name))
    return web.page("contactforms/index.html", forms=rows)


@blueprint.get("/settings/forms/new")
@needs("settings")
def new() -> Response:
    return web.page("contactforms/new.html", form=NewForm(formdata=None))


@blueprint.post("/settings/forms")
@needs("settings")
@once
def create() -> Response:
    entry = NewForm()
    if not entry.validate():
        return web.invalid("contactforms/new.html", form=entry)
    form = entry.make()
    db.session.add(form)
    audit("contact_form.created", form, name=form.name)
    return _saved(form)


@blueprint.get("/settings/forms/<int:ident>")
@needs("settings")
def show(ident: int) -> Response:
    form = found(ident)
    return web.page("contactforms/edit.html", **editor(form))


@blueprint.post("/settings/forms/<int:ident>")
@needs("settings")
def edit(ident: int) -> Response:
    form = found(ident)
    entry = SettingsForm(form)
    if not entry.validate():
        return web.invalid("contactforms/edit.html", **editor(form, entry=entry))
    entry.fill()
    audit("contact_form.edited", form, name=form.name)
    web.toast(_("Saved"))
    return _saved(form)


@blueprint.get("/settings/forms/<int:ident>/preview")
@needs("settings")
def preview(ident: int) -> Response:
    """How it looks, also while it cannot be filled in; sends nothing."""
    form = found(ident)
    g.locale = request.args["lang"] if request.args.get("lang") in LOCALES else choose_locale()
    return views_public.form_page(form, Filled(), stamp="", preview=True)


# — its fields —————————————————————————————————————————————————————————————————————————————————————————


@blueprint.post("/settings/forms/<int:ident>/fields")
@needs("settings")
@once
def add_field(ident: int) -> Response:
    form = found(ident)
    entry = AddForm(form)
    if not entry.validate():
        raise Refused(_("The form has this field already."))
    field = kinds.new_field(form.fields, entry.kind.data)
    return _ordered(form, [*form.fields, field], field["key"])


@blueprint.post("/settings/forms/<int:ident>/fields/<key>")
@needs("settings")
def edit_field(ident: int, key: str) -> Response:
    form = found(ident)
    entry = FieldForm(form.field(key) or abort(404))
    if not entry.validate():
        return web.invalid("contactforms/edit.html", **editor(form, field=entry))
    return _ordered(form, [entry.filled if field["key"] == key else field for field in form.fields], key)


@blueprint.delete("/settings/forms/<int:ident>/fields/<key>")
@needs("settings")
def remove_field(ident: int, key: str) -> Response:
    form = found(ident)
    left = [field for field in form.fields if field["key"] != key]
    if not any(field["kind"] in kinds.REACHED_BY for field in left):
        raise Refused(_("Keep a mail address or a telephone number, or nobody can be answered."))
    return _ordered(form, left)


@blueprint.post("/settings/forms/<int:ident>/fields/<key>/<any(earlier,later):way>")
@needs("settings")
def move_field(ident: int, key: str, way: str) -> Response:
    form = found(ident)
    order = list(form.fields)
    place = order.index(form.field(key) or abort(404))
    other = max(0, place - 1) if way == "earlier" else min(len(order) - 1, place + 1)
    order[place], order[other] = order[other], order[place]
    return _ordered(form, order, key)


def _ordered(form: ContactForm, fields: list[kinds.Field], key: str = "") -> Response:
    form.fields = fields
    audit("contact_form.edited", form, name=form.name, fields=[field["key"] for field in fields])
    return _saved(form, f"#field-{key}" if key else "#fields")


def _saved(form: ContactForm, anchor: str = "") -> Response:
    db.session.flush()
    location = leads_to(f"/settings/forms/{form.id}{anchor}")
    db.session.commit()
    return web.done(location)


# — what was sent ———————————————————————————————————————————————————————————————————————————————————————


@blueprint.get("/settings/forms/<int:ident>/submissions")
@needs("settings")
def submissions(ident: int) -> Response:
    form = found(ident)
    query = select(FormSubmission).where(FormSubmission.form_id == ident)
    page = web.paginate(query, FormSubmission.at, FormSubmission.id, cursor=request.args.get("cursor"), scalars=True)
    return web.page("contactforms/submissions.html", "contactforms/_submissions.html", form=form, page=page, here=f"/settings/forms/{ident}/submissions", value_of=receiving.value_of)


@blueprint.post("/settings/forms/<int:ident>/submissions/<int:number>/taking")
@needs("settings")
def take(ident: int, number: int) -> Response:
    """A suspected one is none: it goes the way of the others."""
    submission = db.session.get(FormSubmission, number)
    if submission is None or submission.form_id != ident:
        abort(404)
    receiving.receive(submission)
    audit("contact_form.taken", submission)
    db.session.commit()
    return web.done(f"/inbox/{submission.conversation_id}" if submission.conversation_id else f"/settings/forms/{ident}/submissions")


def found(ident: int) -> ContactForm:
    return db.session.get(ContactForm, ident) or abort(404)


def editor(form: ContactForm, *, entry: SettingsForm | None = None, field: FieldForm | None = None) -> dict[str, Any]:
    """What the page shows; `entry` and `field` are what was refused."""
    refused = {field.field["key"]: field} if field else {}
    fields = [refused.get(each["key"]) or FieldForm(each, formdata=None) for each in form.fields]
    address = f"{current_app.config['SETTINGS'].base_url}/form/{form.key}"
    return {
        "contact_form": form, "form": entry or SettingsForm(form, formdata=None), "fields": fields, "adding": AddForm(form, formdata=None), "opened": next(iter(refused), ""),
        "label": kinds.label, "kinds": kinds.KINDS, "address": address, "line": f'<script src="{address}.js" async></script>',
        "frame": f'<iframe src="{address}?embed=1" title="{form.name}" width="100%" height="700"></iframe>',
    }
