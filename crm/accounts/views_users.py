"""Who works here: users, their invitations, what each role may."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import select

from crm import frame, web
from crm.accounts import choices, mails, queries, undo
from crm.accounts.forms import ROLE_NAMES, UserForm
from crm.accounts.models import User
from crm.accounts.once import leads_to, once
from crm.accounts.preferences import preference
from crm.accounts.signing_in import password_link
from crm.accounts.trail import audit
from crm.accounts.wording import RIGHT_NAMES
from crm.extensions import db
from crm.fields import options
from crm.frame import needs

blueprint = Blueprint("users", __name__)


@blueprint.get("/settings/users")
@needs("users")
def users():
    return web.page("settings/users.html", users=db.session.execute(queries.staff()).all(), roles=ROLE_NAMES)


@blueprint.route("/settings/users/new", methods=["GET", "POST"])
@needs("users")
@once
def new_user():
    form = user_form()
    if not form.validate_on_submit() or is_taken(form):
        return web.page("settings/new_user.html", form=form, status=422 if form.is_submitted() else 200)
    user = User(name=form.name.data, email=form.email.data, role=form.role.data, department_id=form.department_id.data,
                address_form=preference("address_form"))
    db.session.add(user)
    audit("user.created", user, name=user.name, role=user.role)
    mails.send_invitation(user)
    location = leads_to("/settings/users")
    db.session.commit()
    web.toast(_("%(name)s gets a mail with a link to choose a password.", name=user.name))
    return web.done(location)


@blueprint.route("/settings/users/<int:ident>", methods=["GET", "POST"])
@needs("users")
def user(ident: int):
    person = db.get_or_404(User, ident)
    form = user_form(person)
    if not form.validate_on_submit() or is_taken(form, person):
        return web.page("settings/user.html", form=form, person=person, status=422 if form.is_submitted() else 200)
    was = {"name": person.name, "email": person.email, "role": person.role, "department_id": person.department_id}
    person.give_role(form.role.data)
    form.populate_obj(person)
    changed = {key: [value, getattr(person, key)] for key, value in was.items() if getattr(person, key) != value}
    audit("user.changed", person, **changed)
    db.session.commit()
    web.toast(_("Saved."))
    return web.done("/settings/users")


def user_form(person: User | None = None) -> UserForm:
    form = UserForm(obj=person)
    form.department_id.choices = options(choices.departments(), empty=_("No department"))
    return form


def is_taken(form: UserForm, person: User | None = None) -> bool:
    holder = db.session.scalar(select(User.id).where(User.email == form.email.data))
    if holder is None or (person and holder == person.id):
        return False
    form.email.errors = [_("Somebody with this address is already here.")]
    return True


@blueprint.post("/settings/users/<int:ident>/invitation")
@needs("users")
def invitation(ident: int):
    """Another mail with a link to choose a password, and the link itself, to hand over when mail does not work."""
    person = db.get_or_404(User, ident)
    mails.send_invitation(person)
    audit("user.invited", person)
    db.session.commit()
    return web.page("settings/user.html", form=user_form(person), person=person, link=password_link(person, "invitation"))


@blueprint.post("/settings/users/<int:ident>/deactivation")
@needs("users")
def deactivate_user(ident: int):
    person = db.get_or_404(User, ident)
    person.deactivate()
    audit("user.deactivated", person)
    undo.offer("user.deactivated", _("%(name)s can no longer sign in.", name=person.name), id=person.id)
    db.session.commit()
    return web.done("/settings/users")


@blueprint.delete("/settings/users/<int:ident>/deactivation")
@needs("users")
def reactivate_user(ident: int):
    person = db.get_or_404(User, ident)
    person.reactivate()
    audit("user.reactivated", person)
    undo.offer("user.reactivated", _("%(name)s can sign in again.", name=person.name), id=person.id)
    db.session.commit()
    return web.done("/settings/users")


@blueprint.get("/settings/roles")
@needs("users")
def roles():
    return web.page("settings/roles.html", rights=frame.RIGHTS, names=RIGHT_NAMES, roles=ROLE_NAMES, count=dict(db.session.execute(queries.head_count(User.role)).all()))
