"""The description of the API: for programs as JSON, for people as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from crm import web
from crm.api.reading import chapters, prose
from crm.frame import public

blueprint = Blueprint("api", __name__)


@blueprint.get("/api/v1/openapi.json")
@public
def description():
    response = jsonify(current_app.extensions["api"].description())
    response.headers["Cache-Control"] = "public, max-age=60"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/api/docs")
@public
def docs():
    spec: dict[str, Any] = current_app.extensions["api"].description()
    return web.page("api/docs.html", spec=spec, text=prose(spec["info"]["description"]), chapters=chapters(spec))
