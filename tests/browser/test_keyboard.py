"""The keyboard throughout, on the demo office: sheet, sequences, command box, log box, inbox, undo, focus."""

from __future__ import annotations

import re

import pytest

from tests.browser.running import eventually

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.id || document.activeElement.name || document.activeElement.getAttribute('href') || document.activeElement.tagName"


@pytest.fixture(scope="module")
def desk(browser, office):
    """A page of somebody signed in; each test opens what it needs."""
    from tests.browser.conftest import ADMIN, PASSWORD

    context = browser.new_context(base_url=office.base, viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="de-DE")
    context.set_default_timeout(8000)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=email]", ADMIN)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()


def focused(page) -> str:
    return page.evaluate(FOCUSED)


def a_contact(page) -> str:
    """The page of somebody to log with."""
    page.goto("/contacts")
    page.goto(page.locator("main [data-item] a[href^='/contacts/']").first.get_attribute("href"))
    return page.url


def posted(page, act, status=lambda code: code < 400):
    with page.expect_response(lambda response: response.request.method in ("POST", "DELETE")) as answer:
        act()
    assert status(answer.value.status), answer.value.status


def undo(page) -> None:
    page.keyboard.press("Escape")  # leaves a field
    with page.expect_navigation():
        page.keyboard.press("u")


@pytest.mark.parametrize(("keys", "path"), [("gd", "/"), ("gi", "/inbox"), ("gc", "/contacts"), ("gt", "/tasks"), ("gs", "/segments"), ("gm", "/touchpoints")])
def test_g_and_a_letter_lead_to_each_page(desk, keys, path):
    desk.goto("/feedback")
    desk.keyboard.type(keys)
    desk.wait_for_url(re.compile(re.escape(path) + "$"))


def test_the_sheet_names_every_key_and_escape_closes_it(desk):
    desk.goto("/")
    desk.keyboard.press("?")
    sheet = desk.locator("#shortcuts")
    sheet.wait_for()
    assert {"j", "k", "l", "n", "e", "r", "i", "a", "s", "u", "?", "/"} <= set(sheet.locator("kbd").all_inner_texts())
    desk.keyboard.press("Escape")
    assert not sheet.is_visible()


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_the_command_box_finds_people_and_enter_opens_them(desk, key):
    desk.goto("/tasks")
    desk.keyboard.press(key)
    desk.keyboard.type("margarete sommer")
    desk.locator("#palette-results [role=option]", has_text="Margarete Sommer").first.wait_for()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/contacts/\d+$"))
    assert "Margarete Sommer" in desk.locator("h1").inner_text()


def test_keys_do_nothing_but_write_while_somebody_writes(desk):
    contact = a_contact(desk)
    desk.keyboard.press("l")
    assert focused(desk) == "body"
    desk.keyboard.type("gi ? / e r j")
    assert desk.input_value("#body") == "gi ? / e r j"
    assert desk.url == contact
    assert not desk.locator("dialog[open]").count()


def test_a_call_is_logged_by_keys_alone_and_u_takes_it_back(desk):
    a_contact(desk)
    desk.keyboard.press("l")
    desk.keyboard.type("Ein Anruf, der nie stattfand.")
    posted(desk, lambda: desk.keyboard.press("Control+Enter"))
    entry = desk.locator("#timeline, main", has_text="Ein Anruf, der nie stattfand.").first
    entry.wait_for()
    desk.locator("[data-undo]").first.wait_for()
    assert focused(desk) != "BODY"
    undo(desk)
    desk.locator(".entry-text", has_text="der nie stattfand").wait_for(state="detached")


def test_a_refused_form_focuses_the_first_field_in_error_and_keeps_the_text(desk):
    a_contact(desk)
    desk.keyboard.press("l")
    desk.keyboard.type("Ruft wieder an.")
    desk.fill("[name=next_step]", "Zurückrufen")
    desk.fill("[name=next_due]", "irgendwann vielleicht")
    posted(desk, lambda: desk.keyboard.press("Control+Enter"), lambda code: code == 422)
    desk.locator("#next_due-error").wait_for()
    assert focused(desk) == "next_due"
    assert desk.input_value("#body") == "Ruft wieder an."
    assert desk.get_attribute("#next_due", "aria-describedby") == "next_due-error"


def test_j_k_and_enter_walk_through_the_inbox(desk):
    desk.goto("/inbox")
    rows = desk.locator("a.inbox-row")
    hrefs = [rows.nth(at).get_attribute("href") for at in range(3)]
    desk.keyboard.type("jjjk")
    assert focused(desk) == hrefs[1]
    desk.keyboard.press("Enter")
    desk.locator("#composer").wait_for()
    assert hrefs[1].split("?")[0] in desk.url


def test_the_conversation_of_a_stranger_stays_when_it_is_known_who_that_may_be(desk, office):
    office.receive("Sabine Strand <sabine@strand.example>", "Zum ersten Mal", "Guten Tag.")
    eventually(lambda: (desk.goto("/inbox"), desk.locator("a.inbox-row", has_text="Zum ersten Mal").count())[1], "the mail")
    desk.locator("a.inbox-row", has_text="Zum ersten Mal").click()
    desk.locator("#identity").wait_for()
    assert desk.locator("#conversation #composer").count() == 1


def test_r_and_i_open_the_composer_and_ctrl_enter_saves_the_note(desk):
    desk.goto("/inbox")
    desk.keyboard.type("j")
    desk.keyboard.press("Enter")
    desk.locator("#composer").wait_for()
    desk.keyboard.press("r")
    desk.locator("#composer-body:focus").wait_for()
    assert desk.is_checked("[name=kind][value=reply]")
    desk.keyboard.press("Escape")
    desk.keyboard.press("i")
    desk.locator("#composer-body:focus").wait_for()
    assert desk.is_checked("[name=kind][value=note]")
    desk.keyboard.type("Nur für uns.")
    with desk.expect_response(lambda response: response.url.split("?")[0].endswith("/messages")) as answer:
        desk.keyboard.press("Control+Enter")
    assert answer.value.status < 400
    desk.locator(".message-note", has_text="Nur für uns.").wait_for()


def test_e_resolves_and_u_opens_it_again(desk):
    desk.goto("/inbox")
    desk.keyboard.type("j")
    desk.keyboard.press("Enter")
    desk.locator("#composer").wait_for()
    conversation = desk.url.split("?")[0]
    posted(desk, lambda: desk.keyboard.press("e"))
    desk.locator("[data-undo]").first.wait_for()
    assert desk.locator("form[action*='/resolution'][action*='DELETE']").count() == 1
    undo(desk)
    desk.goto(conversation)
    assert desk.locator("form[action*='/resolution']:not([action*='DELETE'])").count() == 1


def test_e_finishes_the_task_that_has_the_focus_and_focus_stays_in_the_list(desk):
    desk.goto("/tasks")
    desk.keyboard.type("j")
    title = desk.evaluate("document.activeElement.textContent")
    posted(desk, lambda: desk.keyboard.press("e"))
    desk.locator("[data-undo]").first.wait_for()
    assert desk.evaluate("document.activeElement.closest('main') !== null"), "the focus fell out of the page"
    undo(desk)
    desk.goto("/tasks")
    assert desk.locator("#content .task-title", has_text=title).count() >= 1
