"""Merge, split, and put either back."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.joining import figures, moving
from crm.inbox.joining.models import ConversationJoin
from crm.inbox.models import INTERNAL, Conversation, Message

GONE = "merged"


def merge(source: Conversation, target: Conversation, by: User) -> ConversationJoin:
    """All of `source` goes over to `target`; its number leads there from now on, also for mail."""
    if source.id == target.id:
        raise Refused(_("Choose another conversation."), "into")
    if GONE in (source.status, target.status) or "spam" in (source.status, target.status):
        raise Refused(_("A conversation that is spam or was merged already cannot be merged."), "into")
    return _unite(source, target, by)


def _unite(source: Conversation, target: Conversation, by: User) -> ConversationJoin:
    before = {"source": figures.snapshot(source), "target": figures.snapshot(target)}
    figures.unite(target, source)
    source.become(GONE)
    source.snoozed_until = source.waiting_since = None
    db.session.flush()
    added = moving.copy_missing(source.id, target.id)
    rows = moving.move_all(source.id, target.id)
    after = {"source": figures.snapshot(source), "target": figures.snapshot(target)}
    join = _kept(ConversationJoin(kind="merge", source=source, target=target, by_id=by.id, journal={"rows": rows, "added": added, "before": before, "after": after}))
    target.event("merged", by, join=join.id, number=source.id, subject=source.subject[:100])
    db.session.flush()
    return join


def split(message: Message, by: User, subject: str = "") -> ConversationJoin:
    """`message` and all that was written after it become a conversation of their own."""
    source = message.conversation
    everything = _messages(source)
    staying = [each for each in everything if each.id < message.id or each.kind == "event"]
    going = [each for each in everything if each not in staying]
    if message.kind in INTERNAL or not any(each.kind not in INTERNAL for each in staying):
        raise Refused(_("A conversation can be split at a later mail only, not at its first one."))
    before = {"source": figures.snapshot(source)}
    target = _begin(source, message, going, subject)
    rows = {
        "messages": [each.id for each in going], "received_mails": [each.received_mail_id for each in going if each.received_mail_id],
        "interactions": [each.interaction_id for each in going if each.interaction_id], "deliveries": [each.delivery_id for each in going if each.delivery_id],
    }
    figures.follow(source, staying)
    figures.follow(target, going)
    db.session.flush()
    added = moving.copy_missing(source.id, target.id)
    moving.move(rows, target.id)
    journal = {"rows": rows, "added": added, "before": before, "after": {"source": figures.snapshot(source)}}
    join = _kept(ConversationJoin(kind="split", source=source, target=target, by_id=by.id, journal=journal))
    source.event("split_off", by, join=join.id, number=target.id)
    target.event("split_from", by, number=source.id)
    db.session.flush()
    return join


def undo(join: ConversationJoin, by: User) -> Conversation:
    """Exactly as it was, whenever; what came later goes with the message it answers. Answers the conversation to show."""
    if join.undone_at is not None:
        return join.source
    if GONE in (join.target.status, *((join.source.status,) if join.kind == "split" else ())):
        raise Refused(_("One of the two was merged since. Undo that first."))
    join.undone_at, join.undone_by_id = clock.now(), by.id
    source, target, journal = join.source, join.target, join.journal
    if join.kind == "merge":
        _part(source, target, journal)
        source.event("unmerged", by, number=target.id)
        target.event("unmerged", by, number=source.id)
    else:
        untouched = figures.snapshot(source) == journal["after"]["source"] and figures.snapshot(target)["status"] != "resolved"
        _unite(target, source, by)  # also if it was spam, or has become it
        if untouched and len(_written(source)) == journal["before"]["source"]["messages_count"]:
            figures.restore(source, journal["before"]["source"], figures.snapshot(source))
    _strike_line(join)
    db.session.flush()
    return source


def _part(source: Conversation, target: Conversation, journal: dict) -> None:
    rows = dict(journal["rows"])
    later = _later_answers(target, set(rows.get("messages", ())))
    for name, idents in (("messages", [each.id for each in later]), ("received_mails", [each.received_mail_id for each in later]),
                         ("interactions", [each.interaction_id for each in later]), ("deliveries", [each.delivery_id for each in later])):
        rows[name] = [*rows.get(name, ()), *filter(None, idents)]
    moving.move(rows, source.id)
    moving.take_away(journal["added"], target.id)
    figures.restore(source, journal["before"]["source"], journal["after"]["source"])
    if target.messages_count == journal["after"]["target"]["messages_count"]:
        figures.restore(target, journal["before"]["target"], journal["after"]["target"])
    else:
        figures.follow(target, _messages(target))
    if later:
        figures.follow(source, _messages(source))
        if any(figures.is_heard(each) for each in later) and source.status not in ("open", "spam"):
            source.become("open")
            source.resolved_at = source.resolved_by_id = source.snoozed_until = None


def _later_answers(target: Conversation, moved: set[int]) -> list[Message]:
    """Mails that came after the merge and answer, as the nearest they know, one of those that go back."""
    messages = _messages(target)
    last = max(moved, default=0)
    names = {each.message_id: each.id for each in messages if each.message_id}
    going, found = set(moved), []
    for each in (each for each in messages if each.id > last and each.kind not in INTERNAL and each.id not in moved):
        nearest = next((names[value] for value in reversed(each.references) if value in names), None)
        if nearest in going:
            going.add(each.id)
            found.append(each)
    return found


def _begin(source: Conversation, message: Message, going: list[Message], subject: str) -> Conversation:
    heard = [each for each in going if figures.is_heard(each)]
    status = "open" if heard and heard[-1] is going[-1] else "waiting"
    conversation = Conversation(
        contact=source.contact, subject=(subject.strip() or message.subject or source.subject)[:500], status=status, mailbox_id=source.mailbox_id,
        priority=source.priority, touchpoint_id=source.touchpoint_id, department_id=source.department_id, assignee_id=source.assignee_id,
        customer_address=(heard[-1].from_address if heard else "") or source.customer_address, created_at=message.at, messages_count=0,
    )
    db.session.add(conversation)
    db.session.flush()
    conversation.counted()
    return conversation


def _kept(join: ConversationJoin) -> ConversationJoin:
    db.session.add(join)
    db.session.flush()
    return join


def _strike_line(join: ConversationJoin) -> None:
    """The line that offers the undo says that it was done."""
    lines = select(Message).where(Message.conversation_id.in_((join.source_id, join.target_id)), Message.kind == "event")
    for line in db.session.scalars(lines):
        if line.data.get("join") == join.id:
            line.data = line.data | {"undone": True}


def _messages(conversation: Conversation) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id)))


def _written(conversation: Conversation) -> list[Message]:
    return [each for each in _messages(conversation) if each.kind not in INTERNAL]
