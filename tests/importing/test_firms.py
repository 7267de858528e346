"""Organisations that come along with people."""

import pytest
from sqlalchemy import select

from crm.contacts.models import Contact, Organisation, PostalAddress
from crm.importing import jobs
from crm.importing.columns import guess
from crm.importing.models import Import

FILE = ("Vorname;Nachname;E-Mail;Firma;Branche;Website;Firmenstraße;Firmen-PLZ;Firmenort;Land Firma\n"
        "Eva;Eins;eva@nord.example;Nord GmbH;Logistik;www.Nord.example/start;Kai 1;20095;Hamburg;Deutschland\n"
        "Udo;Zwei;udo@nord.example;Nord;Handel;;;;;\n")


@pytest.fixture
def firm(session):
    return lambda: session.scalars(select(Organisation)).one()


@pytest.fixture
def known(session):
    def make(**values):
        session.add(Organisation(name="Nord GmbH", **values))
        session.commit()

    return make


def facts(firm):
    return firm.domain, firm.industry, firm.website


def test_an_organisation_comes_with_what_the_row_tells_of_it(take, firm):
    take(FILE)
    assert facts(firm()) == ("nord.example", "Logistik", "https://www.Nord.example/start")
    (place,) = firm().postal_addresses
    assert (place.street, place.postcode, place.city, place.country) == ("Kai 1", "20095", "Hamburg", "DE")


def test_adding_people_fills_only_what_is_empty(take, firm, known):
    known(industry="Spedition")
    take(FILE)
    assert facts(firm()) == ("nord.example", "Spedition", "https://www.Nord.example/start")


def test_an_update_replaces_and_only_by_the_first_row_that_tells(take, firm, known):
    known(industry="Spedition")
    take(FILE, "--update")
    assert firm().industry == "Logistik"
    assert "updated 0, unchanged 2" in take(FILE, "--update").output


@pytest.mark.parametrize("update", [False, True])
def test_taking_the_import_back_restores_the_organisation(take, firm, known, session, update):
    known(industry="Spedition")
    take("Vorname;Nachname;E-Mail\nEva;Eins;eva@nord.example\n")
    take(FILE, *(["--update"] if update else []))
    import_ = session.scalars(select(Import).order_by(Import.id.desc())).first()
    import_.begin("reverting")
    session.commit()
    jobs.run(import_.id)
    assert facts(firm()) == ("", "Spedition", "")
    assert firm().postal_addresses == []
    assert [contact.display_name for contact in session.scalars(select(Contact))] == ["Eva Eins"]


def test_an_organisation_the_import_made_goes_with_its_address(take, session):
    take(FILE)
    import_ = session.scalars(select(Import)).one()
    import_.begin("reverting")
    session.commit()
    jobs.run(import_.id)
    assert session.scalars(select(Organisation)).all() == []
    assert session.scalars(select(PostalAddress)).all() == []


def test_what_somebody_changed_since_stays(take, firm, known, session):
    known()
    take(FILE)
    firm().industry = "Handel und Logistik"
    session.commit()
    import_ = session.scalars(select(Import)).one()
    import_.begin("reverting")
    session.commit()
    jobs.run(import_.id)
    assert facts(firm()) == ("", "Handel und Logistik", "")


@pytest.mark.parametrize(("domain", "website", "found"), [
    ("n/a", "", ("", "", "")),
    ("@Nord.example", "", ("nord.example", "", "")),
    ("", "http://shop.nord.example:8080/?a=1#b", ("shop.nord.example", "", "http://shop.nord.example:8080/?a=1#b")),
    ("", "www.müller.example", ("xn--mller-kva.example", "", "https://www.müller.example")),
    ("", "ftp://nord.example", ("", "", "")),
    ("", "keine", ("", "", "")),
])
def test_a_domain_is_what_mail_addresses_end_with_and_else_nothing(take, firm, domain, website, found):
    take(f"Vorname;Nachname;E-Mail;Firma;Firmendomain;Website\nEva;Eins;eva@nord.example;Nord GmbH;{domain};{website}\n")
    assert facts(firm()) == found


def test_a_website_that_is_too_long_once_it_is_written_out_is_refused(take, everybody):
    """PostgreSQL would not take it, and nobody else of the batch with it."""
    outcome = take(f"Vorname;Nachname;E-Mail;Firma;Website\nEva;Eins;eva@nord.example;Nord GmbH;nord.example/{'x' * 285}\nUdo;Zwei;udo@nord.example;;\n")
    assert "refused 1" in outcome.output
    assert [one.first_name for one in everybody()] == ["Udo"]


@pytest.mark.parametrize("header", [
    "Record ID,Company name,Company owner,Create Date,Phone Number,Last Activity Date,City,Country/Region,Industry",
    "Account ID,Account Name,Type,Parent Account,Billing Street,Billing City,Phone,Website,Industry",
    "Datensatz-ID,Unternehmensname,Inhaber des Unternehmens,Telefonnummer,Ort,Branche",
    "Name,Website,Email,Phone,Type,Industry,Billing Address Street,Billing Address City",
])
def test_a_list_of_organisations_is_refused_with_the_way_out(take, session, header):
    outcome = take(f"{header}\n{','.join('x' for _ in header.split(','))}\n")
    assert outcome.exit_code
    assert "list of organisations" in str(outcome.exception) + outcome.output
    assert session.scalars(select(Import)).all() == []


def test_a_list_of_contacts_with_facts_of_their_companies_is_none_of_organisations():
    header = ["First Name", "Last Name", "Email", "Company name", "Industry", "Number of employees", "Website"]
    assert guess(header, "contacts") == ["first_name", "last_name", "email", "organisation", "firm.industry", "", "firm.website"]
