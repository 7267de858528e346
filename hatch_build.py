"""What a wheel carries beside the code: migrations, compiled translations and built assets."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        build_data["force_include"]["migrations"] = "crm/migrations"
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from crm import translations

        translations.compile_all()
        if not (root / "crm/static/vendor/icons.svg").exists():
            assets = runpy.run_path(str(root / "tools" / "assets.py"))
            assets["install"]()
            assert assets["build"]() == 0
