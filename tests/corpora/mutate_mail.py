"""Damages the real mails of the corpora and looks whether anything is lost that was there. `python -m tests.corpora.mutate_mail [SECONDS] [SEED]`."""

import random
import re
import sys
import time
from email import message_from_bytes
from email.utils import parseaddr

from crm.mail.explaining import explain
from tests.corpora.measure_mail import CORPORA, PARSED, cases

LARGEST = 60_000
CHARSETS = [b"utf-8", b"iso-8859-1", b"utf-16", b"gb2312", b"iso-2022-jp", b"nonsense", b"", b"utf-7", b"koi8-r", b"shift_jis", b"hz-gb-2312"]
CHOICE = random.Random()


def shuffled(raw: bytes) -> bytes:
    end = re.search(rb"\r?\n\r?\n", raw)
    fields = re.split(rb"\r?\n(?![ \t])", raw[: end.start()]) if end else []
    CHOICE.shuffle(fields)
    return b"\r\n".join(fields) + raw[end.start() :] if end else raw


def cut(raw: bytes) -> bytes:
    return raw[: CHOICE.randrange(len(raw) // 2, len(raw) + 1)]


def lying(raw: bytes) -> bytes:
    return re.sub(rb'(?i)charset="?[\w-]+"?', lambda _: b"charset=" + CHOICE.choice(CHARSETS), raw)


def gapped(raw: bytes) -> bytes:
    """Some lines apart, with an empty one between."""
    for at in sorted(CHOICE.choices(range(len(raw)), k=3), reverse=True):
        line = raw.find(b"\n", at)
        raw = raw[:line] + b"\n" + raw[line:] if line >= 0 else raw
    return raw


def joined(raw: bytes) -> bytes:
    """Some line feeds of CRLF gone."""
    return re.sub(rb"\r\n", lambda found: b"\r" if CHOICE.random() < 0.05 else found[0], raw)


def flipped(raw: bytes) -> bytes:
    data = bytearray(raw)
    for _ in range(CHOICE.randint(1, 20)):
        data[CHOICE.randrange(len(data))] = CHOICE.randrange(256)
    return bytes(data)


def old_machine(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r")


DAMAGES = (shuffled, cut, lying, gapped, joined, flipped, old_machine)


def there(raw: bytes) -> set[str]:
    """What the standard library still finds."""
    mail = message_from_bytes(raw)
    bodies = [part for part in mail.walk() if part.get_content_type() in ("text/plain", "text/html") and not part.is_multipart()]
    found = {"sender": "@" in parseaddr(str(mail.get("from", "")))[1], "subject": bool(str(mail.get("subject", "")).strip()),
             "body": any(bytes(part.get_payload(decode=True) or b"").strip() for part in bodies)}
    return {name for name, is_there in found.items() if is_there}


def understood(raw: bytes) -> set[str]:
    mail = explain(raw, "")
    found = {"sender": mail["from"] and "@" in mail["from"]["address"], "subject": mail["subject"], "body": mail["text"].strip() or mail["html"] or mail["attachments"]}
    return {name for name, value in found.items() if value}


def lost(raw: bytes, damage) -> set[str]:
    # Bytes flipped within a name make another header of it; then it must only not raise.
    found = understood(raw)
    try:
        return set() if damage is flipped else there(raw) - found
    except (ValueError, LookupError, AttributeError, TypeError):  # the standard library's own troubles
        return set()


def main(arguments: list[str]) -> int:
    if not CORPORA.is_dir():
        print("mail corpora: ../shared/corpora is not there, nothing measured")
        return 0
    seconds = int(arguments[0]) if arguments else 60
    CHOICE.seed(int(arguments[1]) if len(arguments) > 1 else 1)
    raws = [(case["id"], path.read_bytes()) for folder in PARSED for case, path in cases(folder) if 0 < path.stat().st_size < LARGEST]
    count, losses, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        (name, raw), damage = CHOICE.choice(raws), CHOICE.choice(DAMAGES)
        count += 1
        if missing := lost(damage(raw), damage):
            losses += 1
            print(f"{name} {damage.__name__}: {', '.join(sorted(missing))} lost")
    print(f"{count} damaged mails, none failed, {losses} lost something")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
