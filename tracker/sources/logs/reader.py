"""Read the sessions of a Markdown log file, and report what was understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date as Date
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from tracker.model import Session
from tracker.sources.logs import aider
from tracker.sources.logs.collect import collect
from tracker.sources.logs.document import LogDocument, UnreadableLog, decode, parse
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.focus import find_focus, version_of
from tracker.sources.logs.footer import find_status, find_team, last_lines
from tracker.sources.logs.head import Head, front_matter, read_head
from tracker.sources.logs.identity import (
    Days,
    dated,
    find_days,
    find_id,
    find_month,
    id_of_day,
    in_order,
    own_id,
    relative_day,
    without_days,
)
from tracker.sources.logs.meanings import FILE_MEANINGS, LABELS, Meaning, match, plain
from tracker.sources.logs.named import hashes, is_surely_path, quoted_hashes
from tracker.sources.logs.split import LogPart, split

Known = Callable[[Iterable[str]], Mapping[str, str | None]]
"""The full hash of each abbreviated one, or None when git does not know it."""
KnownPaths = Callable[[Iterable[str]], Collection[str]]
"""Those of some paths that exist, or that git knows."""
Added = Callable[[], Date | None]
"""The date of the commit that added a file; only called when the log has no date."""


@dataclass(frozen=True)
class Read:
    """A session that was read from a log."""

    data: Mapping[str, Any]
    """The data of the session file."""
    session: Session
    line: int
    found: Mapping[str, int]
    """Number of entries by field."""
    unclaimed: list[tuple[int, str]]
    """Line and title of headings that no rule understands."""
    doubts: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of what may be wrong."""

    def renamed(self, session: str) -> Read:
        """The same session under another id."""
        data = {**self.data, "session": session}
        return replace(self, data=data, session=self.session.model_copy(update={"session": session}))


@dataclass(frozen=True)
class Unread:
    """A log, or part of one, that is not a valid session, and the reason."""

    line: int
    message: str


def nobody_knows(hashes: Iterable[str]) -> Mapping[str, str | None]:
    """For logs outside a repository."""
    return dict.fromkeys(hashes)


def no_paths(_: Iterable[str]) -> Collection[str]:
    """For logs outside a repository."""
    return ()


def never() -> Date | None:
    """For logs outside a repository."""
    return None


def read_log(
    name: str,
    content: bytes,
    known: Known = nobody_knows,
    added: Added = never,
    known_paths: KnownPaths = no_paths,
) -> list[Read | Unread]:
    """Every session of a log file, in order.

    >>> [one.session.session for one in read_log("a.md", b"# Session 7, 2026-02-15\\n\\n**Focus:** parser\\n")]
    ['7']
    """
    try:
        text = decode(content)
    except UnreadableLog as error:
        return [Unread(1, str(error))]
    front, lines, wrong = front_matter(text)
    # Blank lines in its place: front matter is no Markdown, and the numbers of the lines stay.
    document = parse("\n" * lines + "\n".join(text.split("\n")[lines:]))
    parts = split(document)
    stem = PurePath(name).stem
    if len(parts) == 1 and not parts[0].head and _is_unreleased(document, stem):
        return [Unread(1, "only unreleased changes, which belong to no release yet")]
    file = _File(
        stem, front, wrong, known, known_paths, added, _days_of_all(stem, document, front) if len(parts) > 1 else None
    )
    whole = text.split("\n")
    read: list[Read | Unread] = []
    for index, part in enumerate(parts):
        end = parts[index + 1].line if index + 1 < len(parts) else len(whole)
        read.append(_read_part(part, "\n".join(whole[part.line : end]), file))
    return read


def _is_unreleased(document: LogDocument, stem: str) -> bool:
    """Whether a changelog has no release yet."""
    titles = [section.title for section in document.root.walk() if 0 < section.level < 4]
    named = any(re.search(r"(?i)change[ _-]?log", title) for title in (stem, *titles[:1]))
    return named and any(re.match(r"(?i)\W*unreleased\b", title) for title in titles)


@dataclass(frozen=True)
class _File:
    """What the sessions of one log file share."""

    stem: str
    front: Mapping[str, Any]
    wrong: str | None
    """The error in its front matter, if any."""
    known: Known
    known_paths: KnownPaths
    added: Added
    days: Days | None
    """In a file with several sessions, the date of sessions without a date."""
    made: set[str] = field(default_factory=set)
    """Ids generated so far."""


def _days_of_all(stem: str, document: LogDocument, front: Mapping[str, Any]) -> Days | None:
    head = read_head(document, front)
    return next((days for place in (head.value("date") or "", head.title, stem) if (days := find_days(place))), None)


def _read_part(part: LogPart, log: str, file: _File) -> Read | Unread:
    document, facts = part.document, LogFacts()
    head = read_head(part.own, {} if part.line else file.front)
    if part.head:
        head.title = part.head
    if file.wrong and not part.line:
        facts.doubts.append((1, file.wrong))
    stem = "" if part.head else file.stem
    days = _find_days(head, stem, log, facts) or _unsure_days(part, head, log, file, facts)
    if days is None:
        where = f"the heading {part.head!r}" if part.head else "the title, head, file name or text"
        return Unread(part.line + 1, f"no date in {where}; add one, such as **Date:** 2026-02-15")
    doubts, facts.doubts = facts.doubts, []
    _collect(part, head, facts)
    facts.doubts = doubts + facts.doubts
    _known_commits(log, part.line, file.known, facts)
    _drop_unknown_paths(part.line + 1, file.known_paths, facts)
    _doubt_unstated_changes(part.line, facts)
    data = {"session": _find_session(head, part, file.stem, days, facts, file.made), "date": days.first.isoformat()}
    data["focus"] = find_focus(head, part, document.root, facts, file.stem)
    if days.last:
        data["until"] = days.last.isoformat()
    data |= _fields(head, document.text)
    if "duration" in data:
        facts.data.pop("duration", None)
    if "summary" in data and "summary" in facts.data:
        facts.data["summary"] = f"{data.pop('summary')}\n\n{facts.data['summary']}"
    if "metrics" in data:
        facts.data["metrics"] = data.pop("metrics") | facts.data.get("metrics", {})
    data |= {key: value for key, value in facts.data.items() if value}
    data["log"] = log
    ordered = {key: data[key] for key in Session.model_fields if data.get(key)}
    try:
        session = Session.model_validate(ordered)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return Unread(
            part.line + 1, f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}"
        )
    return Read(ordered, session, part.line + 1, _counts(ordered), facts.unclaimed, sorted(facts.doubts))


def _collect(part: LogPart, head: Head, facts: LogFacts) -> None:
    if part.head and aider.begins(part.head):
        aider.collect(part.document.text, facts)
    else:
        collect(part.own, head.sections, facts, part.head)
    before = part.line + part.before
    facts.unclaimed = [(line + before, title) for line, title in facts.unclaimed if title != part.head]
    facts.doubts = [(line + before, text) for line, text in facts.doubts]
    _commits_of_head(head, facts)


def _doubt_unstated_changes(line: int, facts: LogFacts) -> None:
    if facts.unsaid:
        count, named = len(facts.unsaid), min(facts.unsaid.values())
        said = f"{count} file{'s' * (count > 1)} without a stated change, recorded as modified"
        facts.doubts.append((line + named + 1, said))


def _unsure_days(part: LogPart, head: Head, log: str, file: _File, facts: LogFacts) -> Days | None:
    """The days of a log that states none: relative, in its text, of its file, or of the commit that added it."""
    line, added = part.line + 1, None
    prose = re.sub(r"```.*?```", "", log, flags=re.DOTALL)
    text = find_days(prose) or find_days("\n".join(last_lines(prose)))
    text = text and in_order(text, log)
    stated = (head.value("date"), head.title, "" if part.head else file.stem)
    if any(one and relative_day(one, Date.max) for one in stated) or not (text or file.days):
        added = file.added()
    if added and (said := next((day for one in stated if one and (day := relative_day(one, added))), None)):
        facts.doubts.append((line, f"{said} follows from the date of the commit that added the file"))
        return Days(said)
    if text:
        doubt = f"no date in the title, head or file name: {text.first} is the first date in the text"
        facts.doubts.append((1, doubt))
        return text
    if file.days:
        facts.doubts.append((line, f"no date in this part: {file.days.first} is the date of the file"))
        return Days(file.days.first)
    if added:
        facts.doubts.append((line, f"no date in the log: {added} is the date of the commit that added the file"))
        return Days(added)
    return None


def _find_days(head: Head, stem: str, text: str, facts: LogFacts) -> Days | None:
    given = head.value("date")
    places = [dated(given) if given else None, find_days(head.title), find_days(stem)]
    found = [days for days in places if days]
    if not found and (month := find_month(head.title)):
        facts.doubts.append((1, f"no day, only a month: {month.first} to {month.last}"))
        return month
    if not found:
        return None
    days = found[0]
    if any(other.first != days.first for other in found[1:]):
        said = ", ".join(dict.fromkeys(str(one.first) for one in found))
        facts.doubts.append((1, f"several dates: {said}; the first one is used"))
    days = in_order(days, text)
    if days.ambiguous:
        facts.doubts.append((1, f"ambiguous date: day and month may be swapped; read as {days.first}"))
    until = find_days(head.value("until") or "")
    last = days.last or next((one.last for one in found if one.first == days.first and one.last), None)
    if not last and until and until.first > days.first:
        last = until.first
    return Days(days.first, last)


def _find_session(head: Head, part: LogPart, stem: str, days: Days, facts: LogFacts, taken: set[str]) -> str:
    given = head.value("session")
    if part.head and aider.begins(part.head):
        return aider.session_id(part.head)
    version = version_of(part)
    places = [own_id(given) if given else None, find_id(head.title), version, None if part.head else find_id(stem)]
    found = [one for one in places if one]
    if not found:
        made = plainly = id_of_day(days.first, stem if not part.head else without_days(part.head))
        number = 1
        while made in taken:
            number += 1
            made = f"{plainly}-{number}"
        taken.add(made)
        facts.doubts.append((part.line + 1, f"no session id: {made} is made from the date"))
        return made
    if len(set(found)) > 1 and given:
        facts.doubts.append(
            (part.line + 1, f"several session ids: {', '.join(dict.fromkeys(found))}; the first one is used")
        )
    return next((one for one in found if one.startswith(f"{found[0]}-part")), found[0])


def _fields(head: Head, text: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if team := find_team(text):
        data["team"] = team
    for name in ("team", "duration", "summary"):
        value = head.value(name)
        if value:
            data[name] = value if name == "summary" else " ".join(value.split())
    statuses = list(
        dict.fromkeys(" ".join(label.value.split()) for label in head.fields.get("status", ()) if label.value)
    )
    if statuses:
        data["status"] = " · ".join(statuses)
    elif said := find_status(text):
        data["status"] = said
    elif re.search(r"(?i)\[yanked\]", head.title):
        data["status"] = "yanked"
    metrics = {
        plain(label.name): " ".join(label.value.split()) for label in head.fields.get("metrics", ()) if label.value
    }
    return data | ({"metrics": metrics} if metrics else {})


def _commits_of_head(head: Head, facts: LogFacts) -> None:
    for label in head.others:
        meaning = match(plain(label.name), LABELS)
        if meaning is Meaning.COMMITS:
            for one in hashes(label.value):
                facts.commit(one)
        elif meaning in FILE_MEANINGS and not label.line:
            for path in re.split(r",\s*", label.value):
                facts.file("modified", path.strip())


def _known_commits(log: str, start: int, known: Known, facts: LogFacts) -> None:
    """Add hashes that git knows, even if the text does not call them commits; report unknown ones in code spans."""
    quoted = quoted_hashes(log)
    others = [one for one in dict.fromkeys([*quoted, *hashes(log)]) if not facts.has_commit(one)]
    full = known(others) if others else {}
    for one in others:
        if full.get(one):
            facts.commit(one)
    strangers = [one for one in quoted if one in full and not full[one] and re.search(r"\d.*[a-f]|[a-f].*\d", one)]
    if strangers:
        line = start + log[: log.lower().index(strangers[0])].count("\n") + 1
        facts.doubts.append((line, f"possible commits that git does not know: {', '.join(strangers)}"))


def _drop_unknown_paths(line: int, known: KnownPaths, facts: LogFacts) -> None:
    """Leave out words that may not be paths, such as `try/except`, unless they exist or git knows them.

    A path that begins with a slash is one of the repository, if git knows it there.
    """
    rooted = {path: path.lstrip("/") for path in facts.paths() if path.startswith("/")}
    there = known(rooted.values()) if rooted else ()
    for path, inside in rooted.items():
        if inside in there:
            facts.rename_file(path, inside)
    unsure = [path for path in dict.fromkeys(facts.paths()) if not is_surely_path(path)]
    there = known(unsure) if unsure else ()
    unknown = [path for path in unsure if path not in there]
    if unknown:
        facts.drop_files(unknown)
        facts.doubts.append((line, f"left out of the files, because git knows no such path: {', '.join(unknown)}"))


def _counts(data: Mapping[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, value in data.items():
        if name in ("session", "date", "focus", "log"):
            continue
        counts[name] = (
            sum(len(part) for part in value.values() if isinstance(part, list))
            if name == "files"
            else (
                sum(len(part) if isinstance(part, list) else 1 for part in value.values())
                if name in ("next", "handoff")
                else len(value)
                if isinstance(value, (list, dict))
                else 1
            )
        )
    return counts
