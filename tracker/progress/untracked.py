"""Results that criteria rest on and that git does not track."""

from __future__ import annotations

from collections import defaultdict

from tracker.model import Problem
from tracker.progress.progress import Progress


def untracked_results(progress: Progress) -> list[Problem]:
    """Return a problem for each result that git does not track and that makes a criterion hold."""
    resting: dict[str, list[str]] = defaultdict(list)
    for judged in (one for phase in progress.phases for one in (*phase.prerequisites, *phase.criteria)):
        for path in judged.only_here if judged.holds else ():
            resting[path].append(judged.criterion.id)
    return [Problem(path, 1, 1, "", _message(names)) for path, names in sorted(resting.items())]


def _message(criteria: list[str]) -> str:
    names = ", ".join(dict.fromkeys(criteria))
    return f"only on this machine: git does not track it, and criterion {names} rests on it; add it to git"
