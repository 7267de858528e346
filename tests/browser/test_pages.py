"""Every page of the product, opened in a browser: accessible, quiet, in one language, and no wider than the screen."""

from __future__ import annotations

import smtplib
from functools import cache

import pytest
from babel.messages.pofile import read_po

from crm import translations
from tests.browser import axe
from tests.browser.conftest import ADMIN, PASSWORD, Office, eventually
from tests.browser.furnishing import furnish
from tests.browser.places import NO_PAGES, NoExampleError, Place, application, is_page, places

pytestmark = pytest.mark.browser
SHARES = 3  # as many as `make test` has processes; each opens its share of the pages in an office of its own
HTML = "<h1>Guten Tag</h1><p>Die Maschine dampft.</p><img src='https://elsewhere.example/x.png'><table width=900><tr><td>breit</td></tr></table>"
GIVEN = {"Expectation", "Choose a new password"}  # a survey's name and a mail's subject, in the language they were written in
GONE = {"nowhere": (404,), "accounts.new_password": (410,)}
EXPECTED = ("404 (NOT FOUND)", "410 (GONE)")
TEXTS = """[...document.querySelectorAll('body *')].filter(el => el.checkVisibility() && !el.closest('[lang]:not(html)'))
    .flatMap(el => [...el.childNodes].filter(node => node.nodeType === 3).map(node => node.data.trim()).concat(['placeholder', 'aria-label', 'title'].map(name => el.getAttribute(name))))
    .filter(Boolean)"""


@pytest.fixture(scope="module")
def pages(office: Office, browser) -> list[Place]:
    """The office, with one mail of each awkward kind and one that left, and every page that shows it."""
    office.receive("Frieda Funk <frieda@funk.example>", "Dampf", "Guten Tag.", Content_Language="de")
    send(office, b"")
    send(office, b"From: a@b.example\r\nSubject: Gestaltet\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + HTML.encode())
    page = browser.new_page(base_url=office.base)
    page.goto("/password")
    page.fill("[name=email]", "jonas@nordlicht.example")
    page.press("[name=email]", "Enter")
    page.wait_for_load_state()
    page.context.close()
    app = application(office.environ)
    furnish(app)
    try:
        found = eventually(lambda: complete(app), "an example of every page")
    except AssertionError:
        found = places(app)  # says which one is missing
    return [*found, Place("/nowhere", "nowhere")]


def send(office: Office, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", office.smtp_port) as client:
        client.sendmail("a@b.example", ["service@nordlicht.example"], raw)


def complete(app) -> list[Place]:
    try:
        return places(app)
    except NoExampleError:
        return []


@pytest.fixture(scope="module")
def visitors(office: Office, browser):
    """visitors(place) → a page of somebody signed in, or of nobody; `said` holds what the console complained about."""
    contexts = [browser.new_context(base_url=office.base, viewport={"width": 1440, "height": 900}, locale="de-DE", reduced_motion="reduce") for _ in range(2)]
    signed_in, nobody = [context.new_page() for context in contexts]
    for page in (signed_in, nobody):
        page.said = []
        page.on("pageerror", lambda error, page=page: page.said.append(str(error)))
        page.on("console", lambda line, page=page: page.said.append(line.text) if line.type in ("error", "warning") else None)
    signed_in.goto("/sign-in")
    signed_in.fill("[name=email]", ADMIN)
    signed_in.fill("[name=password]", PASSWORD)
    signed_in.press("[name=password]", "Enter")
    signed_in.wait_for_url(lambda url: "/sign-in" not in url)
    yield lambda place: nobody if place.public else signed_in
    for context in contexts:
        context.close()


@cache
def english() -> frozenset[str]:
    """What stands in the catalogue and is another word in German."""
    found = set()
    for file in (translations.FOLDER / "de").glob("*.po"):
        with file.open("rb") as source:
            found |= {m.id for m in read_po(source) if m.id and isinstance(m.id, str) and m.string != m.id and not m.context}
        with file.open("rb") as source:
            found -= {m.string for m in read_po(source) if isinstance(m.string, str)}
    return frozenset(found)


def open_at(page, place: Place) -> list[str]:
    page.said.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(place.path)
    page.wait_for_load_state("load")
    faults = [said for said in page.said if not any(said.endswith(one) for one in EXPECTED)]
    return faults + ([f"status {answer.status}"] if answer.status not in (200, *GONE.get(place.endpoint, ())) else [])


def too_wide(page, width: int, words: str = "") -> list[str]:
    page.set_viewport_size({"width": width, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} px wide on a screen of {width} px{words}"] if wide > width else []


def enlarged(page) -> list[str]:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return too_wide(page, 390, ", text at 200 %") + too_wide(page, 320, ", text at 200 %")


def look(page, place: Place) -> list[str]:
    """Wide and light first, then the same page on phones in the dark."""
    faults = open_at(page, place)
    faults += axe.faults(page)
    faults += [f"not German: {text}" for text in page.evaluate(TEXTS) if text in english() - GIVEN]
    faults += too_wide(page, 1024)
    page.emulate_media(color_scheme="dark")
    faults += too_wide(page, 390) + axe.faults_of_look(page) + too_wide(page, 320)
    return [f"{place.path}: {fault}" for fault in faults + (enlarged(page) if place.customer else [])]


@pytest.mark.parametrize("share", [pytest.param(number, marks=pytest.mark.xdist_group(f"pages {number}")) for number in range(SHARES)])
def test_every_page_is_accessible_quiet_in_one_language_and_fits_the_screen(pages, visitors, share):
    mine = sorted({place.endpoint for place in pages})[share::SHARES]  # by endpoint: the same in each office
    faults = [fault for place in pages if place.endpoint in mine for fault in look(visitors(place), place)]
    assert not faults, "\n".join(faults)


@pytest.mark.xdist_group("pages 0")
def test_nothing_that_can_be_opened_is_forgotten(pages, office: Office):
    rules = [rule for rule in application(office.environ).url_map.iter_rules() if "GET" in rule.methods]
    assert {rule.endpoint for rule in rules if is_page(rule)} <= {place.endpoint for place in pages}
    assert {rule.endpoint for rule in rules} >= NO_PAGES


@pytest.mark.xdist_group("pages 1")
def test_the_links_of_the_menu_and_of_the_settings_lead_somewhere(pages, visitors):
    page = visitors(pages[0])
    dead = []
    for start in ("/", "/settings", "/inbox"):
        page.goto(start)
        for href in sorted(set(page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))"))):
            if page.request.get(href).status >= 400:
                dead.append(f"{start}: {href}")
    assert not dead
