"""What was there when the session of an agent began: only what came later is claimed by that session.

Kept in the cache of the workspace. Nothing here parses a session, so that a turn in which nothing changed ends fast.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tracker.cache import Cache, digest, existing
from tracker.commands.hooks.files import session_digests
from tracker.sources.repository import GitError, Repository
from tracker.user_folders import cache_folder

KIND = "agent session"
COMMITTED = re.compile(r"commit(?: \([^)]*\))?: (.*)")
"""How the reflog names a commit that was made here, not pulled, picked or checked out."""
TRANSCRIPT_LIMIT = 256 * 1024 * 1024
"""Bytes of the longest transcript in which names are looked up."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was there when a session of an agent began."""

    head: str | None
    folder: str
    """The folder of the session files."""
    files: Mapping[str, str]
    """Digest of each session file, by its path in the workspace."""
    said: tuple[str, ...]
    """What the session files said that differed from HEAD, as digests of the keys; git knows the others."""
    moves: int = -1
    """Entries of the reflog of HEAD; -1 where that is unknown."""

    def is_older(self, key: str) -> bool:
        """Whether something was said before."""
        return _short(key) in self.said

    def changed_files(self, root: Path) -> list[str]:
        """The session files that were added or changed since."""
        now = session_digests(root, self.folder)
        return [file for file, content in now.items() if self.files.get(file) != content]

    def committed_subjects(self, repository: Repository) -> set[str]:
        """The subjects of the commits that were made in this clone since.

        Commits that came by a pull, a merge or another branch are of others.
        """
        moves = head_moves(repository)
        new = moves[: len(moves) - self.moves] if self.moves >= 0 else []
        return {found[1] for found in map(COMMITTED.fullmatch, new) if found}


def record(root: Path, session: str, folder: str, said: Iterable[str]) -> None:
    """Remember what is there now, before a session does anything. A session that is resumed keeps its beginning."""
    key = digest(session)
    with Repository.open(root) as repository, Cache(cache_folder(root)) as cache:
        if not cache.get(KIND, [key]):
            keys, moves = tuple(map(_short, said)), len(head_moves(repository))
            beginning = Beginning(repository.head, folder, session_digests(root, folder), keys, moves)
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


def head_moves(repository: Repository) -> list[str]:
    """What the reflog of HEAD says about each of its moves, the newest first."""
    with suppress(GitError), repository.run("log", "--walk-reflogs", "--format=%gs", "HEAD", "--") as output:
        return output.read().decode("utf-8", "replace").splitlines()
    return []


def _short(key: str) -> str:
    return digest(key)[:16]


# --- the transcript -------------------------------------------------------------------------------------------------

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


def named_in(transcript: Path | None, texts: Iterable[str]) -> set[str]:
    """The texts that a transcript contains; all of them where there is none.

    What an agent wrote, its transcript names. What it does not name, another agent in the same folder wrote.
    """
    wanted = set(texts)
    try:
        if not wanted or transcript is None or not 0 < _size(transcript) <= TRANSCRIPT_LIMIT:
            return wanted
        content = transcript.read_bytes()
    except OSError:
        return wanted
    return {text for text in wanted if any(form in content for form in _forms(text))}


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _forms(text: str) -> list[bytes]:
    """A text as JSON writes it, and as JSON in JSON does."""
    once = [json.dumps(text, ensure_ascii=escaped)[1:-1] for escaped in (True, False)]
    return [one.encode("utf-8", "replace") for text in once for one in (text, json.dumps(text)[1:-1])]
