"""Every address the program answers, stored: a new one is seen in review, a lost one fails."""

from __future__ import annotations

import re

from tests.stored import our_rules

VERBS = re.compile(r"_(toggle|create|update|delete|do|set|get)$|/(edit_|do_|set_|create|update|delete|remove)\b")


def rules(app) -> list[tuple[str, str, str]]:
    """(address, methods, endpoint), by address."""
    return sorted((rule.rule, " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})), rule.endpoint) for rule in our_rules(app))


def test_the_addresses_are_those_we_know(app, stored):
    stored("routes.txt", "".join(f"{address}  {methods}  {endpoint}\n" for address, methods, endpoint in rules(app)))


def test_addresses_are_nouns(app):
    assert [address for address, _, _ in rules(app) if VERBS.search(address)] == []


def test_no_address_ends_in_a_slash_but_the_first(app):
    assert [address for address, _, _ in rules(app) if address.endswith("/") and address != "/"] == []
