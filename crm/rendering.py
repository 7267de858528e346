"""Jinja's environment, with what every template may call at hand without a detour."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from markupsafe import Markup, escape

needs_escape = re.compile("[&<>\"']").search


def shown(value: Any) -> str:
    """`escape`, for what ends up in the page at once: text without special signs and finished markup need not be made anew.

    Nearly all that a page shows is of that kind, several hundred times; escaping it took a tenth of a page.
    """
    kind = type(value)
    if kind is Markup or (kind is str and not needs_escape(value)):
        return value
    return str(value) if kind is int else escape(value)


class Generator(CodeGenerator):
    """`{{ … }}` is written by `shown`."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Environment(FlaskEnvironment):
    """Templates share one dictionary of globals.

    Jinja gives each template a ChainMap, whose every look-up runs in Python: a tenth of a page with many includes.
    """

    code_generator_class = Generator
    shown = staticmethod(shown)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
