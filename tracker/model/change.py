"""Changes that users of a project notice, by the kinds of Keep a Changelog (keepachangelog.com/en/1.1.0)."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from tracker.model.fields import Hash, Model, Word


class ChangeKind(StrEnum):
    """A section of Keep a Changelog, in the order in which a changelog shows them."""

    ADDED = "added"
    CHANGED = "changed"
    DEPRECATED = "deprecated"
    REMOVED = "removed"
    FIXED = "fixed"
    SECURITY = "security"


def _one_or_more(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Hashes = Annotated[tuple[Hash, ...], BeforeValidator(_one_or_more, json_schema_input_type=str | tuple[str, ...])]
Numbers = Annotated[
    tuple[Annotated[int, Field(ge=1)], ...],
    BeforeValidator(_one_or_more, json_schema_input_type=int | tuple[int, ...]),
]


class ChangeNote(Model):
    """A change that users of the project notice."""

    shorthand = "text"

    text: Word
    """The change, in one sentence of Markdown."""
    breaking: bool = False
    """Whether users must adapt to it."""
    scope: str | None = None
    """The part of the project that changed."""
    commits: Hashes = ()
    """The commits that made the change."""
    pull_requests: Numbers = ()
    """The numbers of the pull requests that made the change."""


class Changes(Model):
    """The changes of a session, for the changelog, by the kinds of Keep a Changelog."""

    proposed: bool = False
    """Whether `tracker new --close` wrote these. The changelog ignores them until you edit them and remove this key."""
    added: tuple[ChangeNote, ...] = ()
    """New features."""
    changed: tuple[ChangeNote, ...] = ()
    """Changes in existing features."""
    deprecated: tuple[ChangeNote, ...] = ()
    """Features that will be removed."""
    removed: tuple[ChangeNote, ...] = ()
    """Features that were removed."""
    fixed: tuple[ChangeNote, ...] = ()
    """Fixed bugs."""
    security: tuple[ChangeNote, ...] = ()
    """Fixed vulnerabilities."""

    def by_kind(self) -> dict[ChangeKind, tuple[ChangeNote, ...]]:
        """Return the changes by kind, in the order of a changelog."""
        return {kind: getattr(self, kind) for kind in ChangeKind}
