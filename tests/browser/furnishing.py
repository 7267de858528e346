"""What the demo office does not have of itself, done the way people do it, so that every page has something to show."""

from __future__ import annotations

from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crm.accounts.models import User
from crm.accounts.sessions import open_session
from crm.contacts.models import Contact
from crm.contacts.relations.relating import relate
from crm.extensions import db
from crm.inbox.composing.models import SavedReply
from crm.inbox.macros.models import Macro
from crm.inbox.models import Conversation
from tests.browser.running import ADMIN

LIST = "Vorname,Nachname,E-Mail,Kunde seit\nPaula,Probe,paula@probe.example,2020-05-01\nOtto,Ohne,keine Adresse,vorgestern\n"
TWICE = ({"first_name": "Doris", "last_name": "Doppel"}, {"first_name": "Dorothea", "last_name": "Doppel"})


def furnish(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    desk = signed_in(app)
    for person in TWICE:
        done(desk.post("/contacts", data=person))
    with app.app_context():
        kept, known = db.session.scalars(select(Contact).where(Contact.archived_at.is_(None)).order_by(Contact.id).limit(2))
        db.session.add(relate(kept, known, "other"))
        db.session.add(SavedReply(name="Opening hours", shortcut="oh", bodies={"de": "Montag bis Freitag.", "en": "Monday to Friday."}, owner_id=db.session.scalars(select(User.id)).first()))
        db.session.add(Macro(name="Fault report", steps={"assign": "me", "priority": "high", "tags": ["fault"], "finish": "wait:3"}, owner_id=db.session.scalars(select(User.id)).first()))
        db.session.commit()
        first, second = db.session.scalars(select(Contact.id).where(Contact.last_name == "Doppel").order_by(Contact.id.desc()).limit(2))
        conversation, other = db.session.scalars(select(Conversation.id).where(Conversation.status == "open").order_by(Conversation.id.desc()).limit(2))
    done(desk.post(f"/inbox/{conversation}/messages", data={"body": "We come on Monday.", "send_at": "in 3 weeks"}))
    done(desk.post(f"/inbox/{other}/messages", data={"body": "We are on our way."}))
    done(desk.post(f"/contacts/{first}/merge/{second}"))
    done(desk.post("/settings/fields", data={"label": "Club", "label_de": "Club", "about": "contact", "kind": "choice", "choices": "Gold\nSilver | Silber"}))
    done(desk.post("/contacts/import", data={"kind": "contacts", "file": (BytesIO(LIST.encode()), "messe.csv")}))
    done(desk.post(f"/contacts/{second}/files", data={"files": [(BytesIO(b"Guten Tag"), "notiz.txt")]}, content_type="multipart/form-data"))


def signed_in(app: Flask) -> FlaskClient:
    with app.test_request_context():
        token = open_session(db.session.scalars(select(User).where(User.email == ADMIN)).one())
        db.session.commit()
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def done(answer) -> None:
    assert answer.status_code in (200, 303), f"{answer.request.path}: {answer.status_code} {answer.text[:2000]}"
