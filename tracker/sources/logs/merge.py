"""Merging what a log says into a session file that exists, so that nothing that is there is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tracker.model import Session
from tracker.sources import yaml

SAME_LOG = 0.8
"""Share of the lines of a log that a later edition of it still has; below it is another log."""
_SOURCE = re.compile(r"\n\n---\n\n\*Imported from `[^`\n]*`:\*\n\n")


class CannotMerge(Exception):
    """The edits of people cannot be kept; the message says why."""


def merge(there: str, base: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The session file `there` with the entries of `new`, and the fields that keep another value than that of `new`.

    `base` is what an earlier edition of the same log was imported as; empty for another log. A field that still has
    its value from `base` gets the new value; a list only grows; any other field keeps its value. Raises CannotMerge
    when a comment would be lost.
    """
    document = yaml.edit(there)
    data = yaml.load(there).data
    before = _comments(document)
    kept = []
    for name in Session.model_fields:
        old, theirs, fresh = base.get(name), data.get(name), new.get(name)
        if fresh is None or fresh in (old, theirs):
            continue
        if theirs is None and old is None:
            _set(document, name, fresh)
        elif isinstance(fresh, list) and isinstance(theirs, list):
            added = [item for item in fresh if item not in (old or ()) and item not in theirs]
            document[name].extend(_editable(item) for item in added)
        elif isinstance(fresh, Mapping) and isinstance(theirs, Mapping):
            _grow(document[name], theirs, old if isinstance(old, Mapping) else {}, fresh)
        elif theirs == old:
            _set(document, name, fresh)
        else:
            kept.append(name)
    if _comments(document) != before:
        raise CannotMerge("comments are inside fields that would change")
    merged = yaml.write_back(document) if data != _plain(document) else there
    try:
        Session.model_validate(yaml.load(merged).data)
    except ValidationError as error:
        raise CannotMerge(f"it is not a valid session file ({error.errors()[0]['msg']})") from None
    return merged, kept


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


def _grow(target: CommentedMap, theirs: Mapping[str, Any], old: Mapping[str, Any], fresh: Mapping[str, Any]) -> None:
    """Add the new entries of a mapping, such as `next` or `files`, whose values are mostly lists."""
    for name, value in fresh.items():
        if name not in theirs:
            if name not in old:
                target[name] = _editable(value)
        elif isinstance(value, list) and isinstance(theirs[name], list):
            before = old.get(name) or ()
            added = [item for item in value if item not in before and item not in theirs[name]]
            target[name].extend(_editable(item) for item in added)


def _set(document: CommentedMap, name: str, value: Any) -> None:
    """Set a field, at its place in the order of the model."""
    if name in document:
        document[name] = _editable(value)
        return
    order = list(Session.model_fields)
    place = sum(order.index(key) < order.index(name) for key in document if key in order)
    document.insert(place, name, _editable(value))


def _editable(value: Any) -> Any:
    return yaml.edit(yaml.dump({"value": value}))["value"]


def _plain(document: CommentedMap) -> Any:
    return yaml.load(yaml.write_back(document)).data


def _comments(node: Any) -> Counter[str]:
    """Every comment in a document, with its number of occurrences."""
    if not isinstance(node, (CommentedMap, CommentedSeq)):
        return Counter()
    tokens = [node.ca.comment, *node.ca.items.values(), node.ca.end]
    found = Counter(token.value.strip() for token in _flat(tokens) if token.value.strip())
    for inner in node.values() if isinstance(node, CommentedMap) else node:
        found += _comments(inner)
    return found


def _flat(tokens: Any) -> Iterator[Any]:
    for token in tokens or ():
        if isinstance(token, (list, tuple)):
            yield from _flat(token)
        elif token is not None:
            yield token
