"""What the mail servers have and we do not: the report, comparing now, and fetching it again."""

from __future__ import annotations

from flask import Blueprint, abort
from flask_babel import gettext as _

from crm import web
from crm.accounts.trail import audit
from crm.extensions import db
from crm.frame import needs
from crm.inbox.fetching import comparing, queries
from crm.inbox.fetching.models import ImapGap

blueprint = Blueprint("reconciliation", __name__)


@blueprint.get(comparing.PAGE)
@needs("quarantine")
def index():
    return web.page("inbox/fetching/reconciliation.html", folders=queries.folders(), gaps=queries.gaps(), count=comparing.gaps_count())


@blueprint.post("/inbox/reconciliation/comparison")
@needs("quarantine")
def compare():
    comparing.ask_to_compare()
    web.toast(_("The comparison begins. Its result stands here in a moment."))
    return web.done(comparing.PAGE)


@blueprint.post("/inbox/reconciliation/fetching")
@needs("quarantine")
def fetch_all():
    return asked(None)


@blueprint.post("/inbox/reconciliation/<int:ident>/fetching")
@needs("quarantine")
def fetch_one(ident: int):
    return asked(db.session.get(ImapGap, ident) or abort(404))


def asked(gap: ImapGap | None):
    comparing.ask_to_fetch(gap.id if gap else None)
    audit("mail.fetched_again", gap)
    web.toast(_("Fetched again within a few seconds"))
    db.session.commit()
    return web.done(comparing.PAGE)
