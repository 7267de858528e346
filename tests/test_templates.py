"""Templates: they compile, partials stand alone, nothing is marked safe without a reason, no word stands outside gettext."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import wtforms
from jinja2 import nodes

ROOT = Path(__file__).parent.parent / "crm"
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt"))

# Names and marks that read the same in every language.
UNTRANSLATED = {"Backbone", "Ctrl", "Enter", "Esc", "API", "CSV", "NPS", "CSAT", "CES", "OpenAPI", "JSON", "bearer", "Bearer", "TOKEN", "Authorization"}
SPOKEN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt")


@pytest.fixture
def sources(app):
    return {name: (TEMPLATES / name).read_text() for name in NAMES}


def test_every_template_compiles(app):
    for name in NAMES:
        app.jinja_env.get_template(name)


def test_partials_extend_nothing(sources):
    assert [name for name, text in sources.items() if Path(name).name.startswith("_") and "{% extends" in text] == []


def test_pages_extend_a_layout_or_are_mails(sources):
    standing_alone = re.compile(r"(^|/)(_|base\.html$|forms\.html$|ui\.html$|plain\.html$|paper\.html$|customer\.html$)|mail|macros")
    pages = {name: text for name, text in sources.items() if not standing_alone.search(name) and not re.search(r"{%-? macro", text)}
    assert [name for name, text in pages.items() if "{% extends" not in text] == []


def test_no_template_is_longer_than_120_lines(sources):
    assert {name: text.count("\n") for name, text in sources.items() if text.count("\n") > 120} == {}


def test_nothing_is_marked_safe_without_a_reason(sources):
    """`|safe` needs a comment on its line that says why: {# safe: made by nh3 #}."""
    lines = [(name, line) for name, text in sources.items() for line in text.splitlines()]
    assert [(name, line.strip()) for name, line in lines if re.search(r"\|\s*safe\b|autoescape false", line) and "{# safe:" not in line and not name.endswith(".txt")] == []


def test_what_fetches_itself_says_where_it_goes(sources):
    """Without a target of its own it would take the one of whatever it is put into: the whole conversation, say."""
    tags = [(name, tag) for name, text in sources.items() for tag in re.findall(r"<[a-z]+[^>]*\shx-get=[^>]*>", text)]
    by_itself = re.compile(r'hx-trigger="[^"]*\b(load|revealed|intersect|every|toggle)\b')
    assert [(name, tag) for name, tag in tags if (by_itself.search(tag) or 'hx-swap="outerHTML"' in tag) and "hx-target" not in tag] == []


def test_addresses_in_rows_are_written_out(app, sources):
    """url_for costs more than the row it stands in."""
    found = []
    for name, text in sources.items():
        for loop in app.jinja_env.parse(text).find_all(nodes.For):
            calls = [call for call in loop.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == "url_for"]
            found += [f"{name}:{call.lineno}" for call in calls]
    assert found == []


def test_every_template_is_used(sources):
    python = "\n".join(path.read_text() for path in ROOT.rglob("*.py"))
    everything = python + "\n".join(sources.values())
    chosen = set(re.findall(r'f"([\w/]+)/\{', python))  # f"accounts/mails/{purpose}.txt"
    assert [name for name in NAMES if name not in everything and str(Path(name).parent) not in chosen] == []


# — every word goes through gettext ————————————————————————————————————————————————————————————————————


class Words(HTMLParser):
    """Collects the words of a page's text and of the attributes that are read out."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style", "code", "kbd")
        self.found += [value or "" for name, value in attributes if name in SPOKEN_ATTRIBUTES]

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "code", "kbd")

    def handle_data(self, data):
        if not self.silent:
            self.found.append(data)


def literals(app, source: str) -> list[str]:
    """Words that stand in the template itself: not in an expression, not in {% trans %}."""
    text, inside = "", False
    for _line, kind, value in app.jinja_env.lex(source):
        if kind == "name" and value in ("trans", "endtrans", "body_class", "endblock"):
            inside = not value.startswith("end")
        elif kind == "data" and not inside:
            text += value
        elif kind == "variable_end":
            text += "·"
    words = Words()
    words.feed(re.sub(r"(</?)·", r"\1x", text))
    pieces = [re.sub(r'/\w+|[\w:-]+="[^"]*"', "", piece) for piece in words.found]  # parts of addresses, attributes kept in a macro
    return [word for piece in pieces for word in re.findall(r"[^\W\d_]{2,}", piece) if word not in UNTRANSLATED]


def test_no_word_of_a_template_is_a_literal(app, sources):
    found = {name: literals(app, text) for name, text in sources.items() if not name.endswith("openapi.html")}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{{ _('Saved') }}</p>", []),
        ("<p>{% trans %}Saved{% endtrans %}</p>", []),
        ('<a class="btn" href="/contacts">{{ x }}</a>', []),
        ("<p>Saved {{ x }}</p>", ["Saved"]),
        ('<img alt="Logo">', ["Logo"]),
        ('<input placeholder="{{ _("x") }} today">', ["today"]),
    ],
)
def test_a_literal_is_seen(app, source, words):
    assert literals(app, source) == words


# Calls whose argument at that place is read by people.
FIELDS = {name for name in dir(wtforms) if name.endswith("Field")} - {"Field"}
SPEAKING = {"toast": 0, "Refused": 0, "ValidationError": 0, "offer": 1}


def spoken_constants(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = 0 if name in FIELDS else SPEAKING.get(name)
            if place is not None and len(node.args) > place and is_text(node.args[place]):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(is_text(part) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.search(r"[^\W\d_]{2,}", node.value))


def test_what_python_says_to_people_goes_through_gettext():
    paths = [path for path in ROOT.rglob("*.py") if path.name != "cli.py" and "api" not in path.parts and path.name != "api.py"]
    assert [where for path in paths for where in spoken_constants(path)] == []
