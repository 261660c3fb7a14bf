"""Files for other tools: JSON with its schema, badges and a card."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten
from typing import Any
from unicodedata import east_asian_width

from tracker.model import Status
from tracker.plural import counted
from tracker.progress.trust import trust
from tracker.publish.badge import badge
from tracker.publish.export import NAME, SCHEMA_NAME, export_data
from tracker.publish.page import Page, code_digest
from tracker.publish.site import Site

COLOURS = {Status.COMPLETE: "good", Status.REGRESSED: "bad", Status.BLOCKED: "bad", Status.PLANNED: "quiet"}
CODE = ("publish/export_schema.py", "model/*.py", "progress/claims/claim.py", "progress/trends.py")
"""Modules that the schema follows from."""
CARD_LETTERS, CARD_SIZE, CARD_WIDTH = 60, 88, 1_900
"""Letters of a name on the card, their largest size, and the width that they share in units of their size."""


def pages(site: Site) -> Iterator[Page]:
    """Yield tracker.json, its schema, badges for the status and the verified share, and a card for social networks."""
    progress = site.progress
    yield Page(NAME, "json.j2", {"data": export_data(site)})
    yield Page(SCHEMA_NAME, "json.j2", {}, code_digest(*CODE), lambda: {"data": _schema()})
    status = badge(progress.plan.project, progress.status, COLOURS.get(progress.status, "warn"))
    yield Page("badges/status.svg", "badge.svg.j2", {"badge": status})
    met, criteria = progress.verified
    colour = "good" if met == criteria > 0 else "warn" if met else "quiet"
    verified = badge("verified", f"{met / criteria:.0%}" if criteria else "no criteria", colour)
    yield Page("badges/verified.svg", "badge.svg.j2", {"badge": verified})
    yield Page("card.svg", "card.svg.j2", _card(site))


def _card(site: Site) -> dict[str, Any]:
    """The name of the project as large as it fits, the verdict without its reasons, and the figures."""
    progress = site.progress
    found = trust(progress)
    title = shorten(progress.plan.project, CARD_LETTERS, placeholder="…")
    met, criteria = progress.verified
    figures = [f"{met} of {criteria} criteria verified", counted(len(progress.sessions), "session")]
    return {
        "title": title,
        "size": min(CARD_SIZE, CARD_WIDTH // max(sum(1 + (east_asian_width(one) in "WF") for one in title), 1)),
        "holds": found.holds,
        "verdict": found.sentence.partition(":")[0],
        "figures": " · ".join(figures),
    }


def _schema() -> dict[str, Any]:
    from tracker.publish.export_schema import export_schema  # its models are only needed when the schema is written

    return export_schema()
