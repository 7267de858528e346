"""Whatever somebody managed to store: it is shown as the text it is."""

from __future__ import annotations

import pytest

from tests.security.world import EVIL, TRACES


@pytest.mark.slow
def test_no_page_runs_what_somebody_wrote(browse, world, admin):
    client = browse(admin)
    pages = [name.partition(" ")[2] for name in world.paths if name.startswith("GET ")]
    told = {}
    for path in pages:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(path, headers=headers)
            assert answer.status_code < 500, path
            told[path] = answer.status_code
            if answer.mimetype == "text/html" and not answer.headers["Content-Security-Policy"].startswith("sandbox"):
                assert [trace for trace in TRACES if trace in answer.text] == [], path
    assert sum(status == 200 for status in told.values()) > 60, told


def test_the_attackers_text_is_there_to_be_seen(browse, world, admin):
    """Or the test above would prove nothing."""
    client = browse(admin)
    shown = "&lt;script&gt;evil()&lt;/script&gt;"
    about = [f"/contacts/{world.contact.id}", f"/organisations/{world.organisation.id}", f"/inbox/{world.conversation.id}", f"/tasks/{world.task.id}", "/tasks",
             f"/segments/{world.segment.id}", f"/touchpoints/{world.touchpoint.id}", f"/feedback/answers/{world.answer.id}", "/settings/audit", "/settings/users",
             f"/outbox/{world.delivery.id}", "/account/tokens"]
    assert [path for path in about if shown not in client.get(path).text] == []
    assert EVIL not in client.get("/contacts").text
