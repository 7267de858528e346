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


def faults(page: Page) -> list[str]:
    """One line per fault: rule, what it asks, where. Runs through the debugger, so the page's policy does not stand in the way."""
    page.evaluate(source())
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{fault['id']}: {fault['help']} — {node['target']} {node['failureSummary']}" for fault in found["violations"] for node in fault["nodes"]]


def check(page: Page) -> None:
    """Fail, naming each fault, unless axe finds nothing."""
    found = faults(page)
    assert not found, f"{page.url}\n" + "\n".join(found)
