"""A rule while it is being built: a tree of plain texts as the form posts it, incomplete and in any state.

Every node has an address: "r" the whole, "r.0" its first part, "r.0.w.1" the second `where` of that part. The form's fields are those
addresses with a name behind: r.mode · r.0.what (field:lifecycle, history:answers, preset:calls) · r.0.was (what it was when shown) ·
r.0.op r.0.value · r.0.measure r.0.of r.0.days · r.0.w.0.field r.0.w.0.was r.0.w.0.op r.0.w.0.value. Buttons send do=VERB:ADDRESS.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from crm.segments.draft_rules import Draft, from_rule
from crm.segments.offers import bounds, field_of, is_timed, measures, operators
from crm.segments.starters import PRESETS
from crm.segments.vocabulary import MODES, Field, History, histories

ADDRESS = re.compile(r"r(?:\.\d{1,3}){0,8}")


# — from the form —


def from_form(form: MultiDict) -> Draft:
    """The tree that the form shows, with a button's wish carried out."""
    children: dict[str, set[int]] = defaultdict(set)
    for name in form:
        parts = name.split(".")
        for depth in range(1, min(len(parts), 20)):
            if parts[depth].isdecimal() and len(parts[depth]) <= 3:
                children[".".join(parts[:depth])].add(int(parts[depth]))
    draft = _node(form, children, "r", 0)
    verb, _, address = form.get("do", "").partition(":")
    if verb in VERBS:
        VERBS[verb](draft, address)
    return draft if "mode" in draft else {"mode": "all", "parts": [draft]}


def _node(form: MultiDict, children: Mapping[str, set[int]], address: str, depth: int) -> Draft:
    if f"{address}.mode" in form or depth == 0:
        mode = form.get(f"{address}.mode", "all")
        parts = [_node(form, children, f"{address}.{number}", depth + 1) for number in sorted(children[address])] if depth < 8 else []
        return {"mode": mode if mode in MODES else "all", "parts": parts}
    what = form.get(f"{address}.what", "")
    if what != form.get(f"{address}.was", what):
        return fresh(what)
    return _history(form, children, address, what) if what.startswith("history:") else _settled(
        {"what": what, "op": form.get(f"{address}.op", ""), "value": form.getlist(f"{address}.value")}, field_of(what))


def _history(form: MultiDict, children: Mapping[str, set[int]], address: str, what: str) -> Draft:
    history = histories().get(what.removeprefix("history:"))
    if history is None:
        return fresh("")
    leaf: Draft = {"what": what, "where": [_where(form, f"{address}.w.{number}", history) for number in sorted(children[f"{address}.w"])]}
    for name in ("measure", "of", "op", "days"):
        leaf[name] = form.get(f"{address}.{name}", "")
    leaf["value"] = form.getlist(f"{address}.value")
    return _measured(leaf, history)


def _where(form: MultiDict, address: str, history: History) -> Draft:
    key = form.get(f"{address}.field", "")
    field = history.fields.get(key) or next(iter(history.fields.values()))
    if key != form.get(f"{address}.was", key):
        return {"field": field.key, **_blank(field)}
    return _settled({"field": field.key, "op": form.get(f"{address}.op", ""), "value": form.getlist(f"{address}.value")}, field)


def _settled(leaf: Draft, field: Field | None) -> Draft:
    """Only operators that the field knows, and no day where a number of days is wanted."""
    if field is None:
        return leaf
    if leaf["op"] not in operators(field):
        leaf["op"] = field.allowed[0]
    dated = field.kind in ("date", "time") and any(("-" in value) == (leaf["op"] == "within_days") for value in leaf["value"])
    if dated or leaf["op"] in ("empty", "filled"):
        leaf["value"] = ["30"] if leaf["op"] == "within_days" else []
    if leaf["op"] != "in":
        leaf["value"] = leaf["value"][:1]
    return leaf


def _measured(leaf: Draft, history: History) -> Draft:
    """A measure that fits: sums need something to add up, times compare with days."""
    if leaf["measure"] not in measures(history):
        leaf["measure"] = "count"
    if leaf["of"] not in history.numbers:
        leaf["of"] = next(iter(history.numbers), "") if leaf["measure"] in ("sum", "avg", "min", "max") else ""
    if leaf["measure"] == "count":
        leaf["of"] = ""
    allowed = bounds(leaf)
    if leaf["op"] not in allowed:
        leaf["op"] = allowed[0]
    if any(("-" in value) != is_timed(leaf) for value in leaf["value"] if value):
        leaf["value"] = [] if is_timed(leaf) else ["1"]
    return leaf


def fresh(what: str) -> Draft:
    """A condition just chosen, filled in so that it says something at once."""
    if what.startswith("preset:") and (preset := PRESETS.get(what.removeprefix("preset:"))):
        return from_rule(preset.rule)
    if what.startswith("history:") and what.removeprefix("history:") in histories():
        return {"what": what, "where": [], "measure": "count", "of": "", "op": "at_least", "value": ["1"], "days": ""}
    field = field_of(what)
    return {"what": what, **_blank(field)} if field else {"what": "", "op": "", "value": []}


def _blank(field: Field) -> Draft:
    operator = field.allowed[0]
    if operator == "within_days":
        return {"op": operator, "value": ["30"]}
    return {"op": operator, "value": [str(field.values()[0][0])] if field.kind in ("choice", "yes_no") and field.values and field.values() else []}


# — the buttons —


def _at(draft: Draft, address: str) -> Draft | None:
    node: Draft | None = draft
    for part in address.split(".")[1:] if ADDRESS.fullmatch(address) else ():
        parts = (node or {}).get("parts", [])
        node = parts[int(part)] if int(part) < len(parts) else None
    return node if ADDRESS.fullmatch(address) else None


def _add(draft: Draft, address: str) -> None:
    if (group := _at(draft, address)) and "mode" in group:
        group["parts"].append(fresh(""))


def _add_group(draft: Draft, address: str) -> None:
    if (group := _at(draft, address)) and "mode" in group:
        group["parts"].append({"mode": "any" if group["mode"] == "all" else "all", "parts": [fresh("")]})


def _remove(draft: Draft, address: str) -> None:
    parent, _, number = address.rpartition(".")
    if (group := _at(draft, parent)) and number.isdecimal() and int(number) < len(group.get("parts", [])):
        del group["parts"][int(number)]


def _add_where(draft: Draft, address: str) -> None:
    leaf = _at(draft, address)
    if leaf and leaf.get("what", "").startswith("history:"):
        field = next(iter(histories()[leaf["what"].removeprefix("history:")].fields.values()))
        leaf["where"].append({"field": field.key, **_blank(field)})


def _remove_where(draft: Draft, address: str) -> None:
    leaf, _, number = address.partition(".w.")
    if (found := _at(draft, leaf)) and number.isdecimal() and int(number) < len(found.get("where", [])):
        del found["where"][int(number)]


VERBS = {"add": _add, "group": _add_group, "remove": _remove, "where": _add_where, "unwhere": _remove_where}
