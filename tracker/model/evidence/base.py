"""What every kind of evidence answers, so that no other part of the tracker needs to know the kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from tracker.model.fields import Model

Style = Literal["run", "commit", "file", "code", "text"]


class BaseEvidence(Model):
    """A pointer to something checkable, with what must hold of it. Its kind is its first key."""

    kind: ClassVar[str]
    """The key that names the kind in tracker.yml; a field of the class has this name."""
    style: ClassVar[Style] = "code"
    """How pages show the name: as a link to the run, commit or file, as code, or not at all."""

    @property
    def name(self) -> str:
        """The value of the first key, such as the path of a file."""
        return str(getattr(self, self.kind))

    @property
    def subject(self) -> str:
        """Describe in one line what the evidence looks at, without the condition."""
        return f"{self.kind} {self.name}"

    @property
    def asks(self) -> str:
        """Describe in one line what must hold."""
        return self.subject

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files that it points at."""
        return ()

    @property
    def contents(self) -> tuple[str, ...]:
        """Paths of the files whose content it needs."""
        return ()

    @property
    def originals(self) -> tuple[tuple[str, str], ...]:
        """Commit and path of each file whose content at that commit it needs."""
        return ()

    @property
    def commits(self) -> tuple[str, ...]:
        """Hashes of the commits that it needs."""
        return ()

    @property
    def commands(self) -> Mapping[str, float]:
        """Commands that `tracker verify` runs for it, each with its time limit in seconds."""
        return {}

    @property
    def tests(self) -> tuple[str, ...]:
        """Node ids or patterns of the tests that it looks for in reports."""
        return ()
