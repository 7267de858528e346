"""What the words of the register are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

PHASES = {"before": _l("Before the purchase"), "during": _l("During the purchase"), "after": _l("After the purchase")}
REACHES = {"direct": _l("direct: with us"), "indirect": _l("indirect: where others talk about us")}
CHANNELS = {
    "email": _l("Email"), "phone": _l("Phone"), "in_person": _l("In person"), "chat": _l("Chat"), "web": _l("Web"), "letter": _l("Letter"),
    "sms": _l("SMS"), "social": _l("Social media"), "review": _l("Review"), "event": _l("Event"), "other": _l("Other"),
}
IMPORTANCE = {
    5: _l("5 – decides about staying"),
    4: _l("4 – important"),
    3: _l("3 – noticed"),
    2: _l("2 – minor"),
    1: _l("1 – marginal"),
}
