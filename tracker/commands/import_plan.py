"""`tracker import --plan`: hand-made trackers become the plan, and each numbered one a frozen version of its day."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date as Date
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tracker.commands.import_logs import Outcome, date_added, read_document
from tracker.errors import NotARepository, TrackerError
from tracker.files import create_file, read_file, write_file
from tracker.model import (
    Criterion,
    FrozenCriterion,
    FrozenEvidence,
    FrozenPhase,
    FrozenTask,
    Phase,
    Plan,
    Status,
    Verdict,
    Version,
)
from tracker.progress.fingerprint import fingerprint
from tracker.sources import yaml
from tracker.sources.logs.document import UnreadableLog
from tracker.sources.logs.plans import ID_WORDS, PlanDraft, read_plan_document
from tracker.sources.reading import fields_at
from tracker.sources.repository import Repository
from tracker.sources.versions import version_text
from tracker.sources.yaml_edit import CannotEdit, set_value
from tracker.user_folders import exclusive
from tracker.words import word_key
from tracker.workspace import PLAN_FILE, NoWorkspace, find_root

HEAD = "# A draft by `tracker import --plan`. Replace the attested criteria by evidence.\n"


@dataclass(frozen=True)
class ImportedDocument:
    """What was read from one file."""

    source: str
    doubts: tuple[tuple[int, str], ...] = ()
    message: str | None = None
    """Why it was not imported."""


@dataclass(frozen=True)
class ImportedVersion:
    """The frozen version of a numbered document."""

    target: str
    outcome: Outcome


@dataclass(frozen=True)
class ImportedPlan:
    """The result of an import."""

    target: str
    outcome: Outcome
    diff: str = ""
    """How an existing plan changes, or would change with `update`."""
    found: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[ImportedDocument, ...] = ()
    versions: tuple[ImportedVersion, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a file was not imported, or an existing plan was kept although it would change."""
        return self.outcome is Outcome.KEPT or any(one.message for one in self.documents)


def import_plan(start: Path, files: Iterable[Path], *, dry_run: bool = False, update: bool = False) -> ImportedPlan:
    """Import trackers and check lists into the workspace at or above `start`, or into a new one in `start`.

    Raises TrackerError for an existing plan that cannot be edited.
    """
    try:
        root = find_root(start)
    except NoWorkspace:
        root = start.resolve()
    documents, drafts = _read(root, files)
    with nullcontext() if dry_run else exclusive(root):
        path = root / PLAN_FILE
        there = read_file(path, within=root).decode("utf-8-sig") if os.path.lexists(path) else None
        text = _plan_text(there, root.name, _merged(list(_newest(drafts)))) if drafts else there or ""
        outcome = _outcome(there, text, update=update) if drafts else Outcome.UNCHANGED
        frozen: list[ImportedVersion] = []
        if drafts:
            plan = _validated(path, text)
            if outcome in (Outcome.WRITTEN, Outcome.UPDATED) and not dry_run:
                write_file(path, text.encode(), within=root)
            frozen = [] if outcome is Outcome.KEPT else list(_freeze(root, plan, drafts, dry_run=dry_run))
    diff = _diff(there, text) if there else ""
    return ImportedPlan(str(path), outcome, diff, _counts(drafts), tuple(documents), tuple(frozen))


def _outcome(there: str | None, text: str, *, update: bool) -> Outcome:
    if there is None:
        return Outcome.WRITTEN
    if there == text:
        return Outcome.UNCHANGED
    return Outcome.UPDATED if update else Outcome.KEPT


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), PLAN_FILE, PLAN_FILE, n=1, lineterm="")
    return "\n".join(lines)


def _read(root: Path, files: Iterable[Path]) -> tuple[list[ImportedDocument], list[PlanDraft]]:
    documents, drafts = [], []
    for path in files:
        try:
            draft = read_plan_document(path.name, read_document(path))
        except (OSError, ValueError, UnreadableLog) as error:
            why = getattr(error, "strerror", None) or str(error)
            documents.append(ImportedDocument(str(path), message=why))
            continue
        draft.date = draft.date or _date_added(root, path)
        if draft.number and draft.date is None:
            draft.doubts.append((1, f"no date, so version {draft.number} is not frozen; add one: **Date:** 2026-02-15"))
        documents.append(ImportedDocument(str(path), tuple(draft.doubts)))
        drafts.append(draft)
    return documents, drafts


def _date_added(root: Path, path: Path) -> Date | None:
    with suppress(NotARepository), Repository.open(root) as repository:
        return date_added(repository, path)
    return None


def _newest(drafts: Sequence[PlanDraft]) -> Iterator[PlanDraft]:
    """The documents that the plan is made from: of the editions of one tracker only the newest."""
    editions: dict[str, PlanDraft] = {}
    for draft in drafts:
        stem = re.sub(r"(?i)[\s_.-]*v?\d[\d._]*(?=\.\w+$)", "", draft.name)
        name = stem if draft.number else draft.name
        if name not in editions or _order(draft) >= _order(editions[name]):
            editions[name] = draft
    yield from editions.values()


def _order(draft: PlanDraft) -> tuple[int, ...]:
    return tuple(map(int, (draft.number or "0").split(".")))


def _merged(drafts: Sequence[PlanDraft]) -> dict[str, Any]:
    """The fields of several documents together; the first one that states a value wins."""
    data: dict[str, Any] = {}
    for draft in drafts:
        for name, value in draft.data.items():
            data[name] = _grown(data.get(name), value)
    return data


def _grown(old: Any, new: Any) -> Any:
    """What is there, with the entries that are new; entries with the same id, or else the same title, are merged."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {name: _grown(old.get(name), value) for name, value in new.items()}
    if isinstance(old, list) and isinstance(new, list):
        places = {name: index for index, one in enumerate(old) for name in _names(one)}
        grown = list(old)
        for item in new:
            names = _names(item)
            known = names if names and _is_made(item) else names[:1]
            place = next((places[name] for name in known if name in places), None)
            if place is not None:
                grown[place] = _grown(grown[place], item)
            elif item not in grown:
                grown.append(item)
        return grown
    return new if old is None else old


def _names(entry: Any) -> list[str]:
    """The names by which an entry of a list is known: its id, and its title or text."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return []
    return [f"id {entry['id']}", *(f"title {title}" for title in _titles(entry))]


def _titles(entry: Mapping[str, Any]) -> list[str]:
    return [word_key(entry[name]) for name in ("title", "text") if isinstance(entry.get(name), str)]


def _is_made(entry: Mapping[str, Any]) -> bool:
    """Whether the id of an entry was made from its title, so that the title says as much."""
    return any(word_key(entry["id"]).endswith(" ".join(title.split()[:ID_WORDS])) for title in _titles(entry))


def _plan_text(there: str | None, project: str, data: Mapping[str, Any]) -> str:
    if there is None:
        return HEAD + yaml.dump({"project": project, **data})
    try:
        known = yaml.load(there).data
    except yaml.MalformedYAML as error:
        place = f"{PLAN_FILE}:{error.position.line}:{error.position.column}"
        raise TrackerError(f"{place}: {error}") from None
    if not isinstance(known, dict):
        raise TrackerError(f"{PLAN_FILE}: expected a mapping with the key `project`; fix it first")
    if isinstance(known.get("phases"), str):
        raise TrackerError(f"{PLAN_FILE}: its phases are files of their own; import into another folder with --into")
    text = there
    try:
        for name, value in data.items():
            grown = _grown(known.get(name), value)
            if grown != known.get(name):
                text = set_value(text, [name], grown, order=partial(fields_at, Plan))
    except CannotEdit as error:
        place = f"{PLAN_FILE}:{error.position.line}:{error.position.column}"
        raise TrackerError(f"{place}: {error}") from None
    return text


def _validated(path: Path, text: str) -> Plan:
    try:
        return Plan.model_validate(yaml.load(text).data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise TrackerError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _counts(drafts: Sequence[PlanDraft]) -> dict[str, int]:
    phases = [phase for draft in _newest(drafts) for phase in draft.phases]
    counts = {"phases": len(phases)}
    for name in ("tasks", "criteria", "prerequisites"):
        counts[name] = sum(len(phase.get(name, ())) for phase in phases)
    return {name: count for name, count in counts.items() if count}


# --- versions ---------------------------------------------------------------------------------------------------------


def _freeze(root: Path, plan: Plan, drafts: Sequence[PlanDraft], *, dry_run: bool) -> Iterator[ImportedVersion]:
    """Write a frozen version for each numbered document, unless there is one of that number."""
    previous = None
    for draft in sorted((one for one in drafts if one.number and one.date and one.phases), key=_order):
        path = root / plan.versions / f"{draft.number}.yml"
        text = version_text(_version(draft, plan.project, previous))
        previous = draft.number
        if os.path.lexists(path):
            same = read_file(path, within=root).decode() == text
            yield ImportedVersion(str(path), Outcome.UNCHANGED if same else Outcome.KEPT)
            continue
        if not dry_run:
            create_file(path, text.encode(), within=root)
        yield ImportedVersion(str(path), Outcome.WRITTEN)


def _version(draft: PlanDraft, project: str, previous: str | None) -> Version:
    frozen: dict[str, FrozenPhase] = {}
    for data in draft.phases:
        frozen[data["id"]] = _phase(Phase.model_validate(data), frozen)
    statuses = {one.status for one in frozen.values()}
    begun = Status.COMPLETE if statuses == {Status.COMPLETE} else Status.IN_PROGRESS
    return Version(
        version=draft.number or "",
        date=draft.date or Date.min,
        project=project,
        status=Status.PLANNED if statuses == {Status.PLANNED} else begun,
        previous=previous,
        note=f"Imported from {draft.name}",
        phases=tuple(frozen.values()),
    )


def _phase(phase: Phase, others: Mapping[str, FrozenPhase]) -> FrozenPhase:
    """A phase on the day of its document."""
    tasks = tuple(
        FrozenTask(id=one.id, title=one.title, status=one.status or Status.PLANNED, estimate=one.estimate)
        for one in phase.tasks
    )
    criteria = tuple(map(_criterion, phase.criteria))
    return FrozenPhase(
        id=phase.id,
        title=phase.title,
        status=_status(phase, tasks, criteria, others),
        chapter=phase.chapter,
        tasks=tasks,
        criteria=criteria,
        prerequisites=tuple(map(_criterion, phase.prerequisites)),
    )


def _status(
    phase: Phase,
    tasks: Sequence[FrozenTask],
    criteria: Sequence[FrozenCriterion],
    others: Mapping[str, FrozenPhase],
) -> Status:
    """As in any version, a phase is only complete if its tasks and criteria show it; else that is a claim."""
    if phase.status in (Status.DEFERRED, Status.CANCELLED, Status.BLOCKED):
        return phase.status
    done = all(one.status in (Status.COMPLETE, Status.CANCELLED) for one in tasks)
    holds = all(one.verdict is Verdict.ATTESTED for one in criteria)
    before = all(name in others and others[name].status is Status.COMPLETE for name in phase.depends_on)
    if (tasks or criteria) and done and holds and before:
        return Status.COMPLETE
    if phase.status is Status.COMPLETE:
        return Status.CLAIMED
    begun = phase.status or any(one.status is not Status.PLANNED for one in tasks)
    return Status.IN_PROGRESS if begun else Status.PLANNED


def _criterion(criterion: Criterion) -> FrozenCriterion:
    evidence = tuple(
        FrozenEvidence(kind="attested", asks=one.subject, verdict=Verdict.ATTESTED, found=one.name)
        for one in criterion.evidence
    )
    return FrozenCriterion(
        id=criterion.id,
        text=criterion.text,
        verdict=Verdict.ATTESTED if evidence else Verdict.MISSING,
        fingerprint=fingerprint(criterion),
        evidence=evidence,
    )
