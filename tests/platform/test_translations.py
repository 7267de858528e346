from pathlib import Path

import pytest

from crm import translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write German catalogues into an empty folder: catalogues(common='msgid …', inbox='msgid …')."""
    monkeypatch.setattr(translations, "FOLDER", tmp_path)

    def write(**files: str) -> Path:
        (tmp_path / "de").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / "de" / f"{name}.po").write_text(HEADER + text, encoding="utf-8")
        return tmp_path

    return write


def test_small_catalogues_become_one(catalogues):
    catalogues(common='msgid "Save"\nmsgstr "Speichern"\n', inbox='msgid "Reply"\nmsgstr "Antworten"\n')
    translations.compile_all()
    import gettext

    with translations.compiled("de").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert (words.gettext("Save"), words.gettext("Reply")) == ("Speichern", "Antworten")


def test_one_english_word_has_one_german_word(catalogues):
    catalogues(common='msgid "Save"\nmsgstr "Speichern"\n', inbox='msgid "Save"\nmsgstr "Sichern"\n')
    with pytest.raises(translations.Faults, match=r"inbox\.po:4: 'Save' is translated otherwise in de/common\.po:4"):
        translations.compile_all()


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Save"\nmsgstr ""\n', "is not translated"),
        ('#, fuzzy\nmsgid "Save"\nmsgstr "Speichern"\n', "is marked fuzzy"),
        ('msgid "%(n)s tasks"\nmsgstr "%(m)s Aufgaben"\n', "unknown named placeholder"),
    ],
)
def test_half_done_entries_are_refused(catalogues, entry: str, fault: str):
    catalogues(common=entry)
    with pytest.raises(translations.Faults, match=fault):
        translations.compile_all()
    assert not translations.compiled("de").exists()


def test_a_plural_needs_a_plural(catalogues, monkeypatch):
    folder = catalogues(common='msgid "%(n)s row"\nmsgstr "%(n)s Zeile"\n')
    (folder / "views.py").write_text("ngettext('%(n)s row', '%(n)s rows', 2)")
    monkeypatch.setattr(translations, "PACKAGE", folder)
    assert len(translations.untranslated("de")) == 1


def test_messages_without_german_and_german_without_use_are_told(catalogues, monkeypatch):
    folder = catalogues(common='msgid "Never"\nmsgstr "Nie"\n')
    (folder / "templates").mkdir()
    (folder / "templates" / "a.html").write_text("<p>{% trans %}\n  Two\n  lines{% endtrans %}</p>")
    (folder / "views.py").write_text("ngettext('%(n)s row', '%(n)s rows', 2)")
    monkeypatch.setattr(translations, "PACKAGE", folder)
    assert {message for message, _ in translations.untranslated("de")} == {"Two lines", ("%(n)s row", "%(n)s rows")}
    assert {message for message, _ in translations.unused("de")} == {"Never"}


# — the real ones —


def test_our_catalogues_agree_and_are_complete():
    assert len(translations.merged("de")) > 100


def test_every_message_has_its_german():
    assert translations.untranslated("de") == {}


def test_no_german_is_left_over():
    assert translations.unused("de") == {}
