"""A page with every part of the layout on it, for tests and for looking at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, render_template, request
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from crm import clock, marks

NAMES = ("Dr. Anna Müller", "Carl Weiß", "Şule Öztürk", "Jean-Luc de la Vallée", "Bo Li", "Maximiliane von Hohenlohe-Bartenstein")


class GalleryForm(FlaskForm):
    first = StringField("First name", validators=[Length(max=3, message="Shorten this to three letters.")])
    last = StringField("Last name", validators=[InputRequired("Enter the last name.")])
    email = StringField("Email")
    lifecycle = SelectField("Lifecycle", choices=[SelectChoice("lead", "Lead"), SelectChoice("customer", "Customer")])
    address = RadioField("Form of address", choices=[SelectChoice("sie", "Sie"), SelectChoice("du", "Du")], default="sie")
    agreed = BooleanField("Wants the newsletter")
    note = TextAreaField("Note")


def rows() -> list[Any]:
    keys, lives = list(marks.CHANNELS), list(marks.LIFECYCLES)
    return [
        SimpleNamespace(name=NAMES[i % 6], firm="Holzbau Grün GmbH" if i % 2 else "Stadtwerke Überlingen", lifecycle=lives[i % 4], channel=keys[i % 11],
                        survey=("nps", "csat", "ces")[i % 3], score=(i * 3) % 5 + 1, at=clock.now() - timedelta(minutes=7 * i * i), value=i * 1234.5)
        for i in range(12)
    ]


def context() -> dict[str, Any]:
    return {"rows": rows(), "form": GalleryForm(), "statuses": list(marks.STATUSES), "soon": clock.now() + timedelta(days=2, hours=1), "active": "contacts"}


def add_gallery(app: Flask) -> None:
    """/gallery on `app`; POST shows the form with its errors."""
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(Path(__file__).parent)])

    def gallery():
        given = context()
        if request.method == "POST":
            given["form"].validate()
        return render_template("gallery.html", **given), 422 if request.method == "POST" else 200

    app.add_url_rule("/gallery/rest", "gallery_rest", lambda: "")  # the next page of its list
    app.add_url_rule("/gallery", "gallery", gallery, methods=["GET", "POST"])
