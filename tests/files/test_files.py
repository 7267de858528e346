import base64
from io import BytesIO

import pytest
from sqlalchemy import select

from crm import attachments
from crm.accounts.preferences import set_preference
from crm.extensions import db
from crm.files import keeping
from crm.files.keeping import plain_name
from crm.files.models import File
from crm.timeline.models import Interaction
from tests.conftest import HTMX

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


@pytest.fixture
def anna(make):
    return make.contact("Anna", "Müller")


def put(client, contact, *files, **more):
    return client.post(f"/contacts/{contact.id}/files", data={"files": [(BytesIO(data), name) for name, data in files]}, content_type="multipart/form-data", **more)


def only():
    return db.session.scalars(select(File)).one()


def test_a_file_is_put_to_a_contact_and_stands_on_the_timeline(client, agent, anna):
    response = put(client, anna, ("Vertrag.pdf", PDF), headers=HTMX)
    assert response.status_code == 200
    assert "Vertrag.pdf" in response.text
    assert "Anna Agent" in response.text
    file = only()
    assert (file.content_type, file.size, file.added_by_id) == ("application/pdf", len(PDF), agent.id)
    page = client.get(f"/contacts/{anna.id}").text
    assert f'href="/files/{file.id}"' in page
    assert "Vertrag.pdf" in client.get(f"/contacts/{anna.id}/panels").text
    assert "Vertrag.pdf" in client.get(f"/contacts/{anna.id}/files").text


@pytest.mark.parametrize(("name", "data", "kind"), [
    ("photo.png", PNG, "image/png"), ("invoice.pdf", PDF, "application/pdf"), ("photo.png", PAGE, "text/html"), ("notes.txt", b"just text", "text/plain"),
    ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"), ("x.bin", b"\x00\x01\x02\x03", attachments.UNKNOWN),
])
def test_what_a_file_is_its_bytes_say(name, data, kind):
    assert attachments.sniffed(data, name) == kind


def test_pictures_and_pdfs_are_shown_and_never_run(client, anna):
    put(client, anna, ("photo.png", PNG))
    answer = client.get(f"/files/{only().id}")
    assert answer.data == PNG
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == ("image/png", "inline; filename=photo.png")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    saved = client.get(f"/files/{only().id}/download")
    assert saved.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("data", [PAGE, b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"])
def test_whatever_else_is_saved_whatever_its_name_says(client, anna, data):
    put(client, anna, ("photo.png", data))
    for path in (f"/files/{only().id}", f"/files/{only().id}/download"):
        answer = client.get(path)
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_removed_with_its_entry_and_brought_back(client, anna):
    put(client, anna, ("notes.txt", b"text"))
    file = only()
    text = client.delete(f"/files/{file.id}", headers=HTMX).text
    assert "notes.txt</a>" not in text
    assert client.get(f"/files/{file.id}").status_code == 404
    assert "notes.txt" not in client.get(f"/contacts/{anna.id}/timeline", headers=HTMX).text
    client.post("/undo/" + text.split('action="/undo/')[1].split('"')[0])
    assert client.get(f"/files/{file.id}").data == b"text"
    assert "notes.txt" in client.get(f"/contacts/{anna.id}/timeline", headers=HTMX).text


def test_what_is_empty_too_large_or_not_there_is_refused_with_words(client, anna, monkeypatch):
    monkeypatch.setattr(keeping, "MEGABYTE", 1024)
    set_preference("largest_file", 1)
    db.session.commit()
    for files, words in (((), "Choose a file."), ([("a.txt", b"")], "is empty"), ([("a.txt", b"x" * 1025)], "at most 1 MB"),
                         ([(f"{n}.txt", b"x") for n in range(21)], "At most 20 files"), ([("good.txt", b"x"), ("bad.txt", b"")], "bad.txt is empty")):
        response = put(client, anna, *files, headers=HTMX)
        assert (response.status_code, words in response.text) == (422, True), words
    assert db.session.scalars(select(File)).all() == []
    assert db.session.scalars(select(Interaction)).all() == []


@pytest.mark.parametrize(("written", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\fakepath\\a.pdf", "a.pdf"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"), ("", "file"), ("...", "file"), ("x" * 300 + ".pdf", "x" * 180 + ".pdf"),
    ("Größe ‮fdp.exe", "Größe fdp.exe"),
])
def test_names_hold_nothing_but_names(written, kept):
    assert plain_name(written) == kept


def test_files_are_for_those_inside_and_only_by_the_right_verbs(client, nobody, anna, make):
    put(client, anna, ("notes.txt", b"text"))
    path = f"/files/{only().id}"
    assert nobody.get(path).status_code == 303
    assert put(nobody, anna, ("x.txt", b"x")).status_code == 401
    assert nobody.delete(path).status_code == 401
    assert client.post(path).status_code == 405
    assert client.get("/files/9999").status_code == 404
    anna.merged_into_id = make.contact().id
    db.session.commit()
    assert client.get(path).status_code == 404


def test_programs_put_read_and_remove_files(program, anna):
    answer = program().post(f"/contacts/{anna.id}/files", filename="photo.png", content=base64.b64encode(PNG).decode())
    assert answer.status_code == 201, answer.text
    assert (answer.json["content_type"], answer.json["size"]) == ("image/png", len(PNG))
    ident = answer.json["id"]
    assert [item["id"] for item in program("read").get(f"/contacts/{anna.id}/files").json["items"]] == [ident]
    assert program("read").get(f"/files/{ident}/content").data == PNG
    assert program().post(f"/contacts/{anna.id}/files", filename="x", content="no base64!").status_code == 422
    assert program().delete(f"/files/{ident}").status_code == 204
    assert program("read").get(f"/files/{ident}").status_code == 404
