"""What the pages of a contact and of an organisation show of the features: each gives a loader and a partial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from crm import scores
from crm.contactpage import panels
from crm.files import panels as files
from crm.inbox import panels as inbox
from crm.tasks import panels as tasks
from crm.timeline.volumes import by_touchpoint


@dataclass(frozen=True)
class Panel:
    """`load` runs at most two statements; `template` gets its result as `data`, beside the contact or organisation.

    A text under "warning" stands in the head of the page. `follows_log`: shown anew after something was logged.
    """

    key: str
    template: str
    load: Callable[[Any], Mapping[str, Any]]
    follows_log: bool = False


CONTACT: tuple[Panel, ...] = (
    Panel("tasks", "tasks/_panel.html", tasks.load, follows_log=True),
    Panel("conversations", "inbox/_panel.html", inbox.load),
    Panel("answers", "contacts/_answers.html", panels.answers),
    Panel("profile", "contacts/_profile.html", panels.profile),
    Panel("affiliations", "contacts/_affiliations.html", panels.affiliations),
    Panel("relations", "contacts/_relations.html", panels.relations),
    Panel("consents", "contacts/_consents.html", panels.consents),
    Panel("files", "files/_panel.html", files.load),
    Panel("changes", "changes/_panel.html", lambda _contact: {}),
)
ORGANISATION: tuple[Panel, ...] = (Panel("timeline", "timeline/_organisation_panel.html", panels.timeline_of_people),)


def register(app: Flask) -> None:
    app.extensions["panels"] = {"contact": CONTACT, "organisation": ORGANISATION}
    app.extensions["volumes"] = by_touchpoint  # for the register, which stands left of the timeline
    app.extensions["scores"] = scores.by_touchpoint
