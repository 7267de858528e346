"""The whole description against the whole application: whatever fits it is answered as it says, never with a server error.

Bounded and deterministic. Half of the ids that are drawn are replaced by those of rows that exist, or most answers would be 404.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from crm.extensions import db
from tests.programs import Program
from tests.segments.conftest import Past

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
          unsupported_method)
EXAMPLES = 8


@pytest.fixture
def rows(app, make, admin):
    """A little of everything, and the ids by the name they have in addresses."""
    past, contact = Past(), make.contact("Ada", "Adler", lifecycle="customer")
    interaction = past.interaction(contact)
    past.answer(contact, 3)
    conversation = past.conversation(contact)
    touchpoint = past.touchpoint("hotline")
    from crm.contacts.models import Organisation
    from crm.segments.models import Segment
    from crm.tasks.models import Task

    segment = past.save(Segment(name="All", rule={"all": []}))
    organisation = past.save(Organisation(name="Acme", sort_name="acme"))
    task = past.save(Task(title="Call", assignee=admin, contact=contact))
    return {"contact_id": contact.id, "interaction_id": interaction.id, "conversation_id": conversation.id, "touchpoint_id": touchpoint.id,
            "segment_id": segment.id, "organisation_id": organisation.id, "task_id": task.id, "ident": contact.id, "key": "hotline"}


@pytest.fixture
def token(app, admin):
    return Program(app, admin, "admin").plain


def operations(app):
    """(name, strategy of requests) of every operation; those that take away come last."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found = [result.ok() for result in schema.get_all_operations()]
    for operation in sorted(found, key=lambda one: one.method.upper() == "DELETE"):
        yield f"{operation.method.upper()} {operation.path}", operation.as_strategy()


def with_real_ids(case, rows) -> None:
    for name, value in (case.path_parameters or {}).items():
        if name in rows and (not isinstance(value, int) or value % 2):
            case.path_parameters[name] = rows[name]
    if isinstance(case.body, dict):
        case.body.update({name: rows[name] for name in set(case.body) & set(rows) if case.body[name] is not None})


def tried(app, strategy, token: str, rows) -> None:
    """Send some requests of one operation; raise with the first that is answered otherwise than described."""

    @given(case=strategy)
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def send(case) -> None:
        with_real_ids(case, rows)
        with app.app_context():
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    send()


@pytest.mark.slow
def test_whatever_fits_the_description_is_answered_as_it_says(app, token, rows):
    db.session.commit()
    faults = []
    for name, strategy in operations(app):
        try:
            tried(app, strategy, token, rows)
        except Exception as error:  # every operation gets its turn
            faults.append(f"{name}\n{type(error).__name__}: {error}")
    assert not faults, "\n\n".join(faults)
