"""The thin lines of a conversation: what was done, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.formatting import exact
from crm.formatting import gettext as _

PRIORITIES = {"low": _l("low"), "normal": _l("normal"), "high": _l("high"), "urgent": _l("urgent")}
BECAUSE = {
    "answered": _l("The customer answered: open again"),
    "bounced": _l("The mail came back: open again"),
    "outside": _l("An answer came from outside: open again"),
    "waiting": _l("No answer in time: open again"),
    "snoozed": _l("Snoozed until now: open again"),
}


def sentence(data: Mapping[str, Any], author: str | None) -> str:
    """What an event line says. `data` is the message's, `author` who did it (None: nobody, it happened by itself)."""
    name, who = data.get("event", ""), author or _("The system")
    if name == "reopened" and data.get("because") in BECAUSE:
        return str(BECAUSE[data["because"]])
    if name in ("waiting", "snoozed") and data.get("until"):
        return _until(name, who, datetime.fromisoformat(data["until"]))
    say = SENTENCES.get(name)
    return say(who, data) if say else name


def _until(name: str, who: str, until: datetime) -> str:
    if name == "waiting":
        return _("%(who)s waits for an answer until %(until)s", who=who, until=exact(until))
    return _("%(who)s snoozed it until %(until)s", who=who, until=exact(until))


def _unplanned(who: str, data: Mapping[str, Any]) -> str:
    at = exact(datetime.fromisoformat(data["at"]))
    if data.get("because") == "answered":
        return _("The customer wrote first: the reply planned for %(at)s was not sent and is a draft again", at=at)
    if data.get("because") == "spam":
        return _("%(who)s marked this as spam: the reply planned for %(at)s was not sent and is a draft again", who=who, at=at)
    return _("%(who)s took back the reply planned for %(at)s; it is a draft again", who=who, at=at)


SENTENCES = {
    "assigned": lambda who, data: _("%(who)s assigned it to %(to)s", who=who, to=data.get("to", "")),
    "unassigned": lambda who, data: _("%(who)s took the assignment back", who=who),
    "handed": lambda who, data: _("%(who)s gave it to the department %(to)s", who=who, to=data.get("to", "") or "–"),
    "moved": lambda who, data: _("%(who)s moved it to the mailbox %(to)s", who=who, to=data.get("to", "")),
    "tagged": lambda who, data: _("%(who)s set the tags: %(to)s", who=who, to=data.get("to", "") or "–"),
    "resolved": lambda who, data: _("%(who)s resolved it", who=who),
    "reopened": lambda who, data: _("%(who)s reopened it", who=who),
    "waiting": lambda who, data: _("%(who)s waits for an answer", who=who),
    "snoozed": lambda who, data: _("%(who)s snoozed it until the customer answers", who=who),
    "spam": lambda who, data: _("%(who)s marked it as spam", who=who),
    "prioritised": lambda who, data: _("%(who)s set the priority to %(priority)s", who=who, priority=PRIORITIES.get(data.get("priority", ""), "")),
    "touchpoint": lambda who, data: _("%(who)s moved it to the touchpoint %(to)s", who=who, to=data.get("to", "") or "–"),
    "merged": lambda who, data: _("%(who)s merged conversation #%(number)s into this one", who=who, number=data.get("number", "")),
    "split_off": lambda who, data: _("%(who)s split off conversation #%(number)s from here on", who=who, number=data.get("number", "")),
    "split_from": lambda who, data: _("%(who)s split this off from conversation #%(number)s", who=who, number=data.get("number", "")),
    "unmerged": lambda who, data: _("%(who)s took back that this and #%(number)s were merged", who=who, number=data.get("number", "")),
    "planned": lambda who, data: _("%(who)s planned a reply for %(at)s", who=who, at=exact(datetime.fromisoformat(data["at"]))),
    "unplanned": lambda who, data: _unplanned(who, data),
    "linked": lambda who, data: _("%(who)s linked it with conversation #%(number)s", who=who, number=data.get("number", "")),
    "unlinked": lambda who, data: _("%(who)s removed the link with conversation #%(number)s", who=who, number=data.get("number", "")),
    "given": lambda who, data: _("%(who)s moved it from %(before)s to %(to)s", who=who, before=data.get("before", ""), to=data.get("to", "")),
    "forwarded": lambda who, data: _("%(who)s forwarded a message to %(to)s", who=who, to=data.get("to", "")),
    "unsent": lambda who, data: _("%(who)s took the reply back before it left", who=who),
    "acknowledged": lambda who, data: _("The acknowledgement was sent"),
    "thanked": lambda who, data: _("The customer said thanks. It stays resolved."),
    "delivered": lambda who, data: _("Delivered to %(address)s", address=data.get("address", "")),
    "read": lambda who, data: _("Opened by %(address)s", address=data.get("address", "")),
    "complained": lambda who, data: _("Reported as spam by %(address)s", address=data.get("address", "")),
    "bounced": lambda who, data: _("Could not be delivered to %(addresses)s", addresses=", ".join(data.get("addresses", [])) or "–"),
}
