"""A Dovecot of our own, as whoever runs the tests, and a wire to it that can be cut."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from imapclient import IMAPClient

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
REASON = "no Dovecot on this machine: sh tools/dovecot.sh installs Debian's"
PASSWORD = "geheim"

CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
mail_uid = {internal}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
ssl = {ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
mail_max_userip_connections = 100
listen = 127.0.0.1
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={internal} gid={group} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
{more}
"""


class Dovecot:
    """`with Dovecot(folder) as server:` listens on server.port; every user signs in with PASSWORD."""

    def __init__(self, folder: Path, *, certificate: Path | None = None, key: Path | None = None, mechanisms: str = "", more: str = ""):
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        internal, login = users()
        group = subprocess.run(["id", "-gn", internal], capture_output=True, text=True, check=True).stdout.strip()
        for name in ("mail", "home"):
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        if certificate:
            more += f"\nssl_cert = <{certificate}\nssl_key = <{key}\n"
        self.config = folder / "dovecot.conf"
        self.config.write_text(CONFIG.format(
            folder=folder, internal=internal, login=login, group=group, port=self.port, tls_port=self.tls_port if certificate else 0, password=PASSWORD,
            ssl="yes" if certificate else "no", mechanisms=f" {mechanisms}" if mechanisms else "", more=more,
        ))
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> Dovecot:
        assert PROGRAM
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until = time.monotonic() + 60
        while not self.answers():
            if time.monotonic() > until or self.process.poll() is not None:
                log = self.folder / "dovecot.log"
                self.__exit__()
                raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                return connection.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def client(self, user: str) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(user, PASSWORD)
        return client

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        client = self.client(user)
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for raw in mails:
            client.append(folder, raw)
        client.logout()

    def url(self, user: str, folder: str = "INBOX", port: int | None = None) -> str:
        return f"imap://{user.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{port or self.port}/{folder}"


def users() -> tuple[str, str]:
    """Dovecot refuses to run as root; the users that Debian made for it are there then."""
    own = getpass.getuser()
    return ("dovecot", "dovenull") if own == "root" else (own, own)


class Wire:
    """Between us and the server. Cuts both ways when the client has sent its n-th line, before the server hears it or after it has."""

    def __init__(self, port: int):
        self.target, self.cut_after, self.deaf = port, 0, False
        self.lines = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, cut_after: int, deaf: bool = False) -> None:
        """Cut once, at that line; deaf: the server does not get it any more."""
        self.lines, self.cut_after, self.deaf = 0, cut_after, deaf

    def close(self) -> None:
        self.listener.close()
        self._cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                self.open += [client, server]
                threading.Thread(target=self._upwards, args=(client, server), daemon=True).start()
                threading.Thread(target=self._downwards, args=(server, client), daemon=True).start()

    def _upwards(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.lines += data.count(b"\n")
                if self.cut_after and self.lines >= self.cut_after:
                    deaf, self.cut_after = self.deaf, 0
                    if not deaf:
                        server.sendall(data)
                        time.sleep(0.005)  # part of the answer may come through
                    break
                server.sendall(data)
        self._end(client, server)

    def _downwards(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _cut(self) -> None:
        self._end(*self.open)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
