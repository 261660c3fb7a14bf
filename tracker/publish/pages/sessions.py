"""Session pages: an index by year, and a page for each session."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date

from tracker.model import Commit, Session, Status
from tracker.progress.claims import Claim, ClaimVerdict
from tracker.progress.items import ItemList
from tracker.progress.progress import Progress
from tracker.publish.page import Page
from tracker.publish.pages.runs import run_row
from tracker.publish.site import SESSIONS, Site
from tracker.sources.sessions import SessionFile

FENCE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
"""Begins or ends a block of code."""
FOLD = 30
"""Confirmed claims about files that are shown; more are folded."""
MOST_COMMITS = 50
"""Commits in the table of a session; of the others the hashes are listed, so that a search finds them."""
MOST_RUNS = 40
MOST_ENTRIES = 50
"""Entries of each other kind on the page of a session."""
MOST_OF_LOG = 20_000
"""Letters of an imported log on the page of its session."""
NEWEST = 50
"""Sessions and commits that the index lists."""


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


@dataclass(frozen=True, slots=True)
class CommitRow:
    """A commit as a table row: of a session, named by it, or both."""

    name: str
    hash: str | None
    """The whole hash of a commit that exists."""
    commit: Commit | None
    how: str | None
    """Why the commit belongs to the session, where the session does not name it."""
    counts: tuple[int, int, int] | None
    """Files added, changed and removed."""
    note: str | None
    session: str | None
    claim: Claim | None


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
    undocumented = progress.attribution.undocumented
    listing = {
        "sessions": rows[: -NEWEST - 1 : -1],
        "months": site.month_links,
        "undocumented": undocumented[:NEWEST],
        "undocumented_count": len(undocumented),
        "commit_count": len(progress.facts.history.commits),
        "shallow": progress.facts.repository.shallow,
    }
    yield Page(SESSIONS, "sessions.md.j2", listing)
    tasks = {task.id: (task.title, phase.id) for phase in progress.plan.phases for task in phase.tasks}
    phases = {phase.id: phase.title for phase in progress.plan.phases}
    task_status = {task.task.id: task.status for one in progress.phases for task in one.tasks}
    phase_status = {one.phase.id: one.status for one in progress.phases}
    items = progress.items
    corrections = _corrections(progress.sessions)
    for index, one in enumerate(progress.sessions):
        session = one.session
        name = session.session
        mentioned = {*session.tasks, *(work.task for work in session.work if work.task)}
        said = {*session.phases, *(tasks[task][1] for task in mentioned if task in tasks)}
        claims = {".".join(map(str, claim.field)): claim for claim in progress.claims[name]}
        files = list(_files(session, claims))
        doubted = [row for row in files if row[3].verdict is not ClaimVerdict.CONFIRMED]
        confirmed = [row for row in files if row[3].verdict is ClaimVerdict.CONFIRMED]
        commits = _commits(progress, session, claims)
        results = progress.attribution.results.get(name, ())
        values = {
            "one": one,
            "commits": commits[:MOST_COMMITS],
            "several_authors": len({row.commit.author for row in commits if row.commit}) > 1,
            "more_commits": [(row.hash or row.name)[:7] for row in commits[MOST_COMMITS:]],
            "files_shown": [*doubted, *confirmed] if len(confirmed) <= FOLD else doubted,
            "files_folded": confirmed if len(confirmed) > FOLD else [],
            "runs": [run_row(site, result) for result, _ in results[:MOST_RUNS]],
            "more_runs": max(0, len(results) - MOST_RUNS),
            "tasks": {task: tasks[task] for task in sorted(mentioned) if task in tasks},
            "phases": {phase: phases[phase] for phase in sorted(said) if phase in phases},
            "task_status": {task: task_status[task] for task in session.tasks if task in task_status},
            "phase_status": {phase: phase_status[phase] for phase in session.phases if phase in phase_status},
            "plan_agrees": _agrees(session.tasks, task_status) and _agrees(session.phases, phase_status),
            "row": rows[index],
            "topics": site.topics_of[name],
            "topic_pages": {topic: site.topic_pages[topic] for topic in site.topics_of[name]},
            "phase_pages": {phase: site.phase_pages[phase] for phase in sorted(said) if phase in site.phase_pages},
            "session_pages": _cited(site, one, corrections.get(name, [])),
            "settled": _settled(items, session),
            "corrections": corrections.get(name, []),
            "most_entries": MOST_ENTRIES,
            "log": _beginning(session.log or ""),
            "before": rows[index - 1] if index else None,
            "after": rows[index + 1] if index + 1 < len(rows) else None,
        }
        yield Page(site.session_pages[name], "session.md.j2", values)


def _commits(progress: Progress, session: Session, claims: Mapping[str, Claim]) -> list[CommitRow]:
    """The commits of a session with what it says of them; commits that it only names come last."""
    named = [(one, claims[f"commits.{index}"]) for index, one in enumerate(session.commits)]
    said = {claim.commit: (one, claim) for one, claim in named if claim.commit}
    history = progress.facts.history
    rows = []
    for commit, how in progress.attribution.commits.get(session.session, ()):
        one, claim = said.pop(commit.hash, (None, None))
        note, other = (one.note, one.session) if one else (None, None)
        note = None if note == commit.subject else note
        rows.append(CommitRow(commit.hash, commit.hash, commit, how, history.counts[commit.hash], note, other, claim))
    shown = [row.claim for row in rows]
    for one, claim in named:
        if claim not in shown:
            rows.append(CommitRow(one.commit, claim.commit, None, None, None, one.note, one.session, claim))
    return rows


def _beginning(log: str) -> str:
    """The beginning of a long log, up to a paragraph that is not part of a block of code."""
    if len(log) <= MOST_OF_LOG:
        return log
    paragraphs = log[:MOST_OF_LOG].split("\n\n")[:-1]
    while paragraphs and len(FENCE.findall("\n\n".join(paragraphs))) % 2:
        paragraphs.pop()
    return "\n\n".join(paragraphs) or log[:MOST_OF_LOG]


def _agrees(said: Mapping[str, Status], known: Mapping[str, Status]) -> bool:
    """Whether each status that a session states is the one that holds now."""
    return all(known.get(name) == status for name, status in said.items())


def _files(session: Session, claims: Mapping[str, Claim]) -> Iterator[tuple[str, str, str | None, Claim]]:
    """What a session says of files: the name, the kind of change, a note and the claim."""
    for kind in ("created", "modified", "removed"):
        for index, named in enumerate(getattr(session.files, kind)):
            yield named.path, kind, named.note, claims[f"files.{kind}.{index}"]
    for index, renamed in enumerate(session.files.renamed):
        yield f"{renamed.from_} → {renamed.to}", "renamed", renamed.note, claims[f"files.renamed.{index}"]


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
