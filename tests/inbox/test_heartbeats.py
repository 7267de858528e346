"""The health line of the inbox: red when nothing comes in, quiet while the program is still starting."""

from crm import clock as time
from crm.inbox import heartbeats


def test_an_intake_that_never_ran_is_told(app, db):
    assert "intake is not running" in heartbeats.pulse().trouble


def test_nothing_is_told_while_the_program_starts(app, db, clock, monkeypatch):
    monkeypatch.setitem(app.extensions, "serving since", time.now())
    assert heartbeats.pulse().trouble == ""
    clock.advance(minutes=3)
    assert "intake is not running" in heartbeats.pulse().trouble
