"""Patterns that a repository contains, matched in bounded time.

A regular expression can take exponential time, and anyone may have written it. These are matched by the `regex` module,
which has a time limit; a pattern that exceeds it raises PatternTooSlow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from tracker import time_limits
from tracker.errors import TrackerError
from tracker.time_limits import TimeLimit

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_LENGTH = 1_000
"""Letters of the longest pattern."""
SIMPLE_STARS = 2
"""A glob with at most this many stars needs no time limit."""


class PatternTooSlow(TrackerError):
    """A pattern took too long to match."""


class BoundedPattern:
    """A regular expression with a time limit for all its uses together."""

    def __init__(self, text: str, flags: int = 0, *, shown: str | None = None) -> None:
        """Compile a pattern. Raises ValueError when it is not a regular expression, or is too long."""
        import regex

        if len(text) > MAX_LENGTH and shown is None:
            raise ValueError(f"longer than {MAX_LENGTH:,} letters")
        try:
            re.compile(text, flags)  # what `re` accepts is what is documented, and its messages are the better ones
            # V0 is the behaviour of `re`; the flags that both modules have share their values.
            self._pattern: Any = regex.compile(text, flags | regex.VERSION0)
        except (re.error, regex.error, RecursionError, OverflowError, MemoryError) as error:
            raise ValueError(f"not a regular expression: {error}") from None
        self._shown = shown or text
        self._limit = TimeLimit(time_limits.EACH)
        self.groups: int = self._pattern.groups

    def search(self, text: str) -> Any:
        """The first match, or None. Raises PatternTooSlow."""
        return self._timed(self._pattern.search, text)

    def match(self, text: str, position: int = 0) -> Any:
        """The match that begins at a position, or None. Raises PatternTooSlow."""
        return self._timed(self._pattern.match, text, pos=position)

    def fullmatch(self, text: str) -> Any:
        """The match of the whole text, or None. Raises PatternTooSlow."""
        return self._timed(self._pattern.fullmatch, text)

    def finditer(self, text: str) -> Iterator[Any]:
        """Every match. Raises PatternTooSlow."""
        found: list[Any] = self._timed(lambda text, timeout: list(self._pattern.finditer(text, timeout=timeout)), text)
        return iter(found)

    def _timed(self, method: Any, text: str, **options: Any) -> Any:
        left = min(self._limit.left, time_limits.of_command.left)
        try:
            if left <= 0:
                raise TimeoutError
            with self._limit.measured(), time_limits.of_command.measured():
                return method(text, timeout=left, **options)
        except TimeoutError:
            self._limit.left = 0
            raise PatternTooSlow(f"the pattern {_short(self._shown)} {time_limits.exceeded()}") from None


def gitignore(lines: Iterable[str]) -> GitIgnoreSpec:
    """Globs as .gitignore has them. Raises ValueError for one that is invalid; matching may raise PatternTooSlow."""
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(lines, backend="simple")
    for pattern in spec.patterns:
        compiled: Any = getattr(pattern, "regex", None)
        if isinstance(compiled, re.Pattern) and _stars(compiled.pattern) > SIMPLE_STARS:
            shown = str(getattr(pattern, "pattern", compiled.pattern))
            bounded = BoundedPattern(compiled.pattern, compiled.flags & ~re.UNICODE, shown=shown)
            cast("Any", pattern).regex = bounded
    return spec


def _stars(expression: str) -> int:
    return len(re.findall(r"[*+]", expression))


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
