"""Where a rule can begin: conditions people ask for by name, and whole rules to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Preset:
    label: object  # lazy text
    rule: Mapping[str, Any]
    text: object = ""


CUSTOMER = {"field": "lifecycle", "is": "customer"}
UNHAPPY = {"history": "answers", "where": {"survey": "nps", "score": {"at_most": 6}}, "within_days": 30, "at_least": 1}
CALLED = {"history": "interactions", "where": {"channel": "phone"}, "at_least": 1}

# One condition each, offered first in the builder.
PRESETS: dict[str, Preset] = {
    "calls": Preset(_l("Phone calls"), CALLED),
    "nps": Preset(_l("NPS answers"), UNHAPPY),
    "csat": Preset(_l("CSAT answers"), {"history": "answers", "where": {"survey": "csat", "score": {"at_most": 2}}, "within_days": 30, "at_least": 1}),
    "mails": Preset(_l("Mails"), {"history": "interactions", "where": {"channel": "email"}, "at_least": 1}),
    "revenue": Preset(_l("Revenue"), {"history": "purchases", "within_days": 365, "measure": "sum", "of": "amount", "at_least": 100}),
}

STARTERS: dict[str, Preset] = {
    "unhappy-spoken": Preset(
        _l("Unhappy and spoken to"), {"all": [CUSTOMER, UNHAPPY, CALLED]},
        _l("Customers with an NPS of 6 or less in 30 days and at least one phone call.")),
    "silent": Preset(
        _l("Silent for 90 days"), {"all": [CUSTOMER, {"none": [{"field": "last_in_at", "within_days": 90}]}]},
        _l("Customers we have not heard from for 90 days.")),
    "promoters": Preset(
        _l("Promoters"), {"all": [CUSTOMER, {"field": "nps", "at_least": 9}]},
        _l("Customers whose latest NPS is 9 or 10: ask them for a recommendation.")),
    "reachable": Preset(
        _l("May be written to"), {"all": [CUSTOMER, {"field": "consent.marketing", "is": "granted"}, {"field": "email", "empty": False}]},
        _l("Customers who agreed to marketing mail.")),
    "loyal": Preset(
        _l("Bought again"), {"all": [{"history": "purchases", "within_days": 365, "at_least": 2}]},
        _l("People with two purchases or more in a year.")),
    "no-next-step": Preset(
        _l("Without a next step"), {"all": [{"field": "lifecycle", "in": ["lead", "prospect"]}, {"field": "next_task_at", "empty": True}]},
        _l("Leads and prospects for whom nothing is planned.")),
}
