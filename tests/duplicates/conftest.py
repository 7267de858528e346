from __future__ import annotations

import pytest

from crm.contacts.creating import create_contact
from crm.extensions import db


@pytest.fixture
def person(app):
    def made(first_name="", last_name="", email=None, phone=None, number=None, visitor=None, **more):
        known = (("email", email), ("phone", phone), ("customer_number", number), ("visitor", visitor))
        contact = create_contact(first_name=first_name, last_name=last_name, addresses=[(kind, value) for kind, value in known if value], **more)
        db.session.commit()
        return contact

    return made


@pytest.fixture
def anna(person):
    return person("Anna", "Müller", "anna.mueller@nordlicht.example", "+49 30 1234567", "K-1")


@pytest.fixture
def double(anna, person):
    return person("Anna", "Mueller", "anna.mueller@nordlicht.example", "030 1234567", "K-2")
