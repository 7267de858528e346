"""The process behind spreadsheets.to_text: `converting.py SOURCE TARGET`. Knows nothing of the program around it, so that it starts quickly and holds no secrets."""

from __future__ import annotations

import csv
import sys
from datetime import date, datetime, time
from typing import Any

MOST_MEMORY = 1536 << 20
MOST_SECONDS = 100
DAMAGED, NO_SHEET, TOO_LARGE = 3, 4, 5


def limit() -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def convert(source: str, target: str) -> int:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(source) as book:
            for sheet in book.sheets_metadata:
                if sheet.visible is SheetVisibleEnum.Visible and written(book, sheet.name, target):
                    return 0
    except MemoryError:
        return TOO_LARGE
    except CalamineError as error:
        return TOO_LARGE if "limit" in str(error) else DAMAGED
    except (OSError, ValueError, KeyError, IndexError):
        return DAMAGED
    return NO_SHEET


def written(book: Any, name: str, target: str) -> bool:
    sheet = book.get_sheet_by_name(name)
    with open(target, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        rows = 0
        for row in sheet.iter_rows():
            cells = [text(cell) for cell in row]
            rows += any(cells)
            writer.writerow(cells)
    return rows > 0


def text(cell: Any) -> str:
    """A cell as one would type it: whole numbers without a point, days without midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    limit()
    sys.exit(convert(*sys.argv[1:3]))
