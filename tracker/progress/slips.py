"""Slips of the pen."""

from __future__ import annotations


def is_slip(written: str, meant: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are exchanged.

    >>> is_slip("gnoe.py", "gone.py"), is_slip("none.py", "zone.py"), is_slip("pump.py", "pumps.py")
    (True, True, True)
    >>> is_slip("gone.py", "gone.py"), is_slip("late.py", "date.pyi")
    (False, False)
    """
    start = 0
    while written[start : start + 1] == meant[start : start + 1] != "":
        start += 1
    one, other = written[start:], meant[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if len(one) <= 1 and len(other) <= 1:
        return one != other
    return len(one) == 2 and one == other[::-1]
