"""`tracker changelog`: the changelog as Markdown, from versions, sessions and commits."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import FrozenChange
from tracker.progress.globs import matching
from tracker.progress.progress import Progress
from tracker.publish.changelog import Filter, releases
from tracker.publish.render import Renderer


def render_changelog(
    progress: Progress,
    *,
    since: str | None = None,
    only: str | None = None,
    unreleased: bool = False,
    paths: Sequence[str] = (),
    scopes: Sequence[str] = (),
) -> str:
    """Return the changelog in Markdown: all versions, those after `since`, one of them, or only what is unreleased.

    With `paths` (in the syntax of .gitignore) or `scopes`, only the changes of these parts. Raises TrackerError if a
    version does not exist.
    """
    facts = progress.facts
    values = {
        "releases": releases(
            progress, since=since, only=only, unreleased=unreleased, keeps=_filter(progress, paths, scopes)
        ),
        "versions": f"{facts.repository.prefix}{facts.plan.versions.rstrip('/')}",
    }
    return Renderer.of(facts).text("changelog.md.j2", values)


def _filter(progress: Progress, paths: Sequence[str], scopes: Sequence[str]) -> Filter | None:
    """Return whether a change belongs to the paths and scopes; None where neither is given.

    A change that names no commits is judged by all commits of its session.
    """
    if not paths and not scopes:
        return None
    changes = progress.facts.history.changes
    wanted = {path for pattern in paths for path in matching(pattern, changes.keys())}
    touching = {change.commit.hash for path in wanted for change in changes[path]}
    names = {scope.casefold() for scope in scopes}
    sessions = progress.attribution.commits

    def keeps(change: FrozenChange) -> bool:
        commits = change.commits or tuple(commit.hash for commit, _ in sessions.get(change.session or "", ()))
        is_touching = any(one in touching or _abbreviates(one, touching) for one in commits)
        return (not scopes or (change.scope or "").casefold() in names) and (not paths or is_touching)

    return keeps


def _abbreviates(name: str, hashes: set[str]) -> bool:
    return len(name) < 40 and any(one.startswith(name) for one in hashes)
