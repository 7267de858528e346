"""What every form does with what is typed."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField

from crm import fields


class Sample(Form):
    name = fields.text("Name", 5)
    notes = fields.long_text("Notes", 100)
    owner = SelectField("Owner", coerce=fields.ident, choices=fields.options([(7, "Anna")], empty="nobody"))


def filled(**values: str) -> Sample:
    form = Sample(MultiDict({"owner": "", **values}))
    form.validate()
    return form


@pytest.mark.parametrize(("typed", "kept"), [("  A   B ", "A B"), ("A\0B", "AB"), ("A\nB", "A B"), ("", "")])
def test_a_line_loses_what_nobody_meant(app, typed, kept):
    assert filled(name=typed).name.data == kept


def test_a_long_text_keeps_its_lines(app):
    assert filled(notes=" one\n\n two\0 ").notes.data == "one\n\n two"


def test_what_is_too_long_is_refused_with_the_number_that_fits(app):
    with app.test_request_context():
        assert filled(name="123456").errors == {"name": ["Use at most 5 characters."]}


@pytest.mark.parametrize(("chosen", "ident"), [("7", 7), ("", None)])
def test_a_choice_is_an_id_or_nothing(app, chosen, ident):
    form = filled(owner=chosen)
    assert (form.owner.data, form.errors) == (ident, {})


def test_somebody_who_is_not_offered_cannot_be_chosen(app):
    with app.test_request_context():
        assert list(filled(owner="8").errors) == ["owner"]
