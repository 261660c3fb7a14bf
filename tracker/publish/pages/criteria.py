"""Criteria: a page each, with its value over time and the commits that worded it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date

from markupsafe import Markup

from diagnostics.charts import finite, line_chart
from tracker.model import BaseEvidence
from tracker.progress.evidence import EvidenceHistory, history_of
from tracker.progress.verdicts import Judged
from tracker.publish.page import Page
from tracker.publish.site import Site, neighbours


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """The value of one result, where some evidence looks."""

    when: Date | None
    value: str
    name: str
    page: str


def pages(site: Site) -> Iterator[Page]:
    """A page for every criterion and prerequisite."""
    versions = site.progress.facts.versions
    frozen = {
        version.version: {one.id: one for phase in version.phases for one in (*phase.prerequisites, *phase.criteria)}
        for version in versions
    }
    for phase in site.progress.phases:
        every = (*phase.prerequisites, *phase.criteria)
        titles = [(one.criterion.id, site.criterion_pages[one.criterion.id]) for one in every]
        for (before, after), judged in zip(neighbours(titles), every, strict=True):
            name = judged.criterion.id
            histories = [
                (evidence, history_of(evidence, site.progress.world)) for evidence in judged.criterion.evidence
            ]
            measured = [_measured(site, evidence, history) for evidence, history in histories if history]
            values = {
                "judged": judged,
                "before": before,
                "after": after,
                "status_page": site.status_pages[judged.verdict],
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
    site: Site, evidence: BaseEvidence, history: EvidenceHistory
) -> tuple[str, str | None, list[MeasurementRow]]:
    """Return what the evidence asks, its values as a chart where there are two or more numbers, and as a list."""
    numbers = [number for one in history.measurements if (number := finite(one.value)) is not None]
    chart = _chart(evidence, numbers, history.bound) if len(numbers) > 1 else None
    rows = [
        MeasurementRow(
            one.result.started.date() if one.result.started else None,
            str(one.value),
            one.result.name,
            site.run_pages[one.result.path],
        )
        for one in reversed(history.measurements)
    ]
    return evidence.asks, chart, rows


def _chart(evidence: BaseEvidence, numbers: list[float], bound: float | None) -> str:
    series: dict[str, list[object]] = {evidence.subject.partition(": ")[2]: list(numbers)}
    if bound is not None:
        series[evidence.asks.removeprefix(evidence.subject).strip()] = [bound] * len(numbers)
    return Markup(line_chart(evidence.subject, "result", range(1, len(numbers) + 1), series))


def _named(site: Site, judged: Judged) -> dict[str, str]:
    names = {checked.found.session for checked in judged.checked}
    return {name: site.session_pages[name] for name in sorted(filter(None, names)) if name in site.session_pages}
