"""The whole program, started as a newcomer starts it, with a mail server on the other side and a browser in front."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.browser.running import ADMIN, PASSWORD, eventually, free_port, running


@dataclass
class Post:
    """The customers' mail server: keeps what we send."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        mail = BytesParser(policy=SMTP).parsebytes(envelope.content)
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.append(mail)
        return "250 kept"

    def wait_for(self, address: str, number: int = 1) -> EmailMessage:
        """The `number`th mail that reached `address`."""
        found = eventually(lambda: (mails := [m for m in self.mails if address in m["X-Envelope-To"]])[number - 1 : number], f"mail {number} to {address}")
        return found[0]


@dataclass
class Office:
    """The running program."""

    base: str
    smtp_port: int
    post: Post
    environ: dict[str, str]  # what it was started with

    def receive(self, sender: str, subject: str, body: str, **headers: str) -> None:
        """A customer writes, with an ordinary SMTP client."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "service@nordlicht.example", subject
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.send_message(mail)


@pytest.fixture(scope="session")
def post() -> Iterator[tuple[Post, int]]:
    kept, port = Post(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture(scope="session")
def office_on(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, post: tuple[Post, int]) -> Iterator[Callable[[str], Office]]:
    """office_on("sqlite" or "postgresql") → `crm run` on the demo office, on free ports, on such a database; started once."""
    started: dict[bool, Office] = {}
    with ExitStack() as stack:

        def start(database: str) -> Office:
            smtp = free_port()
            settings = {"CRM_LISTEN_SMTP": f"127.0.0.1:{smtp}", "CRM_SMTP_URL": f"smtp://127.0.0.1:{post[1]}"}
            if database != "sqlite":
                settings["CRM_DATABASE_URL"] = request.getfixturevalue("postgresql_url")
            environ = stack.enter_context(running(tmp_path_factory.mktemp("demo office"), **settings))
            return Office(environ["CRM_BASE_URL"], smtp, post[0], environ)

        def once(database: str) -> Office:
            on_file = database == "sqlite"
            started[on_file] = started.get(on_file) or start(database)
            return started[on_file]

        yield once


@pytest.fixture(scope="session")
def office(request: pytest.FixtureRequest, office_on: Callable[[str], Office]) -> Office:
    return office_on(request.config.getoption("--database"))


@pytest.fixture
def sign_in(browser: Any, office: Office) -> Iterator[Callable[..., Any]]:
    """sign_in(width=1440, theme="light", locale="en-GB", script=True) → a page, signed in as the administrator, in that language."""
    contexts = []

    def enter(width: int = 1440, height: int = 900, theme: str = "light", locale: str = "en-GB", script: bool = True) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, locale=locale, base_url=office.base, java_script_enabled=script,
                                      reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("[name=email]", ADMIN)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield enter
    for context in contexts:
        context.close()
