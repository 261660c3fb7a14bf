"""What a path in a session file stands for.

People write paths in many ways: shortened, relative to the repository or to the workspace, with backslashes, as globs,
with a line number. A path is resolved before it is judged, and called unknown to git only when no file of that name
ever existed.
"""

from __future__ import annotations

import difflib
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from pathlib import Path

from tracker.progress.globs import matching
from tracker.progress.slips import is_slip
from tracker.sources.facts import Facts
from tracker.sources.repository import GitError

MOST_LISTED = 3
SIMILAR = 0.8
"""Share of common letters from which a name is proposed for another."""


class PathKind(Enum):
    """How a path was found, or why it was not."""

    EXACT = auto()
    FOLDER = auto()
    GLOB = auto()
    OTHER_SPELLING = auto()
    """Under a path that is written in another way: longer, other letters, another normalisation."""
    SEVERAL = auto()
    SAME_NAME = auto()
    """In no such folder, but in others."""
    IGNORED = auto()
    SUBMODULE = auto()
    OUTSIDE_WORKSPACE = auto()
    OUTSIDE_REPOSITORY = auto()
    UNTRACKED = auto()
    ELSEWHERE = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class ResolvedPath:
    """The paths that git has, or once had, for a path as written."""

    kind: PathKind
    paths: tuple[str, ...] = ()
    text: str = ""
    """What to say about it: the path to write, or the reason why it is not judged."""
    hint: str = ""
    """The nearest name, for a path that git has never had."""
    is_slip: bool = False
    """Whether that name differs by one letter."""

    @property
    def is_judged(self) -> bool:
        """Whether git can say what happened to it."""
        return bool(self.paths) and self.kind is not PathKind.SEVERAL


class Paths:
    """Resolves paths against every path that the working tree or the history has."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._root = facts.workspace.root
        self._prefix = facts.repository.prefix
        self._submodules = facts.tree.submodules
        self._known = dict.fromkeys([*facts.tree.files, *facts.history.changes])

    def resolve(self, written: Iterable[str]) -> dict[str, ResolvedPath]:
        """Every path as written, resolved; at most two git processes for all of them."""
        found = {path: self._resolve(path) for path in dict.fromkeys(written)}
        for kind, choose in ((PathKind.IGNORED, self._ignored), (PathKind.ELSEWHERE, self._elsewhere)):
            left = [
                path
                for path, one in found.items()
                if one.kind in (PathKind.NEVER, PathKind.SAME_NAME, PathKind.UNTRACKED)
            ]
            found |= {path: ResolvedPath(kind, (), text) for path, text in choose(left).items()} if left else {}
        return found

    def _resolve(self, written: str) -> ResolvedPath:
        steps: tuple[Callable[[str], ResolvedPath | None], ...] = (
            self._exact,
            self._in_submodule,
            self._outside,
            self._normalised,
            self._ending,
            self._longer,
            self._glob,
            self._other_case,
        )
        for path in _spellings(written):
            if found := self._exact(path):
                return found if path == _plain(written) else _respelled(found)
        local = self._local(written)
        for step in steps:
            if found := step(local):
                return _respelled(found) if step == self._exact else found
        if found := self._behind_link(local):
            return found
        if is_on_disk(self._root, local):
            return ResolvedPath(PathKind.UNTRACKED, (), "it exists, but git does not track it: `git add` it")
        if found := self._same_name(local):
            return found
        close = self._nearest(local)
        hint = f"; did you mean {close}?" if close else ""
        slip = bool(close) and is_slip(posixpath.basename(local), posixpath.basename(close))
        return ResolvedPath(PathKind.NEVER, (), "git has never had it", hint, slip)

    # --- the steps, in order ----------------------------------------------------------------------------------------

    def _exact(self, path: str) -> ResolvedPath | None:
        if path in self._known:
            return ResolvedPath(PathKind.EXACT, (path,))
        if path in self._submodules:
            return ResolvedPath(PathKind.SUBMODULE, (), f"a submodule: the history of {path} is not read")
        if inside := self._folders.get(path):
            return ResolvedPath(PathKind.FOLDER, tuple(inside))
        return None

    def _in_submodule(self, path: str) -> ResolvedPath | None:
        for module in self._submodules:
            if path.startswith(f"{module}/"):
                return ResolvedPath(PathKind.SUBMODULE, (), f"in the submodule {module}, whose history is not read")
        return None

    def _outside(self, path: str) -> ResolvedPath | None:
        if re.match(r"[A-Za-z][\w+.-]+://", path):
            return ResolvedPath(PathKind.OUTSIDE_REPOSITORY, (), "an address, not a path of this repository")
        if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:/", path):
            return ResolvedPath(PathKind.OUTSIDE_REPOSITORY, (), "an absolute path outside this repository")
        in_repository = posixpath.normpath(posixpath.join(self._prefix, path))
        if in_repository.startswith("../"):
            return ResolvedPath(PathKind.OUTSIDE_REPOSITORY, (), "a path outside this repository")
        outside = path.startswith("../") or (self._prefix and self._at_head(path))
        if outside:
            return ResolvedPath(PathKind.OUTSIDE_WORKSPACE, (), "a file outside the workspace: its history is not read")
        return None

    def _normalised(self, path: str) -> ResolvedPath | None:
        return self._respelled_as(self._by_form.get(_form(path), ()))

    def _ending(self, path: str) -> ResolvedPath | None:
        wanted = re.sub(r"^(?:\.{3}|…)/", "", _form(path))
        name = posixpath.basename(wanted)
        ending = [one for one in self._by_name.get(name, ()) if _form(one).endswith(f"/{wanted}")]
        return self._respelled_as(ending) or self._folder_ending(wanted)

    def _folder_ending(self, path: str) -> ResolvedPath | None:
        ending = [folder for folder in self._folders if folder.endswith(f"/{path}")]
        if len(ending) == 1:
            text = f"git has it as {ending[0]}/: write that"
            return ResolvedPath(PathKind.FOLDER, tuple(self._folders[ending[0]]), text)
        return None

    def _longer(self, path: str) -> ResolvedPath | None:
        """The path of a file below a folder that is outside: `project/src/app.py`, as people see it in an editor."""
        parts = path.split("/")
        if parts[0] in self._folders:  # a file that is not in it
            return None
        shorter = ("/".join(parts[start:]) for start in range(1, len(parts) - 1))
        found = next((one for one in shorter if one in self._known), None)
        if found is None and len(parts) == 2 and parts[0] == self._root.name and parts[1] in self._known:
            found = parts[1]
        return _respelled(ResolvedPath(PathKind.EXACT, (found,))) if found else None

    def _same_name(self, path: str) -> ResolvedPath | None:
        """Files of that name in other folders: which of them is meant, or whether one is, is unknown."""
        if "/" not in path or not (named := self._by_name.get(_form(posixpath.basename(path)))):
            return None
        nearest = difflib.get_close_matches(path, named, MOST_LISTED, 0)
        more = f" and {len(named) - len(nearest)} more" if len(named) > len(nearest) else ""
        text = f"git has never had this path, but other files of that name: {', '.join(nearest)}{more}"
        return ResolvedPath(PathKind.SAME_NAME, (), text)

    def _glob(self, path: str) -> ResolvedPath | None:
        globs = _without_braces(path)
        if len(globs) == 1 and not any(sign in path for sign in "*?["):
            return None
        matched = {glob: matching(glob, self._known) for glob in globs}
        if not any(matched.values()):
            return None
        for glob, paths in matched.items():
            if not paths:
                return ResolvedPath(PathKind.NEVER, (), f"git has never had {glob}")
        return ResolvedPath(PathKind.GLOB, tuple({one: None for paths in matched.values() for one in paths}))

    def _behind_link(self, path: str) -> ResolvedPath | None:
        """The file that a path through a symbolic link leads to."""
        try:
            real = (self._root / path).resolve().relative_to(self._root.resolve()).as_posix()
        except (OSError, ValueError, RuntimeError):  # outside, or links in a circle
            return None
        return _respelled(found) if real != path and (found := self._exact(real)) else None

    def _other_case(self, path: str) -> ResolvedPath | None:
        return self._respelled_as(self._by_case.get(_form(path).casefold(), ()))

    def _respelled_as(self, paths: Iterable[str]) -> ResolvedPath | None:
        paths = tuple(paths)
        if len(paths) == 1:
            return _respelled(ResolvedPath(PathKind.EXACT, paths))
        if paths:
            more = f" and {len(paths) - MOST_LISTED} more" if len(paths) > MOST_LISTED else ""
            text = f"it may be {', '.join(paths[:MOST_LISTED])}{more}: write the full path"
            return ResolvedPath(PathKind.SEVERAL, paths, text)
        return None

    # --- what git says about the remaining ones ----------------------------------------------------------------------

    def _ignored(self, left: list[str]) -> dict[str, str]:
        local = {path: self._local(path) for path in left}
        try:
            found = self._facts.repository.ignored(one + end for one in local.values() for end in ("", "/"))
        except GitError:
            return {}
        return {path: "git ignores it" for path, one in local.items() if not found.isdisjoint((one, f"{one}/"))}

    def _elsewhere(self, left: list[str]) -> dict[str, str]:
        """The paths on a branch or in a named commit that HEAD does not contain."""
        facts = self._facts
        claimed = [landing.own.hash for landing in facts.landings.values() if landing.own and not landing.landed]
        try:
            names = {_form(path) for path in facts.repository.changed_elsewhere(claimed, facts.commit)}
        except GitError:  # trees that a partial clone left out
            return {}
        found = {}
        for path in left:
            local = _form(self._local(path))
            if local in names or any(name.startswith(f"{local}/") or name.endswith(f"/{local}") for name in names):
                found[path] = "only on another branch: HEAD has never had it"
            elif any(is_on_disk(one / self._prefix, self._local(path)) for one in facts.repository.other_worktrees):
                found[path] = "only in another worktree, where it may not be committed"
        return found

    def _at_head(self, path: str) -> bool:
        head = self._facts.commit
        names = [f"{head}:{path}"]
        return bool(head and self._facts.repository.objects(names)[names[0]])

    def _nearest(self, path: str) -> str:
        """The path that is most likely meant: its file has a name of nearly the same letters, with the same first one.

        The first letter keeps this affordable: many claims may be about files that git has never had.
        """
        name = _form(posixpath.basename(path))
        names = difflib.get_close_matches(name, self._by_initial.get(name[:1], ()), MOST_LISTED, SIMILAR)
        close = difflib.get_close_matches(path, [one for name in names for one in self._by_name[name]], 1, 0)
        return close[0] if close else ""

    # --- indexes ----------------------------------------------------------------------------------------------------

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = defaultdict(list)
        for path in self._known:
            folder = posixpath.dirname(path)
            while folder:
                folders[folder].append(path)
                folder = posixpath.dirname(folder)
        return {**folders, ".": list(self._known)}

    @cached_property
    def _by_form(self) -> dict[str, list[str]]:
        return _index(self._known, _form)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        return _index(self._known, lambda path: _form(posixpath.basename(path)))

    @cached_property
    def _by_initial(self) -> dict[str, list[str]]:
        return _index(self._by_name, lambda name: name[:1])

    @cached_property
    def _by_case(self) -> dict[str, list[str]]:
        return _index(self._known, lambda path: _form(path).casefold())

    def _local(self, written: str) -> str:
        """The path relative to the workspace where it is an absolute path into it, or relative to the repository."""
        path = _plain(_bare(written).replace("\\", "/"))
        for folder in (self._root.as_posix(), self._facts.repository.root.as_posix()):
            path = path.removeprefix(f"{folder}/")
        if self._prefix and path.startswith(self._prefix):
            path = path.removeprefix(self._prefix)
        elif self._prefix and (inside := posixpath.normpath(posixpath.join(self._prefix, path))).startswith(
            self._prefix
        ):
            path = inside.removeprefix(self._prefix)
        return re.sub(r"(?<=\w)(?::\d+(?:[-:]\d+)?|#L\d+(?:-L?\d+)?)$", "", path)


def is_on_disk(folder: Path, path: str) -> bool:
    """Whether there is something at a path below a folder; a name that no file system accepts is nowhere."""
    try:
        return (folder / path).exists()
    except (OSError, ValueError):
        return False


def _plain(written: str) -> str:
    """The path without `.`, `..`, doubled and trailing slashes."""
    return written if "://" in written else posixpath.normpath(re.sub(r"/{2,}", "/", written))


def _bare(written: str) -> str:
    """The path without spaces and quotes around it, and without a remark behind it.

    >>> _bare("`src/app.py` (new)"), _bare(" 'a b.py'"), _bare("app/(group)")
    ('src/app.py', 'a b.py', 'app/(group)')
    """
    path = re.sub(r"\s+\([^()]*\)$", "", written.strip())
    return path[1:-1] if len(path) > 2 and path[0] == path[-1] and path[0] in "`'\"" else path


def _spellings(written: str) -> list[str]:
    """The path as written, and with the separators of Windows."""
    return list(dict.fromkeys([_plain(written), _plain(written.replace("\\", "/"))]))


def _respelled(found: ResolvedPath) -> ResolvedPath:
    if found.kind is not PathKind.EXACT:
        return found
    return ResolvedPath(PathKind.OTHER_SPELLING, found.paths, f"git has it as {found.paths[0]}: write that")


def _form(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _without_braces(path: str) -> list[str]:
    """Globs for a path with braces.

    >>> _without_braces("src/{a,b}.py")
    ['src/a.py', 'src/b.py']
    """
    match = re.search(r"\{([^{}]*,[^{}]*)\}", path)
    if not match or path.count("{") > 4:
        return [path]
    parts = (path[: match.start()] + part.strip() + path[match.end() :] for part in match[1].split(","))
    return [whole for part in parts for whole in _without_braces(part)]


def _index(paths: Iterable[str], by: Callable[[str], str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        index[by(path)].append(path)
    return dict(index)
