"""Session files as hooks see them: without the models, so that most events end fast."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker.cache import digest
from tracker.errors import TrackerError
from tracker.files import read_file
from tracker.sources import yaml
from tracker.sources.repository import Repository

SUFFIXES = (".yml", ".yaml")


def session_digests(root: Path, folder: str) -> dict[str, str]:
    """A digest of each session file, readable or not, by its path in the workspace."""
    return {file: digest(content) for file, content in session_contents(root, folder)}


def session_contents(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """The path in the workspace and the content of each session file; without content where it cannot be read."""
    start = folder.rstrip("/")
    try:
        with os.scandir(root / start) as entries:
            names = [entry.name for entry in entries if is_session(entry.name)]
    except OSError:
        return
    for name in names:
        file = f"{start}/{name}"
        yield file, _content(f"{root}/{file}")


def is_session(name: str) -> bool:
    """Whether a file of that name is a session file; the `._` files of macOS are none."""
    return name.endswith(SUFFIXES) and not name.startswith("._")


def _content(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO would wait for a writer
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            return stream.read(yaml.MAX_BYTES)
    except OSError:
        return b""


def uncommitted(repository: Repository, folder: str) -> set[str]:
    """The files of a folder that differ from HEAD, by their path in the workspace."""
    arguments = ("--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", repository.prefix + folder)
    with repository.run("status", *arguments) as output:
        entries = output.read().decode("utf-8", "surrogateescape").split("\0")
    return {entry[3:].removeprefix(repository.prefix) for entry in entries}


def read_session(root: Path, file: str) -> Mapping[str, Any] | None:
    """The content of a session file; None where it is no mapping with an id, a day and a subject."""
    try:
        data = yaml.load(read_file(root / file, within=root, limit=yaml.MAX_BYTES)).data
    except (yaml.MalformedYAML, TrackerError, OSError):
        return None
    required = ("session", "date", "focus")
    is_session = isinstance(data, Mapping) and all(isinstance(data.get(key), str) and data[key] for key in required)
    return data if is_session else None


def texts(data: object) -> Iterator[str]:
    """Every text in the content of a file."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for one in data.values():
            yield from texts(one)
    elif isinstance(data, list):
        for one in data:
            yield from texts(one)
