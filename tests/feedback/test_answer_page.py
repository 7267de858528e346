import pytest
from sqlalchemy import func, select

from crm.extensions import db
from crm.feedback import links
from crm.feedback.jobs import expire
from crm.feedback.models import Answer, AnswerVersion, FeedbackNonce, FeedbackRequest
from crm.timeline.models import Interaction
from tests.feedback.conftest import nonce_in


@pytest.fixture
def path(asked):
    return f"/f/{links.token(asked.id)}"


def answers():
    return list(db.session.scalars(select(Answer).order_by(Answer.id)))


def rows(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_page_asks_in_the_customers_language(nobody, path):
    page = nobody.get(path)
    assert page.status_code == 200
    assert 'lang="de"' in page.text
    assert "Wie zufrieden sind Sie" in page.text
    assert "How satisfied" in nobody.get(f"{path}?language=en").text


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_writes_nothing_whatever_the_link_says(nobody, path, asked, method):
    for query in ("", "?score=5", "?score=99", "?score=x"):
        getattr(nobody, method)(path + query)
    db.session.refresh(asked)
    assert (rows(Answer), rows(FeedbackNonce), asked.state, asked.opened_at) == (0, 0, "sent", None)


def test_a_score_in_the_link_only_preselects(nobody, path):
    page = nobody.get(f"{path}?score=2").text
    assert page.count("checked") == 1
    assert rows(Answer) == 0


def test_an_answer_is_taken_and_stands_in_the_timeline(nobody, give, asked, customer):
    assert give(nobody, 2).status_code == 303
    [answer] = answers()
    assert (answer.score, answer.contested, answer.survey_type) == (2, False, "csat")
    assert asked.state == "answered"
    entry = db.session.scalars(select(Interaction).where(Interaction.kind == "feedback.answered")).one()
    assert (entry.contact_id, entry.data["score"], entry.data["unhappy"]) == (customer.id, 2, True)
    assert (customer.csat_score, customer.csat_at) == (2, answer.answered_at)


def test_a_used_nonce_is_forgotten_when_its_page_can_no_longer_be_open(nobody, give, asked, clock):
    give(nobody, 2)
    clock.advance(hours=47)
    expire()
    assert rows(FeedbackNonce) == 1
    clock.advance(hours=2)
    expire()
    assert rows(FeedbackNonce) == 0


def test_a_post_without_a_nonce_of_the_page_is_not_taken(nobody, path):
    for nonce in ("", "forged", links.make_nonce("other", "v")):
        reply = nobody.post(path, data={"score": 5, "nonce": nonce})
        assert reply.status_code == 422
        assert "noch einmal" in reply.text
        assert 'value="5" checked' in reply.text.replace("\n", " ").replace("             ", " ")
    assert rows(Answer) == 0


def test_a_nonce_is_good_once(nobody, path):
    nonce = nonce_in(nobody.get(path).text)
    for score in (5, 1):
        assert nobody.post(path, data={"score": score, "nonce": nonce}).status_code == 303
    assert [a.score for a in answers()] == [5]


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "five", "٣"])
def test_a_score_that_is_none_is_asked_for_again(nobody, give, score, asked):
    reply = give(nobody, score)
    assert reply.status_code == 422
    assert "role=\"alert\"" in reply.text
    assert rows(Answer) == 0
    assert asked.state == "opened"


def test_the_same_visitor_may_correct_and_the_earlier_version_is_kept(nobody, give, customer, clock):
    give(nobody, 2)
    clock.advance(days=1)
    give(nobody, 4)
    [answer] = answers()
    assert answer.score == 4
    assert [version.score for version in db.session.scalars(select(AnswerVersion))] == [2]
    shown = db.session.scalars(select(Interaction).where(Interaction.kind == "feedback.answered", Interaction.superseded_by_id.is_(None))).one()
    assert shown.data["score"] == 4
    assert customer.csat_score == 4


def test_a_later_answer_from_elsewhere_is_kept_but_changes_nothing(browse, give, customer):
    give(browse(), 5)
    give(browse(), 1)
    assert [(a.score, a.contested) for a in answers()] == [(5, False), (1, True)]
    assert customer.csat_score == 5


def test_who_follows_the_hidden_link_is_no_person(browse, give, path, asked):
    scanner = browse()
    scanner.get(path)
    scanner.get(f"{path}/more")
    give(scanner, 1)
    give(browse(), 5)
    assert [(a.score, a.contested) for a in answers()] == [(1, True), (5, False)]
    assert asked.decoy_hit_at is not None


def test_the_score_is_kept_when_the_comment_page_is_left(nobody, give, path):
    give(nobody, 1)
    page = nobody.get(f"{path}/thanks").text
    assert "<textarea" in page
    assert answers()[0].comment == ""


def test_a_comment_and_the_wish_for_a_call_are_added(nobody, give, path):
    give(nobody, 1)
    nonce = nonce_in(nobody.get(f"{path}/thanks").text)
    reply = nobody.post(f"{path}/comment", data={"nonce": nonce, "comment": " Zu langsam.\0 ", "call_me": "on", "phone": "030 1"})
    assert reply.status_code == 303
    [answer] = answers()
    assert (answer.comment, answer.call_me, answer.call_me_phone) == ("Zu langsam.", True, "030 1")
    shown = db.session.scalars(select(Interaction).where(Interaction.kind == "feedback.answered", Interaction.superseded_by_id.is_(None))).one()
    assert shown.body == "Zu langsam."


def test_somebody_else_cannot_comment(browse, give, path):
    give(browse(), 1)
    stranger = browse()
    page = stranger.get(f"{path}/thanks").text
    assert "<textarea" not in page
    nonce = links.make_nonce(f"{path.rpartition('/')[2]}:comment", "stranger")
    assert stranger.post(f"{path}/comment", data={"nonce": nonce, "comment": "x"}).status_code == 409


@pytest.mark.parametrize("token", ["x", "aaaa", "0", "ü", "7" * 80])
def test_a_link_that_is_not_ours_leads_nowhere(nobody, surveys, token):
    assert nobody.get(f"/f/{token}").status_code == 404
    assert nobody.post(f"/f/{token}").status_code == 404


def test_a_link_is_not_guessed_from_another(asked):
    token = links.token(asked.id)
    assert links.read_token(token) == asked.id
    assert links.read_token(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert links.read_token(links.token(asked.id, "other")) is None


def test_an_expired_link_says_so_and_takes_nothing(nobody, give, path, clock):
    nonce = nonce_in(nobody.get(path).text)
    clock.advance(days=31)
    assert nobody.get(path).status_code == 410
    assert nobody.post(path, data={"score": 5, "nonce": nonce}).status_code == 410
    assert rows(Answer) == 0


def test_dont_ask_me_again_needs_a_button_and_is_kept_as_a_refusal(nobody, path, customer):
    from crm.consent.ledger import allowed

    page = nobody.get(f"{path}/stop")
    assert allowed(customer, "feedback", "email").allowed
    nobody.post(f"{path}/stop", data={"nonce": nonce_in(page.text)})
    assert not allowed(customer, "feedback", "email").allowed


def test_a_qr_code_takes_an_anonymous_answer(nobody, surveys, make):
    from crm.touchpoints.models import Touchpoint

    make.save(Touchpoint(key="delivery-note", name="Delivery note", phase="after", channel="letter"))
    page = nobody.get("/t/delivery-note?language=en")
    assert "Delivery note" in page.text
    assert rows(FeedbackRequest) == 0
    reply = nobody.post("/t/delivery-note", data={"score": 4, "nonce": nonce_in(page.text)})
    assert reply.status_code == 303
    [answer] = answers()
    assert (answer.contact_id, answer.score, answer.channel) == (None, 4, "letter")
    assert "<textarea" in nobody.get(reply.location).text
    assert nobody.get("/t/nowhere").status_code == 404
