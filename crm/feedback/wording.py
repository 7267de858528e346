"""What customers read: per question type and language, in the polite and in the familiar form."""

from __future__ import annotations

from typing import Any

from crm.feedback.models import Survey

# low / high label the ends of the scale; open asks for the comment, differently for unhappy, neutral and happy people.
DEFAULTS: dict[str, dict[str, dict[str, str]]] = {
    "nps": {
        "en": {"question": "How likely are you to recommend {firm} to a friend or colleague?", "low": "not at all likely", "high": "extremely likely"},
        "de": {"question": "Wie wahrscheinlich ist es, dass Sie {firm} weiterempfehlen?", "low": "sehr unwahrscheinlich", "high": "sehr wahrscheinlich"},
        "de-du": {"question": "Wie wahrscheinlich ist es, dass du {firm} weiterempfiehlst?", "low": "sehr unwahrscheinlich", "high": "sehr wahrscheinlich"},
    },
    "csat": {
        "en": {"question": "How satisfied are you with how we handled this?", "low": "very dissatisfied", "high": "very satisfied"},
        "de": {"question": "Wie zufrieden sind Sie damit, wie wir uns darum gekümmert haben?", "low": "sehr unzufrieden", "high": "sehr zufrieden"},
        "de-du": {"question": "Wie zufrieden bist du damit, wie wir uns darum gekümmert haben?", "low": "sehr unzufrieden", "high": "sehr zufrieden"},
    },
    "ces": {
        "en": {"question": "{firm} made it easy for me to get this done.", "low": "strongly disagree", "high": "strongly agree"},
        "de": {"question": "{firm} hat es mir leicht gemacht, mein Anliegen zu erledigen.", "low": "stimme gar nicht zu", "high": "stimme voll zu"},
        "de-du": {"question": "{firm} hat es mir leicht gemacht, mein Anliegen zu erledigen.", "low": "stimme gar nicht zu", "high": "stimme voll zu"},
    },
    "expectation": {
        "en": {"question": "Did we do less, as much or more than you expected?", "low": "less than expected", "middle": "as expected", "high": "more than expected"},
        "de": {"question": "War es weniger, so viel oder mehr, als Sie erwartet haben?", "low": "weniger als erwartet", "middle": "wie erwartet", "high": "mehr als erwartet"},
        "de-du": {"question": "War es weniger, so viel oder mehr, als du erwartet hast?", "low": "weniger als erwartet", "middle": "wie erwartet", "high": "mehr als erwartet"},
    },
}
NAMES = {"en": {"nps": "NPS", "csat": "CSAT", "ces": "CES", "expectation": "Expectation"}, "de": {"nps": "NPS", "csat": "CSAT", "ces": "CES", "expectation": "Erwartung"}}


def wording(survey: Survey, language: str, form: str = "sie") -> dict[str, str]:
    """The texts of `survey` in `language`; what the firm left empty is filled with ours."""
    key = "de-du" if language == "de" and form == "du" else language
    ours = DEFAULTS[survey.type]
    own: dict[str, Any] = survey.wording or {}
    texts = {**ours.get(key, ours["en"]), **{name: text for name, text in own.get(language, {}).items() if text}}
    if key != language:
        texts |= {name: text for name, text in own.get(key, {}).items() if text}
    return texts


def question(survey: Survey, language: str, form: str, firm: str) -> str:
    return wording(survey, language, form)["question"].replace("{firm}", firm)
