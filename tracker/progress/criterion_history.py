"""When each criterion was written and rewritten, and by which commit: read from the history of the plan."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.cache import Cache
from tracker.model import Commit
from tracker.progress.globs import matching
from tracker.sources import yaml
from tracker.sources.facts import Facts
from tracker.sources.trees import read_blobs
from tracker.workspace import PLAN_FILE

KIND = "criteria"


@dataclass(frozen=True, slots=True)
class CriterionWording:
    """A criterion as a commit left it."""

    commit: Commit
    text: str | None
    """Its text; None where the commit removed it from the plan."""
    first: bool
    """Whether it was new."""


def wordings(facts: Facts, cache: Cache) -> Mapping[str, list[CriterionWording]]:
    """Return by id every change of a criterion's text, bound or evidence, the newest first.

    Contents are read by one git process. What they contain is cached by blob: history does not change.
    """
    changes = [change for path in _plan_files(facts) for change in facts.history.changes.get(path, ())]
    said = _said([change.blob for change in changes], facts, cache)
    found: dict[str, list[CriterionWording]] = defaultdict(list)
    for path in _plan_files(facts):
        before: dict[str, tuple[str, str]] = {}
        for change in reversed(facts.history.changes.get(path, [])):
            now = said.get(change.blob, {})
            for name in dict.fromkeys([*now, *before]):
                if now.get(name) != before.get(name):
                    text = now[name][0] if name in now else None
                    found[name].append(CriterionWording(change.commit, text, first=name not in before))
            before = now
    age = facts.history.age
    return {name: sorted(each, key=lambda one: age[one.commit.hash]) for name, each in found.items()}


def _plan_files(facts: Facts) -> list[str]:
    """Return tracker.yml, and the files of phases where it names a glob of them."""
    if not facts.plan.phase_files:
        return [PLAN_FILE]
    return [PLAN_FILE, *sorted(set(matching(f"/{facts.plan.phase_files}", facts.history.changes)) - {PLAN_FILE})]


def _said(blobs: list[str], facts: Facts, cache: Cache) -> dict[str, dict[str, tuple[str, str]]]:
    """Return by blob the text of each criterion, and a form of it that changes with any field."""
    known = cache.get(KIND, blobs)
    missing = [blob for blob in dict.fromkeys(blobs) if blob not in known and blob.strip("0")]
    fresh = {}
    for blob, content in zip(missing, read_blobs(facts.repository, missing), strict=True):
        if content is not None:
            fresh[blob] = json.dumps(_criteria(content), ensure_ascii=False)
    cache.put(KIND, fresh)
    return {
        blob: {name: (one[0], one[1]) for name, one in json.loads(text).items()}
        for blob, text in (known | fresh).items()
    }


def _criteria(content: bytes) -> dict[str, tuple[str, str]]:
    """Return the criteria of an earlier plan; none where it cannot be parsed."""
    try:
        data = yaml.load(content).data
    except yaml.MalformedYAML:
        return {}
    phases = data.get("phases") if isinstance(data, dict) else None
    phases = phases if isinstance(phases, list) else [data]
    criteria = [
        one
        for phase in phases
        if isinstance(phase, dict)
        for kind in ("prerequisites", "criteria")
        for one in _list(phase.get(kind))
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    ]
    return {one["id"]: (str(one.get("text", "")), json.dumps(one, sort_keys=True)) for one in criteria}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
