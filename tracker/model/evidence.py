"""What a criterion rests on: pointers to something checkable, with what must hold of it."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from tracker.model.fields import Hash, Model, RelativePath, Word


def _jmespath(value: str) -> str:
    from jmespath.exceptions import ParseError

    from tracker.queries import check

    try:
        check(value)
    except ParseError as error:  # its column counts from 0
        raise ValueError(f"expected a JMESPath; column {error.lex_position + 1} of {value!r} cannot be read") from None
    except ValueError as error:  # nothing at all, or a quote that never ends
        raise ValueError(f"expected a JMESPath; got {value!r}: {str(error).splitlines()[0]}") from None
    return value


def _tolerance(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?([eE][-+]?\d+)?\s*%?", value):
        raise ValueError(f"expected a tolerance such as 0.02 or 5%; got {value!r}")
    return value


def _line_range(value: str) -> str:
    match = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", value)
    if not match or not 1 <= int(match[1]) <= int(match[2] or match[1]):
        raise ValueError(f"expected lines such as 351-434; got {value!r}")
    return value


class Attestation(Model):
    """Someone's word."""

    shorthand = "by"

    by: Word
    """Who says so."""
    session: str | None = None
    """The session in which they said it."""
    note: str | None = None
    """What they said."""


SIGNS = {
    "equals": "=",
    "below": "<",
    "at_most": "≤",
    "above": ">",
    "at_least": "≥",
    "contains": "contains",
    "within": "within",
}
COMPARISONS = tuple(SIGNS)
DEFAULT_TIMEOUT = 600.0


class Evidence(Model):
    """A pointer to something checkable, with what must hold of it. Its kind is its first key."""

    result: Word | None = None
    """Name of a result; its newest complete one counts."""
    value: Annotated[str, AfterValidator(_jmespath)] | None = None
    """JMESPath into the result."""
    equals: str | None = None
    """The value must be this text, number or truth value."""
    below: float | None = None
    """The value must be smaller."""
    at_most: float | None = None
    """The value must not be greater."""
    above: float | None = None
    """The value must be greater."""
    at_least: float | None = None
    """The value must not be smaller."""
    contains: str | None = None
    """The value must contain this (result), or the file must match this regular expression (file)."""

    within: Annotated[str, AfterValidator(_tolerance)] | None = None
    """The value must not differ by more than this, absolute (0.02) or relative (5%), from an earlier version's."""
    of: str | None = None
    """The number of that version; without it the last one."""

    commit: Hash | None = None
    """This commit exists and HEAD contains it."""

    file: RelativePath | None = None
    """This file is tracked at HEAD."""
    symbol: Word | None = None
    """The file defines this function, class or name."""

    lines: Annotated[str, AfterValidator(_line_range)] | None = None
    """These lines of the file at the commit `at` (351-434) are still there, wherever they moved."""
    at: Hash | None = None
    """The commit whose lines are meant."""

    command: Word | None = None
    """`tracker verify` ran this command, and it exited 0."""
    timeout: Annotated[float, Field(gt=0)] = DEFAULT_TIMEOUT
    """Seconds after which it is ended."""

    test: Word | None = None
    """Node id or glob of tests that a JUnit report must have, all passed."""

    attested: Attestation | None = None
    """Someone's word: shown as such, never as verified."""

    KINDS: ClassVar[Mapping[str, frozenset[str]]] = {
        "result": frozenset({"value", "of", *COMPARISONS}),
        "commit": frozenset(),
        "file": frozenset({"contains", "symbol", "lines", "at"}),
        "command": frozenset({"timeout"}),
        "test": frozenset(),
        "attested": frozenset(),
    }

    @property
    def kind(self) -> str:
        """The key that says what kind of evidence this is."""
        return next(kind for kind in self.KINDS if getattr(self, kind) is not None)

    @property
    def comparison(self) -> str | None:
        """The name of the comparison, where one is given."""
        return next((name for name in COMPARISONS if getattr(self, name) is not None), None)

    @property
    def asks(self) -> str:
        """What must hold, in one line.

        >>> Evidence(result="soak", value="gate_true_rate", above=0).asks
        'result soak: gate_true_rate > 0'
        """
        return self.subject + (f" {SIGNS[self.comparison]} {self.bound}" if self.result and self.comparison else "")

    @property
    def subject(self) -> str:
        """What it looks at, in one line, without what must hold of it."""
        if self.result:
            return f"result {self.result}" + (f": {self.value}" if self.value else "")
        if self.file:
            parts = [
                f"file {self.file}",
                self.contains and f"matches {self.contains}",
                self.symbol and f"defines {self.symbol}",
            ]
            return " ".join(filter(None, [*parts, self.lines and f"has lines {self.lines} of {self.at}"]))
        if self.attested:
            return f"the word of {self.attested.by}"
        return f"{self.kind} {getattr(self, self.kind)}"

    @property
    def bound(self) -> str:
        """What the value is compared with, as it is shown."""
        bound = getattr(self, self.comparison) if self.comparison else "true"
        return f"{bound:.6g}" if isinstance(bound, float) else str(bound)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in self.KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise ValueError(f"expected exactly one of {', '.join(self.KINDS)}; got {found}")
        (kind,) = kinds
        stray = self.model_fields_set - self.KINDS[kind] - {kind}
        if stray:
            allowed = ", ".join(sorted(self.KINDS[kind])) or "nothing else"
            raise ValueError(f"{', '.join(sorted(stray))} does not go with {kind}; expected {allowed}")
        if kind == "result" and sum(getattr(self, name) is not None for name in COMPARISONS) > 1:
            raise ValueError(f"expected at most one of {', '.join(COMPARISONS)}")
        if kind == "result" and self.comparison and self.value is None:
            raise ValueError("expected `value`, a JMESPath into the result, beside the comparison")
        if self.of is not None and self.within is None:
            raise ValueError("expected `within` beside `of`: the value of a version is what it may differ from")
        if (self.lines is None) != (self.at is None):
            raise ValueError("expected both `lines` and `at`, the commit whose lines are meant")
        if kind == "file" and self.contains is not None:
            from tracker.patterns import BoundedPattern

            try:
                BoundedPattern(self.contains)
            except ValueError as error:
                raise ValueError(f"contains: {error}") from None
        return self
