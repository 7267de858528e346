from datetime import timedelta

import pytest
from flask import g

from crm.accounts import aside
from crm.accounts.models import ApiToken
from crm.accounts.programs import recognise


@pytest.fixture
def issued(session, agent, clock):
    token, plain = ApiToken.issue(agent, "shop", "read")
    session.commit()
    return token, plain


def test_a_token_is_recognised_by_its_plain_text(issued):
    token, plain = issued
    assert recognise(plain).id == token.id


def test_the_plain_text_is_kept_nowhere(issued):
    token, plain = issued
    assert plain not in [str(value) for value in vars(token).values()]


def test_an_unknown_token_is_nobody(app):
    assert recognise("crm_made_up") is None


def test_a_revoked_token_is_not_recognised(session, issued):
    token, plain = issued
    token.revoke()
    session.commit()
    assert recognise(plain) is None


def test_an_expired_token_is_not_recognised(session, agent, clock):
    _, plain = ApiToken.issue(agent, "shop", "read", clock.time + timedelta(days=1))
    session.commit()
    assert recognise(plain)
    clock.advance(days=1)
    assert recognise(plain) is None


def test_the_token_of_somebody_who_left_is_not_recognised(session, issued, agent, clock):
    agent.deactivated_at = clock.time
    session.commit()
    assert recognise(issued[1]) is None


def test_last_use_is_noted_once_a_minute(session, issued, clock):
    token, plain = issued
    ident, first = token.id, clock.time
    recognise(plain)
    aside.write()
    assert session.get(ApiToken, ident).last_used_at == first
    clock.advance(seconds=59)
    recognise(plain)
    assert "aside" not in g
    clock.advance(seconds=1)
    recognise(plain)
    aside.write()
    assert session.get(ApiToken, ident).last_used_at == clock.time
