"""The home page: the state of the project at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tracker.model import NextSteps, Status
from tracker.plural import counted
from tracker.progress.coverage import undocumented_since_last_session
from tracker.progress.trust import trust
from tracker.progress.versions import Changed, Difference
from tracker.publish.page import Page
from tracker.publish.pages.runs import run_row
from tracker.publish.pages.sessions import session_row
from tracker.publish.site import HOME, Site

NOUNS: Mapping[Changed, tuple[str, ...]] = {
    Changed.PHASE: ("phase",),
    Changed.CRITERION: ("criterion", "criteria"),
    Changed.TASK: ("task",),
    Changed.DECISION: ("decision",),
    Changed.SESSION: ("session",),
    Changed.COMMIT: ("commit",),
}
"""What is counted of the changes since the last version."""
LATEST = 5
OPEN_ITEMS = 3
STEPS = 3
PROBLEMS = 10
LARGE_PLAN = 12
"""With more phases than this, the table leaves out complete ones."""


def pages(site: Site) -> Iterator[Page]:
    """Yield the home page."""
    progress = site.progress
    last = progress.sessions[-1] if progress.sessions else None
    steps = next((one for one in reversed(progress.sessions) if one.session.next.model_fields_set), None)
    next_steps = _steps(steps.session.next) if steps else []
    still = progress.items.open
    open_phases = [one for one in progress.phases if one.status is not Status.COMPLETE]
    shown = open_phases if len(progress.phases) > LARGE_PLAN else progress.phases
    values = {
        "plan": progress.plan.project,
        "trust": trust(progress),
        "status": progress.status,
        "verified": progress.verified,
        "phases": shown,
        "complete_phases": len(progress.phases) - len(shown),
        "phase_pages": site.phase_pages,
        "sessions": [session_row(site, one) for one in progress.sessions[: -LATEST - 1 : -1]],
        "session_count": len(progress.sessions),
        "commit_count": len(progress.facts.history.commits),
        "undocumented": len(progress.attribution.undocumented),
        "since_last": len(undocumented_since_last_session(progress)),
        "shallow": progress.facts.repository.shallow,
        "runs": [run_row(site, result) for result in site.newest_runs[:LATEST]],
        "run_count": len(progress.facts.results),
        "refuted": len(progress.refuted),
        "problems": progress.facts.problems[:PROBLEMS],
        "problem_count": len(progress.facts.problems),
        "last": last,
        "open_items": still[:OPEN_ITEMS],
        "open_count": len(still),
        "session_pages": {one.session: site.session_pages[one.session] for one in still[:OPEN_ITEMS]},
        "steps": next_steps[:STEPS],
        "step_count": len(next_steps),
        "before": site.changes.before if site.changes else None,
        "changes": _changes(site.changes) if site.changes else [],
        "next": steps,
        "next_page": site.session_pages[steps.session.session] if steps else None,
    }
    yield Page(HOME, "home.md.j2", values)


def _steps(next_steps: NextSteps) -> list[str]:
    """The first sentences of all next steps, the most urgent first."""
    texts = (*next_steps.immediate, *next_steps.short_term, *next_steps.deferred)
    return [text.partition("\n\n")[0] for text in texts] + [option.title for option in next_steps.options]


def _changes(found: Difference) -> list[str]:
    """How much of each kind changed since the last version, in words."""
    counts = Counter(one.kind for one in found.transitions)
    return [counted(counts[kind], *words) for kind, words in NOUNS.items() if counts[kind]]
