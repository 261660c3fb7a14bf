"""Files for other tools: JSON with its schema, and badges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracker.model import Status
from tracker.publish.badge import badge
from tracker.publish.export import NAME, SCHEMA_NAME, export_data
from tracker.publish.page import Page, code_digest
from tracker.publish.site import Site

COLOURS = {Status.COMPLETE: "good", Status.REGRESSED: "bad", Status.BLOCKED: "bad", Status.PLANNED: "quiet"}
CODE = ("publish/export_schema.py", "model/*.py", "progress/claims/claim.py", "progress/trends.py")
"""Modules that the schema follows from."""


def pages(site: Site) -> Iterator[Page]:
    """Yield tracker.json, its schema, and badges for the status and the verified share."""
    progress = site.progress
    yield Page(NAME, "json.j2", {"data": export_data(site)})
    yield Page(SCHEMA_NAME, "json.j2", {}, code_digest(*CODE), lambda: {"data": _schema()})
    status = badge(progress.plan.project, progress.status, COLOURS.get(progress.status, "warn"))
    yield Page("badges/status.svg", "badge.svg.j2", {"badge": status})
    met, criteria = progress.verified
    colour = "good" if met == criteria > 0 else "warn" if met else "quiet"
    verified = badge("verified", f"{met / criteria:.0%}" if criteria else "no criteria", colour)
    yield Page("badges/verified.svg", "badge.svg.j2", {"badge": verified})


def _schema() -> dict[str, Any]:
    from tracker.publish.export_schema import export_schema  # its models are only needed when the schema is written

    return export_schema()
