from datetime import date

import pytest
from sqlalchemy import select

from crm.contacts.creating import create_contact
from crm.contacts.custom.models import CustomField
from crm.contacts.saved_views.models import SavedView
from crm.extensions import db
from tests.conftest import HTMX


@pytest.fixture
def people(app):
    db.session.add(CustomField(about="contact", key="size", label="Size", kind="number"))
    made = [create_contact(first_name="Anna", last_name="A", lifecycle="customer", addresses=[("email", "anna@x.example"), ("phone", "030 123456")], custom={"size": 38},
                           birth_date=date(1980, 12, 24), language="de"),
            create_contact(first_name="Bert", last_name="B")]
    db.session.commit()
    return made


def names(response):
    assert response.status_code == 200, response.text
    return [name for name in ("Anna", "Bert") if f"<span>{name} " in response.text]


def save(client, name="Kunden", address="/contacts?lifecycle=customer", noun="contacts", status=303, **more):
    response = client.post(f"/{noun}/views", data={"name": name, "list": address, **more})
    assert response.status_code == status, response.text
    return db.session.scalars(select(SavedView).order_by(SavedView.id.desc())).first()


def test_a_view_keeps_filters_columns_and_order(client, people):
    view = save(client, address="/contacts?lifecycle=customer&sort=-name&columns=email,nonsense")
    assert view.filters == {"lifecycle": "customer", "sort": "-name", "columns": "email"}
    response = client.get(f"/contacts?view={view.id}")
    assert names(response) == ["Anna"]
    assert f'href="/contacts?view={view.id}" aria-current="page">Kunden' in response.text
    assert 'class="chip"' in response.text


def test_columns_are_chosen_and_stand_in_the_list(client, people):
    text = client.get("/contacts?columns=email&columns=phone&columns=custom.size&columns=birth_date&columns=language&columns=nonsense").text
    head = text[text.index("<thead"):text.index("</thead")]
    assert [word for word in ("Email", "Phone", "Size", "Birthday", "Language") if word in head] == ["Email", "Phone", "Size", "Birthday", "Language"]
    assert "Lifecycle" not in head
    for cell in ("anna@x.example", "030 123456", "Deutsch", ">38<", "1980"):
        assert cell in text, cell
    kept = client.get("/contacts?columns=email&lifecycle=customer").text
    assert "/contacts?columns=email" in kept


def test_the_page_of_columns_keeps_the_filters(client, people):
    text = client.get("/contacts/columns?lifecycle=customer&columns=email,custom.size").text
    assert '<input type="hidden" name="lifecycle" value="customer">' in text
    assert 'value="custom.size" checked' in text
    assert 'value="owner" checked' not in text


def test_a_list_with_many_columns_takes_few_statements(client, people, statements):
    with statements() as seen:
        client.get("/contacts?columns=lifecycle,owner,tags,email,phone,city,customer_number,language,birth_date,created,custom.size")
    assert len(seen) <= 11, "\n".join(seen)


def test_the_last_filter_of_a_view_can_be_removed(client, people):
    view = save(client)
    text = client.get(f"/contacts?view={view.id}").text
    without = text.split('<a class="chip" href="')[1].split('"')[0].replace("&amp;", "&")
    response = client.get(without)
    assert names(response) == ["Anna", "Bert"]
    assert "Save changes of the view" in response.text


def test_what_a_view_shows_can_be_changed(client, people):
    view = save(client)
    client.post(f"/views/{view.id}", data={"list": f"/contacts?view={view.id}&lifecycle=lead&sort=name"})
    assert names(client.get(f"/contacts?view={view.id}")) == ["Bert"]
    assert "Save changes of the view" not in client.get(f"/contacts?view={view.id}").text


def test_a_list_opens_with_the_view_one_chose(client, people, browse, colleague):
    view = save(client)
    client.post(f"/views/{view.id}/first")
    assert names(client.get("/contacts")) == ["Anna"]
    assert names(client.get("/contacts?view=all")) == ["Anna", "Bert"]
    assert names(browse(colleague).get("/contacts")) == ["Anna", "Bert"]
    client.delete(f"/views/{view.id}/first")
    assert names(client.get("/contacts")) == ["Anna", "Bert"]


def test_one_view_of_each_list_is_the_first(client, people):
    one, other = save(client), save(client, "Andere", "/contacts?lifecycle=lead")
    client.post(f"/views/{one.id}/first")
    client.post(f"/views/{other.id}/first")
    assert names(client.get("/contacts")) == ["Bert"]


def test_others_see_what_is_shared_and_change_nothing(client, people, browse, colleague):
    mine, ours = save(client, "Meine"), save(client, "Unsere", shared="1")
    theirs = browse(colleague)
    text = theirs.get("/contacts").text
    assert "Unsere" in text
    assert "Meine" not in text
    assert names(theirs.get(f"/contacts?view={ours.id}")) == ["Anna"]
    assert names(theirs.get(f"/contacts?view={mine.id}")) == ["Anna", "Bert"]
    assert theirs.post(f"/views/{ours.id}", data={"name": "Anders"}).status_code == 409
    assert theirs.delete(f"/views/{ours.id}").status_code == 409
    assert theirs.delete(f"/views/{mine.id}").status_code == 404
    assert theirs.post(f"/views/{mine.id}/first").status_code == 404
    assert ours.name == "Unsere"
    theirs.post(f"/views/{ours.id}/first")
    assert names(theirs.get("/contacts")) == ["Anna"]


def test_a_view_is_renamed_shared_moved_and_deleted_with_a_way_back(client, people):
    one, other = save(client, "Eins"), save(client, "Zwei")
    client.post(f"/views/{one.id}", data={"name": "Erste", "shared": "1"})
    assert (one.name, one.shared) == ("Erste", True)
    client.post(f"/views/{other.id}/place", data={"step": "-1"})
    text = client.get("/contacts").text
    assert text.index("Zwei") < text.index("Erste")
    client.delete(f"/views/{one.id}")
    page = client.get("/contacts/views").text
    assert "The view Erste is deleted." in page
    client.post("/undo/" + page.split('action="/undo/')[1].split('"')[0])
    assert "Erste" in client.get("/contacts").text


@pytest.mark.parametrize(("name", "said"), [("", "Give the view a name."), ("x" * 61, "Use at most 60 characters.")])
def test_a_view_without_a_sensible_name_is_refused(client, people, name, said):
    assert save(client, name, status=422) is None
    view = save(client)
    assert said in client.post(f"/views/{view.id}", data={"name": name}).text
    assert view.name == "Kunden"


def test_views_are_for_those_who_work_here(client, nobody, people):
    view = save(client)
    assert nobody.post("/contacts/views", data={"name": "x", "list": "/contacts"}).status_code == 401
    assert nobody.delete(f"/views/{view.id}").status_code == 401
    assert client.get(f"/views/{view.id}").status_code == 405
    assert client.get(f"/views/{view.id}/first").status_code == 405


def test_organisations_have_views_and_columns_too(client, people):
    view = save(client, "Ohne", "/organisations?owner=none&columns=industry", "organisations")
    text = client.get(f"/organisations?view={view.id}").text
    assert "Ohne" in text
    assert "Ohne" not in client.get("/contacts").text


def test_the_language_is_a_filter(client, people):
    assert names(client.get("/contacts?language=de")) == ["Anna"]
    assert names(client.get("/contacts?language=xx")) == ["Anna", "Bert"]


def test_filters_beside_a_view_stand_in_the_address(client, people):
    view = save(client)
    response = client.get(f"/contacts?view={view.id}&q=&lifecycle=lead", headers=HTMX)
    assert names(response) == ["Bert"]
    assert response.headers["HX-Replace-Url"] == f"/contacts?sort=name&view={view.id}&lifecycle=lead"
