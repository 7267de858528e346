"""What the pages of a contact, an organisation and a touchpoint show of the features: each gives a loader and a partial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from crm import scores
from crm.contactpage import panels
from crm.duplicates import panels as duplicates
from crm.files import panels as files
from crm.inbox import panels as inbox
from crm.tasks import panels as tasks
from crm.timeline.volumes import by_touchpoint


@dataclass(frozen=True)
class Panel:
    """`load` runs at most two statements; `template` gets its result as `data`, beside the contact or organisation.

    A text under "warning" stands in the head of the page. `follows_log`: shown anew after something was logged.
    `later`: below the first screenful, fetched when one gets there; such a panel cannot warn.
    """

    key: str
    template: str
    load: Callable[[Any], Mapping[str, Any]]
    follows_log: bool = False
    later: bool = False


CONTACT: tuple[Panel, ...] = (
    Panel("tasks", "tasks/_panel.html", tasks.load, follows_log=True),
    Panel("conversations", "inbox/_panel.html", inbox.load),
    Panel("answers", "contacts/_answers.html", panels.answers),
    Panel("duplicates", "duplicates/_in_band.html", duplicates.load),
    Panel("profile", "contacts/_profile.html", panels.profile, later=True),
    Panel("affiliations", "contacts/_affiliations.html", panels.affiliations, later=True),
    Panel("relations", "contacts/_relations.html", panels.relations, later=True),
    Panel("consents", "contacts/_consents.html", panels.consents, later=True),
    Panel("files", "files/_panel.html", files.load, later=True),
    Panel("changes", "changes/_panel.html", lambda _contact: {}, later=True),
)
ORGANISATION: tuple[Panel, ...] = (Panel("timeline", "timeline/_organisation_panel.html", panels.timeline_of_people),)
TOUCHPOINT: tuple[Panel, ...] = (
    Panel("answers", "touchpoints/_answers.html", scores.answers_at),
    Panel("interactions", "touchpoints/_interactions.html", scores.happened_at),
)


def register(app: Flask) -> None:
    app.extensions["panels"] = {"contact": CONTACT, "organisation": ORGANISATION, "touchpoint": TOUCHPOINT}
    app.extensions["volumes"] = by_touchpoint  # for the register, which stands left of the timeline
    app.extensions["scores"] = scores.by_touchpoint
