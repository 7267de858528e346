"""The forms of people and organisations: shape and wording, never a write."""

from __future__ import annotations

from typing import Any

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
from crm.contacts.normalising import normalise
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.fields import TOO_LONG, choice, ident, long_text, options, text, trimmed

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
    street = text(_l("Street"), 200, autocomplete="off")
    extra = text(_l("Address line 2"), 200, autocomplete="off")
    postcode = text(_l("Postcode"), 20, autocomplete="off")
    city = text(_l("City"), 100, autocomplete="off")
    state = text(_l("Federal state"), 100, autocomplete="off")
    country = SelectField(_l("Country"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = options(choices.countries())


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
    postal = FormField(PostalForm)
    notes = long_text(_l("Notes"), 20_000, rows=3)

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
    notes = long_text(_l("Notes"), 20_000, rows=3)

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


class PersonForm(FlaskForm):
    person = text(_l("Person"), 320, DataRequired(_l("Give a name or an address of the person.")), autocomplete="off")
    role = text(_l("Role"), 120, autocomplete="off")
    valid_from = day(_l("Since"))
