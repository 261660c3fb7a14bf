"""Who mentions whom: the names of all files looked up in the text of all files, in time linear in the text.

Every text is cut into tokens once and the tokens are looked up in a table of names; a name is never searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from tracker.audit.names import STANDS_FOR_FOLDER, Name, name_of

LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") | frozenset(range(128, 256))
INSIDE = b"./@+-"
"""What may stand within a name, beside letters."""
BLANKS = bytes(one if one in LETTERS or one in INSIDE else 32 for one in range(256))
WORDS = bytes(one if one in LETTERS else 32 for one in range(256))
LONGEST = 300
"""Longer tokens are data, not names."""
ROLE = re.compile(r"\.(test|spec|d|module|stories|config)$")
"""What may be left out where a file is mentioned, beside its suffix."""
MOST = 200_000
"""Tokens that are remembered: some 30 MB."""


@dataclass(frozen=True, slots=True)
class Names:
    """Keys under which files may be mentioned: the table that tokens are looked up in."""

    strong: Mapping[bytes, tuple[str, ...]]
    """A file's name, or its name or stem with its folder."""
    weak: Mapping[bytes, tuple[str, ...]]
    """A stem alone."""
    plain: frozenset[bytes] = field(repr=False)
    """All keys that are a single word."""
    files: tuple[str, ...] = field(default=(), repr=False)
    """The paths of all files that may be mentioned."""

    def __contains__(self, key: bytes) -> bool:
        return key in self.strong or key in self.weak


def table(files: Iterable[Name]) -> Names:
    """The table of names of some files."""
    strong: dict[bytes, list[str]] = {}
    weak: dict[bytes, list[str]] = {}
    paths = []
    for name in files:
        paths.append(name.path)
        whole, short = _keys(name)
        for key in whole:
            strong.setdefault(key, []).append(name.path)
        for key in short:
            weak.setdefault(key, []).append(name.path)
    plain = frozenset(key for part in (strong, weak) for key in part if b"/" not in key)
    return Names(_frozen(strong), _frozen(weak), plain, tuple(paths))


def keys_of(name: Name) -> frozenset[bytes]:
    """Every key under which a file may be mentioned."""
    whole, short = _keys(name)
    return frozenset(whole + short)


def _keys(name: Name) -> tuple[list[bytes], list[bytes]]:
    """The strong and the weak keys of a file."""
    above = name.folders[-1] if name.folders else ""
    stem = ROLE.sub("", name.stem) if "." in name.stem else name.stem
    stems = [name.stem] if stem == name.stem else [name.stem, stem]
    whole = [name.file]
    short = [one for one in stems if len(one) > 2 and one.lower() not in STANDS_FOR_FOLDER]
    if above:
        whole += [*(f"{above}/{one}" for one in stems), f"{above}/{name.file}"]
        if stem.lower() in STANDS_FOR_FOLDER:
            short.append(above)
            whole += [f"{name.folders[-2]}/{above}"] if len(name.folders) > 1 else []
    return [_key(one) for one in whole], [_key(one) for one in short]


def difference(names: Names, before: frozenset[str]) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The keys of a table that a table of other files had not, and the keys of that one that this has not."""
    now = frozenset(names.files)
    added, removed = (table(map(name_of, paths)) for paths in (now - before, before - now))
    come = {
        key
        for key in (*added.strong, *added.weak)
        if key not in removed and before.isdisjoint((*names.strong.get(key, ()), *names.weak.get(key, ())))
    }
    return frozenset(come), frozenset(key for key in (*removed.strong, *removed.weak) if key not in names)


def _frozen(lists: dict[bytes, list[str]]) -> dict[bytes, tuple[str, ...]]:
    """The same dictionary with tuples in the place of lists, which take twice the room."""
    tuples = cast("dict[bytes, tuple[str, ...]]", lists)
    for key, paths in lists.items():
        tuples[key] = tuple(paths)
    return tuples


def _key(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class Scanner:
    """Looks up the tokens of texts in a table of names. What a token means is worked out once, then remembered."""

    def __init__(self, names: Names, words: frozenset[bytes] = frozenset()) -> None:
        self._names = names
        self.words = words
        self._known: dict[bytes, tuple[bytes, ...]] = {}
        self._dull: set[bytes] = set()  # tokens that mean nothing: most

    @staticmethod
    def tokens(text: bytes) -> set[bytes]:
        """Possible names in a text; they may end with punctuation of the sentence."""
        return set(text.translate(BLANKS).split())

    def keys(self, tokens: set[bytes]) -> tuple[bytes, ...]:
        """The keys of the table that are in some tokens, and the other words that are; each once, in their order."""
        found: set[bytes] = set()
        known = self._known
        for token in tokens - self._dull:
            meant = known.get(token)
            if meant is None:
                meant = self._meant(token.strip(INSIDE))
                if not meant:
                    self._dull.add(token)
                    continue
                known[token] = meant
            found.update(meant)
        if len(known) + len(self._dull) > MOST:
            known.clear()
            self._dull.clear()
        return tuple(sorted(found))

    def _meant(self, token: bytes) -> tuple[bytes, ...]:
        if len(token) > LONGEST:
            return ()
        plain = self._names.plain
        found = [token] if token in plain else []
        if self.words:
            found += self.words.intersection(token.translate(WORDS).split())
        if b"/" in token:
            parts = [part for part in token.split(b"/") if part not in (b"", b".", b"..")]
        elif b"." in token:
            parts = token.split(b".")
        else:
            return tuple(found)
        strong = self._names.strong
        left = b""
        for number, part in enumerate(parts):
            if part in plain:
                found.append(part)
            elif b"." in part:
                found += plain.intersection(part.split(b"."))
            if number:
                pair = left + b"/" + part
                if pair in strong:
                    found.append(pair)
                elif b"." in part:  # a path with a suffix that the file does not have, as an import of compiled code
                    bare = left + b"/" + part.partition(b".")[0]
                    if bare in strong:
                        found.append(bare)
            left = part
        return tuple(found)
