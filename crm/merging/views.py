"""Pages of merging: whom with whom, what it would do, doing it, and the list of merges with their undo."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import fields, web
from crm.accounts import undo
from crm.contacts import matching
from crm.contacts.models import Contact
from crm.extensions import db
from crm.frame import needs
from crm.merging import choosing, entanglement, previewing, queries, redirecting, wording
from crm.merging.forms import choices_form
from crm.merging.models import Merge
from crm.merging.parting import part
from crm.merging.references import MODELS, name_of, references
from crm.merging.uniting import called, rule, unite
from crm.search import finding

blueprint = Blueprint("merging", __name__)
blueprint.after_app_request(redirecting.lead_on)
RECORD = "/<any(contacts, organisations):noun>/<int:ident>/merge"
ROWS = 50


@blueprint.get(RECORD)
@needs("merge")
def choose(noun: str, ident: int):
    """With whom? What is likely the same comes first, then what is searched for."""
    record = one(noun, ident)
    asked = request.args.get("q", "").strip()[:100]
    hits = [hit for hit in finding.find(asked, (kind_of(noun),), 10) if hit.record_id != ident] if asked else []
    likely = list(alike(record)) if not asked else []
    context: dict[str, Any] = {"record": record, "name": called(record), "noun": noun, "asked": asked, "hits": hits, "likely": likely}
    return web.page("merging/choose.html", "merging/_found.html", **context)


def alike(record: Any):
    """(contact, why) of those that are likely the same person."""
    if not isinstance(record, Contact):
        return
    for candidate in matching.candidates(matching.Person.of(record), besides=record.id):
        yield db.session.get_one(Contact, candidate.contact_id), candidate.because


@blueprint.get(RECORD + "/with")
@needs("merge")
def order(noun: str, ident: int):
    """Of the two chosen the one with more history is proposed to stay."""
    record, other = one(noun, ident), one(noun, fields.ident_or_none(request.args.get("other")) or 0)
    kept = queries.better_kept(record, other)
    gone = other if kept is record else record
    return web.done(f"/{noun}/{gone.id}/merge/{kept.id}")


@blueprint.get(RECORD + "/<int:into>")
@needs("merge")
def preview(noun: str, ident: int, into: int):
    merged, survivor = two(noun, ident, into)
    return web.page("merging/preview.html", **shown(noun, merged, survivor))


@blueprint.post(RECORD + "/<int:into>")
@needs("merge")
def merge(noun: str, ident: int, into: int):
    kind = kind_of(noun)
    known = queries.lock(kind, ident, into)
    merged, survivor = known.get(ident) or abort(404), known.get(into) or abort(404)
    if not (merged.merged_into_id or survivor.merged_into_id or merged is survivor):
        page = shown(noun, merged, survivor)
        if not page["form"].validate():
            return web.invalid("merging/preview.html", **page)
        chosen = {field.name: page["form"][field.name].data for field in page["fields"]}
    else:
        chosen = {}
    done = unite(kind, ident, into, current_user.user, chosen)
    said = _("%(name)s was merged into %(survivor)s.", name=done.merged_name, survivor=done.survivor_name)
    undo.offer("record.merged", said, merge_id=done.id)
    db.session.commit()
    return web.done(web.safe_next(f"/{noun}/{done.survivor_id}"))


@blueprint.get(RECORD + "/<int:into>/rows")
@needs("merge")
def rows(noun: str, ident: int, into: int):
    """Every row of one kind that would move."""
    merged, survivor = two(noun, ident, into)
    kind, wanted = kind_of(noun), request.args.get("of", "")
    column = next((one for one in references(kind) if name_of(one) == wanted and not rule(kind, one).stays), None)
    if column is None or "id" not in column.table.c:
        abort(404)
    page = web.paginate(previewing.listing(kind, column, ident), column.table.c.id, column.table.c.id, limit=ROWS, cursor=request.args.get("cursor"))
    words = previewing.in_words(kind, wanted, previewing.total(column, ident))
    return web.page("merging/rows.html", "merging/_row_list.html", page=page, words=words, of=wanted, noun=noun, merged=merged, survivor=survivor,
                    merged_name=called(merged), wording=wording)


@blueprint.get("/merges")
@needs("merge")
def index():
    page = web.paginate(queries.rows(), Merge.at, Merge.id, cursor=request.args.get("cursor"))
    return web.page("merging/index.html", "merging/_rows.html", page=page, counted=previewing.counted)


@blueprint.get("/merges/<int:ident>")
@needs("merge")
def show(ident: int):
    found = db.get_or_404(Merge, ident)
    blocking = None if found.undone_at else entanglement.blocking(found)
    return web.page("merging/show.html", merge=found, counted=previewing.counted(found.kind, found.counts), changes=previewing.changes(found), wording=wording,
                    blocking=blocking)


@blueprint.delete("/merges/<int:ident>")
@needs("merge")
def take_back(ident: int):
    found = db.first_or_404(web.locked(db.select(Merge).where(Merge.id == ident), Merge))
    part(found, current_user.user)
    db.session.commit()
    web.toast(_("%(name)s and %(survivor)s are two again.", name=found.merged_name, survivor=found.survivor_name))
    return web.done(f"/merges/{ident}")


def shown(noun: str, merged: Any, survivor: Any) -> dict[str, Any]:
    kind = kind_of(noun)
    differing = choosing.fields(kind, merged, survivor, newer_wins=True)
    return {
        "noun": noun, "merged": merged, "survivor": survivor, "merged_name": called(merged), "survivor_name": called(survivor), "fields": differing,
        "form": choices_form(differing, wording.label), "preview": previewing.preview(kind, merged, survivor), "wording": wording,
    }


def kind_of(noun: str) -> str:
    return noun.removesuffix("s")


def one(noun: str, ident: int) -> Any:
    model = MODELS[kind_of(noun)]
    return db.one_or_404(db.select(model).where(model.id == ident, model.merged_into_id.is_(None)))


def two(noun: str, ident: int, into: int) -> tuple[Any, Any]:
    if ident == into:
        abort(404)
    return one(noun, ident), one(noun, into)
