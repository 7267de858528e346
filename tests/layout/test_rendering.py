"""`{{ … }}` escapes whatever could be markup, in templates of every shape."""

import pytest
from flask_babel import lazy_gettext
from jinja2 import DictLoader, pass_context
from markupsafe import Markup

HOSTILE = "<b title=\"x\" class='y'>&amp;</b>"
HARMLESS = "&lt;b title=&#34;x&#34; class=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;"


class Text(str):
    """A text of another type."""


def rendered(app, source: str, **context) -> str:
    with app.test_request_context("/"):
        return app.jinja_env.from_string(source).render(context)


@pytest.mark.parametrize("source", [
    "{{ value }}",
    "{% for one in [value] %}{{ one }}{% endfor %}",
    "{% macro said(text) %}{{ text }}{% endmacro %}{{ said(value) }}",
    "{% set kept %}{{ value }}{% endset %}{{ kept }}",
    "{% with one = value %}{{ one }}{% endwith %}",
    "{{ value ~ '' }}",
    "{{ [value] | join }}",
    "{{ value if value else '' }}",
])
def test_what_could_be_markup_is_escaped(app, source):
    assert rendered(app, source, value=HOSTILE) == HARMLESS
    assert rendered(app, source, value=Text(HOSTILE)) == HARMLESS


@pytest.mark.parametrize("sign", "&<>\"'")
def test_each_special_sign_is_escaped_by_itself(app, sign):
    assert rendered(app, "{{ value }}", value=f"a{sign}b") == f"a{Markup.escape(sign)}b"


@pytest.mark.parametrize(("value", "shown"), [("plain", "plain"), ("", ""), (7, "7"), (1.5, "1.5"), (None, "None"), (True, "True"), (Markup("<b>"), "<b>"), ([HOSTILE[:3]], "[&#39;&lt;b &#39;]")])
def test_everything_else_is_shown_as_ever(app, value, shown):
    assert rendered(app, "{{ value }}", value=value) == shown


def test_lazy_words_are_shown(app):
    assert rendered(app, "{{ value }}", value=lazy_gettext("Open")) == "Open"


def test_templates_that_are_no_pages_stay_as_they_are(app):
    with app.test_request_context("/"):
        assert app.jinja_env.overlay(autoescape=False).from_string("{{ value }}").render(value=HOSTILE) == HOSTILE


PARTS = {
    "base.html": "<h1>{% block heading %}base{% endblock %}</h1>{% block body %}{% endblock %}",
    "middle.html": "{% extends 'base.html' %}{% block heading %}middle of {{ super() }}{% endblock %}{% block body %}<p>{% block words %}{% endblock %}</p>{% endblock %}",
    "page.html": "{% extends 'middle.html' %}{% block words %}{% for one in 'ab' %}{% include 'part.html' %}{% endfor %}{{ self.heading() }}{% endblock %}",
    "part.html": "[{{ one }}{{ value }}{% include ['none.html', 'last.html'] %}{% include 'none.html' ignore missing %}]",
    "last.html": "!",
}


def test_layouts_blocks_and_includes_come_together(app):
    with app.test_request_context("/"):
        page = app.jinja_env.overlay(loader=DictLoader(PARTS)).get_template("page.html").render(value="<")
    assert page == "<h1>middle of base</h1><p>[a&lt;!][b&lt;!]middle of base</p>"


@pytest.mark.parametrize("name", PARTS)
def test_no_piece_passes_through_every_level_above_it(app, name):
    """As long as Jinja's compiler writes what `Environment._generate` expects."""
    code = app.jinja_env.compile(PARTS[name], raw=True)
    assert "yield from" not in code
    assert "for event in gen" not in code


def test_what_templates_call_gets_what_it_asks_for(app):
    """Functions with and without the context, macros, methods, classes; from within blocks and loops."""
    @pass_context
    def whose(context, word):
        return f"{word} {context['value']}"

    source = (
        "{% macro said(word) %}<{{ word }}{{ caller() if caller is defined }}>{% endmacro %}{% block body %}{% for one in [1] %}{{ whose('of') }} {{ said(one) }} "
        "{{ 'x'.upper() }} {{ dict(a=one).a }} {{ plain(one, by=2) }} {{ _('Open') }}{% endfor %}{% endblock %}"
    )
    assert rendered(app, source, value="me", whose=whose, plain=lambda one, by: one * by) == "of me <1> X 1 2 Open"
