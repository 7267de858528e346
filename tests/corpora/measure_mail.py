"""Agreement by field with mail corpora kept outside the project. `python tests/corpora/measure_mail.py [--why] [SET …]`."""

import json
import re
import sys
import time
from base64 import b64encode, encodebytes
from collections import Counter
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"
sys.path.insert(0, str(ROOT))

from crm.mail.automatic import is_automatic, kind  # noqa: E402
from crm.mail.bounces import bounce  # noqa: E402
from crm.mail.explaining import explain  # noqa: E402
from crm.mail.html_text import html_to_text  # noqa: E402
from crm.mail.parsing import parse  # noqa: E402
from crm.mail.reply_text import reply_from_html, reply_of, reply_text  # noqa: E402

PARSED = ("zammad-mail", "misc-mail", "discourse-mail", "mime-mikel", "mime-python", "bounce-flufl", "bounce-perl", "bounce-sisimai", "autoreply")
REPLIES = ("reply-alfonsrv", "reply-discourse-trimmer", "reply-github-erp", "reply-quotequail", "reply-talon", "reply-zapier", "discourse-mail")


class Tally:
    def __init__(self, title: str):
        self.title, self.right, self.seen, self.wrong = title, Counter(), Counter(), []

    def note(self, field: str, ok: bool, case: str, why: object = "") -> bool:
        self.seen[field] += 1
        self.right[field] += bool(ok)
        if not ok:
            self.wrong.append(f"    {case} {field}: {why}")
        return bool(ok)

    def show(self, why: bool) -> None:
        print(f"{self.title}: " + " · ".join(f"{name} {self.right[name]}/{n}" for name, n in self.seen.items()))
        for line in self.wrong if why else ():
            print(line[:700])


def cases(folder: str):
    manifest = CORPORA / folder / "manifest.jsonl"
    for line in manifest.read_text("utf-8").splitlines() if manifest.exists() else ():
        case = json.loads(line)
        yield case, CORPORA / folder / case["file"]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def recall(wanted: str, found: str) -> float:
    need, have = Counter(words(wanted)), Counter(words(found))
    return sum((need & have).values()) / max(1, sum(need.values()))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def addresses(text: str) -> list[str]:
    return sorted({each.lower() for each in re.findall(r"[\w.+-]+@[\w.-]+\w", text)})


def measure_parsing(folder: str) -> Tally:
    tally = Tally(f"parsing {folder}")
    for case, path in cases(folder):
        expect, name = case["expect"], case["id"]
        mail = parse(path.read_bytes())
        explain(path.read_bytes(), path.name)
        checks = _checks(expect, mail)
        for field, (ok, found) in checks.items():
            tally.note(field, ok, name, f"wanted {str(expect.get(field))[:250]!r}, found {str(found)[:250]!r}")
        if checks:
            tally.note("every field", all(ok for ok, _ in checks.values()), name)
        else:
            tally.note("no crash", True, name)
    return tally


def _checks(expect: dict, mail) -> dict:
    found: dict = {}
    if "from_email" in expect:
        found["from_email"] = (mail.from_.address if mail.from_ else None) == expect["from_email"], mail.from_
    if expect.get("from_name") and mail.from_:
        found["from_name"] = mail.from_.name == expect["from_name"], mail.from_
    if "to" in expect and isinstance(expect["to"], str):
        found["to"] = sorted({each.address.lower() for each in mail.to}) == addresses(expect["to"]), mail.to
    if "reply_to" in expect:
        found["reply_to"] = [each.address for each in mail.reply_to] == addresses(expect["reply_to"]), mail.reply_to
    if "subject" in expect:
        found["subject"] = squeezed(mail.subject) == squeezed(expect["subject"]), mail.subject
    if expect.get("message_id"):
        found["message_id"] = mail.message_id.strip("<>") == expect["message_id"].strip("<>"), mail.message_id
    if "message_id_missing" in expect:
        found["message_id_missing"] = mail.message_id_derived, mail.message_id
    if "body_text" in expect:
        shown = max(recall(expect["body_text"], text) for text in (mail.text, html_to_text(mail.html)))
        found["body_text"] = shown >= 0.9, (shown, mail.text)
    for text in expect.get("text_contains", ()):
        found["text_contains"] = text in squeezed(mail.text), mail.text
    if expect.get("body_empty"):
        found["body_empty"] = not mail.text.strip(), mail.text
    found |= _file_checks(expect, mail)
    return found


def _file_checks(expect: dict, mail) -> dict:
    found: dict = {}
    have = [(each.filename, _forms(each.data)) for each in mail.attachments]
    shown = [(name, [size for size, _ in forms]) for name, forms in have]
    if "attachments" in expect:
        wanted = expect["attachments"]
        found["attachments"] = len(have) == len(wanted) and all(any(_same(w, h) for h in have) for w in wanted), shown
    if "attachments_include" in expect:
        found["attachments_include"] = all(any(_same(w, h) for h in have) for w in expect["attachments_include"]), shown
    if "attachments_min" in expect:
        found["attachments_min"] = len(have) >= expect["attachments_min"], shown
    if "attachments_n" in expect:
        found["attachments_n"] = len(have) == expect["attachments_n"], shown
    if "attachment_size" in expect:
        found["attachment_size"] = bool(have) and any(size == expect["attachment_size"] for size, _ in have[0][1]), shown
    return found


def _forms(data: bytes) -> list[tuple[int, str]]:
    """Size and hash of the file itself, and of its base64 text, which some of the sets recorded instead."""
    return [(len(each), sha256(each).hexdigest()) for each in (data, b64encode(data), encodebytes(data).replace(b"\n", b"\r\n")[:-2])]


def _same(wanted: dict, have: tuple) -> bool:
    name = wanted.get("filename") or wanted.get("generated_name")
    sized = any(wanted.get("size") in (None, size) and wanted.get("sha256") in (None, digest) for size, digest in have[1])
    return (not name or name == have[0]) and sized


def measure_nothing_lost() -> Tally:
    """Sender, subject and body of every mail, against what stands in the bytes."""
    tally = Tally("nothing lost")
    for folder in PARSED:
        for case, path in cases(folder):
            raw = path.read_bytes()
            mail = parse(raw)
            head = re.split(rb"\r?\n\r?\n", raw.lstrip(), maxsplit=1)[0]
            if re.search(rb"(?im)^from:[^\n]*@", head):
                tally.note("sender", mail.from_ and "@" in mail.from_.address, case["id"], mail.from_)
            if re.search(rb"(?im)^subject:[ \t]*\S", head):
                tally.note("subject", mail.subject, case["id"])
            if len(raw) - len(head) > 20 and not case["expect"].get("body_empty"):
                tally.note("body", mail.text.strip() or mail.attachments, case["id"])
    return tally


def measure_replies(folder: str) -> Tally:
    tally = Tally(f"reply text {folder}")
    for case, path in cases(folder):
        expect = case["expect"]
        if not {"reply_text", "reply_text_nows", "contains", "not_contains", "max_seconds", "reply_text_contains"} & set(expect) or "needs" in expect:
            continue
        started = time.perf_counter()
        if "body" in case:
            body = (CORPORA / folder / case["body"]).read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
            found = reply_from_html(body) if case["type"] == "html" else reply_text(body)
        else:
            found = reply_of(parse(path.read_bytes()))
        spent = time.perf_counter() - started
        for field, ok in _reply_checks(expect, found, spent).items():
            tally.note(field, ok, case["id"], f"\n      wanted {str(expect.get(field))[:260]!r}\n      found  {found[:260]!r}")
            if field == "reply_text":
                tally.note(f"exact {case.get('lang', '?')}", ok, case["id"], "")
    return tally


def _reply_checks(expect: dict, found: str, spent: float) -> dict:
    checks: dict = {}
    if "reply_text" in expect:
        checks["reply_text"] = squeezed(found.replace("*", "")) == squeezed((expect["reply_text"] or "").replace("*", ""))
    if "reply_text_nows" in expect:
        checks["reply_text_nows"] = re.sub(r"\s+|\*", "", found) == expect["reply_text_nows"]
    if "reply_text_contains" in expect:
        checks["reply_text_contains"] = expect["reply_text_contains"] in found
    if "contains" in expect:
        checks["contains"] = all(squeezed(each) in squeezed(found) for each in expect["contains"])
    if "not_contains" in expect:
        checks["not_contains"] = not any(squeezed(each) in squeezed(found) for each in expect["not_contains"])
    if "max_seconds" in expect:
        checks["max_seconds"] = spent < expect["max_seconds"]
    return checks


def measure_bounces(folder: str) -> Tally:
    tally = Tally(f"bounces {folder}")
    for case, path in cases(folder):
        expect, name = case["expect"], case["id"]
        if "is_bounce" not in expect:
            continue
        mail = parse(path.read_bytes())
        found = bounce(mail)
        tally.note("found" if expect["is_bounce"] else "no false alarm", bool(found) == expect["is_bounce"], name, (found, mail.subject, kind(mail)))
        if not expect["is_bounce"]:
            continue
        named = sorted({address.lower() for address, _ in found.failed}) if found else []
        tally.note("address named", bool(named), name, "none named")
        if expect.get("bounce_addresses"):
            wanted = sorted({each.lower() for each in expect["bounce_addresses"]})
            tally.note("addresses exact", named == wanted, name, (wanted, named))
        if "hard" in expect:
            tally.note("hard", bool(found) and found.hard == expect["hard"], name, (found, expect.get("results")))
    return tally


def measure_automatic() -> Tally:
    tally = Tally("automatic")
    for folder in ("autoreply", "discourse-mail", "bounce-perl"):
        for case, path in cases(folder):
            if "is_auto" in case["expect"]:
                mail = parse(path.read_bytes())
                wanted = case["expect"]["is_auto"]
                # The set says so: its system is called crm.example.test.
                tally.note("automatic" if wanted else "human", is_automatic(mail, ["crm.example.test"]) == wanted, case["id"], (kind(mail), mail.subject))
    return tally


def measure_false_bounces() -> Tally:
    """No bounce among ordinary mails."""
    tally = Tally("ordinary mails")
    for folder in ("zammad-mail", "discourse-mail", "misc-mail", "mime-mikel", "mime-python", "autoreply"):
        for case, path in cases(folder):
            mail = parse(path.read_bytes())
            if "bounce" not in case["id"] + str(case["expect"]) and "report" not in mail.root.content_type:
                tally.note("no bounce", not bounce(mail), case["id"], (bounce(mail), mail.subject))
                if not case["expect"].get("is_auto"):
                    tally.note("kind message", kind(mail) == "message", case["id"], (kind(mail), mail.subject))
    return tally


def measure_speed() -> None:
    raws = [path.read_bytes() for folder in PARSED for _, path in cases(folder)]
    started = time.process_time()
    for raw in raws:
        explain(raw, "")
    spent = time.process_time() - started
    print(f"speed: {len(raws)} mails explained in {spent:.2f} s, {len(raws) / spent:.0f} a second of one processor")


def main(arguments: list[str]) -> int:
    if not CORPORA.is_dir():
        print("mail corpora: ../shared/corpora is not there, nothing measured")
        return 0
    why, only = "--why" in arguments, {each for each in arguments if not each.startswith("-")}
    jobs = [(folder, lambda folder=folder: measure_parsing(folder)) for folder in PARSED[:5]]
    jobs += [("lost", measure_nothing_lost), ("automatic", measure_automatic), ("ordinary", measure_false_bounces)]
    jobs += [(folder, lambda folder=folder: measure_bounces(folder)) for folder in ("bounce-sisimai", "bounce-flufl", "bounce-perl", "discourse-mail")]
    jobs += [(folder, lambda folder=folder: measure_replies(folder)) for folder in REPLIES]
    for folder, job in jobs:
        if not only or folder in only:
            job().show(why)
    if not only:
        measure_speed()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
