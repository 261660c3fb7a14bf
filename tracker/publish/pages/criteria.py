"""Criteria: a page each, with its value over time and who worded it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date

from tracker.model import Evidence, Result
from tracker.progress.evidence.result import value_of
from tracker.progress.verdicts import Judged
from tracker.publish.charts import LineChart, finite, line_chart
from tracker.publish.page import Page
from tracker.publish.site import Site


@dataclass(frozen=True, slots=True)
class Measurement:
    """The value of one result, where some evidence looks."""

    when: Date | None
    value: str
    name: str
    page: str


def pages(site: Site) -> Iterator[Page]:
    """A page for every criterion and prerequisite."""
    versions = site.progress.facts.versions
    by_name: dict[str, list[Result]] = {}
    for result in site.progress.facts.results:
        by_name.setdefault(result.name, []).append(result)
    frozen = {
        version.version: {one.id: one for phase in version.phases for one in (*phase.prerequisites, *phase.criteria)}
        for version in versions
    }
    for phase in site.progress.phases:
        for judged in (*phase.prerequisites, *phase.criteria):
            name = judged.criterion.id
            measured = [_measured(site, evidence, by_name) for evidence in judged.criterion.evidence if evidence.value]
            values = {
                "judged": judged,
                "phase": phase.phase.title,
                "phase_page": site.phase_pages[phase.phase.id],
                "over_versions": [
                    (version.version, site.version_pages[version.version], version.date, frozen[version.version][name])
                    for version in reversed(versions)
                    if name in frozen[version.version]
                ],
                "measured": measured,
                "wordings": site.wordings.get(name, []),
                "session_pages": _named(site, judged),
                "run_pages": site.run_pages,
            }
            yield Page(site.criterion_pages[name], "criterion.md.j2", values)


def _measured(
    site: Site, evidence: Evidence, by_name: dict[str, list[Result]]
) -> tuple[str, LineChart | None, list[Measurement]]:
    """What the evidence asks, its values as a chart where there are two or more numbers, and as a list."""
    found = [
        (result, value)
        for result in by_name.get(evidence.result or "", [])
        if result.status == "complete" and (value := value_of(evidence, result)) is not None
    ]
    numbers = [number for _, value in found if (number := finite(value)) is not None]
    chart = None
    if len(numbers) > 1:
        series: dict[str, list[object]] = {evidence.value or "": list(numbers)}
        if (bound := _bound(evidence)) is not None:
            series[evidence.asks.removeprefix(evidence.subject).strip()] = [bound] * len(numbers)
        chart = line_chart(evidence.subject, "result", [float(index + 1) for index in range(len(numbers))], series)
    rows = [
        Measurement(
            result.started.date() if result.started else None, str(value), result.name, site.run_pages[result.path]
        )
        for result, value in reversed(found)
    ]
    return evidence.asks, chart, rows


def _bound(evidence: Evidence) -> float | None:
    return next(
        (bound for name in ("below", "at_most", "above", "at_least") if (bound := getattr(evidence, name)) is not None),
        None,
    )


def _named(site: Site, judged: Judged) -> dict[str, str]:
    names = {checked.found.session for checked in judged.checked}
    return {name: site.session_pages[name] for name in sorted(filter(None, names)) if name in site.session_pages}
