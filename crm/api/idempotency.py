"""Idempotency-Key: the same POST sent twice is carried out once and answered twice.

The key is reserved in the transaction that does the work. A second request with it waits at the unique index (PostgreSQL) or at the
write lock (SQLite) until the first has committed, and then finds its answer. What was refused is not remembered: it changed nothing.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from flask import Response, current_app, g, request
from sqlalchemy import delete, select

from crm.accounts.once import first
from crm.api.answers import refuse
from crm.api.models import IdempotencyKey
from crm.errors import Refused
from crm.extensions import db

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
LONGEST = 200


def reserve() -> IdempotencyKey | None:
    """The key of this request, new or with the answer it has had; None without the header."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST:
        refuse(HEADER, f"Give 1 to {LONGEST} characters.")
    mark = _fingerprint()
    row = first(IdempotencyKey(token_id=g.api_token.id, key=key, fingerprint=mark, status=0)) or _earlier(key)
    if row.fingerprint != mark:
        raise Refused("This Idempotency-Key was used for another request.", HEADER)
    return row


def _earlier(key: str) -> IdempotencyKey:
    return db.session.scalars(select(IdempotencyKey).filter_by(token_id=g.api_token.id, key=key)).one()


def _fingerprint() -> str:
    body = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    return hashlib.sha256(f"{request.method}\n{request.full_path}\n{body}".encode("utf-8", "surrogateescape")).hexdigest()


def keep(row: IdempotencyKey, response: Response) -> None:
    """Remember the answer, in the transaction of the work."""
    row.status, row.body = response.status_code, response.get_data(as_text=True)
    row.headers = json.dumps({name: response.headers[name] for name in KEPT_HEADERS if name in response.headers})


def replay(row: IdempotencyKey) -> Response:
    response: Response = current_app.response_class(row.body, row.status)
    response.headers.update(json.loads(row.headers))
    response.headers["Idempotent-Replay"] = "true"
    return response


def forget_before(moment: datetime) -> None:
    """Drop the keys of older requests; nobody repeats those. Never commits."""
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < moment))
