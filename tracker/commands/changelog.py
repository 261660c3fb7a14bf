"""`tracker changelog`: CHANGELOG.md from versions, sessions and commits."""

from __future__ import annotations

from pathlib import Path

from tracker.files import write_file
from tracker.progress.progress import Progress
from tracker.publish.changelog import FILE, merged, releases
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


def write_changelog(progress: Progress, text: str) -> Path:
    """Replace the generated part of CHANGELOG.md and return its path; text outside the markers is kept."""
    root = progress.facts.workspace.root
    path = root / FILE
    old = path.read_text("utf-8-sig") if path.exists() else ""
    write_file(path, merged(old, text).encode(), within=root)
    return path
