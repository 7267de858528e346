"""What is promised to whom, as people fill it in: times as 4 h or 30 min."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import func
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from crm.accounts import queries as accounts
from crm.calendars import queries as calendars
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.contacts.tags import Tag
from crm.extensions import db
from crm.fields import choice, options, text
from crm.inbox.clocks.models import SlaPolicy, ordered
from crm.inbox.events import PRIORITIES
from crm.inbox.queries import mailboxes
from crm.touchpoints.models import Touchpoint

LENGTH = re.compile(r"(?:(\d{1,4})\s*(?:h|std\.?|hours?|stunden?))?\s*(?:(\d{1,5})\s*(?:min(?:utes?|uten)?\.?|m))?", re.IGNORECASE)
LONGEST = 60 * 2000
CHOSEN = ("mailbox_id", "department_id", "touchpoint_id", "tag_id", "calendar_id")
COPIED = ("name", "priority", "lifecycle", "pauses_snoozed", "first_response_minutes", "resolution_minutes")


def read_length(written: str) -> int | None:
    """'4 h', '1 h 30 min', '45 min', '2' (hours) → minutes; nothing for nothing. ValueError says what is wrong."""
    written = written.strip().replace(",", ".")
    if not written:
        return None
    if re.fullmatch(r"\d{1,4}(\.\d{1,2})?", written):
        minutes = round(float(written) * 60)
    elif found := LENGTH.fullmatch(written):
        minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    else:
        raise ValueError(_("Write a length of time such as 4 h or 30 min."))
    if not 0 < minutes <= LONGEST:
        raise ValueError(_("Write a length of time between one minute and 2000 hours."))
    return minutes


def write_length(minutes: int | None) -> str:
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


class LengthField(StringField):
    """A length of business time; its data are minutes."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else write_length(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = read_length(valuelist[0]) if valuelist else None


class PolicyForm(FlaskForm):
    """A policy."""

    name = text(_l("Name"), 80, InputRequired(_l("Enter a name.")))
    mailbox_id = SelectField(_l("Mailbox"), coerce=int)
    department_id = SelectField(_l("Department"), coerce=int)
    touchpoint_id = SelectField(_l("Touchpoint"), coerce=int)
    priority = choice(_l("Priority"), {"": _l("any"), **PRIORITIES})
    lifecycle = choice(_l("Lifecycle"), {"": _l("any"), **LIFECYCLE_LABELS})
    tag_id = SelectField(_l("Tag of the customer"), coerce=int)
    first_response_minutes = LengthField(_l("First answer within"), description=_l("Business time, such as 4 h or 30 min. Empty: nothing is promised."))
    resolution_minutes = LengthField(_l("Resolved within"), description=_l("Business time, without the time in which the customer has to answer."))
    warn_minutes = LengthField(_l("Warn before"), description=_l("So much business time before it is too late."))
    calendar_id = SelectField(_l("Calendar"), coerce=int)
    pauses_snoozed = BooleanField(_l("Clocks stand still also while a conversation is snoozed"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        touchpoints = db.session.scalars(db.select(Touchpoint).where(Touchpoint.retired_at.is_(None)).order_by(Touchpoint.position, Touchpoint.id))
        tags = db.session.execute(db.select(Tag.id, Tag.name).order_by(Tag.folded).limit(1000))
        self.mailbox_id.choices = options([(0, _("any")), *((row.id, row.name) for row in mailboxes())])
        self.department_id.choices = options([(0, _("any")), *((row.id, row.label) for row in db.session.scalars(accounts.departments()))])
        self.touchpoint_id.choices = options([(0, _("any")), *((row.id, row.label) for row in touchpoints)])
        self.tag_id.choices = options([(0, _("any")), *((row.id, row.name) for row in tags)])
        self.calendar_id.choices = options([(0, _("The department's")), *((row.id, row.name) for row in db.session.scalars(calendars.calendars()))])

    def validate_resolution_minutes(self, field: LengthField) -> None:
        if not field.data and not self.first_response_minutes.data and not (field.errors or self.first_response_minutes.errors):
            raise ValidationError(_("Promise at least one of the two."))

    def fill(self, row: SlaPolicy) -> None:
        if row.id is None:
            row.position = (db.session.scalar(db.select(func.max(SlaPolicy.position))) or 0) + 1
        for name in COPIED:
            setattr(row, name, self[name].data)
        for name in CHOSEN:
            setattr(row, name, self[name].data or None)
        row.warn_minutes = self.warn_minutes.data or 0
        db.session.add(row)


def told(row: SlaPolicy) -> dict[str, Any]:
    """What the form shows of a policy."""
    return {name: getattr(row, name) for name in (*COPIED, "warn_minutes")} | {name: getattr(row, name) or 0 for name in CHOSEN}


def selectors(row: SlaPolicy, form: PolicyForm) -> list[str]:
    """Whom a policy holds for, in words."""
    words = []
    for name in ("mailbox_id", "department_id", "touchpoint_id", "priority", "lifecycle", "tag_id"):
        value = getattr(row, name)
        label = next((each.label for each in form[name].choices if each.value == value), value) if value else None
        words += [f"{form[name].label.text}: {label}"] if label else []
    return words


def all_policies() -> list[SlaPolicy]:
    return list(db.session.scalars(ordered()))
