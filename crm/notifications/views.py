"""The bell, the page of notifications, and how one wants to be told."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import web
from crm.extensions import db
from crm.notifications import queries
from crm.notifications.kinds import KINDS, kinds_for
from crm.notifications.models import Notification, read_all

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
def index():
    unread = request.args.get("which") == "unread"
    page = web.paginate(queries.mine(current_user.id, unread=unread), Notification.at, Notification.id, cursor=request.args.get("cursor"))
    return web.page("notifications/index.html", "notifications/_rows.html", page=page, which="unread" if unread else "", kinds=KINDS)


@blueprint.get("/notifications/bell")
def bell():
    """The bell with its number, asked for now and then."""
    return web.page("notifications/bell.html", "notifications/_bell.html")


@blueprint.post("/notifications/<int:ident>/reading")
def read(ident: int):
    """Follow a notification: it is read, and leads to what it is about."""
    notification = db.session.get(Notification, ident)
    if notification is None or notification.user_id != current_user.id:
        abort(404)
    notification.read()
    db.session.commit()
    return web.done("/notifications" if "stay" in request.form else notification.url)


@blueprint.post("/notifications/reading")
def read_everything():
    read_all(current_user.id)
    db.session.commit()
    return web.done("/notifications")


@blueprint.route("/account/notifications", methods=["GET", "POST"])
def choices():
    """How to be told of each kind: a box for the page, one for the mail."""
    kinds = kinds_for(current_user)
    if request.method == "GET":
        wishes = queries.wishes([current_user.id], kinds)
        return web.page("notifications/choices.html", kinds=kinds, wishes={kind: wish for (_user, kind), wish in wishes.items()})
    for kind in kinds:
        row = queries.choice(current_user, kind)
        row.on_page, row.by_mail = f"{kind}-page" in request.form, f"{kind}-mail" in request.form
    db.session.commit()
    web.toast(_("Saved."))
    return web.done("/account/notifications")
