"""The audit of a repository: its files that look stale, the surest first, and statements that are no longer true."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.audit.features import Features, feature_of, features
from tracker.audit.model import Model, fitted
from tracker.audit.reading import LARGEST
from tracker.audit.signals import Signal, signals
from tracker.audit.statements import Statement, statements
from tracker.audit.subject import Subject, look
from tracker.errors import TrackerError
from tracker.sources.reading import nearest
from tracker.sources.repository import Repository
from tracker.sources.trees import commit_tree, working_tree


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one signal takes a file for stale."""

    signal: str
    detail: str
    by: str | None
    """The other file or the commit that shows it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that looks stale."""

    path: str
    confidence: float
    """The probability that it is stale."""
    action: str
    """What is proposed: remove or archive."""
    reasons: tuple[Reason, ...]
    """The weightiest first."""
    last_commit: str | None
    last_changed: datetime | None
    references: tuple[str, ...]
    """The files that mention it."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found."""

    repository: str
    commit: str | None
    files: int
    findings: tuple[Finding, ...]
    statements: tuple[Statement, ...]
    limits: tuple[str, ...]
    """What could not be known here."""


def audit(
    folder: Path,
    revision: str | None = None,
    *,
    at_least: float = 0.0,
    only: Collection[str] = (),
    skip: Collection[str] = (),
) -> Audit:
    """Audit the tracked files of a folder as they are on disk, or as they were at a revision.

    `only` and `skip` name signals. They choose what is told, and change no confidence: it is the file's.
    """
    chosen = _chosen(only, skip)
    with Repository.open(folder) as repository:
        tree = working_tree(repository) if revision is None else commit_tree(repository, revision)
        subject = look(repository, tree)
        found = judge(subject, features(subject), fitted(), chosen)
        return Audit(
            repository=repository.remote or repository.folder.name,
            commit=tree.commit or repository.head,
            files=len(tree.files),
            findings=tuple(finding for finding in found if finding.confidence >= at_least),
            statements=tuple(one for one in statements(subject, tree) if one.signal in chosen),
            limits=tuple(_limits(repository, subject)),
        )


def judge(subject: Subject, known: Features, model: Model, chosen: Collection[str]) -> list[Finding]:
    """The files of which a chosen signal says something, the surest first."""
    scores = model.scores(subject, known.values)
    found = []
    for path, signs in known.signs.items():
        weighed = sorted(
            (one for one in signs if one[0] in chosen),
            key=lambda one: -model.adds(feature_of(*one), one[1].strength),
        )
        if not weighed:
            continue
        life = subject.past.lives.get(path)
        last = subject.past.commits[life.changed] if life else None
        found.append(
            Finding(
                path,
                round(scores[path], 4),
                _action(signals()[name] for name, _ in weighed),
                tuple(Reason(name, sign.detail, sign.by) for name, sign in weighed),
                last.hash if last else None,
                last.date if last else None,
                tuple(sorted(mention.by for mention in subject.mentioned.get(path, ()))),
            )
        )
    return sorted(found, key=lambda finding: (-finding.confidence, finding.path))


def _action(weightiest_first: Iterable[Signal]) -> str:
    return next((signal.action for signal in weightiest_first if signal.action), "remove")


def _chosen(only: Collection[str], skip: Collection[str]) -> frozenset[str]:
    for name in (*only, *skip):
        if name not in signals():
            hint = nearest(name, signals()) or f"; there are: {', '.join(signals())}"
            raise TrackerError(f"no signal is called {name!r}{hint}")
    return frozenset(only or signals()) - frozenset(skip)


def _limits(repository: Repository, subject: Subject) -> list[str]:
    said = []
    if repository.shallow:
        said.append(
            "this clone is shallow: what history would say is mostly unknown, and confidence means less; "
            "`git fetch --unshallow` brings the rest"
        )
    unread = sum(blob not in subject.texts for blob in subject.files.values())
    if unread:
        said.append(f"without their content here, as in a partial clone: {unread}; what they mention is unknown")
    long = sum(subject.text(path).size > LARGEST for path in subject.files)
    if long:
        said.append(f"not read, for more than {LARGEST // 1_000_000} MB: {long}")
    if not subject.past.commits:
        said.append("there are no commits yet: nothing is known of the past")
    return said
