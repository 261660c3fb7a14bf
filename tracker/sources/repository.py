"""A git repository, read only and never trusted.

A repository may come from anyone. Its configuration must not start a program (hooks, fsmonitor, clean filters,
transports of a partial clone), and the user's configuration must not change what git prints.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from tracker.errors import NotARepository, TrackerError

if TYPE_CHECKING:
    import subprocess

    import git

_log = logging.getLogger(__name__)

LEFT_OUT = "what is needed is not in this partial clone; run the command in a complete one"
DAMAGED = "it is damaged; `git fsck` lists what it lacks, and a new clone has it"
BATCH = 200
"""Arguments of one git command."""

SETTINGS = {
    "color.ui": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "diff.ignoreSubmodules": "all",
    "diff.renames": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "log.follow": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "submodule.recurse": "false",
}
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
LOCATION = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""Variables that name another repository, or change what git reads of this one; they are removed from the environment.

A repository is found from its folder alone, so that git also checks who owns it.
"""


_HASH = re.compile(r"[0-9a-fA-F]{4,64}")
_WHOLE = 40
"""Digits of a whole SHA-1 hash."""


FEED_SECONDS = 0.2
"""How long the end of a git command waits for what is written to it."""


class GitError(TrackerError):
    """Git failed; the message is the last line of its error output."""


class Repository:
    """A git repository seen from one of its folders: all paths are relative to that folder.

    >>> with Repository.open(Path(".")) as repository:  # doctest: +SKIP
    ...     repository.head
    '1d2bd2cb1e9ca1a2b8c1a4ec87d3dbef9e58bd1e'
    """

    def __init__(self, folder: Path, root: Path, repo: git.Repo) -> None:
        self._repo = repo
        self._running: set[_Process] = set()
        self.folder = folder
        self.root = root
        """The repository's top folder."""
        self.prefix = "".join(f"{part}/" for part in folder.relative_to(self.root).parts)
        """Path from the root to the folder: "" or "sub/dir/"."""
        self._executable = repo.git.GIT_PYTHON_GIT_EXECUTABLE or "git"
        self._configure(SETTINGS)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The repository that a folder is in. Raises NotARepository."""
        try:
            import git
        except ImportError as error:
            raise TrackerError(f"git cannot be run: {error}. Install git and put it on the PATH.") from None

        for name in LOCATION:
            os.environ.pop(name, None)
        folder = folder.resolve()
        try:
            repo = git.Repo(folder, search_parent_directories=True)
        except git.NoSuchPathError:
            raise NotARepository(f"{folder}: no such folder") from None
        except (git.InvalidGitRepositoryError, ValueError, OSError):
            raise NotARepository(
                f"{folder}: not in a git repository; run `git init` there, or name a folder that is in one"
            ) from None
        root = Path(repo.working_tree_dir).resolve() if repo.working_tree_dir else None
        if not root or not folder.is_relative_to(root):
            raise NotARepository(f"{folder}: a git repository without a working tree; clone it and name the clone")
        repository = cls(folder, root, repo)
        try:
            repository._distrust_filters()
        except GitError as error:
            repository.close()
            raise NotARepository(f"{folder}: {error}") from None
        return repository

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every git process that still runs."""
        for process in tuple(self._running):
            process.end()
        self._running.clear()
        self._repo.close()

    # --- what it is -------------------------------------------------------------------------------------------------

    @cached_property
    def head(self) -> str | None:
        """Hash of the commit that is checked out; None where there are no commits yet."""
        try:
            return self.resolve("HEAD")
        except TrackerError:
            return None

    @property
    def index(self) -> Path:
        """The file of the index: written anew whenever something is staged."""
        return self._hook_index() or Path(self._repo.git_dir) / "index"

    @property
    def config(self) -> Path:
        """The file of its settings, which name the remote."""
        return Path(self._repo.common_dir) / "config"

    @cached_property
    def other_worktrees(self) -> list[Path]:
        """The folders of the other working trees of this repository, as far as they are there."""
        common = Path(self._repo.common_dir).resolve()
        links = [self._worktree(one) for one in sorted(common.glob("worktrees/*/gitdir"))]
        folders = dict.fromkeys([common.parent, *(one for one in links if one)])
        return [one for one in folders if one != self.root and (one / ".git").exists()]

    @staticmethod
    def _worktree(link: Path) -> Path | None:
        try:
            return Path(link.read_text("utf-8").strip()).parent.resolve()
        except (OSError, ValueError):
            return None

    @cached_property
    def shallow(self) -> bool:
        """Whether the history was cut off: older commits are unknown here."""
        return bool(self.boundary)

    @cached_property
    def boundary(self) -> frozenset[str]:
        """The commits of a shallow clone whose parents are not there."""
        try:
            return frozenset((Path(self._repo.common_dir) / "shallow").read_text("ascii").split())
        except FileNotFoundError:
            return frozenset()

    @cached_property
    def partial(self) -> bool:
        """Whether objects were left out when it was cloned: some content is unknown here.

        A copy of a partial clone has the packs of one, but not its settings.
        """
        is_set = any(
            (key.startswith("remote.") and key.endswith(".promisor") and value == "true")
            or key == "extensions.partialclone"
            for _, key, value in self._settings
        )
        return is_set or any(Path(self._repo.common_dir).glob("objects/pack/*.promisor"))

    @cached_property
    def treeless(self) -> bool:
        """Whether trees were left out too: what most commits changed is unknown here."""
        if not self.partial:
            return False
        filters = [value for _, key, value in self._settings if key.endswith(".partialclonefilter")]
        return not all(value.startswith("blob:") for value in filters) if filters else self._lacks_trees()

    def _lacks_trees(self) -> bool:
        """Whether the history of HEAD has trees that are not here."""
        options = ("--objects", "--no-object-names", "--filter=blob:none", "--missing=print")
        with self.run("rev-list", *options, "HEAD", "--") as output:
            return any(line.startswith(b"?") for line in output)

    @cached_property
    def here(self) -> frozenset[str] | None:
        """Every object that a partial clone has; None where nothing was left out.

        To ask git for any other would end the command: it would have to be fetched.
        """
        if not self.partial:
            return None
        with self.run("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)") as output:
            return frozenset(output.read().decode("ascii").split())

    @cached_property
    def remote(self) -> str | None:
        """Web address of the remote `origin`, without credentials; None where it has none."""
        urls = [value for _, key, value in self._settings if key == "remote.origin.url"]
        return web_address(urls[0]) if urls else None

    # --- what it knows ----------------------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str:
        """Full hash of the commit that a revision names. Raises TrackerError."""
        with suppress(GitError, ValueError):  # ValueError: a NUL in the revision
            with self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") as output:
                found = output.read().decode("ascii", "replace").strip()
            if re.fullmatch(r"[0-9a-f]{40,64}", found):
                return found
        raise TrackerError(f"{revision!r}: no such revision here; name a commit, branch or tag (`git log` lists them)")

    def existing(self, hashes: Iterable[str]) -> dict[str, str | None]:
        """Full hash of each commit that is named by a whole or abbreviated hash.

        None where it is unknown, ambiguous or not a commit. One git process, a second one where some are unknown.
        """
        names = list(dict.fromkeys(hashes))
        found: dict[str, str | None] = dict.fromkeys(names)
        found |= self._commits({name: name for name in names if _HASH.fullmatch(name)})
        # git prefers a branch or tag of that name to the abbreviated hash
        shadowed = [name for name in names if found[name] is None and _HASH.fullmatch(name) and len(name) < _WHOLE]
        for name, objects in self.candidates(shadowed).items():
            commits = [full for full, kind in objects if kind == "commit"]
            found[name] = commits[0] if len(commits) == 1 else None
        return found

    def _commits(self, names: Mapping[str, str]) -> dict[str, str]:
        if not names:
            return {}
        queries = (f"{name}^{{commit}}\n".encode() for name in names)
        with self.run("cat-file", "--batch-check=%(objectname) %(objecttype)", feed=queries) as output:
            answers = [line.decode("utf-8", "replace").strip().partition(" ") for line in output]
        return {
            name: full
            for name, (full, _, kind) in zip(names, answers, strict=False)
            if kind == "commit" and full.startswith(name.lower())  # else a tag, or a branch named like a hash
        }

    def candidates(self, prefixes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """Hash and type of every object whose hash begins with each prefix; two git processes."""
        wanted = list(dict.fromkeys(prefixes))
        objects: list[str] = []
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            with self.run("rev-parse", *(f"--disambiguate={prefix}" for prefix in batch)) as output:
                objects += output.read().decode("ascii").split()
        kinds = self._kinds(dict.fromkeys(objects))
        by_prefix: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for prefix in wanted:
            by_prefix[prefix] = [(name, kind) for name, kind in kinds.items() if name.startswith(prefix.lower())]
        return dict(by_prefix)

    def _kinds(self, objects: Iterable[str]) -> dict[str, str]:
        """The type of each object: commit, tag, tree or blob."""
        names = list(objects)
        if not names:
            return {}
        with self.run("cat-file", "--batch-check=%(objecttype)", feed=(f"{n}\n".encode() for n in names)) as output:
            return {name: line.decode("ascii", "replace").strip() for name, line in zip(names, output, strict=False)}

    def unmerged(self, head: str | None, most: int) -> dict[str, list[str]]:
        """Short names of the newest branches and tags that `head` does not contain, by the commit they point to."""
        options = ("--no-merged", head) if head else ()
        form = "--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end) %(refname:short)"
        tips: dict[str, list[str]] = {}
        with self.run("for-each-ref", "--sort=-creatordate", f"--count={most}", form, *options) as output:
            for line in output.read().decode("utf-8", "replace").splitlines():
                commit, _, name = line.partition(" ")
                tips.setdefault(commit, []).append(name)
        return tips

    def graph(self, tips: Iterable[str], without: str | None) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Hash, tree and parents of every commit that the tips contain and `without` does not."""
        lines = [*tips, *([f"^{without}"] if without else [])]
        feed = (f"{line}\n".encode("ascii") for line in lines)
        with self.run("log", "--stdin", "--format=%H %T %P", "--no-patch", feed=feed) as output:
            for line in output:
                hash, tree, *parents = line.decode("ascii").split()
                yield hash, tree, tuple(parents)

    def merge_base(self, one: str, other: str | None) -> str | None:
        """The best common ancestor of two commits; None where there is none."""
        if other is None:
            return None
        with self.run("merge-base", one, other, accept=(0, 1)) as output:
            return output.read().decode("ascii").strip() or None

    def pinned(self, revision: str) -> dict[str, str]:
        """Path of the submodule by each commit of it that the history of a revision ever recorded."""
        with self.run("ls-tree", "-r", "-z", "--full-tree", revision) as output:
            entries = output.read().decode("utf-8", "surrogateescape").split("\0")
        paths = [entry.partition("\t")[2] for entry in entries if entry.startswith("160000 ")]
        if not paths:
            return {}
        found: dict[str, str] = {}
        options = ("--raw", "-z", "--no-abbrev", "--no-renames", "--format=", "-m", "--ignore-submodules=none")
        with self.run("log", *options, revision, "--", *paths) as output:
            tokens = output.read().decode("utf-8", "surrogateescape").split("\0")
        for entry, path in itertools.pairwise(tokens):
            fields = entry.strip().lstrip(":").split(" ")
            if len(fields) == 5 and fields[1] == "160000":
                found[fields[3]] = path
        return found

    def changed_elsewhere(self, commits: Iterable[str], head: str | None) -> set[str]:
        """Paths, relative to the folder, that branches or the given commits change and `head` does not contain."""
        lines = [*commits, *([f"^{head}"] if head else [])]
        options = ("--all", "--stdin", "--format=", "--name-only", "-z", "--no-renames", "-m", "--root")
        feed = (f"{line}\n".encode("ascii") for line in lines)
        with self.run("log", *options, feed=feed) as output:
            paths = output.read().decode("utf-8", "surrogateescape").split("\0")
        below = (path.lstrip("\n") for path in paths)
        return {path.removeprefix(self.prefix) for path in below if path and path.startswith(self.prefix)}

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths (relative to the folder) that .gitignore and its relatives exclude; one git process."""
        wanted = [path for path in dict.fromkeys(paths) if not self._is_beyond_link(path)]
        if not wanted:
            return set()
        feed = (f"{self.prefix}{path}\0".encode("utf-8", "surrogateescape") for path in wanted)
        # it refuses --literal-pathspecs; paths from its input are literal in any case
        options = ("--stdin", "-z", "--no-index")
        with self.run("check-ignore", *options, feed=feed, accept=(0, 1), literal=False) as output:
            found = output.read().decode("utf-8", "surrogateescape").split("\0")
        return {path.removeprefix(self.prefix) for path in found if path}

    def _is_beyond_link(self, path: str) -> bool:
        """Whether a symbolic link leads to it: git refuses the whole question for one such path."""
        try:
            return any((self.folder / parent).is_symlink() for parent in Path(path).parents)
        except (OSError, ValueError):  # a name that no file system accepts
            return True

    def objects(self, names: Iterable[str]) -> dict[str, str | None]:
        """Hash of the object that each name (`commit:path`) stands for; None where there is none.

        One git process for any number; a second one where names have line breaks. In a partial clone one for each
        commit: git asks for the content of what it names by its path, and ends where that is not there.
        """
        asked = dict.fromkeys(names)
        if self.partial:
            return asked | self._in_trees(asked)
        plain = [name for name in asked if "\n" not in name]
        odd = [name for name in asked if "\n" in name]
        found = self._batch_check(plain, "\n")
        with suppress(GitError):  # git 2.37 and older do not know -z
            found |= self._batch_check(odd, "\0", "-z")
        return asked | found

    def _in_trees(self, names: Iterable[str]) -> dict[str, str]:
        """The objects that trees name, and the commits, as far as they are here."""
        found = {}
        paths: dict[str, list[str]] = defaultdict(list)
        for name in names:
            revision, _, path = name.partition(":")
            paths[revision].append(path)
        for revision, wanted in paths.items():
            with suppress(GitError, ValueError):  # no such commit, trees that are not here, a null character
                if any(wanted):
                    with self.run(
                        "ls-tree", "-t", "-z", "--full-tree", revision, "--", *filter(None, wanted)
                    ) as output:
                        for entry in output.read().decode("utf-8", "surrogateescape").split("\0")[:-1]:
                            fields, _, path = entry.partition("\t")
                            found[f"{revision}:{path}"] = fields.split(" ")[2]
                if not all(wanted):
                    with self.run(
                        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{object}}"
                    ) as output:
                        named = output.read().decode("ascii").strip()
                    found[revision] = named
        return found

    def _batch_check(self, names: list[str], end: str, *options: str) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        if not names:
            return found
        queries = (f"{name}{end}".encode("utf-8", "surrogateescape") for name in names)
        with self.run("cat-file", "--batch-check=%(objectname)", *options, feed=queries) as output:
            for name in names:
                line = output.readline()
                if re.fullmatch(rb"[0-9a-f]{40,64}\n", line):
                    found[name] = line.decode("ascii").strip()
                else:  # the name as it was given, and that it is missing
                    deque(itertools.islice(output, name.count("\n")), maxlen=0)
        return found

    # --- running git ------------------------------------------------------------------------------------------------

    @contextmanager
    def run(
        self,
        command: str,
        *arguments: str,
        feed: Iterable[bytes] = (),
        accept: Iterable[int] = (0,),
        literal: bool = True,
    ) -> Iterator[IO[bytes]]:
        """Yield the output of a git command as a stream, while `feed` is written to its input.

        `accept`: exit codes that are no error; `literal`: paths mean themselves, not patterns. Raises GitError after
        the last byte. Leaving before the last byte ends the command.
        """
        started = time.perf_counter()
        process = self._start(command, *arguments, literal=literal)
        self._running.add(process)
        errors: list[bytes] = []
        helpers = [
            threading.Thread(target=_feed, args=(process.stdin, feed), daemon=True),
            threading.Thread(target=lambda: errors.append(process.stderr.read()), daemon=True),
        ]
        output = process.stdout
        try:
            for helper in helpers:
                helper.start()
            yield output
            if output.read(1):
                process.terminate()
            elif process.wait() not in accept:
                helpers[1].join()
                message = _last_line(b"".join(errors)) or f"git {command} failed"
                raise GitError(_explained(message))
        finally:
            process.terminate()
            helpers[0].join(FEED_SECONDS)  # a feed that waits for its caller may never end; its thread is a daemon
            helpers[1].join()
            process.end()
            self._running.discard(process)
            _log.debug("git %s %s: %.3f s", command, " ".join(arguments), time.perf_counter() - started)

    def _start(self, command: str, *arguments: str, literal: bool) -> _Process:
        import subprocess

        options = ["--no-pager", *(["--literal-pathspecs"] if literal else [])]
        call = [self._executable, *options, command, *arguments]
        # GitPython starts such a process through its private API alone
        environment = os.environ | self._environment | {"LANGUAGE": "C", "LC_ALL": "C"}
        popen = subprocess.Popen(
            call,
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return _Process(popen)

    @cached_property
    def _settings(self) -> tuple[tuple[str, str, str], ...]:
        """Scope, key and value of every setting."""
        with self.run("config", "--list", "--show-scope", "-z") as output:
            tokens = output.read().decode("utf-8", "surrogateescape").split("\0")
        pairs = zip(tokens[::2], tokens[1::2], strict=False)
        return tuple((scope, *_key_and_value(setting)) for scope, setting in pairs)

    def _distrust_filters(self) -> None:
        """Content filters that the repository itself configures are programs of strangers."""
        filters = re.compile(r"filter\..*\.(clean|smudge|process|required)", re.DOTALL)
        strange = (key for scope, key, _ in self._settings if scope in ("local", "worktree") and filters.fullmatch(key))
        self._configure(SETTINGS | {key: "false" if key.endswith(".required") else "" for key in strange})

    def _configure(self, settings: Mapping[str, str]) -> None:
        # through the environment, since a key from a repository may contain "=", which `-c` takes for its own;
        # what the caller configures that way (safe.directory) stays, and ours comes after it
        count = os.environ.get("GIT_CONFIG_COUNT", "")
        first = int(count) if count.isascii() and count.isdigit() else 0
        pairs: dict[str, str] = {}
        for number, (key, value) in enumerate(settings.items(), first):
            pairs |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        self._environment = {"GIT_CONFIG_COUNT": str(first + len(settings)), **pairs, **ENVIRONMENT}
        if index := self._hook_index():
            self._environment["GIT_INDEX_FILE"] = str(index)
        else:
            os.environ.pop("GIT_INDEX_FILE", None)

    def _hook_index(self) -> Path | None:
        """The index of what is about to be committed, which git names to a hook; None where another one is named."""
        given = os.environ.get("GIT_INDEX_FILE")
        index = (self.root / given).resolve() if given else None
        return index if index and index.parent == Path(self._repo.git_dir).resolve() else None


class _Process:
    """A running git command."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.proc = popen
        self.stdin = cast("IO[bytes]", popen.stdin)
        self.stdout = cast("IO[bytes]", popen.stdout)
        self.stderr = cast("IO[bytes]", popen.stderr)

    def wait(self) -> int:
        """The exit code, once there is one."""
        return self.proc.wait()

    def terminate(self) -> None:
        """End the command if it still runs."""
        if self.proc.poll() is None:
            self.proc.terminate()

    def end(self) -> None:
        """End the command, wait for it and close its streams."""
        self.terminate()
        self.proc.wait()
        for stream in (self.stdin, self.stdout, self.stderr):
            with suppress(OSError, ValueError):
                stream.close()


def web_address(url: str) -> str | None:
    """The web page of a remote, without credentials; None where the address is not one of a host.

    >>> web_address("git@example.org:team/app.git")
    'https://example.org/team/app'
    """
    short = re.fullmatch(r"(?:[^@/:\s]+@)?([\w.-]+\.[\w-]+):(?!/)(\S+)", url, re.ASCII)  # the scp-like form of ssh
    if short:
        host, path = short[1], short[2]
    else:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return None
        if parts.scheme not in ("https", "http", "ssh", "git+ssh", "git") or not parts.hostname:
            return None
        keeps_port = port and parts.scheme in ("https", "http")
        host, path = f"{parts.hostname}:{port}" if keeps_port else parts.hostname, parts.path
    path = path.strip("/").removesuffix(".git")
    if not re.fullmatch(r"[\w.-]+(:\d+)?", host, re.ASCII) or not re.fullmatch(r"[\w./~+%-]+", path, re.ASCII):
        return None
    return f"https://{host}/{path}"


def _key_and_value(setting: str) -> tuple[str, str]:
    key, _, value = setting.partition("\n")  # without a value it is a true boolean
    return key, value if "\n" in setting else "true"


def _feed(stdin: IO[bytes], feed: Iterable[bytes]) -> None:
    with suppress(BrokenPipeError, ValueError, OSError):  # the reader stopped early
        for piece in feed:
            stdin.write(piece)
            stdin.flush()  # the reader may be waiting for the answer
    with suppress(BrokenPipeError, ValueError, OSError):
        stdin.close()


def _explained(message: str) -> str:
    """What git says about objects that are not there, in words that help."""
    if "promisor remote" in message:
        return LEFT_OUT
    lost = re.search(
        r"(?:unable to read|bad object|missing (?:blob|tree|commit) object '?)\s*([0-9a-f]{40,64})", message
    )
    return f"{lost[1][:7]} is missing from this clone: {DAMAGED}" if lost else message


def _last_line(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    fatal = [line for line in lines if line.startswith("fatal: ")]
    return (fatal or lines or [""])[-1].removeprefix("fatal: ")
