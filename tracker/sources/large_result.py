"""Results of many numbers: of a large file only the small values are kept, and the others are parsed when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tracker.sources.numbers import PreciseFloat, load_json

LARGE = 16_000
"""Bytes above which a file is large."""
SMALL = 10_000
"""Letters of a value that is kept, as JSON."""


class LargeResult(Mapping[str, Any]):
    """The JSON object of a large file. It reads as a dict of its values does. `digest` identifies the content."""

    def __init__(self, digest: str, content: bytes, names: list[str], kept: Mapping[str, Any]) -> None:
        self._digest = digest
        self._content = content
        self._names = names
        self._kept = kept

    def __getitem__(self, name: str) -> Any:
        if name in self._kept:
            return self._kept[name]
        if name not in self._names:
            raise KeyError(name)
        return _parse(self._content)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"LargeResult({self._digest})"


@lru_cache(maxsize=2)  # one page asks for several values of a result and of the one before it
def _parse(content: bytes) -> dict[str, Any]:
    data: dict[str, Any] = load_json(content.decode("utf-8-sig"))
    return data


def small_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are small as JSON, and that JSON keeps exactly."""
    return {name: value for name, value in data.items() if _is_exact(value) and len(json.dumps(value)) <= SMALL}


def _is_exact(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_exact, value.values()))
    if isinstance(value, list):
        return all(map(_is_exact, value))
    return not isinstance(value, PreciseFloat)
