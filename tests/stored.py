"""Lists that are kept and compared, so that nothing appears or vanishes unnoticed. `pytest --update-stored` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule


@pytest.fixture
def stored(request: pytest.FixtureRequest):
    """stored("routes.txt", text): fails when the text differs from the stored one, showing the lines that do."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / name
        if request.config.getoption("--update-stored"):
            path.write_text(text)
            return
        was, now = set(path.read_text().splitlines()), set(text.splitlines())
        changes = [f"- {line}" for line in sorted(was - now)] + [f"+ {line}" for line in sorted(now - was)]
        assert not changes, f"tests/{name} differs. Is that meant? Then: pytest --update-stored tests\n" + "\n".join(changes)

    return compare


def our_rules(app: Flask) -> list[Rule]:
    """Every address of the program; other tests add some of their own to the application all share."""
    return [rule for rule in app.url_map.iter_rules() if not app.view_functions[rule.endpoint].__module__.startswith("tests.")]
