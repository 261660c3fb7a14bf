"""Numbers with their nouns, as people read them."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun; `many` where the plural is more than an s.

    >>> counted(1, "file"), counted(0, "file"), counted(2, "commit belongs", "commits belong")
    ('1 file', '0 files', '2 commits belong')
    """
    return f"{count} {one if count == 1 else many or f'{one}s'}"
