"""Own fields in the forms of people and organisations, and the form that defines one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, StringField, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired

from crm.contacts.custom.definitions import OwnField, defined, every
from crm.contacts.custom.kinds import KINDS, Unfit
from crm.fields import choice, long_text, one_line, options, text
from crm.folding import fold

ABOUT_LABELS = {"contact": _l("Contacts"), "organisation": _l("Organisations")}
INPUTS = {"date": {"type": "date"}, "number": {"inputmode": "decimal"}}
MOST_CHOICES, LONGEST_CHOICE = 100, 80
_NO_KEY = re.compile(r"[^a-z0-9]+")


# — where values are given ————————————————————————————————————————————————————————————————————————————


class OwnForm(BaseForm):
    """The fields a firm defined, as they are now: a part of another form. `data` holds values as they are kept."""

    def __init__(self, about: str, formdata: Any = None, obj: Any = None, prefix: str = "", data: Any = None, **_kwargs: Any):
        super().__init__({field.key: _input(field, getattr(obj, field.key, None)) for field in defined(about)}, prefix=prefix)
        self.process(formdata, data=_written(about, vars(obj)) if obj is not None else data)

    @property
    def data(self) -> dict[str, Any]:
        """By key, None where nothing is given. Of a form that was checked."""
        return {name: getattr(field, "kept", None) for name, field in self._fields.items()}


def own_form(about: str) -> Callable[..., OwnForm]:
    """What FormField is made of."""
    return lambda **given: OwnForm(about, **given)


def kept(values: Mapping[str, Any] | None) -> SimpleNamespace:
    """The values of a record, for the form to begin with."""
    return SimpleNamespace(**(values or {}))


def _written(about: str, values: Mapping[str, Any]) -> dict[str, str]:
    return {field.key: field.written(values.get(field.key)) for field in defined(about)}


def _input(field: OwnField, present: Any) -> Any:
    needed = [InputRequired(_("This is needed."))] if field.required else []
    checks = [*needed, _Reads(field, present)]
    if field.kind in ("choice", "yes_no"):
        offered = [(field.written(value), label) for value, label in field.options()]
        if present is not None and field.written(present) not in dict(offered):
            offered.append((field.written(present), field.shown(present)))  # it was taken out of the list since
        return SelectField(field.label, checks, choices=options(offered, empty=""), validate_choice=False)
    return StringField(field.label, checks, [one_line], render_kw={"autocomplete": "off", **INPUTS.get(field.kind, {})})


class _Reads:
    """A value that the field takes; one that stood there before stays, whatever it is."""

    def __init__(self, field: OwnField, present: Any):
        self.field, self.present = field, present

    def __call__(self, _form: Any, field: Field) -> None:
        if not field.data:
            return
        try:
            field.kept = self.field.read(field.data)  # beside what was typed, which is shown again if another field is refused
        except Unfit as unfit:
            if field.data != self.field.written(self.present):
                raise ValidationError(str(unfit)) from unfit
            field.kept = self.present


# — where fields are defined ——————————————————————————————————————————————————————————————————————————


def read_choices(written: str) -> list[list[str]]:
    """One choice a line; behind a | its German name."""
    lines = [one_line(line).partition("|") for line in written.splitlines() if line.strip()]
    return [[value.strip(), german.strip()] for value, _bar, german in lines if value.strip()]


def write_choices(choices: Any) -> str:
    return "\n".join(f"{value} | {german}" if german else value for value, german in choices)


def key_for(label: str) -> str:
    """What programs call the field: "Größe (cm)" → groesse_cm."""
    return _NO_KEY.sub("_", fold(label)).strip("_")[:60]


class FieldForm(FlaskForm):
    """`taken`: the keys there are already; None when a field that exists is changed, which keeps its key and kind."""

    label = text(_l("Name"), 80, DataRequired(_l("Give the field a name.")), autocomplete="off")
    label_de = text(_l("Name in German"), 80, autocomplete="off")
    about = choice(_l("Applies to"), ABOUT_LABELS, default="contact")
    kind = choice(lazy_pgettext("of a field", "Kind"), KINDS, default="text")
    choices = long_text(_l("Choices"), 10_000, description=_l("For a choice: one a line, behind a | its German name."), rows=4)
    required = BooleanField(_l("Must be filled in"), description=_l("Asked of people in forms; mail, programs and imports may leave it open."))
    listed = BooleanField(_l("Is a column of the list"))
    new = True

    def validate_label(self, field: StringField) -> None:
        if self.new and not key_for(field.data):
            raise ValidationError(_("Use at least one letter or figure."))
        if self.new and any(known.key == key_for(field.data) for known in every(self.about.data)):
            raise ValidationError(_("There is a field with this name already, perhaps an archived one."))

    def validate_choices(self, field: Any) -> None:
        if self.kind.data != "choice":
            return
        given = read_choices(field.data)
        if not given:
            raise ValidationError(_("Give at least one choice."))
        if len(given) > MOST_CHOICES or any(len(part) > LONGEST_CHOICE for line in given for part in line):
            raise ValidationError(_("At most %(most)d choices of %(max)d characters each.", most=MOST_CHOICES, max=LONGEST_CHOICE))
        if len({fold(value) for value, _german in given}) < len(given):
            raise ValidationError(_("A choice stands there twice."))


class FieldChangeForm(FieldForm):
    """Of a field that exists: its key and kind stay, because values are kept under the one and as the other."""

    new = False
