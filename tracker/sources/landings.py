"""Where the commits landed that sessions and the plan name.

A commit that HEAD does not contain may have reached it under another hash: rebased, cherry-picked, amended or squashed.
Its change is looked for in the history of HEAD: by patch id, by messages that name the commit, by tree and contents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from tracker.cache import Cache, digest
from tracker.errors import TrackerError
from tracker.model import Commit, CommitEvidence, Plan, Session
from tracker.sources.history import History, read_commits
from tracker.sources.patch_ids import NONE, CommitRange, patch_ids, range_patch_ids
from tracker.sources.repository import Repository

FEWEST_DIGITS = 7
"""Digits of a hash in a message that are taken for the name of a commit."""
MOST_BRANCHES = 50
SHORTEST_SUBJECT = 10
"""Letters of a subject that can identify a commit: `wip` and `fix` are in many squashes."""
MARGIN = timedelta(days=3)
EMPTY_BLOBS = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""The empty file, under SHA-1 and SHA-256."""

_NAMED = re.compile(
    r"\(cherry picked from commit (?P<picked>[0-9a-f]{7,64})\)"
    r"|^commit (?P<squashed>[0-9a-f]{7,64})(?: upstream\.?)?$"
    r"|^\[ Upstream commit (?P<upstream>[0-9a-f]{7,64}) \]$"
    r"|^(?:cherry-?picked(?:-from)?|backport(?:ed)?(?:-of|-from)?|rebased-from|squashed(?:-from)?|landed-from"
    r"|(?:x-)?(?:original|upstream|source)-(?:commit|hash|sha1?))\s*:\s*(?:commit )?(?P<trailer>[0-9a-f]{7,64})\b",
    re.MULTILINE | re.IGNORECASE,
)
PULL_REQUEST = re.compile(r"\s*\([#!]\d+\)$")
"""What the squash of a pull or merge request adds to the subject of its only commit."""
_LISTED = re.compile(r"^\s*(?:[*-]\s+|\d+\.\s+|\s{4})(?P<subject>\S.*?)\s*$", re.MULTILINE)


class LandingKind(StrEnum):
    """What became of a commit that someone names."""

    LANDED = "landed"
    LANDED_AS = "landed-as"
    ELSEWHERE = "elsewhere"
    NOT_FOUND = "not-found"
    SHALLOW = "shallow"
    PARTIAL = "partial"
    AMBIGUOUS = "ambiguous"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a commit landed, and how that is known."""

    kind: LandingKind
    text: str
    own: Commit | None = None
    """The commit that was named, where this clone has it."""
    landed: Commit | None = None
    """The commit in the history of HEAD: the named one, or the one it landed as."""


@dataclass
class CommitRecord:
    """What session files say of one commit beside its hash."""

    patch_ids: set[str] = field(default_factory=set)
    combined: list[CombinedRecord] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    since: datetime | None = None
    """No commit that is older can be where it landed."""
    until: datetime | None = None
    """The end of the last session that names it."""


@dataclass(frozen=True, slots=True)
class CombinedRecord:
    """What a session recorded of all its commits together."""

    patch_id: str | None
    tree: str | None
    blobs: frozenset[str]
    patch_ids: frozenset[str]
    """Of its commits one by one."""


class Content(NamedTuple):
    """What a commit leaves of a file."""

    path: str
    blob: str


def records(plan: Plan, sessions: Iterable[Session]) -> dict[str, CommitRecord]:
    """What is recorded of each commit that a session or the plan names, by the hash as written."""
    found: dict[str, CommitRecord] = defaultdict(CommitRecord)
    for phase in plan.phases:
        for criterion in (*phase.prerequisites, *phase.criteria):
            for evidence in criterion.evidence:
                if isinstance(evidence, CommitEvidence):
                    found[evidence.commit]
    for session in sessions:
        together = session.combined
        own = {
            named.commit: named.patch_id or (together and together.patch_ids.get(named.commit))
            for named in session.commits
        }
        one_by_one = frozenset(patch_id.lower() for patch_id in own.values() if patch_id and patch_id != NONE)
        began = _midnight(session.date)
        ended = _midnight(session.until or session.date) + timedelta(days=1)
        for named in session.commits:
            record = found[named.commit]
            record.since = min(filter(None, (record.since, began)))
            record.until = max(filter(None, (record.until, ended)))
            if named.note:
                record.subjects.add(named.note.strip())
            patch_id = own[named.commit]
            if patch_id and patch_id != NONE:
                record.patch_ids.add(patch_id.lower())
            if patch_id and together:  # without one it was added later, and is no part of what was recorded
                blobs = frozenset(together.blobs)
                record.combined.append(CombinedRecord(together.patch_id, together.tree, blobs, one_by_one))
    return dict(found)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def find_landings(
    repository: Repository,
    history: History,
    head: str | None,
    named: Mapping[str, CommitRecord],
    full: Mapping[str, str | None],
    sessions_folder: str,
    cache: Cache,
) -> dict[str, Landing]:
    """Where each named commit landed, by the hash as written. `full`: its full hash where the clone has it."""
    search = _Search(repository, history, head, f"{repository.prefix}{sessions_folder.rstrip('/')}", cache)
    return search.landings(named, full)


def blob_digest(path: str, blob: str) -> str:
    """What a session records of a file that it changed: path and content, in 12 digits."""
    return digest(path, blob)[:12]


def is_content(blob: str) -> bool:
    """Whether a blob says anything: neither removed nor empty."""
    return bool(blob.strip("0")) and blob not in EMPTY_BLOBS


class _Search:
    def __init__(
        self, repository: Repository, history: History, head: str | None, sessions_folder: str, cache: Cache
    ) -> None:
        self._repository = repository
        self._history = history
        self._head = head
        self._sessions_folder = sessions_folder
        self._cache = cache
        self._since: datetime | None = None

    def landings(self, named: Mapping[str, CommitRecord], full: Mapping[str, str | None]) -> dict[str, Landing]:
        found: dict[str, Landing] = {}
        here = {name: hash for name in named if (hash := full.get(name))}
        self._own = self._details(here.values())
        for name, hash in here.items():
            if hash in self._history.contained:
                own = self._own[hash]
                found[name] = Landing(LandingKind.LANDED, "in the history of HEAD", own, own)
        left = {name: record for name, record in named.items() if name not in found}
        found |= self._by_name(name for name in left if name not in here)
        left = {name: record for name, record in left.items() if name not in found}
        if left:
            self._prepare(left, here)
            found |= {name: self._equivalent(name, record, here.get(name)) for name, record in left.items()}
        return found

    def _details(self, hashes: Iterable[str]) -> dict[str, Commit]:
        """The commits by their hashes, whether they are in the history or not."""
        commits, age = self._history.commits, self._history.age
        known = {hash: commits[age[hash]] for hash in hashes if hash in age}
        return known | read_commits(self._repository, [hash for hash in hashes if hash not in known])

    # --- hashes that name no commit of this clone ---------------------------------------------------------------------

    def _by_name(self, names: Iterable[str]) -> Iterator[tuple[str, Landing]]:
        """Those whose hash is ambiguous, names a tag, or a commit of a submodule."""
        names = list(names)
        if not names:
            return
        pins = self._submodule_pins
        for name, objects in self._repository.candidates(names).items():
            if (landing := self._among(name, objects)) or (landing := self._pinned(name, pins)):
                yield name, landing

    def _among(self, name: str, objects: list[tuple[str, str]]) -> Landing | None:
        commits = [hash for hash, kind in objects if kind == "commit"]
        contained = [hash for hash in commits if hash in self._history.contained]
        if len(contained) == 1:
            own = self._details(contained)[contained[0]]
            return Landing(LandingKind.LANDED, "in the history of HEAD", own, own)
        if len(commits) > 1:
            several = ", ".join(hash[: len(name) + 4] for hash in commits[:3])
            return Landing(LandingKind.AMBIGUOUS, f"ambiguous: it may be {several}; write more digits")
        tags = [hash for hash, kind in objects if kind == "tag"]
        if len(tags) == 1 and (commit := self._peeled(tags[0])) and commit in self._history.contained:
            landed = self._details([commit])[commit]
            return Landing(LandingKind.LANDED_AS, f"a tag of commit {commit[:7]}", None, landed)
        if len(objects) == 1:
            return Landing(LandingKind.NOT_FOUND, f"a {objects[0][1]}, not a commit")
        return None

    def _pinned(self, name: str, pins: Mapping[str, str]) -> Landing | None:
        """A commit of a submodule: pinned by this history, or in the submodule's own repository."""
        if paths := {path for commit, path in pins.items() if commit.startswith(name)}:
            return Landing(LandingKind.LANDED_AS, f"a commit of the submodule {min(paths)}, pinned in this history")
        unread = []
        for path in sorted(set(pins.values())):
            try:
                with Repository.open(self._repository.root / path) as inner:
                    if inner.root != self._repository.root and inner.existing([name])[name]:
                        text = f"a commit of the submodule {path}; this history does not pin it"
                        return Landing(LandingKind.SUBMODULE, text)
                    if inner.root == self._repository.root or inner.shallow:
                        unread.append(path)
            except TrackerError:
                unread.append(path)
        if unread:
            text = f"no such commit here; it may be one of the submodule {unread[0]}, which is not checked out"
            return Landing(LandingKind.SUBMODULE, text)
        return None

    def _peeled(self, tag: str) -> str | None:
        return self._repository.objects([f"{tag}^{{commit}}"]).popitem()[1]

    @cached_property
    def _submodule_pins(self) -> dict[str, str]:
        """Path of the submodule by each commit of it that this history ever pinned."""
        return self._repository.pinned(self._head) if self._head and not self._repository.treeless else {}

    # --- commits that landed under another hash -----------------------------------------------------------------------

    def _prepare(self, left: Mapping[str, CommitRecord], here: Mapping[str, str]) -> None:
        starts = [record.since for record in left.values() if record.since]
        starts += [self._own[here[name]].date for name in left if name in here]
        self._since = min(starts) - MARGIN if starts else None
        self._unlanded = _Unlanded(self._repository, self._head, {here[name] for name in left if name in here})

    def _equivalent(self, name: str, record: CommitRecord, hash: str | None) -> Landing:
        own = self._own[hash] if hash else None
        for landed, text in self._reasons(name, record, own):
            return Landing(LandingKind.LANDED_AS, f"landed as {landed.hash[:7]}: {text}", own, landed)
        return self._unknown(own) or self._missing(own)

    def _unknown(self, own: Commit | None) -> Landing | None:
        if self._repository.shallow:
            text = (
                "it may be older than this shallow clone"
                if own
                else "not in this shallow clone: its history was cut off"
            )
            return Landing(LandingKind.SHALLOW, text, own)
        if self._repository.partial:
            place = "only outside the history of HEAD" if own else "not"
            text = f"{place} in this partial clone, which has no contents to compare it by"
            return Landing(LandingKind.PARTIAL, text, own)
        return None

    def _missing(self, own: Commit | None) -> Landing:
        if own is None:
            text = "no such commit in this clone: mistyped, never pushed, or squashed"
            return Landing(LandingKind.NOT_FOUND, text)
        branches = self._unlanded.branches(own.hash)
        more = f" and {len(branches) - 2} more" if len(branches) > 2 else ""
        where = f"only on {', '.join(branches[:2])}{more}" if branches else "on no branch"
        return Landing(LandingKind.ELSEWHERE, f"in this clone, but {where}: HEAD does not contain it", own)

    def _reasons(self, name: str, record: CommitRecord, own: Commit | None) -> Iterator[tuple[Commit, str]]:
        """Commits of HEAD that make the change, the surest first."""
        yield from self._named(own.hash if own else name, own)
        yield from self._same_patch(record, own)
        yield from self._squashed(record, own)
        yield from self._same_author_and_time(own) if own else self._same_subject_and_day(record)
        yield from self._listed(record, own)

    def _named(self, hash: str, own: Commit | None) -> Iterator[tuple[Commit, str]]:
        for other, commit in self._named_in_messages.get(hash[:FEWEST_DIGITS], ()):
            if len(hash) >= FEWEST_DIGITS and (other.startswith(hash) or hash.startswith(other)):
                yield commit, "its message names it"
        for match in _NAMED.finditer(own.body) if own else ():
            source = self._repository.existing([match[match.lastgroup or 0].lower()]).popitem()[1]
            if source in self._history.contained:
                yield self._details([source])[source], f"{hash[:7]} says that it was made from it"

    @cached_property
    def _named_in_messages(self) -> dict[str, list[tuple[str, Commit]]]:
        named: dict[str, list[tuple[str, Commit]]] = defaultdict(list)
        for commit in self._history.commits:
            for match in _NAMED.finditer(commit.body):
                hash = match[match.lastgroup or 0].lower()
                named[hash[:FEWEST_DIGITS]].append((hash, commit))
        return dict(named)

    def _same_patch(self, record: CommitRecord, own: Commit | None) -> Iterator[tuple[Commit, str]]:
        ids = set(record.patch_ids)
        if own and (computed := self._own_patch_ids.get(own.hash)):
            ids.add(computed)
        for one in sorted(ids):
            for hash in self._landed_by_patch.get(one, ()):
                yield self._details([hash])[hash], "the same change (patch id)"

    @cached_property
    def _own_patch_ids(self) -> dict[str, str]:
        if self._repository.partial:
            return {}
        return patch_ids(self._repository, self._unlanded.claimed, self._cache)

    @cached_property
    def _landed_by_patch(self) -> dict[str, list[str]]:
        """Commits of HEAD by their patch ids, with and without the session files; none without contents."""
        if self._repository.partial:
            return {}
        by_patch: dict[str, list[str]] = defaultdict(list)
        with_sessions = [hash for hash in self._candidates if hash in self._with_session_files]
        whole = patch_ids(self._repository, self._candidates, self._cache)
        code = patch_ids(self._repository, with_sessions, self._cache, self._sessions_folder)
        for found in (whole, code):
            for hash, one in found.items():
                by_patch[one].append(hash)
        return dict(by_patch)

    @cached_property
    def _candidates(self) -> list[str]:
        """Commits of HEAD where an unlanded commit may have landed, newest first; merges have no patch."""
        commits = [one for one in self._history.commits if len(one.parents) < 2]
        return [one.hash for one in commits if self._since is None or (one.committed or one.date) >= self._since]

    @cached_property
    def _with_session_files(self) -> frozenset[str]:
        folder = f"{self._sessions_folder.removeprefix(self._repository.prefix)}/"
        changes = self._history.changes
        return frozenset(one.commit.hash for path in changes if path.startswith(folder) for one in changes[path])

    # --- squashes -----------------------------------------------------------------------------------------------------

    def _squashed(self, record: CommitRecord, own: Commit | None) -> Iterator[tuple[Commit, str]]:
        for together in record.combined:
            yield from self._as_recorded(together, own)
        if own:
            yield from self._as_branch(own)

    def _as_recorded(self, together: CombinedRecord, own: Commit | None) -> Iterator[tuple[Commit, str]]:
        for hash in self._landed_by_patch.get(together.patch_id or "", ()):
            yield self._details([hash])[hash], "a squash that makes the change of its session (patch id)"
        for hash in self._landed_by_tree.get(together.tree or "", ()):
            yield self._details([hash])[hash], "a squash that ends with the tree of its session"
        alone = {hash for patch_id in together.patch_ids for hash in self._landed_by_patch.get(patch_id, ())}
        if together.blobs:
            left = [self._by_digest.get(blob, Content("", "")) for blob in together.blobs]
            yield from self._by_contents(left, "its session", own, lambda hash: hash not in alone)

    def _by_contents(
        self, left: Collection[Content], whose: str, own: Commit | None, may_be: Callable[[str], bool]
    ) -> Iterator[tuple[Commit, str]]:
        """Commits that write all of the contents; else, a weak sign, at least half of them and one of its own."""
        changed = {change.path for change in own.changes} if own else set()
        written: dict[str, list[str]] = defaultdict(list)
        for content in left:
            for hash in self._writers.get(content, ()):
                written[hash].append(content.path)
        for hash in sorted(filter(may_be, written), key=lambda hash: (-len(written[hash]), self._history.age[hash])):
            count = len(written[hash])
            if count == len(left):
                yield self._details([hash])[hash], f"a squash that writes every file as {whose} left it"
            elif 2 * count >= len(left) and (not changed or not changed.isdisjoint(written[hash])):
                text = f"a squash that writes {count} of {len(left)} files as {whose} left them (weak)"
                yield self._details([hash])[hash], text

    @cached_property
    def _writers(self) -> dict[Content, list[str]]:
        """The candidates that write each content."""
        recent = frozenset(self._candidates)
        writers: dict[Content, list[str]] = defaultdict(list)
        for path, changes in self._history.changes.items():
            for change in changes:
                if change.commit.hash in recent and is_content(change.blob):
                    writers[Content(path, change.blob)].append(change.commit.hash)
        return writers

    @cached_property
    def _by_digest(self) -> dict[str, Content]:
        return {blob_digest(*content): content for content in self._writers}

    @cached_property
    def _landed_by_tree(self) -> dict[str, list[str]]:
        """Candidates by the tree they end with; one that changes nothing is none."""
        commits, age = self._history.commits, self._history.age
        by_tree: dict[str, list[str]] = defaultdict(list)
        for hash in self._candidates:
            commit = commits[age[hash]]
            parent = commit.parents[0] if commit.parents else ""
            if parent not in age or commits[age[parent]].tree != commit.tree:
                by_tree[commit.tree].append(hash)
        return dict(by_tree)

    def _as_branch(self, own: Commit) -> Iterator[tuple[Commit, str]]:
        """Squashes of the branch up to a later commit of it, or up to this one."""
        ranges = self._unlanded.ranges(own.hash)
        for one in ranges:
            may_be = self._is_newer_than(one.base)
            if patch := self._range_patches.get(one):
                for landed in self._landed_by_patch.get(patch, ()):
                    if may_be(landed):
                        yield self._details([landed])[landed], f"a squash of the branch up to {one.tip[:7]} (patch id)"
            for landed in self._landed_by_tree.get(self._unlanded.trees.get(one.tip, ""), ()):
                if may_be(landed):
                    yield self._details([landed])[landed], f"a squash that ends with the tree of {one.tip[:7]}"
        for one in ranges:
            whose = f"the branch up to {one.tip[:7]}"
            yield from self._by_contents(self._range_contents[one], whose, own, self._is_newer_than(one.base))

    @cached_property
    def _range_contents(self) -> dict[CommitRange, list[Content]]:
        """The contents that each range leaves, the session files aside."""
        if self._repository.treeless:
            return {one: [] for one in self._unlanded.all_ranges}
        return self._unlanded.contents(f"{self._sessions_folder.removeprefix(self._repository.prefix)}/")

    @cached_property
    def _range_patches(self) -> dict[CommitRange, str]:
        if self._repository.partial:
            return {}
        return range_patch_ids(self._repository, self._unlanded.all_ranges, self._cache, self._sessions_folder)

    def _is_newer_than(self, base: str) -> Callable[[str], bool]:
        age = self._history.age
        limit = age.get(base, len(age))
        return lambda hash: age[hash] < limit

    # --- weak signs ---------------------------------------------------------------------------------------------------

    def _same_author_and_time(self, own: Commit) -> Iterator[tuple[Commit, str]]:
        for landed in self._by_author.get((own.email, own.date, own.subject), ()):
            yield landed, "the same author, time and subject (weak: the change differs)"

    def _same_subject_and_day(self, record: CommitRecord) -> Iterator[tuple[Commit, str]]:
        """Of a commit that `tracker new --close` recorded, and of which this clone has no more than that."""
        if not (record.patch_ids and record.since and record.until):
            return
        begin, end = record.since - timedelta(days=1), record.until + timedelta(days=1)
        for subject in sorted(filter(_is_telling, record.subjects)):
            for landed in self._by_subject.get(subject, ()):
                if begin <= landed.date < end:
                    yield landed, "its subject on a day of its session (weak: the change differs)"

    @cached_property
    def _by_subject(self) -> dict[str, list[Commit]]:
        found: dict[str, list[Commit]] = defaultdict(list)
        for commit in self._history.commits:
            found[commit.subject].append(commit)
        return dict(found)

    @cached_property
    def _by_author(self) -> dict[tuple[str, datetime, str], list[Commit]]:
        found: dict[tuple[str, datetime, str], list[Commit]] = defaultdict(list)
        for commit in self._history.commits:
            found[commit.email, commit.date, commit.subject].append(commit)
        return dict(found)

    def _listed(self, record: CommitRecord, own: Commit | None) -> Iterator[tuple[Commit, str]]:
        subjects = ({own.subject} if own else set()) | record.subjects
        since = own.date if own else record.since
        for subject in sorted(filter(_is_telling, subjects)):
            for landed in self._by_listed_subject.get(subject, ()):
                if since is None or (landed.committed or landed.date) >= since - timedelta(days=1):
                    yield landed, "a squash whose message lists its subject (weak)"

    @cached_property
    def _by_listed_subject(self) -> dict[str, list[Commit]]:
        listed: dict[str, list[Commit]] = defaultdict(list)
        for commit in self._history.commits:
            if len(commit.parents) < 2:
                if PULL_REQUEST.search(commit.subject):
                    listed[PULL_REQUEST.sub("", commit.subject)].append(commit)
                for match in _LISTED.finditer(commit.body):
                    listed[match["subject"]].append(commit)
        return dict(listed)


def _is_telling(subject: str) -> bool:
    """Whether a subject can identify a commit."""
    return len(subject) >= SHORTEST_SUBJECT and " " in subject


class _Unlanded:
    """The commits that HEAD does not contain: of branches and of claims."""

    def __init__(self, repository: Repository, head: str | None, claimed: set[str]) -> None:
        self._repository = repository
        self._head = head
        self.claimed = sorted(claimed)
        self._tips = repository.unmerged(head, MOST_BRANCHES) if claimed else {}
        self.trees: dict[str, str] = {}
        self._parents: dict[str, tuple[str, ...]] = {}
        if claimed:
            for hash, tree, parents in repository.graph([*self._tips, *self.claimed], head):
                self._parents[hash] = parents
                self.trees[hash] = tree

    def branches(self, hash: str) -> list[str]:
        """Names of the unmerged branches and tags that contain a commit."""
        return [name for tip, names in self._tips.items() if hash in self._ancestors[tip] for name in names]

    def ranges(self, hash: str) -> list[CommitRange]:
        """From where its branch left HEAD up to every tip or claimed commit that contains it."""
        return [self._ranges[tip] for tip in self._ranges if hash in self._ancestors[tip]]

    @property
    def all_ranges(self) -> list[CommitRange]:
        """Every range that a squash may stand for."""
        return list(self._ranges.values())

    def contents(self, without: str) -> dict[CommitRange, list[Content]]:
        """By range, every file outside a folder that it changes and leaves with content; one git process."""
        by_tip = {one.tip: one for one in self.all_ranges}
        found: dict[CommitRange, list[Content]] = {one: [] for one in self.all_ranges}
        options = ("--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
        relative = f"--relative={self._repository.prefix}"
        feed = (f"{one.tip} {one.base}\n".encode("ascii") for one in self.all_ranges)
        with self._repository.run("diff-tree", *options, relative, feed=feed) as output:
            tokens = iter(output.read().decode("utf-8", "surrogateescape").split("\0"))
        left: list[Content] = []
        for token in tokens:
            if not token.startswith(":"):
                left = found[by_tip[token]] if token else left
                continue
            content = Content(next(tokens), token.split(" ")[3])
            if is_content(content.blob) and not content.path.startswith(without):
                left.append(content)
        return found

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        """By tip or claimed commit, all unlanded commits that it contains."""
        return {tip: self._reachable(tip) for tip in dict.fromkeys([*self._tips, *self.claimed])}

    def _reachable(self, tip: str) -> frozenset[str]:
        seen, queue = set(), [tip]
        while queue:
            one = queue.pop()
            if one not in seen and one in self._parents:
                seen.add(one)
                queue += self._parents[one]
        return frozenset(seen)

    @cached_property
    def _ranges(self) -> dict[str, CommitRange]:
        found: dict[str, CommitRange] = {}
        for tip, inside in self._ancestors.items():
            bases = {parent for one in inside for parent in self._parents[one] if parent not in self._parents}
            base = bases.pop() if len(bases) == 1 else self._repository.merge_base(tip, self._head)
            if base and inside:
                found[tip] = CommitRange(base, tip)
        return found
