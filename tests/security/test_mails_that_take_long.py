"""A mail that was made to take long is understood as quickly as any other: one of them must not hold up all that come after it."""

from __future__ import annotations

import time

import pytest

from crm.contacts.naming import guess_name
from crm.mail.explaining import explain
from tests.inbox.conftest import mail

MANY = 60_000


@pytest.mark.parametrize("header", ["From: {} <klara@kunde.example>", "Content-Type: text/plain {}", "Subject: {}", "Authentication-Results: {}", "To: {}", "Date: {}"])
@pytest.mark.parametrize("letter", ["(", " ", "a,", "=?", "[", '"', "<"])
def test_a_header_without_end(header, letter):
    name = header.partition(":")[0].encode()
    raw = b"".join(line for line in mail().splitlines(keepends=True) if not line.startswith(name + b":"))
    began = time.process_time()
    found = explain(f"{header.format('x' + letter * (MANY // len(letter)))}\r\n".encode() + raw, "one.eml")
    if found["from"]:
        guess_name(found["from"]["name"], found["from"]["address"])
    assert time.process_time() - began < 3
