"""My day: the start page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user

from crm import clock, web
from crm.formatting import formats
from crm.myday import loading
from crm.tasks.listing import buckets

blueprint = Blueprint("myday", __name__)


@blueprint.get("/")
def index():
    viewer = current_user
    left: dict[str, Any] = {
        "groups": buckets(loading.due_tasks(viewer)), "clocks": loading.running_out(viewer), "answers": loading.answers_to_call_back(viewer),
        "conversations": loading.waiting_conversations(viewer), "silent": loading.gone_silent(viewer), "birthdays": loading.birthdays(viewer),
    }
    return web.page("myday/index.html", greeting=greeting(), nothing=not any(left.values()), numbers=loading.numbers(viewer),
                    praise=loading.praise(viewer), **left)


def greeting() -> str:
    hour = formats().local(clock.now()).hour
    first = current_user.name.split()[0]
    if hour < 11:
        return _("Good morning, %(name)s", name=first)
    return _("Good day, %(name)s", name=first) if hour < 18 else _("Good evening, %(name)s", name=first)
