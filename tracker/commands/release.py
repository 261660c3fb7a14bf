"""`tracker release` and `tracker diff`: freeze the current progress as a version, and compare two versions."""

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

    Raises TrackerError when a file has a problem (its content would be missing from the version), when the number is
    not greater than the last one, when another release is running, or when nothing changed and no number is given.
    """
    facts = progress.facts
    folder = facts.workspace.versions
    if facts.problems:
        first = "not released: fix these problems first, because a version never changes"
        raise TrackerError("\n".join([first, *map(str, facts.problems)]))
    _check(number, facts.versions)
    version = snapshot(progress, number, note)
    if number is None and facts.versions:
        last = facts.versions[-1]
        if not compare(last, version).transitions:
            raise TrackerError(f"nothing changed since version {last.version}; pass a number to release anyway")
    path = folder / f"{version.version}.yml"
    try:
        with exclusive(facts.workspace.root, LOCK_SECONDS):
            create_file(path, version_text(version).encode(), within=progress.facts.workspace.root)
    except FileExistsError:
        raise TrackerError(f"{path} already exists, and a version never changes") from None
    return path


def preview(progress: Progress, number: str | None = None, note: str | None = None) -> str:
    """The text of the file that `release` would write."""
    return version_text(snapshot(progress, number, note))


def difference(progress: Progress, before: str, after: str | None) -> Difference:
    """The changes between two version numbers or git revisions; `after=None` is the current state.

    Raises TrackerError for anything else.
    """
    sides = [_side(progress, before), _side(progress, after) if after else _now(progress)]
    return compare(*sides)


def difference_page(progress: Progress, before: str, after: str | None, found: Difference) -> str:
    """A difference as a Markdown page."""
    from tracker.publish.render import Renderer

    values = {"before": before, "after": after or "now", "transitions": found.transitions}
    return Renderer.of(progress.facts).text("diff.md.j2", values)


def _now(progress: Progress) -> Version:
    return whole(snapshot(progress), progress.facts.versions)


def _side(progress: Progress, name: str) -> Version:
    versions = {version.version: version for version in progress.facts.versions}
    if name in versions:
        return whole(versions[name], progress.facts.versions)
    if VERSION_NUMBER.fullmatch(name):
        known = ", ".join(versions) or "none yet"
        raise TrackerError(f"{name}: no such version; the versions are: {known}")
    with looking_back(progress.facts.repository, name) as facts, Cache(None):
        return _now(look_up(facts))


def _check(number: str | None, versions: list[Version]) -> None:
    if number is None:
        return
    if not VERSION_NUMBER.fullmatch(number):
        raise TrackerError(f"{number}: expected a version number such as 3.9.0")
    if versions and tuple(map(int, number.split("."))) <= versions[-1].order:
        raise TrackerError(f"{number}: expected a number greater than that of the last version, {versions[-1].version}")
