"""Links of a cleaned mail say where they lead: always on pointing at them, in the text where it says something else or hides letters."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urlsplit

from crm.mail import hosts

ANCHOR = re.compile(r'<a((?:\s[\w:-]+="[^"]*")*)>(.*?)</a>', re.S)
HREF = re.compile(r'\shref="([^"]*)"')
TITLE = re.compile(r'\stitle="[^"]*"')
TAG = re.compile(r"<[^<>]*>")
BEGINS = re.compile(r"(https?:)[/\\]*", re.I)
UNSEEN = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")  # what a name can be broken up with, unseen
NAMED = re.compile(r"(?:https?://|www\.|@)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?![\w.]*\.?\w)", re.I)
LONGEST = 300
FILES = frozenset(("pdf", "html", "htm", "php", "doc", "docx", "xls", "xlsx", "zip", "txt", "jpg", "png", "js", "net"))  # "invoice.pdf" and "ASP.net" are no hosts


def told(markup: str) -> str:
    """`markup` as the sanitiser wrote it: its attributes stand in double quotes, its links are not nested."""
    return ANCHOR.sub(_told, markup)


def _told(match: re.Match[str]) -> str:
    attributes, inner = match[1], match[2]
    href = HREF.search(attributes)
    if not href:
        return match[0]
    address = unescape(href[1]).strip()
    attributes, inner, host = TITLE.sub("", attributes), _untitled(inner), _host(address)
    title = _shown(address, host)
    mark = f'<span class="target"> [→ {escape(named(host))}]</span>' if host and is_hidden(host, inner) else ""
    return f'<a{attributes} title="{escape(title)}">{inner}</a>{mark}'


def _untitled(inner: str) -> str:
    """Pointing at a word within a link shows the title of that word, before ours."""
    return TAG.sub(lambda tag: TITLE.sub("", tag[0]), inner)


def is_hidden(host: str, inner: str) -> bool:
    """Whether a link says something else than where it leads, or leads to a name that may deceive."""
    said = [name.lower() for name in NAMED.findall(UNSEEN.sub("", unescape(TAG.sub("", inner)))[:LONGEST]) if name.rpartition(".")[2].lower() not in FILES]
    return hosts.is_foreign(host) or _is_number(host) or any(not hosts.is_same(host, name) for name in said)


def named(host: str) -> str:
    """The host to be read; one with foreign letters in both spellings."""
    return f"{hosts.to_unicode(host)} = {hosts.to_ascii(host)}" if hosts.is_foreign(host) else host


def _host(address: str) -> str:
    """As browsers read it: a backslash is a slash to them, and how many there are before the host does not matter."""
    address = BEGINS.sub(r"\1//", address, count=1).replace("\\", "/")
    try:
        return (urlsplit(address).hostname or "") if address[:4].lower() == "http" else ""
    except ValueError:
        return ""


def _shown(address: str, host: str) -> str:
    whole = address if not host or not hosts.is_foreign(host) else f"{named(host)} · {address}"
    return whole if len(whole) <= LONGEST else whole[:LONGEST] + "…"


def _is_number(host: str) -> bool:
    return host.replace(".", "").isdigit() or ":" in host
