"""References: where other files of a tree import or mention given files."""

from __future__ import annotations

import ast
import json
import mimetypes
import posixpath
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tracker.cache import Cache, digest
from tracker.sources.facts import Facts
from tracker.workspace import PLAN_FILE

KIND = "references"
PYTHON = (".py", ".pyi")
SCRIPTS = (".js", ".jsx", ".mjs", ".ts", ".tsx", ".vue", ".svelte")
SOURCE_ROOTS = ("", "src")
WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")
_CODE = digest(Path(__file__).read_bytes())
"""Part of every cache key: another version of this module finds other references."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The first line of a file that imports or mentions another one."""

    path: str
    line: int
    how: str
    """imports or mentions."""


def uses(facts: Facts, targets: Collection[str], cache: Cache) -> Mapping[str, list[Reference]]:
    """Return by target the files that use it. One git process reads all contents; references are cached by blob.

    The plan, sessions, results, versions and pages count as no users.
    """
    if not targets:
        return {}
    names = _Names(sorted(targets), facts.tree.files)
    table = digest(_CODE, *names.targets, *map(str, names.shortest.values()))
    keys = {path: digest(table, path, blob) for path, blob in facts.tree.files.items() if _may_use(path, facts)}
    known = cache.get(KIND, keys.values())
    missing = [path for path, key in keys.items() if key not in known]
    fresh = {keys[path]: json.dumps(list(names.used_by(path, content))) for path, content in facts.tree.read(missing)}
    cache.put(KIND, fresh, only=keys.values())
    said = known | fresh
    found: dict[str, list[Reference]] = defaultdict(list)
    for path, key in keys.items():
        for target, line, how in json.loads(said.get(key, "[]")):
            found[target].append(Reference(path, line, how))
    return found


def tells(path: str, facts: Facts) -> bool:
    """Return whether a file describes the work: the plan, a session, a result, a version or a page."""
    plan = facts.plan
    folders = (plan.sessions, plan.results, plan.versions, plan.docs)
    return path == PLAN_FILE or path.startswith(tuple(f"{folder.rstrip('/')}/" for folder in folders))


def _may_use(path: str, facts: Facts) -> bool:
    kind, encoding = mimetypes.guess_type(path)
    is_text = encoding is None and not (kind or "").startswith(("image/", "audio/", "video/", "font/"))
    return is_text and not tells(path, facts)


class _Names:
    """The names by which files may be referred to."""

    def __init__(self, targets: list[str], files: Collection[str]) -> None:
        self.targets = targets
        self._known = frozenset(targets)
        self.shortest = _shortest(targets, files)
        self._by_word: dict[bytes, list[str]] = defaultdict(list)
        for target in targets:
            stem = posixpath.basename(target).split(".")[0] or posixpath.basename(target)
            if stem == "__init__":
                stem = posixpath.basename(posixpath.dirname(target))
            words = WORD.findall(stem.encode("utf-8", "surrogateescape"))
            if words:
                self._by_word[max(words, key=len)].append(target)

    @cached_property
    def _mentions(self) -> Mapping[str, re.Pattern[bytes]]:
        return {target: re.compile(_mention(name)) for target, name in self.shortest.items()}

    def used_by(self, path: str, content: bytes) -> Iterator[tuple[str, int, str]]:
        """Return target, line and kind of each reference in a file."""
        if b"\0" in content[:8000]:
            return
        words = set(WORD.findall(content))
        candidates = [target for word in self._by_word.keys() & words for target in self._by_word[word]]
        if not candidates:
            return
        imported = dict(self._imports(path, content)) if path.endswith(PYTHON) else {}
        for target in sorted(candidates):
            if target == path:
                continue
            if target in imported:
                yield target, imported[target], "imports"
            elif match := self._mentions[target].search(content):
                yield target, content.count(b"\n", 0, match.start()) + 1, "mentions"

    def _imports(self, path: str, content: bytes) -> Iterator[tuple[str, int]]:
        """Return the targets that a Python file imports, the last line of each first."""
        with warnings.catch_warnings(), suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            warnings.simplefilter("ignore")
            statements = [
                node for node in ast.walk(ast.parse(content)) if isinstance(node, (ast.Import, ast.ImportFrom))
            ]
            for node in sorted(statements, key=lambda node: -node.lineno):
                for module in _modules(node, path):
                    for target in self._files_of(module, path):
                        yield target, node.lineno

    def _files_of(self, module: str, path: str) -> Iterator[str]:
        """Return the targets that a module may be: from the top, below src, or beside the file."""
        inside = module.replace(".", "/")
        for root in (*SOURCE_ROOTS, posixpath.dirname(path)):
            for name in (f"{inside}.py", f"{inside}/__init__.py"):
                candidate = posixpath.join(root, name)
                if candidate in self._known:
                    yield candidate


def _modules(node: ast.Import | ast.ImportFrom, path: str) -> Iterator[str]:
    """Return every module that a statement may import; relative ones are resolved by the path of the file."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        folders = posixpath.dirname(path).split("/")
        above = folders[: len(folders) - node.level + 1]
        base = ".".join(filter(None, [*above, base]))
    if base:
        yield base
    yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names)


def _mention(name: str) -> bytes:
    """Return a pattern for the name as a whole word; for a script also without its suffix, as in `"./gate"`."""
    whole = rb"(?<![\w-])(?<!\w\.)" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?![\w-])"
    stem, suffix = posixpath.splitext(name)
    if suffix not in SCRIPTS:
        return whole
    return whole + rb"|[\"'](?:[^\"'\n]*/)?" + re.escape(stem.encode("utf-8", "surrogateescape")) + rb"[\"']"


def _shortest(targets: list[str], files: Collection[str]) -> dict[str, str]:
    """Return by target the shortest end of its path that no other file of the tree shares."""
    names = set(map(posixpath.basename, targets))
    shared = Counter(end for path in files if posixpath.basename(path) in names for end in _ends(path))
    return {target: next((end for end in _ends(target) if shared[end] <= 1), target) for target in targets}


def _ends(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[-count:]) for count in range(1, len(parts) + 1))
