"""What the pages are about, and the address of each: one place that every page and every link asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from tracker.model import MeasuredResult, Version
from tracker.progress.brief import BriefSection, brief
from tracker.progress.criterion_history import CriterionWording
from tracker.progress.items import OpenItem
from tracker.progress.progress import Progress
from tracker.progress.readiness import Readiness
from tracker.progress.versions import FIRST, Difference, compare, snapshot
from tracker.slugs import unique_slugs
from tracker.sources.sessions import SessionFile

HOME, TRACKER, PHASES, SESSIONS, RUNS, DECISIONS, DISAGREEMENTS, VERSIONS, UNRELEASED, BRIEF, AUDIT, TAGS = (
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
    "tags.md",
)
LISTED_ITEMS = 50
"""Open items that a page lists at most; `tracker items` lists all."""


BUSY = 40
"""Sessions on a page of a month: a busy month has several pages."""


@dataclass(frozen=True)
class Month:
    """Consecutive sessions of one month, which have a page."""

    title: str
    page: str
    sessions: tuple[SessionFile, ...]


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
    def topics_of(self) -> Mapping[str, tuple[str, ...]]:
        """The topics of each session: its own tags, and those of the phases that it worked on."""
        found = {one.session.session: list(one.session.tags) for one in self.progress.sessions}
        for phase in self.progress.phases:
            for name in phase.sessions:
                found[name] += phase.phase.tags
        return {name: tuple(dict.fromkeys(topics)) for name, topics in found.items()}

    @cached_property
    def topic_pages(self) -> Mapping[str, str]:
        """Page of each topic."""
        topics = {topic for one in self.topics_of.values() for topic in one}
        topics |= {topic for one in self.progress.phases for topic in one.phase.tags}
        return _addresses("tags", ((topic, f"topic-{topic}") for topic in sorted(topics)))

    @cached_property
    def status_pages(self) -> Mapping[str, str]:
        """Page of each status that a phase has and each verdict that a criterion has."""
        statuses = {str(one.status) for one in self.progress.phases}
        statuses |= {
            str(judged.verdict) for one in self.progress.phases for judged in (*one.prerequisites, *one.criteria)
        }
        return _addresses("tags", ((status, f"status-{status}") for status in sorted(statuses)))

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
    def months(self) -> list[Month]:
        """The months that have sessions, the newest first."""
        found = []
        for title, group in groupby(self.progress.sessions, lambda one: f"{one.session.date:%Y-%m}"):
            sessions = tuple(group)
            for part, start in enumerate(range(0, len(sessions), BUSY), start=1):
                heading, name = (title, title) if part == 1 else (f"{title}, part {part}", f"{title}-part-{part}")
                found.append(Month(heading, f"sessions/{name}.md", sessions[start : start + BUSY]))
        return found[::-1]

    @property
    def month_links(self) -> list[tuple[str, str]]:
        """The title and page of each month, the newest first."""
        return [(one.title, one.page) for one in self.months]

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
    def today(self) -> Version:
        """The version that a release now would freeze, without a proposed number and its changelog."""
        return snapshot(self.progress, FIRST)

    @cached_property
    def changes(self) -> Difference | None:
        """What changed in the plan since the last version, if there is one."""
        versions = self.progress.facts.versions
        return compare(versions[-1], self.today) if versions else None

    @cached_property
    def runs_of(self) -> Mapping[str, int]:
        """How many results each name has."""
        return Counter(one.name for one in self.progress.facts.results)

    @cached_property
    def newest_runs(self) -> list[MeasuredResult]:
        """All results, the newest first."""
        return self.progress.facts.results[::-1]


Neighbour = tuple[str, str] | None
"""The title and page of a neighbour."""


def neighbours(pages: Sequence[tuple[str, str]]) -> Iterator[tuple[Neighbour, Neighbour]]:
    """Yield what comes before and after each of some pages, given as title and page.

    >>> list(neighbours([("A", "a.md"), ("B", "b.md")]))
    [(None, ('B', 'b.md')), (('A', 'a.md'), None)]
    """
    for index in range(len(pages)):
        yield pages[index - 1] if index else None, pages[index + 1] if index + 1 < len(pages) else None


def _addresses(folder: str, named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The path of a page for each key, made from its name; an address stays when others are added."""
    return {key: f"{folder}/{slug}.md" for key, slug in unique_slugs(dict(named)).items()}
