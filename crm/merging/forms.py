"""The form of a preview: for each field that differs, whose value stays."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField

from crm.fields import options
from crm.merging.choosing import Field


def choices_form(offered: list[Field], words: Any) -> FlaskForm:
    """`words(name)` is the label of a field."""
    fields = {
        one.name: RadioField(words(one.name), choices=options((offer, offer) for offer in one.offers), default=one.winner)
        for one in offered
    }
    return type("ChoicesForm", (FlaskForm,), fields)()
