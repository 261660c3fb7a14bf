"""The tracked files of a commit, or as they are on disk: one view of both, so that the same code reads either."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from tracker.sources.repository import Repository

SUBMODULE = "160000"
LINK = "120000"
CHUNK = 1 << 20


class Tree(Protocol):
    """Files and their content, relative to the workspace's folder. Submodules are none of them."""

    @property
    def commit(self) -> str | None:
        """Hash of the commit; None for the working tree."""

    @property
    def files(self) -> Mapping[str, str]:
        """Blob hash by path, tracked files only. A symbolic link's content is the path it names."""

    @property
    def submodules(self) -> frozenset[str]:
        """Where submodules are: what is below them is the history of another repository."""

    @property
    def links(self) -> frozenset[str]:
        """The files that are symbolic links."""

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Path and content of each, in their order; those whose content is not there are skipped."""


@dataclass(frozen=True, slots=True)
class CommitTree:
    """The tree of a commit."""

    repository: Repository = field(repr=False)
    commit: str | None
    files: Mapping[str, str]
    submodules: frozenset[str]
    links: frozenset[str] = frozenset()

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """See `Tree.read`."""
        return _read(self.repository, self.files, frozenset(), paths)


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """Tracked files as they are on disk."""

    repository: Repository = field(repr=False)
    files: Mapping[str, str]
    modified: frozenset[str]
    """Files that differ from the index: read from disk. All others are read from the object store."""
    submodules: frozenset[str]
    commit: str | None = None
    links: frozenset[str] = frozenset()

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """See `Tree.read`."""
        return _read(self.repository, self.files, self.modified, paths)


def commit_tree(repository: Repository, revision: str) -> Tree:
    """The tree of a commit. Raises TrackerError for an unknown revision."""
    commit = repository.resolve(revision)
    files, submodules, links = {}, set(), set()
    with repository.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *_below(repository)) as output:
        for entry, path in _entries(repository, output):
            mode, _, blob = entry.split(" ")
            if mode == SUBMODULE:
                submodules.add(path)
            else:
                files[path] = blob
                if mode == LINK:
                    links.add(path)
    return CommitTree(repository, commit, files, frozenset(submodules), frozenset(links))


def working_tree(repository: Repository) -> Tree:
    """The tracked files as they are on disk: the unchanged ones with the index's hash, the others hashed now.

    A changed file is hashed byte by byte; one that differs from the index in line ends alone counts as unchanged.
    Deleted files are absent. Symbolic links are never followed.
    """
    files, submodules, links = {}, set(), set()
    with repository.run("ls-files", "--stage", "-z", "--", *_below(repository)) as output:
        for entry, path in _entries(repository, output):
            mode, blob, _ = entry.split(" ")
            if mode == SUBMODULE:
                submodules.add(path)
            else:
                files[path] = blob
                if mode == LINK:
                    links.add(path)
    with repository.run("diff-files", "--raw", "-z", "--no-renames", "--", *_below(repository)) as output:
        tokens = output.read().decode("utf-8", "surrogateescape").split("\0")
    modified = set()
    for entry, path in zip(tokens[::2], (path.removeprefix(repository.prefix) for path in tokens[1::2]), strict=False):
        if path not in files or path in modified:  # a submodule, or a conflict, which git lists twice
            continue
        now = None if entry.endswith("D") else _blob_on_disk(repository, path, files[path])
        if now is None:
            del files[path]
        elif now != files[path]:
            files[path] = now
            modified.add(path)
    return WorkingTree(repository, files, frozenset(modified), frozenset(submodules), links=frozenset(links))


def _below(repository: Repository) -> tuple[str, ...]:
    return (repository.prefix,) if repository.prefix else ()


def _entries(repository: Repository, output: IO[bytes]) -> Iterator[tuple[str, str]]:
    for line in output.read().decode("utf-8", "surrogateescape").split("\0"):
        entry, _, path = line.partition("\t")
        if path:
            yield entry, path.removeprefix(repository.prefix)


def _read(
    repository: Repository, files: Mapping[str, str], on_disk: frozenset[str], paths: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    wanted = [path for path in paths if path in files]
    blobs = read_blobs(repository, [files[path] for path in wanted if path not in on_disk])
    for path in wanted:
        content = _content_on_disk(repository, path) if path in on_disk else next(blobs)
        if content is not None:
            yield path, content


def sizes(repository: Repository, hashes: Iterable[str]) -> dict[str, int]:
    """Bytes of each object; missing ones are left out. One git process."""
    wanted = [blob for blob in hashes if repository.here is None or blob in repository.here]
    if not wanted:
        return {}
    queries = (f"{blob}\n".encode() for blob in wanted)
    with repository.run("cat-file", "--batch-check=%(objectsize)", feed=queries) as output:
        found = zip(wanted, output, strict=False)
        return {blob: int(line) for blob, line in found if line.strip().isdigit()}


def read_blobs(repository: Repository, hashes: list[str]) -> Iterator[bytes | None]:
    """The content of each blob, in their order; None where it is not there. One git process."""
    here = repository.here
    asked = [blob for blob in hashes if here is None or blob in here]
    if not asked:
        yield from (None for _ in hashes)
        return
    with repository.run("cat-file", "--batch", "--buffer", feed=(f"{blob}\n".encode() for blob in asked)) as output:
        for blob in hashes:
            header = output.readline().split() if here is None or blob in here else []
            if len(header) == 3:  # hash, type and size; a missing object has no size
                yield output.read(int(header[2]))
                output.read(1)
            else:
                yield None


def _content_on_disk(repository: Repository, path: str) -> bytes | None:
    location = repository.folder / path
    try:
        if stat.S_ISLNK(location.lstat().st_mode):
            return os.fsencode(location.readlink())
        with _open(location) as stream:
            return stream.read()
    except OSError:
        return None


def _blob_on_disk(repository: Repository, path: str, indexed: str) -> str | None:
    """Blob hash of a file on disk, None where there is no file or link."""
    location = repository.folder / path
    try:
        mode = location.lstat().st_mode
        if stat.S_ISLNK(mode):
            target = os.fsencode(location.readlink())
            return _blob(indexed, len(target), [target])
        if not stat.S_ISREG(mode):
            return None
        with _open(location) as stream:
            returns = False

            def pieces() -> Iterator[bytes]:
                nonlocal returns
                while piece := stream.read(CHUNK):
                    returns = returns or b"\r" in piece
                    yield piece

            blob = _blob(indexed, os.fstat(stream.fileno()).st_size, pieces())
            if blob == indexed or not returns:
                return blob
            size = sum(map(len, _with_plain_ends(stream)))
            return indexed if _blob(indexed, size, _with_plain_ends(stream)) == indexed else blob
    except OSError:
        return None


def _with_plain_ends(stream: IO[bytes]) -> Iterator[bytes]:
    """All of a file piece by piece, with plain line ends."""
    stream.seek(0)
    rest = b""
    while piece := stream.read(CHUNK):
        piece = rest + piece
        rest = b"\r" if piece.endswith(b"\r") else b""
        yield piece.removesuffix(rest).replace(b"\r\n", b"\n")
    yield rest


def _open(location: Path) -> IO[bytes]:
    """Open a regular file, and nothing that took its place since."""
    return os.fdopen(os.open(location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _blob(like: str, size: int, content: Iterable[bytes]) -> str:
    digest = hashlib.sha1(usedforsecurity=False) if len(like) == 40 else hashlib.sha256()
    digest.update(b"blob %d\0" % size)
    for piece in content:
        digest.update(piece)
    return digest.hexdigest()
