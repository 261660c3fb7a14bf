"""The people who wrote the commits of a release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tracker.files import UnsafePath, read_file
from tracker.model import Commit
from tracker.sources.repository import Repository

_CO_AUTHOR = re.compile(
    r"^Co-authored-by:[ \t]*([^<>\r\n]+?)[ \t]*<([^<>\s]+)>[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_BOT = re.compile(r"\[bot\]", re.IGNORECASE)


def contributors(repository: Repository, commits: Iterable[Commit]) -> tuple[str, ...]:
    """Return the names of authors and co-authors, as `.mailmap` spells them, the one with the most commits first.

    Merges do not count, and bots are left out. A person with several addresses counts once where the names are equal.
    """
    people = [person for commit in commits if len(commit.parents) < 2 for person in _people(commit)]
    mapped = _mapped(repository, people)
    counts = Counter(mapped[person] for person in people if not _BOT.search("".join(mapped[person])))
    by_name: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for (name, _), count in counts.items():
        by_name[name.casefold()] += count
        spelling.setdefault(name.casefold(), name)
    return tuple(spelling[name] for name, _ in sorted(by_name.items(), key=lambda item: (-item[1], item[0])))


def mail_map(root: Path) -> bytes:
    """The content of `.mailmap` in the root of a repository; nothing where there is none that may be read."""
    try:
        return read_file(root / ".mailmap", within=root)
    except (OSError, UnsafePath):
        return b""


def _people(commit: Commit) -> list[tuple[str, str]]:
    authors = [(" ".join(commit.author.split()), commit.email), *_CO_AUTHOR.findall(commit.body)]
    return list(dict.fromkeys((name, email) for name, email in authors if name))


def _mapped(repository: Repository, people: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return name and address of each person as `.mailmap` has them; one git process."""
    wanted = [
        one for one in dict.fromkeys(people) if not re.search(r"[<>\s]", one[1]) and not re.search("[<>]", one[0])
    ]
    found = {one: one for one in people}
    if not wanted:
        return found
    feed = (f"{name} <{email}>\n".encode("utf-8", "surrogateescape") for name, email in wanted)
    with repository.run("check-mailmap", "--stdin", feed=feed) as output:
        lines = output.read().decode("utf-8", "replace").split("\n")
    for one, line in zip(wanted, lines, strict=False):
        name, _, email = line.rpartition(" <")
        found[one] = (name or one[0], email.removesuffix(">"))
    return found
