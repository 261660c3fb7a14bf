"""What the message of a commit says about its change: type, scope, breaking mark, pull requests and reverts.

Sources: conventionalcommits.org 1.0.0; the messages that `git revert`, `git commit --fixup` and forges write.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tracker.model import ChangeKind, Commit

TYPES: dict[str, ChangeKind | None] = {
    **dict.fromkeys(("feat", "feature", "add", "added", "new"), ChangeKind.ADDED),
    **dict.fromkeys(("perf", "change", "changed", "improve", "improvement", "enhancement"), ChangeKind.CHANGED),
    **dict.fromkeys(("deprecate", "deprecated"), ChangeKind.DEPRECATED),
    **dict.fromkeys(("remove", "removed"), ChangeKind.REMOVED),
    **dict.fromkeys(("fix", "fixed", "bug", "bugfix", "hotfix"), ChangeKind.FIXED),
    **dict.fromkeys(("security", "sec"), ChangeKind.SECURITY),
    **dict.fromkeys(("build", "chore", "ci", "deps", "doc", "docs", "lint", "refactor", "release"), None),
    **dict.fromkeys(("style", "test", "tests", "typo", "wip"), None),
}
"""The section of each type of commit; None where users do not notice the change."""
FIRST_WORDS = re.compile(
    r"""(?: (?P<added> add(?:s|ed|ing)? | introduc(?:e|es|ed|ing) | implement(?:s|ed|ing)? | support(?:s|ed)? )
          | (?P<deprecated> deprecat(?:e|es|ed|ing) )
          | (?P<removed> remov(?:e|es|ed|ing) | delet(?:e|es|ed|ing) | drop(?:s|ped|ping)? )
          | (?P<fixed> fix(?:es|ed|ing)? | bug-?fix | hot-?fix ) )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""The section of a subject without a type, by its first word; others go under Changed."""

_WORD = "|".join(TYPES)
_TYPED = re.compile(
    rf"""(?: (?P<type>{_WORD}) (?:\((?P<scope>[^()]+)\))? (?P<mark>!)? \s? [:：]
           | (?P<custom>[a-z]\w*) (?: \((?P<custom_scope>[^()]+)\)(?P<custom_mark>!)? | (?P<bare_mark>!) ) :(?=\s)
           | \[(?P<bracketed>{_WORD})\] :? ) \s* (?P<text>\S.*)""",
    re.IGNORECASE | re.VERBOSE,
)
_AREA = re.compile(r"(?P<scope>[a-z0-9_][\w./,*-]*): +(?P<text>\S.*)")
"""The part of the project before the subject, as Linux and Go write it."""
_EMOJI = re.compile(r"^(?::[a-z0-9_+-]+:\s*)+")
_LABEL = re.compile(r"(\[[^\]]*\]|[A-Z][A-Z0-9]+-\d+|#\d+)[:,]?\s+")
"""The number of an issue, or another label, before the subject."""
_VULNERABILITY = re.compile(r"\bCVE-\d{4}-\d{4,}\b")
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE(?:\([^)]*\))?!?:", re.MULTILINE)
_NUMBER = re.compile(r"\s*\((?:pull request )?#(\d{1,9})\)$")
_AZURE = re.compile(r"Merged PR (\d{1,9}): (?=\S)")
_MERGED = re.compile(
    r"Merge pull request (?:(#\d{1,9})\b|.*\((#\d{1,9})\) from )|Merged in .*\(pull request (#\d{1,9})\)"
)
_MERGE_REQUEST = re.compile(r"^See merge request \S*(!\d{1,9})\r?$", re.MULTILINE)
_QUOTED = re.compile(r'(?P<word>Revert|Reapply) "(?P<subject>.*)"|revert(?:\([^()]+\))?!?: (?P<bare>.+)', re.IGNORECASE)
_NAMED = re.compile(r"reverts? (?:(?P<request>#\d{1,9})|(?:commit )?(?P<hash>[0-9a-f]{7,64}))\.?", re.IGNORECASE)
"""A subject that only names what it reverts."""
_REAPPLIED = re.compile(r'Reapply "(?P<subject>.*)"|Revert "Revert "(?P<revert>.*)"(?: \(#\d+\))?"', re.IGNORECASE)
_HASH = r"[0-9a-f]{7,64}\b"
_UNDONE = re.compile("revert|reapply", re.IGNORECASE)
"""In the subject of every revert of a revert, and of most reverts: most commits need no closer look."""
_REVERTED = re.compile(rf"^This reverts commits? ({_HASH}(?:(?:,| and|, and)\s+{_HASH})*)", re.MULTILINE)
_REVERTED_REQUEST = re.compile(r"^(?:Reverts|This reverts merge request) \S*([#!]\d{1,9})\r?$", re.MULTILINE)
_CORRECTION = re.compile(r"(fixup|squash|amend)! ")
_UNNOTICED = re.compile(
    r"""
      bump\ (?: the\ \S+\ group\b.* | \S+\ from\ \S+\ to\ \S+.* | \S+\ in\ (?:/|the\ \S+\ group).* )
    | update\ dependency\ \S+\ to\ .*
    | (?: (?:release|version|bump(?:\ version)?(?:\ to)?|prepare(?:\ for)?)\ )* v?\d+\.\d+[\w.+-]*
    | refactor(?:s|ed|ing)?\ .*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Subjects without a type that mean `deps`, `release` and `refactor`."""


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A change as the message of its commit describes it."""

    kind: ChangeKind | None
    """The section of a changelog; None where users do not notice the change."""
    typed: bool
    """Whether the message states its type, so that `kind` is not derived from its words."""
    scope: str | None
    breaking: bool
    text: str
    """The subject without type, scope and numbers of pull requests."""
    pull_requests: tuple[int, ...]


def parse_message(subject: str, body: str = "") -> CommitMessage:
    """Return what a message says about its change.

    >>> parse_message("feat(reader)!: read a folder (#12)")
    CommitMessage(kind=<ChangeKind.ADDED: 'added'>, typed=True, scope='reader', breaking=True, text='read a folder', \
pull_requests=(12,))
    """
    text, numbers = _split_numbers(subject)
    breaking = bool(_BREAKING.search(body))
    plain = _without_symbols(text)
    if match := _TYPED.fullmatch(plain):
        word = (match["type"] or match["bracketed"] or match["custom"]).lower()
        marked = bool(match["mark"] or match["custom_mark"] or match["bare_mark"])
        scope = match["scope"] or match["custom_scope"]
        kind = TYPES.get(word, ChangeKind.CHANGED)
        return _message(kind, True, scope, breaking or marked, match["text"], numbers)
    area = _AREA.fullmatch(plain)
    words = area["text"] if area else plain
    scope, shown = (area["scope"], area["text"]) if area else (None, text)
    return _message(_kind_of_words(words), False, scope, breaking, shown, numbers)


def _message(
    kind: ChangeKind | None, typed: bool, scope: str | None, breaking: bool, text: str, numbers: tuple[int, ...]
) -> CommitMessage:
    if breaking and kind is None:
        kind = ChangeKind.CHANGED
    return CommitMessage(kind, typed, scope.strip() or None if scope else None, breaking, text, numbers)


def without_numbers(subject: str) -> str:
    """The subject without the numbers of pull requests at its end."""
    return _split_numbers(subject)[0]


def _split_numbers(subject: str) -> tuple[str, tuple[int, ...]]:
    text = " ".join(subject.split())
    numbers: list[int] = []
    if match := _AZURE.match(text):
        text, numbers = text[match.end() :], [int(match[1])]
    while (match := _NUMBER.search(text)) and match.start():
        text = text[: match.start()]
        numbers.insert(0, int(match[1]))
    return text, tuple(dict.fromkeys(number for number in numbers if number))


def _without_symbols(text: str) -> str:
    """The text after an emoji that stands for the type, as a character or as `:name:`."""
    if text[:1].isalnum():
        return text
    text = _EMOJI.sub("", text)
    start = next((place for place, letter in enumerate(text) if not _is_symbol(letter)), len(text))
    return text[start:] or text


def _is_symbol(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("So", "Sk", "Mn", "Cf")


def _kind_of_words(text: str) -> ChangeKind | None:
    words = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    if _UNNOTICED.fullmatch(words):
        return None
    if _VULNERABILITY.search(words):
        return ChangeKind.SECURITY
    first = FIRST_WORDS.match(words)
    return ChangeKind(first.lastgroup) if first and first.lastgroup else ChangeKind.CHANGED


def is_correction(commit: Commit) -> bool:
    """Whether a commit only corrects an earlier one, so that its change is listed there."""
    return bool(_CORRECTION.match(commit.subject))


def merged_request(commit: Commit) -> str | None:
    """The pull request (`#12`) or merge request (`!12`) that a merge commit merged, as the forges write it."""
    match = _MERGED.match(commit.subject) or _MERGE_REQUEST.search(commit.body)
    return next((request for request in match.groups() if request), None) if match else None


@dataclass(frozen=True, slots=True)
class Revert:
    """What a commit says it reverts. A commit that reapplies something reverts a revert."""

    hashes: tuple[str, ...]
    """Hashes, perhaps abbreviated."""
    request: str | None
    """A pull request (`#12`) or merge request (`!12`)."""
    subject: str | None
    """The subject of the reverted commit."""


def parse_revert(commit: Commit) -> Revert | None:
    """Return what a commit reverts; None where it does not say so."""
    if not _UNDONE.search(commit.subject) and not _REVERTED.match(commit.body):
        return None
    title = without_numbers(commit.subject)
    if named := _NAMED.fullmatch(title):
        return Revert((named["hash"],) if named["hash"] else (), named["request"], None)
    quoted = _QUOTED.fullmatch(title)
    if not quoted and not _REVERTED.match(commit.body):  # further down it may be about a commit that was squashed
        return None
    hashes = tuple(dict.fromkeys(name for found in _REVERTED.findall(commit.body) for name in re.findall(_HASH, found)))
    request = _REVERTED_REQUEST.search(commit.body)
    subject = (quoted["subject"] or quoted["bare"]) if quoted else None
    if quoted and quoted["word"] and quoted["word"].lower() == "reapply":
        subject = f'Revert "{subject}"'
    return Revert(hashes, request[1] if request else None, subject)


def reapplied_subject(commit: Commit) -> str | None:
    """The subject of the change that a revert of its revert brings back; None for any other commit."""
    subject, found = commit.subject, None
    if not _UNDONE.search(subject):
        return None
    while match := _REAPPLIED.fullmatch(without_numbers(subject)):
        found = subject = match["revert"] or match["subject"]
    return found
