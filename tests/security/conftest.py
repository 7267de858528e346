from __future__ import annotations

import pytest

from tests.security.world import World


@pytest.fixture
def world(app, make, admin) -> World:
    """A firm in which every text was written by an attacker, seen by the administrator."""
    return World(app, make, admin)
