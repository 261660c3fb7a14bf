"""What is read in the content of files: once for each content, remembered by its hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from tracker.audit.aside import aside
from tracker.audit.marks import SIGN
from tracker.audit.mentions import Names, Scanner
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree, sizes

LARGEST = 2_000_000
"""Bytes; longer files are data, and not searched."""

ELSEWHERE = b"version https://git-lfs.github.com/spec/"
MANY = 20_000_000
"""Bytes that are worth a second process."""
STEP = 200
"""Contents between two reports of how far the reading is."""
Report = Callable[[int, int], None]


def unseen(done: int, total: int) -> None:
    """How far a work is, told to nobody."""


NOTED = frozenset(
    f"{before}{form(word)}{after}".encode()
    for word in ("deprecated", "obsolete", "superseded", "longer", "moved", "replaced", "not", "archived", "historical")
    for form in (str.lower, str.title, str.upper)
    for before in ("", "@")
    for after in ("", ".")
)
"""Tokens without one of which there is no notice: looking for them is quicker."""
NOTICE = re.compile(
    rb"^.{0,80}\b(deprecated|obsolete|superseded|no longer (?:used|needed|maintained|supported)"
    rb"|(?:has|have) (?:been )?moved|moved to|replaced by|do not use|archived|for historical|historical reference)\b"
    rb".{0,80}",
    re.IGNORECASE | re.MULTILINE,
)
DONE = re.compile(
    rb"^.{0,40}\bstatus\b[\s:*|_`-]*(?:\xe2\x9c\x85)?[\s*]*"
    rb"(?:complete|completed|done|resolved|implemented|merged|shipped|fixed|finished|deployed|closed)\b.{0,60}"
    rb"|^.{0,60}\xe2\x9c\x85\s*\**(?:all|complete|completed|done|implemented|fixed)\b.{0,60}",
    re.IGNORECASE | re.MULTILINE,
)
REMOVAL = re.compile(
    rb"\b(?:deleted?|removed?|removal|git rm|rm -rf?|obsolete|deprecate|redundant|unused|dead code|archive)\b",
    re.IGNORECASE,
)
OPEN_BOX = re.compile(rb"^\s*[-*+] \[ \]", re.MULTILINE)
TICKED_BOX = re.compile(rb"^\s*[-*+] \[[xX]\]", re.MULTILINE)
SYMBOL = re.compile(rb"`([A-Za-z_][\w.:#]{3,99})(?:\([^`\n]{0,99}\))?`")
WORD = re.compile(rb"\w{4,}")
PICTURES = (b"\xe2\x9c", b"\xe2\x9d", b"\xe2\x9a\xa0", b"\xe2\xad\x90", b"\xf0\x9f")
"""How they begin in UTF-8: dingbats, the warning sign, the star, and all that is called an emoji."""
HEAD = 1200


@dataclass(slots=True)  # not frozen: that takes twice the time, and there are many
class Text:
    """What was found in one content."""

    size: int
    binary: bool = False
    elsewhere: bool = False
    """Whether Git LFS keeps the content, and this only points to it."""
    keys: tuple[bytes, ...] = ()
    """The names of files, there or gone, that it mentions."""
    doomed: tuple[bytes, ...] = ()
    """Those that it mentions in lines about removal."""
    notice: str | None = None
    """A line near the top that says that the file is no longer meant."""
    done: str | None = None
    """A line near the top that says that the work described is finished."""
    symbols: tuple[bytes, ...] = ()
    """Of a document: the words of code names in back-ticks. Of anything else: those of them that it has."""
    open_boxes: int = 0
    ticked_boxes: int = 0
    pictures: bool = False
    """Whether it has check marks, crosses, warning signs or the like: reports have."""
    marked: bool = False
    """Whether it says of a statement of its own that it is meant to be so."""


def read(repository: Repository, tree: Tree, names: Names, told: Collection[str], report: Report) -> dict[str, Text]:
    """What every content of a tree holds, by blob hash. Each content is read once, and what is too long not at all.

    Documents (`told`) come first, so that what they name can be looked for in the code.
    """
    paths = {blob: path for path, blob in tree.files.items()}
    lengths = _sizes(repository, paths)
    found = {blob: Text(size, binary=True) for blob, size in lengths.items() if size > LARGEST}
    wanted = [path for blob, path in paths.items() if blob not in found]
    documents = set(told).intersection(wanted)
    scanner = Scanner(names)
    for path, content in tree.read(sorted(documents)):
        found[tree.files[path]] = _document(content, scanner)
        if len(found) % STEP == 0:
            report(len(found), len(paths))
    symbols = frozenset(word for text in found.values() for word in text.symbols)
    others = [path for path in wanted if path not in documents]
    half = len(others) // 2
    large = sum(lengths.get(tree.files[path], 0) for path in others) > MANY

    def search(part: list[str], seen: Report = unseen) -> dict[str, Text]:
        return dict(_search(tree, part, Scanner(names, symbols), symbols - names.plain, seen))

    with aside(lambda: search(others[half:]), worth_it=large) as rest:
        done = len(found)
        found |= search(others[:half], lambda read, _: report(done + read, len(paths) - len(others) + half))
        found |= rest.result()
    return found


def _search(
    tree: Tree, paths: list[str], scanner: Scanner, only: frozenset[bytes], report: Report
) -> Iterator[tuple[str, Text]]:
    """What is in files that are not documents; words that `only` documents name are no names of files."""
    for number, (path, content) in enumerate(tree.read(paths), 1):
        text = scan(content, scanner)
        if not scanner.words.isdisjoint(text.keys):
            text.symbols = tuple(scanner.words.intersection(text.keys))
            text.keys = tuple(key for key in text.keys if key not in only)
        yield tree.files[path], text
        if number % STEP == 0:
            report(number, len(paths))


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
    boxes = b"[ ]" in content or b"[x]" in content or b"[X]" in content
    return Text(
        size=size,
        keys=scanner.keys(tokens),
        notice=None if NOTED.isdisjoint(tokens) else _line(NOTICE.search(content[:HEAD])),
        open_boxes=len(OPEN_BOX.findall(content)) if boxes else 0,
        ticked_boxes=len(TICKED_BOX.findall(content)) if boxes else 0,
        pictures=not content.isascii() and any(sign in content for sign in PICTURES),
        marked=SIGN in content,
    )


def _document(content: bytes, scanner: Scanner) -> Text:
    """Read a document, whose words tell more."""
    found = scan(content, scanner)
    if not found.binary:
        found.doomed = scanner.keys(scanner.tokens(removals(content))) if found.size < 200_000 else ()
        found.done = _line(DONE.search(content[:HEAD]))
        found.symbols = tuple({word for symbol in SYMBOL.findall(content) for word in WORD.findall(symbol)})
    return found


def removals(content: bytes) -> bytes:
    """The lines that speak of a removal."""
    lines = []
    end = 0
    for found in REMOVAL.finditer(content):
        if found.start() >= end:
            start = content.rfind(b"\n", 0, found.start()) + 1
            end = content.find(b"\n", found.end())
            end = len(content) if end < 0 else end
            lines.append(content[start:end])
    return b"\n".join(lines)


def _line(match: re.Match[bytes] | None) -> str | None:
    return match[0].decode("utf-8", "replace").strip() if match else None
