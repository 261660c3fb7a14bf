"""`file: PATH`: a tracked file, and what it must contain."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, model_validator

from tracker.model.evidence.base import BaseEvidence, Style
from tracker.model.fields import Hash, RelativePath, Word


def _line_range(value: str) -> str:
    match = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", value, re.ASCII)
    if not match or not 1 <= int(match[1]) <= int(match[2] or match[1]):
        raise ValueError(f"expected lines such as 351-434; got {value!r}")
    return value


class FileEvidence(BaseEvidence):
    """A file that git tracks."""

    kind: ClassVar[str] = "file"
    style: ClassVar[Style] = "file"

    file: RelativePath
    """This file is tracked at HEAD."""
    contains: str | None = None
    """The file must match this regular expression."""
    symbol: Word | None = None
    """The file must define this function, class, method or constant, at any depth; also `Class.method`."""
    lines: Annotated[str, AfterValidator(_line_range)] | None = None
    """These lines of the file at the commit `at` (351-434) are still there, even if they moved."""
    at: Hash | None = None
    """The commit that `lines` refers to."""

    @property
    def subject(self) -> str:
        """See `BaseEvidence.subject`."""
        parts = [
            f"file {self.file}",
            self.contains and f"matches {self.contains}",
            self.symbol and f"defines {self.symbol}",
            self.lines and f"has lines {self.lines} of {self.at}",
        ]
        return " ".join(filter(None, parts))

    @property
    def files(self) -> tuple[str, ...]:
        """See `BaseEvidence.files`."""
        return (self.file,)

    @property
    def contents(self) -> tuple[str, ...]:
        """See `BaseEvidence.contents`."""
        return (self.file,) if self.contains is not None or self.symbol or self.lines else ()

    @property
    def originals(self) -> tuple[tuple[str, str], ...]:
        """See `BaseEvidence.originals`."""
        return ((self.at, self.file),) if self.at else ()

    @model_validator(mode="after")
    def _check_conditions(self) -> Self:
        if (self.lines is None) != (self.at is None):
            raise ValueError("expected both `lines` and `at`, the commit whose lines are meant")
        try:
            re.compile(self.contains or "")
        except re.error as error:
            raise ValueError(f"contains: not a regular expression: {error}") from None
        return self
