"""Merging what a log says into a session file that exists, so that nothing that is there is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError

from tracker.model import Session
from tracker.sources import yaml
from tracker.sources.reading import dotted, fields_at
from tracker.sources.yaml_edit import CannotEdit, set_value

SAME_LOG = 0.8
"""Share of the lines of a log that a later edition of it still has; below it is another log."""
_SOURCE = re.compile(r"\n\n---\n\n\*Imported from `[^`\n]*`:\*\n\n")


class CannotMerge(Exception):
    """The edits of people cannot be kept; the message says why."""


def merge(there: str, base: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the session file `there` with the entries of `new`, and the fields that keep another value than in `new`.

    `base` is what an earlier edition of the same log was imported as; empty for another log. A field that still has
    its value from `base` gets the new value; a list only grows; any other field keeps its value. Only the changed
    fields are edited in the text. Raises CannotMerge when a comment would be lost.
    """
    data = yaml.load(there).data
    merged, kept = dict(data), []
    for name in Session.model_fields:
        old, theirs, fresh = _as_read(base.get(name)), data.get(name), _as_read(new.get(name))
        if fresh is None or fresh in (old, theirs):
            continue
        if isinstance(fresh, list) and isinstance(theirs, list):
            merged[name] = _grown(theirs, old, fresh)
        elif isinstance(fresh, Mapping) and isinstance(theirs, Mapping):
            merged[name] = _grown_mapping(theirs, old if isinstance(old, Mapping) else {}, fresh)
        elif theirs == old:
            merged[name] = fresh
        else:
            kept.append(name)
    try:
        text = set_value(there, (), merged, order=partial(fields_at, Session))
        Session.model_validate(yaml.load(text).data)
    except CannotEdit as error:
        raise CannotMerge(f"{error} (line {error.position.line})") from None
    except ValidationError as error:
        field = dotted(error.errors()[0]["loc"])
        raise CannotMerge(f"{field} is not valid, so it is no session file; `tracker check` says why") from None
    return text, kept


def sources_of(log: str) -> list[str]:
    """The logs that the field `log` of a session file holds, in their order."""
    return _SOURCE.split(log)


def add_source(log: str, name: str, text: str) -> str:
    """The field `log` with one more log, from the file `name`, at its end."""
    return f"{log.rstrip()}\n\n---\n\n*Imported from `{name.replace('`', '')}`:*\n\n{text.lstrip()}"


def holds(log: str, text: str) -> bool:
    """Whether a log is one of those in the field `log`."""
    return text.strip() in {one.strip() for one in sources_of(log)}


def earlier_edition(log: str, text: str) -> str | None:
    """The log among those in `log` of which `text` is a later edition, if any."""
    best = max(sources_of(log), key=lambda one: _lines_kept(one, text))
    return best if _lines_kept(best, text) >= SAME_LOG else None


def _lines_kept(old: str, new: str) -> float:
    """Share of the lines of `old` that `new` has too."""
    lines = Counter(line for line in map(str.strip, old.split("\n")) if line)
    kept = lines & Counter(map(str.strip, new.split("\n")))
    return kept.total() / lines.total() if lines else 0.0


def _grown(theirs: list[Any], old: Any, fresh: list[Any]) -> list[Any]:
    """Return the list with the entries that are new in the log."""
    return theirs + [item for item in fresh if item not in (old or ()) and item not in theirs]


def _grown_mapping(theirs: Mapping[str, Any], old: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping such as `next` or `files`, whose values are mostly lists, with the new entries."""
    merged = dict(theirs)
    for name, value in fresh.items():
        if name not in theirs:
            merged |= {} if name in old else {name: value}
        elif isinstance(value, list) and isinstance(theirs[name], list):
            merged[name] = _grown(theirs[name], old.get(name), value)
    return merged


def _as_read(value: Any) -> Any:
    """Return the data as YAML gives it back: every scalar is text."""
    if isinstance(value, Mapping):
        return {key: _as_read(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_read(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)
