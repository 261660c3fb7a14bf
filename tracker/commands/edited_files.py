"""Which files the tools of a transcript changed, as far as git and the disk confirm it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tracker.progress.progress import Progress
from tracker.sources.transcripts import FileAction, Transcript
from tracker.sources.transcripts.redaction import TOKENS

MOST_FILES = 1000


def edited_files(progress: Progress, transcript: Transcript) -> tuple[dict[str, list[str]], int]:
    """Return the paths of edited files by what was done to them, and how many are left out.

    Left out is what lies outside of the workspace, and every edit without a trace: of a file that is gone and that git
    never had, or that git has without a change since the session began.
    """
    found: dict[str, set[str]] = defaultdict(set)
    left_out = 0
    for written, action in transcript.edits.items():
        path = _in_workspace(progress, transcript, written)
        kind = _done_to(progress, transcript, path, action) if path and not TOKENS.search(path) else None
        if path is None or kind is None:
            left_out += 1
        else:
            found[kind.value].add(path)
    return {kind: sorted(paths)[:MOST_FILES] for kind, paths in found.items()}, left_out


def works_elsewhere(progress: Progress, transcript: Transcript) -> bool:
    """Whether the agent worked outside of the workspace: in another clone, or in another project."""
    root = progress.facts.workspace.root
    return bool(transcript.folder) and not _absolute(root, transcript.folder or "").is_relative_to(root)


def _in_workspace(progress: Progress, transcript: Transcript, written: str) -> str | None:
    """A path relative to the workspace; None outside it and for generated names."""
    if "\0" in written or "\n" in written or not written.isprintable():
        return None
    root = progress.facts.workspace.root
    folder = Path(transcript.folder or root)
    for base in dict.fromkeys([root, folder]):  # the agent may have worked in another clone
        relative = Path(os.path.relpath(folder / written, base))
        if ".." not in relative.parts and (base == root or os.path.lexists(root / relative)):
            return relative.as_posix()
    return None


def _absolute(root: Path, folder: str) -> Path:
    return Path(os.path.normpath(root / folder)) if "\0" not in folder else root


def _done_to(progress: Progress, transcript: Transcript, path: str, action: FileAction) -> FileAction | None:
    """What was done to a file; None where nothing is left of it."""
    repository = progress.facts.repository
    is_there = os.path.lexists(progress.facts.workspace.root / path)
    changes = progress.facts.history.changes.get(path, [])
    if transcript.started is None or repository.shallow or repository.treeless or (is_there and not changes):
        is_removed = action is FileAction.REMOVED
        return action if is_there != is_removed and (is_there or changes) else FileAction.MODIFIED if is_there else None
    began = transcript.started.replace(microsecond=0)
    existed = next((one.status != "D" for one in changes if one.commit.date < began), False)
    statuses = set(_statuses(progress, transcript, path, began))
    if not is_there and existed and (action is FileAction.REMOVED or "D" in statuses):
        return FileAction.REMOVED
    is_changed = bool(statuses - {"D"}) or (is_there and progress.facts.tree.files.get(path) != changes[0].blob)
    return (FileAction.MODIFIED if existed else FileAction.CREATED) if is_changed else None


def _statuses(progress: Progress, transcript: Transcript, path: str, began: datetime) -> Iterator[str]:
    """What commits did to a file from the beginning of a session until its work is late; removals during it only."""
    ended = transcript.ended or began
    late = ended + timedelta(days=progress.facts.plan.claims.late_days)
    for one in progress.facts.history.changes.get(path, []):
        moment = one.commit.committed or one.commit.date
        if began <= moment <= (ended if one.status == "D" else late):
            yield one.status
