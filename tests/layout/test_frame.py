import pytest
from flask import Blueprint, Flask, redirect, render_template_string

from crm import web
from crm.errors import Refused
from tests.layout.gallery import add_gallery

HTMX = {"HX-Request": "true"}


@pytest.fixture
def gallery(browse, agent, app):
    """The agent's browser before the gallery and some pages that go wrong."""
    if "gallery" not in app.view_functions:
        app._got_first_request = False  # the suite shares one application; these pages are only for tests
        add_gallery(app)
        add_troubles(app)
    return browse(agent)


def add_troubles(app: Flask) -> None:
    pages = Blueprint("troubles", "troubles")

    @pages.post("/troubles/toast")
    def toast():
        web.toast("Task <b>done</b>.", undo="/undo/7")
        return web.plain("<p id=row>row</p>") if web.wants_partial() else redirect("/gallery", 303)

    @pages.get("/troubles/<int:status>")
    def trouble(status: int):
        from flask import abort

        abort(status)

    @pages.get("/troubles/refused")
    def refused():
        raise Refused("Spam cannot be resolved.")

    @pages.get("/troubles/crash")
    def crash():
        raise RuntimeError("boom")

    @pages.route("/troubles/row", methods=["POST", "DELETE"])
    def row():
        from flask import request

        return render_template_string("{{ method }}", method=request.method)

    app.register_blueprint(pages)


def test_the_frame_carries_menu_search_and_one_heading(gallery):
    text = gallery.get("/gallery").text
    assert text.count("<h1") == 1
    assert '<a class="rail-link" href="/contacts" aria-current="page" data-go="c"' in text
    assert 'action="/search"' in text
    assert "X-CSRFToken" in text


def test_there_is_no_inline_script_style_or_handler(gallery):
    text = gallery.get("/gallery").text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count("<script src=")


def test_a_refused_form_names_the_fault_at_its_field_and_keeps_what_was_typed(gallery):
    response = gallery.post("/gallery", data={"first": "Annabell", "last": "", "lifecycle": "lead", "address": "sie"})
    assert response.status_code == 422
    assert 'value="Annabell"' in response.text
    assert 'id="first-error"' in response.text
    assert 'aria-describedby="first-error"' in response.text
    assert "2 things need mending" in response.text


def test_an_undoable_act_is_told_once_on_the_next_page(gallery):
    gallery.post("/troubles/toast")
    text = gallery.get("/gallery").text
    assert "Task &lt;b&gt;done&lt;/b&gt;." in text
    assert 'action="/undo/7"' in text
    assert "/undo/7" not in gallery.get("/gallery").text


def test_to_htmx_the_notice_travels_out_of_band(gallery):
    text = gallery.post("/troubles/toast", headers=HTMX).text
    assert text.startswith("<p id=row>row</p>")
    assert 'hx-swap-oob="beforeend:#toasts"' in text
    assert "/undo/7" not in gallery.get("/gallery").text


@pytest.mark.parametrize(("status", "words"), [(403, "Not allowed"), (404, "Not found"), (409, "Not possible now"), (429, "Too fast"), (418, "That did not work")])
def test_an_error_is_a_page_with_words_and_a_way_on(gallery, status, words):
    response = gallery.get(f"/troubles/{status}")
    assert response.status_code == status
    assert words in response.text
    assert 'href="/"' in response.text


def test_to_htmx_an_error_is_a_notice_and_not_a_page(gallery):
    response = gallery.get("/troubles/refused", headers=HTMX)
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#toasts"
    assert "Spam cannot be resolved." in response.text
    assert "<html" not in response.text


def test_a_crash_is_told_without_a_trace_even_when_nobody_can_be_looked_up(gallery, app, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    response = gallery.get("/troubles/crash", headers={"Accept-Language": "de"})
    assert response.status_code == 500
    assert "boom" not in response.text
    assert "Unser Fehler" in response.text or "Our fault" in response.text


@pytest.mark.parametrize(("query", "method"), [("", "POST"), ("?_method=DELETE", "DELETE"), ("?_method=TRACE", "POST"), ("?x=_method=DELETE", "POST")])
def test_browsers_without_script_can_send_a_delete(gallery, query, method):
    assert gallery.post(f"/troubles/row{query}").text == method


def test_get_never_becomes_a_delete(gallery):
    assert gallery.get("/troubles/row?_method=DELETE").status_code == 405


def test_the_chosen_appearance_stands_on_the_page(gallery, agent, db):
    assert "data-bs-theme" not in gallery.get("/gallery").text
    agent.theme = "dark"
    db.session.commit()
    assert '<html lang="en" data-bs-theme="dark">' in gallery.get("/gallery").text


def test_the_interface_is_german_for_those_who_want_it(gallery, agent, db):
    agent.locale = "de"
    db.session.commit()
    text = gallery.get("/gallery").text
    assert '<html lang="de"' in text
    assert "Zum Inhalt springen" in text


