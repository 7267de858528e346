"""The departments of the firm."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _

from crm import web
from crm.accounts import queries, undo
from crm.accounts.forms import DepartmentForm
from crm.accounts.models import Department, User
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.extensions import db
from crm.frame import needs

blueprint = Blueprint("departments", __name__)


@blueprint.route("/settings/departments", methods=["GET", "POST"])
@needs("settings")
@once
def departments():
    form = DepartmentForm()
    if not form.validate_on_submit():
        return show_departments(form, status=422 if form.is_submitted() else 200)
    department = Department.create(form.name.data, form.name_de.data or "")
    audit("department.created", department, name=department.name)
    location = leads_to("/settings/departments")
    db.session.commit()
    web.toast(_("The department “%(name)s” is there.", name=department.label))
    return web.done(location)


def show_departments(form: DepartmentForm, status: int = 200):
    members = dict(db.session.execute(queries.head_count(User.department_id)).all())
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
