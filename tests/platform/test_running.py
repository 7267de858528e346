"""The whole program as processes, the way an administrator starts it."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.test_supervising import alive, until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    ours = {"CRM_DATA_DIR": str(tmp_path / "data dir"), "PYTHONDONTWRITEBYTECODE": ""}
    return {key: value for key, value in os.environ.items() if not key.startswith("CRM_")} | ours


def crm(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "crm", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def program(environ: dict[str, str]) -> Iterator:
    """program() starts `crm run` and returns it with its address, when it answers."""
    started: list[subprocess.Popen] = []

    def start(*arguments: str) -> tuple[subprocess.Popen, str]:
        port = free_port()
        process = subprocess.Popen([sys.executable, "-m", "crm", "run", "--port", str(port), *arguments], env=environ, stdout=subprocess.PIPE, text=True)
        started.append(process)
        base = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{base}/healthz"), patience=60)
        return process, base

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def children(pid: int) -> dict[str, int]:
    """The parts of a running program: name → process id."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            words = (path.parent / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid and b"part" in words:
            found[words[words.index(b"part") + 1].decode()] = int(path.parent.name)
    return found


@pytest.mark.slow
def test_one_command_runs_all_parts_and_ends_them_on_one_ctrl_c(program):
    mail = free_port()
    process, base = program("--listen-smtp", f"127.0.0.1:{mail}")
    until(lambda: set(children(process.pid)) == {"web", "worker", "receiver", "intake", "fetcher"})
    parts = children(process.pid)
    os.kill(parts["web"], signal.SIGKILL)
    until(lambda: children(process.pid).get("web", parts["web"]) != parts["web"], patience=30)
    until(lambda: answers(f"{base}/healthz"), patience=60)
    parts = children(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert not any(alive(pid) for pid in parts.values())
    printed = process.stdout.read()
    assert base in printed
    assert "/setup  with the key" in printed


@pytest.mark.slow
def test_killing_the_program_frees_its_port(program):
    process, base = program()
    until(lambda: {"web", "worker"} <= set(children(process.pid)))
    parts = children(process.pid)
    process.kill()
    until(lambda: not any(alive(pid) for pid in parts.values()), patience=15)
    until(lambda: not answers(f"{base}/healthz"), patience=15)


def test_a_used_port_is_told_in_one_sentence(environ):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = crm(environ, "run", "--port", str(port))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"127.0.0.1:{port} cannot be used" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CRM_DATA_DIR", "/proc/nowhere", "cannot be written"),
        ("CRM_DATABASE_URL", "oracle://x", "give postgresql://"),
        ("CRM_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "does not answer"),
        ("CRM_LOCALE", "fr", "choose one of en, de"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(environ, name: str, value: str, sentence: str):
    done = crm(environ | {name: value}, "run", "--port", str(free_port()))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_web_server_on_its_own_asks_for_a_migrated_database(environ):
    done = crm(environ, "web", "--port", str(free_port()))
    assert done.returncode == 2
    assert "run `crm migrate` once" in done.stderr


def test_help_names_the_commands_without_loading_them(environ):
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "crm", "--help"], env=environ, capture_output=True, text=True, check=True)
    assert {"run", "web", "worker", "receive", "migrate", "backup", "restore", "doctor", "mail"} <= set(done.stdout.split())
    assert " part " not in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"flask", "sqlalchemy", "alembic"}


def test_every_command_that_the_help_names_can_be_loaded():
    from click import Context

    from crm.cli import COMMANDS, commands, exists

    ctx = Context(commands)
    assert {"run", "init", "user", "token", "mail", "demo", "stats", "backup", "restore", "doctor"} <= set(commands.list_commands(ctx))
    for name, entry in COMMANDS.items():
        group, _, inner = name.rpartition(" ")
        parent = commands.get_command(ctx, group) if group else commands
        assert (parent.get_command(ctx, inner) is not None) == exists(entry.target), name
