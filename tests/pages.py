"""The rules every page must obey, applied to every page that any test fetches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from crm.extensions import db


class RuledClient(FlaskClient):
    """A test client that looks at each HTML answer it gets.

    Each request gets an application context of its own, as in life: the context of the test would keep who was signed in
    and the language from one request to the next. What the test holds is written before and read anew after.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        if response.mimetype == "text/html" and response.data and not response.location and db.engine.dialect.name == "sqlite":
            obey(response)  # the words of a page are the same whichever database it comes from: looked at once is enough
        return response


class BrokenRuleError(AssertionError):
    pass


def obey(response: TestResponse) -> None:
    """Raise BrokenRuleError naming every rule the page (or partial) breaks. Mail shown in its isolated frame is not our page."""
    if response.headers.get("Content-Security-Policy", "").startswith("sandbox"):
        return
    faults = faults_of(response.text)
    if faults:
        path = response.request.path if response.request else ""
        raise BrokenRuleError(f"{path} breaks the rules of tests/pages.py:\n" + "\n".join(f"  - {fault}" for fault in faults))


def faults_of(text: str) -> list[str]:
    whole = "<html" in text[:500].lower()
    tree = html.document_fromstring(text) if whole else html.fragment_fromstring(text, create_parent="div")
    rules = RULES + WHOLE_PAGE_RULES if whole else RULES
    return [fault for rule in rules for fault in rule(tree)]


def shown(element: Any) -> str:
    """The element as it stands in the page, cut short."""
    return re.sub(r"\s+", " ", html.tostring(element, encoding="unicode", with_tail=False))[:110]


def spoken(element: Any) -> str:
    """What a screen reader would read out for it: its words, or the names of the pictures in it."""
    pictures = element.xpath(".//@alt | .//@aria-label | .//svg//title/text()")
    return " ".join([element.get("aria-label", ""), *element.itertext(), *pictures]).strip()


# — rules for pages and partials ———————————————————————————————————————————————————————————————————————


def ids_are_unique(tree: Any) -> Iterator[str]:
    counted = Counter(tree.xpath("//@id"))
    yield from (f"the id {ident!r} stands {number} times" for ident, number in counted.items() if number > 1)


def fields_are_labelled(tree: Any) -> Iterator[str]:
    unlabelled = ["hidden", "submit", "button", "reset", "image"]
    labelled = set(tree.xpath("//label/@for"))
    for field in tree.xpath("//input | //select | //textarea"):
        if field.get("type") in unlabelled or field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby"):
            continue
        if not [label for label in field.iterancestors("label") if spoken(label)]:
            yield f"no label: {shown(field)}"


def forms_carry_the_csrf_token(tree: Any) -> Iterator[str]:
    for form in tree.xpath("//form"):
        tokens = len(form.xpath(".//input[@name='csrf_token' or @name='nonce']"))  # customers' pages work without a session
        if (form.get("method") or "get").lower() == "post" and tokens != 1:
            yield f"{tokens} CSRF tokens in {shown(form)}"
        if (form.get("method") or "get").lower() == "get" and tokens:
            yield f"a CSRF token would stand in the address: {shown(form)}"


def forms_that_make_something_are_carried_out_once(tree: Any) -> Iterator[str]:
    addresses = current_app.url_map.bind("localhost") if current_app else None
    for form in tree.xpath("//form[@action][@method='post']") if addresses else ():
        try:
            endpoint, _given = addresses.match(urlsplit(form.get("action")).path, "POST")
        except (HTTPException, RequestRedirect):
            continue
        if getattr(current_app.view_functions[endpoint], "is_once", False) and not form.xpath(".//input[@name='once'][@value!='']"):
            yield f"a second click would make another one: {shown(form)}"


def forms_are_not_nested(tree: Any) -> Iterator[str]:
    yield from (f"a form in a form: {shown(form)}" for form in tree.xpath("//form//form"))


def nothing_is_inline(tree: Any) -> Iterator[str]:
    data = ("application/json", "application/ld+json", "speculationrules")
    for script in tree.xpath("//script[not(@src)]"):
        if script.get("type") not in data:
            yield f"inline script: {shown(script)}"
    for element in tree.xpath("//style | //*[@style]"):
        yield f"inline style: {shown(element)}"
    for element in tree.iter(html.etree.Element):
        handlers = [name for name in element.attrib if re.match(r"on[a-z]+$|hx-on", name)]
        values = [value for name, value in element.attrib.items() if name != "value" and re.match(r"\s*(javascript|js):", value)]
        yield from (f"inline handler {found}: {shown(element)}" for found in handlers + values)


def links_lead_somewhere(tree: Any) -> Iterator[str]:
    for link in tree.xpath("//a"):
        if (link.get("href") or "#").strip() == "#":
            yield f"a link to nowhere: {shown(link)}"


def nothing_loads_from_elsewhere(tree: Any) -> Iterator[str]:
    for address in tree.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src | //source/@src | //use/@href"):
        if re.match(r"(https?:)?//", address):
            yield f"loads from elsewhere: {address}"


def what_can_be_pressed_has_a_name(tree: Any) -> Iterator[str]:
    for element in tree.xpath("//a | //button | //summary"):
        if not spoken(element):
            yield f"nothing to read out: {shown(element)}"
    yield from (f"picture without alt: {shown(picture)}" for picture in tree.xpath("//img[not(@alt)]"))


def nothing_unfinished_is_shown(tree: Any) -> Iterator[str]:
    for words in tree.xpath("//text()[not(ancestor::script) and not(ancestor::textarea) and not(ancestor::pre)]"):
        if words.strip() in ("None", "Undefined", "nan", "[]", "{}") or re.search(r"\{\{|\{%|%\(\w+\)[sd]|<\w+ object at", words):
            yield f"unfinished text: {words.strip()[:80]!r}"


def times_can_be_read_by_programs(tree: Any) -> Iterator[str]:
    yield from (f"<time> without datetime: {shown(time)}" for time in tree.xpath("//time[not(@datetime)]"))


def tables_have_headings(tree: Any) -> Iterator[str]:
    for table in tree.xpath("//table[not(@role='presentation')]"):
        if not table.xpath(".//th"):
            yield f"a table without headings: {shown(table)}"
        yield from (f"<th> without scope: {shown(cell)}" for cell in table.xpath(".//th[not(@scope)]"))


# — rules for whole pages ——————————————————————————————————————————————————————————————————————————————


def there_is_one_h1(tree: Any) -> Iterator[str]:
    headings = tree.xpath("//h1")
    if len(headings) != 1 or not spoken(headings[0]):
        yield f"{len(headings)} h1: {[spoken(heading) for heading in headings]}"


def the_page_has_title_and_language(tree: Any) -> Iterator[str]:
    title = " ".join(tree.xpath("//title//text()")).strip()
    if not title.strip(" ·").removesuffix("Backbone").strip(" ·") and title != "Backbone":
        yield f"the title says nothing: {title!r}"
    if not tree.get("lang"):
        yield "no lang attribute"
    if not tree.xpath("//meta[@name='viewport']"):
        yield "no viewport"


def references_exist(tree: Any) -> Iterator[str]:
    ids = set(tree.xpath("//@id"))
    names = ("aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
    for element in tree.xpath("//*[@for]"):
        if element.get("for") not in ids:
            yield f"label for nothing: {shown(element)}"
    for name in names:
        for element in tree.xpath(f"//*[@{name}]"):
            yield from (f"{name} names {ident!r}, which is not there" for ident in element.get(name).split() if ident not in ids)
    for anchor in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        if anchor[1:] and anchor[1:] not in ids:
            yield f"a link to {anchor}, which is not there"


RULES: list[Callable[[Any], Iterator[str]]] = [
    ids_are_unique, fields_are_labelled, forms_carry_the_csrf_token, forms_that_make_something_are_carried_out_once, forms_are_not_nested, nothing_is_inline, links_lead_somewhere,
    nothing_loads_from_elsewhere, what_can_be_pressed_has_a_name, nothing_unfinished_is_shown, times_can_be_read_by_programs,
    tables_have_headings,
]
WHOLE_PAGE_RULES: list[Callable[[Any], Iterator[str]]] = [there_is_one_h1, the_page_has_title_and_language, references_exist]
