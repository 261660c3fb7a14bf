"""Read a transcript line by line, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tracker.errors import TrackerError
from tracker.sources.transcripts import claude, codex, minimal
from tracker.sources.transcripts.transcript import Transcript

FORMATS = (claude, codex, minimal)
LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of the longest line that is read; longer ones are counted."""


def read_transcript(path: Path) -> Transcript:
    """Return what a transcript says. Unknown fields and records are ignored, broken and overlong lines counted.

    Raises TrackerError where it is not a regular file, or nothing in it has a known form.
    """
    if not path.is_file():
        raise TrackerError(f"{path}: {'not a regular file' if path.exists() else 'no such file'}")
    found = Transcript()
    with path.open("rb") as stream:
        for line in _lines(stream):
            _add_line(line, found)
    if not found.format:
        names = ", ".join(one.NAME for one in FORMATS)
        raise TrackerError(
            f"{path}: not a transcript: none of its {found.lines:,} lines is a record of a known format ({names})"
        )
    return found


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a stream; None for one that is too long."""
    while line := stream.readline(LINE_LIMIT):
        if len(line) < LINE_LIMIT or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
            pass
        yield None


def _add_line(line: bytes | None, found: Transcript) -> None:
    if line is None:
        found.lines += 1
        found.too_long += 1
        return
    if not line.strip():
        return
    found.lines += 1
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        found.broken += 1
        return
    for one in FORMATS:
        if one.is_record(record) and found.format in ("", one.NAME):
            found.format = one.NAME
            one.add(record, found)
            return
