"""Version pages: an index, a page for each frozen version, and the unreleased state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from tracker.cache import digest
from tracker.model import FrozenChange, Version
from tracker.progress.contributors import mail_map
from tracker.progress.versions import (
    Changed,
    Difference,
    Transition,
    compare,
    propose,
    snapshot,
    uncovered_sessions,
)
from tracker.publish.mkdocs_config import has_extension
from tracker.publish.page import Page, code_digest
from tracker.publish.site import UNRELEASED, VERSIONS, Site

FOLDING = ("md_in_html", "extra", "markdown.extensions.md_in_html", "pymdownx.extra")
"""Extensions of Python-Markdown of which each makes Markdown inside of HTML possible."""
CODE = (
    *(f"publish/{name}.py" for name in ("pages/versions", "changelog", "forge")),
    *(f"progress/{name}.py" for name in ("changes", "commit_graph", "commit_message", "contributors", "release")),
    *(f"progress/{name}.py" for name in ("release_commits", "reverts", "versions")),
)
"""Modules that compute the values of these pages."""
EARLIER = 20
"""Earlier versions that the page of a frozen one lists."""


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, the unreleased state, then each version."""
    yield from _Versions(site).pages()


class _Versions:
    """The versions of a site. What a page shows is only computed when something changed that it depends on."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._versions = site.progress.facts.versions
        self._history = [(one, site.version_pages[one.version]) for one in reversed(self._versions)]
        self._folds = has_extension(site.progress.facts.workspace.root, FOLDING)

    def pages(self) -> Iterator[Page]:
        inputs = self._unreleased_inputs()
        yield Page(VERSIONS, "versions.md.j2", {}, inputs, self._index)
        yield Page(UNRELEASED, "version.md.j2", {}, inputs, self._unreleased)
        for before, one in zip([None, *self._versions], self._versions, strict=False):
            path = self._site.version_pages[one.version]
            yield Page(path, "version.md.j2", {}, self._inputs(one, before), partial(self._frozen, one, before))

    def _index(self) -> Mapping[str, Any]:
        changed = compare(self._last, self._now) if self._last else None
        return {"history": self._history, "now": self._now, "changed": changed}

    def _unreleased(self) -> Mapping[str, Any]:
        values = self._values(self._now, self._last, self._now.changes or ())
        reason = propose(self._last, self._now).reason
        return values | {"released": False, "history": self._history, "reason": reason}

    @property
    def _last(self) -> Version | None:
        return self._versions[-1] if self._versions else None

    @cached_property
    def _now(self) -> Version:
        from tracker.progress.release import release_content  # only needed when something changed

        return snapshot(self._site.progress, content=release_content(self._site.progress))

    def _unreleased_inputs(self) -> str:
        """A digest of everything that the unreleased changes depend on; computing them takes much longer."""
        progress = self._site.progress
        facts = progress.facts
        today = self._site.today
        changes = [one.session.changes for one in uncovered_sessions(progress, None)]
        parts = [today.model_dump_json(), repr(changes), str(self._folds), *sorted(facts.repository.boundary)]
        parts += [one.digest for one in self._versions]
        parts += [f"{name} {page}" for pages in self._links(today, self._last).values() for name, page in pages.items()]
        plan = progress.plan
        parts += [plan.sessions, plan.versions, plan.docs, plan.results]
        return digest(code_digest(*CODE), mail_map(facts.repository.root), *parts)

    def _inputs(self, version: Version, before: Version | None) -> str:
        """A digest of everything that the page of a frozen version depends on."""
        older = self._older(version)
        history = [f"{one.version} {one.date} {one.note} {page}" for one, page in older]
        parts = [version.digest, before.digest if before else "", str(self._folds), *history]
        parts += [f"{name} {page}" for pages in self._links(version, before).values() for name, page in pages.items()]
        return digest(code_digest(*CODE), *parts)

    def _frozen(self, version: Version, before: Version | None) -> Mapping[str, Any]:
        changes = self._changes[version.version]
        return self._values(version, before, changes) | {"history": self._older(version)[:EARLIER]}

    @cached_property
    def _changes(self) -> Mapping[str, tuple[FrozenChange, ...]]:
        from tracker.progress.release import version_changes

        return version_changes(self._site.progress)

    def _older(self, version: Version) -> list[tuple[Version, str]]:
        return [(one, page) for one, page in self._history if one.order <= version.order]

    def _values(self, version: Version, before: Version | None, changes: tuple[FrozenChange, ...]) -> dict[str, Any]:
        """Return the values of a version page: the version, and its difference to the previous one."""
        from tracker.publish.changelog import describe_release

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
