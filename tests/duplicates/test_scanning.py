"""The scan: who is found, what is remembered, and what happens when people change."""

from __future__ import annotations

import csv
import io

from crm.duplicates import jobs, queries
from crm.duplicates.cli import COLUMNS, duplicates
from crm.duplicates.models import DuplicatePair, DuplicateScan
from crm.extensions import db
from crm.merging.parting import part
from crm.merging.uniting import unite


def open_pairs():
    return [(pair.left_id, pair.right_id) for pair in db.session.scalars(queries.pairs("open"))]


def test_a_scan_finds_the_same_person_twice_and_says_why(anna, double, person):
    person("Bernd", "Beispiel", "bernd@example.com")
    jobs.scan()
    pair = db.session.scalars(queries.pairs()).one()
    assert (pair.left_id, pair.right_id) == (anna.id, double.id)
    assert pair.score > 0.9
    assert "same mail address" in pair.because
    assert db.session.scalars(db.select(DuplicateScan)).one().state == "done"


def test_a_scan_twice_changes_nothing(anna, double):
    jobs.scan()
    first = db.session.scalars(db.select(DuplicatePair)).one().id
    jobs.scan()
    assert db.session.scalars(db.select(DuplicatePair)).one().id == first


def test_what_was_rejected_or_put_off_is_remembered(anna, double, make):
    jobs.scan()
    pair = db.session.scalars(queries.pairs()).one()
    pair.decide("rejected", make.user())
    db.session.commit()
    jobs.scan()
    assert open_pairs() == []
    assert db.session.scalars(queries.pairs("rejected")).one() is pair


def test_the_first_look_looks_at_everybody_and_the_next_only_at_what_changed(app, anna, person):
    jobs.look()
    app.extensions["queue"].drain()
    assert jobs.look() == 0
    double = person("Anna", "Mueller", "anna.mueller@nordlicht.example")
    assert jobs.look() == 1
    assert open_pairs() == [(anna.id, double.id)]
    assert jobs.look() == 0


def test_a_changed_name_and_address_are_looked_at_again(anna, double):
    jobs.scan()
    double.first_name, double.last_name = "Zacharias", "Quast"
    for address in list(double.addresses):
        double.addresses.remove(address)
    db.session.commit()
    assert jobs.look() == 1
    assert open_pairs() == []


def test_an_archived_contact_is_nobodys_duplicate(anna, double):
    jobs.scan()
    double.archive()
    db.session.commit()
    jobs.look()
    assert open_pairs() == []


def test_a_merged_pair_leaves_the_queue_and_comes_back_when_the_merge_is_undone(anna, double, make):
    jobs.scan()
    merge = unite("contact", double.id, anna.id)
    db.session.commit()
    assert open_pairs() == []
    jobs.look()
    part(merge, make.user())
    db.session.commit()
    assert open_pairs() == [(anna.id, double.id)]


def test_who_is_not_somebody_is_not_the_one_they_were_merged_into_either(anna, double, person):
    third = person("Anna", "Müller", "anna.mueller@nordlicht.example", "+49 30 1234567")
    jobs.scan()
    for pair in db.session.scalars(queries.of_contact(third.id)):
        if double.id in (pair.left_id, pair.right_id):
            pair.decide("rejected", None)
        else:
            db.session.delete(pair)
    unite("contact", double.id, anna.id)
    db.session.commit()
    jobs.scan()
    assert open_pairs() == []


def test_those_who_hang_together_are_one_cluster_with_the_best_score(anna, double, person):
    third = person("Anna", "Müller", "anna.mueller@nordlicht.example", "+49 30 1234567")
    jobs.scan()
    pairs = db.session.scalars(queries.pairs("open")).all()
    assert {pair.cluster for pair in pairs} == {anna.id}
    assert {pair.rank for pair in pairs} == {max(pair.score for pair in pairs)}
    assert third.id in {pair.right_id for pair in pairs}


def test_a_scan_that_a_worker_left_is_taken_up(app, anna, double, clock):
    db.session.add(DuplicateScan(claimed_until=clock()))
    db.session.commit()
    clock.advance(minutes=10)
    jobs.look()
    app.extensions["queue"].drain()
    assert len(open_pairs()) == 1


def test_a_scan_that_another_worker_carries_out_is_left_to_it(anna, double, clock):
    from datetime import timedelta

    scan = DuplicateScan(claimed_until=clock() + timedelta(minutes=1))
    db.session.add(scan)
    db.session.commit()
    jobs.scan(scan.id)
    assert open_pairs() == []


def test_the_command_writes_the_columns_of_the_contract(app, anna, double, tmp_path):
    answer = app.test_cli_runner().invoke(duplicates, ["scan"])
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["left_id"], rows[0]["right_id"]) == (str(anna.id), str(double.id))
    assert (rows[0]["left_customer_number"], rows[0]["right_customer_number"]) == ("K-1", "K-2")
    assert rows[0]["verdict"] in ("same", "likely")
    assert 0.5 < float(rows[0]["score"]) <= 1
    assert "same mail address" in rows[0]["evidence"]
    assert len(open_pairs()) == 1


def test_the_command_leaves_out_what_is_no_duplicate(app, anna, double, tmp_path):
    jobs.scan()
    db.session.scalars(queries.pairs()).one().decide("rejected", None)
    db.session.commit()
    target = tmp_path / "pairs.csv"
    answer = app.test_cli_runner().invoke(duplicates, ["scan", "--output", str(target)])
    assert answer.exit_code == 0
    assert target.read_text().splitlines() == [",".join(COLUMNS)]
