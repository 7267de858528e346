"""What staff can be told of, and how they are told unless they choose otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Kind:
    label: object  # lazy text: whereof
    icon: str
    on_page: bool = True  # rings the bell
    by_mail: bool = False
    administrators_only: bool = False


KINDS = {
    "mention": Kind(_l("Somebody mentions me in an internal note"), "at", by_mail=True),
    "assigned": Kind(_l("A conversation is assigned to me or my department"), "user-check"),
    "answered": Kind(_l("A customer answers in a conversation that I have or watch"), "message"),
    "sla_warning": Kind(_l("A promised time is about to pass"), "alarm"),
    "sla_passed": Kind(_l("A promised time has passed"), "alarm"),
    "alarm": Kind(_l("Something is wrong with fetching or sending mail"), "alert-triangle", by_mail=True, administrators_only=True),
}


def kinds_for(user: object) -> dict[str, Kind]:
    """What this person can be told of."""
    return {key: kind for key, kind in KINDS.items() if not kind.administrators_only or getattr(user, "role", "") == "admin"}
