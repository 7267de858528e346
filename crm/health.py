"""/healthz: the process answers. /readyz: it can do its work; 503 with the reason when not. For probes, without sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Flask, current_app, jsonify
from flask_babel import force_locale
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from crm import alarms, clock
from crm.extensions import db
from crm.frame import public
from crm.inbox.heartbeats import WORKER
from crm.inbox.models import Heartbeat

blueprint = Blueprint("health", __name__)
SILENT = timedelta(minutes=10)  # a way on which mail comes is looked at every minute or more often


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@public
def alive():
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready():
    reasons = {name: reason for name, check in CHECKS.items() if (reason := answer(check))}
    return jsonify(status="unavailable" if reasons else "ok", reasons=reasons, last_mail_fetch=last_fetch(), alarms=troubles()), 503 if reasons else 200


def answer(check: Callable[[], str]) -> str:
    """The reason why not, or nothing. What goes wrong with the check itself is a reason too, told without internals."""
    try:
        return check()
    except Exception:
        current_app.logger.exception("a readiness check failed")
        db.session.rollback()
        return "does not answer"


def database() -> str:
    db.session.execute(text("SELECT 1"))
    return ""


def queue() -> str:
    current_app.extensions["queue"].huey.pending_count()
    return ""


def mail() -> str:
    """Of the ways on which mail comes (intake, mailboxes that are fetched): which is late, or in trouble."""
    rows = db.session.execute(select(Heartbeat.name, Heartbeat.at, Heartbeat.error).order_by(Heartbeat.name)).all()
    late = [f"{way(row.name)} has been silent since {row.at:%Y-%m-%d %H:%M} UTC" for row in rows if row.at < clock.now() - SILENT]
    return "; ".join([*late, *(f"{way(row.name)} reports an error" for row in rows if row.error)])


def troubles() -> dict[str, str]:
    """What administrators are told of as well. The program works all the same, so these alone do not make it unready."""
    try:
        with force_locale("en"):
            return {name: str(trouble.text) for name, trouble in alarms.found().items()}
    except Exception:  # the database, which has a check of its own
        db.session.rollback()
        return {}


def way(name: str) -> str:
    """Without the address of the mailbox: anybody may ask."""
    return name.partition(":")[0]


def last_fetch() -> str | None:
    """When mail was last looked for, on the way that lags most."""
    try:
        at = db.session.scalar(select(func.min(Heartbeat.at)).where(Heartbeat.name != WORKER))
    except SQLAlchemyError:  # which the check of the database tells
        db.session.rollback()
        return None
    return at.isoformat() if at else None


CHECKS = {"database": database, "queue": queue, "mail": mail}
