"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

# At the beginning of a cell, or behind what a spreadsheet of another country takes for the end of one.
_DANGEROUS = re.compile(r"(^|[;\t\r\n]\"?)(?=[=+\-@\t\r＝＋－＠])")
_MARKED = re.compile(r"(^|[;\t\r\n]\"?)'(?=[=+\-@\t\r＝＋－＠])")
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")


def harmless(value: Any) -> str:
    """The value as a cell of a CSV; an apostrophe stands before what would be calculated. Numbers stay numbers."""
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if isinstance(value, (int, float, Decimal)) else _DANGEROUS.sub(r"\1'", text)


def as_written(text: str) -> str:
    """What `harmless` was given: the telephone number +49 30 … comes back as it was."""
    return _MARKED.sub(r"\1", text) if "'" in text else text


def is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None
