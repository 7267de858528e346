"""Returned mail of the big providers, and what only sounds like it."""

import pytest

from crm.mail.automatic import kind
from crm.mail.bounces import bounce
from crm.mail.parsing import parse
from tests.mail.bounced import BOUNCES, NO_BOUNCES


def mail(headers: str, body: str):
    return parse(f"{headers}\n\n{body}".replace("\n", "\r\n").encode())


@pytest.mark.parametrize(("headers", "body", "failed", "hard"), [each[1:] for each in BOUNCES], ids=[each[0] for each in BOUNCES])
def test_who_failed_and_whether_for_good(headers, body, failed, hard):
    found = bounce(mail(headers, body))
    assert found is not None
    assert ([address for address, _ in found.failed], found.hard) == (failed, hard)
    assert kind(mail(headers, body)) == "bounce"


@pytest.mark.parametrize(("headers", "body"), [each[1:] for each in NO_BOUNCES], ids=[each[0] for each in NO_BOUNCES])
def test_no_false_alarm(headers, body):
    assert bounce(mail(headers, body)) is None
