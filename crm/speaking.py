"""In which voice the interface speaks: as the language has it, or in Du to staff who read German and are addressed so.

What customers read never depends on who of the staff is at work: where a language was forced, its own voice holds.
"""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user

DU = "de-du"


def is_du() -> bool:
    """Whether whoever we are answering is addressed with Du. Asked for every word, so it is worked out once."""
    if not has_request_context():
        return False
    here = g._get_current_object().__dict__
    if here.get("locale") or getattr(here.get("_flask_babel"), "forced_babel_locale", None) is not None:
        return False
    if "says_du" not in here:
        here["says_du"] = getattr(current_user, "address_form", "") == "du" and get_locale().language == "de"
    return here["says_du"]


class Voices(Domain):
    """The catalogue of the language, or the one of its Du."""

    def __init__(self, domain: str):
        super().__init__(domain=domain)
        self.du = Domain(domain="du")

    def get_translations(self) -> Any:
        """Kept with the locale it belongs to for as long as we answer: a page asks for a hundred words, and asking Babel costs more than the word."""
        here = g._get_current_object().__dict__ if g else {}
        answer, kept = here.get("_flask_babel"), here.get("catalogue")
        language = getattr(answer, "babel_locale", None), getattr(answer, "forced_babel_locale", None)
        if kept and kept[0] is language[0] is not None and kept[1] is language[1]:
            return kept[2]
        found = self.du.get_translations() if is_du() else super().get_translations()
        here["catalogue"] = (getattr(here.get("_flask_babel"), "babel_locale", None), language[1], found)
        return found


class SpeakingBabel(Babel):
    domain_instance = property(lambda self: self.voices)

    def init_app(self, app: Any, **options: Any) -> None:  # type: ignore[override]
        super().init_app(app, **options)
        self.voices = Voices(app.extensions["babel"].default_domain)
