"""`tracker check --fix`: add the commits that a session's commits landed as, and patch ids of the others."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.files import read_file, write_file
from tracker.model import Session
from tracker.progress.claims import Detail
from tracker.progress.claims.candidates import Candidates
from tracker.progress.patch_ids import quoted
from tracker.progress.progress import Progress
from tracker.sources.landings import Landing, LandingKind
from tracker.sources.patch_ids import NONE, patch_ids
from tracker.sources.reading import SourceFile
from tracker.sources.session_text import CommitEntry, Insertion, SessionText
from tracker.sources.sessions import SessionFile
from tracker.sources.yaml import MalformedYAML

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True)
class Fix:
    """A session file: its present text and the text that it should have."""

    path: Path
    before: str
    after: str
    file: str
    """Relative to the workspace."""

    @property
    def diff(self) -> str:
        """What changes, as a unified diff."""
        lines = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        changed = difflib.unified_diff(*lines, f"a/{self.file}", f"b/{self.file}", n=2)
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in changed)


def fixes(progress: Progress) -> list[Fix]:
    """Every session file that can be made clearer. Raises TrackerError where an edit would change anything else."""
    root = progress.facts.workspace.root
    found = []
    for one in progress.sessions:
        before = read_file(root / one.file, within=root).decode("utf-8")
        after = _fixed(progress, one, before)
        if after != before:
            found.append(Fix(root / one.file, before, after, one.file))
    return found


def apply(progress: Progress, fix: Fix) -> None:
    """Write a fixed session file."""
    write_file(fix.path, fix.after.encode("utf-8"), within=progress.facts.workspace.root)


def proposals(progress: Progress) -> Iterator[str]:
    """For each commit that is not found, the commits that may be meant, as lines of text."""
    candidates = Candidates(progress.facts, progress.attribution)
    files = {one.session.session: one for one in progress.sessions}
    for claim in progress.refuted:
        if claim.kind == "commit" and claim.detail is Detail.NOT_FOUND:
            one = files[claim.session]
            entry = one.session.commits[int(claim.field[1])]
            found = candidates.propose(one.session, entry)
            text = "no commit of this history resembles it" if not found else "it may be:"
            yield f"{one.source.problem(claim.field, f'commit {claim.subject} is not found; {text}')}"
            yield from (f"  {candidate}" for candidate in found)


def _fixed(progress: Progress, one: SessionFile, before: str) -> str:
    body = before.removeprefix(BOM)
    try:
        text = SessionText(body)
    except MalformedYAML as error:
        raise TrackerError(f"{one.file}: cannot be edited: {error}") from None
    entries = text.commits()
    if len(entries) != len(one.session.commits):  # anchors and merge keys hide entries
        return before
    # at one place the first of the list comes first: what completes an entry stands before the next entry
    insertions = [*_patch_ids(progress, one.session, text, entries), *_landed(progress, one.session, text, entries)]
    after = text.edited(insertions)
    if insertions:
        _require_same(one, after)
    return before[: len(before) - len(body)] + after


def _landed(progress: Progress, session: Session, text: SessionText, entries: list[CommitEntry]) -> Iterator[Insertion]:
    landings = progress.facts.landings
    of_session = [landings[named.commit] for named in session.commits]
    listed = {one.landed.hash for one in of_session if one.landed and one.kind is LandingKind.LANDED}
    for entry, named in zip(entries, session.commits, strict=True):
        landing = landings[named.commit]
        landed = landing.landed if landing.kind is LandingKind.LANDED_AS else None
        if landed and landed.hash not in listed:
            listed.add(landed.hash)
            yield text.with_entry_after(entry, landed.hash[:10], landed.subject)


def _patch_ids(
    progress: Progress, session: Session, text: SessionText, entries: list[CommitEntry]
) -> Iterator[Insertion]:
    """For commits of this clone that HEAD does not contain: the next clone may not have them."""
    if progress.facts.repository.partial:
        return
    at_risk = {
        index: landing.own.hash
        for index, named in enumerate(session.commits)
        if named.patch_id is None and (landing := progress.facts.landings[named.commit]).own and _is_at_risk(landing)
    }
    with Cache(None) as cache:
        ids = patch_ids(progress.facts.repository, at_risk.values(), cache)
    for index, hash in at_risk.items():
        yield from text.with_field(entries[index], "patch_id", quoted(ids.get(hash, NONE)))


def _is_at_risk(landing: Landing) -> bool:
    return landing.kind in (LandingKind.LANDED_AS, LandingKind.ELSEWHERE)


def _require_same(one: SessionFile, after: str) -> None:
    """An edit may add commits and patch ids, and nothing else."""
    session, problems = SourceFile(one.file, after.encode("utf-8")).validate(Session)
    if session is not None:
        same = session.model_copy(update={"commits": one.session.commits}) == one.session
        kept = {named.commit for named in one.session.commits} <= {named.commit for named in session.commits}
    if session is None or problems or not (same and kept):
        raise TrackerError(f"{one.file}: cannot be edited safely; write its commits as a plain list of mappings")
