"""The rule `ignored`."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.audit.family import Action, FileFinding, Use
from tracker.audit.gitignore import Pattern
from tracker.audit.names import Kind, Name, words_in
from tracker.audit.rules.files.base import FileRule, is_sample
from tracker.audit.rules.files.kinds import DATABASES, PLACEHOLDERS, is_generated, local_folder

NEEDED = frozenset(
    words_in(
        "gradle.properties gradle-wrapper.properties gradle-wrapper.jar package.json package-lock.json tsconfig.json "
        "composer.json pytest.ini tox.ini mypy.ini setup.cfg .coveragerc .flake8 "
        "settings.json launch.json tasks.json extensions.json .env.example .env.sample .env.template"
    )
)
"""Manifests that tools read although a pattern excludes them."""
BROAD = ("*.json", "*.yml", "*.yaml", "*.xml", "*.toml", "*.txt", "*.md", "*.csv", "*.sql", "*.sh", "*.png", "*.jpg")


class Ignored(FileRule):
    """Tracked although an ignore rule matches, and an output or local file: no document, source or needed manifest."""

    id = "ignored"
    noun = ("tracked file that .gitignore excludes", "tracked files that .gitignore excludes")
    action = Action.UNTRACK
    unless = Use.READ

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        for path in sorted(context.ignored):
            name, pattern = context.names[path], context.ignores.pattern(path)
            if (
                pattern is None
                or not pattern.text.strip("*/")  # everything is excluded, and what is wanted is added by hand
                or self.committed.fullmatch(path)
                or (name.file in NEEDED and not is_generated(name))
                or name.suffix == "lock"
                or name.file in PLACEHOLDERS
                or (is_sample(name) and not _names_folder(pattern, name))
            ):
                continue
            proof = f"tracked although {pattern} excludes it"
            if is_generated(name) or local_folder(name) or name.suffix in DATABASES:
                yield self.finding(path, proof, unless=Use.NONE, by=pattern.file)
            elif name.kind in (Kind.DATA, Kind.ASSET, Kind.CONFIG):
                yield self.finding(path, proof, unless=Use.ANY, by=pattern.file, maybe=_is_broad(pattern, name))


def _is_broad(pattern: Pattern, name: Name) -> bool:
    """Whether a pattern may hit a file that is meant to be tracked: by suffix or by a word, not by place."""
    text = pattern.text.strip("/")
    return (
        text in BROAD
        or (text.startswith("*") and text.endswith("*"))
        or (name.kind is Kind.CONFIG and "/" not in text and "." not in text.strip("*."))
    )


def _names_folder(pattern: Pattern, name: Name) -> bool:
    """Whether a file among tests or samples is excluded on purpose: by what it is, or by the path of its folder."""
    return is_generated(name) or "/" in pattern.text.strip("/")
