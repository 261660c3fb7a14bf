"""Version pages: an index, a page for each frozen version, and the unreleased state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracker.model import Version
from tracker.progress.versions import Changed, Difference, compare, snapshot, whole
from tracker.publish.page import Page
from tracker.publish.site import UNRELEASED, VERSIONS, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, the unreleased state, then each version."""
    versions = site.progress.facts.versions
    now = snapshot(site.progress)
    changed = _difference(versions, versions[-1], now) if versions else None
    history = [(one, site.version_pages[one.version]) for one in reversed(versions)]
    yield Page(VERSIONS, "versions.md.j2", {"history": history, "now": now, "changed": changed})
    yield Page(UNRELEASED, "version.md.j2", _values(site, now, changed) | {"released": False, "history": history})
    for index, one in enumerate(versions):
        difference = _difference(versions, versions[index - 1], one) if index else None
        older = history[len(versions) - index - 1 :]
        yield Page(
            site.version_pages[one.version], "version.md.j2", _values(site, one, difference) | {"history": older}
        )


def _difference(versions: list[Version], before: Version, after: Version) -> Difference:
    return compare(whole(before, versions), whole(after, versions))


def _values(site: Site, version: Version, changed: Difference | None) -> dict[str, Any]:
    """Return the values of a version page: the version, and its difference to the previous one."""
    transitions = changed.transitions if changed else ()
    named = {session.session for session in version.sessions}
    named |= {name for phase in version.phases for task in phase.tasks for name in task.sessions}
    named |= {one.session for one in version.decisions} | {one.session for one in transitions if one.session}
    named |= {found.session for found in _found(version) if found.session}
    named |= {phase.since for phase in version.phases if phase.since}
    return {
        "version": version,
        "before": changed.before.version if changed else None,
        "transitions": [one for one in transitions if one.kind not in (Changed.COMMIT, Changed.SESSION)],
        "phase_changes": {one.id: one for one in transitions if one.kind is Changed.PHASE},
        "released": True,
        "session_pages": {name: site.session_pages[name] for name in sorted(named) if name in site.session_pages},
        "phase_pages": {one.id: site.phase_pages[one.id] for one in version.phases if one.id in site.phase_pages},
    }


def _found(version: Version) -> Iterator[Any]:
    for phase in version.phases:
        for criterion in (*phase.prerequisites, *phase.criteria):
            yield from criterion.evidence
