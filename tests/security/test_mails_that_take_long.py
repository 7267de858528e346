"""A mail that was made to take long is understood as quickly as any other: one of them must not hold up all that come after it."""

from __future__ import annotations

import time

import pytest

from crm.contacts.naming import guess_name
from crm.mail.explaining import explain
from crm.mail.sanitising import safe_html
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


@pytest.mark.parametrize("line", ["On a wrote:\n", "Von: a\n", "> \n", "mfg\n"])
def test_a_text_without_end(line):
    raw = mail(line * (MANY // len(line)))
    began = time.process_time()
    explain(raw, "one.eml")
    assert time.process_time() - began < 3


@pytest.mark.parametrize("markup", ["<div>" * 12_000, "<div><select></div></select>" * 42_000, "<blockquote><ul>" * 6_000, "<div><x></div></x><p>" * 12_000])
def test_markup_that_stands_within_itself(markup):
    began = time.process_time()
    assert "Hallo" in safe_html(f"<p>Hallo</p>{markup}")
    assert time.process_time() - began < 4


def test_markup_as_deep_as_people_write_it_stays_as_it_is():
    thread = "<blockquote><div>Hallo" * 60 + "</div></blockquote>" * 60
    assert safe_html(thread) == thread
    assert "<pre>" not in safe_html("<div>Hallo</div>" * 9_000)
