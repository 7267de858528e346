"""HTML to readable plain text: paragraphs, lists, quotes as '> '. Linear, and indifferent to broken markup."""

import re
from html import unescape

from lxml import etree, html

BLOCKS = {"address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form",
          "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr",
          "ul", "body", "html", "tbody", "thead", "tfoot", "caption"}
APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "table", "blockquote"}
SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "select", "textarea", "meta", "link", "area"}
# Where the common mail programs begin the mail that is answered.
QUOTE_IDS = {"olk_src_body_section", "divrplyfwdmsg", "appendonsend", "stopspelling", "yahoo_quoted", "reply-intro", "isforwardcontent",
             "mail-editor-reference-message-container"}
QUOTE_CLASSES = {"gmail_quote", "gmail_extra", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "zmail_extra", "wordsection1-quote",
                 "outlookmessageheader", "tutanota_quote", "front-blockquote", "skiff_quote"}
OUTLOOK_RULE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s*#(?:E1E1E1|B5C4DF)", re.I)
QUOTE_MARK = "\ue000"
BLANK = re.compile(r"[ \t\r\n\f\u200b\ufeff]+")
LINE_END = re.compile(r"(?<![ \t])[ \t]++$", re.M)
MANY_LINES = re.compile(r"\n{3,}")
TAG = re.compile(r"<[^<>]*>")
SILENT_ELEMENT = re.compile(r"<(script|style|head|title|template|svg|!--)\b.*?(?:</\1\s*>|-->|\Z)", re.S | re.I)
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
PARSER = {"recover": True, "huge_tree": True, "remove_comments": True, "remove_pis": True, "no_network": True}


def html_to_text(markup: str, mark_quotes: bool = False) -> str:
    """With `mark_quotes` a line QUOTE_MARK stands where a mail program began its quotation."""
    root = parse_html(markup)
    if root is None:
        return ""
    writer = Writer()
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            writer.open(node, mark_quotes)
        else:
            writer.close(node, node is root, mark_quotes)
    # A page whose only words are its title, or stand for its pictures, says them there.
    return writer.finished() or " ".join((root.findtext(".//title") or " ".join(root.xpath("//img/@alt")) or _bare(markup)).split())


def _bare(markup: str) -> str:
    """Without any tag: for markup nested so deep that the parser gave up."""
    return unescape(TAG.sub(" ", SILENT_ELEMENT.sub(" ", markup)))


def parse_html(markup: str):
    """The element tree, or None where there is nothing in it."""
    markup = XML_DECLARATION.sub("", markup.replace("\x00", ""))
    if not markup.strip():
        return None
    try:
        parser = html.HTMLParser(encoding="utf-8", **PARSER)
        return html.document_fromstring(markup.encode("utf-8", "ignore"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


class Writer:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.depth = self.depth_of_blank = self.silent = self.verbatim = 0
        self.at_line_start, self.wants_blank = True, False
        self.space = False

    def open(self, node, mark_quotes: bool) -> None:
        tag = node.tag if isinstance(node.tag, str) else "script"
        if self.silent or tag in SILENT:
            self.silent += 1
            return
        if tag in BLOCKS:
            self.new_line(blank=tag in APART)
        if mark_quotes and _begins_quote(node):
            self.new_line()
            self.write(QUOTE_MARK)
            self.new_line()
        self.depth += tag == "blockquote" and not (mark_quotes and _is_indentation(node))
        self.verbatim += tag == "pre"
        if tag == "br":
            self.break_line()
        elif tag == "li":
            self.write("- ")
        elif tag in ("td", "th"):
            self.space = not self.at_line_start
        self.text(node.text)

    def close(self, node, is_root: bool, mark_quotes: bool) -> None:
        tag = node.tag if isinstance(node.tag, str) else "script"
        if self.silent:
            self.silent -= 1
        else:
            self.depth -= tag == "blockquote" and not (mark_quotes and _is_indentation(node))
            self.verbatim -= tag == "pre"
            if tag in BLOCKS:
                self.new_line(blank=tag in APART)
        if not self.silent and not is_root:
            self.text(node.tail)

    def text(self, text: str | None) -> None:
        if not text:
            return
        if self.verbatim:
            for place, line in enumerate(text.split("\n")):
                if place:
                    self.break_line()
                if line:
                    self.write(line)
            return
        collapsed = BLANK.sub(" ", text)
        if collapsed[0] == " ":
            self.space = self.space or not self.at_line_start
        words = collapsed.strip(" ")
        if words:
            self.write(words)
            self.space = collapsed[-1] == " "

    def write(self, text: str) -> None:
        if self.at_line_start:
            prefix = "> " * self.depth if text != QUOTE_MARK else ""
            if self.wants_blank and self.pieces:
                self.pieces.append(prefix[: 2 * self.depth_of_blank].rstrip() + "\n")
            self.pieces.append(prefix)
        elif self.space:
            self.pieces.append(" ")
        self.pieces.append(text)
        self.at_line_start = self.wants_blank = self.space = False

    def new_line(self, blank: bool = False) -> None:
        if not self.at_line_start:
            self.pieces.append("\n")
            self.at_line_start = True
        if blank:
            self.depth_of_blank = min(self.depth, self.depth_of_blank if self.wants_blank else self.depth)
        self.wants_blank = self.wants_blank or blank
        self.space = False

    def break_line(self) -> None:
        if self.at_line_start:
            self.pieces.append(("> " * self.depth).rstrip())
        self.pieces.append("\n")
        self.at_line_start, self.space = True, False

    def finished(self) -> str:
        return MANY_LINES.sub("\n\n", LINE_END.sub("", "".join(self.pieces).replace("\xa0", " "))).strip()


def _is_indentation(node) -> bool:
    """Gmail's quote button makes the same element as its replies do, which alone stand in a division of that name."""
    return "gmail_quote" in (node.get("class") or "") and not any("gmail_quote" in (each.get("class") or "") for each in node.iterancestors("div", "blockquote"))


def _begins_quote(node) -> bool:
    if not node.attrib:
        return False
    identity = (node.get("id") or "").lower()
    if identity and any(identity.endswith(each) for each in QUOTE_IDS):
        return True
    if node.tag == "div" and (style := node.get("style")) and OUTLOOK_RULE.search(style):
        return True
    classes = (node.get("class") or "").lower().split()
    return node.tag != "blockquote" and not QUOTE_CLASSES.isdisjoint(classes)
