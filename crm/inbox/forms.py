"""What people fill in at the inbox: an answer, a new conversation, how long to wait, a mailbox."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from crm import clock
from crm.accounts.models import Department
from crm.contacts.normalising import normalise
from crm.extensions import db
from crm.fields import ident_or_none, one_line, options
from crm.inbox.models import Mailbox
from crm.settings import LOCALES
from crm.touchpoints.models import Touchpoint

MORNING = 8  # o'clock, in the person's zone: when what was put off for days comes back
LONGEST = 200_000
LANGUAGES = {"en": _l("English"), "de": _l("German")}


class MessageForm(FlaskForm):
    """An answer to the customer, or an internal note."""

    kind = SelectField(choices=options([("reply", _l("Reply")), ("note", _l("Internal note"))]), default="reply")
    body = TextAreaField(_l("Text"), validators=[InputRequired(_l("Write something first.")), Length(max=LONGEST)])
    cc = StringField(_l("Copy to"), validators=[Length(max=2000)])
    seen = HiddenField()
    as_is = BooleanField()  # a placeholder that nothing filled may stay
    files = MultipleFileField(_l("Attachments"))
    send_at = StringField(_l("Send later"), filters=[one_line], validators=[Length(max=60)])
    later = HiddenField()  # one of the times that were suggested; "written" for the one in `send_at`; nothing to send at once
    draft_file = SelectMultipleField(validate_choice=False)  # blobs of the draft's files
    saved_file = SelectMultipleField(coerce=int, validate_choice=False)  # files of saved replies
    moment: datetime | None = None

    def validate_send_at(self, field: StringField) -> None:
        """A time that was written holds whichever button was pressed: better late than sooner than somebody meant."""
        from crm.inbox.scheduling.times import read_choice, read_time

        wanted = self.later.data or ("written" if field.data else "")
        if not wanted or self.kind.data == "note":
            return
        try:
            self.moment = read_time(field.data or "", current_user) if wanted == "written" else read_choice(wanted)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    @property
    def copies(self) -> list[str]:
        return [part.strip() for part in (self.cc.data or "").replace(";", ",").split(",") if part.strip()]

    @property
    def uploads(self) -> list[tuple[str, str, bytes]]:
        return uploads(self.files.data)

    @property
    def last_seen(self) -> int | None:
        return ident_or_none(self.seen.data)


class BeginForm(FlaskForm):
    """A conversation that we begin."""

    contact = HiddenField()
    address = StringField(_l("To"), description=_l("A mail address. Somebody unknown becomes a contact."), validators=[InputRequired(_l("Say whom you write to.")), Length(max=320)])
    subject = StringField(_l("Subject"), validators=[InputRequired(_l("Enter a subject.")), Length(max=400)])
    body = TextAreaField(_l("Text"), validators=[InputRequired(_l("Write something first.")), Length(max=LONGEST)], render_kw={"rows": 8})
    mailbox = SelectField(_l("From"), coerce=int)
    files = MultipleFileField(_l("Attachments"))

    def __init__(self, *args: Any, mailboxes: list[Mailbox], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.mailbox.choices = options((mailbox.id, f"{mailbox.name} <{mailbox.address}>") for mailbox in mailboxes)

    def validate_address(self, field: StringField) -> None:
        try:
            normalise("email", field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    @property
    def uploads(self) -> list[tuple[str, str, bytes]]:
        return uploads(self.files.data)


def uploads(files: Any) -> list[tuple[str, str, bytes]]:
    return [(file.filename, file.mimetype or "application/octet-stream", _bytes(file)) for file in files or () if file and file.filename]


def _bytes(file: Any) -> bytes:
    """From the beginning: what was refused is read again to be kept."""
    file.seek(0)
    return file.read()


class RestForm(FlaskForm):
    """How long to put a conversation off: one of the usual times, a day, or until the customer writes."""

    until = SelectField(validate_choice=False, default="")
    day = DateField(validators=[Optional()])

    def validate_until(self, field: SelectField) -> None:
        if field.data not in ("", "answer", *PUT_OFF):
            raise ValidationError(_("Choose one of the times."))

    @property
    def moment(self) -> datetime | None:
        """None: until the customer writes."""
        if self.day.data:
            return morning_of(self.day.data)
        return PUT_OFF[self.until.data]() if self.until.data in PUT_OFF else None


def zone() -> ZoneInfo:
    return ZoneInfo(str(get_timezone()))


def morning_of(day: date) -> datetime:
    return datetime.combine(day, time(MORNING), zone()).astimezone(UTC)


def _in_days(days: int) -> datetime:
    return morning_of(clock.today(zone()) + timedelta(days=days))


PUT_OFF = {
    "later": lambda: clock.now() + timedelta(hours=3),
    "tomorrow": lambda: _in_days(1),
    "monday": lambda: _in_days(7 - clock.today(zone()).weekday()),
    "week": lambda: _in_days(7),
}
PUT_OFF_WORDS = {"later": _l("In three hours"), "tomorrow": _l("Tomorrow morning"), "monday": _l("Next Monday"), "week": _l("In a week")}


class MailboxForm(FlaskForm):
    """A service address and what holds for its mail."""

    name = StringField(_l("Name"), description=_l("Customers see it as the sender."), validators=[InputRequired(_l("Enter a name.")), Length(max=80)])
    address = StringField(_l("Mail address"), description=_l("Mail to it, also with a +extension, becomes conversations here."), validators=[InputRequired(_l("Enter the address.")), Length(max=320)])
    department_id = SelectField(_l("Department"), coerce=int)
    touchpoint_id = SelectField(_l("Touchpoint"), coerce=int, description=_l("Where customers meet you when they write here."))
    language = SelectField(_l("Language of answers"))
    signature = TextAreaField(_l("Signature"), description=_l("Stands below each answer."), validators=[Length(max=4000)], render_kw={"rows": 4})
    acknowledgement_en = TextAreaField(_l("Acknowledgement in English"), validators=[Length(max=4000)], render_kw={"rows": 3})
    acknowledgement_de = TextAreaField(_l("Acknowledgement in German"), validators=[Length(max=4000)], render_kw={"rows": 3})
    is_default = BooleanField(_l("Takes mail that belongs to no other mailbox"))

    def __init__(self, *args: Any, mailbox: Mailbox | None = None, **kwargs: Any):
        super().__init__(*args, obj=mailbox, **kwargs)
        self.present = mailbox
        if mailbox and not self.is_submitted():
            for field in self.acknowledgement_fields:
                field.data = mailbox.acknowledgements.get(field.name[-2:], "")
        departments = db.session.scalars(db.select(Department).where(Department.archived_at.is_(None)).order_by(Department.position, Department.id))
        touchpoints = db.session.scalars(db.select(Touchpoint).where(Touchpoint.retired_at.is_(None)).order_by(Touchpoint.position, Touchpoint.id))
        self.department_id.choices = options([(0, _("none")), *((row.id, row.label) for row in departments)])
        self.touchpoint_id.choices = options([(0, _("guessed")), *((row.id, row.label) for row in touchpoints)])
        self.language.choices = options([("", _("the customer's")), *((key, LANGUAGES[key]) for key in LOCALES)])

    @property
    def acknowledgement_fields(self) -> list[TextAreaField]:
        return [self[f"acknowledgement_{locale}"] for locale in LOCALES]

    def validate_address(self, field: StringField) -> None:
        try:
            normalised = normalise("email", field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error
        taken = db.session.scalars(db.select(Mailbox).where(Mailbox.address == normalised)).first()
        if taken is not None and taken is not self.present:
            raise ValidationError(_("There is a mailbox with this address already: %(name)s.", name=taken.name))

    def fill(self, mailbox: Mailbox) -> None:
        mailbox.name, mailbox.address = self.name.data.strip(), normalise("email", self.address.data)
        mailbox.department_id, mailbox.touchpoint_id = self.department_id.data or None, self.touchpoint_id.data or None
        mailbox.language, mailbox.signature = self.language.data, self.signature.data or ""
        mailbox.acknowledgements = {field.name[-2:]: field.data.strip() for field in self.acknowledgement_fields if (field.data or "").strip()}
        if self.is_default.data:
            mailbox.make_default()

