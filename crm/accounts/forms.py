"""The forms of accounts: shape and wording, never a write."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import URL, DataRequired, Email, EqualTo, Length, Optional, Regexp

from crm.accounts import passwords
from crm.accounts.models import User
from crm.fields import TOO_LONG, choice, ident, options, text, whole_number

GIVE_EMAIL = _l("Give the whole mail address, such as name@firm.example.")
GIVE_PASSWORD = _l("Give your password.")
LANGUAGES = {"": _l("As in the browser"), "en": "English", "de": "Deutsch"}
THEMES = {"auto": _l("As the system does"), "light": _l("Light"), "dark": _l("Dark")}
ADDRESS_FORMS = {"sie": _l("Sie"), "du": _l("Du")}
ROLE_NAMES = {"member": _l("Member"), "lead": _l("Team lead"), "admin": _l("Administrator")}
SCOPE_NAMES = {"read": _l("Read"), "write": _l("Read and write"), "admin": _l("Administer")}
CURRENCIES = ("EUR", "CHF", "GBP", "USD")
LIFETIMES = {"30": _l("30 days"), "90": _l("90 days"), "365": _l("One year"), "": _l("Until revoked")}


def lowered(value: str | None) -> str | None:
    return value.strip().lower() if value else value


def email_field(label, **options):
    checks = [DataRequired(GIVE_EMAIL), Length(max=254), Email(GIVE_EMAIL)]
    return StringField(label, checks, [lowered], render_kw={"type": "email", "autocomplete": "username", **options})


def name_field(label, longest: int, missing):
    return text(label, longest, DataRequired(missing))


def current_password(label):
    return PasswordField(label, [DataRequired(GIVE_PASSWORD), Length(max=passwords.MOST)], render_kw={"autocomplete": "current-password"})


def web_address(label, help_text):
    wrong = _l("Give the whole address, starting with https://.")
    return text(label, 500, Optional(), URL(message=wrong), Regexp("https?://", message=wrong), description=help_text, type="url")


class SignInForm(FlaskForm):
    email = email_field(_l("Mail address"), autofocus=True)
    password = current_password(_l("Password"))


class ResetRequestForm(FlaskForm):
    email = email_field(_l("Mail address"), autofocus=True)


class NewPasswordForm(FlaskForm):
    """Whoever it is for is set by the view: a password is judged beside its owner's name and address."""

    password = PasswordField(
        _l("New password"), [DataRequired(_l("Choose a password.")), Length(max=passwords.MOST, message=TOO_LONG)],
        description=_l("At least 10 characters; a few words in a row are easy to remember."), render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same once more"), [EqualTo("password", _l("The two do not match. Type the same password twice."))],
        render_kw={"autocomplete": "new-password"},
    )
    owner: User | None = None

    def validate_password(self, field: PasswordField) -> None:
        known: dict[str, str] = {"email": self.owner.email, "name": self.owner.name} if self.owner else {}
        if reason := passwords.objection(field.data or "", **known):
            raise ValidationError(reason)


class PasswordForm(NewPasswordForm):
    current = current_password(_l("Present password"))


class SetupForm(NewPasswordForm):
    key = StringField(
        _l("One-time key"), [DataRequired(_l("Give the key that was printed on the console."))],
        description=_l("It was printed on the console when the program started."), render_kw={"autocomplete": "off"},
    )
    name = name_field(_l("Your name"), 120, _l("Give your name as colleagues know it."))
    email = email_field(_l("Mail address"))


class ProfileForm(FlaskForm):
    name = name_field(_l("Name"), 120, _l("Give your name as colleagues know it."))
    locale = choice(_l("Language"), LANGUAGES)
    timezone = SelectField(_l("Time zone"), validate_choice=True)
    theme = RadioField(_l("Appearance"), choices=options(THEMES), default="auto")
    address_form = RadioField(_l("In German, address me with"), choices=options(ADDRESS_FORMS), default="sie")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.timezone.choices = options(((zone, zone.replace("_", " ")) for zone in zones()), empty=_l("As the firm does"))


class UserForm(FlaskForm):
    name = name_field(_l("Name"), 120, _l("Give the person's name as colleagues know it."))
    email = email_field(_l("Mail address"), autocomplete="off")
    department_id = SelectField(_l("Department"), coerce=ident)
    role = RadioField(_l("Role"), choices=options(ROLE_NAMES), default="member")


class DepartmentForm(FlaskForm):
    name = name_field(_l("Name"), 80, _l("Give the department a name."))
    name_de = text(_l("Name in German"), 80)


class TokenForm(FlaskForm):
    name = name_field(_l("Name"), 80, _l("Name the program that will use it, so that you know it again."))
    scope = RadioField(_l("May"), choices=options(SCOPE_NAMES), default="read")
    days = choice(_l("Valid for"), LIFETIMES, default="90")


class TrailFilter(FlaskForm):
    class Meta:
        csrf = False

    user_id = SelectField(_l("Who"), validators=[Optional()], coerce=ident)
    action = SelectField(_l("What"), validators=[Optional()])


class FirmForm(FlaskForm):
    """One field for each key of preferences.DEFAULTS."""

    firm_name = name_field(_l("Name of the firm"), 120, _l("Give the name as customers know it."))
    privacy_url = web_address(_l("Privacy page"), _l("Linked from every page your customers see."))
    review_url = web_address(_l("Review page"), _l("Where happy customers may tell others, such as your page on a review portal."))
    currency = choice(_l("Currency"), dict(zip(CURRENCIES, CURRENCIES, strict=True)))
    address_form = RadioField(_l("In German, address staff with"), choices=options(ADDRESS_FORMS), default="sie",
                              description=_l("A change is for everybody here; each may then choose otherwise for themselves."))
    min_n = whole_number(_l("Answers needed for a score"), 1, 1000, _l("With fewer answers a page says so instead of showing a score."))
    pressure_limit = whole_number(_l("Surveys and campaign mails per person"), 0, 100, _l("At most so many in the days below."))
    pressure_days = whole_number(_l("Counted over so many days"), 1, 365)
    birthdays = BooleanField(_l("Birthdays on My day"), description=_l("Whose birthday is in the next seven days, each person for those they look after."))
    largest_file = whole_number(_l("Largest file in MB"), 1, 50, _l("Of files that are put to a contact."))
    largest_mail = whole_number(_l("Most MB of files in one mail"), 1, 50, _l("Many servers of customers refuse more than 20."))
    trusted_hosts = text(_l("Servers that check senders"), 500,
                         description=_l("The names that stand first in Authentication-Results of your incoming mail, such as mx.example.com. Empty: the server that received the mail."))
    import_days = whole_number(_l("Days an imported file is kept"), 1, 3650, _l("Then it is deleted, with the rows that were not taken. The import can still be taken back."))
    assign_on_answer = BooleanField(_l("Whoever answers first has the conversation"), description=_l("If nobody has it yet. It then stands under Mine."))
    undo_seconds = whole_number(_l("Seconds before a reply leaves"), 0, 120, _l("So long it can be taken back."))


def zones() -> list[str]:
    """Zones people live in: without the abbreviations and offsets that only programs use."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return [*sorted(zone for zone in available_timezones() if zone.startswith(areas)), "UTC"]
