import pytest

from crm.contacts.creating import create_contact, create_from_mail
from crm.contacts.models import Contact, Organisation
from crm.contacts.naming import guess_name, without_legal_form
from crm.contacts.salutation import salutation_line


@pytest.mark.parametrize(("written", "address", "name"), [
    ("Anna Müller", "", ("", "Anna", "Müller")),
    ("Müller, Anna", "", ("", "Anna", "Müller")),
    ("Dr. Anna Müller", "", ("Dr.", "Anna", "Müller")),
    ("Prof. Dr. Anna Maria von der Heide", "", ("Prof. Dr.", "Anna Maria", "von der Heide")),
    ("Frau Anna Müller", "", ("", "Anna", "Müller")),
    ('"Müller, Dr. Anna"', "", ("Dr.", "Anna", "Müller")),
    ("Frau Müller", "", ("", "", "Müller")),
    ("Anna Müller (Beispiel AG)", "", ("", "Anna", "Müller")),
    ("Beispiel GmbH", "", ("", "", "Beispiel GmbH")),
    ("Anna", "", ("", "Anna", "")),
    ("anna@example.com", "anna@example.com", ("", "", "")),
    ("", "anna.mueller@example.com", ("", "Anna", "Mueller")),
    ("", "anna.mueller+shop@example.com", ("", "Anna", "Mueller")),
    ("", "jdoe42@example.com", ("", "", "")),
    ("", "info.berlin@example.com", ("", "", "")),
    ("Ingrid Drost", "", ("", "Ingrid", "Drost")),
])
def test_a_name_is_guessed_from_what_a_mail_says(written, address, name):
    assert tuple(guess_name(written, address)) == name


def test_a_contact_is_called_by_title_and_names_and_sorts_by_last_name(app):
    anna = create_contact(first_name="Anna", last_name="Müller", title="Dr.")
    assert (anna.display_name, anna.sort_name) == ("Dr. Anna Müller", "muller anna")
    anna.last_name = "Groß"
    assert (anna.display_name, anna.sort_name) == ("Dr. Anna Groß", "gross anna")


def test_a_contact_without_a_name_is_called_by_its_mail_address(app):
    nameless = create_contact(addresses=[("phone", "030 1234567"), ("email", "jdoe42@example.com")])
    assert nameless.display_name == "jdoe42@example.com"
    nameless.first_name = "Jane"
    assert nameless.display_name == "Jane"
    nameless.first_name = ""
    assert nameless.display_name == "jdoe42@example.com"


def test_the_contact_of_an_unknown_sender_keeps_how_it_came(app):
    sender = create_from_mail("Anna.Mueller@example.com", "")
    assert (sender.first_name, sender.provenance, sender.lifecycle or "lead") == ("Anna", "mail", "lead")
    assert sender.address("email").primary


@pytest.mark.parametrize("name", ["Müller & Söhne GmbH & Co. KG", "Müller & Söhne", "Mueller & Soehne GmbH", "MÜLLER & SÖHNE AG", "Müller & Söhne e.V."])
def test_an_organisation_sorts_without_its_legal_form(app, name):
    assert Organisation(name=name).sort_name == "muller & sohne"


def test_a_legal_form_alone_stays_a_name():
    assert without_legal_form("AG") == "AG"


@pytest.mark.parametrize(("fields", "german", "english"), [
    ({"salutation": "ms", "title": "Dr."}, "Sehr geehrte Frau Dr. Müller", "Dear Dr Müller"),
    ({"salutation": "mr"}, "Sehr geehrter Herr Müller", "Dear Mr Müller"),
    ({"salutation": "mr", "title": "Prof. Dr. Dr. Dipl.-Ing."}, "Sehr geehrter Herr Prof. Dr. Müller", "Dear Prof. Dr Müller"),
    ({"salutation": "mx"}, "Guten Tag Anna Müller", "Dear Mx Müller"),
    ({"title": "Dr."}, "Guten Tag Dr. Anna Müller", "Dear Dr. Anna Müller"),
    ({"address_form": "du", "salutation": "ms"}, "Hallo Anna", "Hello Anna"),
    ({"first_name": "", "salutation": "ms"}, "Sehr geehrte Frau Müller", "Dear Ms Müller"),
    ({"first_name": "", "last_name": ""}, "Guten Tag", "Hello"),
])
def test_a_letter_begins_in_the_customers_language(app, fields, german, english):
    anna = Contact(**{"first_name": "Anna", "last_name": "Müller", "title": "", "salutation": "", "address_form": "sie", "language": ""} | fields)
    assert salutation_line(anna, "de") == german
    anna.language = "en"
    assert salutation_line(anna, "de") == english
