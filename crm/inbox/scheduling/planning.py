"""Planning a reply for later, changing it, taking it back; and what happens when its time has come, or the customer writes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select

from crm import clock
from crm.accounts.models import User
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import drafting, replying
from crm.inbox.models import Attachment, Conversation, Message
from crm.inbox.scheduling.models import ScheduledReply
from crm.inbox.teamwork.assigning import titled
from crm.notifications.notifying import notify
from crm.outbox.models import UNSENT, Delivery

FARTHEST = timedelta(days=366)
OPEN = ScheduledReply.settled_at.is_(None)


def plan(conversation: Conversation, by: User, text: str, at: datetime, *, cc: Sequence[str] = (), uploads: Iterable[replying.Upload] = (),
         seen: int | None = None, resolves: bool = False) -> ScheduledReply:
    """An answer that leaves at `at`, unless the customer writes first. Never commits."""
    must_lie_ahead(at)
    _to, copies = replying.may_be_sent(conversation, text, cc, seen)
    row = ScheduledReply(conversation=conversation, user=by, text=text.strip(), send_at=at, cc=copies, files=drafting.keep(replying.must_fit(uploads)), resolves=resolves)
    _put_in_outbox(row)
    db.session.add(row)
    conversation.event("planned", by, at=at.isoformat())
    drafting.drop_draft(conversation, by)
    db.session.flush()
    return row


def change(row: ScheduledReply, text: str, at: datetime, by: User) -> None:
    """Another text, another time: a new mail takes the place of the one that waits. Whoever changes the words has written them; nobody speaks in another's name."""
    must_wait(row)
    must_lie_ahead(at)
    if not text.strip():
        raise Refused(_("Write something first."), "body")
    row.delivery.cancel()
    if text.strip() != row.text and row.user_id != by.id:
        row.user = by
        row.conversation.event("planned", by, at=at.isoformat())
    row.text, row.send_at = text.strip(), at
    _put_in_outbox(row)


def cancel(row: ScheduledReply, by: User | None, because: str = "") -> None:
    """It does not leave; text, files and copies are a draft of its writer again. `because`: "answered" when the customer wrote first, "spam"."""
    if row.settled_at is not None and row.delivery.state == "cancelled":
        return
    must_wait(row)
    row.delivery.cancel()
    row.settled_at = clock.now()
    drafting.bring_back(row.conversation, row.user, row.text, row.files, row.cc)
    row.conversation.event("unplanned", by, at=row.send_at.isoformat(), because=because)


def customer_wrote_first(conversation: Conversation) -> None:
    """What was planned may no longer fit: it goes back to whoever wrote it, who is told."""
    for row in _cancel_all(conversation, None, "answered"):
        text = _l("%(name)s wrote first; your planned reply was not sent: %(subject)s", name=conversation.contact.display_name, subject=titled(conversation))
        notify([row.user], "answered", text=text, url=f"/inbox/{conversation.id}", about=("conversation", conversation.id))


def became_spam(conversation: Conversation, by: User) -> None:
    """Nothing is sent to who sends spam; whoever planned to answer is told, and has the text."""
    for row in _cancel_all(conversation, by, "spam"):
        if row.user is not by:
            text = _l("Your planned reply was not sent, for this was marked as spam: %(subject)s", subject=titled(conversation))
            notify([row.user], "answered", text=text, url=f"/inbox/{conversation.id}", about=("conversation", conversation.id))


def _cancel_all(conversation: Conversation, by: User | None, because: str) -> list[ScheduledReply]:
    """Those that are leaving at this moment cannot be stopped."""
    stopped = []
    for row in db.session.scalars(select(ScheduledReply).where(ScheduledReply.conversation_id == conversation.id, OPEN)).all():
        with suppress(Refused):
            cancel(row, by, because)
            stopped.append(row)
    return stopped


def due() -> Select:
    """Whose time has come, or whose mail left or was discarded before."""
    is_over = Delivery.state.not_in(UNSENT)
    found = select(ScheduledReply).join(Delivery, Delivery.id == ScheduledReply.delivery_id).where(OPEN, or_(ScheduledReply.send_at <= clock.now(), is_over))
    return found.order_by(ScheduledReply.send_at, ScheduledReply.id)


def settle(row: ScheduledReply) -> Message | None:
    """Becomes a message; None if it was discarded in the outbox: then it is a draft again. Never commits."""
    if row.settled_at is not None:
        return None
    if row.delivery.state == "cancelled":
        cancel(row, None)
        return None
    row.settled_at = clock.now()
    conversation = row.conversation
    name, address = replying.recipients(conversation).to
    earlier = replying.earlier_mails(conversation)
    message: Message = conversation.add(
        "reply", author=row.user, reply_text=row.text, to=[[name, address]], cc=[["", each] for each in row.cc], data={"planned": row.send_at.isoformat(), "before": replying.state(conversation)},
        delivery=row.delivery, message_id=row.delivery.message_id, subject=row.delivery.subject, text=replying.full_text(conversation, row.text, earlier),
        references=replying.references(earlier), from_name=conversation.mailbox.name if conversation.mailbox else "", from_address=row.delivery.sender,
    )
    message.attachments = [Attachment(filename=filename, content_type=kind, size=size, blob=blob) for filename, kind, size, blob in row.files]
    db.session.flush()
    replying.written(conversation, message, row.user)
    if row.resolves and conversation.status != "spam":
        conversation.resolve(row.user)
    return message


def must_lie_ahead(at: datetime) -> None:
    if at <= clock.now():
        raise Refused(_("This moment has passed. Choose one that lies ahead."), "send_at")
    if at > clock.now() + FARTHEST:
        raise Refused(_("Plan a reply for at most a year ahead."), "send_at")


def must_wait(row: ScheduledReply) -> None:
    if row.settled_at is not None:
        raise Refused(_("This reply does not wait any more."))


def _put_in_outbox(row: ScheduledReply) -> None:
    conversation, uploads = row.conversation, drafting.opened(row.files)
    mail = SimpleNamespace(id=None, author=row.user, reply_text=row.text, delivery=None)
    delay = (row.send_at - clock.now()).total_seconds()
    replying.compose(conversation, mail, replying.recipients(conversation).to, row.cc, uploads, replying.earlier_mails(conversation), delay)
    row.delivery = mail.delivery
