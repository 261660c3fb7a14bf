"""Version pages: an index, a page for each frozen version, and the unreleased state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import tracker
from tracker.cache import digest
from tracker.model import FrozenChange, Version
from tracker.progress.release import version_changes
from tracker.progress.versions import Changed, Difference, Transition, compare, propose
from tracker.publish.changelog import describe_release
from tracker.publish.mkdocs_config import has_extension
from tracker.publish.page import Page
from tracker.publish.site import UNRELEASED, VERSIONS, Site

FOLDING = ("md_in_html", "extra", "markdown.extensions.md_in_html", "pymdownx.extra")
"""Extensions of Python-Markdown of which each makes Markdown inside of HTML possible."""
CODE = ("publish/pages/versions.py", "publish/changelog.py", "publish/forge.py", "progress/versions.py")


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, the unreleased state, then each version."""
    yield from _Versions(site).pages()


class _Versions:
    """The versions of a site. What a page of a frozen version shows is only computed when it is not there yet."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._versions = site.progress.facts.versions
        self._history = [(one, site.version_pages[one.version]) for one in reversed(self._versions)]
        self._folds = has_extension(site.progress.facts.workspace.root, FOLDING)

    def pages(self) -> Iterator[Page]:
        last = self._versions[-1] if self._versions else None
        content, now = self._site.content, self._site.unreleased
        index = {"history": self._history, "now": now, "changed": self._site.changes}
        yield Page(VERSIONS, "versions.md.j2", index)
        values = self._values(now, last, content.changes)
        values |= {"released": False, "history": self._history, "reason": propose(last, now).reason}
        yield Page(UNRELEASED, "version.md.j2", values)
        for before, one in zip([None, *self._versions], self._versions, strict=False):
            path = self._site.version_pages[one.version]
            yield Page(path, "version.md.j2", {}, self._inputs(one, before), partial(self._frozen, one, before))

    def _inputs(self, version: Version, before: Version | None) -> str:
        """A digest of everything that the page of a frozen version depends on."""
        older = self._older(version)
        history = [f"{one.version} {one.date} {one.note} {page}" for one, page in older]
        parts = [version.digest, before.digest if before else "", str(self._folds), *history]
        parts += [f"{name} {page}" for pages in self._links(version, before).values() for name, page in pages.items()]
        return digest(_code(), *parts)

    def _frozen(self, version: Version, before: Version | None) -> Mapping[str, Any]:
        changes = self._changes[version.version]
        return self._values(version, before, changes) | {"history": self._older(version)[:20]}

    @cached_property
    def _changes(self) -> Mapping[str, tuple[FrozenChange, ...]]:
        return version_changes(self._site.progress)

    def _older(self, version: Version) -> list[tuple[Version, str]]:
        return [(one, page) for one, page in self._history if one.order <= version.order]

    def _values(self, version: Version, before: Version | None, changes: tuple[FrozenChange, ...]) -> dict[str, Any]:
        """Return the values of a version page: the version, and its difference to the previous one."""
        difference = compare(before, version) if before else None
        transitions = _plan_transitions(difference) if difference else []
        return {
            "version": version,
            "before": before.version if before else None,
            "earlier": (before.version, self._site.version_pages[before.version]) if before else None,
            "release": describe_release(self._site.progress, version, before, changes),
            "transitions": transitions,
            "phase_changes": {one.id: one for one in transitions if one.kind is Changed.PHASE},
            "released": True,
            "folds": self._folds,
            **self._links(version, before),
        }

    def _links(self, version: Version, before: Version | None) -> dict[str, dict[str, str]]:
        """Return the pages of the sessions and phases that a version names."""
        sessions, phases = self._site.session_pages, self._site.phase_pages
        named = sorted(_named_sessions(version, before))
        return {
            "session_pages": {name: sessions[name] for name in named if name in sessions},
            "phase_pages": {one.id: phases[one.id] for one in version.phases if one.id in phases},
        }


def _plan_transitions(difference: Difference) -> list[Transition]:
    """Return what changed in the plan; commits and sessions have tables of their own."""
    return [one for one in difference.transitions if one.kind not in (Changed.COMMIT, Changed.SESSION)]


def _named_sessions(version: Version, before: Version | None) -> set[str]:
    named = {session.session for session in version.sessions}
    named |= {name for phase in version.phases for task in phase.tasks for name in task.sessions}
    named |= {one.session for one in (*version.decisions, *(before.decisions if before else ()))}
    named |= {phase.since for phase in version.phases if phase.since}
    named |= {change.session for change in version.changes or () if change.session}
    named |= {one.session for one in version.commits if one.session}
    evidence = (found for phase in version.phases for one in phase.criteria for found in one.evidence)
    return named | {found.session for found in evidence if found.session}


@cache
def _code() -> str:
    """A digest of the code that computes the values of a version page."""
    package = Path(tracker.__file__).parent
    return digest(*((package / name).read_bytes() for name in CODE))
