"""`tracker changelog`: CHANGELOG.md from versions, sessions and commits."""

from __future__ import annotations

from tracker.progress.progress import Progress
from tracker.publish.changelog import releases
from tracker.publish.render import Renderer


def render_changelog(progress: Progress, *, since: str | None = None, unreleased: bool = False) -> str:
    """The changelog in Markdown: all versions, those after `since`, or only what is unreleased.

    Raises TrackerError when there is no version `since`.
    """
    facts = progress.facts
    values = {
        "releases": releases(progress, since=since, unreleased=unreleased),
        "versions": f"{facts.repository.prefix}{facts.plan.versions.rstrip('/')}",
    }
    return Renderer.of(facts).text("changelog.md.j2", values)
