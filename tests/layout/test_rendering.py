"""`{{ … }}` escapes whatever could be markup, in templates of every shape."""

import pytest
from flask_babel import lazy_gettext
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
