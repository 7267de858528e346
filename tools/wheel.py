"""Build the wheel, install it into an empty environment, and see that `crm run` of it works, with pages, assets and German."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wheel test ") as name:
        folder = Path(name)
        installed = install(build(folder), folder)
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CRM_")}
        environ |= {"CRM_DATA_DIR": str(folder / "data"), "CRM_LOCALE": "de"}
        subprocess.run([installed / "crm", "migrate"], cwd=folder, env=environ, check=True)
        print(f"first answer after {answer(installed / 'crm', folder, environ):.2f} s on an existing database")


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ".", cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    programs = folder / "venv" / "bin"
    for what in (("--require-hashes", "-r", ROOT / "requirements.lock"), ("--no-deps", wheel)):
        try:
            uv = Path(sys.executable).parent / "uv"
            run(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", programs / "python", *what, cwd=folder)
        except (OSError, subprocess.CalledProcessError):  # slower, but it knows registries that only pip was told of
            run(programs / "python", "-m", "pip", "install", "--quiet", *what, cwd=folder)
    return programs


def run(*command: str | Path, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True)


def answer(crm: Path, folder: Path, environ: dict[str, str]) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    process = subprocess.Popen([crm, "run", "--port", str(port)], cwd=folder, env=environ)
    try:
        base = f"http://127.0.0.1:{port}"
        seconds = wait(f"{base}/healthz", started)
        for path, expected in (("/setup", 'lang="de"'), ("/static/vendor/tabler.min.css", "tblr"), ("/static/vendor/icons.svg", "<symbol")):
            with urllib.request.urlopen(base + path) as response:
                assert expected in response.read().decode(), f"{path} does not hold {expected}"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0, "crm run did not end well on Ctrl+C"
        return seconds
    finally:
        process.kill()


def wait(url: str, started: float, patience: float = 60) -> float:
    while True:
        try:
            with urllib.request.urlopen(url):
                return time.monotonic() - started
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() - started < patience, f"{url} did not answer within {patience} s"
            time.sleep(0.02)


if __name__ == "__main__":
    main()
