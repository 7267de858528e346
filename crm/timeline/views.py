"""Pages of the timeline: the feed of an organisation, its filters, one entry and its corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, request
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_login import current_user
from sqlalchemy import select

from crm import marks, timeline, web
from crm.accounts import undo
from crm.contacts.models import Organisation
from crm.extensions import db
from crm.timeline import choices, feeds, queries
from crm.timeline.kinds import KINDS
from crm.timeline.models import Interaction
from crm.timeline.wording import DIRECTIONS, words
from crm.touchpoints.models import CHANNELS

blueprint = Blueprint("timeline", __name__)
blueprint.record_once(lambda state: state.app.jinja_env.globals.update(feed_words=words))


@blueprint.get("/contacts/<int:contact_id>/timeline")
def of_contact(contact_id: int):
    if not web.wants_partial():
        return redirect(f"/contacts/{contact_id}?{request.query_string.decode('ascii', 'ignore')}#feed")
    if not queries.exists_for(contact_id):
        abort(404)
    return answer(feeds.of_contact(contact_id, current_user, request.args))


@blueprint.get("/organisations/<int:organisation_id>/timeline")
def of_organisation(organisation_id: int):
    organisation = living(organisation_id)
    feed = feeds.of_organisation(organisation_id, current_user, request.args)
    if web.wants_partial():
        return answer(feed)
    return web.page("timeline/index.html", feed=feed, whose=organisation.name, back=f"/organisations/{organisation_id}", active="organisations")


@blueprint.get("/contacts/<int:contact_id>/timeline/filters")
def filters_of_contact(contact_id: int):
    if not queries.exists_for(contact_id):
        abort(404)
    return show_filters(f"/contacts/{contact_id}", f"/contacts/{contact_id}/timeline")


@blueprint.get("/organisations/<int:organisation_id>/timeline/filters")
def filters_of_organisation(organisation_id: int):
    url = f"/organisations/{living(organisation_id).id}/timeline"
    return show_filters(url, url, [("subsidiaries", _("Subsidiaries"), [("1", _("included"))])])


def living(organisation_id: int) -> Organisation:
    return db.one_or_404(select(Organisation).where(Organisation.id == organisation_id, Organisation.merged_into_id.is_(None)))


@blueprint.get("/interactions/<int:interaction_id>")
def show(interaction_id: int):
    interaction = visible(interaction_id)
    if interaction.superseded_by_id:
        return redirect(f"/interactions/{timeline.recording.present(interaction).id}")
    entry = db.session.execute(queries.entry(interaction.id, current_user)).first()
    if entry is None:
        abort(404)
    return web.page("timeline/show.html", interaction=interaction, entry=entry, earlier=list(earlier(interaction)), may_withdraw=may_withdraw(interaction))


@blueprint.get("/interactions/<int:interaction_id>/text")
def text(interaction_id: int):
    if not web.wants_partial():
        return redirect(f"/interactions/{interaction_id}")
    return web.page("timeline/_text.html", interaction=visible(interaction_id))


@blueprint.get("/interactions/<int:interaction_id>/touchpoint")
def touchpoint(interaction_id: int):
    return web.page("timeline/touchpoint.html", "timeline/_touchpoint.html", interaction=visible(interaction_id), touchpoints=choices.touchpoints())


@blueprint.post("/interactions/<int:interaction_id>/touchpoint")
def choose_touchpoint(interaction_id: int):
    interaction, offered = visible(interaction_id), choices.touchpoints()
    wanted = request.form.get("touchpoint_id", "")
    if wanted and wanted not in {str(choice.id) for choice in offered}:
        return web.invalid("timeline/touchpoint.html", "timeline/_touchpoint.html", interaction=interaction, touchpoints=offered,
                           fault=_("Choose a touchpoint of the list."))
    corrected = timeline.recording.present(interaction)
    if corrected.touchpoint_id != (int(wanted) if wanted else None):
        corrected = timeline.correct(interaction, current_user.user, touchpoint_id=int(wanted) if wanted else None)
    db.session.commit()
    return web.done(f"/contacts/{corrected.contact_id}", "timeline/_row.html", entry=db.session.execute(queries.entry(corrected.id, current_user)).first())


@blueprint.post("/interactions/<int:interaction_id>/withdrawal")
def withdraw(interaction_id: int):
    interaction = visible(interaction_id)
    if not may_withdraw(interaction):
        abort(403)
    withdrawal = timeline.retract(interaction, current_user.user)
    undo.offer("interaction.withdrawn", _("Entry withdrawn"), interaction_id=withdrawal.id)
    db.session.commit()
    return web.done(f"/contacts/{interaction.contact_id}")


def visible(interaction_id: int) -> Interaction:
    """The entry, if there is one that this person may see."""
    interaction = db.one_or_404(web.locked(select(Interaction).where(Interaction.id == interaction_id), Interaction))
    if interaction.visibility != "all" and interaction.staff_id != current_user.id:
        abort(404)
    return interaction


def may_withdraw(interaction: Interaction) -> bool:
    """What a person logged, they and their leads may withdraw; what came from outside stays."""
    return interaction.provenance == "person" and (interaction.staff_id == current_user.id or current_user.role in ("lead", "admin"))


def earlier(interaction: Interaction):
    """The versions before this one, newest first."""
    while interaction.corrects_id:
        interaction = db.session.get_one(Interaction, interaction.corrects_id)
        yield interaction


def answer(feed: feeds.Feed):
    """The next page of entries, or the whole feed anew, at the address that leads back to it."""
    if request.args.get("cursor"):
        return web.page("timeline/_entries.html", feed=feed)
    return web.standing_at(web.page("timeline/_feed.html", feed=feed), f"{feed.page}?{feed.without()}".rstrip("?"))


def show_filters(page: str, url: str, further: Sequence[tuple[str, Any, list[tuple[Any, str]]]] = ()):
    feed = feeds.Feed(page, url, feeds.read(request.args), (), None)
    more = [(*each, getattr(feed.filters, each[0])) for each in further]
    return web.page("timeline/filters.html", "timeline/_filters.html", feed=feed, offered=[*offered_filters(feed.filters), *more])


def offered_filters(chosen: queries.Filters) -> list[tuple[str, Any, list[tuple[Any, str]], Any]]:
    said = words()
    return [
        ("channel", _("Channel"), [(key, marks.channel_word(key)) for key in CHANNELS], chosen.channel),
        ("kind", pgettext("of an entry", "Kind"), [(key, said.kinds[key]) for key, kind in KINDS.items() if kind.shown], chosen.kind),
        ("direction", _("Direction"), [(key, said.directions[key]) for key in DIRECTIONS], chosen.direction),
        ("touchpoint", _("Touchpoint"), [(choice.id, choice.label) for choice in choices.touchpoints()], chosen.touchpoint),
        ("department", _("Department"), [(choice.id, choice.label) for choice in choices.departments()], chosen.department),
    ]
