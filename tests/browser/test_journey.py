"""The journey the product exists for, as people make it: from a stranger's mail to an answered question in the same timeline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Office, eventually

pytestmark = pytest.mark.browser
SOMMER = "m.sommer@kanzlei-sommer-und-partner.example"  # her second address


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("on a server"))])
def office(request, office_on) -> Office:
    """Once on each database; the other tests of the browser ask nothing that would differ."""
    return office_on(request.param)


def conversation_of(page, subject: str) -> str:
    """The address of the conversation with that subject, once it is in the inbox."""

    def look():
        page.goto("/inbox")
        row = page.locator("a.inbox-row", has_text=subject)
        return row.first.get_attribute("href") if row.count() else None

    return eventually(look, f"a conversation about {subject}")


def save(page, button) -> None:
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        button.click()
    assert answer.value.status < 400
    page.wait_for_load_state("networkidle")


def ask_nps_after_a_resolution(page) -> None:
    page.goto("/feedback/rules")
    page.locator(".row-main").first.click()
    page.select_option("[name=survey_id]", label="NPS")
    save(page, page.locator("main form button[type=submit]").first)


def test_from_a_strangers_mail_to_an_answer_in_the_same_timeline(sign_in, browser, office: Office):
    page = sign_in()
    ask_nps_after_a_resolution(page)

    # a stranger becomes a contact with a conversation; a known customer is known by her second address too
    office.receive("Nina Neu <nina.neu@post.example>", "Passt die Fjord 2 unter den Schrank?", "Guten Tag, der Schrank ist 40 cm hoch.")
    office.receive(f"Margarete Sommer <{SOMMER}>", "Dampf aus der Tasse", "Guten Tag, unsere Maschine dampft.", Message_ID="<first@kanzlei.example>")
    page.goto(conversation_of(page, "Passt die Fjord 2"))
    assert "Nina Neu" in page.locator("main").inner_text()
    conversation = conversation_of(page, "Dampf aus der Tasse")
    row = page.locator("a.inbox-row", has_text="Dampf aus der Tasse")
    assert "Margarete Sommer" in row.inner_text()
    assert "2006" in row.inner_text()

    # assign, note, answer
    page.goto(conversation)
    page.locator("summary[data-key=a]").click()
    save(page, page.locator("form[action*='/assignment'] button[name=assignee]", has_text="Julia Brandt"))
    page.locator("input[name=kind][value=note]").check(force=True)
    page.fill("#composer-body", "Hat Wartungsvertrag, bitte schnell.")
    page.press("#composer-body", "Control+Enter")
    page.locator(".message-note", has_text="Wartungsvertrag").wait_for()
    page.locator("input[name=kind][value=reply]").check(force=True)
    page.fill("#composer-body", "Guten Tag Frau Dr. Sommer, bitte ziehen Sie kurz den Stecker.")
    page.press("#composer-body", "Control+Enter")
    page.locator(".message-reply", has_text="Stecker").wait_for()
    reply = office.post.wait_for(SOMMER)
    assert "Wartungsvertrag" not in reply.get_body(("plain",)).get_content()
    assert "<first@kanzlei.example>" in reply["References"]

    # her answer finds the same conversation by our signed id alone
    office.receive(f"Margarete Sommer <{SOMMER}>", "AW: ganz anderer Betreff", "Der Stecker hat geholfen, vielen Dank.", In_Reply_To=reply["Message-ID"])
    ours = re.search(r"/inbox/\d+", conversation)[0]

    def threaded():
        page.goto(ours)
        return page.locator(".message-inbound", has_text="hat geholfen").count()

    eventually(threaded, "her answer in the same conversation")

    # a call is logged with the next step, as people write dates
    page.locator("main a[href^='/contacts/']").first.click()
    page.wait_for_url("**/contacts/*")
    contact = page.url
    page.keyboard.press("l")
    page.keyboard.type("Angerufen: Maschine läuft wieder.")
    page.fill("[name=next_step]", "Wartung anbieten")
    page.fill("[name=next_due]", "in 3 Tagen")
    page.press("[name=next_due]", "Control+Enter")
    page.locator(".entry, .timeline li, [id^=entry]", has_text="Maschine läuft wieder").first.wait_for()
    assert "Wartung anbieten" in page.locator("aside, .page-aside").first.inner_text()

    # resolved, she is asked, and answers on her phone, in German, without script
    page.goto(ours)
    save(page, page.locator("form[action*='/resolution'] button").first)
    question = office.post.wait_for("margarete.sommer@post.example")
    link = re.search(r"http://\S+/f/\w+", question.get_body(("plain",)).get_content())[0]
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="de-DE", java_script_enabled=False)
    answering = phone.new_page()
    answering.goto(link)
    assert answering.locator("html").get_attribute("lang") == "de"
    answering.locator("input[name=score][value='4']").check(force=True)
    answering.locator("button.send").click()
    answering.fill("textarea[name=comment]", "Ich musste alles zweimal erklären.")
    answering.locator("button.send").last.click()
    assert answering.locator("[role=status]").count() == 1
    phone.close()

    # the answer stands in the same timeline, newest first, and somebody has a task
    page.goto(contact)
    feed = page.locator("main").inner_text()
    assert feed.index("zweimal erklären") < feed.index("Maschine läuft wieder") < feed.index("dampft")
    assert page.locator("main .mark, main .score", has_text="4").first.is_visible()
    assert page.locator("[id^=task]").count() >= 2

    # marketing finds her
    page.goto("/segments/new?starter=unhappy-spoken")
    page.locator(".count-big").wait_for()
    page.fill("[name=name]", "Unzufrieden und gesprochen, heute")
    save(page, page.locator("form#rule button[type=submit].btn-primary, main .form-actions .btn-primary").first)
    assert "Margarete Sommer" in page.locator("main").inner_text()
    with page.expect_download() as download:
        page.locator("form[action*='/export'] button").click()
    assert "Sommer" in Path(download.value.path()).read_text(encoding="utf-8-sig")
