"""The facts of an earlier day, from the files of today and the history of that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as Date
from datetime import datetime

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.model import MeasuredResult
from tracker.sources.facts import Facts, gather
from tracker.sources.repository import Repository


def facts_of_day(facts: Facts, day: Date) -> Facts:
    """Return what was known at the end of a day: commits, sessions, and results that were dated by then.

    The plan is the one of today. Results and test reports without a date are left out. Raises TrackerError where the
    branch has no commit of that day or an earlier one.
    """
    with Cache(None) as cache:
        past = gather(facts.workspace, facts.repository, cache, _last_commit(facts.repository, day))
    dates = {path: one for path, one in past.report_dates.items() if _is_known(one, day)}
    return replace(
        past,
        sessions=[one for one in past.sessions if (one.session.until or one.session.date) <= day],
        results=[one for one in past.results if _is_known(one, day)],
        tests=[one for one in past.tests if one.file in dates],
        report_dates=dates,
        reconstructed=True,
    )


def _is_known(result: MeasuredResult, day: Date) -> bool:
    return result.started is not None and result.started.date() <= day


def _last_commit(repository: Repository, day: Date) -> str:
    """Return the newest commit of the branch that was committed on that day or before, on its own calendar."""
    if repository.head:
        with repository.run("log", "--first-parent", "--no-patch", "--format=%H %cI", repository.head, "--") as output:
            for line in output:
                name, committed = line.decode("ascii", "replace").split()
                if datetime.fromisoformat(committed).date() <= day:
                    return name
    raise TrackerError(f"{day}: the branch has no commit of that day or an earlier one")
