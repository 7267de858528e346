"""HTML mail made safe to show: no script, no form, nothing fetched from outside unless asked for; of its style what colours and measures text."""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from secrets import token_hex
from urllib.parse import unquote

import nh3

from crm.mail.html_text import html_to_text

__all__ = ["has_remote_pictures", "html_to_text", "safe_html"]

TAGS = {
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd",
    "li", "main", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
}
WITH_CONTENT = {"script", "style", "title", "head", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea", "button"}
ATTRIBUTES = {
    "*": {"dir", "lang", "title", "style"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "table": {"align", "border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"align", "valign", "colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"align", "valign", "colspan", "rowspan", "width", "height", "bgcolor"},
    "tr": {"align", "valign", "bgcolor"},
    "col": {"span", "width"}, "colgroup": {"span", "width"},
    "font": {"color", "size", "face"}, "p": {"align"}, "div": {"align"}, "ol": {"start", "type"}, "li": {"value"}, "time": {"datetime"},
    "h1": {"align"}, "h2": {"align"}, "h3": {"align"},
}
# What cannot leave its place, lie over anything or fetch anything. The frame around it is the second wall, its policy the third.
PROPERTIES = frozenset((
    "color", "background-color", "background", "font", "font-family", "font-size", "font-style", "font-weight", "line-height", "letter-spacing", "text-align", "text-decoration",
    "text-indent", "text-transform", "vertical-align", "white-space", "width", "max-width", "min-width", "height", "display", "direction", "list-style-type", "table-layout",
    "border-collapse", "border-spacing", "border-radius", *(f"{name}{side}" for name in ("margin", "padding", "border") for side in ("", "-top", "-right", "-bottom", "-left")),
    *(f"border{side}-{name}" for side in ("", "-top", "-right", "-bottom", "-left") for name in ("color", "style", "width")),
))
VALUE = re.compile(r"(?!.*(?:url|src|expression|image|image-set|attr|var|env|element|calc|min|max|clamp)\s*\()[\w\s.,#%()'\"!/+-]{1,200}\Z", re.I | re.S)
NEGATIVE = re.compile(r"(?:^|[\s(,/])-[\d.]")
LINKS = re.compile(r"\s*(?:https?://|mailto:|tel:)", re.I)
REMOTE = re.compile(r"\s*(?:https?:)?//", re.I)
PICTURE = re.compile(r"\s*data:image/(?:png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]*\Z", re.I)
REMOTE_PICTURE = re.compile(r"<img\b[^<>]{0,2000}?\ssrc\s*+=\s*+[\"']?\s*+(?:https?:)?//", re.I)
LONGEST_STYLE = 2000
# Each block within blocks is looked for in all that are open: some thousand, one in the other, take minutes.
BLOCK = re.compile(r"<(/?)(address|article|aside|blockquote|center|details|dir|div|dl|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|listing|main|menu|nav|ol|pre|search|section|summary|table|ul)\b", re.I)
DEEPEST, MOST_BLOCKS = 1000, 20_000
BLANK_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def safe_html(markup: str, pictures: Mapping[str, str] | None = None, allow_remote: bool = False, blank: str = BLANK_PICTURE) -> str:
    """Safe HTML of a mail body.

    `pictures` maps a Content-ID to our own URL. Remote pictures become the `blank` placeholder; with `allow_remote` it carries the
    URL in `data-remote`, for a page or proxy to load.
    """
    if is_too_deep(markup):
        return f"<pre>{escape(html_to_text(markup))}</pre>"
    by_id = {key.strip("<>").lower(): url for key, url in (pictures or {}).items()}
    # Attribute filters cannot add an attribute: a token nobody can guess holds the place until the HTML is clean.
    nonce, remote = token_hex(16), []

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "a" and name == "href":
            return value.strip() if LINKS.match(value) else None
        if name == "style":
            return _style(value)
        if tag != "img" or name != "src":
            return value
        if not allow_remote or not REMOTE.match(value):
            return _picture(value, by_id, blank)
        remote.append(value.strip())
        return f"https://{nonce}.invalid/{len(remote) - 1}"

    cleaned = nh3.clean(
        markup.replace("\x00", ""),
        tags=TAGS,
        clean_content_tags=WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    if not remote:
        return cleaned
    token = re.compile(rf'src="https://{nonce}\.invalid/(\d+)"')
    return token.sub(lambda match: f'src="{escape(blank)}" data-remote="{escape(remote[int(match[1])])}"', cleaned)


def is_too_deep(markup: str) -> bool:
    """Whether its blocks stand in each other so deeply that only its text is shown."""
    open_ones: Counter[str] = Counter()
    deep = 0
    for count, (closes, name) in enumerate(BLOCK.findall(markup)):
        name = name.lower()
        step = (-1 if open_ones[name] else 0) if closes else 1
        open_ones[name] += step
        deep += step
        if deep > DEEPEST or count > 2 * MOST_BLOCKS:
            return True
    return False


def has_remote_pictures(markup: str) -> bool:
    """Whether showing the mail as its sender meant it would tell somebody that it is being read."""
    return bool(REMOTE_PICTURE.search(markup))


def _style(value: str) -> str | None:
    """The declarations that only say how text looks."""
    kept = []
    for declaration in value[:LONGEST_STYLE].split(";"):
        name, _, given = declaration.partition(":")
        name, given = name.strip().lower(), given.strip()
        if name in PROPERTIES and VALUE.match(given) and not NEGATIVE.search(given):
            kept.append(f"{name}: {given}")
    return "; ".join(kept) or None


def _picture(value: str, by_id: Mapping[str, str], blank: str) -> str | None:
    value = value.strip()
    if value[:4].lower() == "cid:":
        return by_id.get(unquote(value[4:]).strip("<>").lower())
    if PICTURE.match(value):
        return value
    return blank if REMOTE.match(value) else None
