"""Read tracker.yml, and check ids and dependencies across the plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tracker.model import Glob, Phase, Plan, Problem
from tracker.sources.chapters import named_by_chapter
from tracker.sources.reading import SourceFile, UnreadableFile, files_among, nearest
from tracker.sources.yaml import MalformedYAML
from tracker.workspace import PLAN_FILE

Place = tuple[SourceFile, tuple[str | int, ...]]
"""A file and the path of a field in it."""
Placed = tuple[Phase, SourceFile, tuple[str | int, ...]]
"""A phase, its file, and its path in it."""


def read_plan(root: Path) -> tuple[Plan | None, list[Problem]]:
    """Return the plan of a workspace, or None with every problem in it."""
    try:
        source = SourceFile.read(root / PLAN_FILE, root)
    except UnreadableFile as error:
        return None, [error.problem]
    glob = _glob_of_phases(source)
    data = {key: value for key, value in source.document.data.items() if key != "phases"} if glob else None
    plan, problems = source.validate(Plan, data)
    placed: list[Placed] = [
        (phase, source, ("phases", index)) for index, phase in enumerate(plan.phases if plan else ())
    ]
    if glob:
        parts, found = _phases_in_files(root, glob, source)
        placed += parts
        problems += found
    placed = _by_chapter(placed)
    problems += _duplicates(placed)
    problems += _dependencies(placed)
    if plan is None or problems:
        return None, sorted(problems)
    return plan.with_phases(tuple(phase for phase, _, _ in placed), glob), []


def places(root: Path, plan: Plan) -> dict[str, Place]:
    """Return the file and the path in it for each phase and criterion, by id."""
    source = SourceFile.read(root / PLAN_FILE, root)
    if plan.phase_files:
        placed, _ = _phases_in_files(root, plan.phase_files, source)
    else:
        placed = [(phase, source, ("phases", index)) for index, phase in enumerate(plan.phases)]
    placed = _by_chapter(placed)
    found = {phase.id: (source, path) for phase, source, path in placed}
    for phase, source, path in placed:
        for key in ("prerequisites", "criteria"):
            criteria = enumerate(getattr(phase, key))
            found |= {criterion.id: (source, (*path, key, index)) for index, criterion in criteria}
    return found


def usual_places(root: Path) -> Plan:
    """Return a plan with the folders of a tracker.yml that has problems, as far as they can be read."""
    plan = Plan(project=PLAN_FILE)
    with suppress(MalformedYAML, UnreadableFile):
        data = SourceFile.read(root / PLAN_FILE, root).document.data
        for name in ("sessions", "results", "reports"):
            with suppress(ValidationError, TypeError, KeyError):
                plan = Plan.model_validate(plan.model_dump(exclude_unset=True) | {name: data[name]})
    return plan


def _glob_of_phases(source: SourceFile) -> str | None:
    """The glob in the `phases` of tracker.yml, if it is one."""
    try:
        data = source.document.data
    except MalformedYAML:  # reported when it is validated
        return None
    phases = data.get("phases") if isinstance(data, dict) else None
    return phases if isinstance(phases, str) and phases else None


def _phases_in_files(root: Path, glob: str, source: SourceFile) -> tuple[list[Placed], list[Problem]]:
    """The phases of the files that a glob matches, in the order of file names."""
    try:
        TypeAdapter(Glob).validate_python(glob)
    except ValidationError:
        message = f"expected a list of phases, or a glob of files inside the workspace with one each; got {glob!r}"
        return [], [source.problem(["phases"], message)]
    files = files_among(root.glob(glob))
    if not files:
        return [], [source.problem(["phases"], f"expected a list of phases, or a glob; no file matches {glob!r}")]
    placed: list[Placed] = []
    problems: list[Problem] = []
    for path in files:
        try:
            part = SourceFile.read(path, root)
        except UnreadableFile as error:
            problems.append(error.problem)
            continue
        phase, found = part.validate(Phase)
        problems += found
        if phase:
            placed.append((phase, part, ()))
    return placed, problems


def _by_chapter(placed: list[Placed]) -> list[Placed]:
    """The phases, whose ids may repeat between chapters, under names that do not."""
    named = named_by_chapter([phase for phase, _, _ in placed])
    return [(phase, source, path) for phase, (_, source, path) in zip(named, placed, strict=True)]


def _duplicates(placed: list[Placed]) -> Iterator[Problem]:
    seen: dict[str, tuple[str, SourceFile, tuple[str | int, ...]]] = {}
    for phase, source, path in placed:
        ids: list[tuple[str, str, tuple[str | int, ...]]] = [("phase", phase.id, (*path, "id"))]
        ids += [("task", task.id, (*path, "tasks", i, "id")) for i, task in enumerate(phase.tasks)]
        ids += [("criterion", c.id, (*path, "criteria", i, "id")) for i, c in enumerate(phase.criteria)]
        ids += [("criterion", c.id, (*path, "prerequisites", i, "id")) for i, c in enumerate(phase.prerequisites)]
        for kind, name, where in ids:
            if name in seen:
                other, file, place = seen[name]
                first = f"a {other} ({file.file}:{file.document.position(place).line})"
                yield source.problem(where, f"{name!r} is already the id of {first}; ids are unique")
            else:
                seen[name] = kind, source, where


def _dependencies(placed: list[Placed]) -> Iterator[Problem]:
    known = {phase.id: (phase, source, path) for phase, source, path in placed}
    for phase, source, path in placed:
        for index, name in enumerate(phase.depends_on):
            if name not in known:
                message = f"no phase has the id {name!r}{nearest(name, known)}"
                yield source.problem((*path, "depends_on", index), message)
    try:
        TopologicalSorter({phase.id: phase.depends_on for phase, _, _ in placed}).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        if circle[0] in known:
            _, source, path = known[circle[0]]
            yield source.problem((*path, "depends_on"), f"phases depend on each other: {' → '.join(circle)}")
