"""Write requirements.lock (to run) and requirements-dev.lock (to work on it): every version with its hashes, for every platform."""

from __future__ import annotations

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


if __name__ == "__main__":
    compile_lock("requirements.lock")
    compile_lock("requirements-dev.lock", "--group", "dev")
