"""The forms of people and organisations: shape and wording, never a write."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    URLField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from crm import clock
from crm.accounts.choices import staff
from crm.contacts import choices
from crm.contacts.creating import organisation_named
from crm.contacts.custom.forms import own_form
from crm.contacts.hierarchy import is_part_of
from crm.contacts.models import Organisation
from crm.contacts.normalising import normalise
from crm.contacts.salutation import default_language, salutation_line
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.fields import TOO_LONG, choice, ident, long_text, options, text, trimmed
from crm.folding import fold

WRITE_DATE = _l("Write the date as year-month-day, such as 2006-05-31.")


def day(label: Any) -> DateField:
    return SaidDateField(label, [Optional()])


class SaidDateField(DateField):
    """A date field that says how a date is written."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(WRITE_DATE)) from error


class AddressForm(Form):
    """One address; a row left empty is as if it were not there."""

    ident = HiddenField()
    kind = choice(_l("Kind"), choices.KIND_LABELS, Optional())
    value = text(_l("Address"), 320, autocomplete="off")
    type = choice(_l("Type"), choices.TYPE_LABELS, Optional())
    primary = BooleanField(_l("Primary"))
    ended = BooleanField(_l("No longer valid"))

    def validate_value(self, field: StringField) -> None:
        if field.data:
            try:
                normalise(self.kind.data or "email", field.data)
            except ValueError as error:
                raise ValidationError(str(error)) from error
        elif self.ident.data:
            raise ValidationError(_("An address is never deleted, so that old mail still matches. Tick “no longer valid” instead."))


class PostalForm(Form):
    """One postal address; a row left empty is as if it were not there."""

    ident = HiddenField()
    type = choice(_l("Type"), choices.PLACE_LABELS, Optional())
    street = text(_l("Street"), 200, autocomplete="off")
    extra = text(_l("Address line 2"), 200, autocomplete="off")
    postcode = text(_l("Postcode"), 20, autocomplete="off")
    city = text(_l("City"), 100, autocomplete="off")
    state = text(_l("Federal state"), 100, autocomplete="off")
    country = SelectField(_l("Country"), validators=[Optional()])
    valid_from = day(_l("Valid from"))
    valid_until = day(_l("Valid until"))
    PLACE = ("street", "extra", "postcode", "city", "state", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = options(choices.countries())

    def validate_street(self, field: StringField) -> None:
        if self.ident.data and not any(self[name].data for name in self.PLACE):
            raise ValidationError(_("An address is never deleted. Give the day until which it was valid instead."))

    def validate_valid_until(self, field: DateField) -> None:
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(_("The end lies before the beginning."))


class OwnedForm(FlaskForm):
    owner_id = SelectField(_l("Owner"), coerce=ident, validators=[Optional()])
    tags = text(_l("Tags"), 500, autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id.choices = options(staff(besides=self.owner_id.data), empty=_("nobody"))


class ContactForm(OwnedForm):
    salutation = choice(_l("Salutation"), choices.SALUTATION_LABELS, Optional())
    title = text(_l("Title"), 60)
    first_name = text(_l("First name"), 100, autocomplete="off")
    last_name = text(_l("Last name"), 100, autocomplete="off")
    address_form = choice(_l("Form of address"), choices.ADDRESS_FORM_LABELS, Optional())
    language = choice(_l("Language"), choices.LANGUAGE_LABELS, Optional())
    organisation = text(_l("Organisation"), 200, autocomplete="off")
    role = text(_l("Role there"), 120, autocomplete="off")
    lifecycle = choice(_l("Lifecycle"), LIFECYCLE_LABELS, default="lead")
    customer_since = day(_l("Customer since"))
    birth_date = day(_l("Date of birth"))
    addresses = FieldList(FormField(AddressForm), min_entries=1, max_entries=50)
    postal = FieldList(FormField(PostalForm), _l("Postal addresses"), min_entries=1, max_entries=20)
    custom = FormField(own_form("contact"), _l("Own fields"), separator=".")
    notes = long_text(_l("Notes"), 20_000, rows=3)

    def salutation_line(self) -> str:
        """How a letter to the person begins, as the form stands."""
        names = ("first_name", "last_name", "title", "salutation", "address_form", "language")
        return salutation_line(SimpleNamespace(**{name: self[name].data or "" for name in names}), default_language())

    def validate_birth_date(self, field: DateField) -> None:
        if field.data and field.data > clock.today():
            raise ValidationError(_("This day has not come yet."))

    def validate_last_name(self, field: StringField) -> None:
        if not (field.data or self.first_name.data or any(row.value.data for row in self.addresses)):
            raise ValidationError(_("Give a name or at least one address."))


class OrganisationForm(OwnedForm):
    name = text(_l("Name"), 200, DataRequired(_l("Give the organisation a name.")), autocomplete="off")
    domain = text(_l("Mail domain"), 253, description=_l("What stands behind the @ in its mail addresses."))
    industry = text(_l("Industry"), 80)
    website = URLField(_l("Website"), [Length(max=300, message=TOO_LONG)], [trimmed])
    phone = text(_l("Phone"), 40)
    parent = text(_l("Belongs to"), 200, description=_l("The organisation it is a part or subsidiary of."), autocomplete="off")
    postal = FieldList(FormField(PostalForm), _l("Postal addresses"), min_entries=1, max_entries=20)
    custom = FormField(own_form("organisation"), _l("Own fields"), separator=".")
    notes = long_text(_l("Notes"), 20_000, rows=3)

    edited: Organisation | None = None  # whose form it is, of one that exists

    def validate_parent(self, field: StringField) -> None:
        parent = organisation_named(field.data) if field.data else None
        if field.data and parent is None:
            raise ValidationError(_("There is no organisation of this name. Add it first."))
        if parent is not None and self.edited is not None and is_part_of(parent, self.edited):
            raise ValidationError(_("%(parent)s is a part of %(name)s itself.", parent=parent.name, name=self.edited.name))

    def validate_website(self, field: URLField) -> None:
        if field.data and not field.data.startswith(("http://", "https://")):
            raise ValidationError(_("Begin with https://."))

    def validate_domain(self, field: StringField) -> None:
        field.data = (field.data or "").lower().removeprefix("@")
        if field.data:
            try:
                normalise("email", f"x@{field.data}")
            except ValueError as error:
                raise ValidationError(_("Write only the domain, such as example.com.")) from error

    def validate_phone(self, field: StringField) -> None:
        if field.data:
            try:
                normalise("phone", field.data)
            except ValueError as error:
                raise ValidationError(str(error)) from error


class AffiliationForm(FlaskForm):
    organisation = text(_l("Organisation"), 200, DataRequired(_l("Give the name of the organisation.")), autocomplete="off")
    role = text(_l("Role there"), 120, autocomplete="off")
    valid_from = day(_l("Since"))


class AffiliationChangeForm(FlaskForm):
    role = text(_l("Role there"), 120, autocomplete="off")
    valid_from = day(_l("Since"))
    valid_until = day(_l("Until"))
    primary = BooleanField(_l("Belongs there first of all"))

    def validate_valid_until(self, field: DateField) -> None:
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(_("The end lies before the beginning."))


class PersonForm(FlaskForm):
    person = text(_l("Person"), 320, DataRequired(_l("Give a name or an address of the person.")), autocomplete="off")
    role = text(_l("Role"), 120, autocomplete="off")
    valid_from = day(_l("Since"))


class TagForm(FlaskForm):
    name = text(_l("Name"), 60, DataRequired(_l("Give the tag a name.")), autocomplete="off")

    def validate_name(self, field: StringField) -> None:
        if not fold(field.data) or "," in field.data or ";" in field.data:
            raise ValidationError(_("Use at least one letter or figure, and no comma."))


def one_more_row(form: FlaskForm) -> bool:
    """The button "another address" was pressed: the form comes back with an empty row and everything that was typed."""
    wanted = next((name for name in ("addresses", "postal") if f"add_{name}" in request.form and name in form), None)
    if wanted is None:
        return False
    form[wanted].append_entry()
    return True
