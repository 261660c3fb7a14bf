"""What is read in the content of files: once for each content, remembered by its hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tracker.audit.mentions import Names, Scanner
from tracker.audit.names import Kind, Name
from tracker.audit.reachability import imports_of
from tracker.audit.reachability.graph import ANALYSED, is_read
from tracker.audit.suppressions import SIGN
from tracker.audit.texts import Question, Recalled, Text, Texts, as_latin
from tracker.audit.worker import worker
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree, WorkingTree, sizes

LARGEST = 2_000_000
"""Bytes; longer files are data, and not searched."""

ELSEWHERE = b"version https://git-lfs.github.com/spec/"
MANY = 8_000_000
"""Bytes that are worth a second process."""
MOST_CODE = 20_000
"""Code files; of a larger tree no import graph is made."""
STEP = 200
"""Contents between two reports of how far the reading is."""
Report = Callable[[int, int], None]
Look = Callable[[bytes], Text]


def unseen(done: int, total: int) -> None:
    """Report progress to no one: the default callback."""


NOTICE = re.compile(
    rb"deprecated|obsolete|superseded|no longer|replaced by|do not use|unused|safe to delete", re.IGNORECASE
)
REMOVAL = re.compile(rb"\b(?:delet|remov|git rm|rm -r|obsolete|redundant|unused|dead code)", re.IGNORECASE)
BOX = re.compile(rb"[-*+] \[([ xX])\]")
SYMBOL = re.compile(rb"`([A-Za-z_][\w.:#]{3,99})(?:\([^`\n]{0,99}\))?`")
WORD = re.compile(rb"\w{4,}")
HEAD = 1200
WRITES = (b"rite", b"dump", b"save", b"open(", b"to_csv", b"to_json", b"to_html", b"tee ", b">", b"Out-File", b"output")
"""Without one of these a text writes no file."""


@dataclass(frozen=True)
class TextReader:
    """Reads the contents of a tree. Each is read once, and what is too long only where a question asks for it."""

    repository: Repository
    tree: Tree
    names: Mapping[str, Name]
    """The path of every file, taken apart."""
    table: Names
    """What is looked for."""
    questions: Sequence[Question] = ()
    report: Report = unseen
    folder: Path | None = None
    """Where what was found is kept for next time, if anywhere."""

    def read(self) -> tuple[dict[str, Text], Callable[[], None]]:
        """What every content of the tree holds, by blob hash; and what has to be done to keep it for next time.

        Documents come first, so that what they name can be looked for in the code.
        """
        paths = {blob: path for path, blob in self.tree.files.items()}
        documents = {blob: path for blob, path in paths.items() if self.names[path].kind is Kind.DOCUMENT}
        others = {blob: path for blob, path in paths.items() if blob not in documents}
        scanner = Scanner(self.table)
        store = self._store("documents")
        found = self._part(documents, lambda content: _document(content, scanner), store.recall(), 0)
        symbols = frozenset(word for text in found.values() for word in text.symbols)
        scanner_of_others, only = Scanner(self.table, symbols), symbols - self.table.plain
        store_of_others = self._store("others", symbols)
        rest = self._part(
            others, lambda content: _other(content, scanner_of_others, only), store_of_others.recall(), len(found)
        )

        def keep() -> None:
            for one, texts in ((store, found), (store_of_others, rest)):
                one.keep({blob: text for blob, text in texts.items() if blob not in self._unsure})

        return found | rest, keep

    @cached_property
    def _graph(self) -> bool:
        """Whether an import graph is made."""
        return sum(path.endswith(ANALYSED) for path in self.tree.files) <= MOST_CODE

    @cached_property
    def _unsure(self) -> frozenset[str]:
        """Contents that may differ from their hash by now."""
        changed = self.tree.modified if isinstance(self.tree, WorkingTree) else frozenset()
        return frozenset(self.tree.files[path] for path in changed & self.tree.files.keys())

    def _store(self, part: str, words: frozenset[bytes] = frozenset()) -> Texts:
        asked = " ".join(question.id for question in self.questions)
        return Texts(self.folder, f"{part}, {asked}, {self._graph}", self.table, words)

    def _part(self, paths: Mapping[str, str], look: Look, recalled: Recalled, done: int) -> dict[str, Text]:
        """What is found in the contents of one part of the tree; before it, `done` contents were read."""
        known, news = recalled
        found = {blob: text for blob, path in paths.items() if (text := known.get(blob)) and text.is_of(path)}
        lengths = self._sizes({blob: path for blob, path in paths.items() if blob not in found})
        long = {blob for blob, size in lengths.items() if size > LARGEST and not self._asked(paths[blob], True)}
        found |= {blob: Text(lengths[blob], binary=True, read_as=as_latin(paths[blob])) for blob in long}
        wanted = [path for blob, path in paths.items() if blob not in found or (news and not found[blob].binary)]
        size = sum(lengths.values()) + (sum(text.size for text in found.values()) if news else 0)
        half = (len(wanted) + 1) // 2
        done += len(paths) - len(wanted)

        def read_some(some: list[str], report: Callable[[int], None]) -> dict[str, Text]:
            seen = {}
            for number, (path, content) in enumerate(self.tree.read(some), 1):
                blob = self.tree.files[path]
                if blob not in found or any(new in content for new in news):
                    seen[blob] = self._with_facts(path, content, look(content))
                if number % STEP == 0:
                    report(number)
            return seen

        def report_half(number: int) -> None:
            self.report(done + number * len(wanted) // half, len(self.tree.files))

        with worker(lambda: read_some(wanted[half:], lambda number: None), worth_it=size > MANY) as rest:
            mine = read_some(wanted[:half], report_half)
            return found | mine | rest.result()

    def _with_facts(self, path: str, content: bytes, found: Text) -> Text:
        """What was read, with what depends on the path: the imports for the graph, and the answers to questions."""
        if self._graph and not found.binary and is_read(path):
            imports = imports_of(path, content.decode("utf-8", "replace"))
            strings, names = (tuple(sorted(set(one))) for one in (imports.strings, imports.imports))
            found.imports = replace(imports, strings=strings, imports=names)
        answers = {one.id: one.answer(self.names[path], content) for one in self._asked(path, found.binary)}
        found.answers = {key: answer for key, answer in answers.items() if answer} or None
        found.read_as = as_latin(path)
        return found

    def _asked(self, path: str, binary: bool) -> list[Question]:
        """The questions about a file."""
        name = self.names[path]
        return [one for one in self.questions if (one.binary or not binary) and one.concerns(name)]

    def _sizes(self, paths: Mapping[str, str]) -> dict[str, int]:
        """The size of each content; of one that git does not have, that of the file on disk."""
        found = sizes(self.repository, paths)
        for blob in paths.keys() - found:
            with suppress(OSError):
                found[blob] = (self.repository.folder / paths[blob]).lstat().st_size
        return found


def scan(content: bytes, scanner: Scanner) -> Text:
    """Read one content."""
    size = len(content)
    if size > LARGEST or b"\0" in content[:8000]:
        return Text(size, binary=True)
    if content.startswith(ELSEWHERE):
        return Text(size, binary=True, elsewhere=True)
    tokens = scanner.tokens(content)
    boxes = _boxes(content) if b"[ ]" in content or b"[x]" in content or b"[X]" in content else []
    return Text(
        size=size,
        named=b" ".join(scanner.keys(tokens)),
        writes=any(word in content for word in WRITES),
        notice=NOTICE.search(content[:HEAD]) is not None,
        open_boxes=boxes.count(b" "),
        ticked_boxes=len(boxes) - boxes.count(b" "),
        marked=SIGN in content,
    )


def _other(content: bytes, scanner: Scanner, only: frozenset[bytes]) -> Text:
    """Read a file that is no document. Words that `only` documents name are no names of files."""
    found = scan(content, scanner)
    keys = found.keys
    if not scanner.words.isdisjoint(keys):
        found.coded = b" ".join(key for key in keys if key in scanner.words)
        found.named = b" ".join(key for key in keys if key not in only)
    return found


def _document(content: bytes, scanner: Scanner) -> Text:
    """Read a document: also the code names in it, and whether it speaks of removals."""
    found = scan(content, scanner)
    if not found.binary:
        found.removals = REMOVAL.search(content) is not None
        found.coded = b" ".join({word for symbol in SYMBOL.findall(content) for word in WORD.findall(symbol)})
    return found


def _boxes(content: bytes) -> list[bytes]:
    """What is in the boxes at the starts of lines."""
    starts = ((box, content.rfind(b"\n", 0, box.start()) + 1) for box in BOX.finditer(content))
    return [box[1] for box, start in starts if not content[start : box.start()].strip()]
