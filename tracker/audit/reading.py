"""What is read in the content of files: once for each content, remembered by its hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tracker.audit.mentions import Names, Scanner
from tracker.audit.reachability import imports_of
from tracker.audit.reachability.graph import ANALYSED, is_read
from tracker.audit.suppressions import SIGN
from tracker.audit.texts import Recalled, Text, Texts
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


def read(
    repository: Repository,
    tree: Tree,
    names: Names,
    documents: Collection[str],
    report: Report = unseen,
    folder: Path | None = None,
) -> tuple[dict[str, Text], Callable[[], None]]:
    """What every content of a tree holds, by blob hash. Each content is read once, and what is too long not at all.

    Documents come first, so that what they name can be looked for in the code. What was found before and kept
    in the folder, where one is given, is not looked for again. Second is what has to be done to keep it for next time.
    """
    named = frozenset(documents)
    graph = sum(path.endswith(ANALYSED) for path in tree.files) <= MOST_CODE
    paths = {blob: path for path, blob in tree.files.items()}
    changed = tree.modified if isinstance(tree, WorkingTree) else frozenset()
    unsure = {tree.files[path] for path in changed & tree.files.keys()}  # these may differ from their hash by now
    kept: list[tuple[Texts, dict[str, Text]]] = []

    def part(name: str, words: frozenset[bytes], some: dict[str, str], look: Look) -> dict[str, Text]:
        done = sum(len(texts) for _, texts in kept)
        store = Texts(folder, name, names, words)
        found = _part(
            repository, tree, some, look, store.recall(), lambda number: report(done + number, len(paths)), graph
        )
        kept.append((store, found))
        return found

    scanner = Scanner(names)
    in_documents = {blob: path for blob, path in paths.items() if path in named}
    found = part("documents", frozenset(), in_documents, lambda content: _document(content, scanner))
    symbols = frozenset(word for text in found.values() for word in text.symbols)
    scanner_of_others = Scanner(names, symbols)
    only = symbols - names.plain
    others = {blob: path for blob, path in paths.items() if path not in named}
    found = found | part("others", symbols, others, lambda content: _other(content, scanner_of_others, only))

    def keep() -> None:
        for store, texts in kept:
            store.keep({blob: text for blob, text in texts.items() if blob not in unsure})

    return found, keep


def _part(
    repository: Repository,
    tree: Tree,
    paths: Mapping[str, str],
    look: Look,
    recalled: Recalled,
    report: Callable[[int], None],
    graph: bool,
) -> dict[str, Text]:
    """What is in some contents, by blob hash; `paths` has a path of each. `report` gets how many are done."""
    known, news = recalled
    found = {blob: text for blob, path in paths.items() if (text := known.get(blob)) and _is_of(text, path, graph)}
    lengths = _sizes(repository, {blob: path for blob, path in paths.items() if blob not in found})
    found |= {blob: Text(size, binary=True) for blob, size in lengths.items() if size > LARGEST}
    wanted = [path for blob, path in paths.items() if blob not in found or (news and not found[blob].binary)]
    size = sum(lengths.values()) + (sum(text.size for text in found.values()) if news else 0)
    half = (len(wanted) + 1) // 2

    def read_some(some: list[str], report: Callable[[int], None]) -> dict[str, Text]:
        seen = {}
        for number, (path, content) in enumerate(tree.read(some), 1):
            blob = tree.files[path]
            if blob not in found or any(new in content for new in news):
                seen[blob] = _with_imports(path, content, look(content), graph)
            if number % STEP == 0:
                report(number)
        return seen

    with worker(lambda: read_some(wanted[half:], lambda done: None), worth_it=size > MANY) as rest:
        done = len(paths) - len(wanted)
        mine = read_some(wanted[:half], lambda number: report(done + number * len(wanted) // half))
        return found | mine | rest.result()


def _is_of(text: Text, path: str, graph: bool) -> bool:
    """Whether what was found in a content has what the import graph needs of a path."""
    needed = graph and is_read(path) and not text.binary
    return (text.imports is not None) == needed and text.read_as in ("", _as_latin(path))


def _with_imports(path: str, content: bytes, found: Text, graph: bool) -> Text:
    """What was read, with what the import graph needs."""
    if graph and not found.binary and is_read(path):
        imports = imports_of(path, content.decode("utf-8", "replace"))
        strings, names = (tuple(sorted(set(one))) for one in (imports.strings, imports.imports))
        found.imports = replace(imports, strings=strings, imports=names)
        found.read_as = _as_latin(path)
    return found


def _as_latin(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


def _sizes(repository: Repository, paths: Mapping[str, str]) -> dict[str, int]:
    """The size of each content; of one that git does not have, that of the file on disk."""
    found = sizes(repository, paths)
    for blob in paths.keys() - found:
        with suppress(OSError):
            found[blob] = (repository.folder / paths[blob]).lstat().st_size
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
