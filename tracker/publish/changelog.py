"""CHANGELOG.md: the releases as plain data for its template, in the format of keepachangelog.com/en/1.1.0."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from itertools import groupby

from tracker.errors import TrackerError
from tracker.model import ChangeKind, FrozenChange, FrozenCriterion, FrozenEvidence, Verdict, Version
from tracker.progress.progress import Progress
from tracker.progress.release import release_content, version_changes
from tracker.progress.versions import criteria_of, snapshot
from tracker.publish.forge import compare_address, request_address

Filter = Callable[[FrozenChange], bool]


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request that made a change."""

    number: int
    address: str | None


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """One line of a changelog."""

    text: str
    """Markdown that a person wrote; if `generated`, the literal subject of a commit."""
    commits: tuple[str, ...]
    session: str | None
    breaking: bool = False
    scope: str | None = None
    pull_requests: tuple[PullRequest, ...] = ()
    generated: bool = False

    @property
    def commit(self) -> str | None:
        """The first of its commits."""
        return self.commits[0] if self.commits else None


@dataclass(frozen=True, slots=True)
class ChangedCriterion:
    """A criterion whose verdict differs from that in the previous version."""

    id: str
    text: str
    before: str | None
    after: str
    evidence: tuple[FrozenEvidence, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The changes of one version."""

    version: str | None
    """None for changes that are not released yet."""
    date: Date
    note: str | None
    entries: tuple[tuple[str, tuple[ChangelogEntry, ...]], ...]
    """By section, in the order of Keep a Changelog."""
    criteria: tuple[tuple[str, tuple[ChangedCriterion, ...]], ...]
    """By section: verified, regressed, no longer verified."""
    contributors: tuple[str, ...]
    compare: str | None
    """Address of the page that compares it with the previous version."""
    commit: str | None


def releases(
    progress: Progress,
    *,
    since: str | None = None,
    only: str | None = None,
    unreleased: bool = False,
    keeps: Filter | None = None,
) -> list[Release]:
    """Return the unreleased changes and those of every version, the newest first.

    With `since`, only versions after that one; with `only`, that version alone. With the filter `keeps`, only those
    changes, without criteria and contributors, which belong to the project as a whole. Raises TrackerError if a version
    does not exist.
    """
    versions = progress.facts.versions
    for name in (since, only):
        if name is not None:
            _require(name, versions)
    changes = version_changes(progress)
    found = [
        describe_release(progress, one, before, changes[one.version], keeps)
        for before, one in zip([None, *versions], versions, strict=False)
    ]
    if only is not None:
        return [one for one in found if one.version == only]
    pending = list(_pending(progress, keeps))
    if unreleased:
        return pending
    first = [one.version for one in versions].index(since) + 1 if since is not None else 0
    return [*pending, *reversed(found[first:])]


def _require(number: str, versions: Sequence[Version]) -> None:
    numbers = [version.version for version in versions]
    if number not in numbers:
        raise TrackerError(f"{number}: no such version; the versions are: {', '.join(numbers) or 'none yet'}")


def _pending(progress: Progress, keeps: Filter | None) -> Iterator[Release]:
    """Yield the unreleased changes, if there are any."""
    versions = progress.facts.versions
    content = release_content(progress)
    now = snapshot(progress, "0.0.0", content=content)
    release = describe_release(progress, now, versions[-1] if versions else None, content.changes, keeps, number=None)
    if release.entries or release.criteria:
        yield release


def describe_release(
    progress: Progress,
    version: Version,
    before: Version | None,
    changes: Iterable[FrozenChange],
    keeps: Filter | None = None,
    *,
    number: str | None = "",
) -> Release:
    """Return a version as its changelog shows it; `number=None` is for an unreleased one."""
    address, history = progress.facts.web_address, progress.facts.history
    return Release(
        version=version.version if number is not None else None,
        date=version.date,
        note=version.note,
        entries=entries_by_kind([one for one in changes if keeps is None or keeps(one)], address),
        criteria=tuple(changed_criteria(before, version, history.changes.keys())) if keeps is None else (),
        contributors=version.contributors if keeps is None else (),
        compare=compare_address(address, before.commit if before else None, version.commit),
        commit=version.commit,
    )


def entries_by_kind(
    changes: Iterable[FrozenChange], address: str | None
) -> tuple[tuple[str, tuple[ChangelogEntry, ...]], ...]:
    """Return the entries of a changelog by section, in the order of Keep a Changelog."""
    order = list(ChangeKind)
    ordered = sorted(changes, key=lambda one: order.index(one.kind))
    grouped = groupby(ordered, key=lambda one: one.kind)
    return tuple((kind.capitalize(), tuple(_entry(one, address) for one in each)) for kind, each in grouped)


def _entry(change: FrozenChange, address: str | None) -> ChangelogEntry:
    return ChangelogEntry(
        text=change.text,
        commits=change.commits,
        session=change.session,
        breaking=change.breaking,
        scope=change.scope,
        pull_requests=tuple(PullRequest(one, request_address(address, one)) for one in change.pull_requests),
        generated=change.generated,
    )


VERIFIED, REGRESSED, STALE = "Verified", "Regressed", "No longer verified"


def changed_criteria(
    before: Version | None, after: Version, tracked: Collection[str]
) -> Iterator[tuple[str, tuple[ChangedCriterion, ...]]]:
    """Yield the criteria that were met, or that are met no longer, since the version before.

    Evidence in a file that Git never tracked has no address.
    """
    old = criteria_of(before) if before else {}
    sections: dict[str, list[ChangedCriterion]] = {VERIFIED: [], REGRESSED: [], STALE: []}
    for name, now in criteria_of(after).items():
        was = old[name].verdict if name in old else None
        if section := _section(was, now.verdict):
            sections[section].append(_changed(now, was, tracked))
    yield from ((title, tuple(found)) for title, found in sections.items() if found)


def _section(was: Verdict | None, now: Verdict) -> str | None:
    """A stale criterion did not regress: it must be measured again."""
    if now is Verdict.MET:
        return VERIFIED if was is not Verdict.MET else None
    if was is not Verdict.MET or now is Verdict.ATTESTED:
        return None
    return STALE if now is Verdict.STALE else REGRESSED


def _changed(now: FrozenCriterion, was: Verdict | None, tracked: Collection[str]) -> ChangedCriterion:
    evidence = (one if one.where in tracked else one.model_copy(update={"where": None}) for one in now.evidence)
    return ChangedCriterion(now.id, now.text, was, now.verdict, tuple(evidence))
