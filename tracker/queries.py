"""JMESPath queries that a repository contains, evaluated with bounds on time and on the size of every value."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tracker import time_limits

MAX_LENGTH = 1_000
"""Letters of the longest expression."""
SELECTING = frozenset({"field", "identity", "index", "index_expression", "literal", "pipe", "subexpression"})
"""The parts of an expression whose value is a part of another value, or of the expression."""
MAX_SIZE = 5_000_000
"""Letters, keys and values of the largest intermediate value, with shared parts counted each time."""


class QueryFailed(ValueError):
    """A query cannot be applied to the data, or exceeds a bound."""


def check(expression: str) -> None:
    """Raise ValueError (jmespath's ParseError included) when an expression cannot be understood."""
    import jmespath

    if len(expression) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH:,} letters")
    try:
        jmespath.compile(expression)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def search(expression: str, data: Any) -> Any:
    """What an expression selects. Raises QueryFailed."""
    import jmespath
    from jmespath.exceptions import JMESPathError
    from jmespath.visitor import TreeInterpreter

    class Bounded(TreeInterpreter):
        """Evaluates an expression, and measures the value of every part of it."""

        def __init__(self) -> None:
            super().__init__()
            self._end = time.process_time() + min(time_limits.EACH, time_limits.of_command.left)
            self._sizes: dict[int, tuple[int, Any]] = {}

        def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
            if time.process_time() > self._end:
                raise QueryFailed(time_limits.exceeded())
            value = super().visit(node, *args, **kwargs)
            if isinstance(value, Mapping) and not isinstance(value, dict):
                value = dict(value)  # the functions of JMESPath know no other mapping
            if node["type"] not in SELECTING and self._size(value) > MAX_SIZE:
                raise QueryFailed("selects too large a value")
            return value

        def _size(self, value: Any) -> int:
            if isinstance(value, str):
                return len(value)
            if not isinstance(value, (list, dict)):
                return 1
            known = self._sizes.get(id(value))
            if known is None:
                inner = value.values() if isinstance(value, dict) else value
                known = 1 + sum(map(self._size, inner)), value  # the value is kept, or its id could be used again
                self._sizes[id(value)] = known
            return known[0]

    try:
        check(expression)
        with time_limits.of_command.measured():
            return Bounded().visit(jmespath.compile(expression).parsed, data)
    except QueryFailed:
        raise
    except (JMESPathError, ValueError, RecursionError, TypeError) as error:  # ValueError: a slice whose step is zero
        raise QueryFailed(" ".join(str(error).split())) from None
