"""The facts of real logs, made by reading them, and how often an import finds them.

No text of the logs is kept: an entry is a digest of its first words, and a log is known by a digest of its content.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tracker.sources.logs.meanings import plain
from tracker.sources.logs.reader import Read, read_log
from tracker.words import tokens

TRUTH = Path(__file__).with_suffix(".txt")
"""Facts of logs that were read while the rules were written."""
HOLDOUT = TRUTH.with_name("logs_holdout.txt")
"""Facts of logs that were labelled before they were imported for the first time."""
SECOND_HOLDOUT = TRUTH.with_name("logs_holdout2.txt")
"""Facts of logs of other teams, labelled after the rules were extended for the first holdout."""
THIRD_HOLDOUT = TRUTH.with_name("logs_holdout3.txt")
"""Facts of logs of yet other teams, labelled after the rules were extended for the second one; long logs are cut."""
WORDS = 4
"""Words of an entry that name it."""
ADDED = date(2026, 1, 1)
"""The date of the commit that added a log; only logs without a date have it."""
LISTS = {
    "work": "title", "tests": "name", "decisions": "decision", "incidents": "problem", "learnings": "text",
    "highlights": "", "commits": "commit", "assessments": "question",
}  # fmt: skip


def entries(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield field and text of every fact of a session."""
    for name in ("session", "date", "until", "focus", "team", "status", "duration", "summary"):
        if data.get(name):
            yield name, str(data[name])
    for name in ("tasks", "phases"):
        yield from ((name, f"{key} {value}") for key, value in data.get(name, {}).items())
    for name, key in LISTS.items():
        yield from ((name, one[key] if key else one) for one in data.get(name, ()))
    for kind, files in data.get("files", {}).items():
        yield from ((f"files {kind}", one.get("path") or f"{one['from']} {one['to']}") for one in files)
    for urgency, steps in data.get("next", {}).items():
        field = "options" if urgency == "options" else "next"
        yield from ((field, one["title"] if urgency == "options" else one) for one in steps)
    yield from (("blockers", one) for one in data.get("handoff", {}).get("blockers", ()))
    yield from (("metrics", name) for name in data.get("metrics", {}))


def digest(field: str, text: str) -> str:
    """Return six hexadecimal digits of the first words of an entry.

    >>> digest("next", "**Fire** the kiln") == digest("next", "1. Fire the kiln")
    True
    """
    words = tokens(text if field.startswith(("files", "commits")) else plain(text))
    key = " ".join(words if field.startswith("files") else words[:WORDS])
    return hashlib.sha256(f"{field} {key}".encode()).hexdigest()[:6]


def name_of(content: bytes) -> str:
    """Return the digest by which a log is known."""
    return hashlib.sha256(content).hexdigest()[:12]


def read_truth(file: Path = TRUTH) -> dict[tuple[str, int], Counter[str]]:
    """Return the digests of all facts of a file, each with its field, by log and number of its session."""
    found: dict[tuple[str, int], Counter[str]] = {}
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            log, number, field, *digests = line.split("\t")
            counter = found.setdefault((log, int(number)), Counter())
            counter.update(f"{field} {one}" for one in digests)
    return found


def measure(files: Iterable[Path], facts: Path = TRUTH) -> tuple[int, dict[str, tuple[int, int, int]]]:
    """Return how many logs have known facts, and by field how many facts an import finds, finds rightly and misses."""
    truth, scores, logs = read_truth(facts), {}, 0
    right, found, there = Counter[str](), Counter[str](), Counter[str]()
    for path in files:
        content = path.read_bytes()
        numbers = [number for log, number in truth if log == name_of(content)]
        logs += bool(numbers)
        read = read_log(path.name, content, added=lambda: ADDED) if numbers else []
        for number in numbers:
            known = truth[name_of(content), number]
            one = read[number] if number < len(read) else None
            said = Counter(f"{f} {digest(f, t)}" for f, t in entries(one.data)) if isinstance(one, Read) else Counter()
            for key, count in said.items():
                found[key.rsplit(" ", 1)[0]] += count
            for key, count in known.items():
                there[key.rsplit(" ", 1)[0]] += count
                right[key.rsplit(" ", 1)[0]] += min(count, said[key])
    for field in sorted({*found, *there}):
        scores[field] = (found[field], right[field], there[field])
    return logs, scores
