"""A program that speaks to the API with a token."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from crm.accounts.models import ApiToken, User
from crm.extensions import db


class Program:
    """program.post("/tasks", title="Call back") → the answer. Keyword arguments are the JSON body; `headers` are headers."""

    def __init__(self, app: Flask, user: User, scope: str):
        self.client = app.test_client(use_cookies=False)
        self.token, self.plain = ApiToken.issue(user, "test", scope)
        db.session.commit()

    def open(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.plain}", **(headers or {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        return self.open("GET", path, headers=headers, query_string=query or None)

    def post(self, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> TestResponse:
        return self.open("POST", path, headers=headers, json=body)

    def patch(self, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> TestResponse:
        return self.open("PATCH", path, headers=headers, json=body)

    def delete(self, path: str, *, headers: dict[str, str] | None = None) -> TestResponse:
        return self.open("DELETE", path, headers=headers)
