"""The meaning of table columns and cells, as tables of words: to support a new word, add an entry."""

from __future__ import annotations

import re

from tracker.sources.logs.languages import english
from tracker.sources.logs.meanings import plain

COLUMNS: dict[str, tuple[str, ...]] = {
    "file": (
        "file",
        "files",
        "path",
        "filename",
        "file name",
        "file path",
        "script",
        "document",
        "artifact",
        "module",
        "location",
        "doc",
        "name",
    ),
    "action": (
        "action",
        "change type",
        "type",
        "op",
        "operation",
        "kind",
        "what happened",
        "change",
        "status",
        "changes",
    ),
    "commit": ("commit", "commits", "hash", "sha", "commit hash", "revision", "rev", "id", "git"),
    "note": (
        "description",
        "note",
        "notes",
        "message",
        "purpose",
        "change",
        "changes",
        "comment",
        "why",
        "details",
        "what",
        "summary",
        "subject",
        "lines",
        "type",
        "status",
    ),
    "outcome": (
        "result",
        "results",
        "outcome",
        "status",
        "verdict",
        "pass",
        "passed",
        "pass?",
        "state",
        "ok",
        "actual",
    ),
    "problem": (
        "issue",
        "problem",
        "bug",
        "incident",
        "error",
        "symptom",
        "failure",
        "what",
        "item",
        "description",
        "title",
        "name",
    ),
    "cause": ("cause", "root cause", "why", "reason", "mechanism"),
    "resolution": ("fix", "resolution", "solution", "workaround", "mitigation", "action", "resolved by"),
    "decision": ("decision", "choice", "option", "what", "topic", "ruling", "decided"),
    "rationale": ("rationale", "why", "reason", "reasoning", "because", "justification", "notes"),
    "alternatives": ("alternatives", "alternative", "alternatives considered", "rejected", "instead of", "turned down"),
    "urgency": ("priority", "urgency", "when", "status", "timeline", "horizon", "prio"),
    "lesson": ("lesson", "learning", "insight", "takeaway", "finding", "what"),
    "risk": ("risk", "risks"),
    "path": ("file", "files", "path", "filename", "file name", "file path", "script"),
    "status": ("status", "state"),
    "time": ("time", "when", "at"),
    "number": ("#", "no", "no.", "nr", "nr."),
}
"""Headers by role, in order of preference."""

STATUS_SIGNS: tuple[tuple[str, str], ...] = (
    ("cancelled", r"❌|🚫|\b(cancell?ed|dropped|abandoned)\b"),
    ("deferred", r"⏸|\b(deferred|postponed|not started \(deferred\))"),
    ("blocked", r"⛔|\bblocked\b"),
    ("planned", r"⬜|🔲|\b(not started|planned|pending|to-?do|next|open|queued|waiting|remaining|future|upcoming)\b"),
    ("in progress", r"🔄|🚧|🟡|⏳|\b(in progress|wip|ongoing|started|active|current|partial(ly)?)\b"),
    ("complete", r"✅|✔|☑|\b(complete[d]?|done|finished|validated|deployed|shipped|merged|closed)\b"),
)


_SHARE = re.compile(r"(?<![\d.])(\d{1,3})(?:\.\d+)?\s?%")
"""How much of something is done: `60% complete` is not complete."""


def column(header: tuple[str, ...], role: str) -> int | None:
    """The index of the column with a role, if any."""
    names = [english(plain(name)).lower() or name.strip().lower() for name in header]
    return next((names.index(word) for word in COLUMNS[role] if word in names), None)


def status_of(text: str) -> str | None:
    """The status in a text or its symbols, in the terms of the plan."""
    text = english(text)
    if (share := _SHARE.search(text)) and int(share[1]) < 100:
        return "in progress" if int(share[1]) else "planned"
    return next((status for status, pattern in STATUS_SIGNS if re.search(pattern, text, re.IGNORECASE)), None)
