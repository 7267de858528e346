"""Settings of the firm: users, departments, roles, tokens, the audit trail."""

from __future__ import annotations

from flask import current_app, request
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.exceptions import BadRequest

from crm import frame, web
from crm.accounts import choices, mails, preferences, queries, undo
from crm.accounts.forms import ROLE_NAMES, SCOPE_NAMES, DepartmentForm, FirmForm, TrailFilter, UserForm
from crm.accounts.models import ApiToken, AuditEntry, Department, User
from crm.accounts.signing_in import password_link
from crm.accounts.trail import audit
from crm.accounts.views import blueprint
from crm.accounts.views_account import revoke
from crm.accounts.wording import RIGHT_NAMES, action_name, detail_words
from crm.extensions import db
from crm.fields import options
from crm.frame import needs


@blueprint.get("/settings")
def settings():
    pages = [page for page in current_app.extensions["settings_pages"] if not page.right or frame.may(page.right)]
    return web.page("settings/index.html", pages=pages)


@blueprint.route("/settings/firm", methods=["GET", "POST"])
@needs("settings")
def firm():
    form = FirmForm(data={key: preferences.preference(key) for key in preferences.DEFAULTS})
    if not form.validate_on_submit():
        return web.page("settings/firm.html", form=form, status=422 if form.is_submitted() else 200)
    changed = {key: form[key].data for key in preferences.DEFAULTS if form[key].data != preferences.preference(key)}
    for key, value in changed.items():
        preferences.set_preference(key, value)
    audit("firm.changed", None, **changed)
    db.session.commit()
    web.toast(_("Saved."))
    return web.done("/settings/firm")


# — users ——————————————————————————————————————————————————————————————————————————————————————————————


@blueprint.get("/settings/users")
@needs("users")
def users():
    return web.page("settings/users.html", users=db.session.execute(queries.staff()).all(), roles=ROLE_NAMES)


@blueprint.route("/settings/users/new", methods=["GET", "POST"])
@needs("users")
def new_user():
    form = user_form()
    if not form.validate_on_submit() or is_taken(form):
        return web.page("settings/new_user.html", form=form, status=422 if form.is_submitted() else 200)
    user = User(name=form.name.data, email=form.email.data, role=form.role.data, department_id=form.department_id.data)
    db.session.add(user)
    audit("user.created", user, name=user.name, role=user.role)
    mails.send_invitation(user)
    db.session.commit()
    web.toast(_("%(name)s gets a mail with a link to choose a password.", name=user.name))
    return web.done("/settings/users")


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


# — departments and roles ——————————————————————————————————————————————————————————————————————————————


@blueprint.route("/settings/departments", methods=["GET", "POST"])
@needs("settings")
def departments():
    form = DepartmentForm()
    if not form.validate_on_submit():
        return show_departments(form, status=422 if form.is_submitted() else 200)
    department = Department.create(form.name.data, form.name_de.data or "")
    audit("department.created", department, name=department.name)
    db.session.commit()
    web.toast(_("The department “%(name)s” is there.", name=department.label))
    return web.done("/settings/departments")


def show_departments(form: DepartmentForm, status: int = 200):
    members = dict(present_by(User.department_id))
    rows = db.session.scalars(queries.departments(archived=True)).all()
    return web.page("settings/departments.html", form=form, departments=rows, members=members, status=status)


@blueprint.route("/settings/departments/<int:ident>", methods=["GET", "POST"])
@needs("settings")
def department(ident: int):
    row = db.get_or_404(Department, ident)
    form = DepartmentForm(obj=row)
    if not form.validate_on_submit():
        return web.page("settings/department.html", form=form, department=row, status=422 if form.is_submitted() else 200)
    form.populate_obj(row)
    audit("department.changed", row, name=row.name)
    db.session.commit()
    web.toast(_("Saved."))
    return web.done("/settings/departments")


@blueprint.post("/settings/departments/<int:ident>/archive")
@needs("settings")
def archive_department(ident: int):
    row = db.get_or_404(Department, ident)
    row.archive()
    audit("department.archived", row, name=row.name)
    undo.offer("department.archived", _("The department “%(name)s” is archived.", name=row.label), id=row.id)
    db.session.commit()
    return web.done("/settings/departments")


@blueprint.delete("/settings/departments/<int:ident>/archive")
@needs("settings")
def unarchive_department(ident: int):
    row = db.get_or_404(Department, ident)
    row.unarchive()
    audit("department.unarchived", row, name=row.name)
    db.session.commit()
    return web.done("/settings/departments")


@blueprint.get("/settings/roles")
@needs("users")
def roles():
    return web.page("settings/roles.html", rights=frame.RIGHTS, names=RIGHT_NAMES, roles=ROLE_NAMES, count=dict(present_by(User.role)))


def present_by(column):
    """(value, number) of those who work here now."""
    return db.session.execute(select(column, func.count()).where(User.deactivated_at.is_(None)).group_by(column)).all()


# — tokens and the trail ———————————————————————————————————————————————————————————————————————————————


@blueprint.get("/settings/tokens")
@needs("users")
def tokens():
    return web.page("settings/tokens.html", tokens=db.session.scalars(queries.tokens()).all(), scope_names=SCOPE_NAMES)


@blueprint.delete("/settings/tokens/<int:ident>")
@needs("users")
def revoke_token(ident: int):
    revoke(db.one_or_404(queries.tokens().where(ApiToken.id == ident)))
    db.session.commit()
    return web.done("/settings/tokens")


@blueprint.get("/settings/audit")
@needs("audit")
def audit_trail():
    form = TrailFilter(request.args)
    people = db.session.execute(select(User.id, User.name).order_by(User.name)).all()
    actions = db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
    form.user_id.choices = options(((row.id, row.name) for row in people), empty=_("Everybody"))
    form.action.choices = options(((key, action_name(key)) for key in actions), empty=_("Everything"))
    if not form.validate():
        raise BadRequest
    query = queries.trail(form.user_id.data, form.action.data or "")
    page = web.paginate(query, AuditEntry.at, AuditEntry.id, cursor=request.args.get("cursor"))
    return web.page("settings/audit.html", "settings/_audit_rows.html", form=form, page=page, action_name=action_name, detail_words=detail_words)
