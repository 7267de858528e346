"""The sums behind the benchmark, its table, and its floor."""

import json
from itertools import count

import pytest

from crm.bench import datasets, floor, measuring
from crm.bench.effort import QUICK, Effort
from crm.bench.measuring import Times
from crm.bench.report import Figure, table


def test_questions_are_asked_in_turns_after_a_warm_up():
    asked, clock = [], count()

    def question(name):
        return lambda: asked.append(name) or float(next(clock))

    times = measuring.in_turns({"floor": question("floor"), "page": question("page")}, Effort(rounds=2, turns=3, warm_up=1, mails=0, starts=0))
    assert asked == ["floor", "page"] + ["floor", "page"] * 6
    assert times["page"].rounds == [[3.0, 5.0, 7.0], [9.0, 11.0, 13.0]]


def test_a_ratio_is_the_median_of_the_rounds_so_that_one_bad_round_changes_nothing():
    page, floor_ = Times([[4.0], [400.0], [6.0]]), Times([[2.0], [2.0], [3.0]])
    assert page.over(floor_) == 2.0


@pytest.mark.parametrize(("figure", "holds"), [
    (Figure("Page", 1.9, "× floor", most=2.0), True),
    (Figure("Page", 2.1, "× floor", most=2.0), False),
    (Figure("Intake", 199.0, "mails/s", least=200.0), False),
    (Figure("Memory", 210.0, "MB"), None),
    (Figure("Intake", None, least=200.0), None),
])
def test_a_figure_knows_whether_its_target_is_met(figure, holds):
    assert figure.holds is holds
    assert json.loads(json.dumps(figure.as_dict()))["holds"] is holds


def test_the_table_has_a_target_beside_each_figure():
    lines = table([Figure("Contact page", 1.5, "× floor", most=2.0, detail="2,000 interactions"), Figure("Mail intake", None, least=200.0)]).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["Contact", "page", "1.50", "×", "floor", "≤", "2", "×", "floor", "yes", "2,000", "interactions"], ["Mail", "intake", "–", "≥", "200"],
    ]


def test_the_floor_shows_fifty_contacts_and_nothing_else(tmp_path, monkeypatch):
    from crm import create_app, settings
    from crm.contacts.models import Contact
    from crm.extensions import db

    here = settings.load({"CRM_DATA_DIR": str(tmp_path)})
    with create_app(here).app_context():
        db.create_all()
        db.session.add_all(Contact(first_name="Klara", last_name=f"Kunde & Co {number}") for number in range(60))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    app = floor.create_floor(here)
    answer = app.test_client().get("/")
    with app.app_context():
        db.engine.dispose()
    assert answer.text.count("<tr><td>") == 50
    assert "Kunde &amp; Co 7" in answer.text
    assert {"Content-Type", "Content-Length"} == set(answer.headers.keys())


@pytest.fixture
def loads(monkeypatch):
    """What would have been run to make a data set."""
    seen = []
    monkeypatch.setattr(datasets.DataSet, "crm", lambda self, *arguments: seen.append(arguments))
    return seen


def test_a_large_data_set_is_made_once_and_again_only_when_the_schema_changed(tmp_path, loads, monkeypatch):
    first = datasets.kept(tmp_path / "large", 1000, 10_000)
    assert [arguments[0] for arguments in loads] == ["migrate", "demo"]
    assert loads[1][2:6] == ("--contacts", "1000", "--interactions", "10000")
    again = datasets.kept(tmp_path / "large", 1000, 10_000)
    assert again.loading == first.loading
    assert len(loads) == 2
    monkeypatch.setattr(datasets, "_schema", lambda: "another")
    datasets.kept(tmp_path / "large", 1000, 10_000)
    assert len(loads) == 4


def test_nothing_leaves_the_house_while_measuring(tmp_path):
    data = datasets.DataSet.of({"CRM_SMTP_URL": "smtp://mail.example.com", "CRM_IMAP_URLS": "imaps://a:b@mail.example.com/INBOX", "CRM_DATA_DIR": str(tmp_path)})
    assert (data.settings.smtp_url, data.settings.imap_urls, data.settings.listen_smtp) == (None, (), None)


def test_a_quick_look_still_takes_every_part():
    assert all(each > 0 for each in QUICK)
