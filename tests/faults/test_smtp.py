"""A mail server may do anything at any moment: nothing is lost, nothing leaves twice, and what nobody knows is shown as that."""

from __future__ import annotations

import dataclasses
import tracemalloc
from datetime import timedelta

import pytest

from crm import blobs
from crm.errors import Refused
from crm.outbox import delivering, smtp
from crm.outbox.models import Delivery
from crm.outbox.sending import enqueue
from tests.faults.peers import DRIP, DROP, SILENCE, TAKE_AND_DROP, TAKE_AND_SILENCE, Peer
from tests.inbox.conftest import arrive, mailbox, take  # noqa: F401 — fixtures

KLARA, OTTO, ANNA = "klara@kunde.example", "otto@kunde.example", "anna@kunde.example"


@pytest.fixture
def peer(app, monkeypatch):
    with Peer() as peer:
        configure(app, monkeypatch, peer.url)
        yield peer


def configure(app, monkeypatch, url: str) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], smtp_url=url))


@pytest.fixture
def send(peer, session):
    """send(recipients …) → the delivery after one look of the worker."""

    def enqueue_and_send(*recipients: str, **parts) -> Delivery:
        delivery = enqueue(to=list(recipients) or [KLARA], subject="Guten Tag", text="Hallo\n.\nPunkt", **parts)
        session.commit()
        delivering.send_due()
        return delivery

    return enqueue_and_send


# — refusals at each stage ————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(("stage", "said", "state", "reason"), [
    ("greeting", "421 4.3.2 busy", "queued", "busy"), ("greeting", "554 5.3.2 no", "queued", "busy"), ("ehlo", "451 4.3.0 later", "queued", "busy"),
    ("ehlo", "550 no", "queued", "busy"), ("mail", "451 4.3.0 later", "queued", "busy"), ("mail", "550 5.7.1 not you", "failed", "sender"),
    ("rcpt", "450 4.2.1 greylisted", "queued", "busy"), ("rcpt", "550 5.1.1 unknown", "failed", "unknown"), ("rcpt", "552 5.2.2 full", "failed", "full"),
    ("data", "451 4.3.0 later", "queued", "busy"), ("data", "554 5.7.1 spam", "failed", "rejected"), ("dot", "451 4.7.0 later", "queued", "busy"),
    ("dot", "552 5.3.4 too large", "failed", "size"), ("dot", "421 4.3.2 closing", "queued", "busy"),
])  # fmt: skip
def test_a_refusal_at_any_stage_is_told_and_loses_nothing(peer, send, session, stage, said, state, reason):
    peer.says[stage] = said
    delivery = send()
    assert (delivery.state, delivery.reason, peer.mails) == (state, reason, [])
    assert said[4:].split()[-1] in delivery.log[0].text
    peer.says.clear()
    delivery.retry()
    session.commit()
    delivering.send_due()
    assert (delivery.state, len(peer.mails)) == ("sent", 1)


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("how", [DROP, SILENCE, DRIP])
def test_a_connection_that_breaks_hangs_or_drips_before_the_final_dot_is_tried_again(peer, send, clock, monkeypatch, stage, how):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.15 if how == SILENCE else 5)
    monkeypatch.setattr(smtp, "DEADLINE", 0.2)
    peer.says[stage] = how
    delivery = send()
    assert (delivery.state, peer.mails) == ("queued", [])
    assert delivery.reason in ("unreachable", "busy")
    peer.says.clear()
    clock.advance(minutes=2)
    monkeypatch.setattr(smtp, "DEADLINE", 60)
    delivering.send_due()
    assert (delivery.state, sum(peer.ids.values())) == ("sent", 1)


@pytest.mark.parametrize("how", [DROP, TAKE_AND_DROP, SILENCE, TAKE_AND_SILENCE, DRIP, "what?", "354 go on"])
def test_after_the_final_dot_whatever_is_no_answer_leaves_it_uncertain_and_unsent(peer, send, clock, monkeypatch, how):
    monkeypatch.setattr(smtp, "VERDICT", 0.15)
    monkeypatch.setattr(smtp, "DEADLINE", 0.3)
    peer.says["dot"] = how
    delivery = send()
    assert (delivery.state, delivery.reason) == ("uncertain", "uncertain")
    peer.says.clear()
    clock.advance(days=2)
    delivering.send_due()
    assert delivery.state == "uncertain"
    assert len(peer.mails) == (1 if how in (TAKE_AND_DROP, TAKE_AND_SILENCE) else 0)


def test_a_server_that_hangs_up_right_after_its_refusal_has_refused(peer, send):
    peer.says |= {"dot": "550 5.7.1 spam", "rset": DROP}
    assert (send().state, send().reason) == ("failed", "rejected")


def test_a_server_that_is_tired_of_a_long_connection_is_called_again(peer, send, session):
    answers = iter(["250 ok", "421 4.4.2 too long", "250 ok", DROP, "250 ok"])
    peer.says["mail"] = lambda: next(answers)
    for number in range(3):
        enqueue(to=[f"k{number}@kunde.example"], subject="x", text="y")
    session.commit()
    assert delivering.send_due() == 3
    assert (peer.greeted, set(peer.ids.values())) == (3, {1})


# — the connection itself ———————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(("scheme", "reason"), [("smtps://", "tls"), ("smtp+starttls://", "tls"), ("smtp://user:wrong@", "sign_in")])
def test_wrong_encryption_and_wrong_passwords_are_told_and_the_mail_waits(app, peer, send, monkeypatch, scheme, reason):
    configure(app, monkeypatch, f"{scheme}127.0.0.1:{peer.port}")
    peer.says["ehlo"] = "250-peer\r\n250 AUTH PLAIN LOGIN"
    delivery = send()
    assert (delivery.state, delivery.reason, peer.mails) == ("queued", reason, [])


def test_a_server_that_serves_nobody_is_asked_once_a_look(app, peer, session):
    peer.says["greeting"] = "421 4.3.2 closed for today"
    for number in range(5):
        enqueue(to=[f"k{number}@kunde.example"], subject="x", text="y")
    session.commit()
    delivering.send_due()
    assert peer.greeted == 1


def test_what_waited_for_the_server_leaves_as_soon_as_it_is_back(peer, send, clock):
    peer.says["greeting"] = DROP
    waiting = send()
    clock.advance(minutes=2)
    delivering.send_due()
    assert (waiting.attempts, waiting.state) == (2, "queued")
    peer.says.clear()
    other = send(OTTO)
    assert (other.state, waiting.state, len(peer.mails)) == ("sent", "sent", 2)


def test_a_mail_larger_than_the_server_says_it_takes_is_not_even_begun(peer, send):
    peer.says["ehlo"] = "250-peer\r\n250 SIZE 100"
    delivery = send()
    assert (delivery.state, delivery.reason) == ("failed", "size")


def test_an_address_with_umlauts_needs_a_server_that_can_do_it(peer, send):
    delivery = send("jörg@kunde.example")
    assert (delivery.state, delivery.reason, peer.mails) == ("failed", "utf8", [])
    peer.says["ehlo"] = "250-peer\r\n250-8BITMIME\r\n250 SMTPUTF8"
    delivery = send("jörg@kunde.example")
    assert (delivery.state, peer.mails[0][0]) == ("sent", ["jörg@kunde.example"])


def test_a_mail_whose_bytes_are_gone_fails_and_the_next_one_leaves(peer, send, session):
    lost = enqueue(to=[OTTO], subject="x", text="verloren")
    blobs.path(lost.blob).unlink()
    delivery = send()
    assert (lost.state, lost.reason, delivery.state) == ("failed", "lost", "sent")


def test_a_fault_of_ours_stops_no_other_mail_and_sends_none_twice(peer, send, session, monkeypatch):
    real = smtp.Line.hand_over

    def stumble(line, sender, recipients, message):
        if OTTO in recipients:
            real(line, sender, recipients, message)
            raise RuntimeError("a fault")
        return real(line, sender, recipients, message)

    monkeypatch.setattr(smtp.Line, "hand_over", stumble)
    stumbled = enqueue(to=[OTTO], subject="x", text="y")
    delivery = send()
    assert (stumbled.state, delivery.state, len(peer.mails)) == ("uncertain", "sent", 2)


# — several recipients ————————————————————————————————————————————————————————————————————————————————————


def test_who_was_refused_for_good_is_named_and_the_others_have_it(peer, send, session):
    peer.refuses[OTTO] = "550 5.1.1 no such user"
    delivery = send(KLARA, OTTO)
    assert (delivery.state, delivery.reason, delivery.refusals) == ("sent", "some_refused", {OTTO: "550 5.1.1 no such user"})
    assert delivery.recipients == f"{KLARA},{OTTO}"
    peer.refuses.clear()
    delivery.retry()
    session.commit()
    delivering.send_due()
    assert [recipients for recipients, _content in peer.mails] == [[KLARA], [OTTO]]
    assert (delivery.state, delivery.reason, delivery.refused) == ("sent", "", "")
    with pytest.raises(Refused):
        delivery.retry()


def test_each_of_three_recipients_fares_as_the_server_said(peer, send, clock):
    peer.refuses |= {OTTO: "450 4.2.1 later", ANNA: "550 5.1.1 unknown"}
    delivery = send(KLARA, OTTO, ANNA)
    assert (delivery.state, delivery.due, list(delivery.refusals)) == ("queued", [OTTO], [ANNA])
    peer.refuses.clear()
    clock.advance(minutes=2)
    delivering.send_due()
    assert (delivery.state, delivery.reason) == ("sent", "some_refused")
    assert [recipients for recipients, _content in peer.mails] == [[KLARA], [OTTO]]


def test_a_recipient_who_is_never_taken_is_named_in_the_end(peer, send, clock):
    peer.refuses[OTTO] = "450 4.2.1 later"
    delivery = send(KLARA, OTTO)
    for _step in range(6):
        clock.advance(hours=5)
        delivering.send_due()
    assert (delivery.state, delivery.reason, list(delivery.refusals), len(peer.mails)) == ("sent", "some_refused", [OTTO], 1)


def test_when_all_are_refused_those_for_now_are_tried_again(peer, send, clock):
    peer.refuses |= {KLARA: "550 5.1.1 unknown", OTTO: "450 4.2.1 later"}
    delivery = send(KLARA, OTTO)
    assert (delivery.state, delivery.due) == ("queued", [OTTO])
    clock.advance(hours=30)
    peer.refuses[OTTO] = "550 5.1.1 unknown"
    delivering.send_due()
    assert (delivery.state, sorted(delivery.refusals), peer.mails) == ("failed", [KLARA, OTTO], [])


# — clocks and claims —————————————————————————————————————————————————————————————————————————————————————


def test_a_clock_that_is_set_back_makes_nobody_wait_longer(peer, send, session, clock):
    peer.says["rcpt"] = "450 4.2.1 later"
    delivery = send()
    undo = enqueue(to=[OTTO], subject="x", text="y", delay=15)
    session.commit()
    peer.says.clear()
    clock.advance(hours=-1)
    delivering.send_due()
    assert peer.mails == []
    session.refresh(undo)
    assert undo.next_attempt_at <= clock() + timedelta(seconds=15)
    clock.advance(seconds=16)
    delivering.send_due()
    assert [recipients for recipients, _content in peer.mails] == [[OTTO]]
    clock.advance(seconds=60)
    delivering.send_due()
    assert delivery.state == "sent"


def test_a_mail_that_is_to_leave_at_a_moment_does_so_whatever_the_clock_did_before(peer, send, session, clock):
    later = send(delay=6 * 3600)
    clock.advance(hours=-1)
    delivering.send_due()
    session.refresh(later)
    assert later.next_attempt_at == clock() + timedelta(hours=7)


def test_a_claim_from_the_future_grows_stale_from_now_on(peer, session, clock):
    delivery = enqueue(to=[KLARA], subject="x", text="y")
    session.commit()
    delivering.claim()
    delivery.claimed_by = "elsewhere:1:x"
    session.commit()
    clock.advance(hours=-1)
    delivering.send_due()
    assert delivery.state == "sending"
    clock.advance(minutes=16)
    delivering.send_due()
    assert (delivery.state, peer.mails) == ("uncertain", [])


def test_a_worker_that_was_taken_for_dead_still_tells_what_it_knows(peer, send, session, monkeypatch):
    real = smtp.Line.hand_over

    def slow(line, sender, recipients, message):
        outcome = real(line, sender, recipients, message)
        delivery = session.scalars(session.query(Delivery).statement).one()
        delivery.state, delivery.claimed_by = "uncertain", None
        session.commit()
        return outcome

    monkeypatch.setattr(smtp.Line, "hand_over", slow)
    delivery = send()
    assert (delivery.state, len(peer.mails), [entry.outcome for entry in delivery.log]) == ("sent", 1, ["sent"])


def test_a_retry_by_a_person_while_a_worker_is_at_it_is_refused(peer, session):
    delivery = enqueue(to=[KLARA], subject="x", text="y")
    session.commit()
    delivering.claim()
    with pytest.raises(Refused):
        delivery.retry()


# — settled afterwards ————————————————————————————————————————————————————————————————————————————————————


def test_an_answer_to_an_uncertain_mail_proves_that_it_arrived(peer, session, arrive, agent, monkeypatch):  # noqa: F811
    from crm.inbox import replying

    monkeypatch.setattr(smtp, "VERDICT", 0.15)
    conversation = arrive("Mein Anschluss ist tot.")
    message = replying.reply(conversation, agent, "Wir schauen nach.", delay=0)
    session.commit()
    peer.says["dot"] = TAKE_AND_SILENCE
    delivering.send_due()
    assert message.delivery.state == "uncertain"
    arrive("Danke, geht wieder gut soweit, ich habe aber noch eine Frage.", answers=message.message_id)
    session.refresh(message.delivery)
    assert message.delivery.state == "sent"
    assert len(peer.mails) == 1


# — large mails ———————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
@pytest.mark.parametrize("text", [b"", b".", b"..\r\n.\r\n", b"a\r\n.b\r\n..c\r\n\r\n.", b"\r\n.\r\n", b"x\r\n"])
def test_dots_are_doubled_wherever_the_pieces_end(text, size):
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    whole = text.replace(b"\r\n.", b"\r\n..")
    whole = b"." + whole if whole.startswith(b".") else whole
    assert b"".join(smtp.quoted(pieces)) == whole + (b".\r\n" if not whole or whole.endswith(b"\r\n") else b"\r\n.\r\n")


def test_thirty_megabytes_leave_in_pieces(tmp_path):
    large = tmp_path / "large"
    large.write_bytes(b"x" * 76 + b"\r\n")
    with large.open("ab") as file:
        for _piece in range(30):
            file.write((b"y" * 76 + b"\r\n") * 13_000)
    tracemalloc.start()
    total = sum(len(piece) for piece in smtp.quoted(smtp._pieces(large)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 30_000_000
    assert peak < 4_000_000


