"""What only a browser can show: keys, focus, notices, the command box, accessibility, and that nothing is wider than the screen."""

import re
from types import SimpleNamespace

import pytest
from flask import Response, redirect
from playwright.sync_api import expect

from crm import web
from crm.extensions import db
from tests.browser import axe
from tests.browser.served import cookie_of, served
from tests.layout.gallery import add_gallery
from tests.make import Maker

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    known = SimpleNamespace(undone=0)

    def prepare(app):
        add_gallery(app)
        make = Maker()
        user = make.user(name="Anna Agent", department=make.department("service"))
        db.session.commit()
        known.cookie = {"name": "crm_session", "value": cookie_of(app, user)}
        app.add_url_rule("/gallery/toast", "gallery_toast", lambda: (web.toast("Task done.", undo="/gallery/undone"), redirect("/gallery"))[1])
        app.add_url_rule("/gallery/undone", "gallery_undone", undo, methods=["POST"])
        app.add_url_rule("/gallery/more", "gallery_more", lambda: Response("nonsense of a proxy", 502))

    def undo():
        known.undone += 1
        return redirect("/gallery", 303)

    with served(tmp_path_factory.mktemp("gallery"), prepare) as known.address:
        yield known


@pytest.fixture
def open_page(site, browser):
    contexts = []

    def open_page(path="/gallery", *, width=1440, height=900, scheme="light", script=True):
        context = browser.new_context(base_url=site.address, viewport={"width": width, "height": height}, color_scheme=scheme,
                                      locale="en-GB", reduced_motion="reduce", java_script_enabled=script)
        contexts.append(context)
        context.add_cookies([{**site.cookie, "url": site.address}])
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def focused(page, what="el => el.getAttribute('name') || el.getAttribute('href') || el.id"):
    return page.evaluate(f"({what})(document.activeElement)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_every_part_is_accessible_and_fits_the_screen(open_page, width, height, scheme):
    page = open_page(width=width, height=height, scheme=scheme)
    axe.check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []


def test_j_and_k_move_through_the_list_and_enter_opens(open_page):
    page = open_page()
    page.keyboard.type("jjjk")
    assert focused(page) == "/contacts/2"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contacts/2$"))


def test_g_and_a_letter_lead_to_a_page(open_page):
    page = open_page()
    page.keyboard.type("gt")
    page.wait_for_url(re.compile("/tasks$"))


def test_shortcuts_never_fire_while_somebody_types(open_page):
    page = open_page()
    page.fill("[name=last]", "")
    page.type("[name=last]", "gt?jul/")
    assert page.input_value("[name=last]") == "gt?jul/"
    assert page.url.endswith("/gallery")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    axe.check(page)


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_the_command_box_finds_and_the_arrows_choose(open_page, key):
    page = open_page()
    page.keyboard.press(key)
    assert focused(page, "el => el.id") == "palette-q"
    page.locator("#palette-results [role=option]").first.wait_for()
    page.keyboard.type("task")
    page.locator("#palette-results [role=option]", has_text="New task").wait_for()
    axe.check(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert "task" in page.locator("#palette-results [aria-selected=true]").inner_text().lower()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_ctrl_enter_sends_and_the_first_field_in_error_gets_the_focus(open_page):
    page = open_page()
    page.fill("[name=first]", "Ann")
    page.keyboard.press("Control+Enter")
    page.locator("#last-error").wait_for()
    assert focused(page) == "last"
    assert page.input_value("[name=first]") == "Ann"
    axe.check(page)


def test_u_undoes_what_the_notice_tells(open_page, site):
    page = open_page("/gallery/toast")
    expect(page.locator("#toasts")).to_contain_text("Task done.")
    before = site.undone
    with page.expect_navigation():
        page.keyboard.press("u")
    assert site.undone == before + 1


def test_a_notice_stays_while_it_is_looked_at_and_leaves_in_its_time(open_page):
    page = open_page("/gallery/toast")
    bar = page.locator(".notice-countdown").first
    page.hover(".notice")
    assert bar.evaluate("el => getComputedStyle(el).animationPlayState") == "paused"
    page.mouse.move(900, 300)
    bar.evaluate("el => el.getAnimations().forEach(one => one.finish())")
    page.locator(".notice").wait_for(state="detached")


def test_what_a_proxy_says_is_not_swapped_into_the_page(open_page):
    page = open_page()
    page.evaluate("htmx.ajax('GET', '/gallery/more', {target: '#row-1'}).catch(() => 0)")
    page.locator(".notice-error", has_text="That did not work").wait_for()
    assert "nonsense" not in page.content()


def test_menus_close_by_escape_and_by_a_click_elsewhere(open_page):
    page = open_page()
    page.click(".topbar-tools .menu:first-child > summary")
    expect(page.locator(".topbar-tools .menu-panel").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".topbar-tools .menu-panel").first).to_be_hidden()
    page.click(".account-opener")
    page.mouse.click(700, 400)
    expect(page.locator("details[data-menu][open]")).to_have_count(0)


def test_a_folded_menu_stays_folded(open_page):
    page = open_page()
    page.click("[data-rail-fold]")
    page.reload()
    assert page.locator(".rail").evaluate("el => el.offsetWidth") < 80


def test_menus_and_drawer_work_without_script(open_page):
    page = open_page(width=390, height=844, script=False)
    page.click(".bottombar a[href='#rail']")
    expect(page.locator(".rail-link", has_text="Segments")).to_be_visible()
    page.click(".rail-close")
    page.click(".bottombar-new")
    expect(page.locator(".bottombar .menu-item", has_text="New contact")).to_be_visible()


def test_fingers_find_their_targets_on_phones(open_page):
    page = open_page(width=390, height=844)
    small = page.evaluate("""[...document.querySelectorAll('.bottombar a, .bottombar summary, .topbar summary, main .btn, main input.form-control, .tabs a, .chip')]
        .filter(el => el.checkVisibility() && el.getBoundingClientRect().height < 43.5).map(el => el.outerHTML.slice(0, 90))""")
    assert small == []
