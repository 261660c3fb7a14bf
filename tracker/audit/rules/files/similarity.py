"""How much two texts have in common, and which revision of a file another resembles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from tracker.audit.context import AuditContext
from tracker.audit.versions import NameVersion


class Likeness(NamedTuple):
    """The revision of a file that a text resembles most."""

    share: float
    """Lines in common over all lines of both, from 0 to 1."""
    path: str
    commit: int | None
    """Number of the commit that replaced the revision; None for the present one."""


def share(one: bytes, other: bytes) -> float:
    """Lines in common over all lines of both, from 0 to 1; lines are compared without blanks around them.

    >>> share(b"a\\nb\\n", b"a\\nc\\n")
    0.5
    """
    if one == other:
        return 1.0
    first, second = (Counter(line.strip() for line in text.splitlines() if line.strip()) for text in (one, other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def likest(context: AuditContext, path: str, originals: Iterable[str]) -> Likeness | None:
    """The present or earlier revision of some files that a file resembles most; None where it cannot be read."""
    content = context.content(path)
    if content is None:
        return None
    best = Likeness(0.0, "", None)
    originals = list(originals)
    for original in (one for one in originals if one in context.files):
        present = context.content(original) or b""
        best = max(best, Likeness(share(content, present), original, None), key=lambda one: one.share)
    blob = context.files[path]
    for original in originals:
        for version in context.versions.of(original):
            if version.blob == blob:
                return Likeness(1.0, original, version.commit)
    if best.share < 1:
        versions = _spread(context.versions.among(originals))
        for version, earlier in zip(versions, context.blobs([one.blob for one in versions]), strict=True):
            best = max(
                best, Likeness(share(content, earlier or b""), version.path, version.commit), key=lambda one: one.share
            )
    return best


def _spread(versions: list[NameVersion], most: int = 40) -> list[NameVersion]:
    """The newest revisions, and of older ones every nth."""
    if len(versions) <= most:
        return versions
    step = len(versions) // (most // 2) or 1
    return sorted({*versions[: most // 2], *versions[most // 2 :: step]})


def described(context: AuditContext, found: Likeness) -> str:
    """A likeness as a proof names it: `97% equal to worker.py before 3f9c1d2, 2025-10-12`."""
    percent = "identical" if found.share == 1 else f"{int(100 * found.share)}% equal"
    when = "" if found.commit is None else f" before {context.history.label(found.commit)}"
    return f"{percent} to {found.path}{when}"
