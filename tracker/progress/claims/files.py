"""Verdicts on files that sessions say they created, modified, removed or renamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from tracker.model import Session
from tracker.progress.attribution import CommitAttribution
from tracker.progress.claims.claim import ClaimVerdict, Detail, Judgement, claimed_too
from tracker.progress.claims.paths import PathKind, ResolvedPath
from tracker.progress.days import apart, commit_days_outside, days_outside
from tracker.sources.facts import Facts
from tracker.sources.history import PathChange, removing_merges
from tracker.sources.repository import Repository

_NOT_JUDGED = {
    PathKind.SEVERAL: (ClaimVerdict.UNKNOWN, Detail.AMBIGUOUS),
    PathKind.SAME_NAME: (ClaimVerdict.UNKNOWN, Detail.AMBIGUOUS),
    PathKind.IGNORED: (ClaimVerdict.UNKNOWN, Detail.IGNORED),
    PathKind.SUBMODULE: (ClaimVerdict.UNKNOWN, Detail.SUBMODULE),
    PathKind.OUTSIDE_WORKSPACE: (ClaimVerdict.UNKNOWN, Detail.OUTSIDE_WORKSPACE),
    PathKind.OUTSIDE_REPOSITORY: (ClaimVerdict.UNKNOWN, Detail.OUTSIDE_REPOSITORY),
    PathKind.UNTRACKED: (ClaimVerdict.DISPUTED, Detail.UNTRACKED),
    PathKind.ELSEWHERE: (ClaimVerdict.DISPUTED, Detail.ELSEWHERE),
    PathKind.NEVER: (ClaimVerdict.REFUTED, Detail.NOT_FOUND),
}
_ADDED, _REMOVED, _TOUCHED = "A", "D", "AMTD"
_VERBS = {_ADDED: "added", _REMOVED: "removed", _TOUCHED: "changed"}


class Nearness(IntEnum):
    """How near a commit is to a session."""

    OUTSIDE = 0
    LATE = 1
    """Within the days after the session in which work is still committed."""
    NEAR = 2
    """Within the tolerance for time zones."""
    SAME_DAYS = 3
    OWN = 4
    """A commit of the session."""


@dataclass(frozen=True, slots=True)
class Event:
    """A commit that did something to a path, as a session sees it."""

    path: str
    change: PathChange
    nearness: Nearness
    days: int
    """Days outside the session."""


class Gap(NamedTuple):
    """What a clone lacks of its history."""

    detail: Detail
    text: str
    has_changes: bool
    """Whether it knows at least what each commit changed."""


def _gap(repository: Repository) -> Gap | None:
    if repository.shallow:
        return Gap(Detail.SHALLOW, "not in this shallow clone: its history was cut off", has_changes=False)
    if repository.treeless:
        text = "not in this partial clone: it lacks what most commits changed"
        return Gap(Detail.PARTIAL, text, has_changes=False)
    if repository.partial:
        return Gap(Detail.PARTIAL, "not in this partial clone; a complete one decides", has_changes=True)
    return None


class FileClaims:
    """Judges each file that a session names by the commits that changed it."""

    def __init__(self, facts: Facts, attribution: CommitAttribution, resolved: Mapping[str, ResolvedPath]) -> None:
        self._facts = facts
        self._changes = facts.history.changes
        self._own = attribution.own
        self._owners = _owners(attribution)
        self._resolved = resolved
        self._tolerance, self._late = facts.plan.claims.tolerance_days, facts.plan.claims.late_days
        sessions = [one.session for one in facts.sessions]
        self._claimants = {
            _ADDED: self._claiming((one, path) for one in sessions for path in _appearing(one)),
            _REMOVED: self._claiming((one, path) for one in sessions for path in _disappearing(one)),
            _TOUCHED: {},
        }
        self._gap = _gap(facts.repository)
        merged = {} if self._gap else removing_merges(facts.repository, facts.commit or "", self._vanished(sessions))
        self._changes = {
            **facts.history.changes,
            **{path: [*found, *self._changes[path]] for path, found in merged.items()},
        }

    def created(self, session: Session, written: str) -> Judgement:
        """The verdict on a file that a session says it created."""
        return self._safe(self._judge(session, written, _ADDED))

    def modified(self, session: Session, written: str) -> Judgement:
        """The verdict on a file that a session says it modified."""
        return self._safe(self._judge(session, written, _TOUCHED))

    def removed(self, session: Session, written: str) -> Judgement:
        """The verdict on a file that a session says it removed."""
        return self._safe(self._judge(session, written, _REMOVED))

    def renamed(self, session: Session, old: str, new: str) -> Judgement:
        """The verdict on a file that a session says it renamed."""
        came = self._safe(self._judge(session, new, _ADDED))
        if came.verdict is not ClaimVerdict.CONFIRMED or self._resolved[old].kind in (
            PathKind.NEVER,
            PathKind.SAME_NAME,
        ):
            return came
        went = self._safe(self._judge(session, old, _REMOVED))
        return came if went.verdict is ClaimVerdict.CONFIRMED else went

    def _safe(self, found: Judgement) -> Judgement:
        """Where the history is incomplete, only what it confirms is certain."""
        certain = found.verdict is ClaimVerdict.CONFIRMED or found.detail in (Detail.UNTRACKED, Detail.ELSEWHERE)
        if certain or self._gap is None or (self._gap.has_changes and found.commit):
            return found
        if found.detail in (Detail.NOT_FOUND, Detail.NEVER_TRACKED):
            return Judgement(ClaimVerdict.UNKNOWN, self._gap.detail, self._gap.text)
        if found.verdict is ClaimVerdict.UNKNOWN:
            return found
        return Judgement(
            ClaimVerdict.UNKNOWN, self._gap.detail, f"this clone's history is incomplete; it says: {found.reason}"
        )

    def _vanished(self, sessions: Iterable[Session]) -> list[str]:
        """Paths, claimed as removed, that are not there any more and that no commit seems to have removed."""
        files, last = self._facts.tree.files, self._facts.history.last_change
        claimed = {path for one in sessions for said in _disappearing(one) for path in self._resolved[said].paths}
        return sorted(path for path in claimed if path not in files and path in last and last[path].status != _REMOVED)

    def _judge(self, session: Session, written: str, wanted: str) -> Judgement:
        found = self._resolved[written]
        if found.kind is PathKind.SEVERAL:
            return self._of_several(session, found, wanted)
        if not found.is_judged:
            return self._unresolved(session, written, found, wanted)
        judgement = self._happened(session, found, wanted)
        if found.text:
            detail = Detail.MOVED if judgement.verdict is ClaimVerdict.CONFIRMED else judgement.detail
            return Judgement(judgement.verdict, detail, f"{judgement.reason}; {found.text}", judgement.commit)
        return judgement

    def _of_several(self, session: Session, found: ResolvedPath, wanted: str) -> Judgement:
        """Of several files of one name the one that the session worked on, if that is clear."""
        one_each = [ResolvedPath(PathKind.EXACT, (path,)) for path in found.paths]
        judgements = {one.paths[0]: self._happened(session, one, wanted) for one in one_each}
        fitting = [path for path, each in judgements.items() if each.verdict is ClaimVerdict.CONFIRMED]
        if len(fitting) == 1:
            reason = f"{judgements[fitting[0]].reason}; git has it as {fitting[0]}: write that"
            return Judgement(ClaimVerdict.CONFIRMED, Detail.MOVED, reason, judgements[fitting[0]].commit)
        return Judgement(ClaimVerdict.UNKNOWN, Detail.AMBIGUOUS, found.text)

    def _unresolved(self, session: Session, written: str, found: ResolvedPath, wanted: str) -> Judgement:
        verdict, detail = _NOT_JUDGED[found.kind]
        if found.kind is PathKind.NEVER:
            others = self._others(session, written, _REMOVED)
            if wanted == _ADDED and (written in _disappearing(session) or others):
                who = others[0].session if others else session.session
                reason = f"git has never had it; session {who} says that it removed or renamed it"
                return Judgement(ClaimVerdict.UNKNOWN, Detail.NEVER_TRACKED, reason)
            if wanted == _REMOVED and not found.is_slip:
                reason = "git has never had it: a file that was not tracked leaves no trace"
                return Judgement(ClaimVerdict.UNKNOWN, Detail.NEVER_TRACKED, reason)
        return Judgement(verdict, detail, found.text + found.hint)

    # --- what happened ----------------------------------------------------------------------------------------------

    def _happened(self, session: Session, found: ResolvedPath, wanted: str) -> Judgement:
        events = sorted(self._events(session, found, wanted), key=lambda one: (-one.nearness, abs(one.days)))
        if found.kind is PathKind.FOLDER and wanted == _ADDED and events:
            return self._folder_created(session, events)
        judgement = self._decided(session, events, wanted)
        if judgement and judgement.verdict is ClaimVerdict.CONFIRMED:
            if wanted == _REMOVED and found.kind is PathKind.FOLDER and (rest := self._older_than(judgement, found)):
                reason = f"{judgement.reason}, but {rest[0]} is still tracked"
                return Judgement(ClaimVerdict.DISPUTED, Detail.STILL_TRACKED, reason, judgement.commit)
            return judgement
        return self._uncommitted(session, found, wanted) or judgement or self._did_not_happen(session, found, wanted)

    def _events(self, session: Session, found: ResolvedPath, wanted: str) -> Iterator[Event]:
        for path in found.paths:
            for change in self._changes.get(path, ()):
                if change.status in wanted or (wanted == _TOUCHED and change.status not in "AD"):
                    yield Event(path, change, *self._nearness(change, session))

    def _nearness(self, change: PathChange, session: Session) -> tuple[Nearness, int]:
        days = commit_days_outside(change.commit, session)
        if change.commit.hash in self._own.get(session.session, ()):
            return Nearness.OWN, days
        if abs(days) <= self._tolerance:
            return Nearness.NEAR if days else Nearness.SAME_DAYS, days
        return Nearness.LATE if 0 < days <= self._late else Nearness.OUTSIDE, days

    def _decided(self, session: Session, events: list[Event], wanted: str) -> Judgement | None:
        """The verdict of the commits that did it: the nearest one that no other session has a better claim to."""
        objection: Judgement | None = None
        for event in events:
            text = _what(event, session, wanted)
            commit = event.change.commit.hash
            if event.nearness is Nearness.OUTSIDE:
                objection = objection or Judgement(ClaimVerdict.DISPUTED, Detail.WRONG_TIME, text, commit)
            elif other := self._better_claim(session, event, wanted):
                reason = f"{text}; session {other} claims it{' too' if event.nearness > Nearness.LATE else ''}"
                objection = objection or Judgement(ClaimVerdict.DISPUTED, Detail.WRONG_SESSION, reason, commit)
            else:
                return Judgement(
                    ClaimVerdict.CONFIRMED, Detail.LANDED, text + self._shared(session, event, wanted), commit
                )
        return objection

    def _better_claim(self, session: Session, event: Event, wanted: str) -> str | None:
        """Another session whose commit it is, or that claims the same file and is as near to the commit."""
        owners = self._owners.get(event.change.commit.hash, ())
        if event.nearness < Nearness.OWN and owners and (wanted != _TOUCHED or event.nearness is Nearness.LATE):
            return owners[0]
        for other in self._others(session, event.path, wanted):
            if self._nearness(event.change, other)[0] >= event.nearness:
                return other.session
        return None

    def _shared(self, session: Session, event: Event, wanted: str) -> str:
        return claimed_too(one.session for one in self._others(session, event.path, wanted))

    def _folder_created(self, session: Session, events: list[Event]) -> Judgement:
        """A folder was created by the commit that added its first file."""
        age = self._facts.history.age
        first = max(events, key=lambda one: age[one.change.commit.hash])
        judgement = self._decided(session, [first], _ADDED)
        assert judgement is not None
        if judgement.verdict is ClaimVerdict.CONFIRMED:
            return judgement
        count = sum(one.nearness > Nearness.OUTSIDE for one in events)
        more = f"; the session added {count} of the files in it" if count else ""
        reason = f"the folder is older: {judgement.reason}{more}"
        return Judgement(judgement.verdict, judgement.detail, reason, judgement.commit)

    def _older_than(self, judgement: Judgement, found: ResolvedPath) -> list[str]:
        """Files of a folder that were there before its removal and were never removed."""
        age = self._facts.history.age
        removed_at = age[judgement.commit or ""]

        def stayed(path: str) -> bool:
            changes = self._changes.get(path, ())
            older = any(age[one.commit.hash] > removed_at for one in changes)
            return older and not any(one.status == _REMOVED for one in changes)

        return [path for path in found.paths if path in self._facts.tree.files and stayed(path)]

    def _did_not_happen(self, session: Session, found: ResolvedPath, wanted: str) -> Judgement:
        """Claimed as removed, but no commit removed it; a file that exists was added and changed by commits."""
        path = found.paths[0]
        if self._gap:
            return Judgement(ClaimVerdict.UNKNOWN, self._gap.detail, self._gap.text)
        for other in self._others(session, path, _ADDED):
            if other.date < session.date:
                continue
            reason = f"git shows no removal, and session {other.session} says that it created it again"
            return Judgement(ClaimVerdict.UNKNOWN, Detail.STILL_TRACKED, reason)
        if any(self._differs(one, wanted) for one in found.paths):
            return Judgement(
                ClaimVerdict.DISPUTED, Detail.WRONG_TIME, "not yet committed, and the session is long over"
            )
        last = self._facts.history.last_change.get(path)
        commit = last.commit.hash if last else None
        return Judgement(ClaimVerdict.REFUTED, Detail.STILL_TRACKED, "still tracked: git has never removed it", commit)

    # --- what is not committed yet ----------------------------------------------------------------------------------

    def _uncommitted(self, session: Session, found: ResolvedPath, wanted: str) -> Judgement | None:
        if not self._is_recent(session):
            return None
        for path in found.paths:
            if self._differs(path, wanted) and self._since(session, path):
                text = {_ADDED: "tracked", _REMOVED: "gone from the working tree", _TOUCHED: "changed"}[wanted]
                return Judgement(ClaimVerdict.CONFIRMED, Detail.UNCOMMITTED, f"{text}, not yet committed")
        return None

    def _differs(self, path: str, wanted: str) -> bool:
        """Whether the working tree or the index did to a path what no commit did yet."""
        if self._facts.tree.commit is not None or self._gap is not None:
            return False
        last, now = next(iter(self._changes.get(path, ())), None), self._facts.tree.files.get(path)
        existed = last is not None and last.status != _REMOVED
        if wanted == _ADDED:
            return now is not None and not existed
        if wanted == _REMOVED:
            return now is None and existed
        return now != (last.blob if last and existed else None)

    def _is_recent(self, session: Session) -> bool:
        """Whether work of the session may still be uncommitted: commits that are much younger say no."""
        newest = self._facts.history.commits[:1]
        return all(commit_days_outside(commit, session) <= self._late for commit in newest)

    def _since(self, session: Session, path: str) -> bool:
        """Whether a file on disk was written after the session began; a removed one leaves no date."""
        try:
            written = datetime.fromtimestamp((self._facts.workspace.root / path).lstat().st_mtime, UTC)
        except OSError:
            return True
        return days_outside(written + timedelta(days=self._tolerance), session) >= 0

    # --- other sessions ---------------------------------------------------------------------------------------------

    def _claiming(self, said: Iterable[tuple[Session, str]]) -> dict[str, list[Session]]:
        """By path, as written and as in git, the sessions that claim the same of it."""
        found: dict[str, dict[str, Session]] = defaultdict(dict)
        for session, written in said:
            resolved = self._resolved[written]
            is_one = resolved.kind in (PathKind.EXACT, PathKind.OTHER_SPELLING)
            for path in {written, *(resolved.paths if is_one else ())}:
                found[path][session.session] = session
        return {path: list(sessions.values()) for path, sessions in found.items()}

    def _others(self, session: Session, path: str, wanted: str) -> list[Session]:
        return [one for one in self._claimants[wanted].get(path, ()) if one.session != session.session]


def _what(event: Event, session: Session, wanted: str) -> str:
    commit = event.change.commit
    text = f"commit {commit.hash[:7]} {_VERBS[wanted]} it on {commit.date.date()}"
    if event.nearness is Nearness.OWN and abs(event.days) <= 1:
        return text
    return f"{text}, {apart(event.days, session)}" if event.days else text


def _owners(attribution: CommitAttribution) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = defaultdict(list)
    for session, hashes in attribution.own.items():
        for hash in hashes:
            owners[hash].append(session)
    return dict(owners)


def _appearing(session: Session) -> Collection[str]:
    files = session.files
    return [*(one.path for one in files.created), *(one.to for one in files.renamed)]


def _disappearing(session: Session) -> Collection[str]:
    files = session.files
    return [*(one.path for one in files.removed), *(one.from_ for one in files.renamed)]
