"""Programs that show a token: recognised by one statement of plain columns, as browsers are (sessions.py), because every request of theirs needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from crm import clock
from crm.accounts import aside
from crm.accounts.models import USED_EVERY, ApiToken, User, digest
from crm.accounts.sessions import PERSON, SignedIn
from crm.extensions import fetch

TOKENS, USERS = ApiToken.__table__, User.__table__
RECOGNISE = (
    select(TOKENS.c.id.label("token_id"), TOKENS.c.scope, TOKENS.c.last_used_at, *(USERS.c[name] for name in PERSON))
    .join_from(TOKENS, USERS, TOKENS.c.user_id == USERS.c.id)
    .where(
        TOKENS.c.token_digest == bindparam("digest"), TOKENS.c.revoked_at.is_(None), USERS.c.deactivated_at.is_(None),
        or_(TOKENS.c.expires_at.is_(None), TOKENS.c.expires_at > bindparam("now")),
    )
)


@dataclass(frozen=True)
class Program:
    """The token of this request. The User it acts for is loaded when it is first needed."""

    id: int
    scope: str
    signed_in: SignedIn

    @property
    def user(self) -> User:
        return self.signed_in.user


def recognise(plain: str) -> Program | None:
    """The token whose plain text this is, if it is valid now and its user works here. Notes that it was used."""
    now = clock.now()
    row = next(iter(fetch(RECOGNISE, {"digest": digest(plain), "now": now})), None)
    if row is None:
        return None
    known: dict[str, Any] = row._asdict()
    ident, scope, used_at = known.pop("token_id"), known.pop("scope"), known.pop("last_used_at")
    if used_at is None or now - used_at >= USED_EVERY:
        aside.later(update(ApiToken).where(ApiToken.id == ident).values(last_used_at=now))
    return Program(ident, scope, SignedIn(**known))
