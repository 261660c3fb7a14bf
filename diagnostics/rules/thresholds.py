"""Thresholds of a workspace: the key `thresholds` of `tracker.yml`.

    thresholds:
      dead-units:
        warning: 0.2
      overfitting: {warning: 0.4, critical: 0.8}

Only these two forms are read, line by line: reading all of YAML would need more than the standard library."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

Thresholds = Mapping[str, Mapping[str, float]]
RULE = re.compile(r"""^\s+["']?([\w-]+)["']?:\s*(?:\{(.*)\})?\s*$""")
VALUE = re.compile(r"""^\s*["']?([\w-]+)["']?:\s*(\S+)\s*$""")


def workspace_thresholds(start: Path) -> dict[str, dict[str, float]]:
    """The thresholds in the `tracker.yml` of the nearest folder that has one, from `start` upwards; empty without any.

    Raises ValueError with file and line for what is not in one of the two forms."""
    for folder in (start, *start.parents):
        path = folder / "tracker.yml"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            continue
        return _parse(path, text)
    return {}


def merge(first: Thresholds, second: Thresholds) -> dict[str, dict[str, float]]:
    """Both together; where both have a value, that of `second` holds.

    >>> merge({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
    {'a': {'x': 1, 'y': 3}}
    """
    return {rule: {**first.get(rule, {}), **second.get(rule, {})} for rule in dict.fromkeys((*first, *second))}


def _parse(path: Path, text: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    depth = 0
    values: dict[str, float] = {}
    for number, line in _block(text):
        place = f"{path}:{number}"
        indent = len(line) - len(line.lstrip())
        depth = depth or indent
        rule = RULE.match(line)
        if indent == depth and rule:
            values = found.setdefault(rule[1], {})
            for part in filter(str.strip, (rule[2] or "").split(",")):
                values.update(_value(place, part))
        elif indent > depth and found:
            values.update(_value(place, line))
        else:
            raise ValueError(f"{place}: thresholds: expected a rule with its limits, such as `dead-units:`")
    return found


def _block(text: str) -> Iterator[tuple[int, str]]:
    """The lines below `thresholds:`, without comments, with their numbers."""
    inside = False
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split(" #")[0].rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            inside = line == "thresholds:"
        elif inside:
            yield number, line


def _value(place: str, text: str) -> dict[str, float]:
    found = VALUE.match(text)
    if found is not None:
        with contextlib.suppress(ValueError):
            return {found[1]: float(found[2])}
    raise ValueError(f"{place}: thresholds: expected `name: number`, not {text.strip()!r}")
