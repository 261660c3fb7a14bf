"""Everything the rules look at, gathered once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from tracker.audit.blob_reader import BlobReader
from tracker.audit.file_history import TreeHistory, read_history
from tracker.audit.gitignore import Ignores, ignores
from tracker.audit.mentions import Names, keys_of, table
from tracker.audit.names import Kind, Name, distinctive, name_of
from tracker.audit.reachability import FileImports
from tracker.audit.reading import Report, TextReader, unseen
from tracker.audit.texts import Question, Text
from tracker.audit.uncommitted import with_work
from tracker.audit.versions import Versions
from tracker.model import Commit
from tracker.sources.history import commits
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree, WorkingTree

INVENTORY = 0.2
"""A file that names so large a share of all files is a list of them: it is no use of any one."""


class Mention(NamedTuple):
    """One file mentioned by another."""

    by: str
    strong: bool
    """By its path or a distinctive name, not by a word that may mean something else."""


@dataclass(frozen=True)
class AuditContext:
    """A tree with its history and the mentions in it."""

    repository: Repository
    tree: Tree
    files: Mapping[str, str]
    """Blob hash by path."""
    history: TreeHistory
    texts: Mapping[str, Text]
    """What was read in each content, by blob hash."""
    table: Names
    ignores: Ignores
    versions: Versions = field(default_factory=Versions)
    """The earlier contents of files."""
    keep: Callable[[], None] = lambda: None
    """Stores what was read for the next audit."""
    records: frozenset[str] = frozenset()
    """Files that the tracker itself reads or writes: never findings, and no use of a file that they name."""

    def text(self, path: str) -> Text:
        """What was read in a file."""
        return self.texts.get(self.files[path], UNREAD)

    def content(self, path: str) -> bytes | None:
        """The content of one file; None where it is not here."""
        if isinstance(self.tree, WorkingTree) and path in self.tree.modified:  # it differs from the index
            return next((content for _, content in self.tree.read([path])), None)
        return self.blobs([self.files[path]])[0]

    def blobs(self, hashes: Sequence[str]) -> list[bytes | None]:
        """Contents by blob hash, present or past."""
        return self._reader.read(hashes)

    def answers(self, question: Question, paths: Iterable[str]) -> dict[str, Any]:
        """The answers to a question about some files that are here, by path. Empty answers are left out.

        They were given when the contents were read, except of a further file with the same content as another.
        """
        texts = {path: self.text(path) for path in paths}
        found = {path: (text.answers or {}).get(question.id) for path, text in texts.items()}
        asked = (path for path, text in texts.items() if not text.is_of(path) and (question.binary or not text.binary))
        again = [path for path in asked if question.concerns(self.names[path])]
        found |= {path: question.answer(self.names[path], content) for path, content in self.tree.read(again)}
        return {path: answer for path, answer in found.items() if answer}

    def imports(self, path: str) -> FileImports | None:
        """What the import graph needs of a file; None where it was not read for this path."""
        text = self.text(path)
        return text.imports if text.is_of(path) else None

    def source(self, path: str) -> str:
        """The text of one file, read once; empty where it is not text, too large or not here."""
        if path not in self._sources:
            content = None if self.text(path).binary else self.content(path)
            self._sources[path] = (content or b"").decode("utf-8", "replace")
        return self._sources[path]

    def replace_source(self, path: str, text: str) -> None:
        """Set the text that `source` returns for a file."""
        self._sources[path] = text

    def close(self) -> None:
        """End the git process that reads contents."""
        self._reader.close()

    @cached_property
    def _reader(self) -> BlobReader:
        return BlobReader(self.repository)

    @cached_property
    def _sources(self) -> dict[str, str]:
        return {}

    @cached_property
    def ignored(self) -> frozenset[str]:
        """Files that are tracked although .gitignore excludes them."""
        return self.ignores.among(self.files)

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """Every folder with all files below it."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, name in self.names.items():
            for depth in range(1, len(name.folders) + 1):
                found["/".join(name.folders[:depth])].append(path)
        return dict(found)

    @cached_property
    def names(self) -> dict[str, Name]:
        """Each path taken apart."""
        return {path: name_of(path) for path in self.files}

    @cached_property
    def by_folder(self) -> dict[str, list[str]]:
        """The files directly in each folder."""
        return _grouped((name.folder, path) for path, name in self.names.items())

    @cached_property
    def shared(self) -> list[list[str]]:
        """The files of each content that several have."""
        found: dict[str, list[str]] = defaultdict(list)
        first: dict[str, str] = {}
        for path, blob in self.files.items():
            if first.setdefault(blob, path) != path:
                found[blob].append(path)
        return [[first[blob], *others] for blob, others in found.items()]

    @cached_property
    def unknown_symbols(self) -> frozenset[str]:
        """The words of code names in documents that nothing but documents has."""
        named: set[bytes] = set()
        known: set[bytes] = set()
        for path, name in self.names.items():
            (named if name.kind is Kind.DOCUMENT else known).update(self.text(path).symbols)
        return frozenset(word.decode("ascii") for word in named - known if word.isascii())

    @cached_property
    def inventories(self) -> frozenset[str]:
        """Files that list a large share of all files; what code names it uses, however much that is."""
        most = max(40, INVENTORY * len(self.files))
        kinds = (Kind.DOCUMENT, Kind.CONFIG, Kind.DATA, Kind.ASSET)
        lists = (path for path, name in self.names.items() if name.kind in kinds and not _is_manifest(name))
        return frozenset(path for path in lists if self.text(path).named.count(b" ") >= most)

    def mentions_of(self, path: str) -> list[Mention]:
        """Who mentions a file, in the order of the files."""
        found: dict[str, bool] = {}
        for key in keys_of(self.names[path]):
            for by, strong in self._mentions_by(key).get(path, ()):
                found[by] = found.get(by, False) or strong
        return [Mention(by, found[by]) for by in sorted(found, key=self._order.__getitem__)]

    def _mentions_by(self, key: bytes) -> dict[str, list[Mention]]:
        """The mentions by one key: by each file that it may mean, who has it."""
        if key not in self._by_key:
            found: dict[str, list[Mention]] = defaultdict(list)
            for by in self._holders.get(key, ()):
                listed = by in self.inventories  # what a list shows is used all the same
                for target, strong in self._meant(by, key):
                    if not listed or self.names[target].kind in (Kind.ASSET, Kind.DOCUMENT):
                        found[target].append(Mention(by, strong))
            self._by_key[key] = dict(found)
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[bytes, dict[str, list[Mention]]]:
        return {}

    @cached_property
    def _holders(self) -> dict[bytes, list[str]]:
        """By key: the files whose text has it."""
        found: dict[bytes, list[str]] = defaultdict(list)
        for path, blob in self.files.items():
            for key in self.texts.get(blob, UNREAD).keys:
                found[key].append(path)
        return dict(found)

    @cached_property
    def _order(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self.files)}

    @cached_property
    def lost(self) -> dict[str, list[str]]:
        """By path: the paths that it mentions and that are gone."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in sorted(self._dead):
            for path in self._holders.get(key, ()):
                found[path] += self.table.strong[key]
        return dict(found)

    @cached_property
    def _dead(self) -> frozenset[bytes]:
        """The keys of a few files that are gone, and of none that is there."""
        strong, weak, files = self.table.strong, self.table.weak, self.files
        gone = (key for key, paths in strong.items() if len(paths) <= 3 and files.keys().isdisjoint(paths))
        return frozenset(key for key in gone if files.keys().isdisjoint(weak.get(key, ())))

    def became(self, path: str) -> tuple[str, str]:
        """What became of a path that is gone, in words, and the commit that did it."""
        now = self.history.current(path)
        commit = self.history.commits[self.history.gone[path].commit].hash[:9]
        return (f"renamed to {now}" if now and now in self.files else "removed"), commit

    def targets(self, path: str) -> dict[str, bool]:
        """The files that a file mentions, and whether without doubt."""
        found: dict[str, bool] = {}
        for key in self.text(path).keys:
            for target, sure in self._meant(path, key):
                found[target] = found.get(target, False) or sure
        return found

    def _meant(self, path: str, key: bytes) -> Iterator[tuple[str, bool]]:
        """The files that a key in a file's text means, and whether without doubt."""
        for whole, paths in ((True, self.table.strong.get(key)), (False, self.table.weak.get(key))):
            if paths is None:
                continue
            if len(paths) > 1:
                yield from self._nearest(path, key, whole)
            elif paths[0] != path and paths[0] in self.files:
                yield paths[0], whole or distinctive(key)

    def _nearest(self, path: str, key: bytes, whole: bool) -> Iterator[tuple[str, bool]]:
        """Of several files that a key may mean, those in the same folder, else all; more than three mean nothing."""
        by_folder = self._several.get((key, whole))
        if by_folder is None:
            alive = [other for other in (self.table.strong if whole else self.table.weak)[key] if other in self.files]
            by_folder = _grouped((self.names[other].folder, other) for other in alive)
            by_folder["\0"] = alive if len(alive) <= 4 else []  # no folder is called so
            self._several[key, whole] = by_folder
        near = [other for other in by_folder.get(self.names[path].folder, ()) if other != path]
        meant = near or [other for other in by_folder["\0"] if other != path]
        if len(meant) <= 3:
            sure = (len(meant) == 1 and (whole or distinctive(key))) or (bool(near) and whole)
            yield from ((other, sure) for other in meant)

    @cached_property
    def _several(self) -> dict[tuple[bytes, bool], dict[str, list[str]]]:
        """Existing files by a key that several may share: by folder, and a few of all of them under a NUL."""
        return {}


UNREAD = Text(0, binary=True)


def gather_context(
    repository: Repository,
    tree: Tree,
    committed: Mapping[str, str] | None = None,
    report: Report = unseen,
    folder: Path | None = None,
    records: Callable[[str], bool] = lambda path: False,
    questions: Sequence[Question] = (),
) -> AuditContext:
    """Read a tree and the history that led to it.

    `committed`: where the tree is ahead of its history, the files of the last commit. `folder`: where what was read
    before is stored, if anywhere. `records`: whether the tracker itself reads or writes a file. `questions`: what
    rules ask about single files.
    """
    changes: Iterable[Commit] = commits(repository, tree.commit or "HEAD")
    if committed is not None:
        changes = with_work(changes, committed, tree.files)
    versions = Versions()
    history = read_history(versions.watch(changes), tree.files)
    names = {path: name_of(path) for path in tree.files}
    keys = table(chain(names.values(), map(name_of, history.gone)))
    texts, keep = TextReader(repository, tree, names, keys, questions, report, folder).read()
    own = frozenset(filter(records, tree.files))
    found = AuditContext(repository, tree, tree.files, history, texts, keys, ignores(tree), versions, keep, own)
    found.__dict__["names"] = names  # already computed
    return found


def _is_manifest(name: Name) -> bool:
    """Whether a tool reads a configuration under this name: what it lists is used."""
    return name.kind is Kind.CONFIG and name.conventional


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
