"""Record what the commits of a session change, so that a clone without them recognises what they were squashed into."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from tracker.cache import Cache
from tracker.model import Session
from tracker.progress.progress import Progress
from tracker.sources.landings import blob_digest, is_content
from tracker.sources.patch_ids import NONE, CommitRange, patch_ids, range_patch_ids
from tracker.sources.session_text import SessionText

PER_LINE = 8
"""Digests of files in a line."""


def with_patch_ids(progress: Progress, before: Session, text: str) -> str:
    """The text of a session file with a patch id for each commit that it made, and one for all of them together.

    `before`: the session as people wrote it. Their entries stay unchanged; the patch ids of those stand beside them.
    Unchanged in a partial clone, which has no contents to compute them from.
    """
    repository = progress.facts.repository
    if repository.partial:
        return text
    session = SessionText(text)
    own = [one for one in session.commits() if not {"session", "documents"} & one.fields]
    full = repository.existing(one.commit.lower() for one in own)
    hashes = {one.commit: hash for one in own if (hash := full.get(one.commit.lower()))}
    with Cache(None) as cache:
        ids = patch_ids(repository, hashes.values(), cache)
    missing = [one for one in own if "patch_id" not in one.fields and one.commit in hashes]
    written = {named.commit for named in before.commits}
    beside = [one for one in missing if one.commit.lower() in written]
    lines = _combined(progress, set(hashes.values()))
    if beside:
        lines += ["patch_ids:", *(f"  {quoted(one.commit)}: {_id(ids, hashes[one.commit])}" for one in beside)]
    together = session.with_key("combined", lines, after="commits") if lines else None
    each = (session.with_field(one, "patch_id", _id(ids, hashes[one.commit])) for one in missing if one not in beside)
    return session.edited([*chain.from_iterable(each), *([together] if together else [])])


def _id(ids: Mapping[str, str], hash: str) -> str:
    return quoted(ids.get(hash, NONE))


def quoted(patch_id: str) -> str:
    """A patch id as YAML text: quoted where YAML would read a number."""
    return patch_id if any(letter in "abcdf" for letter in patch_id) or patch_id == NONE else f"'{patch_id}'"


def _combined(progress: Progress, hashes: set[str]) -> list[str]:
    """The lines of `combined`; none without a commit of HEAD."""
    facts = progress.facts
    own = [commit for commit in facts.history.commits if commit.hash in hashes]
    if not own:
        return []
    lines = []
    oldest, tip = own[-1], own[0]
    if len(oldest.parents) == 1 and _is_whole(progress, hashes, CommitRange(oldest.parents[0], tip.hash)):
        span = CommitRange(oldest.parents[0], tip.hash)
        folder = f"{facts.repository.prefix}{facts.plan.sessions.rstrip('/')}"
        with Cache(None) as cache:
            found = range_patch_ids(facts.repository, [span], cache, folder)
        lines += [f"patch_id: {quoted(found[span])}"] if span in found else []
        lines += [f"tree: {quoted(tip.tree)}"]
    return lines + _blobs(progress, hashes)


def _is_whole(progress: Progress, hashes: set[str], span: CommitRange) -> bool:
    """Whether the session made every commit of a range, merges aside."""
    commits = progress.facts.repository.graph([span.tip], span.base)
    return all(hash in hashes or len(parents) > 1 for hash, _, parents in commits)


def _blobs(progress: Progress, hashes: set[str]) -> list[str]:
    """A digest of path and content of every file, as the session left it; its own file aside."""
    folder = f"{progress.plan.sessions.rstrip('/')}/"
    found = []
    for path, changes in sorted(progress.facts.history.changes.items()):
        last = next((one for one in changes if one.commit.hash in hashes), None)
        if last and is_content(last.blob) and not path.startswith(folder):
            found.append(quoted(blob_digest(path, last.blob)))
    rows = [", ".join(found[start : start + PER_LINE]) for start in range(0, len(found), PER_LINE)]
    return ["blobs: [", *(f"  {row}," for row in rows), "]"] if rows else []
