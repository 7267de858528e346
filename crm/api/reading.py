"""The description of the API as people read it: chapters, endpoints, fields. Made from the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

METHODS = ("get", "post", "patch", "put", "delete")


def chapters(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """One chapter per noun: {name, text, operations[{method, path, summary, text, parameters, body, answers}]}."""
    operations = list(_operations(spec))
    return [
        {"name": tag["name"], "text": prose(tag.get("description", "")), "operations": [o for o in operations if tag["name"] in o["tags"]]}
        for tag in spec.get("tags", ())
    ]


def prose(text: str) -> Markup:
    """Text with `code` in backticks."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 — escaped before


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
                yield {
                    "method": method.upper(),
                    "path": path,
                    "anchor": f"{method}{path.translate(str.maketrans('/{}.', '----'))}",
                    "tags": operation.get("tags", ()),
                    "summary": prose(operation.get("summary", "")),
                    "text": prose(operation.get("description", "")),
                    "parameters": [_field(spec, p["name"], {**p["schema"], "where": p["in"]}, p.get("required"), p.get("description")) for p in parameters],
                    "body": _content_fields(spec, operation.get("requestBody")),
                    "answers": [_answer(spec, status, answer) for status, answer in operation["responses"].items() if status[0] in "123"],
                }


def _answer(spec: dict[str, Any], status: str, answer: dict[str, Any]) -> dict[str, Any]:
    answer = _resolved(spec, answer)
    return {"status": status, "text": answer.get("description", ""), "types": list(answer.get("content", ())), "fields": _content_fields(spec, answer)}


def _content_fields(spec: dict[str, Any], holder: dict[str, Any] | None) -> list[dict[str, Any]]:
    for content in (holder or {}).get("content", {}).values():
        schema = _resolved(spec, content.get("schema", {}))
        return [_field(spec, name, part, name in schema.get("required", ())) for name, part in schema.get("properties", {}).items()]
    return []


def _field(spec: dict[str, Any], name: str, schema: dict[str, Any], required: Any = False, text: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "kind": _kind(spec, schema),
        "where": schema.get("where", ""),
        "required": bool(required),
        "read_only": bool(schema.get("readOnly")),
        "text": prose(text or schema.get("description", "")),
        "words": [word if word != "" else "“”" for word in schema.get("enum", ()) if word is not None],
        "default": schema.get("default"),
    }


def _kind(spec: dict[str, Any], schema: dict[str, Any]) -> str:
    """A type in a few words: "text", "list of Address", "time"."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    for several in ("anyOf", "allOf", "oneOf"):
        if several in schema:
            return " / ".join(_kind(spec, part) for part in schema[several])
    kinds = schema.get("type", "any")
    first, *_ = [k for k in ([kinds] if isinstance(kinds, str) else kinds) if k != "null"] or ["any"]
    if first == "array":
        return f"list of {_kind(spec, schema.get('items', {}))}"
    return {"date-time": "time", "date": "date"}.get(schema.get("format", ""), {"string": "text", "object": "object"}.get(first, first))


def _resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        part: Any = spec
        for step in schema["$ref"].removeprefix("#/").split("/"):
            part = part[step]
        schema = part
    return schema
