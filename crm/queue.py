"""The job queue (Huey): says when to look. The truth is in the tables, so a lost queue loses nothing."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from crm import schedule
from crm.extensions import db

if TYPE_CHECKING:
    from huey import Huey
    from huey.consumer import Consumer

log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """A job to be run after the commit; `within` is the savepoint it was asked for in, and is forgotten with."""

    name: str
    args: tuple
    delay: float
    within: SessionTransaction | None


class Queue:
    """The application's queue: in memory (tests), in Redis when configured, else in a file of the data directory."""

    def __init__(self, app: Flask):
        self.app = app

    @cached_property
    def huey(self) -> Huey:
        settings = self.app.config["SETTINGS"]
        module = import_huey(with_redis=bool(settings.redis_url))
        if self.app.testing:
            return module.MemoryHuey("crm", results=False)
        if settings.redis_url:
            return module.RedisHuey("crm", results=False, url=settings.redis_url)
        return module.SqliteHuey("crm", results=False, filename=str(settings.data_dir / "queue.sqlite"), fsync=False)

    @cached_property
    def task(self) -> Any:
        return self.huey.task(name="run")(self.run)

    def put(self, name: str, args: tuple = (), delay: float = 0) -> None:
        if delay > 0:
            self.task.schedule((name, *args), delay=delay)
        else:
            self.task(name, *args)

    def run(self, name: str, *args: Any) -> None:
        """Run one job in a context of its own. A failure goes to the log, the next sweep tries again."""
        try:
            with self.app.app_context():
                schedule.job(name)(*args)
        except Exception:
            log.exception("The job %s failed", name)

    def consumer(self, threads: int = 4) -> Consumer:
        """The worker: looks for jobs several times a second, and enqueues the periodic ones by the firm's clock."""
        zone = ZoneInfo(self.app.config["SETTINGS"].timezone)
        for crontab, name in schedule.PERIODIC:
            self.huey.periodic_task(due(crontab, zone), name=f"{name} {crontab}")(lambda name=name: self.run(name))
        assert self.task
        return self.huey.create_consumer(
            workers=threads, initial_delay=0.05, backoff=1.2, max_delay=0.3, scheduler_interval=1,
            graceful_signal="TERM", shutdown_timeout=10,
        )

    def drain(self) -> int:
        """Run all that is waiting, due or not, until nothing is left (tests and demo data). How many jobs that were."""
        done = 0
        for task in iter(self.next, None):
            self.huey.execute(task)
            done += 1
        return done

    def next(self) -> Any:
        for task in self.huey.read_schedule(datetime(9000, 1, 1)):  # noqa: DTZ001  (huey counts in naive UTC)
            self.huey.enqueue(task)
        task = self.huey.dequeue()
        if task is not None:
            task.eta = None
        return task


def import_huey(with_redis: bool) -> ModuleType:
    """huey loads redis and psycopg wherever they are installed, which takes longer than all the rest of our start-up."""
    unwanted = [name for name in ("psycopg", "redis")[: 1 if with_redis else 2] if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unwanted))  # type: ignore[arg-type]  # None makes the import fail, which huey expects
    try:
        import huey

        return huey
    finally:
        for name in unwanted:
            del sys.modules[name]


def due(crontab: str, zone: ZoneInfo) -> Callable[[datetime], bool]:
    """Whether the crontab names this minute, read in `zone`."""
    minute, hour, day, month, weekday = crontab.split()
    names = import_huey(with_redis=False).crontab(minute, hour, day, month, weekday, strict=True)
    return lambda moment: names(moment.replace(tzinfo=UTC).astimezone(zone))


_newest: Queue | None = None


def register(app: Flask) -> None:
    global _newest
    app.extensions["queue"] = _newest = Queue(app)


def queue() -> Queue:
    """The queue of the present application; outside of any (a script's session), that of the one made last."""
    found = current_app.extensions["queue"] if current_app else _newest
    assert found is not None
    return found


def soon(name: str, *args: Any, delay: float = 0) -> None:
    """Run the job `name` (a key of schedule.JOBS) after the present transaction commits, `delay` seconds later."""
    session = db.session()
    session.info.setdefault("soon", []).append(Wanted(name, args, delay, session.get_nested_transaction()))


@event.listens_for(Session, "after_commit")
def _enqueue(session: Session) -> None:
    """A queue that cannot be reached must not spoil what is committed: the minute sweep will find the work."""
    if session.in_nested_transaction():
        return
    for name, args, delay in dict.fromkeys(wanted[:3] for wanted in session.info.pop("soon", ())):
        try:
            queue().put(name, args, delay)
        except Exception:
            log.exception("The job %s could not be enqueued; the next sweep will find its work", name)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    if wanted := session.info.get("soon"):
        wanted[:] = [job for job in wanted if rolled_back.nested and not inside(job.within, rolled_back)]


def inside(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer
