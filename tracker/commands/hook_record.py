"""What was there when the session of an agent began: only what came later is claimed by that session.

Kept in the cache of the workspace. Nothing here parses a session, so that a turn in which nothing changed ends fast.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tracker.cache import Cache, digest, existing
from tracker.sources.repository import Repository
from tracker.user_folders import cache_folder

KIND = "agent session"
SUFFIXES = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was there when a session of an agent began."""

    head: str | None
    folder: str
    """The folder of the session files."""
    files: Mapping[str, str]
    """Digest of each session file, by its path in the workspace."""
    said: tuple[str, ...]
    """What the sessions said, as digests of the keys."""

    def is_older(self, key: str) -> bool:
        """Whether something was said before."""
        return _short(key) in self.said

    def is_now(self, root: Path) -> bool:
        """Whether nothing was committed and no session file changed since."""
        if session_digests(root, self.folder) != self.files:
            return False
        with Repository.open(root) as repository:
            return repository.head == self.head


def record(root: Path, session: str, folder: str, said: Iterable[str]) -> None:
    """Remember what is there now, before a session does anything. A session that is resumed keeps its beginning."""
    key = digest(session)
    with Repository.open(root) as repository, Cache(cache_folder(root)) as cache:
        if not cache.get(KIND, [key]):
            keys = tuple(map(_short, said))
            beginning = Beginning(repository.head, folder, session_digests(root, folder), keys)
            cache.put(KIND, {key: json.dumps(asdict(beginning))})


def recall(root: Path, session: str) -> Beginning | None:
    """What was recorded; None where nothing was, or where it is damaged."""
    key = digest(session)
    with Cache(existing(cache_folder(root))) as cache:
        known = cache.get(KIND, [key]).get(key)
    try:
        return Beginning(**json.loads(known)) if known else None
    except (ValueError, TypeError):
        return None


def session_digests(root: Path, folder: str) -> dict[str, str]:
    """A digest of each session file, readable or not, by its path in the workspace."""
    place = root / folder
    paths = [path for path in place.iterdir() if path.suffix in SUFFIXES] if place.is_dir() else []
    return {path.relative_to(root).as_posix(): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    try:
        return digest(path.read_bytes()) if path.is_file() else ""
    except OSError:
        return ""


def _short(key: str) -> str:
    return digest(key)[:16]


FIRST_TIME = re.compile(rb'"timestamp"\s*:\s*"([0-9T:.Z+-]+)"')


def started(transcript: Path | None) -> float:
    """The time at which a transcript begins, in seconds since 1970; 0 where it is unknown."""
    try:
        if transcript is None or not transcript.is_file():
            return 0.0
        with transcript.open("rb") as stream:
            found = FIRST_TIME.search(stream.read(64 * 1024))
        moment = datetime.fromisoformat(found[1].decode()) if found else None
        return moment.timestamp() if moment and moment.tzinfo else 0.0
    except (OSError, ValueError, OverflowError):
        return 0.0
