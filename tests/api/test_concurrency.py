"""The same request from several threads at once, against a database of its own with real commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm import create_app
from crm import settings as settings_module
from crm.accounts.models import ApiToken, User
from crm.extensions import db
from crm.segments.models import Segment

BODY = {"name": "Everybody", "rule": {"all": []}}


@pytest.fixture
def own_app(tmp_path: Path):
    app = create_app(settings_module.load({"CRM_DATA_DIR": str(tmp_path), "CRM_SECRET_KEY": "test"}), testing=True)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def headers(own_app):
    with own_app.app_context():
        user = User(email="a@firm.example", name="Anna")
        db.session.add(user)
        _token, plain = ApiToken.issue(user, "test", "write")
        db.session.commit()
    return {"Authorization": f"Bearer {plain}", "Idempotency-Key": "once"}


def test_eight_at_once_with_one_key_do_the_work_once_and_get_one_answer(own_app, headers):
    def send(_number: int):
        response = own_app.test_client().post("/api/v1/segments", json=BODY, headers=headers)
        return response.status_code, response.json["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Segment)) == 1
