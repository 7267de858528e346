from io import BytesIO

import pytest
from sqlalchemy import select

from crm.consent.models import Consent
from crm.contactforms import filling, receiving
from crm.contactforms.jobs import take_left_over
from crm.contactforms.models import FormSubmission
from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.models import Attachment, Conversation, Message
from crm.outbox.models import Delivery
from crm.timeline.models import Interaction
from tests.contactforms.conftest import ADA, stamp_in


def all_of(model):
    return list(db.session.scalars(select(model).order_by(model.id)))


def test_what_is_sent_becomes_a_conversation_of_a_new_contact(send, mailbox):
    assert send().status_code == 303
    [conversation] = all_of(Conversation)
    assert (conversation.subject, conversation.status, conversation.mailbox, conversation.customer_address) == ("The engine", "open", mailbox, "ada@engine.example")
    assert (conversation.contact.first_name, conversation.contact.last_name, conversation.contact.provenance) == ("Ada", "Lovelace", "form")
    assert conversation.contact.open_conversations == 1
    [message] = all_of(Message)
    assert (message.kind, message.from_name, message.from_address, message.text) == ("form", "Ada Lovelace", "ada@engine.example", "Does it weave?\n\nRegards")


def test_it_stands_in_the_timeline_and_leads_to_the_conversation(send):
    send()
    [entry] = all_of(Interaction)
    [conversation] = all_of(Conversation)
    assert (entry.kind, entry.channel, entry.direction, entry.provenance) == ("form.submitted", "web", "inbound", "form")
    assert (entry.about_type, entry.about_id, entry.body) == ("conversation", conversation.id, "Does it weave?\n\nRegards")


def test_a_known_address_is_recognised_and_nothing_of_it_is_changed(send, make):
    known = make.contact("Augusta", "King")
    known.add_address("email", "Ada@Engine.example")
    db.session.commit()
    send()
    [conversation] = all_of(Conversation)
    assert conversation.contact is known
    assert (known.first_name, len(known.addresses)) == ("Augusta", 1)


def test_what_the_browser_did_before_without_a_name_is_that_persons(send, make):
    anonymous = make.contact("", "")
    anonymous.add_address("visitor", "v-77")
    db.session.commit()
    send({**ADA, "visitor": "v-77"})
    ada = db.session.scalars(select(Contact).where(Contact.last_name == "Lovelace")).one()
    assert anonymous.merged_into_id == ada.id


def test_a_browsers_number_never_gives_a_typed_address_to_somebody_else(send, make):
    other = make.contact("Charles", "Babbage")
    other.add_address("visitor", "v-1")
    db.session.commit()
    send({**ADA, "visitor": "v-1"})
    [conversation] = all_of(Conversation)
    assert conversation.contact is not other


def test_the_page_that_says_thanks_names_the_number(nobody, send):
    page = nobody.get(send().headers["Location"])
    [conversation] = all_of(Conversation)
    assert f"#{conversation.id}" in page.text
    assert "We answer within a day." in page.text


def test_a_double_click_sends_once_and_leads_to_the_same_page(nobody, send):
    stamp = stamp_in(nobody.get("/form/contact?lang=en").text)
    first, second = send(stamp=stamp), send(stamp=stamp)
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert len(all_of(FormSubmission)) == len(all_of(Conversation)) == 1


def test_what_the_trap_caught_is_kept_and_opens_nothing(send, client, nobody):
    assert send({**ADA, "website": "http://spam.example"}).status_code == 303
    [submission] = all_of(FormSubmission)
    assert (submission.state, submission.answers["email"], all_of(Conversation), all_of(Contact)) == ("suspected", "ada@engine.example", [], [])


def test_who_is_too_quick_is_asked_to_send_again_and_then_heard(nobody, send, clock):
    stamp = stamp_in(nobody.get("/form/contact?lang=en").text)
    page = send(stamp=stamp, wait=0)
    assert page.status_code == 422
    assert "very quick" in page.text
    assert "Does it weave?" in page.text
    assert send(stamp=stamp_in(page.text), wait=3).status_code == 303


@pytest.mark.parametrize("stamp", ["forged", "x.y"])
def test_a_post_without_a_stamp_of_ours_is_not_taken_but_kept_on_the_page(send, stamp):
    page = send(stamp=stamp)
    assert page.status_code == 422
    assert "Does it weave?" in page.text
    assert all_of(FormSubmission) == []


def test_a_page_left_open_for_days_is_sent_with_the_next_click(nobody, send, clock):
    stamp = stamp_in(nobody.get("/form/contact?lang=en").text)
    clock.advance(days=2)
    page = send(stamp=stamp)
    assert page.status_code == 422
    assert send(stamp=stamp_in(page.text)).status_code == 303


@pytest.mark.parametrize(("answers", "reason"), [
    ({"email": "nonsense"}, "This is not a mail address"),
    ({"email": ""}, "Please fill this in."),
    ({"message": " "}, "Please fill this in."),
    ({"subject": "x" * 201}, "Use at most 200 characters."),
])
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(send, answers, reason):
    page = send({**ADA, **answers})
    assert page.status_code == 422
    assert reason in page.text
    assert f'aria-describedby="{next(iter(answers))}-fault"' in page.text
    assert 'value="Ada Lovelace"' in page.text
    assert all_of(FormSubmission) == []


def test_too_much_from_one_address_is_refused_and_what_was_typed_stays(send, throttle):
    answers = [send({**ADA, "subject": f"No {number}"}).status_code for number in range(21)]
    assert answers == [303] * 20 + [429]


def test_a_failure_after_it_was_stored_loses_nothing(nobody, send, clock, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("no")

    with monkeypatch.context() as broken:
        broken.setattr(receiving, "record", fail)
        location = send().headers["Location"]
    [submission] = all_of(FormSubmission)
    assert (submission.state, all_of(Conversation), all_of(Contact)) == ("stored", [], [])
    assert f"F-{submission.id}" in nobody.get(location).text
    clock.advance(minutes=3)
    assert take_left_over() == 1
    assert (submission.state, len(all_of(Conversation))) == ("taken", 1)
    assert take_left_over() == 0


# — files ——————————————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def with_files(form, monkeypatch):
    monkeypatch.setattr(filling, "MEGABYTE", 1024)
    form.fields = [*form.fields, {"key": "file", "kind": "file", "required": False}]
    form.max_files, form.max_megabytes = 2, 1
    db.session.commit()


def test_files_come_along_with_the_type_they_really_have(with_files, send):
    assert send(files=[(BytesIO(b"%PDF-1.4\n%%EOF"), "cat.png")]).status_code == 303
    [file] = all_of(Attachment)
    assert (file.filename, file.content_type, file.size) == ("cat.png", "application/pdf", 14)


@pytest.mark.parametrize(("files", "reason"), [
    ([(b"a", "a.txt"), (b"b", "b.txt"), (b"c", "c.txt")], "at most 2 files"),
    ([(b"x" * 1025, "large.txt")], "too large"),
    ([(b"", "empty.txt")], "empty"),
])
def test_too_many_too_large_and_empty_files_are_refused(with_files, send, files, reason):
    page = send(files=[(BytesIO(data), name) for data, name in files])
    assert page.status_code == 422
    assert reason in page.text


def test_it_is_said_that_files_must_be_chosen_again(with_files, send):
    page = send({**ADA, "email": ""}, files=[(BytesIO(b"a"), "a.txt")])
    assert "choose your files again" in page.text


def test_a_form_that_asks_for_no_files_takes_none(send):
    send(files=[(BytesIO(b"a"), "a.txt")])
    assert all_of(Attachment) == []


# — consent ————————————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def with_consent(form):
    form.texts = {"en": {"consent": "You may send me the newsletter."}, "de": {"consent": "Sie dürfen mir den Newsletter schicken."}}
    form.consent_purpose = "marketing"
    db.session.commit()


def test_an_agreement_stands_in_the_ledger_word_by_word(with_consent, send):
    send({**ADA, "consent": "yes"}, lang="de")
    [entry] = all_of(Consent)
    assert (entry.purpose, entry.state, entry.wording) == ("marketing", "granted", "Sie dürfen mir den Newsletter schicken.")
    assert (entry.source, "F-" in entry.proof) == ("form contact", True)


def test_a_box_left_empty_says_nothing(with_consent, send):
    assert send().status_code == 303
    assert all_of(Consent) == []


def test_without_an_agreement_that_is_needed_nothing_is_sent(with_consent, send, form):
    form.consent_required = True
    db.session.commit()
    page = send()
    assert page.status_code == 422
    assert "Please tick this box" in page.text


def test_nobody_agrees_to_words_that_were_not_shown(with_consent, nobody, send, form):
    stamp = stamp_in(nobody.get("/form/contact?lang=en").text)
    form.texts = {"en": {"consent": "You may sell my data."}}
    db.session.commit()
    page = send({**ADA, "consent": "yes"}, stamp=stamp)
    assert page.status_code == 422
    assert "words of the agreement have changed" in page.text
    assert all_of(Consent) == []


# — in the inbox ———————————————————————————————————————————————————————————————————————————————————————


def test_the_answer_goes_to_the_address_that_was_typed(send, agent):
    send()
    [conversation] = all_of(Conversation)
    replying.reply(conversation, agent, "It does.", delay=0)
    db.session.commit()
    [delivery] = all_of(Delivery)
    assert delivery.recipient == "ada@engine.example"


def test_the_page_of_the_conversation_shows_it_and_spam_can_be_marked(send, client, agent):
    send()
    [conversation] = all_of(Conversation)
    assert "Does it weave?" in client.get(f"/inbox/{conversation.id}").text
    conversation.mark_spam(agent)
    assert conversation.status == "spam"
