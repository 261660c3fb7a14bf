"""`tracker release` and `tracker diff`: freeze the progress of today, and compare any two days."""

from __future__ import annotations

from pathlib import Path

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.files import create_file
from tracker.model import VERSION_NUMBER, Version
from tracker.progress.progress import Progress, look_up
from tracker.progress.versions import Difference, compare, snapshot, whole
from tracker.sources.facts import looking_back
from tracker.sources.versions import version_text
from tracker.user_folders import exclusive

LOCK_SECONDS = 10


def release(progress: Progress, number: str | None = None, note: str | None = None) -> Path:
    """Write the next version and return its file.

    Raises TrackerError where any file has a problem (what it says would be missing for ever), where the number is taken
    or not greater than the last one, where another release is under way, or where nothing changed since the last one
    and no number is given.
    """
    facts = progress.facts
    folder = facts.workspace.versions
    if facts.problems:
        first = "nothing is released while files have problems, for a version never changes:"
        raise TrackerError("\n".join([first, *map(str, facts.problems)]))
    _check(number, facts.versions)
    version = snapshot(progress, number, note)
    if number is None and facts.versions:
        last = facts.versions[-1]
        if not compare(last, version).transitions:
            raise TrackerError(f"nothing changed since version {last.version}; give a number to release all the same")
    path = folder / f"{version.version}.yml"
    try:
        with exclusive(facts.workspace.root, LOCK_SECONDS):
            create_file(path, version_text(version).encode(), within=progress.facts.workspace.root)
    except FileExistsError:
        raise TrackerError(f"{path}: exists already; a frozen version never changes") from None
    return path


def difference(progress: Progress, before: str, after: str | None) -> Difference:
    """How two days differ: each a version's number or a revision of git; None: as everything stands now.

    Raises TrackerError for what is neither.
    """
    sides = [_side(progress, before), _side(progress, after) if after else _now(progress)]
    return compare(*sides)


def _now(progress: Progress) -> Version:
    return whole(snapshot(progress), progress.facts.versions)


def _side(progress: Progress, name: str) -> Version:
    versions = {version.version: version for version in progress.facts.versions}
    if name in versions:
        return whole(versions[name], progress.facts.versions)
    if VERSION_NUMBER.fullmatch(name):
        known = ", ".join(versions) or "none yet"
        raise TrackerError(f"{name}: no such version; there are: {known}")
    with looking_back(progress.facts.repository, name) as facts, Cache(None):
        return _now(look_up(facts))


def _check(number: str | None, versions: list[Version]) -> None:
    if number is None:
        return
    if not VERSION_NUMBER.fullmatch(number):
        raise TrackerError(f"{number}: expected a version number such as 3.9.0")
    if versions and tuple(map(int, number.split("."))) <= versions[-1].order:
        raise TrackerError(f"{number}: expected a number greater than that of the last version, {versions[-1].version}")
