import subprocess
import sys

import pytest

from crm.contacts.normalising import comparable, normalise


@pytest.mark.parametrize(("written", "same"), [
    ("Anna.Mueller@Example.COM", "anna.mueller@example.com"),
    ("  anna@example.com ", "anna@example.com"),
    ("anna@Müller.de", "anna@xn--mller-kva.de"),
    ("anna@xn--mller-kva.de", "anna@xn--mller-kva.de"),
    ("anna+shop@example.com", "anna+shop@example.com"),
    ("ANNA@STRASSE.DE", "anna@strasse.de"),
    ('"anna müller"@example.com', '"anna müller"@example.com'),
    ("kunde@firma.test", "kunde@firma.test"),
])
def test_mail_addresses_compare_without_case_and_with_international_domains(app, written, same):
    assert normalise("email", written) == same


@pytest.mark.parametrize("written", ["anna", "anna@", "@example.com", "anna@@example.com", "anna@example..com", "anna @example.com", "a\nb@example.com", "", "x" * 400])
def test_what_is_no_mail_address_is_refused_with_words(app, written):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        normalise("email", written)


@pytest.mark.parametrize("written", ["030 1234567", "+49 30 1234567", "0049301234567", "+49 (0)30 / 123 45-67", "(030) 1234567"])
def test_one_telephone_number_is_the_same_in_every_spelling(app, written):
    assert normalise("phone", written) == "+49301234567"


def test_the_region_decides_about_numbers_without_a_country(app):
    assert normalise("phone", "01 5123456", "AT") == "+4315123456"


def test_a_telephone_number_nobody_can_parse_is_kept_as_digits(app):
    assert normalise("phone", "+999 123 456") == "999123456"


@pytest.mark.parametrize("written", ["n/a", "12", "1" * 30])
def test_what_is_no_telephone_number_is_refused(app, written):
    with pytest.raises(ValueError, match="telephone"):
        normalise("phone", written)


@pytest.mark.parametrize(("kind", "written", "same"), [
    ("handle", "@Anna_M", "anna_m"),
    ("handle", "https://www.linkedin.com/in/Anna/", "linkedin.com/in/anna"),
    ("customer_number", " k 00 42 ", "K0042"),
    ("visitor", "aB3-x", "aB3-x"),
])
def test_handles_customer_numbers_and_visitors(app, kind, written, same):
    assert normalise(kind, written) == same


def test_a_strange_sender_is_compared_as_written(app):
    assert comparable("email", "Root@LOCALHOST") == "root@localhost"


def test_plain_mail_addresses_need_neither_of_the_slow_libraries():
    script = "from crm.contacts.normalising import normalise; import sys; normalise('email', 'a.b@example.com'); print('email_validator' in sys.modules, 'phonenumbers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
