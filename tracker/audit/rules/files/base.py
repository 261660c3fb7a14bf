"""What every rule about files has in common."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import ClassVar

from tracker.audit.context import AuditContext
from tracker.audit.family import Action, FileFinding, Use
from tracker.audit.names import TEST_FOLDERS, Name, words_in
from tracker.audit.texts import Question
from tracker.audit.uses import Uses
from tracker.plural import counted

SAMPLES = TEST_FOLDERS | frozenset(
    words_in(
        "fixtures fixture testdata test-data test_data mocks __mocks__ example examples samples sample "
        "demo demos template templates tutorial tutorials docs_src cookbook vendor third_party external "
        "externals extern deps node_modules snapshots"
    )
)
"""Folders of files that are what they are for the sake of a test, an example or another project."""
ADDED = re.compile(r"\bgit add ([^\n;|&>]+)|\bfile_pattern:([^\n]+)")
"""How workflows name what they commit."""
HANDED_IN = frozenset(
    words_in("evidence submission submissions supplement supplementary deliverable deliverables baseline baselines")
)
"""Words in the names of folders that are handed in as a whole: copies and outputs in them are meant."""
WORDS = HANDED_IN | {"example", "examples", "template", "starter", "boilerplate"}

NUMBERED = re.compile(r"([a-z]+[-_ ]?)?(?!(?:19|20)\d\d)\d{2,4}(?:[-_. ].*)?", re.IGNORECASE)
"""Stems such as `0003_init`, `sep-002` and `task_001`, which belong to a series."""
SERIES = 3
"""Numbered files of a folder that make a series."""
PEOPLES = frozenset(words_in(".github .claude .devcontainer .vscode"))
"""Hidden folders in which people write documents and scripts, too."""
KEEPERS = frozenset(words_in("openspec memory-bank"))
"""Folders in which planners of coding agents keep what is done."""
WORD = re.compile(r"[\W_]+")
SERVED = frozenset(words_in("static staticfiles public dist wwwroot"))
DIGEST = re.compile(r"[.-][0-9a-f]{8,}(?=\.|$)")
"""A part of a name that changes with the content."""


class FileRule(ABC):
    """One kind of stale file. The docstring of a rule states its proof."""

    id: ClassVar[str]
    default: ClassVar[bool] = True
    """Whether findings that are certain enough are reported without `--maybe`."""
    exact: ClassVar[bool] = False
    """Whether a finding is right by construction."""
    action: ClassVar[Action] = Action.REMOVE
    unless: ClassVar[Use] = Use.ANY
    """Which uses by live files contradict a finding."""
    whole: ClassVar[bool] = False
    """Whether a family always has one action."""

    questions: ClassVar[tuple[Question, ...]] = ()
    """What it asks about single files."""
    noun: ClassVar[tuple[str, str]]
    """What a family consists of: one, and many."""

    def __init__(self, context: AuditContext, uses: Uses) -> None:
        self.context = context
        self.uses = uses

    @cached_property
    def committed(self) -> re.Pattern[str]:
        """Paths that workflows or scripts add to git: what matches is tracked on purpose."""
        context = self.context
        adding = [
            path for path, name in context.names.items() if name.suffix == "sh" or name.folders[:1] == (".github",)
        ]
        found = ("".join(one) for path in adding for one in ADDED.findall(context.source(path)))
        words = (word.strip("\"'").rstrip("/") for one in found for word in one.split())
        globs = {re.escape(word).replace(r"\*", "[^/]*") for word in words if "/" in word and "$" not in word}
        return re.compile(f"(?:{'|'.join(globs)})(?:/.*)?" if globs else "$^")

    @cached_property
    def living(self) -> Mapping[str, Name]:
        """The files of the project itself: no samples, no other projects, and none that the tracker keeps."""
        names, records = self.context.names, self.context.records
        return {path: name for path, name in names.items() if not is_sample(name) and path not in records}

    @abstractmethod
    def find(self) -> Iterator[FileFinding]:
        """The stale files, each with its proof."""

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """A family in one line."""
        return counted(count, *cls.noun) + (f" in {group}" if group else "")

    def finding(
        self,
        path: str,
        proof: str,
        group: str = "",
        *,
        by: str | None = None,
        maybe: bool = False,
        action: Action | None = None,
        unless: Use | None = None,
    ) -> FileFinding:
        """A finding of this rule."""
        return FileFinding(
            path, self.id, proof, group, action or self.action, maybe or not self.default, unless or self.unless, by
        )


def is_sample(name: Name) -> bool:
    """Whether a file lies among tests, fixtures, examples, templates, vendored code or what is handed in."""
    return _holds_samples(name.folder)


@lru_cache(100_000)
def _holds_samples(folder: str) -> bool:
    folders = folder.lower().split("/")
    return not SAMPLES.isdisjoint(folders) or any(not WORDS.isdisjoint(WORD.split(one)) for one in folders)


def is_of_tool(name: Name) -> bool:
    """Whether it lies in a hidden folder in which a tool keeps its records, as planners of coding agents do."""
    return any(folder in KEEPERS or (folder[:1] == "." and folder not in PEOPLES) for folder in name.folders)


def in_series(context: AuditContext, name: Name) -> bool:
    """Whether it is one of several numbered files of its folder: steps that are run in turn, or records that stay."""
    found = NUMBERED.fullmatch(name.stem)
    beside = context.by_folder[name.folder] if found else []
    numbered = (NUMBERED.fullmatch(context.names[path].stem) for path in beside)
    return found is not None and sum(other is not None and other[1] == found[1] for other in numbered) >= SERIES


def is_served(name: Name) -> bool:
    """Whether a server delivers what lies there, also under names with a digest and in compressed copies."""
    return not SERVED.isdisjoint(name.folders)


def line_of(text: str, pattern: re.Pattern[str]) -> tuple[int, str] | None:
    """Number and text of the first line that a pattern matches somewhere."""
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            return number, line.strip()
    return None


def clipped(text: str, length: int = 90) -> str:
    """A text for the middle of a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
