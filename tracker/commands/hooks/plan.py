"""What hooks need of the plan. Read without the models where possible: importing them takes the longest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.files import read_file
from tracker.sources import yaml
from tracker.workspace import PLAN_FILE

FOLDER = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*/?")
TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class HookPlan:
    """The settings of a plan that hooks need."""

    sessions: str
    """The folder of the session files."""
    trailer: str
    has_own_mention: bool
    """Whether the plan has its own pattern for session ids in commit messages."""
    criteria: tuple[str, ...]
    """The ids of criteria and prerequisites."""


def read_hook_plan(root: Path) -> HookPlan:
    """Return the settings of the plan of a workspace. Raises BrokenPlan and UnsafePath."""
    try:
        return _plain(yaml.load(read_file(root / PLAN_FILE, within=root)).data)
    except (_NotPlain, yaml.MalformedYAML):
        return validated_plan(root)


class _NotPlain(TrackerError):
    """Only the models can say what a plan means."""


def _plain(data: Any) -> HookPlan:
    if not isinstance(data, Mapping):
        raise _NotPlain
    names = list(_ids(_items(data, "phases")))
    if len(set(names)) < len(names):  # ids that repeat are named by their chapter
        raise _NotPlain
    sessions, trailer = data.get("sessions", "sessions"), data.get("trailer", "Session")
    if not (isinstance(sessions, str) and FOLDER.fullmatch(sessions)):
        raise _NotPlain
    if not (isinstance(trailer, str) and TRAILER.fullmatch(trailer)):
        raise _NotPlain
    return HookPlan(sessions, trailer, "mention" in data, tuple(names))


def _ids(phases: list[Mapping[str, Any]]) -> Iterator[str]:
    for phase in phases:
        for one in (*_items(phase, "prerequisites"), *_items(phase, "criteria")):
            if not isinstance(one.get("id"), str) or not one["id"]:
                raise _NotPlain
            yield one["id"]


def _items(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The mappings of a list; phases may also be a glob of files."""
    found = data.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _NotPlain
    return found


def validated_plan(root: Path) -> HookPlan:
    """Return the settings as the models read them. Raises BrokenPlan."""
    from tracker.sources.facts import open_workspace

    plan = open_workspace(root).plan
    names = (one.id for phase in plan.phases for one in (*phase.prerequisites, *phase.criteria))
    return HookPlan(plan.sessions, plan.trailer, "mention" in plan.model_fields_set, tuple(names))
