"""What is found where some lines of some files do not count: people said of them that they are meant to be so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tracker.audit.marks import InlineIgnore
from tracker.audit.mentions import Scanner
from tracker.audit.reading import removals, scan
from tracker.audit.signals import signals
from tracker.audit.statements import checks
from tracker.audit.subject import Mention, Subject
from tracker.audit.texts import Text
from tracker.sources.trees import Tree

Unmarked = Mapping[str, frozenset[str]]
"""By signal, of those that marks name: the files of which it speaks without the lines that are marked."""


def unmarked(subject: Subject, tree: Tree, marks: Iterable[InlineIgnore]) -> Unmarked:
    """Ask the signals that marks name again, without the lines that are marked."""
    covered: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    said = {check.signal for check in checks()} & signals().keys()
    for mark in marks:
        for signal in said.intersection(mark.signals) if mark.reason else ():
            covered[signal][mark.path].update(mark.lines)
    return {
        signal: frozenset(sign.path for sign in signals()[signal].find(without_lines(subject, tree, lines)))
        for signal, lines in covered.items()
    }


def without_lines(subject: Subject, tree: Tree, covered: Mapping[str, set[int]]) -> Subject:
    """A subject as if some files did not have some of their lines, which are numbered from 1."""
    if not covered:
        return subject
    scanner = Scanner(subject.table)
    texts = {path: _text(content, covered[path], scanner) for path, content in tree.read(sorted(covered))}
    blobs = {path: f"without some lines: {path}" for path in texts}
    less = replace(
        subject,
        files={**subject.files, **blobs},
        texts={**subject.texts, **{blobs[path]: text for path, text in texts.items()}},
    )
    less.__dict__["names"] = subject.names  # what the properties would work out again
    if "_mentions" in subject.__dict__:
        less.__dict__["_mentions"] = _mentions(subject, {path: less.targets(path, texts[path].keys) for path in texts})
    return less


def _mentions(
    subject: Subject, now: Mapping[str, Mapping[str, bool]]
) -> tuple[dict[str, list[Mention]], dict[str, list[str]]]:
    """The mentions of a subject by who is mentioned and by who mentions, where some files mention others `now`."""
    by_target, by_source = dict(subject.mentioned), dict(subject.mentions)
    for path, targets in now.items():
        for target in by_source.pop(path, ()):
            by_target[target] = [mention for mention in by_target[target] if mention.by != path]
        for target, sure in targets.items():
            by_target[target] = [*by_target.get(target, ()), Mention(path, sure)]
        by_source[path] = list(targets)
    return by_target, by_source


def _text(content: bytes, covered: set[int], scanner: Scanner) -> Text:
    lines = content.decode("utf-8", "surrogateescape").splitlines()
    rest = "\n".join("" if number in covered else line for number, line in enumerate(lines, 1))
    left = rest.encode("utf-8", "surrogateescape")
    text = scan(left, scanner)
    text.doomed = scanner.keys(scanner.tokens(removals(left)))
    return text
