"""The databases that are measured: the present one, or two large ones that are made once and kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from crm import __version__, migrating
from crm.bench.processes import processor_seconds
from crm.settings import Settings, load

SEED = 2026
STAMP = "bench.json"
QUIET = {"CRM_SMTP_URL": "", "CRM_IMAP_URLS": "", "CRM_LISTEN_SMTP": ""}  # whatever is measured, nothing leaves the house


@dataclass(frozen=True)
class DataSet:
    """A data directory and the environment in which programs work on it. `loading`: how it was made, if it was made here."""

    settings: Settings
    environ: Mapping[str, str]
    loading: Mapping[str, float] | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> DataSet:
        quiet = {**environ, **QUIET}
        return cls(load(quiet), quiet)

    @classmethod
    def at(cls, folder: Path) -> DataSet:
        """A folder of its own, whatever the settings of this machine say."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        return cls.of({**bare, "CRM_DATA_DIR": str(folder)})

    def crm(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "crm", *arguments], env=self.environ, check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def copy(self) -> Iterator[DataSet]:
        """The same data in a folder beside it, on the same disk, to be written to and thrown away. SQLite only."""
        folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=self.settings.data_dir))
        try:
            source = self.settings.database_url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(source, timeout=15)) as here, closing(sqlite3.connect(folder / "crm.sqlite")) as there:
                here.backup(there)
            os.sync()  # or the disk is still busy with the copy while we measure
            yield DataSet.at(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def kept(folder: Path, contacts: int, interactions: int) -> DataSet:
    """The data set of this size in `folder`: the one from last time if program, schema and seed are the same, else a new one."""
    wanted = {"contacts": contacts, "interactions": interactions, "seed": SEED, "schema": _schema(), "version": __version__}
    stamp = folder / STAMP
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    if wanted.items() <= known.items():
        return replace(DataSet.at(folder), loading=known)
    click.echo(f"Loading {contacts:,} contacts and {interactions:,} interactions into {folder} …", err=True)
    return _made(folder, wanted)


def _schema() -> str:
    """Changes with every migration, also when one is rewritten."""
    texts = [path.read_bytes() for path in sorted((migrating.migrations_dir() / "versions").glob("*.py"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


def _made(folder: Path, wanted: dict) -> DataSet:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = DataSet.at(folder)
    made.crm("migrate")
    began, worked = time.monotonic(), processor_seconds()
    made.crm("demo", "load", "--contacts", str(wanted["contacts"]), "--interactions", str(wanted["interactions"]), "--seed", str(SEED))
    known = wanted | {"seconds": round(time.monotonic() - began, 1), "processor_seconds": round(processor_seconds() - worked, 1)}
    (folder / STAMP).write_text(json.dumps(known))
    return replace(made, loading=known)
