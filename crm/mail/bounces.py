"""Mail that came back: delivery status notifications by the book (RFC 3464), then what servers write instead."""

import re
from typing import NamedTuple

from crm.mail.charsets import decode
from crm.mail.diagnoses import ADDRESS_GONE, FAILED_TEXT, NOT_THE_ADDRESS, OVER_QUOTA, PERMANENT, SUBJECT, TEMPORARY
from crm.mail.parsing import Mail
from crm.mail.parts import Part, read_tree

DAEMON = re.compile(r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mail-?er|mdaemon|mailerdaemon|bounces?|mmdf|mailsys|mail-delivery|mailrouter)(?:[\\+_.-][^@]*)?(?:@|$)", re.I)
DAEMON_NAME = re.compile(r"mail(?:er)? (?:delivery|administrator|daemon|system)|mail delivery (?:sub)?system|postmaster|delivery (?:subsystem|status)|mailer-daemon", re.I)
REPLIED = re.compile(r"\s*(?:re|aw|fwd?|wg|sv|tr|rv|antw|odp)\s*:", re.I)
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9_-]{1,63}\.){1,9}[A-Za-z](?:[A-Za-z0-9-]{0,24}[A-Za-z0-9])?")
RECIPIENT = re.compile(r"^[ \t]*(?:(?:Final|Original)-Recipient)[ \t]*:[ \t]*(?:[\w-]+[ \t]*;)?[ \t]*(.+)$", re.I | re.M)
FIELD = re.compile(r"^([A-Za-z0-9-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.M)
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
SMTP_CODE = re.compile(r"(?<![\d.])([45])(\d\d)(?=[ -]|$)")
NAMED = [
    re.compile(r"(?:rcpt to:\s{0,9}|(?:recipient(?:\(s\)|s)?|address|user|mailbox|account)(?::\s{0,9}|\s{1,9})|^[ \t]{0,9}to:\s{0,9}|\bfor\s{1,9}|\ban:\s{1,9})<?\"?(ADDR)".replace("ADDR", ADDRESS.pattern), re.I | re.M),
    re.compile(r"^[ \t*>|-]{0,60}<?(?:mailto:)?(ADDR)>?".replace("ADDR", ADDRESS.pattern), re.M),
    re.compile(rf"({ADDRESS.pattern})"),
]
ORIGINAL = re.compile(
    r"^[ \t>|]*(?:-{2,}.{0,60}(?:original|copy of|returned|unsent|message (?:header|text|follows)|headers?).{0,60}|(?:received|return-path|x-mailer|dkim-signature|message-id|mime-version)[ \t]*:"
    r".*|.{0,40}(?:copy of (?:the|your) message|original message (?:follows|headers?)|returned message).{0,60})$",
    re.I | re.M,
)
FOLLOWING = re.compile(
    r"(?:following|these|this)[^.\n]{0,40}(?:recipient|address|user)[^:\n]{0,60}:?|(?:not|n'?t)(?: be| been)? deliver\w* to(?: the)?|permanent fatal errors|folgende[nr]? (?:empfänger|adresse)[^:\n]{0,40}:?",
    re.I,
)
# Not what a customer would write of a parcel: an address, and nothing between it and the verb.
NOT_DELIVERED_TO = re.compile(
    r"(?:message|mail|e-?mail|nachricht)[^.\n]{0,60}?(?:(?:could|can|was|has) ?(?:not|n'?t)(?: be| been)?|konnte nicht|n'a pas pu)[^.\n:]{0,30}?(?:deliver\w*|sent|zugestellt|d[ée]livr[ée]\w*)"
    rf"[^.\n:]{{0,30}}(?::|to|an|à|a)?\s{{0,6}}<?{ADDRESS.pattern}", re.I)
# Sieve's reject and full boxes answer with a disposition notification.
REJECTED = re.compile(r"automatically rejected", re.I)
HEADER_TO = re.compile(r"^[ \t>|]*(?:to|x-original-to|delivered-to|envelope-to)[ \t]*:[ \t]*(.{1,500})$", re.I | re.M)
DAEMON_ADDRESS = re.compile(r"^(?:mailer-daemon|postmaster|abuse|support|helpdesk|noc|no-?reply|daemon|root)@", re.I)
GONE_CODE = re.compile(r"5\.(?:1\.[0-6]|4\.4|1\.10)$")
MOST = 200_000


class Bounce(NamedTuple):
    """`hard`: the address is gone for good. `failed`: (address, status such as 5.1.1 or empty)."""

    hard: bool
    failed: list[tuple[str, str]]


class Notice(NamedTuple):
    address: str
    action: str
    status: str
    diagnostic: str


def bounce(mail: Mail) -> Bounce | None:
    parts = list(mail.root.walk())
    if any(part.content_type == "message/feedback-report" for part in parts):
        return None
    if any(part.content_type == "message/disposition-notification" for part in parts) and not REJECTED.search(mail.subject + mail.plain[:2000]):
        return None
    notices = [notice for part in parts if _is_status(part) for notice in _notices(_text_of(part))]
    if notices:
        return _by_the_book(mail, notices)
    return _by_signs(mail)


def _is_status(part: Part) -> bool:
    return part.content_type in ("message/delivery-status", "message/global-delivery-status")


def _text_of(part: Part) -> str:
    return decode(part.content[:MOST], part.parameters.get("charset")).replace("\r\n", "\n").replace("\r", "\n")


def _notices(text: str) -> list[Notice]:
    """One per recipient block of a delivery status."""
    found = []
    for block in re.split(r"\n[ \t]*\n", text):
        fields = {name.lower(): " ".join(value.split()) for name, value in FIELD.findall(block)}
        if not {"final-recipient", "original-recipient", "action", "status"} & fields.keys():
            continue
        # The original one is what we wrote to; the final one may be an alias behind it.
        named = (_recipient(fields.get(name, "")) for name in ("original-recipient", "final-recipient", "x-actual-recipient"))
        recipient = next(filter(None, named), "")
        found.append(Notice(recipient, fields.get("action", "").lower().split(" ")[0].strip("()"), fields.get("status", ""), fields.get("diagnostic-code", "")))
    return found


def _recipient(value: str) -> str:
    value = value.rpartition(";")[2]
    match = ADDRESS.search(value)
    return match[0].strip(".") if match else ""


def _by_the_book(mail: Mail, notices: list[Notice]) -> Bounce | None:
    failed = [each for each in notices if not _went_well(each)]
    if not failed:
        return None
    prose = _prose(mail)
    named = {each.address.lower(): (each.address, _status(each.status, each.diagnostic)) for each in failed if each.address}
    if not named:
        status = _status(failed[0].status, failed[0].diagnostic)
        named = {address.lower(): (address, status) for address in _addresses(mail, prose)}
    hard = any(each.action != "delayed" and _hard([each.status], each.diagnostic, prose) for each in failed)
    return Bounce(hard, list(named.values()))


def _went_well(notice: Notice) -> bool:
    return notice.action in ("delivered", "relayed", "expanded") or (notice.status.startswith("2.") and notice.action != "failed")


def _status(declared: str, diagnostic: str) -> str:
    for text in (declared, diagnostic):
        match = ENHANCED.search(text)
        if match and not (match[0].endswith(".0.0") and text is declared and ENHANCED.search(diagnostic)):
            return match[0]
    code = SMTP_CODE.search(diagnostic)
    return f"{code[1]}.0.0" if code else ""


def _by_signs(mail: Mail) -> Bounce | None:
    if not _may_come_back(mail):
        return None  # what it says is looked at last: that costs most
    prose = _prose(mail)
    if not _comes_back(mail, prose):
        return None
    matches = [match[0] for match in ENHANCED.finditer(prose)]
    status = next((each for each in matches if each[0] in "45"), "")
    if not status and (code := SMTP_CODE.search(prose)):
        status = f"{code[1]}.0.0"
    failed = [(address, status) for address in _addresses(mail, prose)]
    return Bounce(_hard([status], prose, ""), failed)


def _may_come_back(mail: Mail) -> bool:
    returned = "return-path" in mail.headers and mail.headers.raw("return-path").strip("<> ") == ""
    return "x-failed-recipients" in mail.headers or returned or _is_daemon(mail) or bool(SUBJECT.search(mail.subject))


def _is_daemon(mail: Mail) -> bool:
    sender = mail.from_ or mail.sender
    return bool(sender and (DAEMON.match(sender.address) or DAEMON_NAME.search(sender.name)))


def _comes_back(mail: Mail, prose: str) -> bool:
    """Two signs of three: who writes, the subject, what it says."""
    if "x-failed-recipients" in mail.headers:
        return True
    returned = "return-path" in mail.headers and mail.headers.raw("return-path").strip("<> ") == ""
    daemon = _is_daemon(mail)
    about_failure = bool(SUBJECT.search(mail.subject)) and not REPLIED.match(mail.subject)
    says_so = bool(FAILED_TEXT.search(prose))
    if not daemon and _answers(mail):
        # An absence note has an empty return path too, and repeats whatever the subject was.
        return about_failure and says_so and bool(ENHANCED.search(prose) or SMTP_CODE.search(prose))
    daemon = daemon or returned
    if not daemon and SUBJECT.search(mail.subject) and NOT_DELIVERED_TO.search(prose[:1500]):
        return True
    if daemon:
        return about_failure or says_so
    # A customer may well write that a parcel was not delivered; servers give codes, and an address with them.
    gives_code = ENHANCED.search(prose) or (SMTP_CODE.search(prose) and ADDRESS.search(prose)) or "auto-submitted" in mail.headers
    return about_failure and says_so and bool(gives_code)


def _answers(mail: Mail) -> bool:
    if mail.headers.get("auto-submitted").lower().startswith("auto-replied"):
        return True
    return "x-auto-response-suppress" in mail.headers and "x-ms-exchange-message-is-ndr" not in mail.headers


def _prose(mail: Mail) -> str:
    """What the server says, without the mail it returns."""
    text = mail.text[:MOST]
    if not text.strip():
        text = "\n".join(_text_of(part) for part in mail.root.walk() if part.main_type == "text")[:MOST]
    match = ORIGINAL.search(text, min(len(text), 80))
    return text[: match.start()] if match and ADDRESS.search(text, 0, match.start()) else text


def _addresses(mail: Mail, prose: str) -> list[str]:
    given = ADDRESS.findall(", ".join(mail.headers.all("x-failed-recipients")))
    if given:
        return list(dict.fromkeys(given))
    known = {address.lower() for _, address in mail.to} | ({mail.from_.address.lower()} if mail.from_ else set())
    declared = [address for value in RECIPIENT.findall(mail.text[:MOST]) if (address := _recipient(value))]
    announced = FOLLOWING.search(prose)
    texts = (prose[announced.end() :], prose) if announced else (prose,)
    for found in (declared, *(pattern.findall(text) for text in texts for pattern in NAMED)):
        found = [re.sub(r"^smtp=", "", each, flags=re.I).strip(".") for each in found]
        addresses = list(dict.fromkeys(each for each in found if _may_have_failed(each, known)))
        if addresses:
            return addresses if len(addresses) <= 20 else addresses[:20]
    return _original_recipients(mail, known)


def _may_have_failed(address: str, known: set[str]) -> bool:
    local = address.partition("@")[0]
    return address.lower() not in known and not DAEMON_ADDRESS.match(address) and sum(char.isdigit() for char in local) < 12


def _original_recipients(mail: Mail, known: set[str]) -> list[str]:
    for part in mail.root.walk():
        if part.content_type in ("message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers"):
            found = ADDRESS.findall(read_tree(part.content[:MOST]).headers.get("to"))
            if found:
                return list(dict.fromkeys(found))[:20]
    values = ", ".join(HEADER_TO.findall(mail.text[:MOST]))
    found = list(dict.fromkeys(each for each in ADDRESS.findall(values) if _may_have_failed(each, known)))
    return found[:20] or list(dict.fromkeys(ADDRESS.findall(values)))[:1]


def _hard(statuses: list[str], evidence: str, prose: str) -> bool:
    """The address or its host does not exist; not a full box, a filter, a size limit or a server in trouble."""
    codes = {match[0] for status in statuses if (match := ENHANCED.search(status))}
    if codes and all(code.startswith("4") for code in codes):
        return False
    for text in (evidence, prose):
        if not text:
            continue
        if OVER_QUOTA.search(text):
            return False
        if ADDRESS_GONE.search(text):
            return True
        if NOT_THE_ADDRESS.search(text) or TEMPORARY.search(text):
            return False
    # A refusal that gives no reason is none to give up an address for; unless the server says that it has given up.
    return any(GONE_CODE.match(code) for code in codes) or (all(code.endswith(".0.0") for code in codes) and bool(PERMANENT.search(prose or evidence)))
