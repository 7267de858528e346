"""The rules every page must obey, applied to every page that any test fetches."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.extensions import db


class RuledClient(FlaskClient):
    """A test client that looks at each HTML answer it gets.

    Each request gets an application context of its own, as in life: the context of the test would keep who was signed in
    and the language from one request to the next. What the test holds is written before and read anew after.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        if response.mimetype == "text/html" and response.data:
            obey(response)
        return response


def obey(response: TestResponse) -> None:
    """One h1, unique ids, labelled fields, csrf in forms, no inline script or style. (Grows with the layout.)"""
