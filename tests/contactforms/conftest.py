import re

import pytest

from crm.contactforms.kinds import FIRST
from crm.contactforms.models import ContactForm


@pytest.fixture
def mailbox(make):
    from crm.inbox.models import Mailbox

    return make.save(Mailbox(name="Service", address="service@firm.example", is_default=True))


@pytest.fixture
def form(make, mailbox):
    texts = {"en": {"title": "Write to us", "thanks": "We answer within a day."}, "de": {"title": "Schreiben Sie uns"}}
    return make.save(ContactForm(key="contact", name="Website", fields=[dict(field) for field in FIRST], texts=texts, origins=[], mailbox_id=mailbox.id))


def stamp_in(page: str) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


ADA = {"name": "Ada Lovelace", "email": "ada@engine.example", "subject": "The engine", "message": "Does it weave?\n\nRegards"}


@pytest.fixture
def send(nobody, clock, form):
    """Open the page, wait as people do, send it."""

    def post(answers=ADA, query="", *, wait=5, stamp=None, files=(), lang="en"):
        stamp = stamp or stamp_in(nobody.get(f"/form/contact?lang={lang}&{query}").text)
        clock.advance(seconds=wait)
        return nobody.post("/form/contact", data={**answers, "nonce": stamp, "lang": lang, "file": list(files)}, content_type="multipart/form-data")

    return post
