"""The rule `dangling`, of functions, classes and methods."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from tracker.audit.mentions import WORDS
from tracker.audit.names import ASSET, CODE, CONFIG, DOCUMENT, SHELL, Kind, name_of, words_in
from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import Document, DocumentContext, Line
from tracker.audit.versions import NameVersion, contents, newest, successors

SYMBOL = re.compile(r"(?:([A-Za-z_][\w.:#]*)(?:\.|::|#))?([A-Za-z_]\w{3,})(\([^()]*\))?")
IMPORTED = re.compile(r"\bfrom\s+([\w.]+)\s+import\b([^\n]*)|`(\w+)`\s+(?:from|of|in)\s+`([\w.]+)`")
SUFFIXES = CODE | SHELL | DOCUMENT | CONFIG | ASSET
VENDORED = frozenset(words_in("bower_components node_modules vendor vendors third_party site-packages"))
MOST = 64_000_000
"""Bytes of earlier code that are searched for definitions, the newest first."""
DEFINITION = re.compile(
    rb"\b(?:def|class|function\*?|func|fn|const|let|var|type|interface|struct|enum|trait|protocol|object|module|sub)"
    rb"\s{1,9}(?:\([^)\n]{0,200}\)\s{0,9})?([A-Za-z_]\w{3,})"
    rb"|^[ \t]*(?:[\w<>\[\],*&]+[ \t]+){0,5}([A-Za-z_]\w{3,})\([^)\n]{0,500}\)[^;\n(){}]{0,60}\{"
    rb"|^[ \t]*(?:self\.|this\.)?([A-Za-z_]\w{3,})(?:[ \t]*:[^=\n]{1,60})?[ \t]*=[^=]",
    re.MULTILINE,
)


class Named(NamedTuple):
    """A symbol that a document names."""

    document: Document
    line: Line
    written: str
    gone: str
    """The word that no code has any more: the symbol, or the class or module it is of."""
    beside: str
    """The word that has to stand in the same code: the other of the two; "" for none."""


class GoneSymbol(NamedTuple):
    """A written symbol, the word of it that no code has any more, and the other one."""

    symbol: str
    word: str
    beside: str


class Proof(NamedTuple):
    """Code that once defined a symbol."""

    version: NameVersion
    content: bytes


class DanglingSymbols(DocumentRule):
    """A document names a function, class or method in back-ticks that was once defined, and that no code knows now."""

    rule = "dangling"
    confidence = 0.95

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._lost: list[Named] = []

    @cached_property
    def _stems(self) -> frozenset[str]:
        """The names of the files that are there, without their suffix."""
        return frozenset(name.stem for name in self.audit.names.values())

    @classmethod
    def note(cls, document: Document) -> list[str]:
        """What may name a symbol."""
        spans = {span for line in document.lines if "`" in line.text for span in line.spans} if document.of_here else ()
        return sorted(filter(SYMBOL.fullmatch, spans))

    def concerns(self, document: Document, note: Any) -> bool:
        """See `DocumentRule.concerns`."""
        words = self.audit.text(document.path).symbols
        unknown = any(word.decode("utf-8", "replace") in self.audit.unknown_symbols for word in words)
        return unknown and any(map(self._gone, note or ()))

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        foreign = self._foreign(document)
        for line in document.lines if document.of_here else ():
            for written in dict.fromkeys(line.spans):
                if (gone := self._gone(written)) and gone.symbol not in foreign:
                    self._lost.append(Named(document, line, written, gone.word, gone.beside))

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        proofs = self._proofs()
        after = successors(self.context.repository, {proof.version for proof in proofs.values()})
        for one in self._lost:
            proof = proofs.get((one.gone, one.beside))
            if proof is None:
                continue
            by = self.audit.history.commits[proof.version.commit].hash[:9]
            heir = self._heir(one.gone, proof.content, after.get(proof.version, b""))
            place = (one.document.path, one.line, one.written)
            if heir:
                new = one.written.replace(one.gone, heir)
                text = one.line.text.replace(f"`{one.written}`", f"`{new}`")
                yield self.statement(*place, f"names {one.written}, renamed to {heir} by {by}", by, text)
            else:
                yield self.statement(*place, f"names {one.written}, removed from {proof.version.path} by {by}", by)

    def _gone(self, written: str) -> GoneSymbol | None:
        """The word of a symbol that no code has any more."""
        if not (found := SYMBOL.fullmatch(written)):
            return None
        owner = (found[1] or "").rpartition(".")[2].rpartition(":")[2].rpartition("#")[2]
        symbol, call = found[2], found[3]
        is_class = symbol[0].isupper() and symbol[1:] not in (symbol[1:].lower(), symbol[1:].upper())
        if symbol.lower() in SUFFIXES or not (owner or call or is_class):
            return None  # the name of a file, or a word that may mean anything
        if owner and not call and symbol in self._stems:
            return None  # a module
        if owner and is_class and owner.islower() and owner not in self._own:
            return None  # a class of another package
        unknown = self.audit.unknown_symbols
        if symbol in unknown:
            return GoneSymbol(symbol, symbol, owner)
        if owner in unknown and owner[:1].isupper():
            return GoneSymbol(symbol, owner, symbol)
        return None

    def _proofs(self) -> dict[tuple[str, str], Proof]:
        """By symbol and what has to be beside it: the newest code that defined it, which a commit replaced."""
        beside: dict[str, set[str]] = defaultdict(set)
        for one in self._lost:
            beside[one.gone].add(one.beside)
        found: dict[tuple[str, str], Proof] = {}
        if not beside:
            return found
        wanted = frozenset(map(str.encode, beside))
        code = [path for path in self.audit.versions.replaced if _is_own_code(path)]
        once: dict[str, NameVersion] = {}
        for version in self.audit.versions.among(code):
            once.setdefault(version.blob, version)
        searched = newest(self.context.repository, list(once.values()), MOST)
        if len(searched) < len(once):
            self.context.limits.append(
                f"code names in documents were looked for in {len(searched)} of {len(once)} earlier versions of code, "
                "the newest that are here"
            )
        for version, content in contents(self.context.repository, searched):
            near = set((content + b"\n" + version.path.encode("utf-8", "replace")).translate(WORDS).split())
            if wanted.isdisjoint(near):
                continue
            for word in definitions(content) & beside.keys():
                for other in beside[word]:
                    if (word, other) not in found and (not other or other.encode() in near):
                        found[word, other] = Proof(version, content)
        return found

    def _foreign(self, document: Document) -> frozenset[str]:
        """The symbols of which the document itself says that they come from other packages."""
        said = ((one[1] or one[4], one[2] or one[3]) for one in IMPORTED.finditer(document.text))
        other = (names for package, names in said if (top := package.partition(".")[0]) and top not in self._own)
        return frozenset(word for names in other for word in re.findall(r"\w+", names))

    @cached_property
    def _own(self) -> frozenset[str]:
        """The names of all code files and of their folders, present and past, without suffixes."""
        paths = (*self.audit.files, *self.audit.history.gone)
        code = (path for path in paths if path.rpartition(".")[2] in CODE)
        return frozenset(part.partition(".")[0] for path in code for part in path.split("/"))

    def _heir(self, gone: str, before: bytes, after: bytes) -> str | None:
        """The one name that came where the one went."""
        old, new = definitions(before), definitions(after)
        come = new - old
        return come.pop() if old - new == {gone} and len(come) == 1 else None


def definitions(content: bytes) -> set[str]:
    """The names that code defines, as far as patterns find them in any language."""
    return {word.decode("utf-8", "replace") for found in DEFINITION.findall(content) for word in found if word}


def _is_own_code(path: str) -> bool:
    """Whether a path is code of the project, not of another that is kept in it."""
    return name_of(path).kind in (Kind.CODE, Kind.SCRIPT, Kind.TEST) and VENDORED.isdisjoint(path.split("/"))
