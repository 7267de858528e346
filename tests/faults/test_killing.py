"""The whole program dies at any moment; what was acknowledged is there, once. (CRM_KILLING=30x1000 for the long run.)"""

from __future__ import annotations

import os

import pytest

from tests.faults import killing


@pytest.mark.slow
def test_the_whole_program_killed_again_and_again_loses_no_mail_and_takes_none_twice(tmp_path):
    rounds, mails = (int(part) for part in os.environ.get("CRM_KILLING", "3x100").split("x"))
    result = killing.run(tmp_path / "data", rounds, mails)
    assert (result.missing, result.twice) == ([], [])
    assert sum(result.entries.values()) == mails


@pytest.mark.slow
def test_killed_while_sending_nothing_is_lost_or_sent_twice_and_what_is_unknown_is_shown(tmp_path):
    """`python -m tests.faults.killing` does it two hundred times."""
    result = killing.run(tmp_path / "data", 10, 60, 60, whole=False)
    assert (result.missing, result.twice, result.untrue) == ([], [], [])
    assert len(result.states) == 60
