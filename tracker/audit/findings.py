"""The audit of a repository: its files that look stale, the surest first, and statements that are no longer true."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.audit.aside import aside
from tracker.audit.features import Features, feature_of, features
from tracker.audit.model import Model, fitted
from tracker.audit.names import Kind
from tracker.audit.reading import LARGEST, Report, Text, unseen
from tracker.audit.signals import Signal, signals
from tracker.audit.statements import Statement, checks, statements
from tracker.audit.statements.documents import Case
from tracker.audit.subject import Subject, look
from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.sources.facts import Facts, gather, looking_back, open_workspace
from tracker.sources.reading import nearest
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree, commit_tree, working_tree
from tracker.workspace import PLAN_FILE

MANY = 20_000
"""Files that are worth a second process."""
PLACE = re.compile(r"\s*path\s*=")


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
    settled: bool = True
    """Whether nothing was looked for and not found, which may turn up anywhere: content, or what sessions claim."""


def audit(
    folder: Path,
    revision: str | None = None,
    *,
    at_least: float = 0.0,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    report: Report = unseen,
) -> Audit:
    """Audit the tracked files of a folder as they are on disk, or as they were at a revision.

    `only` and `skip` name signals. They choose what is told, and change no confidence: it is the file's. `report` is
    told how many contents of how many are read.
    """
    chosen = _chosen(only, skip)
    with Repository.open(folder) as repository:
        tree = working_tree(repository) if revision is None else commit_tree(repository, revision)
        subject = look(repository, tree, report)
        facts, broken = _facts(repository, tree)
        case = Case(subject, tree, repository, facts)
        with aside(lambda: (statements(case, chosen), case.limits), worth_it=len(tree.files) > MANY) as told:
            found = judge(subject, features(subject), fitted(), chosen, at_least)
            said, unknown = told.result()
        return Audit(
            repository=repository.remote or repository.folder.name,
            commit=tree.commit or repository.head,
            files=len(tree.files),
            findings=tuple(found),
            statements=tuple(one for one in said if one.confidence >= at_least),
            limits=(*_limits(repository, subject, _submodules(tree)), *broken, *unknown),
            settled=all(blob in subject.texts for blob in subject.files.values())
            and not any(one.signal == "claimed" for one in said),
        )


def _facts(repository: Repository, tree: Tree) -> tuple[Facts | None, list[str]]:
    """What the sessions of the audited folder say, and why that is not known."""
    if PLAN_FILE not in tree.files:
        return None, []
    try:
        if tree.commit:
            with looking_back(repository, tree.commit) as facts:
                return facts, []
        workspace = open_workspace(repository.folder)
        with Cache(workspace.state if workspace.state.is_dir() else None) as cache:
            return gather(workspace, repository, cache), []
    except TrackerError:
        return None, [f"{PLAN_FILE} cannot be used: what sessions claim is unchecked; `tracker check` says why"]


def judge(
    subject: Subject, known: Features, model: Model, chosen: Collection[str], at_least: float = 0.0
) -> list[Finding]:
    """The files of which a chosen signal says something and that are stale at least so surely, the surest first."""
    scores = model.scores(subject, known.values)
    found = []
    for path, signs in known.signs.items():
        if (confidence := round(scores[path], 4)) < at_least:
            continue
        weighed = sorted(
            (one for one in signs if one[0] in chosen),
            key=lambda one: -model.second.get(feature_of(*one), 0.0) * one[1].strength,
        )
        if not weighed:
            continue
        life = subject.past.lives.get(path)
        last = subject.past.commits[life.changed] if life else None
        found.append(
            Finding(
                path,
                confidence,
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
    names = sorted(rules())
    for name in (*only, *skip):
        if name not in names:
            hint = nearest(name, names) or f"; there are: {', '.join(names)}"
            raise TrackerError(f"no signal is called {name!r}{hint}")
    return frozenset(only or names) - frozenset(skip)


def rules() -> dict[str, str]:
    """What can be found, by the name of the signal: of files, and of statements."""
    told = {check.signal: check.__doc__ or "" for check in checks()}
    found = told | {name: signal.__doc__ or "" for name, signal in signals().items()}
    return {name: text.splitlines()[0] for name, text in sorted(found.items())}


def _submodules(tree: Tree) -> list[str]:
    """Where submodules are, by what the tree says of them."""
    found = (content.decode("utf-8", "replace") for _, content in tree.read([".gitmodules"]))
    return [line.partition("=")[2].strip() for text in found for line in text.splitlines() if PLACE.match(line)]


def _is_closed(text: Text) -> bool:
    return text.binary and not text.elsewhere and 0 < text.size <= LARGEST


def _limits(repository: Repository, subject: Subject, submodules: list[str]) -> list[str]:
    said = []
    if repository.shallow:
        said.append(
            "this clone is shallow: what history would say is mostly unknown, and confidence means less; "
            "`git fetch --unshallow` brings the rest"
        )
    if subject.past.commits and not any(subject.past.sizes):
        said.append("what commits changed is not here, as in a treeless clone: nothing is known of the past")
    unread = sum(blob not in subject.texts for blob in subject.files.values())
    if unread:
        said.append(f"without their content here, as in a partial clone: {unread}; what they mention is unknown")
    long = sum(subject.text(path).size > LARGEST for path in subject.files)
    if long:
        said.append(f"not read, for more than {LARGEST // 1_000_000} MB: {long}")
    elsewhere = sum(subject.text(path).elsewhere for path in subject.files)
    if elsewhere:
        said.append(f"kept by Git LFS, so that their content was not read: {elsewhere}")
    closed = sum(name.kind is Kind.DOCUMENT and _is_closed(subject.text(path)) for path, name in subject.names.items())
    if closed:
        said.append(f"documents that are not text, and were not searched: {closed}")
    if submodules:
        said.append(f"submodules, which are not looked into: {', '.join(submodules)}")
    if not subject.past.commits:
        said.append("there are no commits yet: nothing is known of the past")
    return said
