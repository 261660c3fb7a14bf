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
NAMES = re.compile(r"`[^`]*`|(?<![^\s`])\S*[/_]\S*|(?<![\w-])\w[\w-]*\.\w{2,}")
ABSENCE = re.compile(
    r"❌|\b(?:remov|delet|renam|mov(?:e|ed|ing)\b|replac|deprecat|obsolet|gone\b|former|previous|legacy|archiv"
    r"|no longer|used to\b|was\b|were\b|had\b|supersed|instead of|drop(?:ped|s)?\b|creat|add(?:ed|ing)\b|will be"
    r"|would\b|missing|(?:does|do|did)(?:n't| not) exist|not (?:there|found|yet)|nonexist|git (?:add|commit|mv|rm)\b"
    r"|rm -|planned|proposed|future|example|e\.g\.|ex[.:]\s|z\.\s?b\.|such as|migrat|consolidat|merged|extracted"
    r"|refactor|version(?:changed|added)|deprecated::|(?:lower|older|earlier|prior) (?:than|to|versions?)"
    r"|^\s*v?\d+\.\d+[\d.]*[,;)])"
)
"""A line with one of these, in lower case, speaks of a change or an example: it may be true as it stands."""
NOT_THERE = re.compile(
    r"\b(?:is|are|has|have) no `|^\W*`[^`]+`,? (?:and|or|nor) no `|\bfix(?:ed)? (?:at|by|in|location)\b|\bproduces\b",
    re.IGNORECASE,
)
"""A line with one of these says itself that something is not there, where something was, or what work will make."""
PAST = re.compile(
    r"remov|delet|renam|moved|replac|deprecat|obsolet|former|previous|legacy|archiv|histor|changelog|change log"
    r"|change history|changes|release|migrat|upgrad|changed|before|fixed|completed|created|modified|superseded"
    r"|proposed|future|todo|example|next steps|sprint|session|incident|phase \d",
    re.IGNORECASE,
)
"""Text under such a heading describes the past, the future or an example."""
TELLS_OF_THE_PAST = frozenset(
    words_in(
        "achievement achievements action adr adrs analysis archive assessment audit audits backlog cascade "
        "changelog changes checkpoint cleanup complete completed completion consolidation corrections decision "
        "decisions design draft evaluation evolution experiment experiments exploration findings fix fixes gap gaps "
        "handoff handover history implementation implemented improvements incident investigation issue log logs "
        "meeting migrate migration migrations nep kep keps pep peps phase plan plans poc postmortem progress proposal "
        "proposals proposed rfcs sep seps "
        "readiness ready recap redesign refactor refactored refactoring release releases report reports research "
        "results retrospective review reviews rework rfc roadmap session sessions spec spike sprint status success "
        "successful summaries summary task tasks todo todos upgrade upgrades upgrading validation verification "
        "analise analisis analyse auditoria aufgaben bericht correcao correcoes entwurf implementacao implementada "
        "implementado implementazione implementierung informe plano verificacion rapport relatorio resumen resumo "
        "zusammenfassung"
    )
)
"""Words in the names of documents that were true when they were written, or speak of what may come."""
RECORDS = ("history", "changelog", "releasenotes", "whatsnew")
STEPS = frozenset(["next", "steps"])


def is_of_the_past(words: frozenset[str]) -> bool:
    """Whether the words of a document's name and folders say that it was true when it was written, or may come."""
    telling = bool(TELLS_OF_THE_PAST & words) or words >= STEPS or words == {"news"}
    return telling or any(word.endswith(RECORDS) for word in words)


TITLE = re.compile(rb"^#{1,2}[ \t]+(.{1,200})", re.MULTILINE)
HEAD = 2000
"""Bytes in which a title stands."""
TITLE_OF_A_RECORD = re.compile(
    r"✅|^\W*(?:issue|milestone|phase|session|sprint|task)\W{0,3}\d"
    r"|\b(?:analysis|audit|complete|completed|done|post-?mortem|redesign|report|retrospective|success|successful"
    r"|summary)\W*$",
    re.IGNORECASE,
)
"""Titles of documents about finished work."""
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
DATED = re.compile(
    r"(19|20)\d{2}[-_]?(0[1-9]|1[0-2])([-_]?\d{2})?|\b\d{8,13}\b"
    r"|(?:^|[\W_])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)[-_ ]?(?:\d\d?|(?:19|20)\d\d)(?![^\W_])",
    re.IGNORECASE,
)


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


def documents(context: DocumentContext) -> list[str]:
    """The documents of a tree in the order of their paths, without archived ones."""
    audit = context.audit
    wanted = (
        path
        for path, name in audit.names.items()
        if name.kind is Kind.DOCUMENT and (name.suffix in SUFFIXES or name.stem in AGENT_RULES) and not name.archived
    )
    return sorted(path for path in wanted if not audit.text(path).binary)


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


def _tells_of_a_change(line: str) -> bool:
    """Whether the words of a line do; what files are called says nothing of that."""
    lower = line.lower()  # to ignore case in the pattern takes three times as long
    return (
        "~~" in line
        or NOT_THERE.search(line) is not None
        or (ABSENCE.search(lower) is not None and ABSENCE.search(NAMES.sub(" ", lower)) is not None)
    )


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
            told_of = _is_command(line, fence, prompted) and not _tells_of_a_change(line)
        elif line.startswith("#") and (heading := HEADING.match(line)):
            depth = len(heading[1])
            is_past = PAST.search(heading[2]) or DATED.search(heading[2])
            past = [one for one in past if one[0] < depth] + [(depth, bool(is_past))]
            told_of, introduced = not _tells_of_a_change(line), False
        elif line.strip():
            told_of = not _tells_of_a_change(line)
            if not LIST.match(line) or line.rstrip(" *_").endswith(":"):
                introduced = not told_of
            told_of = told_of and not introduced
        else:
            continue
        if told_of and not any(is_past for _, is_past in past):
            yield Line(number, line, command=fence is not None)
