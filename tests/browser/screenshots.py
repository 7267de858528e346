"""Pictures of the pages, from the demo office, by one command that starts the program itself.

    python -m tests.browser.screenshots [DIRECTORY]          the documentation's set (docs/screenshots)
    python -m tests.browser.screenshots --all DIRECTORY      every page: wide, tablet and phone, light and dark, both languages
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.browser.places import application, fill, places
from tests.browser.running import ADMIN, MEMBER, PASSWORD, ROOT, running

SIZES = {"wide": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
DOCUMENTED = ROOT / "docs" / "screenshots"
COLOURS = 128
KNOWN = "/search?q=Margarete+Sommer"  # the customer of the tour


@dataclass(frozen=True)
class Shot:
    """`path`: an address, or a rule of the routes of which the office gives an example. `follow`: css of the link on it that leads to what is shown."""

    name: str
    path: str
    size: str = "wide"
    scheme: str = "light"
    language: str = "en"
    follow: str = ""


PERSON = "main a[href^='/contacts/']"
SHOTS = (
    Shot("my-day", "/"),
    Shot("inbox", "/inbox?view=open"),
    Shot("conversation", "/inbox/<int:ident>"),
    Shot("contact", "/contacts/<int:contact_id>"),
    Shot("contacts", "/contacts?sort=-value"),
    Shot("organisation", "/organisations/<int:ident>"),
    Shot("segment", "/segments/<int:ident>/rule", language="de"),
    Shot("feedback", "/feedback"),
    Shot("touchpoints", "/touchpoints"),
    Shot("tasks", "/tasks", language="de"),
    Shot("contact-dark", "/contacts/<int:contact_id>", scheme="dark", language="de"),
    Shot("inbox-dark", "/inbox/<int:ident>", scheme="dark"),
    Shot("contact-phone", KNOWN, size="phone", follow=PERSON),
    Shot("my-day-phone", "/", size="phone", scheme="dark", language="de"),
    Shot("answer-phone", "/f/<token>", size="phone", language="de"),
)


@contextmanager
def seen(browser: Browser, base: str, shot: Shot) -> Iterator[Page]:
    """A page as the shot wants it, of somebody signed in who works in its language."""
    width, height = SIZES[shot.size]
    context = browser.new_context(base_url=base, viewport={"width": width, "height": height}, color_scheme=shot.scheme, locale=shot.language, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=email]", ADMIN if shot.language == "de" else MEMBER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()


def take(page: Page, shot: Shot, path: str, file: Path) -> None:
    answer = page.goto(path)
    if shot.follow:
        answer = page.goto(page.locator(shot.follow).first.get_attribute("href") or path)
    assert answer is not None, path
    if answer.status >= 500:
        raise SystemExit(f"{page.url} answers {answer.status}; nobody wants a picture of that.")
    page.wait_for_load_state("networkidle")
    file.parent.mkdir(parents=True, exist_ok=True)
    small(page.screenshot()).save(file, optimize=True)


def small(png: bytes) -> Image.Image:
    """With a palette: a page has few colours, and a third of the bytes is enough."""
    return Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def document(browser: Browser, environ: dict[str, str], directory: Path) -> None:
    app = application(environ)
    rules = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}
    for shot in SHOTS:
        with app.app_context():
            path = fill(rules[shot.path], shot.path) if "<" in shot.path else shot.path
        with seen(browser, environ["CRM_BASE_URL"], shot) as page:
            take(page, shot, path, directory / f"{shot.name}.png")


def everything(browser: Browser, environ: dict[str, str], directory: Path) -> None:
    found = places(application(environ), complete=False)
    looks = [Shot("", "", size, scheme, language) for size in SIZES for scheme in ("light", "dark") for language in ("en", "de")]
    for look in looks:
        with seen(browser, environ["CRM_BASE_URL"], look) as page:
            for place in found:
                name = re.sub(r"\W+", "-", place.endpoint)
                take(page, look, place.path, directory / f"{name}.{look.size}-{look.scheme}-{look.language}.png")


def main(arguments: list[str]) -> None:
    names = [one for one in arguments if not one.startswith("--")]
    make = everything if "--all" in arguments else document
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as environ, chromium() as browser:
        make(browser, environ, Path(names[0]) if names else DOCUMENTED)


if __name__ == "__main__":
    main(sys.argv[1:])
