"""Sessions, and where they come from: one YAML file each today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

import tracker.model
from tracker.cache import Cache, digest
from tracker.model import Problem, Session
from tracker.sources.reading import Location, SourceFile, UnreadableFile, files_among
from tracker.sources.reading import Path as FieldPath

SUFFIXES = (".yml", ".yaml")
_MODEL = digest(*(path.read_bytes() for path in sorted(Path(tracker.model.__file__).parent.glob("*.py"))))
"""Part of the cache key: sessions of another model are read again."""


class SessionSource(Protocol):
    """Where a session comes from: a YAML file, an imported log, the transcript of an agent."""

    @property
    def file(self) -> str:
        """The file, relative to the workspace."""

    @property
    def content(self) -> bytes:
        """The content of the file."""

    def locate(self, field: FieldPath, *, of_key: bool = False) -> Location:
        """The place of a field of the session; line 1 where the source knows no better."""

    def problem(self, path: FieldPath, message: str, *, of_key: bool = False) -> Problem:
        """A problem of a field, with its place."""


@dataclass(frozen=True)
class SessionFile:
    """A session and where it comes from."""

    session: Session
    source: SessionSource

    @property
    def file(self) -> str:
        """The file, relative to the workspace."""
        return self.source.file


def _remembered(text: str | None) -> Session | None:
    try:
        return Session.model_validate_json(text) if text else None
    except ValidationError:  # a damaged cache is ignored
        return None


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """A key that sorts S9 before S88 and S96 before S96A."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part[:1000])) if part.isdecimal() else (1, part.lower()) for part in parts)


def session_files(folder: Path) -> list[Path]:
    """The session files of a folder, sorted by name; the `._` files of macOS are ignored."""
    if not folder.is_dir():
        return []
    return files_among(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def read_sessions(folder: Path, root: Path, cache: Cache) -> tuple[list[SessionFile], list[Problem]]:
    """Every session of a folder, oldest first, and every problem of their files.

    A file with a problem is left out.
    """
    sources: list[SourceFile] = []
    problems: list[Problem] = []
    for path in session_files(folder):
        try:
            sources.append(SourceFile.read(path, root))
        except UnreadableFile as error:
            problems.append(error.problem)
    keys = [digest(_MODEL, source.content) for source in sources]
    known, fresh = cache.get("session", keys), {}
    read: dict[str, SessionFile] = {}
    for key, source in zip(keys, sources, strict=True):
        session = _remembered(known.get(key))
        if session is None:
            session, found = source.validate(Session)
            problems += found
            if session is None:
                continue
            fresh[key] = session.model_dump_json(exclude_unset=True, by_alias=True)
        if session.session in read:
            message = f"{session.session!r} is already the id of {read[session.session].file}; ids are unique"
            problems.append(source.problem(["session"], message))
            continue
        read[session.session] = SessionFile(session, source)
    cache.put("session", fresh, only=keys)
    return sorted(read.values(), key=lambda one: (one.session.date, natural(one.session.session))), problems
