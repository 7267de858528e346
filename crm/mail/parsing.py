"""parse(raw) → Mail. Never raises, whatever the bytes; what costs time is computed when somebody asks."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from crm.mail.addresses import SPACES, Address, read_addresses
from crm.mail.bodies import Bodies, read_bodies
from crm.mail.charsets import codec
from crm.mail.dates import read_date
from crm.mail.headers import Headers
from crm.mail.html_text import html_to_text
from crm.mail.parts import Part, read_tree

MESSAGE_ID = re.compile(r"<\s*([^<>]{1,900}?)\s*>")
BARE_ID = re.compile(r"(?<![^\s<>,;()\"])[^\s<>,;()\"@]+@[^\s<>,;()\"]+")
COMMENT = re.compile(r"\([^()<>]{0,200}\)")
ENVELOPE_LINE = re.compile(rb"(?:[ \t\r\n]*)(?:>?From (?![ \t]*:)[^\r\n]*\r?\n)?")
LONE_CR = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content_id: str
    inline: bool
    _part: Part | bytes = field(repr=False, compare=False)

    @cached_property
    def data(self) -> bytes:
        return self._part if isinstance(self._part, bytes) else self._part.content

    @property
    def size(self) -> int:
        return len(self.data)

    @cached_property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Mail:
    """One mail understood. `text` is never empty where the mail had HTML only; `plain` is the text part alone."""

    root: Part = field(repr=False)
    raw: bytes = field(repr=False)
    received_at: datetime | None = None

    @property
    def headers(self) -> Headers:
        return self.root.headers

    @cached_property
    def message_id(self) -> str:
        return _first_id(self.headers.raw("message-id")) or f"<{sha256(self.raw).hexdigest()}@derived.invalid>"

    @property
    def message_id_derived(self) -> bool:
        """The mail brought no Message-ID; ours is made of its bytes."""
        return self.message_id.endswith("@derived.invalid>")

    @cached_property
    def in_reply_to(self) -> str:
        return _answered_id(self.headers.get("in-reply-to"))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Oldest first, each once."""
        return tuple(dict.fromkeys(read_ids(" ".join(self.headers.raws("references")))))

    @cached_property
    def subject(self) -> str:
        return SPACES.sub(" ", self.headers.get("subject")).strip()

    @cached_property
    def from_(self) -> Address | None:
        """Who wrote: From, else Sender. The first that has a full address."""
        for name in ("from", "sender"):
            found = self._addresses(name)
            if found:
                return next((each for each in found if "@" in each.address), found[0])
        return None

    @cached_property
    def sender(self) -> Address | None:
        return next(iter(self._addresses("sender")), None)

    @cached_property
    def reply_to(self) -> tuple[Address, ...]:
        return self._addresses("reply-to")

    @cached_property
    def to(self) -> tuple[Address, ...]:
        return self._addresses("to")

    @cached_property
    def cc(self) -> tuple[Address, ...]:
        return self._addresses("cc")

    def _addresses(self, name: str) -> tuple[Address, ...]:
        return tuple(address for value in self.headers.raws(name) for address in read_addresses(value))

    @cached_property
    def date(self) -> datetime | None:
        """When it says it was written, else when the last server took it; never after `received_at`."""
        written = read_date(self.headers.raw("date")) or read_date(self.headers.raw("received").rpartition(";")[2])
        return min(written, self.received_at) if written and self.received_at else written

    @cached_property
    def _bodies(self) -> Bodies:
        return read_bodies(self.root)

    @property
    def plain(self) -> str:
        return self._bodies.plain

    @property
    def html(self) -> str:
        return self._bodies.html

    @cached_property
    def text(self) -> str:
        return self._bodies.plain if self._bodies.plain.strip() or not self.html else html_to_text(self.html)

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        return tuple(Attachment(*each) for each in self._bodies.attachments)


def parse(raw: bytes, received_at: datetime | None = None) -> Mail:
    """`received_at` (aware) caps the date: clocks of senders run ahead."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in raw[:10_000] and b"\r" in raw[:10_000]:
        raw = LONE_CR.sub(b"\n", raw)
    envelope = ENVELOPE_LINE.match(raw)
    root = read_tree(raw, envelope.end() if envelope else 0)
    _share_charset(root)
    return Mail(root, raw, received_at)


def _share_charset(root: Part) -> None:
    """Raw bytes in headers are in the charset of the body, as far as anybody knows."""
    for part in (root, *root.children):
        if codec(part.parameters.get("charset")) not in (None, "utf-8"):
            root.headers.charset = part.parameters["charset"]
            return


def read_ids(value: str) -> list[str]:
    found = ["<" + "".join(each.split()) + ">" for each in MESSAGE_ID.findall(value)]
    return found or [f"<{each}>" for each in BARE_ID.findall(value)]


def _answered_id(value: str) -> str:
    """Older programs write a sentence, which may name the writer's address before the id."""
    bare = COMMENT.sub(" ", value)
    found = MESSAGE_ID.search(bare)
    if found and bare[: found.start()].strip():
        return read_ids(bare)[-1]
    return _first_id(value)


def _first_id(value: str) -> str:
    found = read_ids(value)
    if found:
        return next((each for each in found if "@" in each), found[0])
    words = value.strip("<> ").split()
    return f"<{words[0]}>" if len(words) == 1 else ""
