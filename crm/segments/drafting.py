"""A rule while it is being built: a tree of plain texts as the form posts it, incomplete and in any state.

Every node has an address: "r" the whole, "r.0" its first part, "r.0.w.1" the second `where` of that part. The form's fields are those
addresses with a name behind: r.mode · r.0.what (field:lifecycle, history:answers, preset:calls) · r.0.was (what it was when shown) ·
r.0.op r.0.value · r.0.measure r.0.of r.0.days · r.0.w.0.field r.0.w.0.was r.0.w.0.op r.0.w.0.value. Buttons send do=VERB:ADDRESS.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from crm.segments.people import person_field
from crm.segments.rules import NUMERIC, TEMPORAL
from crm.segments.starters import PRESETS
from crm.segments.vocabulary import MODES, Field, History, histories

Draft = dict[str, Any]
ADDRESS = re.compile(r"r(?:\.\d{1,3}){0,8}")
DECIMAL = re.compile(r"-?\d{1,12}(?:[.,]\d{1,4})?")


# — from the form —


def from_form(form: MultiDict) -> Draft:
    """The tree that the form shows, with a button's wish carried out."""
    children: dict[str, set[int]] = defaultdict(set)
    for name in form:
        parts = name.split(".")
        for depth in range(1, min(len(parts), 20)):
            if parts[depth].isdigit() and len(parts[depth]) <= 3:
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


def is_timed(leaf: Draft) -> bool:
    return leaf["measure"] in ("first", "last") and not leaf["of"]


def bounds(leaf: Draft) -> tuple[str, ...]:
    return TEMPORAL if is_timed(leaf) else NUMERIC


def measures(history: History) -> tuple[str, ...]:
    return ("count", "first", "last", *(("sum", "avg", "min", "max") if history.numbers else ()))


def operators(field: Field) -> tuple[str, ...]:
    """What the builder offers: "is empty" and "is filled in" are two."""
    return (*field.allowed, "filled") if "empty" in field.allowed else field.allowed


def field_of(what: str) -> Field | None:
    return person_field(what.removeprefix("field:")) if what.startswith("field:") else None


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
    return {"op": operator, "value": [str(field.values()[0][0])] if field.kind == "choice" and field.values and field.values() else []}


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
    if (group := _at(draft, parent)) and number.isdigit() and int(number) < len(group.get("parts", [])):
        del group["parts"][int(number)]


def _add_where(draft: Draft, address: str) -> None:
    leaf = _at(draft, address)
    if leaf and leaf.get("what", "").startswith("history:"):
        field = next(iter(histories()[leaf["what"].removeprefix("history:")].fields.values()))
        leaf["where"].append({"field": field.key, **_blank(field)})


def _remove_where(draft: Draft, address: str) -> None:
    leaf, _, number = address.partition(".w.")
    if (found := _at(draft, leaf)) and number.isdigit() and int(number) < len(found.get("where", [])):
        del found["where"][int(number)]


VERBS = {"add": _add, "group": _add_group, "remove": _remove, "where": _add_where, "unwhere": _remove_where}


# — from and to the rule —


def from_rule(rule: Mapping[str, Any]) -> Draft:
    """The tree of a rule that was checked. A condition with several comparisons becomes a group of single ones."""
    for mode in MODES:
        if mode in rule:
            return {"mode": mode, "parts": [from_rule(part) for part in rule[mode]]}
    leaves = list(_leaves_of(rule))
    return leaves[0] if len(leaves) == 1 else {"mode": "all", "parts": leaves}


def _leaves_of(rule: Mapping[str, Any]) -> Iterator[Draft]:
    if "field" in rule:
        for operator, value in rule.items():
            if operator != "field":
                yield {"what": f"field:{rule['field']}", **_written(operator, value)}
        return
    where = [{"field": key, **part} for key, value in rule.get("where", {}).items() for part in _conditions(value)]
    shared = {"what": f"history:{rule['history']}", "measure": rule.get("measure", "count"), "of": rule.get("of", ""),
              "days": str(rule.get("within_days") or "")}
    compared = [key for key in ("at_least", "at_most", "is", "before", "after") if key in rule]
    for operator in compared or ["at_least"]:
        yield {**shared, "where": [dict(part) for part in where], **_written(operator, rule.get(operator, 1))}


def _conditions(value: Any) -> Iterator[Draft]:
    given = value if isinstance(value, Mapping) else {"in" if isinstance(value, list) else "is": value}
    yield from (_written(operator, part) for operator, part in given.items())


def _written(operator: str, value: Any) -> Draft:
    if operator == "empty":
        return {"op": "empty" if value else "filled", "value": []}
    return {"op": operator, "value": [str(part) for part in (value if isinstance(value, list) else [value])]}


def chosen(draft: Draft) -> Draft:
    """The tree without conditions of which not even the subject was chosen."""
    if "mode" not in draft:
        return draft
    return {**draft, "parts": [chosen(part) for part in draft["parts"] if part.get("what") != ""]}


def to_rule(draft: Draft) -> dict[str, Any]:
    """The rule in the words of the contract; what was not filled in yet is left for the check to find."""
    if "mode" in draft:
        return {draft["mode"]: [to_rule(part) for part in draft["parts"]]}
    if draft["what"].startswith("history:"):
        return _history_rule(draft, histories()[draft["what"].removeprefix("history:")])
    field = field_of(draft["what"])
    return {"field": draft["what"].removeprefix("field:"), **(_compared(draft, field) if field else {})}


def _history_rule(draft: Draft, history: History) -> dict[str, Any]:
    rule: dict[str, Any] = {"history": history.key}
    where: dict[str, Any] = {}
    for part in draft["where"]:
        where.setdefault(part["field"], {}).update(_compared(part, history.fields[part["field"]]))
    if where:
        rule["where"] = {key: value["is"] if list(value) == ["is"] else value for key, value in where.items()}
    if draft["days"]:
        rule["within_days"] = _number(draft["days"])
    if draft["measure"] != "count":
        rule["measure"] = draft["measure"]
    if draft["of"]:
        rule["of"] = draft["of"]
    value = (draft["value"] or [""])[0]
    return {**rule, draft["op"]: value if is_timed(draft) else _number(value)}


def _compared(draft: Draft, field: Field) -> dict[str, Any]:
    operator, texts = draft["op"], draft["value"]
    if operator in ("empty", "filled"):
        return {"empty": operator == "empty"}
    if operator == "in" and not field.values:
        texts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    values = [_value(field, operator, text) for text in texts]
    return {operator: values if operator == "in" else (values or [""])[0]}


def _value(field: Field, operator: str, text: str) -> Any:
    if field.kind == "number" or operator == "within_days":
        return _number(text)
    if field.values:
        return next((value for value, _label in field.values() if str(value) == text), text)
    return text


def _number(text: str) -> Any:
    """6, 6.5 and 6,5 are numbers; anything else stays what it is, for the check to refuse."""
    text = text.strip()
    if not DECIMAL.fullmatch(text):
        return text
    value = float(text.replace(",", "."))
    return int(value) if value == int(value) else value


def address_of(path: str) -> str:
    """The address of the node that a fault's path is about: "all.1.any.0.at_least" → "r.1.0"."""
    tokens, address = path.split("."), "r"
    while len(tokens) >= 2 and tokens[0] in MODES and tokens[1].isdigit():
        address, tokens = f"{address}.{tokens[1]}", tokens[2:]
    return address


