"""Segments: the list, one segment with its people, its rule, why somebody is in, the export."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.accounts import undo
from crm.contacts.models import Contact
from crm.extensions import db
from crm.frame import needs
from crm.segments import queries, views_builder, wording
from crm.segments.explaining import Explanation, explain
from crm.segments.exporting import export as csv_of
from crm.segments.models import Segment
from crm.segments.rules import Node, RuleError, parse
from crm.segments.starters import STARTERS

blueprint = Blueprint("segments", __name__)
blueprint.register_blueprint(views_builder.blueprint)


def one(ident: int) -> Segment:
    segment = db.session.scalars(queries.visible_to(current_user).where(Segment.id == ident)).one_or_none()
    return segment or abort(404)


def rule_of(segment: Segment) -> Node | None:
    """The checked rule; None when it names something that is gone."""
    try:
        return parse(segment.rule)
    except RuleError:
        return None


@blueprint.get("/segments")
def index():
    page = web.paginate(queries.listing(current_user), Segment.name, Segment.id, descending=False, cursor=request.args.get("cursor"))
    if request.args.get("cursor") and web.wants_partial():
        return web.page("segments/_rows.html", page=page)
    return web.page("segments/index.html", page=page, starters=STARTERS)


@blueprint.get("/segments/<int:ident>")
def show(ident: int):
    segment = one(ident)
    node = rule_of(segment)
    page = _people(node, request.args.get("cursor")) if node else None
    if request.args.get("cursor") and web.wants_partial():
        return web.page("segments/_people.html", segment=segment, page=page)
    counts = queries.counts(segment)
    return web.page("segments/show.html", segment=segment, page=page, counts=counts, line=views_builder.line(counts),
                    sentence=wording.sentence(node) if node else "", broken=node is None)


def _people(node: Node, cursor: str | None) -> web.Page:
    return web.paginate(queries.people(node), Contact.sort_name, Contact.id, descending=False, cursor=cursor)


@blueprint.get("/segments/<int:ident>/count")
def count(ident: int):
    node = rule_of(one(ident)) or abort(409)
    return web.page("segments/count.html", "segments/_count.html", count=queries.count(node), ident=ident)


@blueprint.get("/segments/<int:ident>/members/<int:contact_id>")
def reasons(ident: int, contact_id: int):
    segment = one(ident)
    found: Explanation = explain(rule_of(segment) or abort(409), contact_id) or abort(404)
    return web.page("segments/reasons.html", "segments/_reasons.html", segment=segment, found=found, contact=db.session.get(Contact, contact_id))


@blueprint.post("/segments/<int:ident>/archival")
def archive(ident: int):
    segment = one(ident)
    segment.archive()
    undo.offer("segment.archived", _("Segment “%(name)s” archived.", name=segment.name), segment_id=ident)
    db.session.commit()
    return web.done("/segments")


@blueprint.delete("/segments/<int:ident>/archival")
def restore(ident: int):
    segment = db.get_or_404(Segment, ident)
    segment.unarchive()
    db.session.commit()
    return web.done(f"/segments/{ident}")


@blueprint.post("/segments/<int:ident>/export")
@needs("export")
def export(ident: int):
    segment = one(ident)
    if rule_of(segment) is None:
        abort(409)
    response = csv_of(segment, reason=request.form.get("reason", "")[:300])
    db.session.commit()
    return response
