"""vCards of every version, as address books write them."""

import pytest

THREE = """BEGIN:VCARD
VERSION:3.0
N:Müßiggang;Jörg;Anton;Dr.;
FN:Dr. Jörg Anton Müßiggang
ORG:Süd & Öl GmbH;Vertrieb
TITLE:Leiter
item1.EMAIL;TYPE=INTERNET:privat@example.de
item1.X-ABLabel:_$!<Home>!$_
EMAIL;TYPE=WORK,PREF:joerg@sued.example
TEL;TYPE=FAX,WORK:+49 221 999
TEL;TYPE=CELL:+49 171 2345678
ADR;TYPE=WORK:;Hinterhaus;Größenweg 7;Köln;;50667;Germany
BDAY:1980-12-24
CATEGORIES:Kunden,VIP
NOTE:Zeile 1\\nZeile 2\\; mit Semikolon
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ
 AAAAAAAAAAAAAAAAAAAAAAAA
END:VCARD
"""


def test_version_3(take, person):
    assert "created 1" in take(THREE, name="card.vcf").output
    one = person()
    assert (one.title, one.first_name, one.last_name, one.organisation.name, one.affiliations[0].role) == ("Dr.", "Jörg Anton", "Müßiggang", "Süd & Öl GmbH", "Leiter")
    assert [(address.value, address.type, address.primary) for address in one.addresses] == [
        ("joerg@sued.example", "work", True), ("privat@example.de", "home", False), ("+49 171 2345678", "mobile", True), ("+49 221 999", "other", False)]
    (place,) = one.postal_addresses
    assert (place.street, place.extra, place.postcode, place.city, place.country) == ("Größenweg 7", "Hinterhaus", "50667", "Köln", "DE")
    assert one.notes == "Zeile 1\nZeile 2; mit Semikolon"
    assert [tag.name for tag in one.tags] == ["Kunden", "VIP"]


def test_version_21_with_quoted_printable_and_a_charset(take, person):
    text = ("BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FC=DFiggang;J=\r\n=F6rg\r\nTEL;CELL;PREF:0171 2345678\r\nEMAIL;INTERNET:j@x.example\r\nEND:VCARD\r\n")
    take(text, name="card.vcf")
    assert (person().first_name, person().last_name, person().addresses[1].type) == ("Jörg", "Müßiggang", "mobile")


def test_version_4_with_uris(take, person):
    text = ('BEGIN:VCARD\nVERSION:4.0\nFN:Simon Perreault\nN:Perreault;Simon;;;ing. jr,M.Sc.\nBDAY:--0203\nGENDER:M\nLANG;PREF=1:fr\n'
            'TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102\nEMAIL;TYPE=work:simon@x.example\nEND:VCARD\n')
    take(text, name="card.vcf")
    one = person()
    assert (one.display_name, one.salutation, one.language, one.birth_date) == ("Simon Perreault", "mr", "fr", None)
    assert one.addresses[1].normalised == "+14186569254x102"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_cards_in_any_encoding(take, person, encoding):
    take("BEGIN:VCARD\nVERSION:3.0\nN:Müller;Änne;;;\nEND:VCARD\n".encode(encoding), name="card.vcf")
    assert person().display_name == "Änne Müller"


def test_many_cards_in_one_file_and_again(take, everybody):
    text = "".join(f"BEGIN:VCARD\nVERSION:3.0\nFN:Person {n}\nTEL:030 1234{n}\nEND:VCARD\n" for n in range(5))
    assert "created 5" in take(text, name="all.vcf").output
    assert "created 0, updated 0, unchanged 5" in take(text, name="all.vcf").output
    assert len(everybody()) == 5


def test_what_cannot_be_read_of_a_card_is_kept_in_the_notes(take, person):
    take("BEGIN:VCARD\nVERSION:3.0\nFN:Ada Adler\nEMAIL:ada@x.example\nEMAIL:ÑÑÑ\nBDAY:irgendwann\nADR:;;Weg 1;Stadt;;1;Utopia\nEND:VCARD\n", name="card.vcf")
    assert all(text in person().notes for text in ("ÑÑÑ", "irgendwann", "Utopia"))


@pytest.mark.slow
def test_a_photo_of_ten_megabytes_is_never_held(take, person):
    import tracemalloc

    photo = "\n ".join(["A" * 75] * 140_000)
    text = f"BEGIN:VCARD\nVERSION:3.0\nFN:Ada Adler\nPHOTO;ENCODING=b:{photo}\nTEL:030 123456\nEND:VCARD\n".encode()
    assert len(text) > 10_000_000
    tracemalloc.start()
    try:
        take(text, name="card.vcf")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert person().addresses[0].kind == "phone"
    assert peak < 30_000_000


def test_a_file_without_a_card_is_refused(take):
    assert take("BEGIN:VCARD\nVERSION:3.0\nFN:Never ends\n", name="card.vcf").exit_code != 0
