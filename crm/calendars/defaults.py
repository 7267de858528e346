"""What a new installation begins with: usual hours in the region and zone of its settings."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from crm.calendars.models import USUAL_WEEK, OfficeHours
from crm.extensions import db


def create_defaults() -> OfficeHours:
    """Idempotent; never commits."""
    found = db.session.scalars(select(OfficeHours).where(OfficeHours.is_default)).first()
    if found is not None:
        return found
    settings = current_app.config["SETTINGS"]
    with force_locale(settings.locale):
        name = _("Office hours")
    week = [[list(span) for span in spans] for spans in USUAL_WEEK]
    row = OfficeHours(name=name, zone=settings.timezone, region=settings.region, eves="half", week=week, is_default=True)
    db.session.add(row)
    return row
