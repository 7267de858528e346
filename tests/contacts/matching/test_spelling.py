from datetime import date

import pytest

from crm.contacts.matching.nicknames import akin, kin
from crm.contacts.matching.person import Person
from crm.contacts.matching.spelling import name, names, organisation, postcode, spell, street_and_number, town
from crm.contacts.phonetics import sound, sound_of_name
from crm.folding import fold


@pytest.mark.parametrize(("written", "street", "number"), [
    ("Hauptstr. 12 a", "hauptstrasse", "12a"), ("Hauptstraße 12a", "hauptstrasse", "12a"), ("12 Main St", "main street", "12"), ("12 Main Street", "main street", "12"),
    ("Am Markt 3-5", "am markt", "3-5"), ("Straße des 17. Juni 135", "strasse des 17 juni", "135"), ("Q7, 12", "q7", "12"), ("Lindenallee", "lindenallee", ""),
    ("Berliner Str. 007", "berliner strasse", "7"), ("", "", ""),
])
def test_street_and_number_come_apart_and_abbreviations_are_written_out(written, street, number):
    assert street_and_number(written) == (street, number)


def test_names_lose_titles_and_accents_but_a_title_alone_stays():
    assert name("Dr. Hans-Jürgen") == "hans jurgen"
    assert name("Müller") == name("Mueller") == name("Muller")
    assert name("Weiß") == name("Weiss")
    assert name("Dr.") == "dr"


@pytest.mark.parametrize(("first", "last", "spelled"), [
    ("", "Müller, Anna", ("anna", "muller")), ("Anna Müller", "", ("anna", "muller")), ("", "Anna Müller", ("anna", "muller")),
    ("Anna", "Müller", ("anna", "muller")), ("", "Müller", ("", "muller")), ("A. Müller", "", ("a", "muller")), ("", "", ("", "")),
])
def test_a_whole_name_in_one_field_comes_apart(first, last, spelled):
    assert names(first, last) == spelled


def test_places_and_firms_have_one_spelling():
    assert postcode("D-10115") == postcode("10115") == "10115"
    assert postcode("SW1A 1AA") == "sw1a1aa"
    assert town("St. Gallen") == town("Sankt Gallen")
    assert organisation("Müller & Söhne GmbH & Co. KG") == organisation("Mueller & Soehne")


def test_a_person_is_spelled_part_by_part():
    spelled = spell(Person("Anna", "Müller", "Dr.", date(1980, 2, 3), street="Ringstr. 4", postcode="D-10115", city="Berlin", organisation="Acme GmbH"))
    assert spelled._asdict() == {
        "first": "anna", "last": "muller", "birth": "1980-02-03", "organisation": "acme", "postcode": "10115", "city": "berlin", "state": "", "street": "ringstrasse",
        "number": "4", "extra": "",
    }


@pytest.mark.parametrize("alike", [("Meier", "Maier", "Mayr", "Meyer"), ("Schmidt", "Schmitt", "Schmid"), ("Philipp", "Filip"), ("Karl", "Carl"), ("Anna", "Hanna")])
def test_names_that_sound_alike_have_one_sound(alike):
    assert len({sound(fold(each)) for each in alike}) == 1


def test_the_sound_of_a_known_word_is_as_published():
    assert (sound("wikipedia"), sound("muller"), sound("breschnew"), sound("")) == ("3412", "657", "17863", "")


def test_the_sound_of_a_name_begins_with_the_last_name():
    assert sound_of_name("Anna", "Müller") == "657906"
    assert (sound_of_name("", "Müller"), sound_of_name("", "")) == ("6579", "")


@pytest.mark.parametrize(("one", "other"), [("hans", "johannes"), ("sepp", "josef"), ("bob", "robert"), ("lisa", "elisabeth"), ("bill", "william")])
def test_short_forms_are_akin(one, other):
    assert akin(one, other)
    assert akin(other, one)
    assert other in kin(one)


def test_others_are_not_akin():
    assert not akin("anna", "peter")
    assert not akin("unheardof", "unheardof2")
    assert kin("unheardof") == set()
