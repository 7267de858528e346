import base64

from sqlalchemy import select

from crm.consent.models import Consent
from crm.contactforms.models import FormSubmission
from crm.extensions import db
from crm.inbox.models import Attachment, Conversation

VALUES = {"name": "Ada", "email": "ada@engine.example", "message": "Hello"}


def test_forms_are_listed_with_their_fields(program, form):
    [item] = program("read").get("/contact_forms").get_json()["items"]
    assert (item["key"], [field["key"] for field in item["fields"]]) == ("contact", ["name", "email", "subject", "message"])
    assert program("read").get(f"/contact_forms/{form.id}").get_json()["name"] == "Website"


def test_what_a_site_hands_in_becomes_a_conversation(program, form):
    form.fields = [*form.fields, {"key": "file", "kind": "file", "required": False}]
    form.consent_purpose, form.texts = "marketing", {"en": {"consent": "Newsletter, please."}}
    db.session.commit()
    files = [{"filename": "note.txt", "content": base64.b64encode(b"hello").decode()}]
    reply = program().post("/forms/contact/submissions", values=VALUES, consent=True, files=files, origin={"page": "https://www.firm.example/"})
    assert reply.status_code == 201, reply.text
    body = reply.get_json()
    [conversation] = db.session.scalars(select(Conversation))
    assert (body["reference"], body["conversation_id"], body["state"]) == (f"#{conversation.id}", conversation.id, "taken")
    assert db.session.scalars(select(Attachment.filename)).all() == ["note.txt"]
    assert db.session.scalars(select(Consent.wording)).all() == ["Newsletter, please."]


def test_what_is_wrong_is_told_by_the_field_and_nothing_is_kept(program, form):
    for sent, field in (({"values": {**VALUES, "email": "x"}}, "values.email"), ({"values": {**VALUES, "age": "3"}}, "values.age"),
                        ({"values": VALUES, "language": "xx"}, "language"), ({"values": VALUES, "files": [{"filename": "a", "content": "%"}]}, "files.0.content")):
        reply = program().post("/forms/contact/submissions", **sent)
        assert (reply.status_code, list(reply.get_json(force=True)["errors"])) == (422, [field])
    assert list(db.session.scalars(select(FormSubmission))) == []


def test_it_needs_the_right_to_write_and_a_form_that_is_open(program, form):
    assert program("read").post("/forms/contact/submissions", values=VALUES).status_code == 403
    assert program().post("/forms/nowhere/submissions", values=VALUES).status_code == 404
