"""Sign-in at a provider, against a stand-in for it and a real IMAP server that asks it about each token."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from imapclient.exceptions import IMAPClientError

from crm import clock as clock_module
from crm import sealing
from crm.extensions import db
from crm.inbox.fetching import accounts, oauth, servers
from crm.inbox.fetching.models import MailAccount, MailProvider
from crm.inbox.fetching.session import Session
from crm.inbox.fetching.troubles import TokenRefused, trouble
from crm.outbox.smtp import Line
from tests.inbox.fetching.dovecot import PROGRAM, REASON, Dovecot, free_port
from tests.inbox.fetching.provider import CLIENT, SECRET, StandIn

ADDRESS = "service@firm.example"
ASKS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {path}
}}
"""


@pytest.fixture
def provider(app):
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def office(provider, mailbox, admin, browse):
    """The administrator's browser; the firm is registered, the mailbox is to be signed in at Microsoft."""
    db.session.add(MailProvider(
        key="microsoft", client_id=CLIENT, client_secret=sealing.seal(SECRET), authorise_url=f"{provider.base}/authorise", token_url=f"{provider.base}/token",
    ))
    db.session.add(MailAccount(mailbox_id=mailbox.id, sign_in="microsoft", imap_host="127.0.0.1", imap_security="none", smtp_host="127.0.0.1", smtp_security="none"))
    db.session.commit()
    return browse(admin)


def account() -> MailAccount:
    return db.session.scalars(db.select(MailAccount)).one()


def connect(client, provider: StandIn) -> None:
    away = client.get(f"/settings/mailboxes/{account().mailbox_id}/authorisation")
    assert away.status_code == 302
    back = provider.consent(away.location)
    page = client.get("/settings/mailboxes/authorisation", query_string=back)
    assert page.status_code == 200
    assert not account().tokens  # coming back changes nothing yet
    assert client.post("/settings/mailboxes/authorisation", data=back).status_code == 303


def test_a_mailbox_is_connected_by_consent_and_the_tokens_are_kept_sealed(office, provider):
    connect(office, provider)
    assert oauth.token_of(account().id) == "access1"
    assert "access1" not in account().tokens
    assert "refresh1" not in account().tokens


def test_a_token_is_renewed_before_it_ends_and_the_new_refresh_token_is_kept(office, provider, clock):
    connect(office, provider)
    clock.advance(minutes=50)
    assert oauth.token_of(account().id) == "access1"
    clock.advance(minutes=6)
    assert oauth.token_of(account().id) == "access2"
    clock.advance(hours=2)
    assert oauth.token_of(account().id) == "access3"
    assert [form["grant_type"] for form in provider.log] == ["authorization_code", "refresh_token", "refresh_token"]


def test_a_consent_that_was_withdrawn_is_told_as_such(office, provider, clock):
    connect(office, provider)
    provider.withdrawn = True
    clock.advance(hours=2)
    with pytest.raises(TokenRefused) as refused:
        oauth.token_of(account().id)
    assert trouble(refused.value, "host").kind == "token"


def test_a_provider_that_is_down_costs_no_consent(office, provider, clock):
    connect(office, provider)
    db.session.scalars(db.select(MailProvider)).one().token_url = "http://127.0.0.1:1/token"
    db.session.commit()
    clock.advance(hours=2)
    with pytest.raises(OSError, match="refused") as down:
        oauth.token_of(account().id)
    assert not isinstance(down.value, TokenRefused)
    assert account().tokens


def test_an_answer_that_nobody_asked_for_connects_nothing(office, provider, browse, make):
    away = office.get(f"/settings/mailboxes/{account().mailbox_id}/authorisation")
    back = provider.consent(away.location)
    other = browse(make.user(name="Otto Other", role="admin"))
    assert other.post("/settings/mailboxes/authorisation", data=back).status_code == 422
    assert office.post("/settings/mailboxes/authorisation", data={**back, "state": back["state"] + "x"}).status_code == 422
    assert office.post("/settings/mailboxes/authorisation", data={"state": back["state"]}).status_code == 422
    assert not account().tokens


def test_a_refusal_at_the_provider_is_shown(office):
    page = office.get("/settings/mailboxes/authorisation?error=access_denied&error_description=You+declined")
    assert "You declined" in page.text


def test_without_a_registration_the_way_leads_there(mailbox, admin, browse):
    db.session.add(MailAccount(mailbox_id=mailbox.id, sign_in="google"))
    db.session.commit()
    assert browse(admin).get(f"/settings/mailboxes/{mailbox.id}/authorisation").location == "/settings/mailboxes/providers/google"


def test_the_registration_is_kept_and_its_secret_never_shown(mailbox, admin, browse, client):
    boss = browse(admin)
    data = {"client_id": "abc", "client_secret": "very-secret", "authorise_url": "", "token_url": ""}
    assert boss.post("/settings/mailboxes/providers/microsoft", data=data).status_code == 303
    page = boss.get("/settings/mailboxes/providers/microsoft").text
    assert "abc" in page
    assert "very-secret" not in page
    assert boss.post("/settings/mailboxes/providers/microsoft", data={**data, "token_url": "http://elsewhere.example/"}).status_code == 422
    assert client.get("/settings/mailboxes/providers/microsoft").status_code == 403


@pytest.fixture
def asking_server(provider):
    """A Dovecot that takes tokens and asks the provider about them."""
    if PROGRAM is None:
        pytest.skip(REASON)
    folder = Path(tempfile.mkdtemp(prefix="dc"))
    folder.chmod(0o755)
    ext = folder / "oauth2.conf.ext"
    ext.write_text(f"introspection_mode = get\nintrospection_url = {provider.base}/introspect?token=\nusername_attribute = email\nactive_attribute = active\nactive_value = true\n")
    ext.chmod(0o644)
    with Dovecot(folder / "d", mechanisms="xoauth2 oauthbearer", more=ASKS.format(path=ext)) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


def test_fetching_signs_in_with_the_token_at_a_real_server(office, provider, asking_server, fetch):
    from tests.inbox.conftest import mail

    asking_server.put(ADDRESS, mail())
    account().imap_port = asking_server.port
    db.session.commit()
    connect(office, provider)
    assert fetch(accounts.of(account(), ADDRESS)) == 1
    provider.access.clear()
    with pytest.raises(IMAPClientError) as refused, Session(accounts.of(account(), ADDRESS)):
        pass
    assert trouble(refused.value, "host").kind == "sign_in"


class Taker:
    """aiosmtpd's handler: XOAUTH2 only."""

    def __init__(self, provider: StandIn):
        self.provider, self.mails = provider, []

    async def auth_XOAUTH2(self, server, args):  # noqa: N802
        import base64

        said = base64.b64decode(args[1]).decode()
        user, token = said.split("\1")[0].removeprefix("user="), said.split("\1")[1].removeprefix("auth=Bearer ")
        return AuthResult(success=token in self.provider.access and user == ADDRESS, handled=False)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope.content)
        return "250 taken"


def test_sending_signs_in_with_the_token(office, provider, tmp_path):
    letter = tmp_path / "letter"
    letter.write_bytes(b"Subject: x\r\n\r\nHallo\r\n")
    taker = Taker(provider)
    controller = Controller(taker, "127.0.0.1", free_port(), auth_require_tls=False, ready_timeout=10)
    controller.start()
    try:
        account().smtp_port = controller.port
        db.session.commit()
        connect(office, provider)
        with Line(servers.server_of(account(), ADDRESS)) as line:
            assert line.hand_over(ADDRESS, ["klara@kunde.example"], letter).kind == "sent"
        provider.access.clear()
        with Line(servers.server_of(account(), ADDRESS)) as line:
            assert line.hand_over(ADDRESS, ["klara@kunde.example"], letter).reason == "sign_in"
    finally:
        controller.stop()
    assert len(taker.mails) == 1


def test_a_token_from_before_the_clock_was_set_back_is_renewed(office, provider, clock):
    connect(office, provider)
    account().token_expires_at = clock_module.now() + timedelta(days=3)
    db.session.commit()
    assert oauth.token_of(account().id) == "access2"
