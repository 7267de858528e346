import pytest

from crm.contactforms.models import ContactForm, FormSubmission
from crm.extensions import db
from tests.contactforms.conftest import ADA, stamp_in


def test_everybody_sees_it_in_their_language(nobody, form):
    page = nobody.get("/form/contact", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert ('lang="de"' in page.text, "Schreiben Sie uns" in page.text) == (True, True)
    assert "Write to us" in nobody.get("/form/contact?lang=en", headers={"Accept-Language": "de"}).text
    form.language = "de"
    db.session.commit()
    assert 'lang="de"' in nobody.get("/form/contact", headers={"Accept-Language": "fr"}).text


def test_looking_at_it_writes_nothing_and_sets_no_cookie(nobody, form):
    page = nobody.get("/form/contact?email=x@y.example")
    assert "Set-Cookie" not in page.headers
    assert db.session.query(FormSubmission).count() == 0


@pytest.mark.parametrize("path", ["/form/contact", "/form/contact.js", "/form/nowhere", "/form/nowhere.js"])
def test_what_is_switched_off_or_never_was_leads_nowhere(nobody, form, path):
    form.active = False
    db.session.commit()
    assert nobody.get(path).status_code == 404


def test_the_address_fills_in_beforehand_what_people_would_type_but_never_an_agreement(nobody, form):
    form.consent_purpose, form.texts = "marketing", {"en": {"consent": "Newsletter, please."}}
    db.session.commit()
    page = nobody.get('/form/contact?lang=en&email="><script>alert(1)</script>&message=Hello&consent=yes').text
    assert "&#34;&gt;&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert ">Hello</textarea>" in page
    assert "checked" not in page


def test_only_the_sites_it_names_may_show_it_in_a_frame(nobody, form):
    page = nobody.get("/form/contact")
    assert page.headers["Content-Security-Policy"].split("; ")[-2] == "frame-ancestors 'self'"
    form.origins = ["https://www.firm.example"]
    db.session.commit()
    page = nobody.get("/form/contact")
    assert "frame-ancestors 'self' https://www.firm.example;" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_other_pages_are_shown_in_no_frame(client):
    page = client.get("/inbox")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_one_line_puts_it_into_a_foreign_page(nobody, form):
    form.texts = {"en": {"title": 'A "title" </script>'}}
    db.session.commit()
    script = nobody.get("/form/contact.js?lang=en")
    assert script.mimetype == "text/javascript"
    assert r'"A \"title\" \u003c/script>"' in script.text
    assert "Set-Cookie" not in script.headers


def test_in_a_frame_the_firm_is_not_named_again_and_the_frame_stays_one(nobody, send, form):
    assert 'class="firm"' in nobody.get("/form/contact").text
    page = nobody.get("/form/contact?embed=1")
    assert 'class="firm"' not in page.text
    assert 'class="embedded"' in page.text
    assert "embed=1" in send({**ADA, "embed": "1"}).headers["Location"]


def test_where_it_was_sent_from_is_kept(send):
    send({**ADA, "page": "https://www.firm.example/contact", "utm_source": "newsletter"})
    [submission] = db.session.scalars(db.select(FormSubmission))
    assert (submission.origin["page"], submission.origin["utm_source"]) == ("https://www.firm.example/contact", "newsletter")


def test_the_faults_are_summed_up_with_links_to_their_fields(send):
    page = send({**ADA, "email": "", "message": ""}).text
    assert 'role="alert"' in page
    assert ('href="#email"' in page, 'href="#message"' in page) == (True, True)


def test_a_receipt_of_another_form_or_a_made_up_one_leads_nowhere(nobody, send, make):
    receipt = send().headers["Location"].split("/")[-1]
    make.save(ContactForm(key="other", name="Other", fields=[], texts={}, origins=[]))
    assert nobody.get(f"/form/other/thanks/{receipt}").status_code == 404
    assert nobody.get("/form/contact/thanks/1.forged").status_code == 404


def test_choices_boxes_and_own_fields_are_asked_and_told(nobody, form, send, make):
    from crm.contacts.custom.models import CustomField
    from crm.inbox.models import Conversation, Message

    make.save(CustomField(about="contact", key="size", label="Size", label_de="Größe", kind="number"))
    form.fields = [
        *form.fields,
        {"key": "choice_1", "kind": "choice", "label": {"en": "Topic", "de": "Thema"}, "choices": [["Order", "Bestellung"], ["Other", "Anderes"]], "required": True},
        {"key": "checkbox_1", "kind": "checkbox", "label": {"en": "Call me"}, "required": False},
        {"key": "custom_size", "kind": "custom", "custom": "size", "required": False},
    ]
    db.session.commit()
    assert 'value="Order">Bestellung' in nobody.get("/form/contact?lang=de").text
    assert "Choose one of the answers." in send({**ADA, "choice_1": "Hack"}).text
    assert "Give a number" in send({**ADA, "choice_1": "Order", "custom_size": "big"}).text
    assert send({**ADA, "choice_1": "Order", "checkbox_1": "yes", "custom_size": "42"}, lang="de").status_code == 303
    [conversation] = db.session.scalars(db.select(Conversation))
    [message] = db.session.scalars(db.select(Message))
    assert conversation.contact.custom == {"size": 42}
    assert message.text.split("\n\n")[-1] == "Thema: Bestellung\nCall me: ja\nGröße: 42"


def test_a_telephone_number_is_enough_where_both_are_asked(form, send):
    form.fields = [{"key": "phone", "kind": "phone", "required": False}, {"key": "email", "kind": "email", "required": False}, {"key": "message", "kind": "message", "required": True}]
    db.session.commit()
    assert "Say how we can reach you." in send({"message": "Hello"}).text
    assert send({"message": "Call me", "phone": "030 1234567"}).status_code == 303


def test_the_stamp_of_one_form_is_not_good_for_another(nobody, send, make, form):
    make.save(ContactForm(key="other", name="Other", fields=form.fields, texts={}, origins=[]))
    stamp = stamp_in(nobody.get("/form/other").text)
    assert send(stamp=stamp).status_code == 422
