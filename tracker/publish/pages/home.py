"""The home page: the state of the project at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.progress.coverage import undocumented_since_last_session
from tracker.progress.trust import trust
from tracker.publish.page import Page
from tracker.publish.pages.runs import run_row
from tracker.publish.pages.sessions import session_row
from tracker.publish.site import HOME, Site

LATEST = 5
OPEN_ITEMS = 10


def pages(site: Site) -> Iterator[Page]:
    """Yield the home page."""
    progress = site.progress
    last = progress.sessions[-1] if progress.sessions else None
    steps = next((one for one in reversed(progress.sessions) if one.session.next.model_fields_set), None)
    since = undocumented_since_last_session(progress)
    values = {
        "plan": progress.plan.project,
        "trust": trust(progress),
        "status": progress.status,
        "verified": progress.verified,
        "phases": progress.phases,
        "phase_pages": site.phase_pages,
        "sessions": [session_row(site, one) for one in progress.sessions[: -LATEST - 1 : -1]],
        "session_count": len(progress.sessions),
        "commit_count": len(progress.facts.history.commits),
        "undocumented": len(progress.attribution.undocumented),
        "since_last": [(commit.hash, commit.date.date(), commit.author, commit.subject) for commit in since[:LATEST]],
        "since_last_count": len(since),
        "shallow": progress.facts.repository.shallow,
        "runs": [run_row(site, result) for result in site.newest_runs[:LATEST]],
        "run_count": len(progress.facts.results),
        "refuted": len(progress.refuted),
        "problems": progress.facts.problems,
        "last": last,
        "open_items": site.open_items[:OPEN_ITEMS],
        "open_count": len(progress.items.open),
        "session_pages": {
            name: site.session_pages[name]
            for one in site.open_items[:OPEN_ITEMS]
            for name in (one.session, *([one.proposal.session] if one.proposal else ()))
        },
        "next": steps,
        "next_page": site.session_pages[steps.session.session] if steps else None,
    }
    yield Page(HOME, "home.md.j2", values)
