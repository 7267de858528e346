"""Builders: make.contact(first_name="Ada") gives a saved, believable row; whatever matters to a test is said in the test."""

from __future__ import annotations

from itertools import count
from typing import Any

from sqlalchemy import select

from crm.accounts.models import Department, User
from crm.contacts.models import Contact
from crm.extensions import db

NUMBERS = count(1)


class Maker:
    def save(self, row: Any) -> Any:
        db.session.add(row)
        db.session.commit()
        return row

    def department(self, key: str = "service", **fields: Any) -> Department:
        found = db.session.scalars(select(Department).where(Department.key == key)).one_or_none()
        return found or self.save(Department(key=key, name=fields.pop("name", key.title()), **fields))

    def user(self, name: str = "Uta User", role: str = "member", **fields: Any) -> User:
        fields.setdefault("email", f"{name.split()[0].lower()}{next(NUMBERS)}@firm.example")
        fields.setdefault("locale", "en")
        return self.save(User(name=name, role=role, **fields))

    def contact(self, first_name: str = "Klara", last_name: str = "Kunde", **fields: Any) -> Contact:
        fields.setdefault("display_name", f"{first_name} {last_name}")
        return self.save(Contact(first_name=first_name, last_name=last_name, **fields))
