"""Pictures of the pages, for the documentation and for looking at: wide, tablet and phone, light and dark, both languages.

    python -m tests.browser.screenshots http://127.0.0.1:8000 EMAIL PASSWORD [DIRECTORY] [--all]

Without --all it takes the documentation's set: each page wide and light in English, and the ones marked below on a phone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import chromium

SIZES = {"wide": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
DOCUMENTED = Path(__file__).parent.parent.parent / "docs" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """`path` may be a callable-free address or begin with '>' and name the link (css) to follow from the address before the blank."""

    name: str
    path: str
    follow: str = ""  # css of a link on that page; the picture is of where it leads
    phone: bool = False


SHOTS = (
    Shot("my-day", "/", phone=True),
    Shot("inbox", "/inbox", phone=True),
    Shot("conversation", "/inbox", "main [data-list] a[href^='/inbox/']"),
    Shot("contacts", "/contacts"),
    Shot("contact", "/contacts?sort=last_in", "main [data-list] a[href^='/contacts/']", phone=True),
    Shot("organisations", "/organisations"),
    Shot("tasks", "/tasks"),
    Shot("segments", "/segments"),
    Shot("feedback", "/feedback"),
    Shot("touchpoints", "/touchpoints"),
    Shot("settings", "/settings"),
)


def signed_in(browser: Browser, base: str, email: str, password: str, size: str, scheme: str, locale: str) -> BrowserContext:
    width, height = SIZES[size]
    context = browser.new_context(base_url=base, viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale,  # type: ignore[arg-type]
                                  reduced_motion="reduce", device_scale_factor=1)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return context


def take(page: Page, shot: Shot, file: Path) -> None:
    page.goto(shot.path)
    if shot.follow and page.locator(shot.follow).count():
        page.goto(page.locator(shot.follow).first.get_attribute("href") or shot.path)
    page.wait_for_load_state("networkidle")
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file)


def wanted(everything: bool) -> Iterable[tuple[str, str, str]]:
    if not everything:
        return [("wide", "light", "en"), ("phone", "light", "en")]
    return [(size, scheme, locale) for size in SIZES for scheme in ("light", "dark") for locale in ("en", "de")]


def main(base: str, email: str, password: str, directory: Path, everything: bool) -> None:
    with chromium() as browser:
        for size, scheme, locale in wanted(everything):
            context = signed_in(browser, base, email, password, size, scheme, locale)
            for shot in SHOTS:
                if everything or size == "wide" or shot.phone:
                    suffix = f"-{size}-{scheme}-{locale}" if everything else ("-phone" if size == "phone" else "")
                    take(context.pages[0], shot, directory / f"{shot.name}{suffix}.png")
            context.close()


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(given[0], given[1], given[2], Path(given[3]) if len(given) > 3 else DOCUMENTED, "--all" in sys.argv)
