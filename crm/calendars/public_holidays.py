"""Public holidays of a country or a part of it, from the holidays package, a year at a time. Imported when first asked: it takes a fifth of a second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from flask_babel import get_locale


@lru_cache(1024)
def holidays_of(region: str, year: int, language: str = "") -> Mapping[date, str]:
    """'DE-BE', 2026 → the days with their names; nothing where the package knows none."""
    import holidays

    country, _, part = region.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=part or None, years=year, language=language or None))
    except NotImplementedError:
        return {}


def in_words(region: str, year: int) -> Mapping[date, str]:
    """The same with names in the reader's language, where the package has them."""
    supported = _languages(region)
    wanted = {"en": "en_US"}.get(str(get_locale()), str(get_locale()))
    return holidays_of(region, year, wanted if wanted in supported else "")


@lru_cache(256)
def _languages(region: str) -> tuple[str, ...]:
    import holidays

    return tuple(holidays.country_holidays(region.partition("-")[0]).supported_languages) if is_known(region) else ()


@lru_cache(256)
def is_known(region: str) -> bool:
    """Whether the package knows the country, and the part of it if one is named."""
    import holidays

    country, _, part = region.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


@lru_cache(1)
def regions() -> tuple[str, ...]:
    """All that can be chosen: countries, each followed by its parts."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return tuple(name for country in sorted(known) for name in (country, *(f"{country}-{part}" for part in sorted(known[country]))))
