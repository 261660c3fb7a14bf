"""Who mentions whom: the names of all files looked up in the text of all files, in time linear in the text.

Every text is cut into tokens once and the tokens are looked up in a table of names; a name is never searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from tracker.audit.names import STANDS_FOR_FOLDER, name_of

TOKEN = re.compile(rb"[A-Za-z0-9_\x80-\xff][A-Za-z0-9_\x80-\xff./@+-]*[A-Za-z0-9_\x80-\xff]")
LONGEST = 300
"""Longer tokens are data, not names."""


@dataclass(frozen=True, slots=True)
class Names:
    """Keys under which files may be mentioned: the table that tokens are looked up in."""

    strong: Mapping[bytes, tuple[str, ...]]
    """A file's name, or its name or stem with its folder."""
    weak: Mapping[bytes, tuple[str, ...]]
    """A stem alone."""
    plain: frozenset[bytes] = field(repr=False)
    """All keys that are a single word."""


def table(paths: Iterable[str]) -> Names:
    """The table of names of some files."""
    strong: dict[bytes, list[str]] = {}
    weak: dict[bytes, list[str]] = {}
    for path in paths:
        name = name_of(path)
        above = name.folders[-1] if name.folders else ""
        stem = re.sub(r"\.(test|spec|d|module|stories|config)$", "", name.stem)
        for key in {name.stem, stem}:
            if above:
                strong.setdefault(_key(f"{above}/{key}"), []).append(path)
            if len(key) > 2 and key.lower() not in STANDS_FOR_FOLDER:
                weak.setdefault(_key(key), []).append(path)
        strong.setdefault(_key(name.file), []).append(path)
        if above:
            strong.setdefault(_key(f"{above}/{name.file}"), []).append(path)
        if stem.lower() in STANDS_FOR_FOLDER and above:
            weak.setdefault(_key(above), []).append(path)
            if len(name.folders) > 1:
                strong.setdefault(_key(f"{name.folders[-2]}/{above}"), []).append(path)
    plain = frozenset(key for part in (strong, weak) for key in part if b"/" not in key)
    return Names({k: tuple(v) for k, v in strong.items()}, {k: tuple(v) for k, v in weak.items()}, plain)


def _key(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def keys(text: bytes, names: Names) -> set[bytes]:
    """The keys of the table that a text mentions."""
    plain = names.plain
    tokens = {token for token in TOKEN.findall(text) if len(token) <= LONGEST}
    found = tokens & plain
    for token in tokens:
        if b"/" in token:
            parts = [part for part in token.split(b"/") if part not in (b"", b".", b"..")]
        elif b"." in token:
            parts = token.split(b".")
        else:
            continue
        for left, right in pairwise(parts):
            pair = left + b"/" + right
            if pair in names.strong:
                found.add(pair)
            elif b"." in right:  # a path with a suffix that the file does not have, such as an import of compiled code
                bare = left + b"/" + right.partition(b".")[0]
                if bare in names.strong:
                    found.add(bare)
        for part in parts:
            if part in plain:
                found.add(part)
            elif b"." in part:
                found.update({p for p in part.split(b".") if p in plain})
    return found
