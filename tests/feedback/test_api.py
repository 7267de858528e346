from sqlalchemy import func, select

from crm.consent.ledger import refuse
from crm.extensions import db
from crm.feedback import links
from crm.feedback.models import FeedbackRequest


def test_asking_at_once_gives_the_link(program, surveys, customer):
    reply = program().post("/feedback/requests", contact_id=customer.id, survey="nps")
    assert reply.status_code == 201, reply.text
    body = reply.get_json()
    assert (body["state"], body["reason"], body["survey"]) == ("sent", "", "nps")
    assert body["url"].endswith(f"/f/{links.token(body['id'])}")


def test_a_refusal_is_told(program, surveys, customer):
    refuse(customer, "feedback", "email", source="test")
    reply = program().post("/feedback/requests", contact_id=customer.id, survey="nps", override=True)
    assert (reply.get_json()["state"], reply.get_json()["reason"]) == ("held", "consent")


def test_bad_input_is_refused_at_its_field_and_asks_nobody(program, surveys, customer, make, resolve):
    other = resolve(make.contact())
    before = db.session.scalar(select(func.count()).select_from(FeedbackRequest))
    for sent, field in (({"survey": "zodiac"}, "survey"), ({"contact_id": 10**6}, "contact_id"), ({"interaction_id": other.id}, "interaction_id"), ({"x": 1}, "x")):
        reply = program().post("/feedback/requests", **{"contact_id": customer.id, "survey": "nps"} | sent)
        assert reply.status_code == 422
        assert field in reply.get_json(force=True)["errors"]
    assert db.session.scalar(select(func.count()).select_from(FeedbackRequest)) == before


def test_answers_are_listed_and_filtered(program, nobody, give, customer):
    give(nobody, 2)
    found = program("read").get("/feedback/answers", contact_id=customer.id, type="csat").get_json()
    assert [(a["score"], a["survey"], a["contested"], a["contact_id"]) for a in found["items"]] == [(2, "csat", False, customer.id)]
    assert program("read").get("/feedback/answers", type="nps").get_json()["items"] == []
    assert program("read").get(f"/feedback/answers/{found['items'][0]['id']}").get_json() == found["items"][0]


def test_requests_are_listed_by_state(program, asked):
    assert [r["id"] for r in program("read").get("/feedback/requests", state="sent").get_json()["items"]] == [asked.id]
    assert program("read").get("/feedback/requests", state="held").get_json()["items"] == []
