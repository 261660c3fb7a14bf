"""A cache of what was read in contents, by blob hash: after a change only new contents are read.

What is found in a content depends on the content, on its path, and on what was searched for: the names of all files,
present or past, and words. So the key contains a digest of what was searched for, and an entry of another or a killed
process is either valid or never read. Entries of contents that left the tree are dropped. It is safe to delete.
"""

from __future__ import annotations

import base64
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, TypeAdapter

from tracker.audit.answer_cache import tool
from tracker.audit.mentions import Names, difference
from tracker.audit.names import Name
from tracker.audit.reachability import FileImports
from tracker.cache import Cache, digest

SOUGHT = "sought"
"""The key of what was searched for; all other keys are a digest of it and the number of a shard."""
SHARDS = [f"{number:02x}" for number in range(256)]
"""Contents are split by the first two digits of their hash; a change rewrites one shard only."""
NONE: frozenset[bytes] = frozenset()
MANY = 50
"""New names and words; for more of them, reading everything again is as quick."""


def _encoded(letters: object) -> bytes:
    """Bytes that are stored as letters. Raises ValueError for anything else."""
    if not isinstance(letters, str):
        raise ValueError("no text")
    return letters.encode("latin-1")


class Question(NamedTuple):
    """What a rule asks about single files when they are read. The answer is kept until the file changes."""

    id: str
    concerns: Callable[[Name], bool]
    """Whether it is asked about a file of this name."""
    answer: Callable[[Name, bytes], Any]
    """A pure function of name and content that returns JSON; an empty answer is not kept."""
    binary: bool = False
    """Whether it is also asked about what is no text or too long to be searched."""


Words = Annotated[bytes, BeforeValidator(_encoded), PlainSerializer(lambda words: words.decode("latin-1"))]


@dataclass(slots=True)  # not frozen: that takes twice the time, and there are many
class Text:
    """What was found in one content."""

    size: int
    binary: bool = False
    elsewhere: bool = False
    """Whether Git LFS keeps the content, and this only points to it."""
    named: Words = b""
    """The names of files, there or gone, that it mentions, in their order, with blanks between them."""
    removals: bool = False
    """Whether it is a document that lists or announces removals."""
    writes: bool = False
    """Whether it has a word of code that writes files."""
    notice: bool = False
    """Whether its first lines have a word such as `deprecated`."""
    coded: Words = b""
    """Of a document: the words of code names in back-ticks. Of anything else: those of them that it has."""
    open_boxes: int = 0
    ticked_boxes: int = 0
    imports: FileImports | None = None
    """What the import graph needs of it; None where there is no graph."""
    answers: dict[str, Any] | None = None
    """By the id of a question."""
    read_as: str = ""
    """The path, as Latin-1, that imports and answers were read for: they depend on it."""
    marked: bool = False
    """Whether it says of a statement of its own that it is meant to be so."""

    @property
    def keys(self) -> list[bytes]:
        """The names of files that it mentions."""
        return self.named.split()

    @property
    def symbols(self) -> list[bytes]:
        """The words of code names that it has."""
        return self.coded.split()

    def is_of(self, path: str) -> bool:
        """Whether imports and answers were read for this path, of all paths that have the content."""
        return self.read_as == as_latin(path)


def as_latin(path: str) -> str:
    """A path in letters that JSON can store."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


SHARD = TypeAdapter(dict[str, Text])


class Recalled(NamedTuple):
    """What is known of contents without reading them."""

    texts: Mapping[str, Text]
    """By blob hash."""
    news: frozenset[bytes] = frozenset()
    """What was not looked for then: a text is as it was unless one of these is in its content."""


class Texts:
    """What was found in the contents of one part of a tree, in its stored form."""

    def __init__(self, folder: Path | None, part: str, names: Names, words: frozenset[bytes] = frozenset()) -> None:
        self._folder = folder
        self._kind = f"texts of {part}"
        self._names = names
        self._words = words
        self._form = self._old_form = ""
        self._packed: dict[str, str] = {}
        self._shards: dict[str, dict[str, Text]] = {}

    def recall(self) -> Recalled:
        """The earlier findings that are still valid for the present search."""
        sought = self._sought
        self._form = _form(sought)
        with Cache(self._folder) as cache:
            before = _unpack(cache.get(self._kind, [SOUGHT]).get(SOUGHT, ""))
            if not before:
                return Recalled({})
            come, gone = (NONE, NONE) if before == sought else self._differences(before)
            if len(come) > MANY:
                return Recalled({})
            self._old_form = _form(before)
            packed = cache.get(self._kind, [self._old_form + shard for shard in SHARDS])
        self._shards = {key[-2:]: _texts(shard) for key, shard in packed.items()}
        if self._old_form != self._form:  # every key changes
            self._packed = {key[-2:]: shard for key, shard in packed.items()}
        texts = {blob: text for shard in self._shards.values() for blob, text in shard.items()}
        if gone:
            texts = {blob: text for blob, text in texts.items() if gone.isdisjoint(text.keys + text.symbols)}
        return Recalled(texts, come)

    def keep(self, texts: Mapping[str, Text]) -> None:
        """Keep what was found in all contents of the part, and nothing else."""
        shards: dict[str, dict[str, Text]] = defaultdict(dict)
        for blob, text in texts.items():
            shards[blob[:2]][blob] = text
        new = {}
        for number, shard in shards.items():
            if not self._has(number, shard):
                new[self._form + number] = _pack(SHARD.dump_json(shard, exclude_defaults=True))
            elif number in self._packed:
                new[self._form + number] = self._packed[number]
        if self._form != self._old_form:
            new[SOUGHT] = _pack(self._sought)
        if new or self._shards.keys() - shards.keys():
            with Cache(self._folder) as cache:
                cache.put(self._kind, new, only=[SOUGHT, *(self._form + number for number in shards)])

    @property
    def _sought(self) -> bytes:
        """What is looked for."""
        files = "\0".join(sorted(self._names.files)).encode("utf-8", "surrogateescape")
        return files + b"\0\0" + b"\0".join(sorted(self._words))

    def _differences(self, before: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
        """What is looked for now and was not before, as bytes that a content must have; and what no longer is."""
        files, _, words = before.partition(b"\0\0")
        old_words = frozenset(words.split(b"\0"))
        come, gone = difference(self._names, frozenset(files.decode("utf-8", "surrogateescape").split("\0")))
        ends = {key.rpartition(b"/")[2] for key in come}  # a content may have other signs where a key has a slash
        return frozenset(ends) | (self._words - old_words), gone | (old_words - self._words)

    def _has(self, number: str, shard: dict[str, Text]) -> bool:
        """Whether a shard is stored with these texts already."""
        kept = self._shards.get(number, {})
        return len(kept) == len(shard) and all(kept.get(blob) is text for blob, text in shard.items())


def _form(sought: bytes) -> str:
    """Changes with what is looked for, and with the tool."""
    return digest(sought, *tool())


def _texts(packed: str) -> dict[str, Text]:
    """The texts of a shard; none where it is damaged."""
    try:
        return SHARD.validate_json(_unpack(packed))
    except ValueError:
        return {}


def _pack(data: bytes) -> str:
    """Bytes as a text that the cache can store."""
    return base64.b64encode(zlib.compress(data, 1)).decode("ascii")


def _unpack(text: str) -> bytes:
    """The bytes of a packed text; none where it is damaged."""
    try:
        return zlib.decompress(base64.b64decode(text))
    except (ValueError, TypeError, zlib.error):  # no cache is trusted to be whole
        return b""
