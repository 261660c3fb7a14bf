"""`tracker release` and `tracker diff`: freeze the current progress as a version, and compare two versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.files import create_file
from tracker.model import VERSION_NUMBER, Session, Version
from tracker.progress.mentions import SessionNames
from tracker.progress.progress import Progress, look_up
from tracker.progress.release import release_content
from tracker.progress.versions import Difference, ProposedNumber, compare, last_day, propose, snapshot, whole
from tracker.sources.facts import looking_back
from tracker.sources.past import facts_of_day
from tracker.sources.versions import version_text
from tracker.user_folders import exclusive

LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Milestone:
    """What a release covers; by default everything until now."""

    since: str | None = None
    """The first session; older ones are left out."""
    phase: str | None = None
    """A phase, whose first and last session are the limits."""
    day: Date | None = None
    """The last day, for a release that is made later."""


EVERYTHING = Milestone()


def prepare_release(
    progress: Progress, number: str | None = None, note: str | None = None, milestone: Milestone = EVERYTHING
) -> tuple[Version, ProposedNumber]:
    """Return the next version, and the number that is proposed for it.

    Raises TrackerError when the number is not greater than the last one, and for a milestone that does not exist or is
    older than the last version.
    """
    versions = progress.facts.versions
    _check(number, versions)
    then, since = _at(progress, milestone)
    version = snapshot(then, number, note, release_content(then, since))
    if versions and version.date < versions[-1].date:
        last = versions[-1]
        raise TrackerError(f"version {last.version} is of {last.date}; release milestones in order, the oldest first")
    return version, propose(versions[-1] if versions else None, version)


def release(progress: Progress, version: Version, *, numbered: bool = True) -> Path:
    """Write a prepared version and return its file.

    Raises TrackerError when a file has a problem (its content would be missing from the version), when another release
    is running, or when nothing changed and no number was given.
    """
    facts = progress.facts
    if facts.problems:
        first = "not released: fix these problems first, because a version never changes"
        raise TrackerError("\n".join([first, *map(str, facts.problems)]))
    if not numbered and facts.versions:
        last = facts.versions[-1]
        if not (compare(last, version).transitions or version.changes):
            raise TrackerError(f"nothing changed since version {last.version}; pass a number to release anyway")
    path = facts.workspace.versions / f"{version.version}.yml"
    try:
        with exclusive(facts.workspace.root, LOCK_SECONDS):
            create_file(path, version_text(version).encode(), within=facts.workspace.root)
    except FileExistsError:
        raise TrackerError(f"{path} already exists, and a version never changes") from None
    return path


def _at(progress: Progress, milestone: Milestone) -> tuple[Progress, str | None]:
    """Return the progress at a milestone, and the first session that it covers."""
    since, day = milestone.since, milestone.day
    if milestone.phase:
        first, last = _limits_of_phase(progress, milestone.phase)
        since, day = since or first.session, day or (last.until or last.date)
    if since:
        session = SessionNames(one.session for one in progress.sessions).find(since)
        if session is None:
            raise TrackerError(f"{since}: no such session")
        since = session.session
    if day is None or day >= last_day(progress):
        return progress, since
    return look_up(facts_of_day(progress.facts, day)), since


def _limits_of_phase(progress: Progress, name: str) -> tuple[Session, Session]:
    phase = next((one for one in progress.phases if one.phase.id == name), None)
    if phase is None:
        known = ", ".join(one.phase.id for one in progress.phases) or "none yet"
        raise TrackerError(f"{name}: no such phase; the phases are: {known}")
    worked = [one.session for one in progress.sessions if one.session.session in phase.sessions]
    if not worked:
        raise TrackerError(f"phase {name}: no session worked on it, so it is no milestone; use --since or --date")
    return worked[0], worked[-1]


def is_version(name: str) -> bool:
    """Whether a name is a version number, such as 3.9.0."""
    return bool(VERSION_NUMBER.fullmatch(name))


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
