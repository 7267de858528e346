"""What the API's resources share: token sign-in, errors, paging, idempotency, ETags, OpenAPI. Each feature has its own api.py.

How to write a resource
=======================
A package's api.py declares one Schema per thing, one Resource per noun and one Endpoint per address, and lists its resources in RESOURCES
(crm/resources.py picks them up). The decorators do everything that is the same everywhere, so an endpoint is three to eight lines:

    from crm.api import Endpoint, ListArguments, Resource, Schema, caller, fields, found, paged, referenced, refuse, sorting

    class TaskSchema(Schema):                                   # written and shown with the same schema
        id = fields.Id(dump_only=True)                          # dump_only: shown, refused when sent
        title = fields.Text(300, least=1, required=True)        # always with a length: PostgreSQL insists on it
        due_at = fields.Moment(allow_none=True)                 # RFC 3339 with zone; naive times are refused
        assignee_id = fields.Id()
        done = fields.Boolean()

    class TaskList(ListArguments):                              # limit, cursor are there already
        sort = sorting("due_at", "created_at", default="due_at")
        assignee_id = fields.Number()                           # in addresses: Number, not Id (everything arrives as text)

    tasks = Resource("tasks", "What a member of staff has to do by a date.")
    KEYS = {"due_at": Task.due_at, "created_at": Task.created_at}

    @tasks.route("")
    class Tasks(Endpoint):
        @tasks.listed(TaskSchema, TaskList)
        def get(self, arguments):                               # the docstring becomes the summary in the description
            '''Tasks, next due first.'''
            return paged(filtered(visible_to(caller()), arguments), arguments, KEYS, Task.id)

        @tasks.created(TaskSchema)
        def post(self, values):                                 # values: parsed, only declared fields
            '''Add a task.'''
            contact = referenced(Contact, values.get("contact_id"), "contact_id")     # unknown id → 422 at that field
            return Task.add(by=caller(), contact=contact, **values)

    @tasks.route("/<int:task_id>")
    class OneTask(Endpoint):
        @tasks.shown(TaskSchema)
        def get(self, task_id):
            '''One task.'''
            return found(visible_to(caller()).where(Task.id == task_id))              # else 404

        @tasks.changed(TaskSchema)                              # values holds only what was sent
        def patch(self, values, task_id): ...

        @tasks.removed()                                        # 204
        def delete(self, task_id): ...

    RESOURCES = (tasks,)

Rules: an endpoint calls a verb and returns the row; it neither commits nor serialises — the decorator flushes, shows, remembers the answer
under its Idempotency-Key and commits once. `refuse(field, reason)` is 422 at a field; raise Refused for 409. Anything raised rolls back.
GET and PATCH of one address must show the same schema: If-Match compares with what GET answers. `scope="admin"` and `right="export"` on a
decorator narrow who may call. `caller()` is the user; pass `provenance="api"` to record(). More shapes: `created(Shown, body=Sent)`,
`created(…, body=False, status=200)` for noun actions without a body (POST /conversations/42/resolution), `removed(Shown)` for 200 with a
body, `answered(Shown, Asked)` for a POST that only asks (set `asking = ("POST",)`), `downloaded("text/csv")` for files.
A resource elsewhere than its name: Resource("recognise", "…", prefix="/recognise"). Schemas are named for what they show, once per API.
Tests: the fixture `program` (tests/conftest.py) is a client with a token: program(scope="read").get("/tasks").
"""

from crm.api import fields
from crm.api.answers import caller, found, missing, referenced, refuse, refuse_all
from crm.api.fields import Schema
from crm.api.lists import ListArguments, paged, sorting
from crm.api.resource import Endpoint, Resource

__all__ = ["Endpoint", "ListArguments", "Resource", "Schema", "caller", "fields", "found", "missing", "paged", "referenced", "refuse", "refuse_all", "sorting"]
