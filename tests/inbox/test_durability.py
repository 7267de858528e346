"""Whatever is killed when: what was acknowledged is there, once. (CRM_DURABILITY=30x1000 for the long run.)"""

from __future__ import annotations

import os

import pytest

from crm.inbox import spool
from tests.inbox import durability


@pytest.mark.slow
def test_killed_again_and_again_every_acknowledged_mail_is_there_once(tmp_path):
    rounds, mails = (int(part) for part in os.environ.get("CRM_DURABILITY", "3x120").split("x"))
    found = durability.run(tmp_path, rounds, mails)
    assert len(found) == mails
    assert set(found.values()) == {1}


def test_a_file_without_its_end_was_never_acknowledged(tmp_path):
    path = spool.write(tmp_path, b"From: a@b.example\n\nhello", spool.Envelope())
    assert spool.read(path).raw == b"From: a@b.example\n\nhello"
    path.write_bytes(path.read_bytes()[:-3])
    assert spool.read(path) is None


def test_a_mail_whose_taker_died_is_adopted_by_the_intake(tmp_path):
    path = spool.write(tmp_path, b"From: a@b.example\n\nhello", spool.Envelope(), spool.TAKING)
    os.utime(path, (0, 0))
    spool.tidy(tmp_path)
    assert [waiting.suffix for waiting in spool.waiting(tmp_path, 10)] == [".mail"]


def test_the_spool_hands_its_file_to_the_blob_store_without_copying(tmp_path):
    path = spool.write(tmp_path, b"From: a@b.example\n\nhello", spool.Envelope())
    spooled, blob = spool.read(path), tmp_path / "blobs" / "ab"
    spool.keep(spooled, blob)
    assert blob.stat().st_ino == path.stat().st_ino
    spool.release(spooled, blob)
    assert blob.read_bytes() == b"From: a@b.example\n\nhello"
    assert not path.exists()
