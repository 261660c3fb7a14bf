"""A cache of whole answers of the audit, valid until something that they depend on changes.

An answer depends on the blobs of all files in the index, on size and time of files that differ from it, on the history,
the options, the tool itself, the baseline, the decisions of a review and, in a workspace, on its plan and session
files. It is stored with a digest of these in the user's cache folder, so a tree that is audited again is listed but not
read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import tracker
from tracker.audit.scope import scope_of
from tracker.cache import Cache, digest
from tracker.errors import TrackerError
from tracker.files import UnsafePath, read_file
from tracker.result_cache import YOUNG
from tracker.sources.facts import open_workspace
from tracker.sources.repository import Repository
from tracker.sources.sessions import session_files
from tracker.user_folders import cache_folder
from tracker.workspace import PLAN_FILE

KIND = "audit"
LARGEST = 200_000_000
"""Letters of all answers together; of more the oldest are forgotten."""
ORDER = "order"
"""The key of the list of answers, the newest first, each with its length."""


class Answer(NamedTuple):
    """What an audit said."""

    text: str
    found: bool
    """Whether anything was reported."""


class AnswerCache:
    """The answer to one question about one folder, now or at a revision."""

    def __init__(self, folder: Path, revision: str | None, question: str) -> None:
        with Repository.open(folder) as repository:
            self._place = place(repository)
            changed = [] if revision is not None else list(_changed(repository))
            self._young = any(time.time_ns() - one.modified < YOUNG for one in changed)
            self._rests_on = _rests_on(repository, revision, changed)
        self._question = digest(question, revision or "", str(folder.resolve()))

    def recall(self) -> Answer | None:
        """The answer that was kept, where nothing changed since. Looking writes nothing."""
        there = False
        with suppress(OSError):  # a folder without permission
            there = self._place is not None and self._place.is_dir()
        with Cache(self._place if there else None) as cache:
            known = cache.get(KIND, [self._question]).get(self._question)
        try:
            rests_on, text, found = json.loads(known) if known else (None, "", False)
        except (ValueError, TypeError):  # no cache is trusted to be whole
            return None
        return Answer(str(text), bool(found)) if rests_on == self._rests_on else None

    def remember(self, answer: Answer) -> None:
        """Keep an answer."""
        kept = json.dumps([self._rests_on, *answer])
        if len(kept) <= LARGEST and not self._young:
            with Cache(self._place) as cache:
                order = [(self._question, len(kept)), *(one for one in _order(cache) if one[0] != self._question)]
                total = accumulate(length for _, length in order)
                order = [one for one, letters in zip(order, total, strict=True) if letters <= LARGEST]
                known = {self._question: kept, ORDER: json.dumps(order)}
                cache.put(KIND, known, only=[question for question, _ in order])


def _order(cache: Cache) -> list[tuple[str, int]]:
    """The answers that are kept, the newest first, each with its length."""
    try:
        known = json.loads(cache.get(KIND, [ORDER])[ORDER])
        return [(str(question), int(length)) for question, length in known]
    except (KeyError, ValueError, TypeError):  # no cache is trusted to be whole
        return []


def place(repository: Repository) -> Path | None:
    """The folder in which answers about a repository are kept; None when the user has no cache folder."""
    return cache_folder(repository.folder)


class _Changed(NamedTuple):
    """A file that differs from the index."""

    path: str
    size: int
    modified: int


def _changed(repository: Repository) -> Iterator[_Changed]:
    with repository.run("diff-files", "--name-only", "-z", "--no-renames") as output:
        paths = output.read().decode("utf-8", "surrogateescape").split("\0")
    for path in filter(None, paths):
        try:
            stat = (repository.root / path).lstat()
        except OSError:
            yield _Changed(path, -1, 0)
        else:
            yield _Changed(path, stat.st_size, stat.st_mtime_ns)


def _rests_on(repository: Repository, revision: str | None, changed: list[_Changed]) -> str:
    """Changes with everything that an answer rests on."""
    parts = [tracker.__version__, *tool(), repository.remote or "", *sorted(repository.boundary)]
    if revision is not None:
        return digest(*parts, repository.resolve(revision))
    with repository.run("ls-files", "--stage", "-z") as output:
        staged = output.read()
    parts += [repository.head or "", repr(changed)]
    at = scope_of(repository)
    parts += [_content(path, at.root) for path in (at.baseline, at.decisions, at.root / PLAN_FILE)]
    if (repository.folder / PLAN_FILE).is_file():
        try:
            sessions = session_files(open_workspace(repository.folder).sessions)
            parts += [digest(path.name, _content(path, repository.folder)) for path in sessions]
        except (TrackerError, OSError):
            parts.append("no workspace")
    return digest(staged, *parts)


def _content(path: Path, root: Path) -> str:
    """A digest of a file's content, or why it is not read."""
    try:
        return digest(read_file(path, within=root))
    except (UnsafePath, OSError) as error:
        return str(error)


def tool() -> list[str]:
    """Name, size and time of the tool's own files."""
    package = Path(tracker.__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".json"))
    return [f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}" for path in files for stat in [path.stat()]]
