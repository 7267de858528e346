"""The job queue (Huey): says when to look. The truth is in the tables, so a lost queue loses nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey
from sqlalchemy import event
from sqlalchemy.orm import Session

from crm.extensions import db


def register(app: Flask) -> None:
    from crm import schedule

    settings = app.config["SETTINGS"]
    if app.testing:
        huey: Huey = MemoryHuey("crm", immediate=False)
    elif settings.redis_url:
        huey = RedisHuey("crm", url=settings.redis_url)
    else:
        huey = SqliteHuey("crm", filename=str(settings.data_dir / "queue.sqlite"), fsync=False)
    app.extensions["huey"] = huey

    @huey.task(name="run_job")
    def run_job(name: str, *args: Any) -> None:
        with app.app_context():
            schedule.JOBS[name](*args)

    app.extensions["run_job"] = run_job


def soon(name: str, *args: Any, delay: float = 0) -> None:
    """Run the job `name` (a key of schedule.JOBS) after the present transaction commits, `delay` seconds later."""
    db.session.info.setdefault("soon", []).append((name, args, delay))


@event.listens_for(Session, "after_commit")
def _enqueue(session: Session) -> None:
    for name, args, delay in dict.fromkeys(session.info.pop("soon", ())):
        current_app.extensions["run_job"].schedule((name, *args), delay=delay) if delay else current_app.extensions["run_job"](name, *args)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("soon", None)
