"""Who is this? For a conversation of somebody unknown: likely people, and one click that says it is one of them."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import fields, web
from crm.accounts import undo
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to
from crm.duplicates import provisional
from crm.extensions import db
from crm.search import finding

blueprint = Blueprint("persons", __name__)


@blueprint.get("/contacts/<int:ident>/identity")
def who(ident: int):
    contact = one(ident)
    asked = request.args.get("q", "").strip()[:100]
    hits = [hit for hit in finding.find(asked, ("contact",), 8) if hit.record_id != ident] if asked else []
    unknown = provisional.is_provisional(contact)
    if not unknown and web.wants_partial():
        return web.plain("")  # nothing to ask beside a conversation
    likely = provisional.likely(contact) if unknown and not asked else []
    return web.page("duplicates/identity.html", "duplicates/_identity.html", contact=contact, unknown=unknown, likely=likely, asked=asked, hits=hits)


@blueprint.post("/contacts/<int:ident>/identity")
def say(ident: int):
    contact = one(ident)
    person_id = request.form.get("person", type=fields.ident)
    merge = provisional.this_is(contact, person_id or 0, current_user.user)
    said = _("%(name)s is %(survivor)s from now on.", name=merge.merged_name, survivor=merge.survivor_name)
    undo.offer("record.merged", said, merge_id=merge.id)
    db.session.commit()
    return web.done(web.safe_next(web.came_from(f"/contacts/{merge.survivor_id}")))


def one(ident: int) -> Contact:
    return db.one_or_404(visible_to(current_user).where(Contact.id == ident))
