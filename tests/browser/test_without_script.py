"""The daily work in a browser without JavaScript, and the back button with it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def plain(browser, office):
    """A page without JavaScript of somebody signed in."""
    from tests.browser.conftest import ADMIN, PASSWORD

    context = browser.new_context(base_url=office.base, locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto("/contacts")
    assert "/sign-in" in page.url
    page.fill("[name=email]", ADMIN)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action*='/sign-in'] [type=submit]")
    assert page.url.endswith("/contacts"), "sign-in leads to where one wanted to go"
    yield page
    context.close()


def follow(page, css: str) -> None:
    page.goto(page.locator(css).first.get_attribute("href"))


def test_a_call_is_logged(plain):
    plain.goto("/contacts")
    follow(plain, "main [data-item] a[href^='/contacts/'] >> visible=true")
    plain.fill("[name=body]", "Ohne Skript angerufen.")
    plain.click("#log button[type=submit]")
    assert re.search(r"/contacts/\d+", plain.url)
    assert "Ohne Skript angerufen." in plain.locator("main").inner_text()


def test_a_conversation_is_resolved_and_reopened(plain):
    plain.goto("/inbox")
    follow(plain, "a.inbox-row")
    here = plain.url.split("?")[0]
    plain.locator("form[action*='/resolution'] button").first.click()
    plain.goto(here)
    assert plain.locator("form[action*='/resolution'][action*='DELETE']").count() == 1
    plain.locator("form[action*='/resolution'] button").first.click()
    plain.goto(here)
    assert plain.locator("form[action*='/resolution']:not([action*='DELETE'])").count() == 1


def test_a_task_is_done_and_undone(plain):
    plain.goto("/tasks")
    task = plain.locator("li.task").first.get_attribute("id")
    plain.locator(f"#{task} .check").click()
    assert plain.locator(f"#{task}:not(.task-done)").count() == 0
    plain.goto("/tasks?done=1")
    plain.locator(f"#{task} .check").click()
    plain.goto("/tasks")
    assert plain.locator(f"#{task}:not(.task-done)").count() == 1


def test_a_refused_contact_keeps_its_text_and_names_the_field(plain):
    plain.goto("/contacts/new")
    plain.fill("[name=last_name]", "Ohnescript")
    plain.locator(".address-row [name$=value]").first.fill("keine adresse")
    plain.locator("#contact-form .form-actions [type=submit]").click()
    assert plain.input_value("[name=last_name]") == "Ohnescript"
    field = plain.locator("[aria-invalid=true]").first
    assert field.input_value() == "keine adresse"
    assert plain.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}").inner_text()


def test_search_finds_people(plain):
    plain.goto("/search")
    plain.fill("main [name=q]", "Margarete Sommer")
    plain.press("main [name=q]", "Enter")
    assert "Margarete Sommer" in plain.locator("main").inner_text()


def test_a_rule_is_built_step_by_step(plain):
    plain.goto("/segments/new")
    plain.fill("[name=name]", "Schritt für Schritt")
    steps = plain.locator("#builder select")
    before = steps.count()
    steps.last.select_option(index=1)
    plain.click("#builder button[value=count]")
    assert plain.locator("#builder select").count() > before, "what was chosen is asked further"
    assert plain.input_value("[name=name]") == "Schritt für Schritt"


def test_a_question_is_answered(plain, office):
    from tests.browser.places import application, places

    path = next(place.path for place in places(application(office.environ), complete=False) if place.endpoint == "feedback.qr_page.show")
    plain.goto(path)
    plain.locator("button.send").click()
    assert plain.locator("[role=alert], .fault, .error").count() >= 1, "sending nothing is refused in words"
    plain.locator("input[name=score]").last.check(force=True)
    plain.locator("button.send").click()
    assert plain.url.endswith("/thanks")


def test_going_back_after_opening_a_conversation_shows_the_list_again(sign_in):
    page = sign_in()
    page.goto("/inbox")
    before = page.locator("a.inbox-row").count()
    page.locator("a.inbox-row").nth(1).click()
    page.locator("#composer").wait_for()
    page.go_back()
    page.wait_for_url(re.compile(r"/inbox$"))
    page.locator(".conversation-empty").wait_for()
    expect(page.locator("a.inbox-row")).to_have_count(before)
    page.go_forward()
    page.locator("#composer").wait_for()


def test_going_back_to_a_filtered_list_keeps_the_filter(sign_in):
    page = sign_in()
    page.goto("/contacts")
    page.fill("main [name=q]", "sommer")
    names, sommer = page.locator("main [data-item] a.who"), re.compile("sommer", re.IGNORECASE)
    expect(names.first).to_contain_text(sommer)
    page.wait_for_url(re.compile("q=sommer"))
    names.first.click()
    page.wait_for_url(re.compile(r"/contacts/\d+"))
    page.go_back()
    page.wait_for_url(re.compile("q=sommer"))
    expect(page.locator("main [name=q]")).to_have_value("sommer")
    expect(names.first).to_contain_text(sommer)
    assert all(sommer.search(text) for text in names.all_inner_texts()[:3])
