"""A git repository, read only, and never trusted.

A repository may come from anyone. Nothing in its configuration may start a program through us (hooks, fsmonitor, clean
filters, transports of a partial clone), and nothing in the user's may change what git prints.
"""

from __future__ import annotations

import itertools
import os
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from tracker.errors import NotARepository, TrackerError

if TYPE_CHECKING:
    import git

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
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


class GitError(TrackerError):
    """Git ended with an error; the message is what it said."""


class Repository:
    """A git repository as it is seen from one folder of it: all paths are relative to that folder.

    >>> with Repository.open(Path(".")) as repository:  # doctest: +SKIP
    ...     repository.head
    '1d2bd2cb1e9ca1a2b8c1a4ec87d3dbef9e58bd1e'
    """

    def __init__(self, folder: Path, root: Path, repo: git.Repo) -> None:
        self._repo = repo
        self._running: set[git.Git.AutoInterrupt] = set()
        self.folder = folder
        self.root = root
        """The repository's top folder."""
        self.prefix = "".join(f"{part}/" for part in folder.relative_to(self.root).parts)
        """The way from the root to the folder: "" or "sub/dir/"."""
        self._git = repo.git
        self._git.set_persistent_git_options(no_pager=True, literal_pathspecs=True)
        self._configure(SETTINGS)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The repository that a folder is in. Raises NotARepository."""
        try:
            import git
        except ImportError as error:
            raise TrackerError(f"git cannot be run: {error}. Install git and put it on the PATH.") from None

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
            process._terminate()
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
        return Path(self._repo.git_dir) / "index"

    @property
    def config(self) -> Path:
        """The file of its settings, which name the remote."""
        return Path(self._repo.common_dir) / "config"

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
        """Whether objects were left out when it was cloned: some content is unknown here."""
        return any(
            (key.startswith("remote.") and key.endswith(".promisor") and value == "true")
            or key == "extensions.partialclone"
            for _, key, value in self._settings
        )

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

        None where it is unknown, ambiguous or not a commit. One git process, whatever the number.
        """
        names = list(dict.fromkeys(hashes))
        valid = [name for name in names if re.fullmatch(r"[0-9a-fA-F]{4,64}", name)]
        found: dict[str, str | None] = dict.fromkeys(names)
        if not valid:
            return found
        queries = (f"{name}^{{commit}}\n".encode() for name in valid)
        with self.run("cat-file", "--batch-check=%(objectname) %(objecttype)", feed=queries) as output:
            for name, line in zip(valid, output, strict=False):
                full, _, kind = line.decode("utf-8", "replace").strip().partition(" ")
                if kind == "commit" and full.startswith(name.lower()):  # else a tag, or a branch called like a hash
                    found[name] = full
        return found

    def objects(self, names: Iterable[str]) -> dict[str, str | None]:
        """Hash of the object that each name (`commit:path`) stands for; None where there is none.

        One git process, whatever the number; a second one where names have line breaks.
        """
        asked = dict.fromkeys(names)
        plain = [name for name in asked if "\n" not in name]
        odd = [name for name in asked if "\n" in name]
        found = self._batch_check(plain, "\n")
        with suppress(GitError):  # git 2.37 and older do not know -z
            found |= self._batch_check(odd, "\0", "-z")
        return asked | found

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
    def run(self, command: str, *arguments: str, feed: Iterable[bytes] = ()) -> Iterator[IO[bytes]]:
        """What a git command prints, as it prints it, while it is fed. Raises GitError after the last byte.

        Leaving before the last byte ends the command.
        """
        import subprocess

        process: Any = self._git._call_process(command, *arguments, as_process=True, istream=subprocess.PIPE)
        self._running.add(process)
        errors: list[bytes] = []
        helpers = [
            threading.Thread(target=_feed, args=(process.stdin, feed), daemon=True),
            threading.Thread(target=lambda: errors.append(process.stderr.read()), daemon=True),
        ]
        output: IO[bytes] = process.stdout
        try:
            for helper in helpers:
                helper.start()
            yield output
            if output.read(1):
                process.proc.terminate()
            elif process.proc.wait() != 0:
                helpers[1].join()
                raise GitError(_last_line(b"".join(errors)) or f"git {command} failed")
        finally:
            if process.proc is not None:
                if process.proc.poll() is None:
                    process.proc.terminate()
                for helper in helpers:
                    helper.join()
                process._terminate()
            self._running.discard(process)

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
        # through the environment, since a key from a repository may contain "=", which `-c` takes for its own
        pairs: dict[str, str] = {}
        for number, (key, value) in enumerate(settings.items()):
            pairs |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        self._git.update_environment(GIT_CONFIG_COUNT=str(len(settings)), **pairs, **ENVIRONMENT)


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


def _last_line(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    fatal = [line for line in lines if line.startswith("fatal: ")]
    return (fatal or lines or [""])[-1].removeprefix("fatal: ")
