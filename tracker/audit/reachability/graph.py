"""Follow imports and references from every entry point, and judge each code file by what reaches it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property

from tracker.audit.reachability.conventions import (
    LOCATED,
    SCRIPT_FOLDER,
    is_aside,
    is_copied,
    is_test,
    javascript_entry,
    python_entry,
)
from tracker.audit.reachability.index import PYTHON, SCRIPTS, PathIndex, file_of, folder_of, folders, join
from tracker.audit.reachability.javascript import javascript_imports
from tracker.audit.reachability.model import FileImports, Reachability
from tracker.audit.reachability.packages import entry_files, read_manifests
from tracker.audit.reachability.python import notebook_imports, python_imports
from tracker.audit.reachability.resolve import Resolver
from tracker.audit.reachability.text import is_document, is_skipped, text_imports

ANALYSED = (*PYTHON, *SCRIPTS)
BINARY = re.compile(
    r"\.(?:png|jpe?g|gif|tiff?|bmp|har|eml|ico|webp|avif|pdf|zip|gz|tar|tgz|bz2|7z|mp[34]|mov|webm|wav|ogg"
    r"|woff2?|ttf|otf|eot|so|dll|exe|pyc|class|jar|db|sqlite3?|npy|npz|pt|pth|onnx|bin|dat|pkl|parquet|h5"
    r"|psd|ai|sketch|wasm|icns|glb|heic|docx?|xlsx?|pptx?)$",
    re.IGNORECASE,
)
GENERATED = re.compile(
    r"@generated|(?:auto|automatically)[ -]?generated|generated (?:by|from|with|file|code)|do not (?:edit|modify)",
    re.IGNORECASE,
)
HEADER = 600
"""Letters at the top of a file that may say that a program generates it."""
PROJECT = frozenset(["pyproject.toml", "setup.py", "requirements.txt", "manage.py", "Pipfile"])
RUNNERS = frozenset(["modal", "streamlit", "chainlit", "bentoml", "aws_cdk", "pulumi", "marimo", "manim", "locust"])
"""Packages whose command runs a program by its path."""
PRIVATE = re.compile(r"(?:^|/)_[a-z][^/]*")
MOSTLY = 0.5
"""A package in which more than this share is not reached has an entry point that was missed."""
SMALL = 4
CONFIGURES = re.compile(r"\.config\.|/?setup\.py$")
Read = Callable[[str], str | None]


def imports_of(path: str, text: str) -> FileImports:
    """Return what one file names: a pure function whose result can be pickled, so it can be cached by blob."""
    if path.endswith(PYTHON):
        found = python_imports(text)
    elif path.endswith(".ipynb"):
        found = notebook_imports(text)
    elif path.endswith(SCRIPTS):
        found = javascript_imports(path, text)
    else:
        return text_imports(path, text)
    return replace(found, generated=bool(GENERATED.search(text[:HEADER])))


def is_read(path: str) -> bool:
    """Whether what a file names can lead to code."""
    return path.endswith((*ANALYSED, ".ipynb")) or not (is_skipped(path) or BINARY.search(path))


def analyse(files: Collection[str], read: Read, facts: Mapping[str, FileImports] | None = None) -> Reachability:
    """Judge every code file of a tree by what reaches it.

    `files` are the tracked paths, `read` returns the text of one (None: it cannot be read), `facts` are results of
    `imports_of` that are known already; the rest is read. A file is unreachable only when entry points of its package
    were followed and neither they nor a test nor a script that may be run leads to it.
    """
    return _Graph(files, read, facts or {}).judge()


class _Graph:
    def __init__(self, files: Collection[str], read: Read, known: Mapping[str, FileImports]) -> None:
        self.index = PathIndex(path for path in files if "node_modules/" not in path)
        self.code = frozenset(path for path in self.index.paths if path.endswith(ANALYSED))
        self.tests = frozenset(filter(is_test, self.index.paths))
        paths = filter(is_read, self.index.paths)
        self.facts = {path: known[path] if path in known else _extract(path, read) for path in paths}
        self.manifests = read_manifests(self.index, read)
        self.resolver = Resolver(self.index, self.manifests, self.facts)

    def judge(self) -> Reachability:
        live = self._follow(self._entries(), loose=True)
        unsure = self._follow(self._unsure(live), live, loose=False)
        tests = self._follow((self.tests & self.code) - live - unsure, live | unsure, loose=True)
        open_ones = self.code - self.tests - live - unsure - tests
        dead = {path for path in open_ones if not self._may_be_used(path)}
        dead -= self._of_distrusted(dead, live)
        dead -= self._beside_programs(dead, live, (open_ones | (unsure & self.code)) - dead)
        # what a file imports that cannot be judged cannot be judged either
        unknown = (open_ones | (unsure & self.code)) - dead
        dead -= self._follow(unknown, self.index.known - dead, loose=False)
        dead -= {path for path in dead if file_of(path) == "__init__.py" and not self._is_dead_package(path, dead)}
        only_tests = (tests & self.code) - self.tests
        return Reachability(
            self._importers(dead), tuple(sorted(only_tests)), self._dead_tests(dead), self._dead_assets(dead)
        )

    # following

    def _follow(self, roots: Iterable[str], seen: AbstractSet[str] = frozenset(), *, loose: bool) -> set[str]:
        """Return what the roots lead to, themselves among it, beyond `seen`; with `loose`, strings that name a file
        count too."""
        queue = deque(roots)
        known = {*seen, *queue}
        while queue:
            path = queue.popleft()
            for target in self._targets(path, loose):
                if target not in known and not (loose and target in self.tests and path not in self.tests):
                    known.add(target)
                    queue.append(target)
        return known.difference(seen)

    def _targets(self, path: str, loose: bool) -> Iterator[str]:
        yield from self.resolver.imported(path)
        if loose and path in self.facts:
            for name in self.facts[path].strings:
                yield from self.resolver.named(path, name)
        if path.endswith(PYTHON):
            yield from self.index.known.intersection(f"{folder}/__init__.py" for folder in folders(path))

    # entry points

    def _entries(self) -> set[str]:
        found = {path for path in self.code if self._is_entry(path)}
        for package in self.manifests.js.values():
            found.update(entry_files(package, self.index))
        for path, fact in self.facts.items():
            if path.endswith(".ipynb"):
                found.add(path)
            elif not path.endswith(ANALYSED):
                found.update(self._named_by_text(path, fact))
        return found - self.tests

    def _is_entry(self, path: str) -> bool:
        """Whether a framework, a tool or the users of a distribution load a file by its name or place."""
        if path in self.tests:
            return False
        if join(folder_of(path), "SKILL.md") in self.index.known:
            return True  # a part of a skill, which assistants run
        if path.endswith(PYTHON):
            shipped = any(folder in self.manifests.distributions for folder in folders(path))
            return (shipped and not PRIVATE.search(path)) or bool(python_entry(path, self.used))
        package = self.manifests.js_package(path)
        root = package.folder if package else ""
        return bool(javascript_entry(path[len(root) + 1 :] if root else path, self._dependencies(root)))

    def _dependencies(self, root: str) -> frozenset[str]:
        """What the package in a folder may use: its dependencies, and those of the packages around it."""
        if root not in self._used_by_package:
            packages = [self.manifests.js[one] for one in {root, *folders(root)} if one in self.manifests.js]
            hosts = [{"vercel.json"} for one in ("", root) if join(one, "vercel.json") in self.index.known]
            self._used_by_package[root] = frozenset().union(*(one.dependencies for one in packages), *hosts)
        return self._used_by_package[root]

    @cached_property
    def _used_by_package(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def used(self) -> frozenset[str]:
        """The top-level names that Python code imports."""
        return frozenset(
            name.split(".")[0] for path in self.code if path.endswith(PYTHON) for name in self.facts[path].imports
        )

    def _named_by_text(self, path: str, fact: FileImports) -> Iterator[str]:
        """Yield the code files that a build file, workflow or page names, and what a document says to run."""
        names = fact.commands if is_document(path) else fact.strings
        yield from (target for name in names for target in self.resolver.named(path, name) if target in self.code)
        globs = [glob for name in fact.patterns for glob in (join(folder_of(path), name), name)]
        yield from (target for glob in globs for target in self.index.matching(glob) if target in self.code)

    # what may be used in a way that cannot be seen

    def _unsure(self, live: set[str]) -> set[str]:
        """What may be run or loaded although nothing live names it."""
        opaque = (path for path in live if path in self.facts and self.facts[path].opaque)
        loaded = {one for path in opaque for one in self.resolver.may_load(path, self.facts[path])}
        return (loaded | set(filter(self._is_loose_script, self.code))) - live

    def _is_loose_script(self, path: str) -> bool:
        """Whether a file may be run by hand, served or copied."""
        fact = self.facts[path]
        runs = fact.script and (path.endswith(PYTHON) or not fact.module)
        runs = runs or (path.endswith(PYTHON) and any(name.split(".")[0] in RUNNERS for name in fact.imports))
        return path not in self.tests and (runs or is_aside(path) or bool(SCRIPT_FOLDER.match(path)))

    def _may_be_used(self, path: str) -> bool:
        fact = self.facts[path]
        if fact.error or fact.generated:
            return True
        if not path.endswith(PYTHON):
            return self._may_be_used_script(path, fact)
        packaged = f"{folder_of(path)}/__init__.py" in self.index.known
        importable = file_of(path).rpartition(".")[0].isidentifier()
        return not (fact.module or packaged) or not importable

    def _may_be_used_script(self, path: str, fact: FileImports) -> bool:
        package = self.manifests.js_package(path)
        if package is None or LOCATED.search(path[len(package.folder) :]):
            return True
        shadcn = "components/ui/" in path or join(package.folder, "components.json") in self.index.known
        # others may import any file of a published package; what exports nothing may be run
        return (package.published and not package.closed) or (shadcn and is_copied(path)) or not fact.module

    def _of_distrusted(self, dead: set[str], live: set[str]) -> set[str]:
        """The files of packages of which most are unreachable, or none is reached: an entry point was missed there."""
        groups: dict[str, list[str]] = defaultdict(list)
        for path in self.code:
            groups[self._project(path)].append(path)
        found: set[str] = set()
        for paths in groups.values():
            gone = dead.intersection(paths)
            used = [path for path in paths if path in live and not CONFIGURES.search(path)]
            if not used or (len(gone) > SMALL and len(gone) > MOSTLY * (len(gone) + len(used))):
                found |= gone
        return found

    def _beside_programs(self, dead: set[str], live: set[str], unknown: AbstractSet[str]) -> set[str]:
        """The Python modules of folders with no more reached than unknown ones: people may run the rest."""
        weights: Counter[str] = Counter()
        for path in (one for one in live | unknown if one in self.code and one.endswith(PYTHON)):
            if file_of(path) != "__init__.py":
                weights[folder_of(path)] += 1 if path in live else -1
        return {path for path in dead if path.endswith(PYTHON) and weights[folder_of(path)] <= 0}

    def _project(self, path: str) -> str:
        """The folder whose files stand or fall together: the package of a script, the top folder of a Python module."""
        if not path.endswith(PYTHON):
            package = self.manifests.js_package(path)
            return f"js:{package.folder if package else ''}"
        return "py:" + next((folder for folder in folders(path) if folder in self._projects), "")

    @cached_property
    def _projects(self) -> frozenset[str]:
        return frozenset(folder_of(path) for path in self.index.paths if file_of(path) in PROJECT)

    def _is_dead_package(self, path: str, dead: set[str]) -> bool:
        """Whether everything in the folder of an `__init__.py` is dead."""
        return all(one in dead for one in self.index.under(folder_of(path)) if one in self.code)

    # what else is dead

    def _importers(self, dead: set[str]) -> dict[str, tuple[str, ...]]:
        """By unreachable file: the unreachable files that import it."""
        found: dict[str, list[str]] = {path: [] for path in sorted(dead)}
        for path in sorted(dead):
            for target in self.resolver.imported(path):
                if target in dead and target != path:
                    found[target].append(path)
        return {path: tuple(importers) for path, importers in found.items()}

    def _dead_tests(self, dead: set[str]) -> dict[str, tuple[str, ...]]:
        """Tests whose imports of this tree, other tests left out, are all unreachable."""
        found: dict[str, tuple[str, ...]] = {}
        for path in sorted(self.tests & self.code) if dead else ():
            targets = {one for one in self.resolver.imported(path) if one in self.facts} - self.tests
            targets = {one for one in targets if file_of(one) != "__init__.py"}
            if targets and targets <= dead:
                found[path] = tuple(sorted(targets))
        return found

    def _dead_assets(self, dead: set[str]) -> dict[str, tuple[str, ...]]:
        """Files other than code that unreachable code alone imports."""
        users: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.code) if dead else ():
            for target in self.resolver.imported(path):
                if not target.endswith((*ANALYSED, ".ipynb")):
                    users[target].append(path)
        return {target: tuple(by) for target, by in sorted(users.items()) if dead.issuperset(by)}


def _extract(path: str, read: Read) -> FileImports:
    text = read(path)
    return FileImports(error="cannot be read") if text is None else imports_of(path, text)
