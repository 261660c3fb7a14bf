"""The template environment for templates that anyone may have written.

A template sees the values of its page and the filters of the tool. It can read their public attributes, but it can
call only what is listed here: its own macros, the tool's globals, and methods of plain values. The values of a page may
lead to files and to git, so calling any other method could read or change something outside the page.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

PLAIN = (str, bytes, bool, int, float, list, tuple, dict, set, frozenset, datetime.date, datetime.datetime)
"""Types whose methods a template may call; the sandbox of Jinja refuses the ones that change the object."""
TEMPLATE_PARTS = (Macro, BlockReference, LoopContext)
HIDDEN = (FunctionType, MethodType, BuiltinMethodType, type)
"""Values without public attributes: functions lead to their module, and from there to everything."""
LONGEST = 10_000_000
"""Letters of a text, or items of a list, that `*` may make."""


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Jinja without anything that runs, writes or reaches beyond the values of a page."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call an object."""
        if isinstance(obj, TEMPLATE_PARTS):
            return True
        if any(obj is known for known in self.globals.values()):
            return True
        owner = getattr(obj, "__self__", None)
        if isinstance(obj, (MethodType, BuiltinMethodType)) and (owner is not None):
            return isinstance(owner, (*PLAIN, *TEMPLATE_PARTS, Mapping)) and super().is_safe_callable(obj)
        return False

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read an attribute."""
        if isinstance(obj, HIDDEN):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate, where the result cannot fill the memory."""
        if operator == "**" or (operator == "*" and _length(left, right) > LONGEST):
            raise OverflowError(f"{operator} would make too large a value")
        if operator == "%" and isinstance(left, str) and not isinstance(left, Markup):
            raise TypeError("% does not format text in templates")
        return super().call_binop(context, operator, left, right)


def _length(left: Any, right: Any) -> int:
    for sequence, number in ((left, right), (right, left)):
        if isinstance(sequence, (str, bytes, list, tuple)) and isinstance(number, int):
            return len(sequence) * number
    return 0
