"""`python -m crm.translations` compiles the catalogues; `… missing` lists messages without German, German without use, and what has no Du yet."""

from __future__ import annotations

import sys

from crm import translations


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["missing"]:
            return report()
        translations.compile_all()
    except translations.Faults as faults:
        print(faults, file=sys.stderr)
        return 1
    return 0


def report() -> int:
    faults = 0
    for locale in translations.LOCALES:
        lists = {"not translated": translations.untranslated(locale), "not used": translations.unused(locale)}
        for title, messages in lists.items():
            for (message, _context), where in sorted(messages.items(), key=lambda item: item[1]):
                print(f"{locale} {title}: {where}: {message!r}")
            faults += len(messages)
    for (message, _context), where in translations.unsure_in_du().items():
        print(f"du: {where}: {message!r}")
        faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
