"""What the writer added: without the mail answered to and without signature. Linear; never empty where there was text.

The maintained reply parsers for Python find 45 to 60 % of the common suites exactly, so these rules are our own. Greetings and
closing formulas stay (they carry tone and names); signatures after a delimiter and lines of mobile programs go.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from crm.mail.boilerplate import begins_boilerplate
from crm.mail.html_text import QUOTE_MARK, html_to_text
from crm.mail.parsing import Mail
from crm.mail.quote_lines import (
    BEHIND_SENTENCE,
    BETWEEN_ARROWS,
    BETWEEN_RULES,
    COLON,
    DATE_AND_MAIL,
    FLATTENED,
    FORWARDED,
    ORIGINAL,
    ORNATE_ABOVE,
    QUOTED,
    QUOTING,
    REPLY_ABOVE,
    RULE,
    SAID,
    SHARED_LINE,
    SIGN_OFF,
    SIGNATURE,
    WROTE,
    field_of,
    introduces_quote,
    is_attribution,
    is_mobile,
    may_begin_attribution,
)

TEXT, BLANK, QUOTE, ANNOUNCED, BLOCK, END, MOBILE_LINE, DROPPED = "t", "b", "q", "e", "h", "d", "s", "x"
INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff]")
TIMED_OR_MAIL = re.compile(r"@|\d{1,2}[:h]\d{2}|\b\d{1,2}\.\d{2}\b(?!\.)")
COLONS = (":", "：")
LONGEST_WINDOW = 4
MOST_ANNOUNCEMENTS = 500  # lines that are looked at closely: no mail has more, unless it was made to take long


def reply_of(mail: Mail) -> str:
    """The writer's own words of a mail, from its plain text where it has one."""
    if mail.plain.strip() or not mail.html:
        return reply_text(mail.plain)
    return reply_from_html(mail.html)


def reply_from_html(markup: str) -> str:
    found = reply_text(html_to_text(markup, mark_quotes=True))
    if found and all(line.startswith(">") for line in found.split("\n") if line):
        # Nothing but a quotation: then that is what the mail says.
        return "\n".join(line.lstrip("> ") for line in found.split("\n"))
    return found


def reply_text(text: str) -> str:
    lines = list(_split_shared(INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\xa0", " ")).split("\n")))
    kinds = _kinds(lines)
    lines, kinds = _without_leading_block(lines, kinds)
    lines, kinds = _up_to_end(lines, kinds)
    kinds = _without_mobile(kinds)
    kept = _own_words(_without_quote_before_sign_off(lines, kinds))
    found = "\n".join(line for line, keep in zip(lines, kept, strict=True) if keep).strip("\n").rstrip()
    return found if found.strip() else text.replace(QUOTE_MARK, "").strip()


def _split_shared(lines: list[str]) -> Iterator[str]:
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        match = FLATTENED.match(line) if "@" in line and len(line) < 2000 else None
        if match and not (match[2] and is_attribution(match[1].strip(), opens_paragraph=True, quote_follows=False)):
            match = None
        if not match and len(line) < 500 and (line.rstrip().endswith((":", "：")) or "--" in line) and WROTE.search(line):
            match = SHARED_LINE.match(line) or (BEHIND_SENTENCE.match(line) if QUOTED.match(following) else None)
        yield from (match[1], match[2]) if match else (line,)


def _kinds(lines: list[str]) -> list[str]:
    kinds = [_kind(line) for line in lines]
    first = next((place for place, kind in enumerate(kinds) if kind != BLANK), 0)
    if kinds[first] == QUOTE and is_attribution(lines[first].lstrip("> "), opens_paragraph=True, quote_follows=True):
        kinds[first] = ANNOUNCED  # a quotation above the answer whose announcement is marked as quoted too
    for place, line in enumerate(lines):
        if kinds[place] == QUOTE and BETWEEN_ARROWS.match(line) and (place == 0 or kinds[place - 1] != QUOTE):
            kinds[place] = BLOCK
    _mark_blocks(lines, kinds)
    _mark_attributions(lines, kinds)
    for place, line in enumerate(lines):
        if QUOTE_MARK in line:
            following = next((kind for kind in kinds[place + 1 : place + 6] if kind != BLANK), BLANK)
            kinds[place] = DROPPED if following in (ANNOUNCED, BLOCK, END) else BLOCK
    return kinds


def _kind(line: str) -> str:
    if not line.strip():
        return BLANK
    if len(line) < 200 and ORNATE_ABOVE.match(line):
        return BLOCK
    if QUOTED.match(line):
        return QUOTE
    if len(line) > 200:
        return TEXT
    if SIGNATURE.match(line) or RULE.match(line):
        return END
    words = line.strip("-_=*~ \t")
    if ORIGINAL.match(words) or FORWARDED.match(words) or REPLY_ABOVE.match(words):
        return BLOCK
    return MOBILE_LINE if is_mobile(line) else TEXT


def _mark_blocks(lines: list[str], kinds: list[str]) -> None:
    """From / Sent / To / Subject in a row, in any language, as Outlook writes above what it quotes."""
    place = 0
    while place < len(lines):
        if kinds[place] == TEXT and BETWEEN_RULES.match(lines[place]) and any(field_of(line) for line in lines[place + 1 : place + 4]):
            kinds[place] = BLOCK
        if kinds[place] == TEXT and field_of(lines[place]) in ("from", "date", "to", "subject"):
            end = _block_end(lines, kinds, place)
            if end > place:
                kinds[place:end] = [BLOCK] * (end - place)
                place = end
                continue
        place += 1


def _block_end(lines: list[str], kinds: list[str], start: int) -> int:
    names, gap, end = set(), 0, start
    for place in range(start, min(start + 16, len(lines))):
        name = field_of(lines[place]) if kinds[place] in (TEXT, MOBILE_LINE) else None
        if name:
            names.add(name)
            end, gap = place + 1, 0
        else:
            gap += 1
        if gap > 2 or (gap > 1 and kinds[place] == BLANK):
            break
    named = names - {"other"}
    certain = TIMED_OR_MAIL.search(" ".join(line[:200] for line in lines[start:end]))
    if len(named) < 3 and not (len(named) == 2 and named & {"from", "to"} and certain):
        return start  # a form that somebody filled in has a subject and a date too
    return end if certain or "subject" in named else start


def _mark_attributions(lines: list[str], kinds: list[str]) -> None:
    place = tried = 0
    while place < len(lines) and tried < MOST_ANNOUNCEMENTS:
        line = lines[place]
        if kinds[place] in (TEXT, END) and len(line) < 400 and _announces(line):
            tried += 1
            span = _attribution_span(lines, kinds, place)
            if span:
                kinds[span[0] : span[1]] = [ANNOUNCED] * (span[1] - span[0])
                place = span[1]
                continue
        place += 1


def _announces(line: str) -> bool:
    return bool(WROTE.search(line) or SAID.match(line) or DATE_AND_MAIL.match(line) or QUOTING.match(line) or ("@" in line and COLON.search(line)))


def _attribution_span(lines: list[str], kinds: list[str], place: int) -> tuple[int, int] | None:
    """Mail programs break the announcement over up to four lines, before and after the verb."""
    for start in range(place, max(-1, place - LONGEST_WINDOW), -1):
        if kinds[start] not in (TEXT, END) and start != place:
            break
        if start != place and not may_begin_attribution(lines[start]):
            continue
        for end in range(place + 1, min(place + LONGEST_WINDOW, len(lines)) + 1):
            if kinds[end - 1] not in (TEXT, END, QUOTE) or (kinds[end - 1] == QUOTE and end - 1 > place and len(lines[end - 1]) > 90):
                break
            opens = start == 0 or kinds[start - 1] != TEXT
            if is_attribution(" ".join(lines[start:end]), opens, _quote_follows(kinds, end)):
                return start, end + (end < len(lines) and lines[end].strip() in COLONS)
    return (place, place + 1) if kinds[place] == TEXT and introduces_quote(lines[place]) and _quote_follows(kinds, place + 1) else None


def _quote_follows(kinds: list[str], place: int) -> bool:
    return next((kind for kind in kinds[place : place + 4] if kind != BLANK), "") == QUOTE


def _without_leading_block(lines: list[str], kinds: list[str]) -> tuple[list[str], list[str]]:
    """A mail that is nothing but a forwarded one: its header block goes, its text stays."""
    place = 0
    while place < len(kinds) and kinds[place] in (BLANK, BLOCK, DROPPED):
        place += 1
    while place and kinds[place - 1] == BLANK:
        place -= 1
    return (lines[place:], kinds[place:]) if BLOCK in kinds[:place] else (lines, kinds)


def _up_to_end(lines: list[str], kinds: list[str]) -> tuple[list[str], list[str]]:
    """Cut at the first signature delimiter or rule that has text before it and frames no table or heading."""
    seen_text = False
    rules = Counter(line.strip() for line, kind in zip(lines, kinds, strict=True) if kind == END and not SIGNATURE.match(line))
    for place, kind in enumerate(kinds):
        if kind == TEXT and seen_text and begins_boilerplate(lines, place):
            return lines[:place], kinds[:place]
        seen_text = seen_text or kind == TEXT
        if kind != END or not seen_text:
            continue
        if SIGNATURE.match(lines[place]) or (rules.get(lines[place].strip()) == 1 and not _underlines(lines, place)):
            return lines[:place], kinds[:place]
    return lines, [TEXT if kind == END else kind for kind in kinds]


def _underlines(lines: list[str], place: int) -> bool:
    """A rule as long as the line above it, and something below: that line is a heading."""
    heading, rule = lines[place - 1].strip() if place else "", lines[place].strip()
    return bool(heading) and rule[0] != "_" and abs(len(heading) - len(rule)) <= 2 and any(line.strip() for line in lines[place + 1 : place + 4])


def _without_mobile(kinds: list[str]) -> list[str]:
    """'Sent from my phone' counts as such only at the end of somebody's text."""
    result, following = list(kinds), BLANK
    for place in range(len(kinds) - 1, -1, -1):
        if kinds[place] == MOBILE_LINE:
            result[place] = TEXT if following == TEXT else DROPPED
        if result[place] not in (BLANK, DROPPED):
            following = result[place]
    return result


def _without_quote_before_sign_off(lines: list[str], kinds: list[str]) -> list[str]:
    """Below the quotation stands no answer, only the greeting: the quotation is a trailing one after all."""
    last = max((place for place, kind in enumerate(kinds) if kind == QUOTE), default=-1)
    after = [place for place in range(last + 1, len(kinds)) if kinds[place] == TEXT]
    if last < 0 or ANNOUNCED not in kinds[:last] or not 1 <= len(after) <= 3 or not SIGN_OFF.match(lines[after[0]][:200]):
        return kinds
    start = kinds.index(ANNOUNCED)
    if TEXT not in kinds[:start] or TEXT in kinds[start:last]:
        return kinds
    return kinds[:start] + [DROPPED] * (last + 1 - start) + kinds[last + 1 :]


def _own_words(kinds: list[str]) -> list[bool]:
    """Which lines stay: a quotation at the end goes, one between own lines stays without its announcement."""
    first_text = next((place for place, kind in enumerate(kinds) if kind == TEXT), len(kinds))
    cut = len(kinds)
    for place, kind in enumerate(kinds):
        if place > first_text and kind == BLOCK:
            cut = place
            break
        if place > first_text and kind == ANNOUNCED and kinds[place - 1] != ANNOUNCED and not _goes_on_after_quote(kinds, place):
            cut = place
            break
    while cut > first_text and kinds[cut - 1] in (QUOTE, BLANK, ANNOUNCED, DROPPED):
        cut -= 1
    keep = [place < cut and kind in (TEXT, BLANK, QUOTE) for place, kind in enumerate(kinds)]
    return _without_top_quote(kinds, keep)


def _goes_on_after_quote(kinds: list[str], place: int) -> bool:
    """The announced quotation is marked line by line, and own text follows."""
    while place < len(kinds) and kinds[place] in (ANNOUNCED, BLANK):
        place += 1
    if place >= len(kinds) or kinds[place] != QUOTE:
        return False
    return TEXT in kinds[place:]


def _is_interleaved(kinds: list[str], place: int) -> bool:
    """Quotation, answer, quotation, answer: the first question belongs to the first answer."""
    own = [kind for kind in kinds[place:] if kind in (QUOTE, TEXT)]
    runs = [kind for kind, _same in groupby(own)]
    return runs[:4] == [QUOTE, TEXT, QUOTE, TEXT]


def _without_top_quote(kinds: list[str], keep: list[bool]) -> list[bool]:
    """An announced quotation above the answer goes too."""
    place = 0
    while place < len(kinds) and kinds[place] in (BLANK, DROPPED):
        place += 1
    if place >= len(kinds) or kinds[place] != ANNOUNCED or _is_interleaved(kinds, place):
        return keep
    while place < len(kinds) and kinds[place] in (ANNOUNCED, QUOTE, BLANK, DROPPED):
        keep[place] = False
        place += 1
    return keep
