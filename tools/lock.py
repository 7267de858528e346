"""Write requirements.lock (to run) and requirements-dev.lock (to work on it): every version with its hashes, for every platform;
and package-lock.json. None of them names an address, so they work with any registry."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ("--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version", "3.11", "--quiet")
HEADER = "# Made by `make lock` from pyproject.toml. Versions and hashes only: install it from any registry.\n"


def compile_lock(name: str, *extra: str) -> None:
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "pip", "compile", "pyproject.toml", *COMMON, *extra, "-o", name], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    path = ROOT / name
    text = path.read_text()
    assert "://" not in text, "an address has come into the lock file"
    path.write_text(HEADER + text)


def npm_lock() -> None:
    """npm's own, without the addresses of sponsors it carries along."""
    subprocess.run(["npm", "install", "--package-lock-only"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)
    text = json.dumps(lock, indent=2) + "\n"
    assert "://" not in text, "an address has come into the lock file"
    path.write_text(text)


if __name__ == "__main__":
    npm_lock()
    compile_lock("requirements.lock", "--group", "build")
    compile_lock("requirements-dev.lock", "--group", "dev")
