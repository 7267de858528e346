"""Staff are told once, in their language, as they chose."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from crm import blobs
from crm.extensions import db
from crm.notifications.models import Notification, NotificationChoice
from crm.notifications.notifying import administrators, notify, read_about
from crm.outbox.models import Delivery
from tests.conftest import HTMX

ABOUT = ("conversation", 42)


def tell(*users, kind="answered", text="Klara answered", about=ABOUT, by=None):
    told = notify(users, kind, text=text, url="/inbox/42", about=about, by=by)
    db.session.commit()
    return told


def rows(user) -> list[Notification]:
    return list(db.session.scalars(select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)))


def mails() -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.purpose == "notification")))


def test_each_recipient_gets_a_row_and_a_count(agent, colleague):
    assert len(tell(agent, colleague, agent)) == 2
    assert (agent.unread_notifications, colleague.unread_notifications) == (1, 1)


def test_whoever_did_it_and_whoever_left_is_not_told(agent, colleague, admin):
    colleague.deactivate()
    assert tell(agent, colleague, by=agent) == []
    assert rows(agent) == rows(colleague) == []


def test_nobody_is_told_twice_before_having_read_it(agent):
    tell(agent)
    assert tell(agent) == []
    assert len(tell(agent, about=("conversation", 43))) == 1
    read_about(agent, ABOUT)
    assert agent.unread_notifications == 1
    assert len(tell(agent)) == 1
    assert agent.unread_notifications == 2


def test_another_kind_about_the_same_is_told(agent):
    tell(agent)
    assert len(tell(agent, kind="assigned")) == 1


def test_a_mention_comes_by_mail_too_and_is_marked_as_automatic(agent, colleague):
    tell(agent, kind="mention", by=colleague)
    mail = message_from_bytes(blobs.get(mails()[0].blob), policy=policy.default)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert agent.email in mail["To"]
    assert "http://localhost/inbox/42" in mail.get_body(("plain",)).get_content()


def test_a_mail_only_if_it_is_wanted(agent):
    db.session.add(NotificationChoice(user_id=agent.id, kind="mention", on_page=True, by_mail=False))
    tell(agent, kind="mention")
    assert (len(rows(agent)), mails()) == (1, [])


def test_by_mail_only_the_bell_stays_silent(agent):
    db.session.add(NotificationChoice(user_id=agent.id, kind="answered", on_page=False, by_mail=True))
    tell(agent)
    assert (agent.unread_notifications, len(mails())) == (0, 1)


def test_neither_is_neither(agent):
    db.session.add(NotificationChoice(user_id=agent.id, kind="answered", on_page=False, by_mail=False))
    assert tell(agent) == []


def test_it_is_told_in_the_recipients_language(agent, colleague):
    colleague.locale = "de"
    tell(agent, colleague, text=_l("Resolved"))
    assert rows(agent)[0].text == "Resolved"
    assert rows(colleague)[0].text != "Resolved"


def test_alarms_are_for_administrators(agent, admin):
    assert administrators() == [admin]
    tell(agent, admin, kind="alarm", text="No mail since noon")
    assert (len(rows(agent)), len(rows(admin))) == (0, 1)


def test_many_mails_to_staff_use_up_nobodys_cap_for_automatic_mails(agent):
    from crm.accounts import mails as account_mails

    for number in range(8):
        tell(agent, kind="mention", about=("conversation", number))
    account_mails.send_reset(agent)
    assert {row.state for row in db.session.scalars(select(Delivery))} == {"held"}


# — pages ——————————————————————————————————————————————————————————————————————————————————————————————


def test_the_bell_counts_what_is_unread(client, agent):
    assert "bell-count" not in client.get("/notifications/bell", headers=HTMX).text
    tell(agent)
    assert "bell-count" in client.get("/tasks").text


def test_following_one_reads_it(client, agent):
    notification = tell(agent)[0]
    answer = client.post(f"/notifications/{notification.id}/reading")
    assert (answer.status_code, answer.location) == (303, "/inbox/42")
    assert (notification.read_at is not None, agent.unread_notifications) == (True, 0)
    client.post(f"/notifications/{notification.id}/reading")
    db.session.refresh(agent)
    assert agent.unread_notifications == 0


def test_looking_at_the_page_reads_nothing(client, agent):
    tell(agent)
    assert "Klara answered" in client.get("/notifications").text
    assert "Klara answered" in client.get("/notifications?which=unread").text
    assert agent.unread_notifications == 1


def test_all_are_read_at_once(client, agent, colleague):
    tell(agent, colleague)
    tell(agent, about=("conversation", 43))
    assert client.post("/notifications/reading").status_code == 303
    db.session.expire_all()
    assert (agent.unread_notifications, colleague.unread_notifications) == (0, 1)
    assert "Klara answered" not in client.get("/notifications?which=unread").text


def test_somebody_elses_is_not_there(browse, outsider, agent):
    notification = tell(agent)[0]
    assert browse(outsider).post(f"/notifications/{notification.id}/reading").status_code == 404
    assert notification.read_at is None
    assert "Klara answered" not in browse(outsider).get("/notifications").text


def test_how_one_is_told_is_chosen(client, agent):
    page = client.get("/account/notifications").text
    assert "mention-mail" in page
    assert "alarm-mail" not in page
    assert client.post("/account/notifications", data={"answered-mail": "1"}).status_code == 303
    chosen = {row.kind: (row.on_page, row.by_mail) for row in db.session.scalars(select(NotificationChoice).where(NotificationChoice.user_id == agent.id))}
    assert (chosen["answered"], chosen["mention"]) == ((False, True), (False, False))
    assert "alarm" not in chosen


@pytest.mark.parametrize("path", ["/notifications", "/account/notifications"])
def test_strangers_sign_in_first(nobody, path):
    assert nobody.get(path).status_code == 303


def test_reading_takes_a_post(client, agent):
    assert client.get(f"/notifications/{tell(agent)[0].id}/reading").status_code == 405
    assert client.get("/notifications/reading").status_code == 405
