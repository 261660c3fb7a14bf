"""An audit as text, JSON, Markdown, GitHub annotations or SARIF: each only formats, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from tracker.audit.audit import Audit
from tracker.audit.formats.annotations import github
from tracker.audit.formats.data import data
from tracker.audit.formats.markdown import markdown
from tracker.audit.formats.sarif import sarif
from tracker.audit.formats.text import text

FORMATS: dict[str, Callable[[Audit], str]] = {
    "text": text,
    "json": data,
    "markdown": markdown,
    "github": github,
    "sarif": sarif,
}
