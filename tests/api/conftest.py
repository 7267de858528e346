"""A tiny resource of its own (departments), so that the common part is tested without any feature."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm import create_app
from crm.accounts.models import Department
from crm.api import Endpoint, ListArguments, Resource, Schema, fields, found, openapi, paged, refuse, sorting
from crm.errors import Refused
from crm.extensions import db


class BenchSchema(Schema):
    id = fields.Id(dump_only=True)
    key = fields.Text(40, least=1, required=True)
    name = fields.Text(80, required=True)
    position = fields.Whole(0, 1000)
    created = fields.Moment(load_only=True)


class BenchList(ListArguments):
    sort = sorting("name", "position", default="name")
    key = fields.Text(40)


class BenchQuestion(Schema):
    word = fields.Text(20, required=True)


def benches() -> Resource:
    resource = Resource("benches", "Where people sit.")

    @resource.route("")
    class Benches(Endpoint):
        @resource.listed(BenchSchema, BenchList)
        def get(self, arguments):
            """All benches."""
            query = select(Department)
            if "key" in arguments:
                query = query.where(Department.key == arguments["key"])
            return paged(query, arguments, {"name": Department.name, "position": Department.position}, Department.id)

        @resource.created(BenchSchema)
        def post(self, values):
            """Add a bench."""
            if values["key"] == "stone":
                raise Refused("No stones.", "key")
            if values["key"] == "broken":
                raise RuntimeError("broken")
            if values["key"] == "nowhere":
                refuse("key", "Nowhere is no place.")
            values.pop("created", None)
            department = Department(**values)
            db.session.add(department)
            return department

    @resource.route("/<int:bench_id>")
    class Bench(Endpoint):
        @resource.shown(BenchSchema)
        def get(self, bench_id):
            return found(select(Department).where(Department.id == bench_id))

        @resource.changed(BenchSchema)
        def patch(self, values, bench_id):
            bench = self.one(bench_id)
            for name, value in values.items():
                setattr(bench, name, value)
            return bench

        @resource.removed(scope="admin", right="delete")
        def delete(self, bench_id):
            db.session.delete(self.one(bench_id))

        def one(self, bench_id):
            return found(select(Department).where(Department.id == bench_id))

    @resource.route("/question")
    class Question(Endpoint):
        asking = ("POST",)

        @resource.answered(BenchSchema(only=("name",)), BenchQuestion)
        def post(self, values):
            return {"name": values["word"]}

    return resource


@pytest.fixture(scope="session")
def application(settings, application):
    """As everywhere, with the tiny resource added: an application of its own, since routes cannot be added to one in use."""
    from crm import resources

    ordinary = openapi.register
    try:
        openapi.register = lambda app, listed: ordinary(app, [*listed, benches()])
        resources.openapi.register = openapi.register
        app = create_app(settings, testing=True)
    finally:
        openapi.register = resources.openapi.register = ordinary
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()
