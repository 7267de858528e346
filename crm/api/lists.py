"""Lists: {"items", "next"}, cut by `limit`, continued by `cursor`, ordered by `sort`. Paging survives inserts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import marshmallow
from sqlalchemy import Select

from crm import web
from crm.api import fields
from crm.api.answers import refuse

LARGEST_PAGE = 200


class ListArguments(fields.Schema):
    """What every list takes. Add the filters of a resource as further fields, and `sort = sorting(…)`."""

    limit = fields.Number(1, LARGEST_PAGE, load_default=50, metadata={"description": "How many at most."})
    cursor = fields.Text(2000, metadata={"description": "`next` of the page before."})


def sorting(*names: str, default: str) -> fields.Choice:
    """The `sort` argument: one of `names`, with a minus in front for newest or largest first."""
    words = [word for name in names for word in (name, f"-{name}")]
    return fields.Choice(*words, load_default=default, metadata={"description": "A minus in front turns the order round."})


def paged(query: Select, arguments: Mapping[str, Any], keys: Mapping[str, Any], ident: Any, *, scalars: bool = True) -> web.Page:
    """The page that `arguments` (limit, cursor, sort) ask for. `keys` gives the column of each sort name."""
    sort = arguments.get("sort") or next(iter(keys))
    order, _, cursor = (arguments.get("cursor") or "").partition("~")
    try:
        if arguments.get("cursor") and order != sort:
            raise web.BadCursor
        page = web.paginate(query, keys[sort.removeprefix("-")], ident, descending=sort.startswith("-"), limit=arguments["limit"],
                            cursor=cursor or None, scalars=scalars)
    except web.BadCursor:
        refuse("cursor", "Not a cursor of this list in this order; leave it out to begin anew.")
    return web.Page(page.items, page.next and f"{sort}~{page.next}")


@cache
def page_schema(item: type[fields.Schema] | fields.Schema) -> type[marshmallow.Schema]:
    """The schema of one page of `item`: one for all lists that show it."""
    kind = item if isinstance(item, type) else type(item)
    return fields.Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.Text(2000, required=True, allow_none=True, metadata={"description": "Cursor of the next page, or null."}),
        },
        name=f"{kind.__name__.removesuffix('Schema')}Page",
    )


__all__ = ["ListArguments", "page_schema", "paged", "sorting"]
