"""Every setting of the program: name, type, default, meaning. Read once; all faults are named together."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from dotenv.parser import parse_stream

LOCALES = ("en", "de")
SHORTEST_KEY = 32  # characters of a key that we made ourselves


class SettingsError(Exception):
    """One or more settings are wrong. `faults` holds a sentence for each, with the way out."""

    def __init__(self, faults: list[str]):
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    database_url: str
    redis_url: str | None
    base_url: str
    smtp_url: str | None
    imap_urls: tuple[str, ...]
    listen_smtp: str | None
    listen_certificate: Path | None
    listen_key: Path | None
    largest_mail: int
    secret_key: str
    locale: str
    timezone: str
    region: str
    trusted_proxies: int

    @property
    def blob_dir(self) -> Path:
        return self.data_dir / "blobs"

    @property
    def spool_dir(self) -> Path:
        return self.data_dir / "spool"

    @property
    def largest_bytes(self) -> int:
        """Of one mail, in either direction."""
        return self.largest_mail * 1024 * 1024

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def phone_region(self) -> str:
        """Two-letter country for phone numbers written without a country code: 'DE' of 'DE-BE'."""
        return self.region.split("-")[0]

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")


def _url(schemes: tuple[str, ...], example: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        parts = urlsplit(value)
        _ = parts.port  # a ValueError of its own when it is none
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"give an address such as {example}")
        return value

    return read


def _database(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.strip("/") and ":memory:" not in rest:
        return value
    raise ValueError("give postgresql://user:password@host/name, or leave it out for SQLite in the data directory")


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("give host:port such as 127.0.0.1:2525, or lmtp:host:port")
    return value


def _file(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if not path.is_file():
        raise ValueError("give the path of a file in PEM form")
    return path


def _megabytes(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 1000):
        raise ValueError("give a number of megabytes, 1 to 1000")
    return int(value)


def _locale(value: str) -> str:
    if value not in LOCALES:
        raise ValueError(f"choose one of {', '.join(LOCALES)}")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception as error:
        raise ValueError("give a zone of the IANA list such as Europe/Berlin") from error
    return value


def _region(value: str) -> str:
    country, _, part = value.partition("-")
    if not (len(country) == 2 and country.isalpha() and country.isupper() and (not part or part.isalnum())):
        raise ValueError("give a country or a part of it such as DE, DE-BE or AT-9")
    return value


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= 10):
        raise ValueError("give the number of reverse proxies in front of the program, 0 to 10")
    return int(value)


SMTP_SCHEMES = ("smtp", "smtps", "smtp+starttls")
READERS: dict[str, Callable[[str], object]] = {
    "data_dir": lambda value: Path(value).expanduser().absolute(),
    "database_url": _database,
    "redis_url": _url(("redis", "rediss", "unix"), "redis://127.0.0.1:6379/0"),
    "base_url": lambda value: _url(("http", "https"), "https://crm.example.com")(value).rstrip("/"),
    "smtp_url": _url(SMTP_SCHEMES, "smtp+starttls://user:password@mail.example.com:587"),
    "imap_urls": lambda value: tuple(_url(("imap", "imaps", "imap+starttls"), "imaps://user:password@host/INBOX")(u) for u in value.split()),
    "listen_smtp": _listen,
    "listen_certificate": _file,
    "listen_key": _file,
    "largest_mail": _megabytes,
    "secret_key": str,
    "locale": _locale,
    "timezone": _zone,
    "region": _region,
    "trusted_proxies": _count,
}
DEFAULTS = {
    "data_dir": "./var",
    "base_url": "http://127.0.0.1:8000",
    "locale": "en",
    "timezone": "Europe/Berlin",
    "region": "DE-BE",
    "trusted_proxies": "0",
    "largest_mail": "50",
}


def load(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read the environment (and `.env` in the data directory); raise SettingsError naming every fault at once."""
    environ = os.environ if environ is None else environ
    data_dir = Path(environ.get("CRM_DATA_DIR") or DEFAULTS["data_dir"])
    file, unread = _env_file(data_dir / ".env")
    values, faults = _read_all({**file, **environ})
    faults = [*unread, *faults]
    if faults:
        raise SettingsError(faults)
    values.update(overrides)
    _prepare_data_dir(values["data_dir"])
    values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'crm.sqlite'}"
    values["secret_key"] = values["secret_key"] or _own_secret(values["data_dir"])
    return Settings(**values)


def _env_file(path: Path) -> tuple[dict[str, str | None], list[str]]:
    """What the file says, and a sentence for each line that says nothing."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"{path} cannot be read ({getattr(error, 'strerror', None) or 'it is not UTF-8'}): mend or remove it."]
    wrong = [binding.original for binding in parse_stream(StringIO(text)) if binding.error]
    faults = [f"{path}, line {line.line}, is not understood: write NAME=value, one a line." for line in wrong]
    return ({} if faults else dotenv_values(stream=StringIO(text))), faults


def _read_all(written: Mapping[str, str | None]) -> tuple[dict, list[str]]:
    values: dict = {}
    faults = []
    for field in fields(Settings):
        name = f"CRM_{field.name.upper()}"
        raw = written.get(name) or DEFAULTS.get(field.name)
        try:
            values[field.name] = READERS[field.name](raw) if raw else None
        except ValueError as error:
            faults.append(f"{name} is {raw!r}: {error}.")
    values["imap_urls"] = values.get("imap_urls") or ()
    return values, faults


def _prepare_data_dir(path: Path) -> None:
    try:
        for part in (path, path / "blobs", path / "spool"):
            part.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            [f"The data directory {path} cannot be written ({error.strerror}): change its owner or set CRM_DATA_DIR to another folder."]
        ) from error


def _own_secret(data_dir: Path) -> str:
    key = own_key(data_dir / "secret_key", lambda: secrets.token_urlsafe(48))
    if len(key) < SHORTEST_KEY:
        raise SettingsError([f"{data_dir / 'secret_key'} holds no key: restore it from a backup, or remove it and everybody signs in anew."])
    return key


def own_key(path: Path, make: Callable[[], str]) -> str:
    """The key in `path`, made when first asked for. It appears there whole or not at all, and two starts at once agree on one."""
    if not path.exists():
        scratch = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)
    return path.read_text().strip()
