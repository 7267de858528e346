"""The scan for duplicates, over a town of made-up people of whom some are there twice."""

import random

import pytest

from crm.contacts.creating import create_contact
from crm.contacts.matching import Person, candidates, pairs
from crm.contacts.matching.scanning import likely
from crm.contacts.matching.spelling import spell
from crm.contacts.models import PostalAddress
from crm.extensions import db

FIRST = ["Anna", "Berta", "Carl", "Dora", "Emil", "Frida", "Gustav", "Helga", "Ida", "Julius", "Klara", "Lothar", "Martha", "Norbert", "Olga", "Paula", "Quirin", "Rosa", "Stefan", "Thea", "Ursula", "Viktor", "Wanda", "Xaver", "Yvonne", "Zita"]
BEGIN, END = ["Wald", "Berg", "Stein", "Fluss", "Korn", "Himmel", "Sommer", "Eichen", "Linden", "Rosen", "Silber", "Gold"], ["mann", "bauer", "huber", "meier", "schmied", "wirt", "hofer", "maurer", "egger", "gruber", "lechner"]
STREETS = [f"{name}{kind}" for name in ("Linden", "Goethe", "Schiller", "Ring", "Mühl", "Bach", "Kirch", "Garten") for kind in ("straße", "weg", "gasse", "allee")]
TOWNS = [(f"{10000 + 137 * number}", f"{name}{end}") for number, (name, end) in enumerate((n, e) for n in ("Neu", "Alt", "Ober", "Unter") for e in ("stadt", "dorf", "hausen", "bach", "furt"))]


def somebody(draw: random.Random) -> dict:
    postcode, city = draw.choice(TOWNS)
    return {"first_name": draw.choice(FIRST), "last_name": draw.choice(BEGIN) + draw.choice(END), "street": f"{draw.choice(STREETS)} {draw.randint(1, 90)}",
            "postcode": postcode, "city": city}


def mistyped(draw: random.Random, text: str) -> str:
    place = draw.randrange(1, len(text) - 1)
    return draw.choice((text[:place] + text[place + 1 :], text[:place] + text[place] + text[place:], text[:place] + text[place + 1] + text[place] + text[place + 2 :]))


def again(draw: random.Random, person: dict) -> dict:
    """The same person as somebody else would have written it: two parts with a mistake, sometimes one missing, sometimes the names swapped."""
    copy = dict(person)
    for part in draw.sample(("first_name", "last_name", "street", "city", "postcode"), 2):
        copy[part] = mistyped(draw, copy[part])
    if draw.random() < 0.1:
        copy[draw.choice(("first_name", "street", "city"))] = ""
    elif draw.random() < 0.1:
        copy["first_name"], copy["last_name"] = copy["last_name"], copy["first_name"]
    return copy


def town(size: int, twice: int) -> tuple[list[dict], set[tuple[int, int]]]:
    draw = random.Random(7)
    people = [somebody(draw) for _ in range(size)]
    return people + [again(draw, person) for person in people[:twice]], {(number, size + number) for number in range(twice)}


def found_in(people: list[dict]) -> dict[tuple[int, int], str]:
    from crm.contacts.matching.table import Table

    return {found[:2]: found[3] for found in likely(Table([spell(Person(**person)) for person in people]))}


def test_nearly_all_duplicates_are_found_and_hardly_anything_else(app):
    people, truth = town(1200, 300)
    found = found_in(people)
    right = len(truth & set(found))
    assert right / len(truth) > 0.97
    assert right / len(found) > 0.97
    sure = {pair for pair, verdict in found.items() if verdict == "same"}
    assert len(sure) > 100
    assert sure <= truth


def test_the_same_people_give_the_same_pairs(app):
    people, _ = town(300, 50)
    assert found_in(people) == found_in(people)


def test_couples_are_not_duplicates_where_there_are_many(app):
    people, truth = town(600, 60)
    draw = random.Random(8)
    couples = [{**person, "first_name": draw.choice([name for name in FIRST if name != person["first_name"]])} for person in people[100:400]]
    found = found_in(people + couples)
    assert len(truth & set(found)) / len(truth) > 0.9
    wrong = set(found) - truth
    assert len(wrong) < 30  # of 300
    assert not [pair for pair in wrong if found[pair] == "same"]


def save(person: dict, number: str = "", **fields) -> int:
    contact = create_contact(first_name=person["first_name"], last_name=person["last_name"], addresses=[("customer_number", number)] if number else [], **fields)
    db.session.flush()
    db.session.add(PostalAddress(contact_id=contact.id, **{name: person[name] for name in ("street", "postcode", "city")}))
    return contact.id


@pytest.fixture
def twins(app):
    """A small town in the database; ids of a true pair."""
    people, _ = town(120, 0)
    ids = [save(person, f"N{number}") for number, person in enumerate(people)]
    twin = save({**people[5], "last_name": people[5]["last_name"].replace("ei", "ai")}, "N999")
    db.session.commit()
    return ids[5], twin


def test_pairs_come_from_the_database_with_reasons(twins):
    found = list(pairs())
    assert [(pair.left_id, pair.right_id) for pair in found] == [twins]
    assert found[0].because.endswith("same street and number, same town")
    assert "customer number" not in found[0].because


def test_archived_and_merged_contacts_take_no_part(twins):
    from crm.contacts.models import Contact

    other = db.session.get(Contact, twins[1])
    other.archive()
    db.session.commit()
    assert list(pairs()) == []
    assert list(pairs(among=twins)) == []
    other.unarchive()
    other.merged_into_id = twins[0]
    db.session.commit()
    assert list(pairs()) == []
    assert list(pairs(among=twins)) == []


@pytest.mark.parametrize("few", [100, 0])
def test_among_tells_only_pairs_of_these_looked_up_or_scanned(twins, monkeypatch, few):
    monkeypatch.setattr("crm.contacts.matching.scanning.FEW", few)
    assert [(pair.left_id, pair.right_id) for pair in pairs(among=[twins[1]])] == [twins]
    assert [(pair.left_id, pair.right_id) for pair in pairs(among=set(twins))] == [twins]
    assert list(pairs(among=[twins[0] + 1])) == []
    assert list(pairs(among=[])) == []


def test_progress_goes_from_nothing_to_all(twins):
    heard = []
    list(pairs(progress=heard.append))
    assert (heard[0], heard[-1]) == (0, 1)
    assert heard == sorted(heard)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_contacts_have_few_duplicates(app, size):
    people, _ = town(2, 0)
    for person in people[:size]:
        save(person)
    db.session.commit()
    assert list(pairs()) == []


def test_two_contacts_with_one_address_are_told_however_few_there_are(app):
    for _ in range(2):
        create_contact(first_name="Johanna", last_name="Weidenhiller", addresses=[("email", "j@example.com")])
    db.session.commit()
    assert [(pair.verdict, pair.because) for pair in pairs()] == [("same", "same mail address, same name")]


def test_the_scan_takes_a_fixed_number_of_statements(twins, statements):
    with statements() as seen:
        list(pairs())
    assert len(seen) == 3


def test_a_hint_and_the_scan_agree(twins):
    from crm.contacts.models import Contact

    hint = candidates(Person.of(db.session.get(Contact, twins[0])), besides=twins[0])[0]
    scanned = next(pairs())
    assert (hint.contact_id, hint.evidence) == (scanned.right_id, scanned.evidence)
