"""From a checked rule to the tree that the form shows, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crm.segments.offers import Draft, field_of, is_timed
from crm.segments.vocabulary import MODES, Field, History, histories

DECIMAL = re.compile(r"-?\d{1,12}(?:[.,]\d{1,4})?")


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
    """The tree without conditions of which not even the subject was chosen, and without groups that are empty then."""
    parts = [chosen(part) if "mode" in part else part for part in draft["parts"] if part.get("what") != ""]
    return {**draft, "parts": [part for part in parts if part.get("parts") != []]}


def hollow(draft: Draft, address: str = "r") -> list[str]:
    """The addresses of groups without a condition."""
    if "mode" not in draft:
        return []
    if not draft["parts"]:
        return [address]
    return [found for number, part in enumerate(draft["parts"]) for found in hollow(part, f"{address}.{number}")]


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
