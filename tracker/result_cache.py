"""ResultCache: what a command printed, for as long as nothing that it rests on has changed.

What it rests on is told by stamps (size and time of every file that counts) and by git (HEAD, the index, and the
tracked files that differ from it), which costs a tenth of looking everything up. An answer is remembered only where the
stamps can tell: not where a stamp is so young that a later change might not show. What was looked for and not found is
looked for again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tracker
from tracker.cache import Cache, digest
from tracker.sources.repository import Repository
from tracker.workspace import BASELINE_FILE, PLAN_FILE, Workspace

KIND = "memo"
KINDS = (".py", ".json", ".j2", ".css")
"""Files of the tool that an answer rests on."""
YOUNG = 100_000_000
"""Nanoseconds after which a file's time has moved on whatever the file system's clock."""


@dataclass(frozen=True)
class NegativeLookups:
    """What was looked for where no stamp tells of it."""

    paths: Mapping[str, bool] = field(default_factory=dict)
    """Files that git does not track, relative to the workspace: whether they are there."""
    hashes: tuple[str, ...] = ()
    """Commits that git does not know."""


class ResultCache:
    """The answers of one workspace."""

    def __init__(self, root: Path, repository: Repository, cache: Cache) -> None:
        self._root = root
        self._repository = repository
        self._cache = cache

    def recall(self, question: str) -> str | None:
        """The answer that was remembered, where nothing changed since."""
        known = self._cache.get(KIND, [question]).get(question)
        if known is None:
            return None
        try:
            places, stamp, answer, paths, hashes = json.loads(known)
            same = self._stamp(places) == stamp and self._is_as_it_was(NegativeLookups(paths, tuple(hashes)))
            return str(answer) if same else None
        except (ValueError, TypeError, AttributeError):  # no cache is trusted to be whole
            return None

    def remember(self, question: str, workspace: Workspace, answer: str, sought: NegativeLookups) -> None:
        """Keep an answer that rests on the files of a workspace, on git, and on what was sought in vain."""
        plan = workspace.plan
        if plan.phase_files:
            return
        places = [
            plan.sessions,
            plan.results,
            plan.versions,
            plan.reports,
            *([plan.templates] if plan.templates else []),
        ]
        if any(time.time_ns() - modified < YOUNG for _, _, modified in self._files(places)):
            return
        entry = [places, self._stamp(places), answer, dict(sought.paths), sought.hashes]
        self._cache.put(KIND, {question: json.dumps(entry)})

    def _is_as_it_was(self, sought: NegativeLookups) -> bool:
        return all((self._root / path).exists() == there for path, there in sought.paths.items()) and not any(
            self._repository.existing(sought.hashes).values()
        )

    def _stamp(self, places: list[str]) -> str:
        """Changes with everything that an answer rests on."""
        parts = [f"{path}\0{size}\0{modified}" for path, size, modified in self._files(places)]
        return digest(tracker.__version__, self._repository.head or "", *sorted(parts), *self._differing())

    def _files(self, places: list[str]) -> Iterator[tuple[str, int, int]]:
        """Path, size and time of plan and baseline, of the files in folders or of globs, and of the tool itself."""
        own = (self._root / name for name in (PLAN_FILE, BASELINE_FILE))
        yield from _stamps([*own, self._repository.index, self._repository.config])
        for place in places:
            folder = self._root / place
            yield from _stamps(folder.rglob("*") if folder.is_dir() else self._root.glob(place))
        package = Path(tracker.__file__).parent
        for folder in (package, package.parent / "templates"):  # in a checkout the templates are beside it
            yield from _stamps(path for path in folder.rglob("*") if path.suffix in KINDS)

    def _differing(self) -> Iterator[str]:
        """The tracked files that differ from the index, with their stamps."""
        with self._repository.run("diff-files", "--raw", "-z", "--no-renames") as output:
            tokens = output.read().decode("utf-8", "surrogateescape").split("\0")
        for path in tokens[1::2]:
            yield path
            yield from (f"{size}\0{modified}" for _, size, modified in _stamps([self._repository.root / path]))


def _stamps(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        yield str(path), stat.st_size, stat.st_mtime_ns
