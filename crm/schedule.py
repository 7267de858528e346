"""Every job, and when it runs by itself. A job is idempotent: it looks at the tables for what is due, whoever called it.

Jobs are named, not imported, so that a web process need not load what only the worker runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

JOBS: dict[str, str | Callable[..., Any]] = {
    "outbox.send_due": "crm.outbox.delivering:send_due",
    "importing.run": "crm.importing.jobs:run",
    "importing.resume": "crm.importing.jobs:resume",
    "importing.forget_files": "crm.importing.jobs:forget_files",
    "alarms.look": "crm.alarms:look",
    "inbox.wake_due": "crm.inbox.lifecycle:wake_due",
    "inbox.settle_planned": "crm.inbox.scheduling.jobs:settle_due",
    "inbox.tell_due": "crm.inbox.clocks.telling:tell_due",
    "inbox.forget_discarded": "crm.inbox.jobs:forget_discarded",
    "inbox.compare_all": "crm.inbox.fetching.jobs:compare_all",
    "inbox.watch_fetching": "crm.inbox.fetching.jobs:watch",
    "contactforms.take_left_over": "crm.contactforms.jobs:take_left_over",
    "feedback.send_due": "crm.feedback.jobs:send_due",
    "feedback.expire": "crm.feedback.jobs:expire",
    "segments.count_all": "crm.segments.jobs:count_all",
    "accounts.forget_forms": "crm.accounts.jobs:forget_forms",
    "api.forget_keys": "crm.api.jobs:forget_keys",
    "search.tidy": "crm.search.jobs:tidy",
    "planning.measure": "crm.jobs:measure_tables",
    "merging.follow": "crm.merging.jobs:follow",
    "duplicates.scan": "crm.duplicates.jobs:scan",
    "duplicates.look": "crm.duplicates.jobs:look",
}

# (crontab in the firm's time zone: minute hour day month weekday, job). The minute sweeps find what a lost queue forgot.
PERIODIC: tuple[tuple[str, str], ...] = (
    ("* * * * *", "outbox.send_due"),
    ("* * * * *", "alarms.look"),
    ("* * * * *", "importing.resume"),
    ("* * * * *", "inbox.wake_due"),
    ("* * * * *", "inbox.settle_planned"),
    ("* * * * *", "inbox.tell_due"),
    ("* * * * *", "contactforms.take_left_over"),
    ("* * * * *", "feedback.send_due"),
    ("*/5 * * * *", "inbox.watch_fetching"),
    ("47 2 * * *", "inbox.compare_all"),
    ("52 2 * * *", "inbox.forget_discarded"),
    ("17 3 * * *", "feedback.expire"),
    ("37 3 * * *", "segments.count_all"),
    ("57 3 * * *", "api.forget_keys"),
    ("7,37 * * * *", "merging.follow"),
    ("*/5 * * * *", "duplicates.look"),
    ("12 2 * * *", "duplicates.scan"),
    ("58 3 * * *", "accounts.forget_forms"),
    ("7 4 * * *", "importing.forget_files"),
    ("27 4 * * *", "search.tidy"),
    ("42 4 * * *", "planning.measure"),
)


def job(name: str) -> Callable[..., Any]:
    target = JOBS[name]
    return resolve_name(target) if isinstance(target, str) else target
