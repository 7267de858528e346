"""notify(): tell staff something, on their page and by mail as each of them wants. Touches only the database; a mail is an outbox row."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from flask import current_app
from flask_babel import force_locale

from crm import clock
from crm.accounts.models import User
from crm.accounts.once import first
from crm.notifications import mails, queries
from crm.notifications.kinds import KINDS
from crm.notifications.models import LONGEST, Notification, count_unread, read_all
from crm.notifications.queries import administrators as administrators

About = tuple[str, int]


def notify(users: Iterable[User], kind: str, *, text: object, url: str, about: About | None = None, by: User | None = None) -> list[Notification]:
    """Tell `users` of something of this `kind` (a key of kinds.KINDS); `text` may be lazy and is kept in each one's language.

    Never whoever did it (`by`), nobody who left, and nobody twice about the same before having read it. Never commits.
    """
    recipients = [user for user in sorted(set(users), key=lambda one: one.id) if user.is_active and (by is None or user.id != by.id) and _may_know(user, kind)]
    if not recipients:
        return []
    wishes = queries.wishes((user.id for user in recipients), [kind])
    keys = {user.id: _key(user, kind, about, url) for user in recipients}
    already = queries.told_already(keys.values())
    told = [_tell(user, kind, text, url, about, by, keys[user.id], wishes[user.id, kind]) for user in recipients if keys[user.id] not in already]
    return [row for row in told if row is not None]


def _tell(user: User, kind: str, text: object, url: str, about: About | None, by: User | None, key: str, wish: queries.Wish) -> Notification | None:
    on_page, by_mail = wish
    if not (on_page or by_mail):
        return None
    with force_locale(user.locale or current_app.config["SETTINGS"].locale):
        words = str(text)[:LONGEST]
    about_type, about_id = about or (None, None)
    row = Notification(
        user_id=user.id, kind=kind, text=words, url=url, about_type=about_type, about_id=about_id, by_id=by.id if by else None,
        at=clock.now(), read_at=None if on_page else clock.now(), unread_key=key if on_page else None,
    )
    if first(row) is None:  # another process was quicker
        return None
    if on_page:
        count_unread(user.id, 1)
    if by_mail:
        mails.send(user, kind, words, urljoin(current_app.config["SETTINGS"].base_url, url), by)
    return row


def _may_know(user: User, kind: str) -> bool:
    return user.role == "admin" or not KINDS[kind].administrators_only


def _key(user: User, kind: str, about: About | None, url: str) -> str:
    return f"{user.id}:{kind}:{about[0]}:{about[1]}" if about else f"{user.id}:{kind}:{url}"[:120]


def read_about(user: User, about: About) -> int:
    """The person is looking at it. How many were unread."""
    return read_all(user.id, Notification.about_type == about[0], Notification.about_id == about[1])
