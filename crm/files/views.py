"""Files of a contact: put there, looked at, saved, removed."""

from __future__ import annotations

import contextlib

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from crm import attachments, web
from crm.accounts import undo
from crm.accounts.once import leads_to, once
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to as people_visible_to
from crm.extensions import db
from crm.files import keeping, panels, queries
from crm.files.models import File

blueprint = Blueprint("files", __name__)
MOST = 20  # files at a time


@blueprint.get("/contacts/<int:ident>/files")
def index(ident: int):
    return show(person(ident))


@blueprint.post("/contacts/<int:ident>/files")
@once
def add(ident: int):
    contact, files = person(ident), [file for file in request.files.getlist("files") if file.filename]
    taken = [(keeping.plain_name(file.filename or ""), read(file)) for file in files[:MOST]]
    if fault := fault_of(files, taken):
        return show(contact, fault)
    for name, data in taken:
        keeping.keep(contact, name, data, current_user.user)
    location = leads_to(f"/contacts/{ident}")
    db.session.commit()
    return web.done(location, "files/_panel.html", contact=contact, data=panels.load(contact))


def read(file: FileStorage) -> bytes:
    with contextlib.closing(file):
        return file.read()


def fault_of(files: list[FileStorage], taken: list[tuple[str, bytes]]) -> str:
    if not files:
        return _("Choose a file.")
    if len(files) > MOST:
        return _("At most %(most)s files at a time.", most=MOST)
    return " ".join(filter(None, (keeping.objection(name, data) for name, data in taken)))


@blueprint.get("/files/<int:ident>")
def view(ident: int):
    """Pictures and PDFs are shown, everything else is saved."""
    file = one(ident)
    return attachments.preview(file.blob, file.filename, file.content_type)


@blueprint.get("/files/<int:ident>/download")
def download(ident: int):
    file = one(ident)
    return attachments.download(file.blob, file.filename, file.content_type)


@blueprint.delete("/files/<int:ident>")
def remove(ident: int):
    file = one(ident)
    keeping.remove(file, current_user.user)
    undo.offer("file.removed", _("%(name)s is removed.", name=file.filename), file_id=ident)
    db.session.commit()
    return web.done(web.came_from(f"/contacts/{file.contact_id}"), "files/_panel.html", contact=file.contact, data=panels.load(file.contact))


def show(contact: Contact, fault: str = ""):
    return web.page("files/index.html", "files/_panel.html", status=422 if fault else 200, contact=contact, data=panels.load(contact), fault=fault)


def person(ident: int) -> Contact:
    return db.one_or_404(people_visible_to(current_user).where(Contact.id == ident))


def one(ident: int) -> File:
    return db.one_or_404(queries.visible_to(current_user).where(File.id == ident))
