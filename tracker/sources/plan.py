"""tracker.yml: the plan, and what must hold across it."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from tracker.model import Phase, Plan, Problem
from tracker.sources.reading import Source, nearest
from tracker.workspace import PLAN_FILE


def read_plan(root: Path) -> tuple[Plan | None, list[Problem]]:
    """The plan of a workspace, or everything that is wrong with it."""
    source = Source(PLAN_FILE, (root / PLAN_FILE).read_bytes())
    data, problems = _without_globbed_phases(source)
    plan, found = source.validate(Plan, data)
    problems += found
    if plan is None:
        return None, problems
    placed: list[Placed] = [(phase, source, ("phases", index)) for index, phase in enumerate(plan.phases)]
    if data is not None:
        for path in sorted(root.glob(source.document.data["phases"])):
            part = Source(path.relative_to(root).as_posix(), path.read_bytes())
            phase, found = part.validate(Phase)
            problems += found
            if phase:
                placed.append((phase, part, ()))
        plan = plan.model_copy(update={"phases": tuple(phase for phase, _, _ in placed)})
    problems += _duplicates(placed)
    problems += _dependencies(placed)
    return (None if problems else plan), problems


Placed = tuple[Phase, Source, tuple[str | int, ...]]


def _without_globbed_phases(source: Source) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The data of tracker.yml less a glob of phases; None where it has none."""
    try:
        data = source.document.data
    except Exception:  # whatever is wrong with the file, validating it says so
        return None, []
    if not isinstance(data, dict) or not isinstance(data.get("phases"), str) or not data["phases"]:
        return None, []
    glob = data["phases"]
    if glob.startswith("/") or ".." in Path(glob).parts:
        message = f"expected a list of phases, or a glob inside the workspace; got {glob!r}"
        return None, [source.problem(["phases"], message)]
    return {key: value for key, value in data.items() if key != "phases"}, []


def _duplicates(placed: list[Placed]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for phase, source, path in placed:
        ids: list[tuple[str, str, tuple[str | int, ...]]] = [("phase", phase.id, (*path, "id"))]
        ids += [("task", task.id, (*path, "tasks", i, "id")) for i, task in enumerate(phase.tasks)]
        ids += [("criterion", c.id, (*path, "criteria", i, "id")) for i, c in enumerate(phase.criteria)]
        ids += [("criterion", c.id, (*path, "prerequisites", i, "id")) for i, c in enumerate(phase.prerequisites)]
        for kind, name, where in ids:
            if name in seen:
                yield source.problem(where, f"{name!r} is already the id of {seen[name]}; ids are unique")
            else:
                seen[name] = f"a {kind} ({source.file}:{source.document.position(where).line})"


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
