"""A stand-in for the provider: consent, tokens with PKCE, renewal that changes the refresh token, and what Dovecot asks about a token."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET = "backbone", "client-secret"


class StandIn:
    """`with StandIn() as provider:` answers on provider.base. `log` holds what was asked at the token address."""

    def __init__(self) -> None:
        self.user = ""
        self.challenges: dict[str, str] = {}  # by code
        self.access: set[str] = set()
        self.refresh = ""
        self.given = 0
        self.withdrawn = False
        self.log: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.introspect(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.tokens(self, {name: values[0] for name, values in parse_qs(body).items()})

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> StandIn:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def consent(self, url: str) -> dict[str, str]:
        """The person agrees: what the provider puts into the address that leads back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (query["client_id"], query["response_type"], query["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = f"code{len(self.challenges)}"
        self.challenges[code] = query["code_challenge"]
        self.user = query["login_hint"]
        return {"code": code, "state": query["state"]}

    def tokens(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        self.log.append(form)
        if self.withdrawn or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET) or not self._granted(form):
            answer(handler, 400, {"error": "invalid_grant", "error_description": "The grant was withdrawn."})
            return
        self.given += 1
        access, self.refresh = f"access{self.given}", f"refresh{self.given}"
        self.access.add(access)
        answer(handler, 200, {"access_token": access, "refresh_token": self.refresh, "expires_in": 3600, "token_type": "Bearer"})

    def _granted(self, form: dict[str, str]) -> bool:
        if form["grant_type"] == "refresh_token":
            return form["refresh_token"] == self.refresh
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        return self.challenges.pop(form["code"], None) == made

    def introspect(self, handler: BaseHTTPRequestHandler) -> None:
        token = parse_qs(urlsplit(handler.path).query).get("token", [""])[0]
        known = token in self.access
        answer(handler, 200 if known else 401, {"active": known, "email": self.user} if known else {"error": "invalid_token"})


def answer(handler: BaseHTTPRequestHandler, status: int, body: dict) -> None:
    raw = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(raw)))
    handler.end_headers()
    handler.wfile.write(raw)
