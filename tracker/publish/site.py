"""What the pages are about, and the address of each: one place that every page and every link asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tracker.model import MeasuredResult
from tracker.progress.brief import BriefSection, brief
from tracker.progress.criterion_history import CriterionWording
from tracker.progress.items import OpenItem
from tracker.progress.progress import Progress
from tracker.progress.readiness import Readiness
from tracker.slugs import unique_slugs

HOME, TRACKER, PHASES, SESSIONS, RUNS, DECISIONS, DISAGREEMENTS, VERSIONS, UNRELEASED, BRIEF, AUDIT = (
    "index.md",
    "progress.md",
    "phases/index.md",
    "sessions/index.md",
    "runs/index.md",
    "decisions.md",
    "disagreements.md",
    "versions/index.md",
    "versions/unreleased.md",
    "brief.md",
    "audit.md",
)
LISTED_ITEMS = 100
"""Open items that a page lists at most; `tracker items` lists all."""


@dataclass(frozen=True)
class Site:
    """Progress, and where everything in it is shown."""

    progress: Progress
    wordings: Mapping[str, list[CriterionWording]]
    """When each criterion was worded, by id."""
    readiness: Mapping[str, Readiness]
    """Whether each phase is ready, by id."""

    @cached_property
    def phase_pages(self) -> Mapping[str, str]:
        """Page of each phase, by id."""
        return _addresses("phases", ((one.phase.id, one.phase.id) for one in self.progress.phases))

    @cached_property
    def readiness_pages(self) -> Mapping[str, str]:
        """Page of the readiness of each phase, by id."""
        return {name: page.replace("phases/", "readiness/", 1) for name, page in self.phase_pages.items()}

    @cached_property
    def criterion_pages(self) -> Mapping[str, str]:
        """Page of each criterion, by id."""
        criteria = (
            one.criterion.id for phase in self.progress.phases for one in (*phase.prerequisites, *phase.criteria)
        )
        return _addresses("criteria", ((name, name) for name in criteria))

    @cached_property
    def metric_pages(self) -> Mapping[str, str]:
        """Page of the metrics of all results of one name."""
        names = sorted({one.name for one in self.progress.facts.results})
        return _addresses("metrics", ((name, name) for name in names))

    @cached_property
    def version_pages(self) -> Mapping[str, str]:
        """Page of each frozen version, by number."""
        return {one.version: f"versions/{one.version}.md" for one in self.progress.facts.versions}

    @cached_property
    def session_pages(self) -> Mapping[str, str]:
        """Page of each session, by id."""
        sessions = (one.session for one in self.progress.sessions)
        return _addresses("sessions", ((one.session, f"{one.date}-{one.session}") for one in sessions))

    @cached_property
    def run_pages(self) -> Mapping[str, str]:
        """Page of each result, by its path in the workspace."""
        stems = ((one.path, one.path.rsplit("/", 1)[-1].removesuffix(".json")) for one in self.progress.facts.results)
        return _addresses("runs", stems)

    @cached_property
    def open_items(self) -> list[OpenItem]:
        """The first open items, the longest neglected first, with the sessions that seem to have done them."""
        items = self.progress.items
        return items.compared(items.open[:LISTED_ITEMS])

    @cached_property
    def brief(self) -> list[BriefSection]:
        """Every line of the brief."""
        return brief(self.progress, None)

    @cached_property
    def runs_of(self) -> Mapping[str, int]:
        """How many results each name has."""
        return Counter(one.name for one in self.progress.facts.results)

    @cached_property
    def newest_runs(self) -> list[MeasuredResult]:
        """All results, the newest first."""
        return self.progress.facts.results[::-1]


def _addresses(folder: str, named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The path of a page for each key, made from its name; an address stays when others are added."""
    return {key: f"{folder}/{slug}.md" for key, slug in unique_slugs(dict(named)).items()}
