"""Contacts and organisations as a file, for programs."""

from __future__ import annotations

from typing import Any

from flask import Response

from crm.api import Endpoint, Resource, Schema, fields, refuse
from crm.contacts.exporting.columns import groups
from crm.contacts.exporting.writing import FORMATS, TYPES, download, note
from crm.contacts.listing import Listing
from crm.contacts.listing_contacts import ContactListing
from crm.contacts.models import LIFECYCLES
from crm.contacts.organisations import OrganisationListing
from crm.contacts.selecting import Selection


class ExportArguments(Schema):
    format = fields.Choice(*FORMATS["organisation"], load_default="csv")
    delimiter = fields.Choice(",", ";", load_default=",", metadata={"description": "Between the columns of a CSV."})
    columns = fields.Text(2000, load_default="", metadata={"description": "Groups of columns with commas between them, such as `name,email,custom.size`; nothing means all."})
    q = fields.Text(100, load_default="")
    owner_id = fields.Id()
    tag = fields.Text(100, load_default="")
    reason = fields.Text(300, load_default="", metadata={"description": "What for; stands in the log."})


class ContactExportArguments(ExportArguments):
    format = fields.Choice(*FORMATS["contact"], load_default="csv")
    lifecycle = fields.Choice(*LIFECYCLES)
    organisation_id = fields.Id()


SHEET, CARD = (TYPES[key][1].partition(";")[0] for key in ("xlsx", "vcard"))
exports = Resource("exports", "Lists as files. Needs the right “export”; who takes what is written down.", prefix="")


@exports.route("/contacts/export")
class ContactExport(Endpoint):
    writing = ("GET",)

    @exports.downloaded("text/csv", ContactExportArguments, or_else=(SHEET, CARD), right="export")
    def get(self, arguments) -> Response:
        """Contacts as CSV, XLSX or vCard 4.0. Importing the file again changes nothing."""
        return exported(ContactListing, arguments)


@exports.route("/organisations/export")
class OrganisationExport(Endpoint):
    writing = ("GET",)

    @exports.downloaded("text/csv", ExportArguments, or_else=(SHEET,), right="export")
    def get(self, arguments) -> Response:
        """Organisations as CSV or XLSX."""
        return exported(OrganisationListing, arguments)


def exported(kind: type[Listing], arguments: dict[str, Any]) -> Response:
    names = {"owner_id": "owner", "organisation_id": "organisation"}
    selection = Selection(kind.of({names.get(name, name): str(value) for name, value in arguments.items() if name not in ("format", "columns", "delimiter", "reason")}), whole=True)
    about, ids = selection.listing.about, selection.found()
    chosen = [name.strip() for name in arguments["columns"].split(",") if name.strip()]
    if unknown := sorted(set(chosen) - {group.key for group in groups(about)}):
        refuse("columns", f"There is no {', '.join(unknown)}. There are: {', '.join(group.key for group in groups(about))}.")
    note(about, ids, arguments["format"], asked=selection.listing.with_(), columns=chosen, reason=arguments["reason"], provenance="api")
    return download(about, ids, arguments["format"], chosen, arguments["delimiter"])


RESOURCES = (exports,)
