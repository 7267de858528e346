import pytest

from crm import timeline
from crm.contacts.models import Contact, Organisation
from crm.merging.models import Merge


@pytest.fixture
def pair(make, db):
    """Anna, who came twice."""
    anna, ann = make.contact("Anna", "Berg", title="Dr."), make.contact("Ann", "Berg", notes="Asks for the manager", lifecycle="customer")
    anna.add_address("email", "anna@berg.example")
    ann.add_address("phone", "+49 30 1234567")
    ann.archived_at = None
    for number in range(12):
        timeline.record("call.logged", anna, channel="phone", direction="inbound", subject=f"Call {number}")
    db.session.commit()
    return anna, ann


def test_the_preview_counts_in_words_what_would_move(browse, lead, pair):
    anna, ann = pair
    page = browse(lead).get(f"/contacts/{anna.id}/merge/{ann.id}").text
    assert "12 interactions, 1 address" in page
    assert "all 12 interactions" in page


def test_every_row_that_would_move_can_be_read(browse, lead, pair):
    anna, ann = pair
    page = browse(lead).get(f"/contacts/{anna.id}/merge/{ann.id}/rows?of=interactions.contact_id").text
    assert "Call 0" in page
    assert "Call 11" in page


def test_a_kind_of_row_that_does_not_exist_is_not_found(browse, lead, pair):
    anna, ann = pair
    assert browse(lead).get(f"/contacts/{anna.id}/merge/{ann.id}/rows?of=users.id").status_code == 404


def test_reading_the_preview_writes_nothing(browse, lead, pair, statements):
    anna, ann = pair
    client = browse(lead)
    client.get("/merges")
    with statements() as seen:
        client.get(f"/contacts/{anna.id}/merge/{ann.id}")
    assert [one for one in seen if one.lstrip().startswith(("UPDATE", "INSERT", "DELETE")) and "user_sessions" not in one] == []


def test_merging_keeps_what_was_chosen_and_leads_to_the_survivor(browse, lead, pair, db):
    anna, ann = pair
    answer = browse(lead).post(f"/contacts/{anna.id}/merge/{ann.id}", data={"first_name": "merged", "title": "survivor", "lifecycle": "survivor", "notes": "survivor"})
    assert (answer.status_code, answer.location) == (303, f"/contacts/{ann.id}")
    assert (ann.display_name, ann.title, ann.lifecycle) == ("Anna Berg", "", "customer")
    assert ann.interactions_count == 12
    assert anna.merged_into_id == ann.id


def test_a_choice_nobody_offers_is_refused_and_changes_nothing(browse, lead, pair):
    anna, ann = pair
    answer = browse(lead).post(f"/contacts/{anna.id}/merge/{ann.id}", data={"first_name": "somebody else"})
    assert answer.status_code == 422
    assert anna.merged_into_id is None


def test_reading_does_not_merge_and_the_address_takes_only_what_it_should(browse, lead, pair):
    anna, ann = pair
    client = browse(lead)
    assert client.put(f"/contacts/{anna.id}/merge/{ann.id}").status_code == 405
    assert anna.merged_into_id is None


def test_who_may_not_merge_is_refused(client, nobody, pair):
    anna, ann = pair
    assert client.post(f"/contacts/{anna.id}/merge/{ann.id}").status_code == 403
    assert client.get(f"/contacts/{anna.id}/merge/{ann.id}").status_code == 403
    assert nobody.post(f"/contacts/{anna.id}/merge/{ann.id}").status_code == 401
    assert anna.merged_into_id is None


def test_a_second_click_merges_no_second_time(browse, lead, pair, db):
    anna, ann = pair
    client = browse(lead)
    for _ in range(2):
        assert client.post(f"/contacts/{anna.id}/merge/{ann.id}", data={}).status_code == 303
    assert db.session.query(Merge).count() == 1


def test_nobody_is_merged_with_themselves(browse, lead, pair):
    anna, _ = pair
    assert browse(lead).get(f"/contacts/{anna.id}/merge/{anna.id}").status_code == 404
    assert browse(lead).post(f"/contacts/{anna.id}/merge/{anna.id}").status_code == 409


def test_the_other_one_is_found_by_typing(browse, lead, pair):
    anna, ann = pair
    page = browse(lead).get(f"/contacts/{anna.id}/merge?q=Ann+Berg").text
    assert f"/contacts/{anna.id}/merge/with?other={ann.id}" in page
    assert f"other={anna.id}" not in page


def test_those_with_the_same_address_are_proposed(browse, lead, pair, db):
    anna, ann = pair
    ann.add_address("email", "anna@berg.example")
    db.session.commit()
    assert f"other={ann.id}" in browse(lead).get(f"/contacts/{anna.id}/merge").text


def test_the_one_with_more_history_is_proposed_to_stay(browse, lead, pair):
    anna, ann = pair
    assert browse(lead).get(f"/contacts/{anna.id}/merge/with?other={ann.id}").location == f"/contacts/{ann.id}/merge/{anna.id}"


@pytest.mark.parametrize("other", ["0", "x", "99999999999", ""])
def test_nonsense_chosen_is_not_found(browse, lead, pair, other):
    assert browse(lead).get(f"/contacts/{pair[0].id}/merge/with?other={other}").status_code == 404


def test_the_list_of_merges_undoes_them_at_any_time(browse, lead, pair, clock, db):
    anna, ann = pair
    client = browse(lead)
    client.post(f"/contacts/{anna.id}/merge/{ann.id}", data={})
    clock.advance(days=20)
    merge = db.session.query(Merge).one()
    assert "12 interactions" in client.get("/merges").text
    assert "Ann Berg" in client.get(f"/merges/{merge.id}").text
    assert client.post(f"/merges/{merge.id}?_method=DELETE").location == f"/merges/{merge.id}"
    assert (anna.merged_into_id, anna.interactions_count, ann.interactions_count) == (None, 12, 0)
    assert "undone" in client.get("/merges").text


def test_the_toast_undoes_it_too(browse, lead, pair, db):
    from crm.accounts.models import UndoStep

    anna, ann = pair
    client = browse(lead)
    client.post(f"/contacts/{anna.id}/merge/{ann.id}", data={})
    step = db.session.query(UndoStep).filter_by(action="record.merged").one()
    assert client.post(f"/undo/{step.id}").status_code == 303
    assert anna.merged_into_id is None


def test_who_may_not_merge_may_not_undo(client, browse, lead, pair, db):
    anna, ann = pair
    browse(lead).post(f"/contacts/{anna.id}/merge/{ann.id}", data={})
    merge = db.session.query(Merge).one()
    assert client.delete(f"/merges/{merge.id}").status_code == 403
    assert browse(lead).get("/merges/999").status_code == 404
    assert anna.merged_into_id == ann.id


def test_organisations_merge_on_the_same_page(browse, lead, make, db):
    one, other = make.save(Organisation(name="Berg GmbH")), make.save(Organisation(name="Berg", industry="Mining"))
    person: Contact = make.contact("Anna", "Berg")
    person.affiliate(one, role="Owner")
    db.session.commit()
    client = browse(lead)
    page = client.get(f"/organisations/{one.id}/merge/{other.id}").text
    assert "1 person, 1 affiliation" in page
    assert client.post(f"/organisations/{one.id}/merge/{other.id}", data={"name": "merged", "industry": "survivor"}).location == f"/organisations/{other.id}"
    assert (other.name, other.sort_name, other.industry, person.organisation) == ("Berg GmbH", "berg", "Mining", other)


def test_there_is_nothing_to_merge_with_in_an_empty_list(browse, lead):
    assert "Nothing was merged yet" in browse(lead).get("/merges").text
