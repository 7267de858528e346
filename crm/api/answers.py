"""Small answers an endpoint gives: found or 404, refused with the field and the reason, the person a program acts for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar, overload

from flask import g
from sqlalchemy import Select
from webargs.flaskparser import abort

from crm.accounts.models import User
from crm.extensions import db

Row = TypeVar("Row")


def caller() -> User:
    """The user for whom the program acts."""
    return g.api_token.user


def found(query: Select) -> Any:
    """The one row of `query`, else 404. Begin the query from what the caller may see."""
    row = db.session.scalars(query).unique().one_or_none()
    if row is None:
        abort(404)
    return row


def refuse(field: str, *reasons: str) -> NoReturn:
    """422, with the reasons at the field."""
    refuse_all({field: [str(reason) for reason in reasons]})


def refuse_all(errors: Mapping[str, list[str]]) -> NoReturn:
    """422, with several fields and their reasons."""
    abort(422, messages={"json": dict(errors)})
    raise AssertionError


def missing() -> NoReturn:
    """404."""
    abort(404)
    raise AssertionError


@overload
def referenced(model: type[Row], ident: int, field: str) -> Row: ...
@overload
def referenced(model: type[Row], ident: int | None, field: str) -> Row | None: ...
def referenced(model: type[Row], ident: int | None, field: str) -> Row | None:
    """The row that `field` points at; None stays None; an id that does not exist is refused at that field. A merged one stands for its survivor."""
    if ident is None:
        return None
    row = db.session.get(model, ident)
    while (survivor := getattr(row, "merged_into_id", None)) is not None:
        row = db.session.get(model, survivor)
    if row is None:
        refuse(field, f"There is no {model.__name__.lower()} {ident}.")
    return row
