"""`tracker audit`: what is asked, and what is done about what was found: record, review, remove, undo."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from pathlib import Path

from tracker.audit.audit import Audit, audit, key_of
from tracker.audit.baseline import save
from tracker.audit.changed import changes
from tracker.audit.context import gather_context
from tracker.audit.decisions import Choice, KeptFamily, save_kept, still
from tracker.audit.family import GOING, Action, Family, FileFinding
from tracker.audit.finding_key import State
from tracker.audit.formats.text import printable
from tracker.audit.reading import Report, unseen
from tracker.audit.removal import Removal, act, plan, undo
from tracker.audit.scope import DECISIONS_FILE
from tracker.audit.uses import Uses
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
    """What an audit is asked for."""

    folder: Path
    maybe: bool = False
    only: Collection[str] = ()
    skip: Collection[str] = ()
    everything: bool = False
    """Also what is known or ignored."""
    revision: str | None = None
    since: str | None = None
    """Only what changed since this commit."""

    def ask(self, report: Report = unseen) -> tuple[Audit, Audit]:
        """All that was found, and what is reported of it. `report` gets how much of it is read."""
        found = audit(self.folder, self.revision, only=self.only, skip=self.skip, report=report)
        return found, self.choose(found)

    def choose(self, found: Audit) -> Audit:
        """What is reported of an audit."""
        if self.since is None:
            return found.reported(maybe=self.maybe, everything=self.everything)
        with Repository.open(self.folder) as repository:
            about = changes(repository, self.since).concern
        return found.reported(maybe=self.maybe, everything=self.everything, about=about)


# --- the baseline ---------------------------------------------------------------------------------------------------


def record(inquiry: Inquiry, report: Report = unseen) -> str:
    """Make everything that is reported today the baseline, and return a sentence about it."""
    found, _ = inquiry.ask(report)
    if found.scope.below:
        raise TrackerError(f"the baseline covers all of {found.scope.root}: record it there")
    known = found.reported(maybe=inquiry.maybe, everything=True).as_baseline()
    save(found.scope.baseline, known)
    now = counted(len(known), "finding is", "findings are")
    return f"{found.scope.baseline}: {now} known; later audits report new ones only"


def shrink(found: Audit) -> str | None:
    """Drop what is resolved from the baseline and the decisions, and return a sentence about it.

    None where nothing is resolved, or not everything was looked at.
    """
    if not found.whole:
        return None
    notes = list(filter(None, [_shrink_baseline(found), _shrink_decisions(found)]))
    return "\n".join(notes) or None


def _shrink_baseline(found: Audit) -> str | None:
    if found.baseline is None or found.baseline.notes:
        return None
    kept = found.baseline.still(found.as_baseline())
    gone = len(found.baseline) - len(kept)
    if not gone:
        return None
    try:
        save(found.scope.baseline, kept)
    except TrackerError as error:
        of_its = counted(gone, "of its findings is", "of its findings are")
        return f"{found.scope.baseline}: {of_its} resolved, but not removed from it: {error}"
    out = counted(gone, "finding is resolved and was", "findings are resolved and were")
    return f"{found.scope.baseline}: {out} removed, {counted(len(kept), 'is', 'are')} left"


def _shrink_decisions(found: Audit) -> str | None:
    left = still(found.kept, {key_of(one, found.scope.below) for one in found.findings})
    if len(left) == len(found.kept):
        return None
    path = found.scope.decisions
    try:
        save_kept(path, left)
    except TrackerError as error:
        return f"{path}: some decisions are resolved, but not removed from it: {error}"
    gone = counted(len(found.kept) - len(left), "decision is resolved and was", "decisions are resolved and were")
    return f"{path}: {gone} removed, {counted(len(left), 'is', 'are')} left"


# --- review ---------------------------------------------------------------------------------------------------------


def review(inquiry: Inquiry, decide: Callable[[Family, int, int], Choice | None]) -> tuple[Audit, Removal, list[str]]:
    """Ask for a decision about every family that is new; return the plan of the accepted ones, and what was written.

    `decide` gets a family, its number and how many there are; None ends the review. What is kept is written down with
    its reason and today's date. Nothing is removed yet.
    """
    _, reported = inquiry.ask()
    accepted: list[FileFinding] = []
    kept: list[KeptFamily] = []
    families = [family for family in reported.families if any(one.state is State.NEW for one in family.findings)]
    for number, family in enumerate(families, 1):
        choice = decide(family, number, len(families))
        if choice is None:
            break
        if choice.decision == "accept":
            accepted += [_going(one) for one in family.findings]
        elif choice.decision == "keep":
            keys = [key_of(one, reported.scope.below) for one in family.findings]
            kept += [KeptFamily(path=key.path, rule=key.rule, reason=choice.reason, date=Date.today()) for key in keys]
    lines = []
    if kept:
        path = reported.scope.decisions
        save_kept(path, [*reported.kept, *kept])
        lines.append(f"{path}: {counted(len(kept), 'file is', 'files are')} kept")
    return reported, _planned(inquiry.folder, reported, accepted, None), lines


def _going(one: FileFinding) -> FileFinding:
    """A finding that was accepted: what was only to be reviewed is removed."""
    return one if one.action in GOING else replace(one, action=Action.REMOVE)


# --- removal --------------------------------------------------------------------------------------------------------


def plan_removal(inquiry: Inquiry, archive: Path | None) -> tuple[Audit, Removal]:
    """What of that which is reported can go; what is ignored stays."""
    _, reported = inquiry.ask()
    going = [one for one in reported.findings if one.state is not State.IGNORED]
    return reported, _planned(inquiry.folder, reported, going, archive)


def _planned(folder: Path, reported: Audit, going: Iterable[FileFinding], archive: Path | None) -> Removal:
    going = list(going)
    with Repository.open(folder) as repository:
        return plan(
            repository,
            going,
            mentioned=_users(repository, reported, [one.path for one in going]),
            archive=_inside(repository, archive),
        )


def described(removal: Removal, prefix: str) -> str:
    """The plan, for the user to agree to."""
    lines = []
    for action in dict.fromkeys(step.action for step in removal.steps):
        steps = [step for step in removal.steps if step.action == action]
        lines.append(f"{action} ({len(steps)})")
        for step in steps:
            to = f"  → {printable(step.to.removeprefix(prefix))}" if step.to else ""
            lines.append(f"  {printable(step.path.removeprefix(prefix))}{to}  {printable(step.why)}")
    if removal.left:
        lines += [f"left alone ({len(removal.left)})"]
        lines += [f"  {printable(path.removeprefix(prefix))}  {printable(reason)}" for path, reason in removal.left]
    return "\n".join([*lines, ""])


def carry_out(folder: Path, reported: Audit, removal: Removal) -> list[str]:
    """Carry out a plan, with a session file about it in a workspace; return what was done."""
    written = _session(reported, removal)
    with Repository.open(folder) as repository:
        act(repository, removal, written)
    files = counted(len(removal.steps), "file")
    stay = [step.path for step in removal.steps if step.stays]
    return [
        f"{files} {_done(removal)}: staged, not committed; tracker audit --undo restores them",
        *(["untracked files stay on disk; add them to .gitignore so that they are not added again"] if stay else []),
        *(f"recorded in {path}" for path in written),
    ]


def take_back(folder: Path) -> list[str]:
    """Undo the last removal, and return what was restored."""
    with Repository.open(folder) as repository:
        undone = undo(repository)
    lines = [counted(undone.files, "file is restored", "files are restored")]
    if undone.committed:
        lines.append("there was a commit since: where it has the removal, they are staged as new; commit them")
    return lines + [f"{path}: kept, because it was changed or committed" for path in undone.kept]


def is_terminal() -> bool:
    """Whether standard input is a terminal."""
    return sys.stdin.isatty()


def _inside(repository: Repository, archive: Path | None) -> str | None:
    """The archive's folder, relative to the top of the repository."""
    if archive is None:
        return None
    folder = archive.resolve()
    if not folder.is_relative_to(repository.root) or folder == repository.root:
        raise TrackerError(f"{archive}: expected a folder inside {repository.root}")
    return folder.relative_to(repository.root).as_posix()


def _users(repository: Repository, reported: Audit, paths: list[str]) -> Mapping[str, Collection[str]]:
    """Who uses each file, in all of the repository. Sessions, versions and pages describe the past: they "
    "do not count."""
    if any("without their content" in limit for limit in reported.limits):
        raise TrackerError("some content is not here, so what is still needed is unknown; fetch it first")
    prefix = repository.prefix
    uses = reported.uses
    if prefix:  # files outside the audited folder may use it as well
        with Repository.open(repository.root) as everything:
            uses = Uses(gather_context(everything, working_tree(everything)))
            users = {prefix + path: [user.path for user in uses.of(prefix + path)] for path in paths}
    else:
        users = {path: [user.path for user in uses.of(path)] for path in paths}
    workspace = reported.scope.plan
    top = prefix.removesuffix(reported.scope.below)
    places = (workspace.sessions, workspace.versions, workspace.docs) if workspace else ()
    past = (f"{top}{BASELINE_FILE}", f"{top}{DECISIONS_FILE}", *(f"{top}{place}/" for place in places))
    return {path: [by for by in names if not by.startswith(past)] for path, names in users.items()}


def _session(reported: Audit, removal: Removal) -> dict[Path, str]:
    """The session file that records what was removed and why; none without a workspace."""
    if reported.scope.plan is None:
        return {}
    workspace = Workspace(reported.scope.root, reported.scope.plan)
    prefix = reported.prefix.removesuffix(reported.scope.below)
    files: dict[str, list[dict[str, str]]] = {}
    nameless = []
    for step in removal.steps:
        old, note = step.path.removeprefix(prefix), _text(step.why)
        if _text(old) != old:  # a session file is text, and the name is not
            nameless.append(f"- {_text(old)}: {note}\n")
        elif step.to:
            files.setdefault("renamed", []).append({"from": old, "to": step.to.removeprefix(prefix), "note": note})
        else:
            files.setdefault("removed", []).append({"path": old, "note": note})
    data: dict[str, object] = {"focus": f"Stale files {_done(removal)}: {len(removal.steps)}"}
    if nameless:
        data["summary"] = "Files whose names are not valid text:\n\n" + "".join(nameless)
    with Cache(workspace.cache) as cache:
        sessions, _ = read_sessions(workspace.sessions, workspace.root, cache)
    last = sessions[-1].session.session if sessions else None
    taken = {one.session.session for one in sessions}
    path, text = new.recorded(workspace, last, Date.today(), data | {"files": files}, taken)
    if os.path.lexists(path):
        raise TrackerError(f"{path}: exists already; nothing was removed")
    return {path: text}


def _done(removal: Removal) -> str:
    words = {"untrack": "untracked", "remove": "removed", "archive": "archived"}
    done = {
        "archived" if step.to else "removed" if step.action == "archive" else words[step.action]
        for step in removal.steps
    }
    return " and ".join(sorted(done))


def _text(text: str) -> str:
    """With bytes that no encoding has written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
