"""The rule `broken-link`."""

import re
from collections import defaultdict
from collections.abc import Iterator
from posixpath import normpath, relpath
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from tracker.audit.names import ASSET, CODE, CONFIG, SHELL, name_of, words_in
from tracker.audit.names import DOCUMENT as NAME_DOCUMENT
from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import AGENT_FOLDERS, FOR_AGENTS, MARKDOWN, Document, DocumentContext, Line
from tracker.audit.rules.documents.headings import GENERATED, anchors, forms, headings
from tracker.audit.versions import NameVersion, contents, newest, successors

LINK = re.compile(r"\]\(\s*<?([^()<>\s]*(?:\([^()<>\s]*\)[^()<>\s]*)*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
ESCAPED = re.compile(r"\\\[[^\]]*\]\([^)]*\)")
"""What only looks like a link: its bracket is escaped."""
DEFINITION = re.compile(r"^\s{0,3}\[(?!\^)[^\]]+\]:\s+<?([^\s<>]+)>?\s*(?:\"[^\"]*\"|'[^']*')?\s*$")
MARKS = ("](", "]:", "href=", "src=")
ATTRIBUTE = re.compile(r"<(?:a|img)\s(?:[^>]*?\s)?(?:href|src)=\"([^\"]+)\"")
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//|.*[{}$<>*|\\@]|.*\.\.\.|#?$", re.IGNORECASE)
"""Other sites, templates and globs."""
ROOT = re.compile(r"^(?:mdc:/?|/)")
"""What starts a path from the top of the repository; `mdc:` is the form of Cursor's rules."""
PLACEHOLDER = re.compile(
    r".*path/to/.*|(?:.*/)?(?:url|link|path|file|filename|href|src|target|image|your|my|some|foo|bar|example|xxx?)"
    r"(?:[-_.][^/]*)?",
    re.IGNORECASE,
)
TO_COME = re.compile(
    r"\bto be (?:added|created|done|written)\b|\bcoming soon\b|\bplanned\b|\bnot yet\b|\bTBD\b|\bTODO\b", re.IGNORECASE
)
"""A line with one of these knows that what it links to is not there yet."""
PAGES = (
    ".md",
    ".mdx",
    ".markdown",
    ".rst",
    "/index.md",
    "/index.mdx",
    "/README.md",
    "/_index.md",
    ".html",
    "/index.html",
)
"""What site builders let a link leave out."""
SUFFIXES = CODE | SHELL | NAME_DOCUMENT | CONFIG | ASSET | frozenset(["ipynb", "csv", "asc", "zip", "db", "log"])
PLATFORM = frozenset(
    words_in("blob tree raw issues pull pulls wiki releases actions discussions compare labels security")
)
NUMBER = re.compile(r"^\d+[._-]")
SERVED = frozenset(["public", "static", "theme", "themes"])
HEADING = re.compile(r"(?!_|fn|L\d)[\w-]+")
"""What a heading's anchor looks like; tools make others of their own."""
MOST = 16_000_000
"""Bytes of earlier contents that are searched for headings."""


class Link(NamedTuple):
    """A link within the repository."""

    document: Document
    line: Line
    written: str
    target: str
    """The path that it leads to; the file itself where it exists."""
    anchor: str

    @property
    def root(self) -> str:
        """What it starts with where it is written from the top of the repository, else nothing."""
        found = ROOT.match(self.written)
        return found[0] if found else ""


class Followed(NamedTuple):
    """Where a link leads: a path that exists unless it is lost."""

    target: str
    anchor: str
    lost: bool = False


class BrokenLinks(DocumentRule):
    """A relative link of a Markdown document leads nowhere, or to a heading that is not there. Nothing is fetched."""

    rule = "broken-link"
    confidence = 0.95

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._lost: list[Link] = []
        self._anchored: list[Link] = []

    @classmethod
    def note(cls, document: Document) -> list[str]:
        """Its links within the repository."""
        found = (written for line in document.all_lines for written in links(line)) if _has_links(document) else ()
        return [written for written in dict.fromkeys(found) if not OUTSIDE.match(ROOT.sub("/", written))]

    def concerns(self, document: Document, note: Any) -> bool:
        """See `DocumentRule.concerns`."""
        return any(self._followed(document, written) for written in note or ())

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        for line in document.all_lines if _has_links(document) else ():
            for written in links(line):
                if found := self._followed(document, written):
                    notes = self._lost if found.lost else self._anchored
                    notes.append(Link(document, line, written, found.target, found.anchor))

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        made = self.audit.ignores.among({link.target for link in self._lost})  # made by a build, or local
        for link in self._lost:
            if link.target not in made and (statement := self._nowhere(link)):
                yield statement
        yield from self._without_heading()

    def _followed(self, document: Document, written: str) -> Followed | None:
        """Where a link leads that is broken, or that has an anchor; None for all others."""
        asked = ROOT.sub("/", written)
        if OUTSIDE.match(asked):
            return None
        path, _, anchor = asked.partition("#")
        path = unquote(path.partition("?")[0])
        if not path:
            return Followed(document.path, unquote(anchor))
        if path.startswith("/"):  # from the top of the repository, or of a project within it
            meant = list(document.meant(path))
            target = next(filter(self.context.exists, reversed(meant)), meant[0])
        else:
            target = normpath(f"{document.folder or '.'}/{path}")
        if target.startswith(".."):
            return None
        found = next(filter(self.context.exists, self._meant(target)), None)
        if found is None:  # as it reads where every page is built as a folder
            page = normpath(f"{document.folder or '.'}/{document.name.stem}/{path}")
            found = next(filter(self.context.exists, self._meant(page)), None)
        if found is None and (
            FOR_AGENTS.fullmatch(document.path) or not AGENT_FOLDERS.isdisjoint(document.name.folders)
        ):
            found = next(filter(self.context.exists, self._meant(normpath(path))), None)
        if found is not None and not (anchor and found.rpartition(".")[2] in MARKDOWN):
            return None
        if PLACEHOLDER.fullmatch(path):
            return None
        return Followed(found or target, unquote(anchor), lost=found is None)

    def _meant(self, target: str) -> Iterator[str]:
        if target == ".":
            yield ""
            return
        yield target
        bare = target.removesuffix(".html")
        yield from (bare + page for page in PAGES)
        if bare != target and bare.endswith("/index"):
            yield bare.removesuffix("/index") + ".md"

    def _nowhere(self, link: Link) -> Statement | None:
        name = link.target.rpartition("/")[2]
        if link.root and "." not in name:
            return None  # an address of the site, not a path of the tree
        place = (link.document.path, link.line, link.written)
        if link.target in self.context.gone_folders:
            return self.statement(*place, f"links to {link.target}/, a folder that is gone")
        gone = next((one for one in self._meant(link.target) if one in self.audit.history.gone), None)
        if gone:
            now, by = self.context.became(gone), self.audit.became(gone)[1]
            if now is None:
                return self.statement(*place, f"links to {gone}, removed by {by}", by)
            new = now if link.root else relpath(now, link.document.folder or ".")
            rest = link.written[len(link.written.partition("#")[0]) :]
            after = link.line.swapped(link.written, link.root + quote(new) + rest)
            return self.statement(*place, f"links to {gone}, renamed to {now} by {by}", by, after)
        suffix = name_of(name).suffix
        if link.root or (suffix not in SUFFIXES and name != name.upper()):
            return None  # an address of the site, too, or the name of an object
        if link.target.partition("/")[0] in PLATFORM:
            return None  # an address of the platform, seen from the repository's page
        if TO_COME.search(link.line.text) or self._is_served(link):
            return None
        return self.statement(
            *place, f"links to {link.target}, which {'never existed' if self.context.whole else 'is not there'}"
        )

    def _is_served(self, link: Link) -> bool:
        """Whether a site builder makes the target: from a folder of served files, a theme, or a numbered page."""
        below = "/" + normpath(link.written.partition("#")[0]).lstrip("./")
        folder, _, page = link.target.rpartition("/")
        beside = (path[len(folder) :].strip("/") for path in self.audit.by_folder.get(folder, ()))
        numbered = any(NUMBER.sub("", name) == page for name in beside)
        return numbered or any(path.endswith(below) and SERVED & set(path.split("/")) for path in self.audit.files)

    def _without_heading(self) -> Iterator[Statement]:
        texts = self.context.contents({link.target for link in self._anchored if link.target in self.audit.files})
        known = {path: anchors(text) for path, text in texts.items()}
        lost = [
            link
            for link in self._anchored
            if link.target in texts
            and link.anchor
            and HEADING.fullmatch(link.anchor)
            and not forms(link.anchor) & known[link.target]
            and not GENERATED.search(texts[link.target])
        ]
        proofs = self._proofs(lost)
        for link in lost:
            place = (link.document.path, link.line, link.written)
            proof = proofs.get((link.target, link.anchor))
            if proof is None:
                never = "never had" if self.context.whole else "does not have"
                yield self.statement(*place, f"links to #{link.anchor}, a heading that {link.target} {never}")
                continue
            by, became = proof
            if became and forms(became) & known[link.target]:
                after = link.line.swapped(link.written, link.written.partition("#")[0] + "#" + became)
                yield self.statement(*place, f"links to #{link.anchor}, renamed to #{became} by {by}", by, after)
            else:
                yield self.statement(*place, f"links to #{link.anchor}, removed from {link.target} by {by}", by)

    def _proofs(self, lost: list[Link]) -> dict[tuple[str, str], tuple[str, str | None]]:
        """The commit that removed each anchor, and the heading that came in its place."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for link in lost:
            wanted[link.target].add(link.anchor)
        found: dict[tuple[str, str], tuple[NameVersion, str]] = {}
        repository = self.context.repository
        for version, content in contents(repository, newest(repository, self.audit.versions.among(wanted), MOST)):
            if wanted[version.path]:
                text = content.decode("utf-8", "replace")
                there = anchors(text)
                here = {anchor for anchor in wanted[version.path] if forms(anchor) & there}
                wanted[version.path] -= here
                found.update(((version.path, anchor), (version, text)) for anchor in here)
        after = successors(repository, {version for version, _ in found.values()})
        return {
            key: (
                self.audit.history.commits[version.commit].hash[:9],
                _heir(key[1], text, after[version].decode("utf-8", "replace")) if version in after else None,
            )
            for key, (version, text) in found.items()
        }


def _heir(anchor: str, before: str, after: str) -> str | None:
    """The one heading that came where the one went."""
    old, new = headings(before), headings(after)
    gone = [one for one in old if one not in new]
    come = [one for one in new if one not in old]
    return come[0] if len(gone) == len(come) == 1 and forms(anchor) & forms(gone[0]) else None


def _has_links(document: Document) -> bool:
    return document.of_today and document.markdown and any(mark in document.text for mark in MARKS)


def links(line: Line) -> list[str]:
    """What a line links to, each once."""
    if not any(mark in line.text for mark in MARKS):
        return []
    prose = ESCAPED.sub("", line.prose)
    return list(dict.fromkeys([*LINK.findall(prose), *DEFINITION.findall(prose), *ATTRIBUTE.findall(prose)]))
