"""Accessibility faults of the page a browser shows, found by axe-core (WCAG 2.2 AA and good practice)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def source() -> str:
    return SOURCE.read_text(encoding="utf-8")


# Only what is wrong is described: describing what is right takes most of the time. Nothing of ours is in frames or sheets of others.
RUN = "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false, iframes: false})"
# What depends on colours and sizes, for the same page in another look.
OF_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "aria-hidden-focus", "meta-viewport", "skip-link", "empty-heading", "button-name", "link-name"]


def faults(page: Page) -> list[str]:
    """One line per fault: rule, what it asks, where. Runs through the debugger, so the page's policy does not stand in the way."""
    page.evaluate(source())
    return found(page, {"type": "tag", "values": TAGS})


def faults_of_look(page: Page) -> list[str]:
    """The same page again, after `faults`, in another width or colour."""
    return found(page, {"type": "rule", "values": OF_LOOKS})


def found(page: Page, only: dict[str, Any]) -> list[str]:
    result: dict[str, Any] = page.evaluate(RUN, only)
    return [f"{fault['id']}: {fault['help']} — {node['target']} {node['failureSummary']}" for fault in result["violations"] for node in fault["nodes"]]


def check(page: Page) -> None:
    """Fail, naming each fault, unless axe finds nothing."""
    wrong = faults(page)
    assert not wrong, f"{page.url}\n" + "\n".join(wrong)
