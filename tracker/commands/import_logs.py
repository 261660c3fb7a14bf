"""`tracker import`: Markdown logs become session files, and what people wrote into those stays theirs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date as Date
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tracker.errors import NotARepository, TrackerError
from tracker.files import UnsafePath, read_file, write_file
from tracker.model import Session
from tracker.sources import yaml
from tracker.sources.facts import open_workspace
from tracker.sources.logs.reader import Known, Read, Unread, never, nobody_knows, read_log
from tracker.sources.repository import GitError, Repository
from tracker.sources.sessions import session_files
from tracker.user_folders import exclusive
from tracker.workspace import find_root

LOG_LIMIT = 16 * 2**20
"""Bytes of the largest log that is read."""


@dataclass(frozen=True)
class Imported:
    """What became of one log."""

    source: str
    line: int | None
    """Where it begins in the file; None where the file could not be opened."""
    outcome: str
    """`written`, `updated`, `unchanged`, `kept` or `failed`."""
    target: str | None = None
    session: str | None = None
    date: str | None = None
    message: str | None = None
    """Why it failed or was kept."""
    found: Mapping[str, int] = field(default_factory=dict)
    unclaimed: list[tuple[int, str]] = field(default_factory=list)
    doubts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether something is left to do for a person."""
        return self.outcome == "failed"

    def data(self) -> dict[str, Any]:
        """For scripts."""
        found = {name: value for name, value in asdict(self).items() if name not in ("unclaimed", "doubts")}
        return found | {
            "unclaimed": [{"line": line, "heading": title} for line, title in self.unclaimed],
            "doubts": [{"line": line, "text": text} for line, text in self.doubts],
        }

    def lines(self, *, dry_run: bool = False) -> Iterator[str]:
        """For people: the outcome, what was understood, what no rule claimed, and what is doubtful."""
        if self.failed:
            yield f"{f'{self.source}:{self.line}' if self.line else self.source}: {self.message}"
            return
        planned = "to be " if dry_run and self.outcome in ("written", "updated") else ""
        target = _from_here(self.target)
        yield f"{self.source}: session {self.session} of {self.date} → {target}: {planned}{self.outcome}"
        if self.message:
            yield f"  {self.message}"
        found = ", ".join(f"{name} {count}" for name, count in self.found.items())
        yield f"  found: {found or 'nothing but that; its text is in the log'}"
        for line, title in self.unclaimed:
            yield f"  {self.source}:{line}: no rule claims the heading {title!r}: its text is in the log alone"
        for line, text in self.doubts:
            yield f"  {self.source}:{line}: doubtful: {text}"


@contextmanager
def importer(workspace: Path | None, into: Path | None, *, update: bool, dry_run: bool) -> Iterator[Importer]:
    """An importer into a folder, or into that of a workspace's sessions, with the git repository there to ask.

    Raises NoWorkspace where there is neither.
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
        yield Importer(folder, repository, within=root, update=update, dry_run=dry_run)


def _log(path: Path) -> bytes:
    """The content of a log, which may be anywhere: the user named it."""
    return read_file(path, within=path.resolve().parent, limit=LOG_LIMIT)


def _from_here(path: str | None) -> str:
    """A path as people would name it: without the current folder before it."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if path and Path(path).is_relative_to(here) else str(path)


class _CannotMerge(Exception):
    """People's edits cannot be kept; the message says why."""


class Importer:
    """Puts logs into a folder of session files, one after the other."""

    def __init__(
        self,
        folder: Path,
        repository: Repository | None = None,
        *,
        within: Path | None = None,
        update: bool = False,
        dry_run: bool = False,
    ) -> None:
        self._folder = folder
        self._within = within or folder
        self._repository = repository
        self._known: Known = repository.existing if repository else nobody_knows
        self._update = update
        self._dry_run = dry_run
        self._files = dict(_ids(folder))
        self._sources: dict[str, str] = {}

    def run(self, paths: Iterable[Path]) -> Iterator[Imported]:
        """Import each file; one that cannot be read is no reason to leave out the others."""
        for path in paths:
            try:
                content = _log(path)
            except (OSError, ValueError, TrackerError) as error:
                yield Imported(str(path), None, "failed", message=getattr(error, "strerror", None) or str(error))
                continue
            for one in read_log(path.name, content, self._known, partial(self._added, path)):
                yield self._put(str(path), one)

    def _added(self, path: Path) -> Date | None:
        """The day of the commit that added a file to the repository, where one did."""
        repository = self._repository
        if repository is None or not path.resolve().is_relative_to(repository.root):
            return never()
        place = os.path.relpath(path.resolve(), repository.root / repository.prefix)
        with (
            suppress(GitError),  # a repository without commits
            repository.run("log", "--diff-filter=A", "--format=%as", "--", place) as output,
        ):
            days = output.read().decode("ascii").split()
            return Date.fromisoformat(days[-1]) if days else None
        return None

    def _put(self, source: str, one: Read | Unread) -> Imported:
        if isinstance(one, Unread):
            return Imported(source, one.line, "failed", message=one.message)
        name = one.session.session
        target = self._files.get(name) or self._folder / f"{one.session.date}-{name}.yml"
        about: dict[str, Any] = {
            "target": str(target), "session": name, "date": str(one.session.date), "found": one.found,
            "unclaimed": one.unclaimed, "doubts": one.doubts,
        }  # fmt: skip
        if name in self._sources:
            taken = f"{self._sources[name]} is session {name} already; give one of them another id"
            return Imported(source, one.line, "failed", message=taken, **about)
        self._sources[name] = source
        try:
            outcome, text, message = self._settle(target, one)
        except (_CannotMerge, yaml.MalformedYAML, UnicodeDecodeError) as error:
            why = f"{target} exists and stays as it is: {error}"
            return Imported(source, one.line, "failed", message=why, **about)
        if outcome in ("written", "updated") and not self._dry_run:
            write_file(target, text.encode(), within=self._within)
        self._files[name] = target
        return Imported(source, one.line, outcome, message=message, **about)

    def _settle(self, target: Path, one: Read) -> tuple[str, str, str | None]:
        if not os.path.lexists(target):
            return "written", yaml.dump(one.data), None
        there = read_file(target, within=self._folder).decode("utf-8-sig")
        data = yaml.load(there).data
        # Most often it is what was imported: that is seen without the writing, which takes longest.
        if data == _as_read(one.data) or there == yaml.dump(one.data):
            return "unchanged", there, None
        log = data.get("log") if isinstance(data, dict) else None
        if not self._update:
            if log == one.data["log"]:
                return "kept", there, "it was edited since, or read by other rules; --update adds what is new"
            raise _CannotMerge("it holds another text; --update merges them")
        merged, conflicts = merge(there, self._first_reading(target, log), one.data)
        message = f"edited by people, and so kept: {', '.join(conflicts)}" if conflicts else None
        return ("unchanged" if merged == there else "updated"), merged, message

    def _first_reading(self, target: Path, log: str | None) -> Mapping[str, Any]:
        """What the log that a session file holds would be imported as: all that differs from it, people wrote."""
        if log is None:
            raise _CannotMerge("it holds no log, so nothing tells what people wrote from what was imported")
        for read in read_log(f"{target.stem}.md", log.encode(), self._known):
            if isinstance(read, Read):
                return read.data
        raise _CannotMerge("the log in it was edited, and cannot be read any more")


def merge(there: str, base: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, list[str]]:
    """A session file brought up to date, and the fields in which people's edits stand against it.

    `base` is what was imported once. A field that people left as it was takes its new value; lists that they edited
    get what is new in the log; everything else of theirs stays. Raises _CannotMerge where a comment would be lost.
    """
    document = yaml.edit(there)
    data = yaml.load(there).data
    before = _comments(document)
    conflicts = []
    for name in Session.model_fields:
        old, theirs, fresh = base.get(name), data.get(name), new.get(name)
        if fresh in (old, theirs):
            continue
        if theirs == old:
            _set(document, name, fresh)
        elif isinstance(fresh, list) and isinstance(theirs, list) and isinstance(document.get(name), list):
            document[name].extend(_editable(item) for item in fresh if item not in (old or ()) and item not in theirs)
        else:
            conflicts.append(name)
    if _comments(document) != before:
        raise _CannotMerge("comments of people stand inside fields that changed")
    merged = yaml.write_back(document) if yaml.load(there).data != _plain(document) else there
    try:
        Session.model_validate(yaml.load(merged).data)
    except ValidationError as error:
        raise _CannotMerge(f"it is no valid session file ({error.errors()[0]['msg']})") from None
    return merged, conflicts


def _as_read(value: Any) -> Any:
    """The data as it is when it was written and read again: every scalar a text."""
    if isinstance(value, Mapping):
        return {key: _as_read(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_read(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else value


def _set(document: CommentedMap, name: str, value: Any) -> None:
    if value is None:
        del document[name]
    elif name in document:
        document[name] = _editable(value)
    else:
        order = list(Session.model_fields)
        place = sum(order.index(key) < order.index(name) for key in document if key in order)
        document.insert(place, name, _editable(value))


def _editable(value: Any) -> Any:
    return yaml.edit(yaml.dump({"value": value}))["value"]


def _plain(document: CommentedMap) -> Any:
    return yaml.load(yaml.write_back(document)).data


def _comments(node: Any) -> Counter[str]:
    """Every comment in a document."""
    if not isinstance(node, (CommentedMap, CommentedSeq)):
        return Counter()
    tokens = [node.ca.comment, *node.ca.items.values(), node.ca.end]
    found = Counter(token.value.strip() for token in _flat(tokens) if token.value.strip())
    for inner in node.values() if isinstance(node, CommentedMap) else node:
        found += _comments(inner)
    return found


def _flat(tokens: Any) -> Iterator[Any]:
    for token in tokens or ():
        if isinstance(token, (list, tuple)):
            yield from _flat(token)
        elif token is not None:
            yield token


def _ids(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in session_files(folder):
        try:
            data = yaml.load(read_file(path, within=folder)).data
        except (yaml.MalformedYAML, UnsafePath):  # `tracker check` says what is wrong with it
            continue
        if isinstance(data, dict) and isinstance(data.get("session"), str):
            yield data["session"], path
