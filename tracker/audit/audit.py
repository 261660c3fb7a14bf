"""The audit of a repository: families of stale files, and statements of documents that are no longer true."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date as Date
from pathlib import Path
from typing import TypeVar

from tracker.audit.answer_cache import place
from tracker.audit.baseline import Baseline, baseline_of, load
from tracker.audit.context import AuditContext, gather_context
from tracker.audit.decisions import KeptFamily, load_kept
from tracker.audit.family import Family, FileFinding, grouped
from tracker.audit.finding_key import FindingKey, State
from tracker.audit.ignores import settle_ignores, without_ignore_lines
from tracker.audit.names import Kind
from tracker.audit.reachability.graph import ANALYSED
from tracker.audit.reading import LARGEST, MOST_CODE, Report, unseen
from tracker.audit.rule_ids import RENAMED, rules, unknown_rule
from tracker.audit.rules.documents import DEFAULT, NOTES, Statement, statements
from tracker.audit.rules.documents.documents import DocumentContext
from tracker.audit.rules.files import FILE_RULES
from tracker.audit.rules.measured import precision_of
from tracker.audit.scope import Scope, scope_of
from tracker.audit.suppressions import InlineIgnore, marks
from tracker.audit.texts import Text
from tracker.audit.uses import Uses, settle_uses
from tracker.audit.worker import worker
from tracker.cache import Cache, digest, existing
from tracker.errors import TrackerError
from tracker.model import Problem
from tracker.sources.facts import Facts, gather, looking_back, open_workspace
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree, commit_tree, working_tree
from tracker.workspace import PLAN_FILE

BROKEN = (
    f"{PLAN_FILE} cannot be used: ignores do not count and claims are unchecked; `tracker check` lists the problems"
)
QUESTIONS = (NOTES, *(question for rule in FILE_RULES for question in rule.questions))
MANY = 20_000
"""Files that are worth a second process."""
One = TypeVar("One", FileFinding, Statement)


@dataclass(frozen=True)
class Audit:
    """What an audit found."""

    repository: str
    commit: str | None
    files: int
    families: tuple[Family, ...]
    statements: tuple[Statement, ...]
    limits: tuple[str, ...]
    """What could not be known here."""
    problems: tuple[Problem, ...]
    """What is wrong with the ignores: it counts like a finding."""
    prefix: str
    """The way from the top of the repository to the audited folder: "" or "src/"."""
    scope: Scope
    uses: Uses
    baseline: Baseline | None
    """None where none was recorded, and for a revision."""
    kept: tuple[KeptFamily, ...]
    """The findings that a review decided to keep."""
    whole: bool
    """Whether everything that a baseline may know was looked at, so that what was not found is resolved."""
    settled: bool = True
    """Whether no object was missing that may be fetched later."""
    left_out: Counter[State] = field(default_factory=Counter)
    """How many findings and statements were left out because someone dealt with them."""
    maybe: int = 0
    """How many files only `--maybe` reports."""

    @property
    def findings(self) -> list[FileFinding]:
        """Every finding of every family."""
        return [one for family in self.families for one in family.findings]

    @property
    def everything(self) -> list[FileFinding | Statement]:
        """Every finding and every statement."""
        return [*self.findings, *self.statements]

    def fingerprint(self, one: FileFinding | Statement) -> str:
        """What identifies a finding for other tools: its path in the repository, its rule and its words."""
        key = key_of(one, "")
        return digest(self.prefix + key.path, key.rule, key.text)

    def reported(
        self,
        *,
        maybe: bool = False,
        everything: bool = False,
        about: Callable[[FileFinding | Statement], bool] = lambda one: True,
    ) -> Audit:
        """What is reported: without `maybe` only the default families, without `everything` only what is new."""
        findings = [one for one in self.findings if about(one)]
        wanted = [one for one in findings if maybe or not one.maybe]
        said = [one for one in self.statements if (maybe or one.confidence >= DEFAULT) and about(one)]
        more = sum(one.maybe and one.state is State.NEW for one in findings) if not maybe else 0
        both: list[FileFinding | Statement] = [*wanted, *said]
        left_out: Counter[State] = Counter(one.state for one in both if one.state is not State.NEW)
        if not everything:
            wanted = [one for one in wanted if one.state is State.NEW]
            said = [one for one in said if one.state is State.NEW]
        return replace(
            self,
            families=families_of(wanted),
            statements=tuple(said),
            left_out=left_out if not everything else Counter(),
            maybe=more,
        )

    @property
    def fails(self) -> bool:
        """Whether it reports anything new."""
        return bool(self.problems) or any(one.state is State.NEW for one in self.everything)

    def as_baseline(self) -> Baseline:
        """What it reports, as a baseline records it."""
        below = self.scope.below
        return baseline_of(key_of(one, below) for one in self.everything if one.state is not State.IGNORED)


def families_of(findings: Iterable[FileFinding]) -> tuple[Family, ...]:
    """Findings by family: in the order of the rules, the largest family of a rule first."""
    by_id = {rule.id: (number, rule) for number, rule in enumerate(FILE_RULES)}
    found = [
        Family(rule, group, action, maybe, by_id[rule][1].title(group, len(ones)), precision_of(rule), tuple(ones))
        for (rule, group, action, maybe), ones in grouped(findings).items()
    ]
    return tuple(sorted(found, key=lambda one: (one.maybe, by_id[one.rule][0], -len(one.findings), one.group)))


def key_of(one: FileFinding | Statement, below: str) -> FindingKey:
    """What identifies a finding; `below` is the way from the folder of the baseline to the audited one."""
    if isinstance(one, FileFinding):
        return FindingKey(below + one.path, one.rule)
    return FindingKey(below + one.path, one.rule, one.written or one.detail)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: among millions of objects that are all in use it takes long."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def audit(
    folder: Path,
    revision: str | None = None,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    today: Date | None = None,
    report: Report = unseen,
) -> Audit:
    """Audit the tracked files of a folder as they are on disk, or as they were at a revision.

    Findings of every state are returned. `only` and `skip` name rules. For a revision neither the baseline nor
    the ignores of tracker.yml count, which are about today. `report` gets how many contents of how many are read.
    """
    chosen, notes = _chosen(only, skip)
    with Repository.open(folder) as repository:
        at = scope_of(repository)
        tree = at.without_own(working_tree(repository) if revision is None else commit_tree(repository, revision))
        ahead = revision is None and repository.head
        committed = at.without_own(commit_tree(repository, ahead)).files if ahead else None
        context = gather_context(repository, tree, committed, report, place(repository), at.reads, QUESTIONS)
        known = load(at.baseline) if revision is None else None
        deciding = at if revision is None else replace(at, plan=None, broken=False)
        without_ignore_lines(context, deciding)
        facts = _facts(repository, tree)
        documents = DocumentContext(context, tree, repository, facts)
        uses = Uses(context, planned_paths(at))

        def check_documents() -> tuple[list[Statement], list[str]]:
            context.keep()
            return statements(documents, chosen), documents.limits

        with worker(check_documents, worth_it=len(tree.files) > MANY) as second:
            findings = find_stale(context, uses, chosen)
            said, unknown = second.result()
        settled = settle_ignores(findings, said, deciding, list(_marks(context, tree)), today or Date.today(), chosen)
        kept = load_kept(at.decisions) if revision is None else ()
        excuses = {one.key: f"{one.reason} ({one.date})" for one in kept}
        context.close()
        there = all(blob in context.texts for blob in context.files.values())
        complete = not repository.shallow and there
        stale = {one.path for one in settled.findings if not one.maybe and one.state is not State.IGNORED}
        return Audit(
            repository=repository.remote or repository.folder.name,
            commit=tree.commit or repository.head,
            files=len(tree.files),
            families=families_of(_with_state(_kept(one, excuses, at), known, at) for one in settled.findings),
            statements=tuple(_with_state(one, known, at) for one in settled.statements if one.path not in stale),
            limits=(
                *_limits(repository, context, sorted(tree.submodules)),
                *([BROKEN] if deciding.broken or (facts is None and PLAN_FILE in tree.files) else []),
                *unknown,
                *notes,
                *settled.notes,
                *(known.notes if known else ()),
            ),
            problems=tuple(settled.problems) if complete else (),
            prefix=repository.prefix,
            scope=at,
            uses=uses,
            baseline=known,
            kept=kept,
            whole=complete and revision is None and not at.below and len(chosen) == len(rules()),
            settled=there and not any(one.rule == "claimed" for one in said),
        )


def find_stale(context: AuditContext, uses: Uses, chosen: Collection[str]) -> list[FileFinding]:
    """The findings of the chosen rules that no live file contradicts, one a path."""
    findings = [one for rule in FILE_RULES for one in rule(context, uses).find() if one.path not in context.records]
    kept = settle_uses(findings, uses, chosen, {rule.id for rule in FILE_RULES if rule.whole})
    return sorted(kept, key=lambda one: one.path)


def planned_paths(at: Scope) -> frozenset[str]:
    """The files that tracker.yml names as evidence or as covered, relative to the audited folder."""
    if at.plan is None:
        return frozenset()
    named: set[str] = set()
    for phase in at.plan.phases:
        for criterion in phase.criteria:
            named.update(getattr(criterion, "covers", ()))
            named.update(path for one in criterion.evidence if isinstance(path := getattr(one, "file", None), str))
    return frozenset(path.removeprefix(at.below) for path in named)


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


def _with_state(one: One, known: Baseline | None, at: Scope) -> One:
    if known and one.state is State.NEW and known.knows(key_of(one, at.below)):
        return replace(one, state=State.KNOWN)
    return one


def _kept(one: FileFinding, excuses: Mapping[FindingKey, str], at: Scope) -> FileFinding:
    excuse = excuses.get(key_of(one, at.below)) if one.state is State.NEW else None
    return replace(one, state=State.IGNORED, excuse=excuse) if excuse else one


def _marks(context: AuditContext, tree: Tree) -> Iterator[InlineIgnore]:
    """The inline ignores of all documents."""
    marked = [path for path, name in context.names.items() if name.kind is Kind.DOCUMENT and context.text(path).marked]
    for path, content in tree.read(marked):
        yield from marks(path, content.decode("utf-8", "replace"))


def _chosen(only: Collection[str], skip: Collection[str]) -> tuple[frozenset[str], list[str]]:
    """The rules that are asked for, and a note on each name of an earlier version."""
    names = sorted(rules())
    notes = []
    for name in (*only, *skip):
        if name in RENAMED and name not in names:
            notes.append(f"{name} is now {' and '.join(RENAMED[name]) or 'gone'}")
        elif name not in names:
            raise TrackerError(unknown_rule(name))
    wanted, unwanted = (
        {new for name in asked for new in ([name] if name in names else RENAMED[name])} for asked in (only, skip)
    )
    return frozenset(name for name in names if (not only or name in wanted) and name not in unwanted), notes


def _is_closed(text: Text) -> bool:
    return text.binary and not text.elsewhere and 0 < text.size <= LARGEST


def _limits(repository: Repository, context: AuditContext, submodules: list[str]) -> Iterator[str]:
    if not context.files:
        yield "no tracked files: nothing was audited (an empty index, or a checkout that failed)"
    if repository.shallow:
        yield "this clone is shallow: proofs from history are missing; `git fetch --unshallow` gets the rest"
    if context.history.commits and not any(context.history.sizes) and not repository.shallow:
        yield "what commits changed is missing, as in a treeless clone: proofs from history are missing"
    unread = sum(blob not in context.texts for blob in context.files.values())
    if unread:
        yield f"without their content here, as in a partial clone: {unread}; what they mention is unknown"
    long = sum(context.text(path).size > LARGEST for path in context.files)
    if long:
        yield f"not read, for more than {LARGEST // 1_000_000} MB: {long}"
    elsewhere = sum(context.text(path).elsewhere for path in context.files)
    if elsewhere:
        yield f"kept by Git LFS, so that their content was not read: {elsewhere}"
    closed = sum(name.kind is Kind.DOCUMENT and _is_closed(context.text(path)) for path, name in context.names.items())
    if closed:
        yield f"documents that are not text, and were not searched: {closed}"
    if sum(path.endswith(ANALYSED) for path in context.files) > MOST_CODE:
        yield f"no import graph, for more than {MOST_CODE:,} code files: the rule unreachable did not run"
    if submodules:
        yield f"submodules, which are not looked into: {', '.join(submodules)}"
    if not context.history.commits:
        yield "there are no commits yet: proofs from history are missing"
