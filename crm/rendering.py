"""Jinja's environment, with what every template may call at hand without a detour."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import lru_cache
from types import FunctionType
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr, Template
from jinja2.runtime import Context as JinjaContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup, escape

BLOCK = re.compile(r"^( *)yield from (.+)$", re.MULTILINE)  # as Jinja's compiler writes them
INCLUDED = re.compile(r"^( *)for event in gen:\n +yield event\n", re.MULTILINE)
FUNCTIONS = (FunctionType, type(lru_cache(len)))
WITH_EVAL_CONTEXT = pass_eval_context(lambda _context: None).jinja_pass_arg  # type: ignore[attr-defined]
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


class Context(JinjaContext):
    """Nearly all that templates call are plain functions: these are called without looking for what else could be called."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        wants = called.__dict__.get("jinja_pass_arg") if type(called) in FUNCTIONS else self
        if wants not in (None, WITH_EVAL_CONTEXT):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return called(self.eval_ctx, *args, **kwargs) if wants else called(*args, **kwargs)


class Environment(FlaskEnvironment):
    """Templates share one dictionary of globals.

    Jinja gives each template a ChainMap, whose every look-up runs in Python: a tenth of a page with many includes.
    """

    code_generator_class = Generator
    context_class = Context
    shown = staticmethod(shown)

    def _generate(self, source: Template, name: str | None, filename: str | None, defer_init: bool = False) -> str:
        """Blocks and included templates are handed up whole.

        Jinja hands up each of a page's thousand pieces by itself, through every include, block and layout around it.
        """
        code = super()._generate(source, name, filename, defer_init)
        return INCLUDED.sub(r"\1yield concat(gen)\n", BLOCK.sub(r"\1yield concat(\2)", code))

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
