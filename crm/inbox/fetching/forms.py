"""What an administrator enters about a mailbox's servers, and about the firm's registration at a provider."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField
from wtforms.validators import Length, Optional, ValidationError

from crm import clock, sealing
from crm.fields import TOO_LONG, choice, long_text, text, whole_number
from crm.inbox.fetching.accounts import opened
from crm.inbox.fetching.models import MailAccount, MailProvider
from crm.inbox.fetching.oauth import PROVIDERS
from crm.mail import hosts

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]+\]?")
SECURITIES = {"tls": _l("Encrypted from the start (TLS)"), "starttls": _l("Encrypted after the greeting (STARTTLS)"), "none": _l("Not encrypted")}
SIGN_INS = {"password": _l("Name and password"), **{key: provider.label for key, provider in PROVIDERS.items()}}
BEGINNINGS = {"all": _l("all mail that lies there"), "new": _l("only what comes from now on")}
AFTERWARDS = {"leave": _l("leave it as it is"), "seen": _l("mark it as read"), "move": _l("move it to another folder")}
KEEP = _l("Leave empty to keep the present one.")


def secret(label: Any) -> PasswordField:
    """Never shown again; browsers shall not fill in the administrator's own password."""
    return PasswordField(label, [Length(max=500, message=TOO_LONG)], description=KEEP, render_kw={"autocomplete": "new-password"})


class ServersForm(FlaskForm):
    """Where a mailbox's mail is fetched and where it leaves."""

    sign_in = choice(_l("Sign-in"), SIGN_INS)
    imap_host = text(_l("IMAP server"), 255, description=_l("Empty: this mailbox is not fetched; its mail comes to the built-in receiver."))
    imap_port = whole_number(_l("IMAP port"), 1, 65535)
    imap_security = choice(_l("Encryption of IMAP"), SECURITIES)
    imap_user = text(_l("User name"), 320, description=_l("Empty: the address of the mailbox."), autocomplete="off")
    imap_password = secret(_l("Password"))
    folders = long_text(_l("Folders"), 2000, description=_l("One a line. Each is read by itself."), rows=2)
    begin_with = choice(_l("Take"), BEGINNINGS)
    afterwards = choice(_l("With mail that was taken"), AFTERWARDS)
    afterwards_folder = text(_l("Folder for mail that was taken"), 300)
    smtp_host = text(_l("SMTP server"), 255, description=_l("Empty: mail leaves by the firm's server (CRM_SMTP_URL)."))
    smtp_port = whole_number(_l("SMTP port"), 1, 65535)
    smtp_security = choice(_l("Encryption of SMTP"), SECURITIES)
    smtp_user = text(_l("User name for sending"), 320, description=_l("Empty: the same as for fetching."), autocomplete="off")
    smtp_password = secret(_l("Password for sending"))
    imap_kept, smtp_kept = HiddenField(), HiddenField()  # sealed: what was typed before the test, so that it need not be typed again

    def validate_imap_host(self, field: Any) -> None:
        check_host(field.data)

    def validate_smtp_host(self, field: Any) -> None:
        check_host(field.data)

    def validate_afterwards_folder(self, field: Any) -> None:
        if self.afterwards.data == "move" and not field.data:
            raise ValidationError(_("Name the folder that mail is moved to."))
        if self.afterwards.data == "move" and field.data in self.folder_names:
            raise ValidationError(_("This folder is fetched itself. Choose another one."))

    @property
    def folder_names(self) -> list[str]:
        return [line.strip() for line in (self.folders.data or "").splitlines() if line.strip()]

    @property
    def passwords(self) -> tuple[str, str]:
        """For fetching and for sending: as typed now, or before the test."""
        return self.imap_password.data or opened(self.imap_kept.data or ""), self.smtp_password.data or opened(self.smtp_kept.data or "")

    leads_away = False  # whether a server is entered that has not been one of this mailbox, nor is of the same owner

    def fits(self, account: MailAccount) -> bool:
        """What is kept goes to the servers it was entered for and to others of their owner only: for anybody else's the password is typed anew."""
        typed, typed_for_sending = self.passwords
        known = (account.imap_host, account.smtp_host, *(host for provider in PROVIDERS.values() for host in (provider.imap[0], provider.smtp[0]) if account.sign_in != "password"))
        fetching, sending = (bool(field.data) and not is_one_of(field.data, known) for field in (self.imap_host, self.smtp_host))
        self.leads_away = fetching or sending
        for field, away in ((self.imap_password, fetching and account.imap_secret and not typed),
                            (self.smtp_password, sending and not typed_for_sending and (account.smtp_secret or (account.imap_secret and not typed)))):
            if away and self.sign_in.data == "password":
                field.errors = [*field.errors, _("This server is not the one that the password was entered for. Enter it again.")]
        return not (self.imap_password.errors or self.smtp_password.errors)

    def keep(self) -> None:
        """Through the page of a test; only sealed."""
        self.imap_kept.data, self.smtp_kept.data = map(sealing.seal, self.passwords)

    def fill(self, account: MailAccount) -> None:
        """Into the row; what a provider's mailbox needs is known, so it need not be entered."""
        if self.begin_with.data == "new" and account.begin_with != "new":
            account.begun_at = clock.now()
        for name in ("sign_in", "imap_host", "imap_port", "imap_security", "imap_user", "begin_with", "afterwards", "afterwards_folder", "smtp_host", "smtp_port", "smtp_security", "smtp_user"):
            setattr(account, name, getattr(self, name).data)
        account.folders = "\n".join(self.folder_names) or "INBOX"
        if self.leads_away:
            account.forget_secrets(but_passwords=self.sign_in.data == "password")  # those were typed anew, see `fits`
        account.set_secrets(*self.passwords)
        provider = PROVIDERS.get(account.sign_in)
        if provider and not account.imap_host:
            account.imap_host, account.imap_port, account.imap_security = provider.imap
        if provider and not account.smtp_host:
            account.smtp_host, account.smtp_port, account.smtp_security = provider.smtp


def is_one_of(host: str, known: Iterable[str | None]) -> bool:
    """The same, or of the same owner: imap.firm.example and smtp.firm.example. Numbers have no owner that could be seen."""
    by_name = not host.replace(".", "").isdigit() and ":" not in host and "." in host
    return any(host.lower() == each or (by_name and hosts.is_same(host.lower(), each)) for each in map(str.lower, filter(None, known)))


def check_host(host: str) -> None:
    if host and not HOST.fullmatch(host):
        raise ValidationError(_("Enter the name of a server, such as imap.example.com."))


class ProviderForm(FlaskForm):
    """The firm's registration at Microsoft or Google."""

    client_id = text(_l("Client ID"), 300, autocomplete="off")
    client_secret = secret(_l("Client secret"))
    authorise_url = text(_l("Address of the consent page"), 500, Optional(), description=_l("Empty: the usual one. Enter another one for a tenant of your own."))
    token_url = text(_l("Address for tokens"), 500, Optional(), description=_l("Empty: the usual one."))

    def validate_authorise_url(self, field: Any) -> None:
        check_url(field.data)

    def validate_token_url(self, field: Any) -> None:
        check_url(field.data)

    def fill(self, provider: MailProvider) -> None:
        provider.client_id, provider.authorise_url, provider.token_url = self.client_id.data, self.authorise_url.data, self.token_url.data
        provider.client_secret = sealing.seal(self.client_secret.data or "") or provider.client_secret


def check_url(value: str) -> None:
    """Encrypted, except to this machine (a stand-in for tests)."""
    parts = urlsplit(value)
    if value and (not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")))):
        raise ValidationError(_("Enter an address that begins with https://."))
