"""`tracker audit`: what is told of what was found, and what people do with it: record it, remove it, put it back."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from tracker.audit.baseline import save
from tracker.audit.changed import changes
from tracker.audit.findings import Audit, audit
from tracker.audit.formats import printable
from tracker.audit.reading import Report, unseen
from tracker.audit.removal import Removal, act, plan, undo
from tracker.audit.state import State
from tracker.audit.subject import look
from tracker.cache import Cache
from tracker.commands import new
from tracker.errors import TrackerError
from tracker.plural import counted
from tracker.sources.repository import Repository
from tracker.sources.sessions import read_sessions
from tracker.sources.trees import working_tree
from tracker.workspace import BASELINE_FILE, Workspace


@dataclass(frozen=True)
class Inquiry:
    """What is asked of an audit."""

    folder: Path
    at_least: float
    """Confidence below which files are left out."""
    only: Collection[str] = ()
    skip: Collection[str] = ()
    everything: bool = False
    """Also what is known or ignored."""
    revision: str | None = None
    since: str | None = None
    """Only what changed since this commit."""

    def ask(self, report: Report = unseen) -> tuple[Audit, Audit]:
        """All that was found, and what is to be told of it; `report` is told how much of it is read."""
        asked = {"at_least": self.at_least, "only": self.only, "skip": self.skip}
        found = audit(self.folder, self.revision, report=report, **asked)  # type: ignore[arg-type]
        if self.since is None:
            return found, found.told(at_least=self.at_least, everything=self.everything)
        with Repository.open(self.folder) as repository:
            about = changes(repository, self.since).concern
        return found, found.told(at_least=self.at_least, everything=self.everything, about=about)


# --- the baseline ---------------------------------------------------------------------------------------------------


def record(inquiry: Inquiry, report: Report = unseen) -> str:
    """Make all that is found today the baseline, and say so."""
    found, _ = inquiry.ask(report)
    if found.home.below:
        raise TrackerError(f"the baseline is of all of {found.home.root}: record it there")
    known = found.told(at_least=inquiry.at_least, everything=True).as_baseline()
    save(found.home.baseline, known)
    now = counted(len(known), "finding is", "findings are")
    return f"{found.home.baseline}: {now} known; later audits tell of new ones"


def shrink(found: Audit) -> str | None:
    """Take out of the baseline what is found no longer, and say so; nothing where not all was looked at."""
    if found.baseline is None or not found.whole:
        return None
    kept = found.baseline.still(found.as_baseline())
    gone = len(found.baseline) - len(kept)
    if not gone:
        return None
    try:
        save(found.home.baseline, kept)
    except OSError as error:
        of_its = counted(gone, "of its findings is", "of its findings are")
        return f"{found.home.baseline}: {of_its} gone, but it cannot be written ({error.strerror})"
    out = counted(gone, "finding is gone and was", "findings are gone and were")
    return f"{found.home.baseline}: {out} taken out, {counted(len(kept), 'is', 'are')} left"


# --- removal --------------------------------------------------------------------------------------------------------


def plan_removal(inquiry: Inquiry, archive: Path | None) -> tuple[Audit, Removal]:
    """What of that which is told can go; what someone said is meant to be so stays."""
    _, told = inquiry.ask()
    with Repository.open(inquiry.folder) as repository:
        return told, plan(
            repository,
            [one for one in told.findings if one.state is not State.IGNORED],
            mentioned=_mentioned(repository, told),
            archive=_inside(repository, archive),
        )


def described(removal: Removal, prefix: str) -> str:
    """The plan, for people to agree to."""
    verb = "archive" if any(step.to for step in removal.steps) else "remove"
    lines = [f"{verb} ({len(removal.steps)})"] if removal.steps else []
    for step in removal.steps:
        to = f"  → {printable(step.to.removeprefix(prefix))}" if step.to else ""
        why = printable(step.why.partition("; ")[0])
        lines.append(f"  {step.confidence:.2f}  {printable(step.path.removeprefix(prefix))}{to}  {why}")
    if removal.left:
        lines += [f"left alone ({len(removal.left)})"]
        lines += [f"  {printable(path.removeprefix(prefix))}  {printable(reason)}" for path, reason in removal.left]
    return "\n".join([*lines, ""])


def carry_out(folder: Path, told: Audit, removal: Removal) -> list[str]:
    """Do what was planned, with a session file that tells of it in a workspace; and say what was done."""
    written = _session(told, removal)
    with Repository.open(folder) as repository:
        act(repository, removal, written)
    files = counted(len(removal.steps), "file")
    return [
        f"{files} {_done(removal)}: staged, not committed; tracker audit --undo puts them back",
        *(f"written down in {path}" for path in written),
    ]


def take_back(folder: Path) -> list[str]:
    """Undo the last removal, and say what came back."""
    with Repository.open(folder) as repository:
        undone = undo(repository)
    lines = [counted(undone.files, "file is back as it was", "files are back as they were")]
    if undone.committed:
        lines.append("there was a commit since: where it has the removal, they are staged as new; commit them")
    return lines + [f"{path}: kept, since it was changed or committed" for path in undone.kept]


def is_terminal() -> bool:
    """Whether there is someone to ask."""
    return sys.stdin.isatty()


def _inside(repository: Repository, archive: Path | None) -> str | None:
    """The archive's folder, relative to the top of the repository."""
    if archive is None:
        return None
    folder = archive.resolve()
    if not folder.is_relative_to(repository.root) or folder == repository.root:
        raise TrackerError(f"{archive}: expected a folder inside {repository.root}")
    return folder.relative_to(repository.root).as_posix()


def _mentioned(repository: Repository, told: Audit) -> Mapping[str, Collection[str]]:
    """Who mentions each file, in all of the repository. Sessions, versions and pages tell what was: no need."""
    if any("without their content" in limit for limit in told.limits):
        raise TrackerError("some content is not here, so nobody can tell what is still needed; fetch it first")
    if repository.prefix:  # what lies outside the audited folder may need it as well
        with Repository.open(repository.root) as everything:
            mentioned = look(everything, working_tree(everything)).mentioned
        references = {path: [mention.by for mention in by] for path, by in mentioned.items()}
    else:
        references = {one.path: list(one.references) for one in told.findings}
    workspace = told.home.plan
    prefix = repository.prefix.removesuffix(told.home.below)
    places = (workspace.sessions, workspace.versions, workspace.docs) if workspace else ()
    tells = (f"{prefix}{BASELINE_FILE}", *(f"{prefix}{place}/" for place in places))
    return {path: [by for by in names if not by.startswith(tells)] for path, names in references.items()}


def _session(told: Audit, removal: Removal) -> dict[Path, str]:
    """The session file that tells what was removed and why; none without a workspace."""
    if told.home.plan is None:
        return {}
    workspace = Workspace(told.home.root, told.home.plan)
    prefix = told.prefix.removesuffix(told.home.below)
    files: dict[str, list[dict[str, str]]] = {}
    nameless = []
    for step in removal.steps:
        old, note = step.path.removeprefix(prefix), _text(f"{step.why} ({step.confidence:.2f})")
        if _text(old) != old:  # a session file is text, and the name is not
            nameless.append(f"- {_text(old)}: {note}\n")
        elif step.to:
            files.setdefault("renamed", []).append({"from": old, "to": step.to.removeprefix(prefix), "note": note})
        else:
            files.setdefault("removed", []).append({"path": old, "note": note})
    data: dict[str, object] = {"focus": f"Stale files {_done(removal)}: {len(removal.steps)}"}
    if nameless:
        data["summary"] = "Files whose names are no text:\n\n" + "".join(nameless)
    with Cache(workspace.cache) as cache:
        sessions, _ = read_sessions(workspace.sessions, workspace.root, cache)
    last = sessions[-1].session.session if sessions else None
    taken = {one.session.session for one in sessions}
    path, text = new.recorded(workspace, last, Date.today(), data | {"files": files}, taken)
    if os.path.lexists(path):
        raise TrackerError(f"{path}: exists already; nothing was removed")
    return {path: text}


def _done(removal: Removal) -> str:
    return "archived" if any(step.to for step in removal.steps) else "removed"


def _text(text: str) -> str:
    """With what no encoding has written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
