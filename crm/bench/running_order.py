"""What is measured, one after the other, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from functools import partial

from flask import Flask

from crm import create_app
from crm.bench import intake, measuring, pages, recognising, starting
from crm.bench.datasets import DataSet
from crm.bench.effort import Effort
from crm.bench.measuring import Times
from crm.bench.mixed_mails import mixed, small
from crm.bench.processes import serving
from crm.bench.report import Figure

TIMES_THE_FLOOR, GROWTH, START, LOAD, MAILS, MIXED_MAILS = 2.0, 1.2, 2.0, 300.0, 200.0, 100.0
Say = Callable[[str], None]


def figures(data: DataSet, smaller: DataSet | None, parts: Collection[str], effort: Effort, say: Say) -> list[Figure]:
    found = list(loading(data))
    if "pages" in parts:
        found += page_figures(data, smaller, effort, say)
    if not data.settings.is_sqlite:
        return [*found, Figure("Start and mail intake", None, detail="only measured on SQLite, where a copy to write to is a file")]
    if {"start", "intake"} & set(parts):
        say("Copying the database")
        with data.copy() as scratch:
            found += writing_figures(scratch, parts, effort, say)
    return found


def loading(data: DataSet) -> Iterator[Figure]:
    if data.loading:
        detail = f"{data.loading['contacts']:,} contacts, {data.loading['interactions']:,} interactions; {data.loading['processor_seconds']:.0f} s of one processor"
        yield Figure("Loading the demo data", data.loading["seconds"], "s", most=LOAD, detail=detail)


def writing_figures(scratch: DataSet, parts: Collection[str], effort: Effort, say: Say) -> Iterator[Figure]:
    if "start" in parts:
        say("Starting")
        yield Figure("Start to the first page", starting.start(scratch, effort.starts), "s", most=START, detail=f"`crm run`, median of {effort.starts}")
        rss, pss = starting.memory(scratch) or (None, None)
        yield Figure("Memory of all processes", pss, "MB", detail=f"shared pages counted once; RSS added up: {rss:,.0f} MB" if rss else "")
    if "intake" in parts:
        yield from intake_figures(scratch, effort, say)


def intake_figures(scratch: DataSet, effort: Effort, say: Say) -> Iterator[Figure]:
    for title, kind, compose, least in (("Mail intake", "small", small, MAILS), ("Mixed mail intake", "mixed", mixed, MIXED_MAILS)):
        say(f"Taking {kind} mail in")
        rate, worked = intake.rate(scratch, effort.mails, compose)
        detail = f"{effort.mails:,} {kind} mails, one connection, until all are conversations; {worked * 1000:.1f} ms of one processor each"
        yield Figure(title, rate, "mails/s", least=least, detail=detail)


# — pages —————————————————————————————————————————————————————————————————————————————————————————————


def page_figures(data: DataSet, smaller: DataSet | None, effort: Effort, say: Say) -> Iterator[Figure]:
    with ExitStack() as stack:
        floor = pages.Browser(stack.enter_context(serving(data, "crm.bench.floor")))
        here, app = visited(stack, data)
        where, there = pages.addresses(app), visited(stack, smaller)[0] if smaller else None
        elsewhere = pages.addresses(create_app(smaller.settings)) if smaller else {}
        told = {"Contact page": f"{pages.heaviest(app):,} interactions", "Conversation": f"{pages.longest(app):,} messages, the list beside it"}
        for name, path in where.items():
            say(f"{name} {path}")
            questions: dict[str, Callable[[], float]] = {"floor": lambda: floor.time("/"), "page": partial(here.time, path)}
            if there:
                questions["smaller"] = partial(there.time, elsewhere[name])
            yield from compared(name, measuring.in_turns(questions, effort), told.get(name, ""))
        say("Recognise")
        yield from recognising.figures(app, here.port, effort)


def visited(stack: ExitStack, data: DataSet) -> tuple[pages.Browser, Flask]:
    """Its web server, seen by somebody signed in, and the application to ask the database with."""
    app = create_app(data.settings)
    port = stack.enter_context(serving(data, "crm", "web", "--port"))
    return pages.Browser(port, stack.enter_context(pages.signed_in(app))), app


def compared(name: str, times: dict[str, Times], told: str) -> Iterator[Figure]:
    page, floor = times["page"], times["floor"]
    detail = f"median {page.median * 1000:.2f} ms, p95 {page.p95 * 1000:.2f} ms; floor {floor.median * 1000:.2f} ms"
    yield Figure(name, page.over(floor), "× floor", most=TIMES_THE_FLOOR, detail=f"{detail}; {told}" if told else detail)
    if smaller := times.get("smaller"):
        yield Figure(f"{name}, growth", page.over(smaller), "×", most=GROWTH, detail=f"a tenth of the data: {smaller.median * 1000:.2f} ms")
