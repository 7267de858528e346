"""What the receiving servers found about SPF, DKIM and DMARC (RFC 8601). Whom to believe is the caller's choice."""

import re
from collections.abc import Iterable

from crm.mail.parsing import Mail

COMMENT = re.compile(r"\([^()]{0,500}\)")
RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc|arc)\s*=\s*([a-z]+)", re.I)
HEADER_FROM = re.compile(r"header\.from\s*=\s*\"?(?:[^\s;\"@]*@)?([\w.-]+)", re.I)
PASSED = re.compile(r"(?:^|[;\s])(?:spf|dkim)\s*=\s*pass\b([^;]*)", re.I)
FOR_DOMAIN = re.compile(r"(?:header\.[di]|smtp\.mailfrom)\s*=\s*\"?(?:[^\s;\"@]*@)?([\w.-]+)", re.I)
BEST = {"pass": 0, "neutral": 1, "none": 2, "policy": 3, "temperror": 4, "permerror": 5, "softfail": 6, "fail": 7}


def authentication(mail: Mail, trusted: Iterable[str] | None = None) -> dict[str, str]:
    """`{"host", "spf", "dkim", "dmarc", "from"}`, as far as known.

    `trusted` are the names of our own servers: only what the topmost header of one of them says counts, since anybody can write
    such headers. Without `trusted` the topmost header is reported as it is. One passing DKIM signature of several is enough.
    """
    found = _topmost(mail, trusted)
    return _read(*found) if found else {}


def proved_domains(mail: Mail, trusted: Iterable[str]) -> set[str]:
    """For which domains SPF or DKIM passed. That may be anybody's own: whether it is the sender's, see there."""
    found = _topmost(mail, trusted)
    return {domain.lower() for rest in PASSED.findall(found[1]) for domain in FOR_DOMAIN.findall(rest)} if found else set()


def _topmost(mail: Mail, trusted: Iterable[str] | None) -> tuple[str, str, str] | None:
    """Of the header that counts: who wrote it, the results, and all of it."""
    names = None if trusted is None else {each.lower() for each in trusted}
    for value in mail.headers.raws("authentication-results"):
        host, _, results = COMMENT.sub(" ", value).partition(";")
        host = (host.split() or [""])[0].lower()
        if "=" in host:
            host, results = "", value
        if names is None or host in names:
            return host, results, value
    return None


def _read(host: str, results: str, value: str) -> dict[str, str]:
    found = {"host": host}
    for method, result in RESULT.findall(results):
        method, result = method.lower(), result.lower()
        if method != "arc" and BEST.get(result, 9) < BEST.get(found.get(method, ""), 99):
            found[method] = result
    if match := HEADER_FROM.search(value):
        found["from"] = match[1].lower()
    return found
