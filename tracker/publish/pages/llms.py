"""Pages for language models: `llms.txt` (the brief and an index) and `llms-full.txt` (all sessions and criteria)."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.progress.brief import WORDS, shortened
from tracker.publish.page import Page
from tracker.publish.site import BRIEF, DECISIONS, DISAGREEMENTS, PHASES, RUNS, SESSIONS, TRACKER, VERSIONS, Site
from tracker.words import count_words

INDEX = {
    TRACKER: "Every phase, task and criterion, with its evidence",
    BRIEF: "A summary for the next session",
    PHASES: "The phases, a page each",
    SESSIONS: "The sessions, a page each, with their claims checked against git",
    RUNS: "Measured runs, with what is wrong with each",
    DECISIONS: "Decisions, incidents and learnings",
    DISAGREEMENTS: "Where statements and evidence differ",
    VERSIONS: "Frozen progress trackers",
}
REST = 40
"""Words of `llms.txt` around the brief and the index."""
MOST_SESSIONS = 200
"""How many sessions `llms-full.txt` contains, the newest; every session has a page."""


def pages(site: Site) -> Iterator[Page]:
    """Yield both files as plain text; nothing in them is escaped."""
    progress = site.progress
    head = {"plan": progress.plan.project, "status": progress.status, "verified": progress.verified}
    index = sum(2 + count_words(text) for text in INDEX.values())
    short = {"sections": shortened(site.brief, WORDS - index - REST), "index": INDEX}
    yield Page("llms.txt", "llms.txt.j2", head | short)
    newest = progress.sessions[: -MOST_SESSIONS - 1 : -1]
    full = {"sections": site.brief, "phases": progress.phases, "files": newest}
    older = {"older": len(progress.sessions) - len(newest)}
    yield Page("llms-full.txt", "llms-full.txt.j2", head | full | older)
