"""One small catalogue per package (de/inbox.po, de/common.po …), merged into the one that gettext reads.

Small files keep the words beside their subject and let several people translate at once. The same English in two files
must have the same German, or the interface would call one thing by two names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm.translations import du

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent
LOCALES = ("de",)
KEYWORDS = ("_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext", "lazy_pgettext", "npgettext")
TEMPLATES = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}

Key = tuple[Any, str | None]  # the English (with its plural), the context


class Faults(Exception):
    """What is wrong with the catalogues, a line each."""


def compile_all() -> None:
    """Write messages.mo of every language; raise Faults instead when a catalogue contradicts itself or is incomplete."""
    from babel.messages.mofile import write_mo

    for target, catalog in [*((compiled(locale), merged(locale)) for locale in LOCALES), (compiled("de", "du"), in_du())]:
        target.parent.mkdir(exist_ok=True)
        scratch = target.with_suffix(f".{os.getpid()}")
        with scratch.open("wb") as file:
            write_mo(file, catalog)
        scratch.replace(target)


def compile_if_stale() -> None:
    """The same, only when a catalogue is newer than what was compiled (development and tests)."""
    for locale in LOCALES:
        target = compiled(locale)
        watched = (FOLDER / locale, *sources(locale), *sources("du"), Path(__file__).with_name("du.py"))
        newest = max((path.stat().st_mtime for path in watched if path.exists()), default=0)
        if not target.exists() or not compiled(locale, "du").exists() or target.stat().st_mtime < newest:
            compile_all()
            return


def compiled(locale: str, domain: str = "messages") -> Path:
    return FOLDER / locale / "LC_MESSAGES" / f"{domain}.mo"


def sources(locale: str) -> list[Path]:
    return sorted((FOLDER / locale).glob("*.po"))


def merged(locale: str) -> Catalog:
    from babel.messages.catalog import Catalog

    whole, faults = Catalog(locale=locale), []
    origin: dict[Any, tuple[Path, Message]] = {}
    for path, message in entries(locale):
        key = (message.id, message.context)
        faults += [f"{place(path, message)}: {fault}" for fault in faults_of(message)]
        if key in origin and origin[key][1].string != message.string:
            faults.append(f"{place(path, message)}: {message.id!r} is translated otherwise in {place(*origin[key])}")
        origin.setdefault(key, (path, message))
        whole.add(message.id, message.string, context=message.context, flags=message.flags)
    if faults:
        raise Faults("\n".join(faults))
    return whole


def in_du() -> Catalog:
    """German for staff who are addressed with Du: by the rules of du.py, unless du/<package>.po says it otherwise."""
    said = {(message.id, message.context): message.string for _, message in entries("du", "de")}
    whole = merged("de")
    for message in whole:
        if message.id:
            message.string = said.get((message.id, message.context)) or each(du.said_du, message.string)
    return whole


def unsure_in_du() -> dict[Key, str]:
    """German for which the rules of Du are not enough and that du/<package>.po does not have: and what stands there without need."""
    said = {(message.id, message.context): place(path, message) for path, message in entries("du", "de")}
    there = {(message.id, message.context): message.string for _, message in entries("de")}
    unsure = {key: "rules do not do" for key, german in there.items() if key not in said and any(map(du.is_unsure, strings(german)))}
    return unsure | {key: f"{where} is about nothing" for key, where in said.items() if key not in there}


def strings(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (string,)


def each(change: Callable[[str], str], string: Any) -> Any:
    """The same of every plural form."""
    return tuple(map(change, string)) if isinstance(string, (tuple, list)) else change(string)


def entries(locale: str, language: str = "") -> Iterator[tuple[Path, Message]]:
    from babel.messages.pofile import PoFileError, read_po

    for path in sources(locale):
        with path.open("rb") as file:
            try:
                catalog = read_po(file, locale=language or locale, abort_invalid=True)
            except PoFileError as error:
                raise Faults(f"{path.name}: {error}") from error
        yield from ((path, message) for message in catalog if message.id)


def faults_of(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield f"{message.id!r} is marked fuzzy"
    if not all(strings(message.string)):
        yield f"{message.id!r} is not translated"
    else:
        yield from (f"{message.id!r}: {fault}" for fault in message.check())


def place(path: Path, message: Message) -> str:
    return f"{path.parent.name}/{path.name}:{message.lineno}"


def used() -> dict[Key, str]:
    """Every message of code and templates, and where it was first seen."""
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

    keywords = {name: DEFAULT_KEYWORDS.get(name.removeprefix("lazy_")) for name in KEYWORDS}
    methods = [("templates/**", "jinja2.ext:babel_extract"), ("**.py", "python")]
    found: dict[Key, str] = {}
    rows = extract_from_dir(str(PACKAGE), methods, {"templates/**": TEMPLATES}, keywords)
    for name, line, message, _comments, context in rows:
        found.setdefault((message, context), f"{name}:{line}")
    return found


def untranslated(locale: str) -> dict[Key, str]:
    """A message with a plural needs an entry with a plural; a plain one is served by either."""
    translated = {(message.id, message.context) for _, message in entries(locale)}
    plain = {singular(*key) for key in translated}
    return {key: where for key, where in used().items() if key not in (translated if isinstance(key[0], tuple) else plain)}


def unused(locale: str) -> dict[Key, str]:
    needed = {singular(*key) for key in used()}
    return {
        (message.id, message.context): place(path, message)
        for path, message in entries(locale)
        if singular(message.id, message.context) not in needed
    }


def singular(ident: Any, context: str | None) -> Key:
    """gettext finds a message by its singular, whether or not it has a plural."""
    return (ident if isinstance(ident, str) else ident[0], context)
