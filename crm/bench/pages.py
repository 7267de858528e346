"""The pages that are measured, found in the data at hand, and somebody signed in to look at them."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import delete, func, select

from crm.accounts.models import User, UserSession, digest
from crm.accounts.sessions import open_session
from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox.models import Conversation
from crm.tasks.models import Task

LONGEST = select(Conversation).order_by(Conversation.messages_count.desc(), Conversation.id).limit(1)
LOOKED_AT = 5_000  # contacts in which the commonest beginning of a name is looked for


class Browser:
    """One connection that is kept open, with the cookies of one person or the key of a program."""

    def __init__(self, port: int, cookie: str = "", bearer: str = ""):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = cookie
        self.key = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def time(self, path: str) -> float:
        """Seconds from the question to the last byte of the answer."""
        headers = self.key | ({"Cookie": self.cookie} if self.cookie else {})
        began = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        response.read()
        taken = time.perf_counter() - began
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        if given := response.headers.get("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return taken


@contextmanager
def signed_in(app: Flask) -> Iterator[str]:
    """The cookie of a session made for this, gone afterwards: of the member of staff with the most to do."""
    with app.app_context(), app.test_request_context():
        user = db.session.get_one(User, _busiest())
        token = open_session(user)
        db.session.commit()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        yield f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token, '_fresh': True})}"
    finally:
        with app.app_context():
            db.session.execute(delete(UserSession).where(UserSession.token_digest == digest(token)))
            db.session.commit()


def _busiest() -> int:
    open_tasks = select(func.count(Task.id)).where(Task.assignee_id == User.id, Task.done_at.is_(None)).scalar_subquery()
    found = db.session.scalar(select(User.id).where(User.deactivated_at.is_(None)).order_by(open_tasks.desc(), User.id).limit(1))
    if found is None:
        raise LookupError("Nobody works here yet: `crm demo load` fills an empty database.")
    return found


def addresses(app: Flask) -> Mapping[str, str]:
    """What is measured, and where it stands in this data."""
    with app.app_context():
        contact = db.session.scalar(select(Contact.id).order_by(Contact.interactions_count.desc(), Contact.id).limit(1))
        conversation = db.session.scalar(LONGEST.with_only_columns(Conversation.id))
        return {
            "Contact page": f"/contacts/{contact}",
            "Contact list": "/contacts",
            "Inbox": "/inbox",
            "Conversation": f"/inbox/{conversation}",
            "Search": f"/search?q={_common_beginning()}",
            "My day": "/",
        }


def _common_beginning() -> str:
    """Three letters with which many names begin."""
    names = db.session.scalars(select(Contact.sort_name).where(Contact.sort_name != "").limit(LOOKED_AT))
    return Counter(name[:3] for name in names if name[:3].isalpha()).most_common(1)[0][0]


def longest(app: Flask) -> int:
    """How many messages the measured conversation has."""
    with app.app_context():
        return db.session.scalar(LONGEST.with_only_columns(Conversation.messages_count)) or 0


def heaviest(app: Flask) -> int:
    """How many interactions the measured contact has."""
    with app.app_context():
        return db.session.scalar(select(func.max(Contact.interactions_count))) or 0
