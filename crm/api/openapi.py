"""The description of the API (OpenAPI 3.1), made from the resources themselves."""

from __future__ import annotations

import http
from threading import Lock
from typing import Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest.utils import prepare_response

from crm.api import fields
from crm.api.resource import Resource

TITLE = "Backbone API"
DESCRIPTION = """\
Send a token with every request: `Authorization: Bearer TOKEN`. Times are RFC 3339 with their zone. Fields that are not described
here are refused. Errors are `application/problem+json` with `errors: {field: [reason]}`. Lists answer `{"items", "next"}`; give `next`
as `cursor` to go on. A POST with an `Idempotency-Key` is carried out once however often it is sent. Answers carry an `ETag`;
`If-None-Match` saves the body, `If-Match` keeps you from overwriting what somebody changed since."""


class Problem(fields.Schema):
    """What went wrong (RFC 9457)."""

    type = fields.Text(required=True)
    title = fields.Text(required=True)
    status = fields.Whole(required=True)
    detail = fields.Text(10_000)
    instance = fields.Text(10_000)
    errors = fields.Dict(keys=fields.Text(10_000), values=fields.List(fields.Text(10_000)), metadata={"description": "The reasons, by field."})


def schema_name(schema: Any) -> str:
    """Task of TaskSchema, TaskChange of a partial one; empty (written out in place) of a selection of fields."""
    from marshmallow import Schema

    schema = schema if isinstance(schema, Schema) else schema()
    if schema.only or schema.exclude:
        return ""
    name = type(schema).__name__.removesuffix("Schema")
    return f"{name}Change" if schema.partial else name


def single_null(_converter: Any, _field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A field that says twice that it may be null says it once."""
    kinds = ret.get("type")
    return {"type": list(dict.fromkeys(kinds))} if isinstance(kinds, list) else {}


class Api(flask_smorest.Api):
    """Without pages and error pages of its own: ours do that."""

    ERROR_SCHEMA = Problem

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.resources: list[Resource] = []
        self.undescribed: list[Resource] = []
        self._describing = Lock()

    def register_blueprint(self, blp: Resource, **options: Any) -> None:
        """Its addresses at once, its description when somebody wants to read it: that takes longer than everything else a start needs of the API."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self.resources.append(blp)
        self.undescribed.append(blp)

    def description(self) -> dict[str, Any]:
        """The whole document. Operations are filed under the noun of their resource, not under the name of its blueprint."""
        with self._describing:
            while self.undescribed:
                resource = self.undescribed.pop(0)
                resource.register_views_in_doc(self, self._app, self.spec, name=resource.name, parameters=None)
            self.spec._tags = [{"name": resource.noun, "description": resource.description} for resource in self.resources]
            return self.spec.to_dict()

    def _register_error_handlers(self) -> None:
        """crm/errors.py answers, with problem+json."""

    def _register_etag_headers(self) -> None:
        """The resource's decorators describe them."""

    def _register_pagination_header(self) -> None:
        """Our pages stand in the body."""

    def _register_responses(self) -> None:
        statuses = {status.name: status.phrase for status in http.HTTPStatus if status >= 400}
        for name, phrase in {**statuses, self.DEFAULT_ERROR_RESPONSE_NAME: "What went wrong."}.items():
            response = {"description": phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, "application/problem+json")
            self.spec.components.response(name, response, lazy=True)


def register(app: Flask, resources: list[Resource]) -> None:
    api = Api(spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name)})
    app.config.update(
        API_TITLE=TITLE, API_VERSION="1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}, "security": [{"token": []}]},
    )
    api.init_app(app)
    api.ma_plugin.converter.add_attribute_function(single_null)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for resource in resources:
        api.register_blueprint(resource)
    app.extensions["api"] = api
