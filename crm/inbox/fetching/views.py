"""Settings: the servers of a mailbox, with a button that says what is wrong, and how it is signed in at a provider."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, request, session
from flask_babel import gettext as _
from flask_login import current_user

from crm import sealing, web
from crm.accounts.trail import audit
from crm.extensions import db
from crm.frame import needs
from crm.inbox.fetching import accounts, oauth, servers, trials
from crm.inbox.fetching.forms import ProviderForm, ServersForm
from crm.inbox.fetching.models import MailAccount, MailProvider
from crm.inbox.fetching.troubles import TokenRefused, said
from crm.inbox.fetching.views_reconciliation import blueprint as reconciliation
from crm.inbox.models import Mailbox

blueprint = Blueprint("fetching", __name__)
blueprint.register_blueprint(reconciliation)
SECRETS = ("imap_secret", "smtp_secret", "tokens", "token_expires_at")
ASKED = "authorisation"


@blueprint.get("/settings/mailboxes/<int:ident>/servers")
@needs("settings")
def show(ident: int):
    mailbox, account = found(ident)
    return page(mailbox, account, ServersForm(formdata=None, obj=account))


@blueprint.post("/settings/mailboxes/<int:ident>/servers")
@needs("settings")
def save(ident: int):
    mailbox, account = found(ident)
    form = ServersForm()
    if not (form.validate() and form.fits(account)):
        return page(mailbox, account, form, status=422)
    form.fill(account)
    db.session.add(account)
    db.session.flush()
    audit("mailbox.servers_edited", mailbox, imap=account.imap_host, smtp=account.smtp_host)
    web.toast(_("Saved"))
    db.session.commit()
    return web.done(f"/settings/mailboxes/{ident}/servers")


@blueprint.post("/settings/mailboxes/<int:ident>/servers/trial")
@needs("settings")
def trial(ident: int):
    """With what stands in the form, saved or not. Nothing of the database is held while we connect."""
    mailbox, account = found(ident)
    form = ServersForm()
    if not (form.validate() and form.fits(account)):
        return page(mailbox, account, form, status=422)
    tried, address = as_typed(account, form), mailbox.address
    audit("mailbox.servers_tried", mailbox, imap=tried.imap_host, smtp=tried.smtp_host)
    db.session.commit()
    form.keep()
    findings = [trials.try_fetching(accounts.of(tried, address))] if tried.imap_host else []
    findings += [trials.try_sending(servers.server_of(tried, address))] if tried.smtp_host else []
    return page(*found(ident), form, findings=findings, tried=True)


def as_typed(account: MailAccount, form: ServersForm) -> MailAccount:
    """A row that is never stored: the form over the secrets that are there."""
    tried = MailAccount(id=account.id, mailbox_id=account.mailbox_id, begin_with=account.begin_with or "", **{name: getattr(account, name) or None for name in SECRETS})
    for name in SECRETS[:3]:
        setattr(tried, name, getattr(account, name) or "")
    form.fill(tried)
    return tried


def page(mailbox: Mailbox, account: MailAccount, form: ServersForm, *, status: int = 200, **context: Any):
    known: dict[str, Any] = {"connected": bool(account.tokens), "has_imap_password": bool(account.imap_secret), "provider": oauth.PROVIDERS.get(account.sign_in)}
    return web.page("inbox/fetching/servers.html", status=status, mailbox=mailbox, account=account, form=form, **known, **context)


def found(ident: int) -> tuple[Mailbox, MailAccount]:
    """The mailbox and its servers; those of a mailbox that has none yet are a new row with the usual values."""
    mailbox = db.session.get(Mailbox, ident) or abort(404)
    account = db.session.scalars(db.select(MailAccount).where(MailAccount.mailbox_id == ident)).one_or_none()
    usual = {"sign_in": "password", "imap_port": 993, "imap_security": "tls", "folders": "INBOX", "begin_with": "all", "afterwards": "leave", "smtp_port": 587, "smtp_security": "starttls"}
    return mailbox, account or MailAccount(mailbox_id=ident, tokens="", imap_secret="", smtp_secret="", **usual)


# — sign-in at a provider ——————————————————————————————————————————————————————————————————————————————————


@blueprint.get("/settings/mailboxes/<int:ident>/authorisation")
@needs("settings")
def leave(ident: int):
    """On to the provider. What we remember until the administrator comes back is in their session."""
    _mailbox, account = found(ident)
    if account.id is None or account.sign_in not in oauth.PROVIDERS:
        abort(404)
    asking = oauth.ask(account, current_user.user.id)
    if asking is None:
        return redirect(f"/settings/mailboxes/providers/{account.sign_in}")
    session[ASKED] = asking.remembered
    return redirect(asking.url)


@blueprint.get(oauth.RETURN)
@needs("settings")
def come_back():
    """A page of ours with a button: coming here changes nothing yet."""
    mailbox = asked_for(request.args.get("state", ""))
    refused = request.args.get("error_description") or request.args.get("error") or ""
    return web.page("inbox/fetching/authorisation.html", mailbox=mailbox, refused=refused[:300], code=request.args.get("code", ""), state=request.args.get("state", ""))


@blueprint.post(oauth.RETURN)
@needs("settings")
def connect():
    mailbox, code, state = asked_for(request.form.get("state", "")), request.form.get("code", ""), request.form.get("state", "")
    if mailbox is None or not code:
        return web.page("inbox/fetching/authorisation.html", status=422, mailbox=None, refused="", code="", state="")
    account = found(mailbox.id)[1]
    try:
        oauth.connect(account, code, session.pop(ASKED))
    except (TokenRefused, sealing.Unsealable, OSError) as error:
        db.session.rollback()
        return web.page("inbox/fetching/authorisation.html", status=422, mailbox=asked_for(state) or mailbox, refused=said(error), code="", state="")
    audit("mailbox.connected", mailbox, provider=account.sign_in)
    web.toast(_("The mailbox is connected"))
    db.session.commit()
    return web.done(f"/settings/mailboxes/{mailbox.id}/servers")


def asked_for(state: str) -> Mailbox | None:
    ident = oauth.mailbox_of(state, current_user.user.id, session.get(ASKED))
    return db.session.get(Mailbox, ident) if ident else None


@blueprint.route("/settings/mailboxes/providers/<any(microsoft, google):key>", methods=["GET", "POST"])
@needs("settings")
def provider(key: str):
    known = db.session.scalars(db.select(MailProvider).where(MailProvider.key == key)).one_or_none() or MailProvider(key=key, client_secret="")
    form = ProviderForm(obj=known) if request.method == "POST" else ProviderForm(formdata=None, obj=known)
    shown: dict[str, Any] = {"form": form, "key": key, "label": oauth.PROVIDERS[key].label, "return_url": oauth.return_url()}
    if request.method == "GET":
        return web.page("inbox/fetching/provider.html", **shown)
    if not form.validate():
        return web.invalid("inbox/fetching/provider.html", **shown)
    form.fill(known)
    db.session.add(known)
    audit("mail_provider.edited", known)
    web.toast(_("Saved"))
    db.session.commit()
    return web.done("/settings/mailboxes")
