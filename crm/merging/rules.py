"""What becomes of each row that points at a record that is merged. tests/merging/test_rules.py fails when a reference, a unique key, a
column, a soft reference or a JSON column has no rule here; until it has one, rows move, and of two rows a unique key forbids one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import ngettext

from crm.folding import fold
from crm.merging.joining import earliest, either, filled, latest_or_open

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """`words` counts the rows ("3 addresses"); `shows` are the columns a preview tells them apart by. `stays`: the reason why they do not move."""

    words: Callable[[int], str] = lambda _n: ""
    shows: tuple[str, ...] = ()
    stays: str = ""


REFERENCES: dict[str, dict[str, Reference]] = {
    "contact": {
        "interactions.contact_id": Reference(lambda n: ngettext("%(num)d interaction", "%(num)d interactions", n), ("happened_at", "channel", "subject")),
        "conversations.contact_id": Reference(lambda n: ngettext("%(num)d conversation", "%(num)d conversations", n), ("created_at", "subject")),
        "tasks.contact_id": Reference(lambda n: ngettext("%(num)d task", "%(num)d tasks", n), ("due_at", "title")),
        "addresses.contact_id": Reference(lambda n: ngettext("%(num)d address", "%(num)d addresses", n), ("value",)),
        "postal_addresses.contact_id": Reference(
            lambda n: ngettext("%(num)d postal address", "%(num)d postal addresses", n), ("street", "postcode", "city")),
        "affiliations.contact_id": Reference(lambda n: ngettext("%(num)d affiliation", "%(num)d affiliations", n), ("organisation_id", "role", "valid_from")),
        "contact_tags.contact_id": Reference(lambda n: ngettext("%(num)d tag", "%(num)d tags", n), ("tag_id",)),
        "consents.contact_id": Reference(lambda n: ngettext("%(num)d consent entry", "%(num)d consent entries", n), ("at", "purpose", "channel", "state")),
        "feedback_requests.contact_id": Reference(
            lambda n: ngettext("%(num)d feedback request", "%(num)d feedback requests", n), ("created_at", "survey_id", "state")),
        "answers.contact_id": Reference(lambda n: ngettext("%(num)d answer", "%(num)d answers", n), ("answered_at", "score", "comment")),
        "deliveries.contact_id": Reference(lambda n: ngettext("%(num)d delivery", "%(num)d deliveries", n), ("created_at", "recipient", "subject")),
        "contacts.merged_into_id": Reference(stays="whoever was merged into the one lives on in the other, one step further"),
    },
    "organisation": {
        "contacts.organisation_id": Reference(lambda n: ngettext("%(num)d person", "%(num)d people", n), ("display_name",)),
        "affiliations.organisation_id": Reference(lambda n: ngettext("%(num)d affiliation", "%(num)d affiliations", n), ("contact_id", "role", "valid_from")),
        "interactions.organisation_id": Reference(lambda n: ngettext("%(num)d interaction", "%(num)d interactions", n), ("happened_at", "channel", "subject")),
        "postal_addresses.organisation_id": Reference(
            lambda n: ngettext("%(num)d postal address", "%(num)d postal addresses", n), ("street", "postcode", "city")),
        "organisation_tags.organisation_id": Reference(lambda n: ngettext("%(num)d tag", "%(num)d tags", n), ("tag_id",)),
        "organisations.parent_id": Reference(lambda n: ngettext("%(num)d subsidiary", "%(num)d subsidiaries", n), ("name",)),
        "organisations.merged_into_id": Reference(stays="whoever was merged into the one lives on in the other, one step further"),
    },
}


@dataclass(frozen=True)
class Same:
    """When two rows say the same (`key` agrees; None: never), the survivor's stays and takes over what the other knows besides.

    `joins`: how a column of both becomes one; for the others what is filled beats what is empty.
    """

    key: Callable[[Row], Any]
    joins: Mapping[str, Callable[[Any, Any], Any]] = field(default_factory=dict)


def _spelling(*names: str) -> Callable[[Row], Any]:
    return lambda row: tuple(fold(row[name] or "") for name in names)


def _present(name: str) -> Callable[[Row], Any]:
    """Present affiliations with the same firm are one, ended ones are history and stay apart."""
    return lambda row: row[name] if row["valid_until"] is None else None


BELONGING = {"valid_from": earliest, "primary": either}

# A tag has nothing but its key. An opt-out and a bounce belong to the address: known of one, known of both.
SAME: dict[str, Same] = {
    "addresses.contact_id": Same(
        lambda row: (row["kind"], row["normalised"]),
        {"opted_out_at": earliest, "invalid_at": earliest, "valid_from": earliest, "created_at": earliest, "valid_until": latest_or_open, "primary": either},
    ),
    "postal_addresses.contact_id": Same(_spelling("type", "street", "postcode", "city"), {"valid_from": earliest, "valid_until": latest_or_open}),
    "postal_addresses.organisation_id": Same(_spelling("type", "street", "postcode", "city"), {"valid_from": earliest, "valid_until": latest_or_open}),
    "affiliations.contact_id": Same(_present("organisation_id"), BELONGING),
    "affiliations.organisation_id": Same(_present("contact_id"), BELONGING),
    "contact_tags.contact_id": Same(lambda row: row["tag_id"]),
    "organisation_tags.organisation_id": Same(lambda row: row["tag_id"]),
}

# — the columns of the record itself ———————————————————————————————————————————————————————————————————————

CHOSEN: dict[str, tuple[str, ...]] = {  # a person chooses between the two, in this order
    "contact": ("title", "first_name", "last_name", "salutation", "address_form", "language", "lifecycle", "customer_since", "birth_date",
                "organisation_id", "owner_id", "notes", "custom"),
    "organisation": ("name", "domain", "industry", "website", "phone", "parent_id", "owner_id", "notes", "custom"),
}
DECIDED: dict[str, dict[str, Callable[[Any, Any], Any]]] = {  # nobody chooses: the stricter, the older, the one that lives
    "contact": {"restricted_at": earliest, "created_at": earliest, "archived_at": latest_or_open},
    "organisation": {"created_at": earliest, "archived_at": latest_or_open},
}
DERIVED: dict[str, frozenset[str]] = {  # computed anew, or the record's own
    "contact": frozenset({
        "id", "display_name", "sort_name", "birthday", "provenance", "updated_at", "merged_into_id", "interactions_count", "first_interaction_at",
        "last_interaction_at", "last_in_at", "last_out_at", "open_conversations", "next_task_at", "nps_score", "nps_at", "csat_score", "csat_at", "value",
    }),
    "organisation": frozenset({"id", "sort_name", "updated_at", "merged_into_id", "last_interaction_at"}),
}
COPIED = {"birthday": "birth_date"}  # columns that go with another
BLANK: dict[str, tuple[Any, ...]] = {"lifecycle": ("lead",), "address_form": ("sie",)}  # what stands there when nobody said anything
MOST: dict[str, tuple[str, ...]] = {"lifecycle": ("lead", "prospect", "former", "customer")}  # the later in this order wins

# — what points without a foreign key ——————————————————————————————————————————————————————————————————————

# table → what "*_type"/"*_id" of it do when they name a contact or an organisation: True they move, else the reason why they stay.
SOFT: dict[str, bool | str] = {
    "interactions": True,
    "tasks": True,
    "deliveries": True,
    "audit_entries": "what was done to a record stays written at that record, whose address leads on",
    "search_documents": "made anew for both",
}
# The words of "about_type" for records that have a contact of their own: later rows about them go back with them.
ABOUT = {
    "conversation": "conversations", "task": "tasks", "answer": "answers", "feedback_request": "feedback_requests", "interaction": "interactions",
    "delivery": "deliveries",
}
# JSON columns, and why no id in them needs to follow.
JSON_COLUMNS: dict[str, str] = {
    "audit_entries.detail": "the trail says what was done then",
    "contacts.custom": "a field of the record, chosen key by key",
    "organisations.custom": "a field of the record, chosen key by key",
    "feedback_requests.gates": "keys and numbers of the gates",
    "interactions.data": "scores, surveys, items; whom it is about stands in contact_id",
    "merges.choices": "words", "merges.counts": "numbers", "merges.marks": "numbers",
    "merge_rows.keys": "the journal says what was then", "merge_rows.old": "the journal says what was then",
    "merge_rows.new": "the journal says what was then", "merge_rows.row": "the journal says what was then",
    "messages.to": "mail addresses", "messages.cc": "mail addresses", "messages.references": "Message-IDs", "messages.data": "what an event changed",
    "preferences.value": "settings of the firm",
    "segments.rule": "a rule by the number of an organisation is rewritten, see rewriting.py",
    "surveys.wording": "words",
    "undo_steps.payload": "addresses and affiliations keep their ids; what was undone at the merged record shows when the merge is undone",
}
