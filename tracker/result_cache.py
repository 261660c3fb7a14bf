"""ResultCache: the output of a command, kept until something changes that it depends on.

The inputs are compared by stamps (size and modification time of every file that counts) and by git (HEAD, the index,
and the tracked files that differ from it), which costs a tenth of computing the output. An output is kept only if the
stamps can show every later change, so not while a file is very young. Lookups that found nothing are repeated.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import tracker
from tracker.cache import Cache, digest
from tracker.sources.repository import Repository
from tracker.workspace import BASELINE_FILE, PLAN_FILE

if TYPE_CHECKING:  # recalling an output must not import everything that computes one
    from tracker.progress.progress import Progress

KIND = "answer"
KINDS = (".py", ".json", ".j2", ".css")
"""Files of the tool that an output depends on."""
YOUNG = 100_000_000
"""Nanoseconds after which every file system gives a changed file another time."""


@dataclass(frozen=True)
class NegativeLookups:
    """Lookups that found nothing, of which no stamp shows when they would find something."""

    paths: Mapping[str, bool] = field(default_factory=dict)
    """Files that git does not track, relative to the workspace, and whether they exist."""
    hashes: tuple[str, ...] = ()
    """Commits that git does not know."""

    @classmethod
    def of(cls, progress: Progress) -> Self:
        """The negative lookups that the claims of sessions made."""
        root = progress.facts.workspace.root
        open_claims = (one for claims in progress.claims.values() for one in claims if one.verdict != "confirmed")
        paths = [
            path for one in open_claims if one.kind != "commit" for path in one.subject.split(" \N{RIGHTWARDS ARROW} ")
        ]
        unknown = tuple(hash for hash, full in progress.facts.hashes.items() if full is None)
        return cls({path: os.path.lexists(root / path) for path in paths}, unknown)


class ResultCache:
    """The kept outputs of one workspace."""

    def __init__(self, root: Path, repository: Repository, cache: Cache) -> None:
        self._root = root
        self._repository = repository
        self._cache = cache

    def recall(self, question: str) -> str | None:
        """The kept output, if nothing that it depends on changed."""
        known = self._cache.get(KIND, [question]).get(question)
        if known is None:
            return None
        try:
            places, stamp, answer, paths, hashes = json.loads(known)
            same = self._stamp(places) == stamp and self._still_negative(NegativeLookups(paths, tuple(hashes)))
            return str(answer) if same else None
        except (ValueError, TypeError, AttributeError):  # a damaged cache is an empty one
            return None

    def remember(self, question: str, progress: Progress, answer: str) -> None:
        """Keep an output that depends on the files of a workspace and on git."""
        plan = progress.facts.workspace.plan
        if plan.phase_files:
            return
        places = [plan.sessions, plan.results, plan.versions, plan.reports]
        places += [plan.templates] if plan.templates else []
        if any(time.time_ns() - modified < YOUNG for _, _, modified in self._files(places)):
            return
        lookups = NegativeLookups.of(progress)
        entry = [places, self._stamp(places), answer, dict(lookups.paths), lookups.hashes]
        self._cache.put(KIND, {question: json.dumps(entry)})

    def _still_negative(self, lookups: NegativeLookups) -> bool:
        return all(os.path.lexists(self._root / path) == there for path, there in lookups.paths.items()) and not any(
            self._repository.existing(lookups.hashes).values()
        )

    def _stamp(self, places: list[str]) -> str:
        """A digest of everything that an output depends on."""
        parts = [f"{path}\0{size}\0{modified}" for path, size, modified in self._files(places)]
        return digest(tracker.__version__, self._repository.head or "", *sorted(parts), *self._differing())

    def _files(self, places: list[str]) -> Iterator[tuple[str, int, int]]:
        """Path, size and time of the plan, the baseline, `.mailmap`, the files of folders and globs, and the tool."""
        own = [self._root / PLAN_FILE, self._root / BASELINE_FILE, self._repository.root / ".mailmap"]
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
