"""`tracker diff BASE HEAD --format markdown`: what a pull request changes, and nothing that was so before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

from tracker.audit.audit import Audit, audit, key_of
from tracker.commands.project import open_progress
from tracker.errors import TrackerError
from tracker.model import Problem, Verdict
from tracker.progress.claims import Claim, ClaimVerdict, claim_problem
from tracker.progress.items import ItemState, OpenItem
from tracker.progress.progress import Progress, look_up
from tracker.progress.verdicts import Checked
from tracker.progress.versions import Changed, Transition, compare, snapshot
from tracker.publish.render import Renderer
from tracker.sources.facts import BrokenPlan, looking_back
from tracker.sources.repository import Repository
from tracker.workspace import PLAN_FILE, NoWorkspace, find_root

SHORT = 7
MOST = 20
VERDICTS = (Changed.PHASE, Changed.TASK, Changed.CRITERION, Changed.WORDING, Changed.VALUE)
"""Kinds of changes that are listed."""
CLAIMED = "claimed"
"""The rule of the audit that reports refuted claims."""
REMOVED = "tracker.yml is removed: nothing in the workspace was compared"
WRONG = (ClaimVerdict.REFUTED, ClaimVerdict.DISPUTED)


@dataclass(frozen=True, slots=True)
class StaleEvidence:
    """A piece of evidence that was fresh before."""

    criterion: str
    asks: str
    found: str
    changed: tuple[str, ...]
    """What it covers and what changed since it was measured."""


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    """A claim whose verdict is another one than before."""

    verdict: ClaimVerdict
    problem: Problem


@dataclass(frozen=True, slots=True)
class ProgressChanges:
    """What changes in the progress of a workspace."""

    transitions: tuple[Transition, ...] = ()
    claims: tuple[ChangedClaim, ...] = ()
    """Claims that are refuted or disputed, and were not before."""
    stale: tuple[StaleEvidence, ...] = ()
    mended: tuple[ChangedClaim, ...] = ()
    """Claims that are confirmed, and were refuted or disputed before."""
    problems: tuple[Problem, ...] = ()
    items: tuple[OpenItem, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitComparison:
    """What a pull request changes."""

    before: str
    """The commit at which it left its base, abbreviated."""
    after: str
    """Abbreviated; empty for the files on disk."""
    progress: ProgressChanges
    audit: Audit
    """Only what was not found before."""
    notes: tuple[str, ...]
    """What could not be compared."""

    @property
    def markdown(self) -> str:
        """A page that lists at most MOST entries of a kind. No template of the workspace is used."""
        parts = [getattr(self.progress, one.name) for one in fields(self.progress)]
        is_any = any([*parts, self.audit.families, self.audit.statements])
        values = {"found": self, "progress": self.progress, "any": is_any, "most": MOST}
        return Renderer().text("pull_request.md.j2", values)


def compare_commits(folder: Path, before: str, after: str | None) -> CommitComparison:
    """Return what changes from where `after` left `before`; without `after` up to the files on disk.

    Works without a workspace. Raises TrackerError for an unknown revision, and where a shallow clone lacks the commit
    at which `after` left `before`; BrokenPlan.
    """
    root = _workspace(folder)
    notes: list[str] = []
    with Repository.open(root or folder) as repository:
        tip = repository.resolve(after) if after else repository.head
        start = _start(repository, _resolve(repository, before), tip, notes)
        on_disk = after is None or (tip == repository.head and _is_clean(repository))
        progress = _progress(repository, start, after and tip, notes) if root else ProgressChanges()
        if root is None and repository.objects([plan := f"{start}:{repository.prefix}{PLAN_FILE}"])[plan]:
            notes.append(REMOVED)
        found = _audit(root or folder, start, None if on_disk else tip)
    end = tip[:SHORT] if after and tip else ""
    return CommitComparison(start[:SHORT], end, progress, found, tuple(notes))


def _workspace(folder: Path) -> Path | None:
    try:
        return find_root(folder)
    except NoWorkspace:
        return None


def _resolve(repository: Repository, revision: str) -> str:
    try:
        return repository.resolve(revision)
    except TrackerError as error:
        if repository.shallow:
            raise TrackerError(f"{error}; this clone is shallow: fetch the whole history") from None
        raise


def _start(repository: Repository, before: str, tip: str | None, notes: list[str]) -> str:
    """The commit at which `tip` left `before`: what happened to the base since is no change of the pull request."""
    found = repository.merge_base(before, tip)
    if found is None:
        text = f"{before[:SHORT]} and {(tip or 'no commit')[:SHORT]} have no common ancestor here"
        if repository.shallow:
            raise TrackerError(f"{text}; this clone is shallow: fetch the whole history")
        notes.append(text)
    return found or before


def _is_clean(repository: Repository) -> bool:
    with repository.run("status", "--porcelain", "--untracked-files=no") as output:
        return not output.read()


# --- the workspace --------------------------------------------------------------------------------------------------


def _progress(repository: Repository, start: str, tip: str | None, notes: list[str]) -> ProgressChanges:
    """What changes in the progress; nothing where that is unknown. Raises BrokenPlan of the plan at the end."""
    with ExitStack() as stack:
        before, is_broken = None, False
        try:
            before = look_up(stack.enter_context(looking_back(repository, start)))
        except NoWorkspace:
            notes.append(f"there is no workspace at {start[:SHORT]}: everything in it is new")
        except BrokenPlan:
            is_broken = True
        try:
            after = _after(repository, tip, stack)
        except NoWorkspace:
            notes.extend([REMOVED] if before or is_broken else [])
            return ProgressChanges()
        if is_broken:
            notes.append(f"tracker.yml could not be read at {start[:SHORT]}: what changed in the workspace is unknown")
            return ProgressChanges()
        return _changes(before, after)


def _after(repository: Repository, tip: str | None, stack: ExitStack) -> Progress:
    if tip:
        return look_up(stack.enter_context(looking_back(repository, tip)))
    return stack.enter_context(open_progress(repository.folder, write=False))[0]


def _changes(before: Progress | None, after: Progress) -> ProgressChanges:
    return ProgressChanges(
        tuple(_transitions(before, after)),
        tuple(_claims(before, after)),
        tuple(_stale(before, after)),
        tuple(_mended(before, after)),
        tuple(_problems(before, after)),
        tuple(_items(before, after)),
    )


def _transitions(before: Progress | None, after: Progress) -> Iterator[Transition]:
    new = snapshot(after)
    old = snapshot(before) if before else new.model_copy(update={"phases": ()})
    yield from (one for one in compare(old, new).transitions if one.kind in VERDICTS)


def _claims(before: Progress | None, after: Progress) -> Iterator[ChangedClaim]:
    old = _verdicts(before)
    for verdict in WRONG:
        for claim in after.claims_with(verdict):
            if old.get(_key(claim)) is not verdict:
                yield ChangedClaim(verdict, claim_problem(claim, after.sessions))


def _mended(before: Progress | None, after: Progress) -> Iterator[ChangedClaim]:
    old = _verdicts(before)
    for claim in after.claims_with(ClaimVerdict.CONFIRMED):
        if old.get(_key(claim)) in WRONG:
            yield ChangedClaim(claim.verdict, claim_problem(claim, after.sessions))


def _verdicts(progress: Progress | None) -> dict[tuple[str, str, str], ClaimVerdict]:
    return {_key(one): one.verdict for claims in progress.claims.values() for one in claims} if progress else {}


def _key(claim: Claim) -> tuple[str, str, str]:
    return claim.session, claim.kind, claim.subject


def _stale(before: Progress | None, after: Progress) -> Iterator[StaleEvidence]:
    fresh = {name for name, one in _evidence(before) if one.found.verdict is not Verdict.STALE} if before else set()
    for name, one in _evidence(after):
        if one.found.verdict is Verdict.STALE and name in fresh:
            yield StaleEvidence(name[0], one.evidence.asks, one.found.text, one.changed)


def _evidence(progress: Progress) -> Iterator[tuple[tuple[str, str], Checked]]:
    """Every piece of evidence with the id of its criterion and what it asks."""
    for phase in progress.phases:
        for judged in (*phase.prerequisites, *phase.criteria):
            yield from (((judged.criterion.id, one.evidence.asks), one) for one in judged.checked)


def _problems(before: Progress | None, after: Progress) -> Iterator[Problem]:
    old = {(one.file, one.field, one.message) for one in before.facts.problems} if before else set()
    yield from (one for one in after.facts.problems if (one.file, one.field, one.message) not in old)


def _items(before: Progress | None, after: Progress) -> Iterator[OpenItem]:
    old = {one.id for one in before.items.items if one.state is ItemState.OPEN} if before else set()
    yield from (one for one in after.items.items if one.state is ItemState.OPEN and one.id not in old)


# --- the audit ------------------------------------------------------------------------------------------------------


def _audit(folder: Path, start: str, tip: str | None) -> Audit:
    """What the audit reports now and did not find at the start, without the claims, which are listed above."""
    known = {key_of(one, "") for one in audit(folder, start).everything}
    return audit(folder, tip).reported(about=lambda one: one.rule != CLAIMED and key_of(one, "") not in known)
