"""Untracking, removing and archiving files so that it can be reviewed and undone.

The index is changed as `git rm` and `git mv` change it, in one step, and nothing on disk is ever deleted: files are
moved into a store inside `.git`, or to the archive; untracked files stay where they are. The journal is written first.
So an interruption at any moment leaves every byte in one of two known places, and `undo` restores all of it:

    write the journal → change the index → move the files → mark the journal as done
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from tracker.audit.family import GOING, Action, FileFinding
from tracker.audit.uses import tells_of_past
from tracker.cache import digest
from tracker.errors import TrackerError
from tracker.files import write_file
from tracker.sources.repository import GitError, Repository

STORE = "tracker-audit"
"""The folder in .git of the last removal."""
JOURNAL = "journal.json"


class JournalEntry(NamedTuple):
    """What the index or a commit has of a file."""

    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Step:
    """One file that goes. Paths are relative to the top of the repository."""

    path: str
    to: str | None
    """Where it is moved to; None where it is removed or untracked."""
    mode: str
    blob: str
    why: str
    action: str = Action.REMOVE

    @property
    def stays(self) -> bool:
        """Whether the file stays on disk, and only git forgets it."""
        return self.action == Action.UNTRACK

    @property
    def entry(self) -> JournalEntry:
        """What the index has of it."""
        return JournalEntry(self.mode, self.blob)


@dataclass(frozen=True)
class Removal:
    """What is to go, and what is left alone, with the reason."""

    steps: tuple[Step, ...]
    left: tuple[tuple[str, str], ...] = ()
    """Path and reason, the surest first."""


@dataclass(frozen=True)
class Journal:
    """What was done, for undoing it."""

    steps: tuple[Step, ...]
    head: str | None
    """The commit that was checked out."""
    done: bool = False
    written: Mapping[str, str] = field(default_factory=dict)
    """Digest by path of files that were written about it."""


# --- what is to go --------------------------------------------------------------------------------------------------


def plan(
    repository: Repository,
    findings: Iterable[FileFinding],
    *,
    mentioned: Mapping[str, Collection[str]],
    archive: str | None = None,
) -> Removal:
    """What of some findings can go: clean, tracked files that nothing which stays mentions.

    `mentioned`: who uses a file, in all of the repository. `archive`: a folder below which files are moved instead of
    being removed. These paths are relative to the top of the repository. Nothing is changed.
    """
    prefix = repository.prefix
    here = _Here.look(repository)
    going = {prefix + one.path: one for one in findings if one.action in GOING}
    moved = {
        path: None if archive is None or one.action is Action.UNTRACK else f"{archive}/{path.removeprefix(prefix)}"
        for path, one in going.items()
    }
    left: dict[str, str] = {}
    for path, to in moved.items():
        archived = "it is archived already" if archive and path.startswith(f"{archive}/") else None
        stays = going[path].action is Action.UNTRACK
        if reason := archived or here.forbids(path, stays) or (to and here.occupied(to)):
            left[path] = reason
    removed = [path for path, one in going.items() if one.action is not Action.UNTRACK and path not in left]
    needed = _needed({path: mentioned.get(path, ()) for path in removed}, going.keys() - left.keys())
    left |= {path: f"{by} mentions it" for path, by in needed.items()}
    steps = (
        Step(path, moved[path], *here.index[path], f"{one.rule}: {one.proof}", str(one.action))
        for path, one in going.items()
        if path not in left
    )
    return Removal(tuple(steps), tuple((path, left[path]) for path in going if path in left))


def _needed(mentioned: Mapping[str, Iterable[str]], going: Collection[str]) -> dict[str, str]:
    """By path: a file that uses it and stays. One that has to stay keeps what it uses, and so on."""
    leaving = set(going)
    needed: dict[str, str] = {}
    while True:
        found = {
            path: by
            for path, names in mentioned.items()
            if path in leaving
            for by in names
            if by not in leaving and not tells_of_past(by)
        }
        if not found:
            return needed
        needed |= found
        leaving -= found.keys()


@dataclass(frozen=True)
class _Here:
    """The state of files in the last commit, in the index and on disk."""

    root: Path
    index: Mapping[str, JournalEntry]
    staged: frozenset[str]
    """Files that the index has otherwise than the last commit."""
    tags: Mapping[str, str]
    """How `git ls-files -v` marks a file that it does not look at on disk, or that is in conflict."""
    differing: frozenset[str]
    """Files that are not on disk as they are in the index."""

    @classmethod
    def look(cls, repository: Repository) -> _Here:
        with suppress(GitError):  # fails for files that differ, which are found below
            _lines(repository, "update-index", "-q", "--refresh")
        index, tags = {}, {}
        for line in _lines(repository, "ls-files", "-v", "--stage", "-z", "--full-name"):
            about, _, path = line.partition("\t")
            tag, mode, blob, stage = about.split(" ")
            index[path] = JournalEntry(mode, blob)
            if tag != "H" or stage != "0":
                tags[path] = tag
        staged = (
            _lines(repository, "diff-index", "--cached", "--name-only", "-z", "--no-renames", repository.head)
            if repository.head
            else index
        )
        differing = _lines(repository, "diff-files", "--name-only", "-z")
        return cls(repository.root, index, frozenset(staged), tags, frozenset(differing))

    def forbids(self, path: str, stays: bool = False) -> str | None:
        """Why a file must not be touched. One that stays on disk may differ there from what git has."""
        if path not in self.index:
            return "it is not tracked"
        if path in self.tags:
            return {"S": "it is outside the sparse checkout", "M": "it is in conflict"}.get(
                self.tags[path], "git does not look at it (assume-unchanged)"
            )
        if path in self.staged or (path in self.differing and not stays):
            return "it has changes that are not committed"
        location = self.root / path
        if not _is_real(self.root, location.parent) or not _is_file(location):
            return "it is not on disk as a file"
        return None

    def occupied(self, path: str) -> str | None:
        """Why nothing can be moved to a path."""
        parents = [parent.as_posix() for parent in Path(path).parents]
        if path in self.index or os.path.lexists(self.root / path):
            return f"{path} is there already"
        if any(parent in self.index for parent in parents) or not _is_real(self.root, (self.root / path).parent):
            return f"{path} would be inside something that is not a folder"
        return None


def _is_file(location: Path) -> bool:
    try:
        mode = location.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _is_real(root: Path, folder: Path) -> bool:
    """Whether a folder is there, or can be made, with no link and no file on the way."""
    while folder != root:
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
            return False
        folder = folder.parent
    return True


# --- doing and undoing ----------------------------------------------------------------------------------------------


def act(repository: Repository, removal: Removal, written: Mapping[Path, str] | None = None) -> None:
    """Do what was planned, and write some files about it (text by path).

    Raises TrackerError, and then nothing was done, where anything differs from the plan by now.
    """
    with _locked(repository) as store:
        journal = _read(store)
        if journal and not journal.done:
            raise TrackerError("the last removal was interrupted; put it back first: tracker audit --undo")
        here = _Here.look(repository)
        for step in removal.steps:
            changed = here.forbids(step.path, step.stays) or (step.to and here.occupied(step.to))
            if changed or here.index[step.path] != step.entry:
                raise TrackerError(f"{step.path}: {changed or 'it changed'} since the plan was made; nothing was done")
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir()
        texts = {os.path.relpath(path, repository.root): text for path, text in (written or {}).items()}
        journal = Journal(removal.steps, repository.head, written={path: digest(text) for path, text in texts.items()})
        _write(store, journal)
        try:
            _stage(repository, {s.path: None for s in removal.steps} | {s.to: s.entry for s in removal.steps if s.to})
        except GitError:
            shutil.rmtree(store, ignore_errors=True)
            raise
        try:
            for number, step in enumerate(removal.steps):
                if step.stays:
                    continue
                _move(repository.root, repository.root / step.path, _place(repository, store, step, number))
            for path, text in texts.items():
                target = repository.root / path
                write_file(target, text.encode(), within=repository.root, temporary=_part(target, digest(text)))
        except (OSError, TrackerError) as error:
            why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
            raise TrackerError(f"{why}; nothing is lost: tracker audit --undo restores all of it") from None
        _write(store, replace(journal, done=True))


@dataclass(frozen=True)
class Undone:
    """What was put back."""

    files: int
    committed: bool
    """Whether there was a commit since: then the files are staged as new ones."""
    kept: tuple[str, ...]
    """Session files about the removal that were changed or committed since."""


def undo(repository: Repository) -> Undone:
    """Put the last removal back, in the index and on disk, whether it was finished or interrupted.

    Raises TrackerError, and then nothing was done, where something is in the way.
    """
    with _locked(repository) as store:
        journal = _read(store)
        if journal is None:
            raise TrackerError("there is no removal to undo here; what was committed comes back by `git revert`")
        here = _Here.look(repository)
        in_the_way = [
            f"{step.path}: {reason}"
            for number, step in enumerate(journal.steps)
            if (reason := _hinders(here, step, _place(repository, store, step, number)))
        ]
        if in_the_way:
            more = f" (and {len(in_the_way) - 1} more)" if len(in_the_way) > 1 else ""
            raise TrackerError(f"cannot be undone, nothing was changed: {in_the_way[0]}{more}")
        _stage(repository, {s.to: None for s in journal.steps if s.to} | {s.path: s.entry for s in journal.steps})
        for number, step in enumerate(journal.steps):
            if step.stays:
                continue
            _move(repository.root, _place(repository, store, step, number), repository.root / step.path)
        kept = tuple(
            path for path, known in journal.written.items() if not _taken_back(here, path, known, journal.done)
        )
        with suppress(GitError):
            _lines(repository, "update-index", "-q", "--refresh")
        committed = repository.head != journal.head
        shutil.rmtree(store)
        return Undone(len(journal.steps), committed, kept)


def _hinders(here: _Here, step: Step, place: Path) -> str | None:
    """Why a step cannot be undone. Half done, or undone in part, it can."""
    original = here.root / step.path
    parents = [parent.as_posix() for parent in Path(step.path).parents]
    if here.index.get(step.path, step.entry) != step.entry:
        return "it was staged again since"
    if step.to and here.index.get(step.to, step.entry) != step.entry:
        return f"{step.to} was changed since"
    if any(parent in here.index for parent in parents) or not _is_real(here.root, original.parent):
        return "its folder was replaced by something that is not a folder"
    if step.stays:
        return None
    there, moved = _is_file(original), _is_file(place)
    if os.path.lexists(original) and not there:
        return "a folder has its name now"
    if not there and not moved:
        return f"{place} is gone; git has its content: git cat-file -p {step.blob}"
    if there and moved and not _same(original, place):
        return "there is another file in its place"
    if step.to and moved and step.to in here.differing:
        return f"{step.to} was changed since"
    return None


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return filecmp.cmp(one, other, shallow=False)


def _taken_back(here: _Here, path: str, known: str, done: bool) -> bool:
    """Remove a file that was written about the removal, unless it is tracked or was changed since."""
    target = here.root / path
    if not done:
        target.with_name(_part(target, known)).unlink(missing_ok=True)
    if target.exists():
        if path in here.index or digest(target.read_bytes()) != known:
            return False
        target.unlink()
    _clear(here.root, target.parent)
    return True


def _part(target: Path, known: str) -> str:
    """The name of a file that is written about the removal until it is whole, so that `undo` finds it."""
    return f".{target.name}.{known}.new"


def _place(repository: Repository, store: Path, step: Step, number: int) -> Path:
    """Where the file of a step is once it was moved."""
    return repository.root / step.to if step.to else store / str(number)


def _move(root: Path, source: Path, target: Path) -> None:
    """Move a file that may have been moved already, and remove the folders that it leaves empty."""
    if _is_file(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.rename(target)
        except OSError:  # .git may be on another disk
            shutil.move(source, target)
    _clear(root, source.parent)


def _clear(root: Path, folder: Path) -> None:
    """Remove a folder that holds nothing, and those above it that then hold nothing."""
    while root in folder.parents and folder != Path.cwd():
        try:
            with suppress(FileNotFoundError):
                folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _stage(repository: Repository, entries: Mapping[str, JournalEntry | None]) -> None:
    """Change the index in one step: entries by path, None for a path to be dropped."""
    gone = JournalEntry("0", "0" * len(repository.head or ""))
    lines = (f"{(entry or gone).mode} {(entry or gone).blob}\t{path}\0" for path, entry in entries.items())
    feed = (line.encode("utf-8", "surrogateescape") for line in lines)
    with repository.run("update-index", "-z", "--index-info", feed=feed) as output:
        output.read()


def _lines(repository: Repository, command: str, *arguments: str) -> list[str]:
    with repository.run(command, *arguments) as output:
        return [one for one in output.read().decode("utf-8", "surrogateescape").split("\0") if one]


@contextmanager
def _locked(repository: Repository) -> Iterator[Path]:
    """The store, while no other removal is under way."""
    store = repository.index.with_name(STORE)
    with FileLock(store.with_suffix(".lock")):
        yield store


def _read(store: Path) -> Journal | None:
    try:
        data = json.loads((store / JOURNAL).read_text("utf-8"))
        steps = tuple(
            Step(**{key: value for key, value in step.items() if key != "confidence"}) for step in data.pop("steps")
        )
        journal = Journal(steps, **data)
        paths = [path for step in steps for path in (step.path, step.to) if path is not None]
        if all(map(_is_inside, [*paths, *journal.written])):
            return journal
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise TrackerError(
        f"{store / JOURNAL}: cannot be understood; the files of the last removal are beside it, and in git"
    )


def _is_inside(path: str) -> bool:
    """Whether a path is one of a file in the repository: a journal is not trusted."""
    return not {"", ".", "..", ".git"} & {*path.lower().split("/")} and "\0" not in path


def _write(store: Path, journal: Journal) -> None:
    """Write the journal, and wait until it is on disk."""
    temporary = store / f"{JOURNAL}.new"
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(asdict(journal), stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(store / JOURNAL)
