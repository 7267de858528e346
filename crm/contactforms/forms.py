"""What administrators fill in: a form, and one of its fields."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from crm.consent.models import PURPOSES, UNASKED
from crm.contactforms import kinds
from crm.contactforms.models import ContactForm
from crm.contacts.custom.forms import LONGEST_CHOICE, MOST_CHOICES, read_choices, write_choices
from crm.extensions import db
from crm.fields import choice, long_text, options, text, whole_number
from crm.folding import fold
from crm.settings import LOCALES
from crm.timeline import choices as offered

PLAIN = ("name", "active", "language", "consent_purpose", "consent_required", "max_files", "max_megabytes")
POINTING = ("mailbox_id", "touchpoint_id", "department_id")
TEXTS = ("title", "intro", "thanks", "consent")
PURPOSE_WORDS = {"service": _l("Answers to questions"), "feedback": _l("Feedback"), "marketing": _l("Marketing")}
LANGUAGES = {"en": _l("English"), "de": _l("German")}
_NO_KEY = re.compile(r"[^a-z0-9]+")
assert set(PURPOSE_WORDS) == set(PURPOSES) == set(UNASKED)


def key_for(name: str) -> str:
    return _NO_KEY.sub("-", fold(name)).strip("-")[:50] or "form"


def origin_of(written: str) -> str:
    """https://www.firm.example, whatever page of it was given. Raises ValueError: what stands there ends up in a header."""
    parts = urlsplit(written if "://" in written else f"https://{written}")
    host = parts.netloc.lower()
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", host):
        raise ValueError(_("This is no site: %(written)s. Write it like https://www.example.com.", written=written))
    return f"{parts.scheme}://{host}"


class NewForm(FlaskForm):
    """The rest is filled in with the form in view."""

    name = text(_l("Name"), 120, DataRequired(_l("Enter a name.")), description=_l("For you. Customers see the title."))

    def make(self) -> ContactForm:
        key = wanted = key_for(self.name.data)
        taken = set(db.session.scalars(select(ContactForm.key).where(ContactForm.key.startswith(wanted, autoescape=True))))
        number = 2
        while key in taken:
            key, number = f"{wanted}-{number}", number + 1
        return ContactForm(key=key, name=self.name.data, fields=[dict(field) for field in kinds.FIRST], texts={}, origins=[])


class SettingsForm(FlaskForm):
    """All but the fields, which are changed one by one."""

    name = text(_l("Name"), 120, DataRequired(_l("Enter a name.")), description=_l("For you. Customers see the title."))
    active = BooleanField(_l("Can be filled in"), description=_l("Otherwise its address leads nowhere."))
    title_en = text(_l("Title, English"), 120)
    title_de = text(_l("Title, German"), 120)
    intro_en = long_text(_l("Introduction, English"), 2000, rows=2)
    intro_de = long_text(_l("Introduction, German"), 2000, rows=2)
    thanks_en = long_text(_l("Thanks, English"), 2000, rows=2)
    thanks_de = long_text(_l("Thanks, German"), 2000, rows=2)
    language = SelectField(_l("Language"), description=_l("For visitors whose browser asks for neither English nor German."))
    mailbox_id = SelectField(_l("Mailbox"), coerce=int, description=_l("Answers leave from there."))
    touchpoint_id = SelectField(_l("Touchpoint"), coerce=int)
    department_id = SelectField(_l("Department"), coerce=int)
    consent_purpose = SelectField(_l("Ask for an agreement to"))
    consent_en = long_text(_l("Words of the agreement, English"), 2000, rows=2)
    consent_de = long_text(_l("Words of the agreement, German"), 2000, description=_l("Kept word by word with each agreement that is given."), rows=2)
    consent_required = BooleanField(_l("Nothing can be sent without the agreement"))
    origins = TextAreaField(_l("Sites that may show it"), description=_l("One a line, such as https://www.example.com."), render_kw={"rows": 2})
    max_files = whole_number(_l("Files at most"), 1, 10)
    max_megabytes = whole_number(_l("Megabytes of all files at most"), 1, 40)

    def __init__(self, form: ContactForm, **given: Any):
        texts = {f"{name}_{code}": (form.texts or {}).get(code, {}).get(name, "") for name in TEXTS for code in LOCALES}
        plain = {name: getattr(form, name) for name in PLAIN} | {name: getattr(form, name) or 0 for name in POINTING}
        super().__init__(data={**texts, **plain, "origins": "\n".join(form.origins)}, **given)
        self.form = form
        self.language.choices = options([("", _("the firm's")), *((code, LANGUAGES[code]) for code in LOCALES)])
        self.mailbox_id.choices = options([(0, _("the one that takes the rest")), *current_app.extensions["mailboxes"]()])
        self.touchpoint_id.choices = options([(0, _("guessed")), *((row.id, row.label) for row in offered.touchpoints())])
        self.department_id.choices = options([(0, _("the mailbox's")), *((row.id, row.label) for row in offered.departments())])
        self.consent_purpose.choices = options([("", _("nothing")), *PURPOSE_WORDS.items()])

    def validate_origins(self, field: TextAreaField) -> None:
        try:
            self.sites = list(dict.fromkeys(origin_of(line) for line in (field.data or "").split()))[:50]
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def validate_consent_de(self, _field: StringField) -> None:
        if self.consent_purpose.data and not (self.consent_de.data or self.consent_en.data):
            raise ValidationError(_("Write what people agree to."))

    def fill(self) -> None:
        form = self.form
        for name in PLAIN:
            setattr(form, name, self[name].data)
        for name in POINTING:
            setattr(form, name, self[name].data or None)
        form.texts = {code: {name: self[f"{name}_{code}"].data or "" for name in TEXTS} for code in LOCALES}
        form.origins = self.sites


class FieldForm(FlaskForm):
    """How one field is named, and whether it must be filled in."""

    label_en = text(_l("Name, English"), 200)
    label_de = text(_l("Name, German"), 200)
    help_en = text(_l("Help, English"), 300)
    help_de = text(_l("Help, German"), 300)
    choices = long_text(_l("Choices"), 10_000, description=_l("One a line, behind a | its German name."), rows=4)
    required = BooleanField(_l("Must be filled in"))

    def __init__(self, field: kinds.Field, **given: Any):
        wordings = {f"{part}_{code}": (field.get(part) or {}).get(code, "") for part in ("label", "help") for code in LOCALES}
        present = {**wordings, "choices": write_choices(field.get("choices") or ()), "required": field.get("required", False)}
        super().__init__(data=present, prefix=f"{field['key']}-", **given)
        self.field = field

    def validate_choices(self, field: TextAreaField) -> None:
        written = read_choices(field.data or "")
        if self.field["kind"] == "choice" and not written:
            raise ValidationError(_("Give at least one choice."))
        if len(written) > MOST_CHOICES or any(len(value) > LONGEST_CHOICE for value, _german in written):
            raise ValidationError(_("Give at most %(most)d choices of at most %(max)d characters.", most=MOST_CHOICES, max=LONGEST_CHOICE))

    @property
    def filled(self) -> kinds.Field:
        """The field as it is to be."""
        words = {part: {code: self[f"{part}_{code}"].data for code in LOCALES if self[f"{part}_{code}"].data} for part in ("label", "help")}
        lines = {"choices": read_choices(self.choices.data or "")} if self.field["kind"] == "choice" else {}
        return {**self.field, **words, **lines, "required": self.required.data}


class AddForm(FlaskForm):
    kind = choice(_l("Field"), {})

    def __init__(self, form: ContactForm, **given: Any):
        super().__init__(**given)
        self.kind.choices = options(kinds.can_be_added(form.fields))
