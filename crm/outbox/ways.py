"""By which server a mail leaves: that of its sender, if there is one (the composition knows), else the firm's (CRM_SMTP_URL)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import current_app
from sqlalchemy import ColumnElement, false

from crm.outbox.models import Delivery
from crm.outbox.smtp import Line, Server

OwnServers = Callable[[], Mapping[str, Server]]  # by the sender's address


class Ways:
    """What is known at one moment. `with Ways() as ways:` hangs up at the end; a server that does not work is left alone until then."""

    def __init__(self) -> None:
        url = current_app.config["SETTINGS"].smtp_url
        known: OwnServers | None = current_app.extensions.get("smtp_servers")
        self.default = Server.of(url) if url else None
        self.own = dict(known()) if known else {}
        self.lines: dict[Server, Line] = {}
        self.broken: set[Server] = set()
        self.proven: set[Server] = set()

    def __enter__(self) -> Ways:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self.lines.values():
            line.hang_up()

    def server(self, sender: str) -> Server | None:
        return self.own.get(sender, self.default)

    def line(self, sender: str) -> Line:
        server = self.server(sender)
        assert server is not None
        return self.lines.setdefault(server, Line(server))

    def give_up(self, sender: str) -> None:
        """The other mails by this way would fail alike."""
        if server := self.server(sender):
            self.broken.add(server)

    def proves(self, sender: str) -> bool:
        """A mail has just left this way; whether it is the first one since we look."""
        server = self.server(sender)
        first = server is not None and server not in self.proven
        self.proven |= {server} if server else set()
        return first

    def open(self) -> ColumnElement[bool]:
        """Deliveries that can leave by one of the ways that work."""
        known = {*self.own.values(), *([self.default] if self.default else [])}
        return self._leaving_by(known - self.broken)

    def like(self, sender: str) -> ColumnElement[bool]:
        """Deliveries that leave by the same server as this sender's."""
        server = self.server(sender)
        return self._leaving_by({server} if server else set())

    def _leaving_by(self, servers: set[Server]) -> ColumnElement[bool]:
        named = [sender for sender, server in self.own.items() if server in servers]
        if self.default in servers:
            return Delivery.sender.not_in([sender for sender in self.own if sender not in named])
        return Delivery.sender.in_(named) if named else false()


def has_way(sender: str) -> bool:
    """Whether mail from this address can leave at all; asks further only when the firm has no server for everything."""
    return bool(current_app.config["SETTINGS"].smtp_url) or Ways().server(sender) is not None
