"""Calendar parts of mails, in words: what and when."""

import re

UNFOLD = re.compile(r"\n[ \t]")
LINE = re.compile(r"^([A-Z-]{2,40})((?:;[^:\"]{0,200}(?:\"[^\"]{0,200}\")?)*):(.*)$", re.I)
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
ZONE = re.compile(r";TZID=\"?([^;:\"]{1,80})", re.I)
NAME = re.compile(r";CN=\"?([^;:\"]{1,120})", re.I)
ESCAPED = re.compile(r"\\([\\;,nN])")
MOST_EVENTS = 20
LONGEST = 5000


def invitation_text(source: str) -> str:
    """Summary, time, place, who asks, description; one paragraph an event. Empty if there is none in it."""
    events: list[dict[str, str]] = []
    inside = ""
    for line in UNFOLD.sub("", source.replace("\r\n", "\n")).split("\n"):
        match = LINE.match(line[:LONGEST])
        if match is None:
            continue
        name, parameters, value = match[1].upper(), match[2], match[3].strip()
        if name == "BEGIN":
            inside = value.upper()
            if inside in ("VEVENT", "VTODO"):
                events.append({})
        elif name == "END":
            inside = "VEVENT" if inside == "VALARM" else ""
        elif inside in ("VEVENT", "VTODO") and events:
            events[-1].setdefault(name, _shown(name, parameters, value))
    return "\n\n".join(filter(None, map(_told, events[:MOST_EVENTS])))


def _shown(name: str, parameters: str, value: str) -> str:
    if name in ("DTSTART", "DTEND", "DUE"):
        return _moment(parameters, value)
    if name == "ORGANIZER":
        address = value.partition(":")[2] or value
        named = NAME.search(parameters)
        return f"{named[1]} <{address}>" if named else address
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _moment(parameters: str, value: str) -> str:
    """As it is written there: day and hour of the zone that the sender named."""
    match = STAMP.match(value)
    if match is None:
        return value
    day = f"{match[1]}-{match[2]}-{match[3]}"
    if match[4] is None:
        return day
    zone = "UTC" if match[7] else (found[1] if (found := ZONE.search(parameters)) else "")
    return f"{day} {match[4]}:{match[5]} {zone}".strip()


def _told(event: dict[str, str]) -> str:
    when = event.get("DTSTART") or event.get("DUE", "")
    end = event.get("DTEND", "")
    if when and end:
        same_day = end[:10] == when[:10] and len(end) > 10
        when = f"{when[:16]}–{end[11:]}" if same_day else f"{when} – {end}"
    lines = [event.get("SUMMARY", ""), when, event.get("LOCATION", ""), event.get("ORGANIZER", ""), event.get("DESCRIPTION", "")]
    return "\n".join(line for line in lines if line)
