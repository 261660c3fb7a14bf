"""`tracker import`: turn Markdown logs into session files without losing what is in existing ones."""

from __future__ import annotations

import difflib
import errno
import logging
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date as Date
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any

from tracker.errors import NotARepository, TrackerError
from tracker.files import UnsafePath, read_file, write_file
from tracker.sources import yaml
from tracker.sources.facts import open_workspace
from tracker.sources.logs.document import LARGEST, UnreadableLog
from tracker.sources.logs.identity import find_days, id_of_day
from tracker.sources.logs.merge import CannotMerge, add_source, earlier_edition, holds, merge
from tracker.sources.logs.reader import Known, Read, Unread, never, nobody_knows, read_log
from tracker.sources.repository import GitError, Repository
from tracker.sources.sessions import session_files
from tracker.user_folders import exclusive
from tracker.workspace import find_root

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What happened to the session file of a log."""

    WRITTEN = "written"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    FAILED = "failed"


WRITES = (Outcome.WRITTEN, Outcome.UPDATED)


class IdSource(StrEnum):
    """Where the id of a session comes from."""

    LOG = "log"
    """The log: front matter, title or file name. Logs with the same id become one session."""
    FILE = "file"
    """The file name: a session for each log."""


@dataclass(frozen=True)
class Imported:
    """The result for one log, or for one session of a log that holds several."""

    source: str
    line: int | None
    """The line where it begins; None when the file could not be opened."""
    outcome: Outcome
    target: str | None = None
    session: str | None = None
    date: str | None = None
    message: str | None = None
    """Why it failed, or what was kept."""
    found: Mapping[str, int] = field(default_factory=dict)
    """Number of entries by field."""
    unclaimed: list[tuple[int, str]] = field(default_factory=list)
    """Line and title of headings that no rule understands."""
    doubts: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of what may be wrong."""
    diff: str = ""
    """How an existing session file changes, as a unified diff."""

    @property
    def failed(self) -> bool:
        """Whether the log was not imported."""
        return self.outcome is Outcome.FAILED


@contextmanager
def importer(
    workspace: Path | None,
    into: Path | None,
    *,
    update: bool = False,
    dry_run: bool = False,
    ids: IdSource = IdSource.LOG,
) -> Iterator[Importer]:
    """An importer into a folder, by default the sessions of the workspace, with its git repository if there is one.

    Raises NoWorkspace without a folder and a workspace.
    """
    root = into or find_root(workspace or Path())
    folder = into or open_workspace(root).sessions
    if folder.exists() and not folder.is_dir():
        raise TrackerError(f"{folder}: not a folder; session files are written there")
    existing = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir())
    with ExitStack() as stack:
        if not dry_run:
            stack.enter_context(exclusive(root))
        repository = None
        with suppress(NotARepository):
            repository = stack.enter_context(Repository.open(existing))
        yield Importer(folder, repository, within=root, update=update, dry_run=dry_run, ids=ids)


def read_document(path: Path) -> bytes:
    """The content of a document, which may be anywhere: the user named it.

    Raises OSError, ValueError or UnreadableLog.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    try:
        return read_file(path, within=path.resolve().parent, limit=LARGEST)
    except UnsafePath as error:
        raise UnreadableLog(str(error).removeprefix(f"{path}: ")) from None


def date_added(repository: Repository, path: Path) -> Date | None:
    """The date of the commit that added a file to a repository, if there is one."""
    if not path.resolve().is_relative_to(repository.root):
        return None
    place = os.path.relpath(path.resolve(), repository.root)
    with (
        suppress(GitError),  # a repository without commits
        repository.run("log", "--diff-filter=A", "--format=%as", "--", place) as output,
    ):
        days = output.read().decode("ascii").split()
        return Date.fromisoformat(days[-1]) if days else None
    return None


SAME_SESSION = 7
"""Most days between two logs of one session."""
_DATE = re.compile(r"^date:(?P<date>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class _Settled:
    """What the session file of a log should hold."""

    outcome: Outcome
    text: str
    message: str | None = None


class Importer:
    """Imports logs into a folder of session files."""

    def __init__(
        self,
        folder: Path,
        repository: Repository | None = None,
        *,
        within: Path | None = None,
        update: bool = False,
        dry_run: bool = False,
        ids: IdSource = IdSource.LOG,
    ) -> None:
        self._folder = folder
        self._within = within or folder
        self._repository = repository
        self._known: Known = repository.existing if repository else nobody_knows
        self._update = update
        self._dry_run = dry_run
        self._ids = ids
        self._files = dict(_session_ids(folder))
        self._texts: dict[Path, str] = {}
        """What this run has made of each session file: with `dry_run` it is not on disk."""

    def run(self, paths: Iterable[Path]) -> Iterator[Imported]:
        """Import each file. A file that cannot be read does not stop the others."""
        for path in paths:
            try:
                content = read_document(path)
            except (OSError, ValueError, UnreadableLog) as error:
                why = getattr(error, "strerror", None) or str(error)
                log.info("skipped: %s: %s", path, why)
                yield Imported(str(path), None, Outcome.FAILED, message=why)
                continue
            sessions = read_log(path.name, content, self._known, partial(self._date_added, path), self._known_paths)
            for number, one in enumerate(sessions, 1):
                yield self._import(path, self._with_file_id(path, one, number if len(sessions) > 1 else None))

    def _with_file_id(self, path: Path, one: Read | Unread, number: int | None) -> Read | Unread:
        """The session under the id of its file, if ids come from files; the sessions of one file are numbered."""
        if self._ids is IdSource.LOG or isinstance(one, Unread):
            return one
        stem = re.sub(r"[^\w.]+", "-", path.stem).strip("-.")
        return one.renamed(f"{stem}-{number}" if number else stem)

    @cached_property
    def _tracked(self) -> frozenset[str]:
        """Every file that git tracks or a commit removed, and their folders, relative to the workspace."""
        repository = self._repository
        if repository is None:
            return frozenset()
        output = b""
        tracked = ("ls-tree", "-r", "--name-only", "-z", "--full-tree", "HEAD")
        removed = ("log", "--format=", "--name-only", "-z", "--diff-filter=D", "--no-renames")
        for command in (tracked, removed):
            with suppress(GitError), repository.run(*command) as listing:  # a repository without commits
                output += listing.read() + b"\0"
        files = [name.strip("\n") for name in output.decode("utf-8", "surrogateescape").split("\0")]
        names = {name for file in files if file for name in (file, *map(str, PurePosixPath(file).parents))}
        prefix = repository.prefix
        return frozenset(names | {name.removeprefix(prefix) for name in names if prefix and name.startswith(prefix)})

    def _known_paths(self, paths: Iterable[str]) -> Collection[str]:
        """Those of some paths that git knows or that exist; of a glob its folder counts."""
        root = self._repository.folder if self._repository else None
        folders = {path: re.split(r"[*{\[]", path)[0].removeprefix("./").rstrip("/") for path in paths}
        return {
            path
            for path, folder in folders.items()
            if folder not in ("", ".") and (folder in self._tracked or (root and (root / folder).exists()))
        }

    def _date_added(self, path: Path) -> Date | None:
        return date_added(self._repository, path) if self._repository else never()

    def _import(self, path: Path, one: Read | Unread) -> Imported:
        source = str(path)
        if isinstance(one, Unread):
            return Imported(source, one.line, Outcome.FAILED, message=one.message)
        if self._is_of_another_time(one):
            one = self._with_own_id(path, one)
        name = one.session.session
        target = self._files.get(name) or self._folder / f"{one.session.date}-{name}.yml"
        about: dict[str, Any] = {
            "target": str(target), "session": name, "date": str(one.session.date), "found": one.found,
            "unclaimed": one.unclaimed, "doubts": one.doubts,
        }  # fmt: skip
        try:
            there = self._read(target)
            settled = self._settle(target, there, one, path.name)
        except (CannotMerge, yaml.MalformedYAML, UnicodeDecodeError) as error:
            why = f"{target} exists and is unchanged: {error}"
            return Imported(source, one.line, Outcome.FAILED, message=why, **about)
        if settled.outcome in WRITES:
            self._write(target, settled.text)
        self._files[name] = target
        diff = _diff(target, there, settled.text) if settled.outcome is Outcome.UPDATED and there else ""
        return Imported(source, one.line, settled.outcome, message=settled.message, diff=diff, **about)

    def _is_of_another_time(self, one: Read) -> bool:
        """Whether the session file with the id of a log is about another time: teams begin to count anew."""
        target = self._files.get(one.session.session)
        with suppress(UnicodeDecodeError, yaml.MalformedYAML):
            there = (self._read(target) if target else None) or ""
            stated = _DATE.search(there)
            days = find_days(stated["date"]) if stated else None
            if not days or abs((one.session.date - days.first).days) <= SAME_SESSION:
                return False
            data = yaml.load(there).data
            last = find_days(str(data.get("until", ""))) or days
            first = one.session.until or one.session.date
            apart = max((days.first - first).days, (one.session.date - last.first).days)
            return apart > SAME_SESSION and earlier_edition(str(data.get("log", "")), one.data["log"]) is None
        return False

    @staticmethod
    def _with_own_id(path: Path, one: Read) -> Read:
        doubt = (one.line, f"session {one.session.session} is of another time: its id is made from the file name")
        return replace(one.renamed(id_of_day(one.session.date, path.stem)), doubts=[*one.doubts, doubt])

    def _read(self, target: Path) -> str | None:
        if target in self._texts:
            return self._texts[target]
        return read_file(target, within=self._within).decode("utf-8-sig") if os.path.lexists(target) else None

    def _write(self, target: Path, text: str) -> None:
        self._texts[target] = text
        if not self._dry_run:
            write_file(target, text.encode(), within=self._within)

    def _settle(self, target: Path, there: str | None, one: Read, name: str) -> _Settled:
        """What becomes of a session file, given the log `one` from the file `name`."""
        if there is None:
            return _Settled(Outcome.WRITTEN, yaml.dump(one.data))
        data = yaml.load(there).data
        # Mostly the file is what was imported; comparing data is faster than writing YAML.
        if data == _as_read(one.data) or there == yaml.dump(one.data):
            return _Settled(Outcome.UNCHANGED, there)
        stored = data.get("log") if isinstance(data, dict) else None
        if stored and stored != one.data["log"] and holds(stored, one.data["log"]):
            return _Settled(Outcome.UNCHANGED, there)
        if not self._update and target not in self._texts:
            if stored == one.data["log"]:
                why = "it was edited, or imported with other rules; --update adds what is new"
                return _Settled(Outcome.KEPT, there, why)
            raise CannotMerge("it holds another text; --update merges them")
        if not stored:
            raise CannotMerge("it has no log to compare with")
        return self._merge(there, stored, one, name)

    def _merge(self, there: str, stored: str, one: Read, name: str) -> _Settled:
        earlier = earlier_edition(stored, one.data["log"])
        if earlier is None:
            whole, base = add_source(stored, name, one.data["log"]), {"log": stored}
        else:
            whole = stored.replace(earlier, one.data["log"], 1)
            base = {**self._reading_of(earlier, name, one.session.session), "log": stored}
        merged, kept = merge(there, base, {**one.data, "log": whole})
        message = f"kept as they are in the session file: {', '.join(kept)}" if kept else None
        return _Settled(Outcome.UNCHANGED if merged == there else Outcome.UPDATED, merged, message)

    def _reading_of(self, text: str, name: str, session: str) -> Mapping[str, Any]:
        """What a log in a session file is imported as: what differs from it in the file was edited by people."""
        for read in read_log(name, text.encode(), self._known, known_paths=self._known_paths):
            if isinstance(read, Read):
                return {**read.data, "session": session}
        raise CannotMerge("the log in it was edited and can no longer be read")


def _as_read(value: Any) -> Any:
    """Data after writing and reading it: every scalar is text."""
    if isinstance(value, Mapping):
        return {key: _as_read(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_read(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else value


def _diff(target: Path, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), target.name, target.name, n=1, lineterm="")
    return "\n".join(lines)


def _session_ids(folder: Path) -> Iterator[tuple[str, Path]]:
    """The session files of a folder by their ids."""
    for path in session_files(folder):
        try:
            data = yaml.load(read_file(path, within=folder)).data
        except (yaml.MalformedYAML, UnsafePath) as error:  # reported by `tracker check`
            log.info("skipped: %s: %s", path, error)
            continue
        if isinstance(data, dict) and isinstance(data.get("session"), str):
            yield data["session"], path
