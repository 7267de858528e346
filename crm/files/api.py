"""/contacts/{id}/files and /files."""

from __future__ import annotations

import base64
import binascii

from flask import Response

from crm import attachments
from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, refuse, sorting
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to as people_visible_to
from crm.files import keeping, queries
from crm.files.models import File

LARGEST = 70_000_000  # characters of base64: what a request may hold anyway


class FileSchema(Schema):
    id = fields.Id(dump_only=True)
    contact_id = fields.Id(dump_only=True)
    filename = fields.Text(255, 1, required=True)
    content = fields.Text(LARGEST, 1, required=True, load_only=True, metadata={"description": "The bytes in base64."})
    content_type = fields.Text(120, dump_only=True, metadata={"description": "By what the bytes are, whatever the name says."})
    size = fields.Whole(0, dump_only=True)
    added_by_id = fields.Id(dump_only=True, allow_none=True)
    added_at = fields.Moment(dump_only=True)


class FileList(ListArguments):
    sort = sorting("added_at", default="-added_at")


files = Resource("files", "Files that were put to a contact.", prefix="")
SORTS = {"added_at": File.added_at}


@files.route("/contacts/<int:contact_id>/files")
class FilesOfContact(Endpoint):
    @files.listed(FileSchema, FileList)
    def get(self, arguments, contact_id):
        """The files of a contact, newest first."""
        return paged(queries.visible_to(caller()).where(File.contact_id == person(contact_id).id), arguments, SORTS, File.id)

    @files.created(FileSchema)
    def post(self, values, contact_id):
        """Put a file to a contact. It appears on the timeline."""
        data, contact = decoded(values["content"]), person(contact_id)
        if reason := keeping.objection(values["filename"], data):
            refuse("content", reason)
        return keeping.keep(contact, values["filename"], data, caller(), provenance="api")


@files.route("/files/<int:file_id>")
class OneFile(Endpoint):
    @files.shown(FileSchema)
    def get(self, file_id):
        """What is known of a file."""
        return one(file_id)

    @files.removed()
    def delete(self, file_id):
        """Remove it from the contact."""
        keeping.remove(one(file_id), caller())


@files.route("/files/<int:file_id>/content")
class FileContent(Endpoint):
    @files.downloaded("application/octet-stream")
    def get(self, file_id) -> Response:
        """The bytes."""
        file = one(file_id)
        return attachments.download(file.blob, file.filename, file.content_type)


def person(ident: int) -> Contact:
    return found(people_visible_to(caller()).where(Contact.id == ident))


def one(ident: int) -> File:
    return found(queries.visible_to(caller()).where(File.id == ident))


def decoded(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return refuse("content", "Give the bytes in base64.")


RESOURCES = (files,)
