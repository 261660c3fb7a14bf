"""A cache of what was read in contents, by blob hash: after a change only new contents are read.

What is found in a content depends on the content and on what was searched for: the names of all files, present or past,
and words. So the key contains a digest of what was searched for, and an entry of another or a killed process is either
valid or never read. Entries of contents that left the tree are dropped: the cache has about 150 bytes a file. It is
safe to delete.
"""

from __future__ import annotations

import base64
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from tracker.audit.answer_cache import tool
from tracker.audit.mentions import Names, difference
from tracker.audit.reachability import FileImports
from tracker.cache import Cache, digest

SOUGHT = "sought"
"""The key of what was searched for; all other keys are a digest of it and the number of a shard."""
SHARDS = [f"{number:02x}" for number in range(256)]
"""Contents are split by the first two digits of their hash; a change rewrites one shard only."""
NONE: frozenset[bytes] = frozenset()
MANY = 50
"""New names and words; for more of them, reading everything again is as quick."""


@dataclass(slots=True)  # not frozen: that takes twice the time, and there are many
class Text:
    """What was found in one content."""

    size: int
    binary: bool = False
    elsewhere: bool = False
    """Whether Git LFS keeps the content, and this only points to it."""
    keys: tuple[bytes, ...] = ()
    """The names of files, there or gone, that it mentions, in their order."""
    removals: bool = False
    """Whether it is a document that lists or announces removals."""
    writes: bool = False
    """Whether it has a word of code that writes files."""
    notice: bool = False
    """Whether its first lines have a word such as `deprecated`."""
    symbols: tuple[bytes, ...] = ()
    """Of a document: the words of code names in back-ticks. Of anything else: those of them that it has."""
    open_boxes: int = 0
    ticked_boxes: int = 0
    imports: FileImports | None = None
    """What the import graph needs of it; None where there is no graph."""
    read_as: str = ""
    """The path, as Latin-1, that the imports were read for: the language depends on it."""
    marked: bool = False
    """Whether it says of a statement of its own that it is meant to be so."""


class KeptText(NamedTuple):
    """A text in the form in which it is stored: its words with blanks between them, each byte a letter."""

    size: int
    binary: bool
    elsewhere: bool
    keys: str
    removals: bool
    writes: bool
    notice: bool
    symbols: str
    open_boxes: int
    ticked_boxes: int
    imports: FileImports | None
    read_as: str
    marked: bool


SHARD = TypeAdapter(dict[str, KeptText])


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
            before = _unpacked(cache.get(self._kind, [SOUGHT]).get(SOUGHT, ""))
            if before is None:
                return Recalled({})
            come, gone = (NONE, NONE) if before == sought else self._differences(before)
            if len(come) > MANY:
                return Recalled({})
            self._old_form = _form(before)
            packed = cache.get(self._kind, [self._old_form + shard for shard in SHARDS])
        known: dict[bytes, bytes] = {}
        self._shards = {key[-2:]: _texts(shard, known) for key, shard in packed.items()}
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
                new[self._form + number] = _packed(_json(shard))
            elif number in self._packed:
                new[self._form + number] = self._packed[number]
        if self._form != self._old_form:
            new[SOUGHT] = _packed(self._sought)
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


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 1)).decode("ascii")


def _unpacked(text: str) -> bytes | None:
    try:
        return zlib.decompress(base64.b64decode(text))
    except (ValueError, TypeError, zlib.error):  # no cache is trusted to be whole
        return None


def _json(shard: dict[str, Text]) -> bytes:
    return SHARD.dump_json({blob: _kept(text) for blob, text in shard.items()})


def _kept(text: Text) -> KeptText:
    return KeptText(
        text.size,
        text.binary,
        text.elsewhere,
        _line(text.keys),
        text.removals,
        text.writes,
        text.notice,
        _line(text.symbols),
        text.open_boxes,
        text.ticked_boxes,
        text.imports,
        text.read_as,
        text.marked,
    )


def _line(words: tuple[bytes, ...]) -> str:
    return b" ".join(words).decode("latin-1")


def _texts(packed: str, known: dict[bytes, bytes]) -> dict[str, Text]:
    """The texts of a shard; none where it is damaged. `known`: each word once, however many texts have it."""

    def words(line: str) -> tuple[bytes, ...]:
        return tuple([known.setdefault(word, word) for word in line.encode("latin-1").split()]) if line else ()

    try:
        kept = SHARD.validate_json(_unpacked(packed) or b"")
        return {
            blob: Text(
                one.size,
                one.binary,
                one.elsewhere,
                words(one.keys),
                one.removals,
                one.writes,
                one.notice,
                words(one.symbols),
                one.open_boxes,
                one.ticked_boxes,
                one.imports,
                one.read_as,
                one.marked,
            )
            for blob, one in kept.items()
        }
    except ValueError:  # also what has letters that are no bytes
        return {}
