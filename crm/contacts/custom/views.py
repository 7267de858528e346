"""The settings page of a firm's own fields."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import func, select

from crm import web
from crm.accounts import undo
from crm.accounts.trail import audit
from crm.contacts import custom
from crm.contacts.custom.forms import ABOUT_LABELS, FieldChangeForm, FieldForm, key_for, read_choices, write_choices
from crm.contacts.custom.models import ABOUT, CustomField
from crm.contacts.custom.ordering import move
from crm.contacts.custom.values import take_over
from crm.extensions import db
from crm.frame import needs

blueprint = Blueprint("custom_fields", __name__)


@blueprint.get("/settings/fields")
@needs("settings")
def index():
    return show_all(FieldForm())


@blueprint.post("/settings/fields")
@needs("settings")
def create():
    form = FieldForm()
    if not form.validate():
        return show_all(form, 422)
    field = CustomField(about=form.about.data, key=key_for(form.label.data), kind=form.kind.data, position=next_position(form.about.data))
    take(form, field)
    db.session.add(field)
    audit("field.created", field, name=field.label)
    db.session.flush()
    custom.forget()
    taken, left = take_over(field.about, field.key)
    finish()
    web.toast(said(field, taken, left))
    return web.done("/settings/fields")


@blueprint.get("/settings/fields/<int:ident>")
@needs("settings")
def show(ident: int):
    field = db.get_or_404(CustomField, ident)
    shown = {name: getattr(field, name) for name in ("label", "label_de", "required", "listed")} | {"choices": write_choices(field.choices)}
    return web.page("fields/edit.html", field=field, form=FieldChangeForm(formdata=None, data=shown), kinds=custom.KINDS, about_labels=ABOUT_LABELS)


@blueprint.post("/settings/fields/<int:ident>")
@needs("settings")
def update(ident: int):
    field = db.get_or_404(CustomField, ident)
    form = FieldChangeForm()
    form.about.data, form.kind.data = field.about, field.kind
    if not form.validate():
        return web.invalid("fields/edit.html", field=field, form=form, kinds=custom.KINDS, about_labels=ABOUT_LABELS)
    take(form, field)
    audit("field.changed", field, name=field.label)
    finish()
    web.toast(_("Saved."))
    return web.done("/settings/fields")


@blueprint.post("/settings/fields/<int:ident>/<any(up, down):way>")
@needs("settings")
def reorder(ident: int, way: str):
    move(db.get_or_404(CustomField, ident), -1 if way == "up" else 1)
    finish()
    return web.done("/settings/fields", "fields/_fields.html", **listing())


@blueprint.post("/settings/fields/<int:ident>/archive")
@needs("settings")
def archive(ident: int):
    field = db.get_or_404(CustomField, ident)
    field.archive()
    audit("field.archived", field, name=field.label)
    undo.offer("field.archived", _("The field “%(name)s” is archived; its values are kept.", name=field.label), field_id=ident)
    finish()
    return web.done("/settings/fields", "fields/_fields.html", **listing())


@blueprint.delete("/settings/fields/<int:ident>/archive")
@needs("settings")
def unarchive(ident: int):
    field = db.get_or_404(CustomField, ident)
    field.unarchive()
    audit("field.unarchived", field, name=field.label)
    finish()
    return web.done("/settings/fields", "fields/_fields.html", **listing())


def finish() -> None:
    db.session.commit()
    custom.forget()


def take(form: FieldForm, field: CustomField) -> None:
    field.label, field.label_de = form.label.data, form.label_de.data or ""
    field.required, field.listed = form.required.data, form.listed.data
    field.choices = read_choices(form.choices.data or "") if field.kind == "choice" else []


def said(field: CustomField, taken: int, left: int) -> str:
    if not taken and not left:
        return _("The field “%(name)s” is there.", name=field.label)
    return _("The field “%(name)s” is there. Values taken over: %(taken)d; not readable as this kind: %(left)d.", name=field.label, taken=taken, left=left)


def next_position(about: str) -> int:
    last = db.session.scalar(select(func.max(CustomField.position)).where(CustomField.about == about))
    return (last or 0) + 1


def listing():
    rows = db.session.scalars(select(CustomField).order_by(CustomField.archived_at.is_not(None), CustomField.position, CustomField.id)).all()
    return {"groups": [(ABOUT_LABELS[about], [row for row in rows if row.about == about]) for about in ABOUT], "kinds": custom.KINDS}


def show_all(form: FieldForm, status: int = 200):
    return web.page("fields/index.html", status=status, form=form, **listing())
