"""Answers about single files, kept until the file or the tool changes.

A question is a pure function of a file's path and content, so a change of other files leaves its answers valid. All
answers to one question are one entry of the cache. It is safe to delete.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tracker.audit.answer_cache import tool
from tracker.cache import Cache, digest

KIND = "notes of "


def pack(data: bytes) -> str:
    """Bytes as a text that the cache can store."""
    return base64.b64encode(zlib.compress(data, 1)).decode("ascii")


def unpack(text: str) -> bytes:
    """The bytes of a packed text; none where it is damaged."""
    try:
        return zlib.decompress(base64.b64decode(text))
    except (ValueError, TypeError, zlib.error):  # no cache is trusted to be whole
        return b""


@dataclass(frozen=True)
class Notes:
    """The kept answers about the files of a tree."""

    folder: Path | None
    """Where they are stored, if anywhere."""
    files: Mapping[str, str]
    """Blob hash by path."""
    unsure: Collection[str] = field(default=frozenset())
    """Files whose content may differ from their hash by now."""

    def recall(self, question: str) -> dict[str, Any]:
        """The answers by path that are still valid."""
        with Cache(self.folder) as cache:
            packed = cache.get(KIND + question, [self._form]).get(self._form, "")
        try:
            known = json.loads(unpack(packed) or b"{}")
            return {path: answer for path, (blob, answer) in known.items() if self.files.get(path) == blob}
        except (ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def keep(self, question: str, answers: Mapping[str, Any], new: Collection[str]) -> None:
        """Keep the answers of the present files, and nothing else, where some are `new`."""
        if all(path in self.unsure for path in new):
            return
        rows = {path: [self.files[path], one] for path, one in answers.items() if path not in self.unsure}
        with Cache(self.folder) as cache:
            cache.put(KIND + question, {self._form: pack(json.dumps(rows).encode())}, only=[self._form])

    @cached_property
    def _form(self) -> str:
        """Changes with the tool."""
        return digest(*tool())
