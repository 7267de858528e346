"""What becomes of each row that points at a record that is merged. tests/merging/test_rules.py fails when a reference, a unique key, a
column, a soft reference or a JSON column has no rule here; until it has one, rows move, and of two rows a unique key forbids one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import ngettext

from crm.contacts.relations.kinds import KINDS
from crm.folding import fold
from crm.merging.joining import earliest, either, latest_or_open

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
        "relations.from_contact_id": Reference(lambda n: ngettext("%(num)d relation", "%(num)d relations", n), ("kind", "to_contact_id", "since")),
        "relations.to_contact_id": Reference(lambda n: ngettext("%(num)d relation", "%(num)d relations", n), ("kind", "from_contact_id", "since")),
        "files.contact_id": Reference(lambda n: ngettext("%(num)d file", "%(num)d files", n), ("added_at", "filename")),
        "form_submissions.contact_id": Reference(lambda n: ngettext("%(num)d form that was sent", "%(num)d forms that were sent", n), ("at", "state")),
        "field_changes.contact_id": Reference(lambda n: ngettext("%(num)d change of a field", "%(num)d changes of fields", n), ("at", "field", "old", "new")),
        "deliveries.contact_id": Reference(lambda n: ngettext("%(num)d delivery", "%(num)d deliveries", n), ("created_at", "recipient", "subject")),
        "bulk_edit_rows.contact_id": Reference(stays="a change of many says how each record was; one that was merged since is left alone when it is taken back"),
        "import_rows.contact_id": Reference(stays="an import says which record each row made; one that was merged since is left alone when it is reverted"),
        "duplicate_pairs.left_id": Reference(stays="what was said about two records holds for these two; the next look compares the survivor"),
        "duplicate_pairs.right_id": Reference(stays="what was said about two records holds for these two; the next look compares the survivor"),
        "contacts.merged_into_id": Reference(stays="whoever was merged into the one lives on in the other, one step further"),
    },
    "organisation": {
        "contacts.organisation_id": Reference(lambda n: ngettext("%(num)d person", "%(num)d people", n), ("display_name",)),
        "affiliations.organisation_id": Reference(lambda n: ngettext("%(num)d affiliation", "%(num)d affiliations", n), ("contact_id", "role", "valid_from")),
        "interactions.organisation_id": Reference(lambda n: ngettext("%(num)d interaction", "%(num)d interactions", n), ("happened_at", "channel", "subject")),
        "postal_addresses.organisation_id": Reference(
            lambda n: ngettext("%(num)d postal address", "%(num)d postal addresses", n), ("street", "postcode", "city")),
        "organisation_tags.organisation_id": Reference(lambda n: ngettext("%(num)d tag", "%(num)d tags", n), ("tag_id",)),
        "field_changes.organisation_id": Reference(
            lambda n: ngettext("%(num)d change of a field", "%(num)d changes of fields", n), ("at", "field", "old", "new")),
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


@dataclass(frozen=True)
class Pair:
    """A row about two people that is kept once, the one with the smaller id first; `also` are further columns of its key. `when`: which rows."""

    first: str
    second: str
    also: tuple[str, ...] = ()
    when: Callable[[Row], bool] = lambda _row: True


PAIRS: dict[str, Pair] = {
    "relations": Pair("from_contact_id", "to_contact_id", ("kind",), lambda row: KINDS[row["kind"]].mutual if row["kind"] in KINDS else False),
}
LASTING = {"since": earliest, "until": latest_or_open}
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
    "relations.from_contact_id": Same(lambda row: (row["to_contact_id"], row["kind"]), LASTING),
    "relations.to_contact_id": Same(lambda row: (row["from_contact_id"], row["kind"]), LASTING),
    "contact_tags.contact_id": Same(lambda row: row["tag_id"]),
    "organisation_tags.organisation_id": Same(lambda row: row["tag_id"]),
}

# — the columns of the record itself ———————————————————————————————————————————————————————————————————————

NAMES = ("title", "first_name", "last_name")
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
        "id", "display_name", "sort_name", "sound", "birthday", "provenance", "updated_at", "merged_into_id", "interactions_count", "first_interaction_at",
        "last_interaction_at", "last_in_at", "last_out_at", "open_conversations", "next_task_at", "nps_score", "nps_at", "csat_score", "csat_at", "value",
    }),
    "organisation": frozenset({"id", "sort_name", "updated_at", "merged_into_id", "last_interaction_at"}),
}
FOLLOWING: dict[str, dict[str, tuple[str, ...]]] = {  # columns the record itself derives from others
    "contact": {"display_name": NAMES, "sort_name": NAMES, "sound": NAMES, "birthday": ("birth_date",)},
    "organisation": {"sort_name": ("name",)},
}
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
    "notifications": "whoever was told of a record finds it by its address, which leads on",
    "field_changes": "which record was changed then; whose history it belongs to moves by its foreign key",
}
# The words by which rows name records that have a contact of their own: what came later about them goes back with them.
ABOUT = {
    "conversation": "conversations", "task": "tasks", "answer": "answers", "feedback_request": "feedback_requests", "interaction": "interactions",
    "delivery": "deliveries", "file": "files", "address": "addresses", "postal_address": "postal_addresses", "affiliation": "affiliations",
}
NAMING = (("about_type", "about_id"), ("record", "record_id"))  # the columns that say such a word and its number
# JSON columns, and why no id in them needs to follow.
JSON_COLUMNS: dict[str, str] = {
    "inbox_lists.filters": "mailboxes, departments, tags, words; a list about one person is not kept",
    "audit_entries.detail": "the trail says what was done then",
    "bulk_edits.value": "what was set", "bulk_edit_rows.before": "what undoing puts back, of the record the row says",
    "bulk_edit_rows.after": "what the change set, of the record the row says",
    "calendars.week": "hours", "calendar_days.spans": "hours",
    "contact_forms.texts": "words", "contact_forms.fields": "keys and words", "contact_forms.origins": "addresses of sites",
    "form_submissions.answers": "what was typed", "form_submissions.files": "names and blobs", "form_submissions.origin": "addresses of pages",
    "contacts.custom": "a field of the record, chosen key by key",
    "organisations.custom": "a field of the record, chosen key by key",
    "conversation_joins.journal": "the journal says what was then",
    "custom_fields.choices": "words",
    "duplicate_pairs.evidence": "words",
    "duplicate_scans.marks": "numbers",
    "feedback_requests.gates": "keys and numbers of the gates",
    "import_rows.before": "what a reversal puts back, of the record the row says", "import_mappings.mapping": "words", "imports.mapping": "words",
    "imports.header": "words", "mailboxes.acknowledgements": "words",
    "interactions.data": "scores, surveys, items; whom it is about stands in contact_id",
    "merges.choices": "words", "merges.counts": "numbers", "merges.marks": "numbers",
    "merge_rows.keys": "the journal says what was then", "merge_rows.old": "the journal says what was then",
    "merge_rows.new": "the journal says what was then", "merge_rows.row": "the journal says what was then",
    "messages.to": "mail addresses", "messages.cc": "mail addresses", "messages.references": "Message-IDs", "messages.data": "what an event changed",
    "preferences.value": "settings of the firm",
    "saved_replies.bodies": "words",
    "macros.steps": "users, departments, touchpoints, saved replies, words",
    "drafts.cc": "mail addresses", "drafts.files": "names and blobs",
    "scheduled_replies.cc": "mail addresses", "scheduled_replies.files": "names and blobs",
    "saved_views.filters": "a view of the people of an organisation that was merged is empty, and shows whom it asks for",
    "segments.rule": "a rule by the number of an organisation is rewritten, see rewriting.py",
    "surveys.wording": "words",
    "undo_steps.payload": "addresses and affiliations keep their ids; what was undone at the merged record shows when the merge is undone",
}
