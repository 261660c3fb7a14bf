"""What evidence is looked up in, and what is found there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date
from functools import cached_property

from tracker.model import BaseEvidence, Criterion, MeasuredResult, Origin, Verdict, Version
from tracker.progress.attribution import CommitAttribution
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
    """The commit at which it was measured; None where no commit is recorded."""
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
    origin: Origin | None = None
    """Whether a result is as the tool that measured it wrote it; None where nothing was measured by a tool of ours."""
    only_here: bool = False
    """Git does not track the result that says it, so it proves nothing on another machine."""
    covered: Mapping[str, str | None] | None = None
    """What `tracker verify` recorded of the files that the evidence is about, see `freshness.Snapshot`."""
    earlier: tuple[Found, ...] = ()
    """What earlier runs of the same command found, the newest first: one of them may be of the present files."""


@dataclass(frozen=True)
class World:
    """The facts, indexed for looking evidence up."""

    facts: Facts
    attribution: CommitAttribution

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion and prerequisite of the plan, in its order."""
        return tuple(one for phase in self.facts.plan.phases for one in (*phase.prerequisites, *phase.criteria))

    @cached_property
    def newest(self) -> Mapping[str, MeasuredResult]:
        """The newest complete result of each name."""
        return newest_complete(self.facts.results)

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """Content of every file that evidence needs, by path; read together."""
        return dict(self.facts.tree.read(sorted({path for one in self._evidence() for path in one.contents})))

    @cached_property
    def originals(self) -> Mapping[tuple[str, str], bytes]:
        """Content of every file that evidence needs as of a commit, by commit and path; read together."""
        prefix = self.facts.repository.prefix
        wanted = {pair for one in self._evidence() for pair in one.originals}
        names = {(commit, path): f"{commit}:{prefix}{path}" for commit, path in wanted}
        objects = self.facts.repository.objects(names.values())
        known = {key: blob for key, name in names.items() if (blob := objects[name])}
        contents = read_blobs(self.facts.repository, list(known.values()))
        return {key: content for key, content in zip(known, contents, strict=True) if content is not None}

    @cached_property
    def versions(self) -> Mapping[str, Version]:
        """The frozen versions by number, the oldest first."""
        return {version.version: version for version in self.facts.versions}

    def _evidence(self) -> Iterator[BaseEvidence]:
        return (evidence for criterion in self.criteria for evidence in criterion.evidence)


def found_in(world: World, result: MeasuredResult, verdict: Verdict, text: str, value: str | None = None) -> Found:
    """Return what a result says, with where, when and at which commit it was measured."""
    return Found(
        verdict,
        text,
        where=result.path,
        when=result.started.date() if result.started else None,
        commit=result.commit,
        tree=result.tree,
        dirty=result.dirty,
        session=world.attribution.session_of_result.get(result.path),
        value=value,
        origin=result.origin,
        covered=_recorded(result),
        only_here=result.path not in world.facts.tree.files,
    )


def _recorded(result: MeasuredResult) -> Mapping[str, str | None] | None:
    """Return what `tracker verify` recorded of the covered code; no other result records it."""
    recorded = result.data.get("covered") if result.data.get("kind") in ("command", "report") else None
    return recorded if isinstance(recorded, dict) else None
