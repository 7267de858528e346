"""What imports and their fields are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

KIND_NAMES = {"contacts": _l("Contacts"), "interactions": _l("Interactions"), "purchases": _l("Purchases")}
MODE_NAMES = {"both": _l("Add new people and update known ones"), "create": _l("Only add new people"), "update": _l("Only update known people")}
SIMILAR_NAMES = {
    "create": _l("Add them; the list of likely duplicates shows them later"),
    "skip": _l("Leave the row out and tell me"),
    "update": _l("Take them for the same person when the likeness is certain"),
}
STATE_NAMES = {
    "uploaded": _l("not yet imported"), "checking": _l("being checked"), "checked": _l("checked"), "running": _l("running"), "done": _l("imported"), "failed": _l("broke off"),
    "reverting": _l("being taken back"), "reverted": _l("taken back"),
}
ACTION_NAMES = {"created": _l("created"), "updated": _l("updated"), "unchanged": _l("unchanged"), "refused": _l("not taken")}
BROKE = _l("The import broke off because of a fault in the program. What was imported until then stays; you can carry on, or take the import back.")
FIELD_NAMES = {
    "external_id": _l("Customer number (key of the row)"), "customer_number": _l("Customer number"), "backbone_id": _l("Number in Backbone"), "salutation": _l("Salutation"), "title": _l("Title"),
    "title_or_role": _l("Title or role there"), "first_name": _l("First name"), "middle_name": _l("Further first names"), "last_name": _l("Last name"), "name": _l("Whole name"),
    "role": _l("Role there"), "organisation": _l("Organisation"), "email": _l("Email"), "email:work": _l("Email, work"), "email:home": _l("Email, private"),
    "email:other": _l("Email, other"), "phone": _l("Phone"), "phone:work": _l("Phone, work"), "phone:home": _l("Phone, private"), "phone:mobile": _l("Phone, mobile"),
    "phone:other": _l("Phone or fax, other"), "handle": _l("Handle"), "visitor": _l("Web visitor"), "street": _l("Street"), "house_number": _l("House number"),
    "extra": _l("Address line 2"), "postcode": _l("Postcode"), "city": _l("City"), "state": _l("Federal state"), "country": _l("Country"),
    "home.street": _l("Private address: street"), "home.extra": _l("Private address: line 2"), "home.postcode": _l("Private address: postcode"), "home.city": _l("Private address: city"),
    "home.state": _l("Private address: federal state"), "home.country": _l("Private address: country"), "lifecycle": _l("Lifecycle"), "customer_since": _l("Customer since"),
    "birth_date": _l("Date of birth"), "language": _l("Language"), "address_form": _l("Form of address"), "owner": _l("Owner"), "tags": _l("Tags"), "notes": _l("Notes"),
    "firm.domain": _l("Organisation: domain"), "firm.industry": _l("Organisation: industry"), "firm.website": _l("Organisation: website"), "firm.phone": _l("Organisation: phone"),
    "firm.street": _l("Organisation: street"), "firm.extra": _l("Organisation: address line 2"), "firm.postcode": _l("Organisation: postcode"), "firm.city": _l("Organisation: city"),
    "firm.state": _l("Organisation: federal state"), "firm.country": _l("Organisation: country"),
    "consent_marketing": _l("Agreed to marketing (yes or no)"), "opted_out": _l("Wants no marketing"),
}
HISTORY_NAMES = {
    "external_id": _l("Number of the row there (key)"), "contact_id": _l("Contact (our number)"), "customer_number": _l("Customer number"), "email": _l("Email"), "phone": _l("Phone"),
    "visitor": _l("Web visitor"), "channel": _l("Channel"), "direction": _l("Direction"), "kind": lazy_pgettext("of an entry", "Kind"), "touchpoint": _l("Touchpoint (key)"), "subject": _l("Subject"),
    "body": _l("Text"), "happened_at": _l("When it happened"), "amount": _l("Amount"), "outcome": _l("Outcome"), "self_rating": _l("Own rating, 1 to 5"),
}
