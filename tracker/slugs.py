"""File and page names made from ids in any script."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from tracker.words import folded

MAX_BYTES = 150
"""UTF-8 bytes of the longest slug: file systems allow 255 for a name, and a digest and a suffix follow."""
DIGEST_LENGTH = 6
_SEPARATOR = re.compile(r"[\s_\-/\\:,;|()\[\]{}'\"‐-―]+")


def slug(name: str) -> str:
    """Return a name in lower case, with letters and digits of any script and with hyphens between its words.

    Equal under Unicode normalization and case means equal slugs. The slug of a name without letters is empty.

    >>> slug("S96 A: План/日志")
    's96-a-план-日志'
    """
    return _cut(re.sub("-+", "-", _kept(folded(name))).strip("-."))


def unique_slugs(names: Mapping[str, str]) -> dict[str, str]:
    """Return a slug for each key of a mapping of keys to names; all are different, and none is `index`.

    A slug depends on its own name alone, so it stays when other names are added: a name that loses characters other
    than separators gets a digest of its key. Only names that differ in case or separators get one for each other's
    sake.

    >>> unique_slugs({"a": "План", "b": "C++", "c": "!"})
    {'a': 'план', 'b': 'c-3e23e8', 'c': '2e7d2c'}
    """
    slugs = {key: slug(name) for key, name in names.items()}
    whole = {key for key, name in names.items() if _keeps_all(name, slugs[key])}
    counts = Counter(slugs[key] for key in whole)
    return {
        key: made
        if key in whole and (counts[made] == 1 or made == names[key])
        else f"{made}-{_digest(key)}".lstrip("-")
        for key, made in slugs.items()
    }


def file_stem(name: str) -> str:
    """Return a name as a part of a file name: case stays, and every character that is not safe becomes a hyphen.

    >>> file_stem("2026-01-01-S1 日志/x")
    '2026-01-01-S1-日志-x'
    """
    name = unicodedata.normalize("NFC", name)
    return _cut(re.sub("-+", "-", "".join(one if _is_word(one) or one in "._" else "-" for one in name)))


def _keeps_all(name: str, made: str) -> bool:
    """Whether the slug of a name keeps all of its characters but separators, and may stand alone."""
    kept = _SEPARATOR.sub("", folded(name)).strip(".")
    return made not in ("", "index") and kept == made.replace("-", "")


def _kept(name: str) -> str:
    return "".join(one if _is_word(one) or one == "." else "-" for one in name)


def _is_word(letter: str) -> bool:
    """Whether a character is a letter, a mark on one, or a digit: `\\w` leaves out the vowel signs of many scripts."""
    return unicodedata.category(letter)[0] in "LMN"


def _cut(name: str) -> str:
    return name.encode()[:MAX_BYTES].decode("utf-8", "ignore").rstrip("-.")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:DIGEST_LENGTH]
