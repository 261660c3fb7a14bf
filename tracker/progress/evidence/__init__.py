"""Evidence, looked up: one module a kind, found by its name.

A kind is a module here with `look_up(evidence, world) -> Found`; its name is the first key of the evidence in
tracker.yml.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as Date
from functools import cached_property
from importlib import import_module

from tracker.model import Evidence, Result, Verdict, Version
from tracker.progress.attribution import Attribution
from tracker.sources.facts import Facts
from tracker.sources.results import newest_complete
from tracker.sources.trees import read_blobs


@dataclass(frozen=True, slots=True)
class Found:
    """What was found where a piece of evidence points."""

    verdict: Verdict
    text: str
    """What was found, in words."""
    where: str | None = None
    """The file that says it, relative to the workspace."""
    line: int | None = None
    when: Date | None = None
    commit: str | None = None
    """The commit at which it was measured; None: nobody dated it."""
    fresh: bool = False
    """It was looked up in the present tree: nothing can make it stale."""
    dirty: bool = False
    """It was measured on a tree with uncommitted changes."""
    session: str | None = None
    """The session that made it."""
    value: str | None = None
    """The measured value, where there is one."""
    tree: str | None = None
    """The tree at which it was measured: it outlives a squash or rebase of the commit."""
    excerpt: str | None = None
    """The lines that were found."""


@dataclass(frozen=True)
class World:
    """The facts, indexed for looking evidence up."""

    facts: Facts
    attribution: Attribution

    @cached_property
    def newest(self) -> Mapping[str, Result]:
        """The newest complete result of each name."""
        return newest_complete(self.facts.results)

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """Content of every file that a piece of evidence looks into, read at once."""
        wanted = {
            evidence.file
            for phase in self.facts.plan.phases
            for criterion in (*phase.prerequisites, *phase.criteria)
            for evidence in criterion.evidence
            if evidence.file and (evidence.contains or evidence.symbol or evidence.lines)
        }
        return dict(self.facts.tree.read(sorted(wanted)))

    @cached_property
    def originals(self) -> Mapping[tuple[str, str], bytes]:
        """Content of every file at the commit whose lines some evidence means, by commit and path."""
        prefix = self.facts.repository.prefix
        names = {
            (evidence.at, evidence.file): f"{evidence.at}:{prefix}{evidence.file}"
            for phase in self.facts.plan.phases
            for criterion in (*phase.prerequisites, *phase.criteria)
            for evidence in criterion.evidence
            if evidence.at and evidence.file
        }
        objects = self.facts.repository.objects(names.values())
        known = {key: blob for key, name in names.items() if (blob := objects[name])}
        contents = read_blobs(self.facts.repository, list(known.values()))
        return {key: content for key, content in zip(known, contents, strict=True) if content is not None}

    @cached_property
    def versions(self) -> Mapping[str, Version]:
        """The frozen versions by number, the oldest first."""
        return {version.version: version for version in self.facts.versions}


LookUp = Callable[[Evidence, World], Found]


def kinds() -> dict[str, LookUp]:
    """Every kind of evidence, by its key in tracker.yml."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").look_up for name in names}
