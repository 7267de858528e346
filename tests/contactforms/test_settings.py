import pytest
from sqlalchemy import select

from crm.accounts.models import AuditEntry
from crm.contactforms.forms import origin_of
from crm.contactforms.models import ContactForm, FormSubmission
from crm.extensions import db
from crm.inbox.models import Conversation
from tests.contactforms.conftest import ADA


@pytest.fixture
def boss(browse, admin):
    return browse(admin)


WHOLE = {"name": "Website", "active": "y", "title_en": "Hello", "title_de": "", "mailbox_id": "0", "touchpoint_id": "0", "department_id": "0", "language": "", "consent_purpose": "",
         "max_files": "3", "max_megabytes": "10"}


def keys(form):
    db.session.refresh(form)
    return [field["key"] for field in form.fields]


def test_a_form_is_made_with_the_usual_fields_and_a_key_of_its_own(boss, form):
    for _ in range(2):
        boss.post("/settings/forms", data={"name": "Über uns"})
    made = list(db.session.scalars(select(ContactForm).where(ContactForm.name == "Über uns").order_by(ContactForm.id)))
    assert len({one.key for one in made}) == 2
    assert [field["key"] for field in made[0].fields] == ["name", "email", "subject", "message"]
    assert db.session.scalars(select(AuditEntry.action)).first() == "contact_form.created"


def test_the_pages_are_there(boss, form, send):
    send()
    for path in ("", "/new", f"/{form.id}", f"/{form.id}/preview", f"/{form.id}/submissions"):
        assert boss.get(f"/settings/forms{path}").status_code == 200
    assert "/form/contact.js" in boss.get(f"/settings/forms/{form.id}").text


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("get", "/new"), ("post", ""), ("get", "/{}"), ("post", "/{}"), ("post", "/{}/fields"), ("delete", "/{}/fields/name"),
                                              ("post", "/{}/fields/name"), ("post", "/{}/fields/name/later"), ("get", "/{}/preview"), ("get", "/{}/submissions")])
def test_only_administrators_may(client, form, method, path):
    assert getattr(client, method)(f"/settings/forms{path.format(form.id)}").status_code == 403
    assert keys(form) == ["name", "email", "subject", "message"]


def test_words_and_ways_are_saved(boss, form):
    sent = WHOLE | {"intro_de": "Guten Tag", "origins": "www.firm.example\nhttps://Shop.example/page", "consent_purpose": "marketing", "consent_de": "Ja"}
    assert boss.post(f"/settings/forms/{form.id}", data=sent).status_code == 303
    db.session.refresh(form)
    assert (form.text("intro", "de"), form.text("title", "de"), form.origins) == ("Guten Tag", "Hello", ["https://www.firm.example", "https://shop.example"])
    assert (form.consent_purpose, form.mailbox_id, form.active) == ("marketing", None, True)


@pytest.mark.parametrize(("sent", "reason"), [
    ({"name": ""}, "Enter a name."), ({"origins": "https://a.example; script-src *"}, "This is no site"), ({"origins": "javascript:alert(1)"}, "This is no site"),
    ({"consent_purpose": "feedback"}, "Write what people agree to."), ({"max_files": "99"}, "from 1 to 10"), ({"mailbox_id": "99"}, "Not a valid choice"),
])
def test_what_is_wrong_is_said_and_nothing_changes(boss, form, sent, reason):
    page = boss.post(f"/settings/forms/{form.id}", data=WHOLE | {"title_en": "Changed"} | sent)
    assert page.status_code == 422
    assert reason in page.text
    db.session.refresh(form)
    assert form.text("title", "en") == "Write to us"


@pytest.mark.parametrize("written", ["'none'", "https://a.example;x", "ftp://a.example", "https://a b", "https://user@a.example", "*", "https://"])
def test_what_is_no_site_stands_in_no_header(app, written):
    with app.test_request_context(), pytest.raises(ValueError, match="no site"):
        origin_of(written)


def test_fields_are_added_changed_moved_and_removed(boss, form):
    path = f"/settings/forms/{form.id}/fields"
    assert boss.post(path, data={"kind": "choice"}).status_code == 303
    assert keys(form)[-1] == "choice_1"
    boss.post(f"{path}/choice_1", data={"choice_1-label_en": "Topic", "choice_1-choices": "Order | Bestellung\nOther", "choice_1-required": "y"})
    db.session.refresh(form)
    assert form.field("choice_1") == {"key": "choice_1", "kind": "choice", "label": {"en": "Topic"}, "help": {}, "choices": [["Order", "Bestellung"], ["Other", ""]], "required": True}
    boss.post(f"{path}/choice_1/earlier")
    assert keys(form)[-2:] == ["choice_1", "message"]
    boss.post(f"{path}/subject?_method=DELETE")
    assert keys(form) == ["name", "email", "choice_1", "message"]


def test_a_field_there_is_one_of_is_not_added_twice_and_nobody_becomes_unreachable(boss, form):
    path = f"/settings/forms/{form.id}/fields"
    assert boss.post(path, data={"kind": "email"}).status_code == 409
    assert boss.post(f"{path}/email?_method=DELETE").status_code == 409
    assert boss.post(f"{path}/nothing", data={}).status_code == 404
    assert keys(form) == ["name", "email", "subject", "message"]


def test_a_choice_needs_choices(boss, form):
    path = f"/settings/forms/{form.id}/fields"
    boss.post(path, data={"kind": "choice"})
    page = boss.post(f"{path}/choice_1", data={"choice_1-label_en": "Topic"})
    assert page.status_code == 422
    assert "Give at least one choice." in page.text


def test_how_it_looks_sends_nothing_and_is_shown_by_ourselves_alone(boss, form):
    form.active = False
    db.session.commit()
    page = boss.get(f"/settings/forms/{form.id}/preview?lang=de")
    assert 'lang="de"' in page.text
    assert 'method="post"' not in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]


def test_what_was_suspected_wrongly_is_taken_by_a_click(boss, form, send):
    send({**ADA, "website": "x"})
    [submission] = db.session.scalars(select(FormSubmission))
    assert "probably a program" in boss.get(f"/settings/forms/{form.id}/submissions").text
    for _ in range(2):
        assert boss.post(f"/settings/forms/{form.id}/submissions/{submission.id}/taking").status_code == 303
    [conversation] = db.session.scalars(select(Conversation))
    assert (submission.state, submission.conversation_id, conversation.messages_count) == ("taken", conversation.id, 1)
