"""`make migration NAME=inbox_add_closed_at`: write the next migration by comparing the models with a database at head.

`make migration INITIAL=1` writes the first one anew, which is right only until the first release.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import JSON, types

import crm
from crm import migrating, settings
from crm.extensions import UtcDateTime

INITIAL = "20261121_0000"
SEARCH = "\n    indexing.create(op.get_bind())"


def main(name: str, initial: bool) -> None:
    versions = migrating.migrations_dir() / "versions"
    if initial:
        for path in versions.glob("*.py"):
            path.unlink()
    with tempfile.TemporaryDirectory() as folder:
        app = crm.create_app(settings.load({"CRM_DATA_DIR": folder}))
        with app.app_context():
            migrating.migrate() if not initial else None
            script = command.revision(
                migrating.config(), name, autogenerate=True, rev_id=INITIAL if initial else None, process_revision_directives=plain
            )
    path = Path(script.path)
    text = path.read_text(encoding="utf-8")
    if initial:
        path.unlink()
        path = versions / f"{INITIAL}_initial.py"
        text = with_search(text)
    path.write_text(text, encoding="utf-8")
    print(path)


def plain(context, _revision, _directives) -> None:
    """Migrations stand on their own: column types are written as SQLAlchemy's, never imported from the models."""
    context.opts["render_item"] = render_type
    context.opts["render_as_batch"] = bool(migrating.revisions())


def render_type(kind: str, item: object, _context) -> str | bool:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, types.TypeDecorator):
        return f"sa.{item.impl!r}" if not isinstance(item.impl, JSON) else "sa.JSON()"
    return False


def with_search(text: str) -> str:
    """The full-text objects are made and dropped by the functions that `create_all` uses too."""
    text = text.replace("from alembic import op\n", "from alembic import op\n\nfrom crm.search import indexing\n", 1)
    text = text.replace("\n\n\ndef downgrade() -> None:\n    ", f"{SEARCH}\n\n\ndef downgrade() -> None:\n    indexing.drop(op.get_bind())\n    ", 1)
    return "\n".join(line for line in text.split("\n") if "# ###" not in line)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(arguments[0] if arguments else "", "--initial" in arguments)
