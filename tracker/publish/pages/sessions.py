"""Session pages: an index by year, and a page for each session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from itertools import groupby

from tracker.model import Session
from tracker.progress.claims import ClaimVerdict
from tracker.progress.items import ItemList
from tracker.publish.page import Page
from tracker.publish.pages.runs import run_row
from tracker.publish.site import SESSIONS, Site
from tracker.sources.sessions import SessionFile


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as a table row."""

    id: str
    page: str
    date: Date
    focus: str
    status: str | None
    team: str | None
    commits: int
    confirmed: int
    disputed: int
    refuted: int
    unknown: int


def session_row(site: Site, one: SessionFile) -> SessionRow:
    """Return the table row of a session."""
    session = one.session
    verdicts = [claim.verdict for claim in site.progress.claims[session.session]]
    return SessionRow(
        id=session.session,
        page=site.session_pages[session.session],
        date=session.date,
        focus=session.focus,
        status=session.status,
        team=session.team,
        commits=len(site.progress.attribution.commits.get(session.session, ())),
        confirmed=verdicts.count(ClaimVerdict.CONFIRMED),
        disputed=verdicts.count(ClaimVerdict.DISPUTED),
        refuted=verdicts.count(ClaimVerdict.REFUTED),
        unknown=verdicts.count(ClaimVerdict.UNKNOWN),
    )


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, then a page for each session."""
    progress = site.progress
    rows = [session_row(site, one) for one in progress.sessions]
    years = [(year, list(of_year)) for year, of_year in groupby(reversed(rows), lambda row: row.date.year)]
    undocumented = progress.attribution.undocumented
    yield Page(
        SESSIONS,
        "sessions.md.j2",
        {
            "years": years,
            "undocumented": undocumented[:50],
            "undocumented_count": len(undocumented),
            "commit_count": len(progress.facts.history.commits),
            "shallow": progress.facts.repository.shallow,
        },
    )
    tasks = {task.id: (task.title, phase.id) for phase in progress.plan.phases for task in phase.tasks}
    phases = {phase.id: phase.title for phase in progress.plan.phases}
    task_status = {task.task.id: task.status for one in progress.phases for task in one.tasks}
    phase_status = {one.phase.id: one.status for one in progress.phases}
    counts = progress.facts.history.counts
    items = progress.items
    corrections = _corrections(progress.sessions)
    for index, one in enumerate(progress.sessions):
        session = one.session
        name = session.session
        mentioned = {*session.tasks, *(work.task for work in session.work if work.task)}
        said = {*session.phases, *(tasks[task][1] for task in mentioned if task in tasks)}
        attributed = progress.attribution.commits.get(name, ())
        values = {
            "one": one,
            "commits": [(commit, how, counts[commit.hash]) for commit, how in attributed],
            "claims": {".".join(map(str, claim.field)): claim for claim in progress.claims[name]},
            "runs": [run_row(site, result) for result, _ in progress.attribution.results.get(name, ())],
            "tasks": {task: tasks[task] for task in sorted(mentioned) if task in tasks},
            "phases": {phase: phases[phase] for phase in sorted(said) if phase in phases},
            "task_status": {task: task_status[task] for task in session.tasks if task in task_status},
            "phase_status": {phase: phase_status[phase] for phase in session.phases if phase in phase_status},
            "phase_pages": {phase: site.phase_pages[phase] for phase in sorted(said) if phase in site.phase_pages},
            "session_pages": _cited(site, one, corrections.get(name, [])),
            "settled": _settled(items, session),
            "corrections": corrections.get(name, []),
            "before": rows[index - 1] if index else None,
            "after": rows[index + 1] if index + 1 < len(rows) else None,
        }
        yield Page(site.session_pages[name], "session.md.j2", values)


def _settled(items: ItemList, session: Session) -> dict[str, list[tuple[str, str | None]]]:
    """The items that a session closes, drops and reopens, in their words, with the reason."""

    def text(reference: str) -> str:
        item = items.find(reference)
        return item.text if item else reference

    return {
        "closes": [(text(one), None) for one in session.closes],
        "drops": [(text(one.item), one.reason) for one in session.drops],
        "reopens": [(text(one), None) for one in session.reopens],
    }


def _corrections(sessions: list[SessionFile]) -> dict[str, list[tuple[str, str]]]:
    """For each session, the later sessions that correct it, with their words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in sessions:
        for erratum in one.session.errata:
            found.setdefault(erratum.session, []).append((one.session.session, erratum.text))
    return found


def _cited(site: Site, one: SessionFile, corrections: list[tuple[str, str]]) -> dict[str, str]:
    session = one.session
    names = {named.session for named in session.commits} | {test.session for test in session.tests}
    names |= {erratum.session for erratum in session.errata} | {by for by, _ in corrections}
    return {name: site.session_pages[name] for name in sorted(filter(None, names)) if name in site.session_pages}
