"""The segment builder: a form that is the whole rule. Every button and choice posts it, and the answer is the form as it now is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import clock, fields, web
from crm.accounts.once import leads_to, once
from crm.accounts.trail import acting_user, audit
from crm.contacts.models import Contact
from crm.extensions import db
from crm.segments import draft_rules, drafting, offers, queries, vocabulary, wording
from crm.segments.explaining import explain
from crm.segments.forms import SegmentForm
from crm.segments.models import Segment
from crm.segments.own_fields import own_fields
from crm.segments.people import GROUPS, PEOPLE
from crm.segments.rules import Node, RuleError, parse
from crm.segments.starters import PRESETS, STARTERS

blueprint = Blueprint("builder", __name__)
WIDTH, HEIGHT = 240, 36


@blueprint.get("/segments/new")
def blank():
    starter = STARTERS.get(request.args.get("starter", ""))
    draft = draft_rules.from_rule(starter.rule) if starter else {"mode": "all", "parts": [drafting.fresh("")]}
    return _page(SegmentForm(name=str(starter.label) if starter else ""), draft)


@blueprint.post("/segments")
@once
def add():
    return _save(Segment(created_by_id=current_user.id))


@blueprint.get("/segments/<int:ident>/rule")
def rule(ident: int):
    segment = _one(ident)
    return _page(SegmentForm(obj=segment), draft_rules.from_rule(segment.rule or {"all": []}), segment)


@blueprint.post("/segments/<int:ident>/rule")
def rewrite(ident: int):
    return _save(_one(ident))


@blueprint.post("/segments/draft")
def draft():
    """The form as it is after a button or a choice; nothing is saved."""
    tree = drafting.from_form(request.form)
    if web.wants_partial():
        return web.page("segments/_rule.html", draft=tree, errors={}, **_words())
    ident = request.form.get("segment", type=fields.ident)
    found = _matches(tree) if request.form.get("do") == "count" else {}
    return _page(SegmentForm(), tree, _one(ident) if ident else None, **found)


@blueprint.post("/segments/matches")
def matches():
    """How many people the rule picks as it stands, and some of them."""
    tree = drafting.from_form(request.form)
    return web.page("segments/matches.html", "segments/_matches.html", **_matches(tree))


@blueprint.post("/segments/matches/<int:contact_id>")
def reasons(contact_id: int):
    """Why somebody is in or out of the rule that is being built."""
    try:
        found = explain(parse(draft_rules.to_rule(drafting.from_form(request.form))), contact_id)
    except RuleError:
        abort(409)
    return web.page("segments/reasons.html", "segments/_reasons.html", segment=None, found=found or abort(404), contact=db.session.get(Contact, contact_id))


def _one(ident: int) -> Segment:
    found = db.session.scalars(queries.visible_to(current_user).where(Segment.id == ident)).one_or_none()
    return found or abort(404)


def _save(segment: Segment):
    form, tree = SegmentForm(), drafting.from_form(request.form)
    node, errors = _checked(tree)
    if not form.validate_on_submit() or node is None:
        return _page(form, tree, segment if segment.id else None, status=422, errors=errors)
    segment.name, segment.description, segment.rule = form.name.data.strip(), form.description.data or "", draft_rules.to_rule(tree)
    _store(segment, node)
    web.toast(_("Segment saved."))
    return web.done(f"/segments/{segment.id}")


def _store(segment: Segment, node: Node) -> None:
    new = segment.id is None
    segment.updated_at = clock.now()
    db.session.add(segment)
    db.session.flush()
    segment.note_count(queries.count(node), changed=True)
    leads_to(f"/segments/{segment.id}")
    audit("segment.added" if new else "segment.changed", segment, name=segment.name, by=acting_user())
    db.session.commit()


def _checked(tree: draft_rules.Draft) -> tuple[Node | None, dict[str, str]]:
    """The rule, or what is wrong with it by the address of the condition."""
    try:
        node = parse(draft_rules.to_rule(tree))
    except RuleError as error:
        return None, {draft_rules.address_of(path): _in_words(path, reasons) for path, reasons in error.errors.items()}
    empty = draft_rules.hollow(tree)
    return (None, dict.fromkeys(empty, _("Add at least one condition."))) if empty else (node, {})


def _in_words(path: str, reasons: Sequence[str]) -> str:
    return _("Choose what this condition is about.") if path.endswith(".field") else " ".join(reasons)


def _matches(tree: draft_rules.Draft) -> dict[str, Any]:
    """Count and sample, or which conditions are unfinished. What nobody has chosen yet does not stop the count."""
    node, errors = _checked(draft_rules.chosen(tree))
    if node is None:
        return {"unfinished": len(errors), "errors": errors}
    return {"count": queries.count(node), "sample": queries.sample(node), "sentence": wording.sentence(node)}


def _page(form: SegmentForm, tree: draft_rules.Draft, segment: Segment | None = None, *, status: int = 200, **context: Any):
    context.setdefault("errors", {})
    return web.page("segments/builder.html", status=status, form=form, draft=tree, segment=segment, **_words(), **context)


def _words() -> dict[str, Any]:
    """What the form offers."""
    known = [*PEOPLE.values(), *own_fields()]
    groups = [(label, [field for field in known if field.group == key]) for key, label in GROUPS.items()]
    return {
        "presets": PRESETS, "groups": [(label, fields) for label, fields in groups if fields], "histories": vocabulary.histories(),
        "own_keys": {f"field:{field.key}" for field in known if field.group == "own"}, "modes": vocabulary.MODES, "words": vocabulary.WORDS, "measure_words": vocabulary.MEASURES, "offers": offers,
    }


def line(counts: Sequence[Any]) -> str:
    """The points of the small line over `counts`, in a box of WIDTH × HEIGHT; empty for fewer than two."""
    if len(counts) < 2:
        return ""
    top, step = max(row.count for row in counts) or 1, WIDTH / (len(counts) - 1)
    return " ".join(f"{number * step:.1f},{HEIGHT - 2 - row.count / top * (HEIGHT - 4):.1f}" for number, row in enumerate(counts))
