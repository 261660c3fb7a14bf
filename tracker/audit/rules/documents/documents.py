"""Documents as lines about the present: without examples and without statements about the past."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from posixpath import normpath

from tracker.audit.context import AuditContext
from tracker.audit.names import AGENT_RULES, TEST_FOLDERS, Kind, Name, words_in
from tracker.audit.rules.documents.wording import (
    DATED,
    TITLE_OF_A_RECORD,
    is_of_the_past,
    is_past_heading,
    tells_of_a_change,
)
from tracker.sources.facts import Facts
from tracker.sources.repository import Repository
from tracker.sources.trees import Tree

SUFFIXES = frozenset(words_in("md markdown mdc mdx rst adoc asciidoc"))
ASIDE = frozenset(words_in("bak backup orig old save disabled unused deprecated off"))
"""Suffixes of files that are no longer used: no rewrite points to them."""
MARKDOWN = frozenset(words_in("md markdown mdc mdx"))
LONGEST_LINE = 4000
"""Letters; longer lines are data."""
FENCE = re.compile(r"\s*(?:[>*+-]\s+|\d+[.)]\s+)*(`{3,}|~{3,})\s*\{?\.?([\w+-]*)")
COMMANDS = frozenset(["sh", "bash", "shell", "zsh", "console", "terminal", "shell-session"])
"""Languages of fences that hold commands to run; all other fences show examples."""
SESSIONS = frozenset(["console", "terminal", "shell-session"])
HEADING = re.compile(r"(#{1,6})\s+(.*)")
LIST = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\s{2,}\S|\s*\|")
COMMENT = re.compile(r"<!--[^<]*?-->")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
TITLE = re.compile(rb"^#{1,2}[ \t]+(.{1,200})", re.MULTILINE)
HEAD = 2000
"""Bytes in which a title stands."""
ELSEWHERE = TEST_FOLDERS | frozenset(
    words_in(
        "dependencies deps docs_src extern external fixtures node_modules site-packages template templates testdata "
        "third_party vendor"
    )
)
"""Folders of documents that speak of another tree than this."""
AGENT_FOLDERS = frozenset([".claude", ".clinerules", ".cursor", ".windsurf", "memory-bank"])
"""Folders of coding agents, which also follow links from the top of the repository."""
FOR_AGENTS = re.compile(
    r"(?:.*/)?(?:\.(?:cursor|windsurf)/rules/.*|\.(?:clinerules|cursorrules|windsurfrules)(?:/.*)?"
    r"|\.github/(?:copilot-instructions\.md|instructions/.*)|\.claude/(?!agents/|plugins/|skills/).*)"
)
"""Hidden documents in which people instruct coding agents about this very repository.

Those of a role or a skill name what its work reads and writes.
"""


@dataclass(frozen=True)
class DocumentContext:
    """What the statements of documents are held against."""

    audit: AuditContext
    tree: Tree
    repository: Repository
    facts: Facts | None = None
    """What the sessions say, where the folder is a workspace."""
    limits: list[str] = field(default_factory=list)
    """What could not be known; the checks add to it."""

    @cached_property
    def whole(self) -> bool:
        """Whether all of the history is here, so that what it does not have never was."""
        return not self.repository.shallow and any(self.audit.history.sizes)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder of the tree."""
        return folders_of(self.audit.files)

    @cached_property
    def gone_folders(self) -> frozenset[str]:
        """Every folder that once existed and no longer does."""
        return folders_of(self.audit.history.gone) - self.folders

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder; "" is the root. A submodule may have anything."""
        is_here = not path or path in self.audit.files or path in self.folders
        return is_here or any(f"{path}/".startswith(f"{one}/") for one in self.tree.submodules)

    def became(self, gone: str) -> str | None:
        """Where a path that is gone is now; None where it was removed."""
        now = self.audit.history.current(gone)
        name = self.audit.names.get(now) if now else None
        aside = name is not None and (name.archived is not None or name.suffix in ASIDE)
        return now if name is not None and not aside else None

    def contents(self, paths: Iterable[str]) -> dict[str, str]:
        """The text of some files."""
        return {path: content.decode("utf-8", "replace") for path, content in self.tree.read(sorted(paths))}


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """Every folder above some paths."""
    found: set[str] = set()
    for path in paths:
        while (path := path.rpartition("/")[0]) and path not in found:
            found.add(path)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something of today."""

    number: int
    text: str
    command: bool = False
    """Whether it is a line of a block of commands."""

    @property
    def prose(self) -> str:
        """The line without its code spans, each letter in its place."""
        return CODE.sub(lambda span: " " * len(span[0]), self.text)

    def swapped(self, old: str, new: str) -> str:
        """The line with other words in the place of some, wherever they stand by themselves."""
        return re.sub(rf"(?<![\w/.-]){re.escape(old)}(?![\w/])", lambda _: new, self.text)

    @property
    def spans(self) -> list[str]:
        """Its code spans."""
        return [span[2].strip() for span in CODE.finditer(self.text)]


@dataclass(frozen=True)
class Document:
    """A document in words."""

    name: Name
    content: bytes = field(repr=False)

    @cached_property
    def of_today(self) -> bool:
        """Whether it describes the present, by its name, place and title: not the past, plans, or another tree."""
        folders = [folder.lower() for folder in self.name.folders]
        return (
            not is_of_the_past(self.words)
            and not ELSEWHERE.intersection(folders)
            and "template" not in self.name.words
            and not any(map(DATED.search, (self.name.stem, *folders)))
            and not TITLE_OF_A_RECORD.search(self._title)
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of its name and folders, in lower context."""
        above = (word for folder in self.name.folders for word in re.split(r"[\W_]+", folder.lower()))
        return frozenset([*self.name.words, *above])

    @property
    def _title(self) -> str:
        found = TITLE.search(self.content[:HEAD])
        return found[1].decode("utf-8", "replace").strip() if found else ""

    @property
    def of_here(self) -> bool:
        """Whether it surely describes this tree: instructions for assistants may describe any."""
        folders = [folder.lower() for folder in self.name.folders]
        is_hidden = any(folder.startswith(".") for folder in folders) and not FOR_AGENTS.fullmatch(self.path)
        is_skill = self.name.stem.lower() == "skill" or any(folder.endswith("skills") for folder in folders)
        return self.of_today and not is_hidden and not is_skill

    @property
    def path(self) -> str:
        """Where it is."""
        return self.name.path

    @property
    def folder(self) -> str:
        """The folder it is in, as a path; "" for the root."""
        return self.name.folder

    def meant(self, written: str) -> list[str]:
        """What a path may mean that is written here: as seen from its folder, or from one above it; the nearest first.

        Above it, because a project within a repository speaks of itself as if it were alone.
        """
        folders = ["", *self._above] if written.startswith("/") else [*reversed(self._above), ""]
        paths = (normpath(f"{folder}/{written.strip('/')}").lstrip("/") for folder in folders)
        return [path for path in dict.fromkeys(paths) if not path.startswith("..")]

    @cached_property
    def _above(self) -> list[str]:
        """The folders that it lies in, the outermost first."""
        return list(accumulate(self.name.folders, "{}/{}".format))

    @cached_property
    def markdown(self) -> bool:
        """Whether its links and headings are those of Markdown."""
        return self.name.suffix in MARKDOWN

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def lines(self) -> list[Line]:
        """The lines that say something of today, without examples."""
        return list(_lines(self.text)) if self.of_today else []

    @cached_property
    def all_lines(self) -> list[Line]:
        """Every line outside of fences, also about the past."""
        return [Line(number, text) for number, text, fence in fenced(self.text) if fence is None]


def is_judged(name: Name) -> bool:
    """Whether statements of a document are judged: not those of archived ones."""
    return name.kind is Kind.DOCUMENT and (name.suffix in SUFFIXES or name.stem in AGENT_RULES) and not name.archived


def documents(context: DocumentContext) -> list[str]:
    """The documents of a tree in the order of their paths, without archived ones."""
    audit = context.audit
    return sorted(path for path, name in audit.names.items() if is_judged(name) and not audit.text(path).binary)


def fenced(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Every line with its number and the language of the fence that it is in: None outside of fences.

    The fences themselves are left out, and so are lines that are too long to be written by people.
    """
    fence, language, comment = "", "", False
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            continue
        if comment:
            comment = "-->" not in line
            continue
        if not fence and line.lstrip().startswith("<!--") and "-->" not in line:
            comment = True
            continue
        if mark := FENCE.match(line) if "```" in line or "~~~" in line else None:
            if not fence:
                fence, language = mark[1], mark[2].lower()
                continue
            if mark[1].startswith(fence) and not mark[2]:
                fence = ""
                continue
        yield number, line, language if fence else None


def _is_command(line: str, language: str, prompted: bool) -> bool:
    """Whether a line of a fence is a command to run: in a session, which also shows output, a line with a prompt."""
    prompt = line.lstrip().startswith(("$", ">", "%"))
    session = language in SESSIONS or prompted
    return language in COMMANDS and not line.lstrip().startswith("#") and (prompt or not session)


def _lines(text: str) -> Iterator[Line]:
    past: list[tuple[int, bool]] = []  # the headings above, each with its depth and whether it is about the past
    prompted = False  # whether the fence has a prompt, so that other lines of it are output
    introduced = False  # by a line such as "These files were removed:"
    for number, line, fence in fenced(text):
        prompted = prompted and fence is not None
        if fence is not None:
            prompted = prompted or line.lstrip().startswith("$ ")
            told_of = _is_command(line, fence, prompted) and not tells_of_a_change(line)
        elif line.startswith("#") and (heading := HEADING.match(line)):
            depth = len(heading[1])
            past = [one for one in past if one[0] < depth] + [(depth, is_past_heading(heading[2]))]
            told_of, introduced = not tells_of_a_change(line), False
        elif line.strip():
            told_of = not tells_of_a_change(line)
            if not LIST.match(line) or line.rstrip(" *_").endswith(":"):
                introduced = not told_of
            told_of = told_of and not introduced
        else:
            continue
        if told_of and not any(is_past for _, is_past in past):
            yield Line(number, line, command=fence is not None)
