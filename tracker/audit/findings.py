"""The audit of a repository: its files that look stale, the surest first, and statements that are no longer true."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date as Date
from pathlib import Path
from typing import TypeVar

from tracker.audit.aside import aside
from tracker.audit.baseline import Baseline, baseline_of, load
from tracker.audit.features import Features, feature_of, features
from tracker.audit.finding import Finding, Reason
from tracker.audit.home import Home, home
from tracker.audit.ignores import lines_of, settle
from tracker.audit.marks import InlineIgnore, marks
from tracker.audit.memory import place
from tracker.audit.model import Model, fitted
from tracker.audit.names import Kind
from tracker.audit.reading import LARGEST, Report, unseen
from tracker.audit.signals import signals
from tracker.audit.signals.company import Company
from tracker.audit.state import Mark, State
from tracker.audit.statements import Statement, checks, statements
from tracker.audit.statements.documents import Case
from tracker.audit.subject import Subject, look
from tracker.audit.texts import Text
from tracker.audit.unmarked import unmarked, without_lines
from tracker.audit.work import HASH
from tracker.cache import Cache, digest, existing
from tracker.errors import TrackerError
from tracker.model import Problem
from tracker.sources.facts import Facts, gather, looking_back, open_workspace
from tracker.sources.reading import nearest
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree, commit_tree, working_tree
from tracker.workspace import PLAN_FILE

BROKEN = f"{PLAN_FILE} cannot be used: ignores do not count, claims are unchecked; `tracker check` says why"
MANY = 20_000
"""Files that are worth a second process."""
LONGER = 0.3
"""The confidence from which a list of files is still worth reading: of those, one in three goes (docs/audit.md)."""
One = TypeVar("One", Finding, Statement)


@dataclass(frozen=True)
class Audit:
    """What an audit found."""

    repository: str
    commit: str | None
    files: int
    findings: tuple[Finding, ...]
    statements: tuple[Statement, ...]
    limits: tuple[str, ...]
    """What could not be known here."""
    problems: tuple[Problem, ...]
    """What is wrong with the ignores: it counts like a finding."""
    prefix: str
    """The way from the top of the repository to the audited folder: "" or "src/"."""
    home: Home
    baseline: Baseline | None
    """What was known; None where nothing was recorded, and of a revision."""
    whole: bool
    """Whether all was looked at that a baseline may know of, so that what was not found is gone."""
    settled: bool = True
    """Whether nothing was looked for and not found, which may turn up anywhere: content, or what sessions claim."""
    untold: Counter[State] = field(default_factory=Counter)
    """How many findings and statements were left out because people dealt with them."""
    below: int = 0
    """How many more files would be told of if the bar were at `LONGER`."""

    def fingerprint(self, one: Finding | Statement) -> str:
        """By what other tools know a finding again: its path in the repository, its signal and its words."""
        mark = _mark(one, "")
        return digest(self.prefix + mark.path, mark.signal, mark.text)

    def told(
        self,
        *,
        at_least: float,
        everything: bool = False,
        about: Callable[[Finding | Statement], bool] = lambda one: True,
    ) -> Audit:
        """What is at or above a bar and, unless everything is asked for, new."""
        longer = [one for one in self.findings if one.confidence >= min(at_least, LONGER) and about(one)]
        above = [one for one in longer if one.confidence >= at_least]
        said = [one for one in self.statements if one.confidence >= at_least and about(one)]
        if everything:
            return replace(self, findings=tuple(above), statements=tuple(said), below=len(longer) - len(above))
        return replace(
            self,
            findings=tuple(one for one in above if one.state is State.NEW),
            statements=tuple(one for one in said if one.state is State.NEW),
            untold=Counter(state for state in _states(above, said) if state is not State.NEW),
            below=sum(one.state is State.NEW and one.confidence < at_least for one in longer),
        )

    @property
    def fails(self) -> bool:
        """Whether it tells of anything that nobody has dealt with."""
        return bool(self.problems) or State.NEW in _states(self.findings, self.statements)

    def as_baseline(self) -> Baseline:
        """What it tells, as a baseline has it."""
        below = self.home.below
        return baseline_of(
            (
                Mark(below + one.path, reason.signal)
                for one in self.findings
                if one.state is not State.IGNORED
                for reason in one.reasons
            ),
            (_mark(one, below) for one in self.statements if one.state is not State.IGNORED),
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage in cycles: among millions of objects that are all in use it takes long."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()  # till all that was gathered is let go
def audit(
    folder: Path,
    revision: str | None = None,
    *,
    at_least: float = 0.0,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    today: Date | None = None,
    report: Report = unseen,
) -> Audit:
    """Audit the tracked files of a folder as they are on disk, or as they were at a revision.

    Everything is told, whatever its state, and also below `at_least`: from `LONGER` on, and all where a baseline or
    ignores must be held against it. `only` and `skip` name signals; they change no confidence: it is the file's. Of a
    revision neither the baseline nor the ignores of tracker.yml count, which speak of today. `report` is told how many
    contents of how many are read.
    """
    chosen = _chosen(only, skip)
    with Repository.open(folder) as repository:
        at = home(repository)
        tree = at.without_own(working_tree(repository) if revision is None else commit_tree(repository, revision))
        ahead = revision is None and repository.head
        committed = at.without_own(commit_tree(repository, ahead)).files if ahead else None
        subject = look(repository, tree, committed, report, place(repository))
        if revision is None:
            subject = without_lines(subject, tree, lines_of(at))  # to ignore a file is no use of it
        known = load(at.baseline) if revision is None else None
        deciding = at if revision is None else replace(at, plan=None, broken=False)
        held = known is not None or (deciding.plan is not None and bool(deciding.plan.audit.ignore))
        floor = 0.0 if held else min(at_least, LONGER)
        facts = _facts(repository, tree)
        case = Case(subject, tree, repository, facts)

        def read_documents() -> tuple[list[Statement], list[str]]:
            subject.keep()
            return statements(case, rules()), case.limits

        with aside(read_documents, worth_it=len(tree.files) > MANY) as told:
            judged = judge(subject, features(subject), fitted(), rules(), floor)
            said, unknown = told.result()
        marked = list(_marks(subject, tree))
        settled = settle(
            (one for one in judged if not at.reads(one.path)),
            said,
            deciding,
            marked,
            unmarked(subject, tree, marked),
            rules(),
            today or Date.today(),
        )
        there = all(blob in subject.texts for blob in subject.files.values())
        complete = not repository.shallow and there
        return Audit(
            repository=repository.remote or repository.folder.name,
            commit=tree.commit or repository.head,
            files=len(tree.files),
            findings=tuple(_standing(one, known, at) for one in _about(settled.findings, chosen)),
            statements=tuple(_standing(one, known, at) for one in settled.statements if one.signal in chosen),
            limits=(
                *_limits(repository, subject, sorted(tree.submodules)),
                *([BROKEN] if deciding.broken or (facts is None and PLAN_FILE in tree.files) else []),
                *unknown,
            ),
            problems=tuple(settled.problems) if complete else (),
            prefix=repository.prefix,
            home=at,
            baseline=known,
            whole=complete and revision is None and not at.below and len(chosen) == len(rules()),
            settled=there and not any(one.signal == "claimed" for one in said),
        )


def _facts(repository: Repository, tree: Tree) -> Facts | None:
    """What the sessions of the audited folder say; None where there is no tracker.yml, or one that cannot be used."""
    if PLAN_FILE not in tree.files:
        return None
    try:
        if tree.commit:
            with looking_back(repository, tree.commit) as facts:
                return facts
        workspace = open_workspace(repository.folder)
        with Cache(existing(workspace.cache)) as cache:
            return gather(workspace, repository, cache)
    except TrackerError:
        return None


def _states(findings: Iterable[Finding], statements: Iterable[Statement]) -> Iterator[State]:
    yield from (one.state for one in findings)
    yield from (one.state for one in statements)


def _standing(one: One, known: Baseline | None, at: Home) -> One:
    if known and one.state is State.NEW and known.knows(_mark(one, at.below)):
        return replace(one, state=State.KNOWN)
    return one


def _mark(one: Finding | Statement, below: str) -> Mark:
    if isinstance(one, Finding):
        return Mark(below + one.path, one.reasons[0].signal)
    return Mark(below + one.path, one.signal, one.written or one.detail)


def _about(findings: list[Finding], chosen: Collection[str]) -> Iterator[Finding]:
    """What the chosen signals say, of the files of which one says something."""
    for one in findings:
        reasons = tuple(reason for reason in one.reasons if reason.signal in chosen)
        if reasons:
            yield one if len(reasons) == len(one.reasons) else replace(one, reasons=reasons)


def _marks(subject: Subject, tree: Tree) -> Iterator[InlineIgnore]:
    """The marks of all documents."""
    marked = [path for path, name in subject.names.items() if name.kind is Kind.DOCUMENT and subject.text(path).marked]
    for path, content in tree.read(marked):
        yield from marks(path, content.decode("utf-8", "replace"))


def judge(
    subject: Subject, known: Features, model: Model, chosen: Collection[str], at_least: float = 0.0
) -> list[Finding]:
    """The files of which a chosen signal says something and that are stale at least so surely, the surest first."""
    alone = model.odds(known.values, len(subject.files))
    beside = model.beside(subject, alone)
    found = []
    for index, (path, odds) in enumerate(zip(subject.files, model.together(alone, beside), strict=True)):
        if (confidence := round(model.probability(odds), 4)) < at_least:
            continue
        signs = known.signs.get(path, ())
        adds = [(model.adds(feature_of(name, sign), sign.strength), name, sign) for name, sign in signs]
        around = Company.told(subject, path, {kind: column[index] for kind, column in beside.items()})
        adds += [(model.slope * beside[sign.variant][index], Company.name, sign) for sign in around]
        weighed = sorted((one for one in adds if one[1] in chosen), key=lambda one: -one[0])
        if not weighed:
            continue
        life = subject.past.lives.get(path)
        last = subject.past.commits[life.changed] if life else None
        found.append(
            Finding(
                path,
                confidence,
                tuple(Reason(name, sign.detail, sign.by, weight) for weight, name, sign in weighed),
                last.hash if last and last.hash != HASH else None,
                last.date if last else None,
                tuple(sorted(mention.by for mention in subject.mentioned.get(path, ()))),
            )
        )
    return sorted(found, key=lambda finding: (-finding.confidence, finding.path))


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


def _is_closed(text: Text) -> bool:
    return text.binary and not text.elsewhere and 0 < text.size <= LARGEST


def _limits(repository: Repository, subject: Subject, submodules: list[str]) -> list[str]:
    said = []
    if repository.shallow:
        said.append(
            "this clone is shallow: what history would say is mostly unknown, and confidence means less; "
            "`git fetch --unshallow` brings the rest"
        )
    if subject.past.commits and not any(subject.past.sizes) and not repository.shallow:
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
