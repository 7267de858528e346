"""The page of one contact, and logging on it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm import timeline
from crm.contacts.models import Organisation, Tag
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint
from tests.conftest import HTMX


def call(contact, **fields):
    return timeline.record("call.logged", contact, **{"channel": "phone", "direction": "inbound"} | fields)



@pytest.fixture
def ada(make):
    return make.contact("Ada", "Adler", lifecycle="customer", customer_since=date(2006, 5, 1), value=Decimal(1250))


def test_the_page_says_who_this_is(client, make, ada, agent, db):
    ada.organisation = make.save(Organisation(name="Nordwind GmbH"))
    ada.owner = agent
    ada.add_address("email", "ada@nordwind.example")
    ada.add_address("phone", "+49 30 1234567")
    db.session.commit()
    text = client.get(f"/contacts/{ada.id}").text
    for words in ("Ada Adler", "customer since 2006", "Nordwind GmbH", "Anna Agent", "mailto:ada@nordwind.example", "tel:+49301234567", "€1,250"):
        assert words in text


def test_warnings_stand_on_the_page(client, ada, db, clock):
    ada.archived_at = ada.restricted_at = clock.time
    db.session.commit()
    text = client.get(f"/contacts/{ada.id}").text
    assert "Archived on 21 Nov 2026" in text
    assert "do not contact" in text


def test_a_bounced_address_is_marked_and_no_link(client, ada, db, clock):
    address = ada.add_address("email", "old@nordwind.example")
    address.invalid_at, address.invalid_reason = clock.time, "mailbox unknown"
    db.session.commit()
    text = client.get(f"/contacts/{ada.id}").text
    assert "mailbox unknown" in text
    assert "mailto:old@nordwind.example" not in text


def test_a_merged_contact_leads_to_its_survivor(client, make, ada):
    first = make.contact(merged_into_id=ada.id)
    second = make.contact(merged_into_id=first.id)
    assert client.get(f"/contacts/{second.id}").location == f"/contacts/{ada.id}"


def test_tags_stand_in_their_order(client, make, ada, db):
    ada.tags = [make.save(Tag(name=name, folded=name.lower())) for name in ("VIP", "Altbau, saniert", "Messe")]
    db.session.commit()
    text = client.get(f"/contacts/{ada.id}").text
    assert [text.index(f'<span class="tag">{name}</span>') for name in ("Altbau, saniert", "Messe", "VIP")] == sorted(
        text.index(f'<span class="tag">{name}</span>') for name in ("Altbau, saniert", "Messe", "VIP"))


def test_what_stands_below_the_first_screenful_is_fetched_by_itself(client, ada, db):
    shown, rest = client.get(f"/contacts/{ada.id}").text, client.get(f"/contacts/{ada.id}/panels", headers=HTMX).text
    assert f'hx-get="/contacts/{ada.id}/panels"' in shown
    assert ('id="panel-tasks"' in shown, 'id="panel-consents"' in shown) == (True, False)
    assert ('id="panel-tasks"' in rest, 'id="panel-consents"' in rest) == (False, True)


def test_without_script_the_further_panels_are_a_page(client, ada):
    text = client.get(f"/contacts/{ada.id}/panels").text
    assert "More about Ada Adler" in text
    assert 'id="panel-consents"' in text
    assert client.get("/contacts/999999/panels").status_code == 404


def test_nobody_is_asked_to_sign_in(nobody, ada):
    assert nobody.get(f"/contacts/{ada.id}").status_code == 303
    assert nobody.post(f"/contacts/{ada.id}/interactions", data={"body": "x"}).status_code == 401


def test_a_contact_that_does_not_exist_is_not_found(client):
    assert client.get("/contacts/999999").status_code == 404
    assert client.get(f"/contacts/{10**30}").status_code == 404


def test_a_call_is_logged_with_a_task_in_3_tagen(client, ada, agent, clock, db):
    answer = client.post(f"/contacts/{ada.id}/interactions", data={"body": "Wants an offer", "channel": "phone", "direction": "outbound",
                                                                   "next_step": "Send the offer", "next_due": "in 3 Tagen"})
    assert (answer.status_code, answer.location) == (303, f"/contacts/{ada.id}")
    entry = db.session.scalars(select(Interaction)).one()
    assert (entry.kind, entry.direction, entry.body, entry.staff_id, entry.happened_at) == ("call.logged", "outbound", "Wants an offer", agent.id, clock.time)
    task = db.session.scalars(select(Task)).one()
    assert (task.title, task.assignee_id, task.contact_id, task.about_type, task.about_id) == ("Send the offer", agent.id, ada.id, "interaction", entry.id)
    assert (task.due_at.isoformat(), task.all_day, ada.next_task_at) == ("2026-11-24T23:00:00+00:00", True, task.due_at)


def test_htmx_gets_the_empty_box_and_what_changed(client, ada):
    answer = client.post(f"/contacts/{ada.id}/interactions", data={"body": "Wants an offer", "channel": "phone", "direction": "outbound", "next_due": "morgen"},
                         headers=HTMX)
    assert answer.status_code == 200
    assert "<textarea" in answer.text
    for part in ('id="feed"', 'id="band"', 'id="panel-tasks"', "Follow up", "Logged, with a task", "/undo/"):
        assert part in answer.text


def test_the_touchpoint_is_guessed_and_may_be_chosen(client, ada, make, db):
    hotline = make.save(Touchpoint(key="hotline", name="Hotline", phase="after", channel="phone"))
    chosen = make.save(Touchpoint(key="visit", name="Visit", phase="during", channel="in_person"))
    form = {"body": "x", "channel": "phone", "direction": "inbound"}
    assert "Guessed: Hotline" in client.get("/log/touchpoint?channel=phone&direction=inbound").text
    client.post(f"/contacts/{ada.id}/interactions", data=form)
    client.post(f"/contacts/{ada.id}/interactions", data=form | {"touchpoint_id": chosen.id})
    assert [entry.touchpoint_id for entry in db.session.scalars(select(Interaction).order_by(Interaction.id))] == [hotline.id, chosen.id]


@pytest.mark.parametrize(("fields", "why"), [
    ({"body": ""}, "Write what happened"),
    ({"body": "x", "next_due": "gestern"}, "This moment has passed"),
    ({"body": "x", "next_due": "soonish"}, "was not understood"),
    ({"body": "x", "happened_at": "2030-01-01T10:00"}, "lies in the future"),
    ({"body": "x", "happened_at": "never"}, "Write day and time"),
    ({"body": "x", "channel": "telepathy"}, "Not a valid choice"),
    ({"body": "x", "touchpoint_id": "999"}, "Not a valid choice"),
])
def test_what_cannot_be_logged_is_refused_at_its_field_and_changes_nothing(client, ada, db, clock, fields, why):
    answer = client.post(f"/contacts/{ada.id}/interactions", data={"channel": "phone", "direction": "inbound"} | fields, headers=HTMX)
    assert answer.status_code == 422
    assert why in answer.text
    assert db.session.scalars(select(Interaction)).all() == []
    assert db.session.scalars(select(Task)).all() == []


def test_logging_refuses_get(client, ada):
    assert client.get(f"/contacts/{ada.id}/interactions").status_code == 405


def test_what_was_logged_can_be_undone(client, ada, db):
    page = client.post(f"/contacts/{ada.id}/interactions", data={"body": "x", "channel": "phone", "direction": "outbound", "next_due": "morgen"}, headers=HTMX)
    step = page.text.split("/undo/")[1].split('"')[0]
    client.post(f"/undo/{step}")
    assert (ada.interactions_count, ada.next_task_at) == (0, None)
    assert db.session.scalars(select(Task)).one().cancelled_at is not None


def test_a_private_note_is_seen_by_its_author_alone(client, browse, colleague, ada):
    client.post(f"/contacts/{ada.id}/interactions", data={"body": "Secret thought", "channel": "phone", "direction": "outbound", "private": "y"})
    assert "Secret thought" in client.get(f"/contacts/{ada.id}").text
    stranger = browse(colleague)
    assert "Secret thought" not in stranger.get(f"/contacts/{ada.id}").text


def test_logged_yesterday_means_yesterday_on_the_wall(client, ada, db, clock):
    client.post(f"/contacts/{ada.id}/interactions", data={"body": "x", "channel": "phone", "direction": "inbound", "happened_at": "2026-11-20T18:30"})
    assert db.session.scalars(select(Interaction)).one().happened_at.isoformat() == "2026-11-20T17:30:00+00:00"


def test_logging_from_anywhere_begins_with_whom(client, ada):
    assert "With whom were you in touch?" in client.get("/log").text
    assert "Log with Ada Adler" in client.get(f"/log?contact={ada.id}").text


def test_days_have_headings_and_the_newest_stands_first(client, ada, clock):
    call(ada, body="Old one", happened_at=clock.time - timedelta(days=1))
    call(ada, body="New one")
    text = client.get(f"/contacts/{ada.id}").text
    assert text.index("Today") < text.index("New one") < text.index("Yesterday") < text.index("Old one")


def test_the_feed_goes_on_without_repeating_or_skipping(client, ada, clock):
    for number in range(60):
        call(ada, body=f"Entry {number:02}.", happened_at=clock.time - timedelta(hours=number))
    seen, url = [], f"/contacts/{ada.id}/timeline"
    while url:
        text = client.get(url, headers=HTMX).text
        seen += [number for number in range(60) if f"Entry {number:02}." in text]
        url = text.split('class="more" href="')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&") if 'class="more"' in text else ""
    assert seen == list(range(60))


@pytest.mark.parametrize(("query", "shown"), [
    ("channel=phone", {"Phone"}), ("channel=email", {"Mail"}), ("kind=mail.received", {"Mail"}), ("direction=inbound", {"Mail"}),
    ("q=ubergabe", {"Phone"}), ("q=Übergabe", {"Phone"}), ("q=uebergabe", {"Phone"}), ("q=100%25", set()), ("channel=nonsense", {"Phone", "Mail"}),
])
def test_the_feed_is_narrowed(client, ada, query, shown):
    call(ada, direction="outbound", subject="Phone", body="Die Übergabe am Freitag")
    timeline.record("mail.received", ada, channel="email", direction="inbound", subject="Mail", body="Hello")
    text = client.get(f"/contacts/{ada.id}/timeline?{query}", headers=HTMX).text
    assert {word for word in ("Phone", "Mail") if f'entry-subject">{word}' in text} == shown


def test_a_filter_is_a_chip_that_can_be_removed(client, ada):
    text = client.get(f"/contacts/{ada.id}?channel=phone&q=x").text
    assert f'href="/contacts/{ada.id}?q=x"' in text


def test_answers_show_their_score_and_purchases_their_amount(client, ada):
    timeline.record("feedback.answered", ada, channel="web", direction="inbound", data={"survey": "nps", "score": 4})
    timeline.record("purchase.made", ada, channel="web", direction="inbound", amount=Decimal("99.90"))
    text = client.get(f"/contacts/{ada.id}").text
    assert "Detractor" in text
    assert "€99.90" in text


def test_the_touchpoint_is_corrected_with_one_choice(client, ada, make, db):
    visit = make.save(Touchpoint(key="visit", name="Visit at home", phase="during", channel="in_person"))
    entry = call(ada)
    db.session.commit()
    assert "Visit at home" in client.get(f"/interactions/{entry.id}/touchpoint", headers=HTMX).text
    answer = client.post(f"/interactions/{entry.id}/touchpoint", data={"touchpoint_id": visit.id}, headers=HTMX)
    assert "Visit at home" in answer.text
    assert entry.superseded_by_id
    assert ada.interactions_count == 1


def test_an_unknown_touchpoint_is_refused_and_changes_nothing(client, ada, db):
    entry = call(ada)
    db.session.commit()
    assert client.post(f"/interactions/{entry.id}/touchpoint", data={"touchpoint_id": "77"}, headers=HTMX).status_code == 422
    assert entry.superseded_by_id is None


def test_an_entry_shows_its_earlier_versions_and_can_be_withdrawn(client, browse, colleague, ada, agent, db):
    old = call(ada, staff=agent, body="First wording")
    new = timeline.correct(old, agent, body="Second wording")
    db.session.commit()
    assert client.get(f"/interactions/{old.id}").location == f"/interactions/{new.id}"
    page = client.get(f"/interactions/{new.id}").text
    assert "First wording" in page
    assert browse(colleague).post(f"/interactions/{new.id}/withdrawal").status_code == 403
    assert client.post(f"/interactions/{new.id}/withdrawal").status_code == 303
    assert "wording" not in client.get(f"/contacts/{ada.id}").text


def test_an_organisation_rolls_up_its_people(client, make, ada, db):
    organisation = make.save(Organisation(name="Nordwind"))
    ada.organisation = organisation
    call(ada, body="About the fair")
    db.session.commit()
    text = client.get(f"/organisations/{organisation.id}/timeline").text
    assert "About the fair" in text
    assert "Ada Adler" in text


def test_the_number_of_statements_does_not_grow_with_the_history(client, ada, agent, clock, db, statements):
    client.get(f"/contacts/{ada.id}")
    with statements() as few:
        client.get(f"/contacts/{ada.id}")
    for number in range(40):
        call(ada, staff=agent, happened_at=clock.time - timedelta(days=number))
    db.session.commit()
    with statements() as many:
        client.get(f"/contacts/{ada.id}")
    assert len(many) <= max(len(few), 13)
