"""Follow imports and references from every entry point, and judge each code file by what reaches it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from posixpath import basename, dirname

from tracker.audit.reachability.conventions import (
    LOCATED,
    SCRIPT_FOLDER,
    is_aside,
    is_copied,
    is_test,
    javascript_entry,
    python_entry,
)
from tracker.audit.reachability.index import PYTHON, SCRIPTS, PathIndex, folders, join
from tracker.audit.reachability.javascript import javascript_imports
from tracker.audit.reachability.model import FileImports, FileReach, Reachability, ReachStatus
from tracker.audit.reachability.packages import entry_files, read_manifests, resolve_specifier
from tracker.audit.reachability.python import notebook_imports, python_imports
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
PROJECT = frozenset(["pyproject.toml", "setup.py", "requirements.txt", "manage.py", "Pipfile"])
RUNNERS = frozenset(["modal", "streamlit", "chainlit", "bentoml", "aws_cdk", "pulumi", "marimo", "manim", "locust"])
"""Packages whose command runs a program by its path."""
HEADER = 600
MOSTLY = 0.5  # a package in which more than this share is not reached has an entry point that was missed
SMALL = 4
CONFIGURES = re.compile(r"\.config\.|/?setup\.py$")
DATA = re.compile(
    r"(?:src|app|lib)/(?!.*(?:locale|i18n|lang|messages|translation|schema|abi|config|tsconfig|manifest|package|routes|pages|/\.))",
    re.IGNORECASE,
)
WHOLE = frozenset(
    ["src", "app", "lib", "backend", "frontend", "server", "client", "tests", "test", "scripts"]
)  # too common to mean a folder of plug-ins


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


def analyse(
    files: Mapping[str, object], read: Callable[[str], str | None], facts: Mapping[str, FileImports] | None = None
) -> Reachability:
    """Judge every code file of a tree by what reaches it.

    `files` are the tracked paths, `read` returns the text of one (None: it cannot be read), `facts` are results of
    `imports_of` that are known already; the rest is read. A file is `UNREACHABLE` only when entry points of its package
    were followed and neither they nor a test nor a script that may be run leads to it.
    """
    return _Graph(files, read, dict(facts or {})).judge()


class _Graph:
    def __init__(
        self, files: Mapping[str, object], read: Callable[[str], str | None], facts: dict[str, FileImports]
    ) -> None:
        self.index = PathIndex(path for path in files if "node_modules/" not in path)
        self.code = [path for path in self.index.paths if path.endswith(ANALYSED)]
        self.tests = frozenset(filter(is_test, self.index.paths))
        self.facts = {
            path: facts[path] if path in facts else _extract(path, read) for path in self.index.paths if is_read(path)
        }
        self.manifests = read_manifests(self.index, read)
        self.used = frozenset(
            name.split(".")[0] for path in self.code if path.endswith(PYTHON) for name in self.facts[path].imports
        )
        self.projects = {dirname(path) for path in self.index.paths if basename(path) in PROJECT}
        self._specifiers: dict[tuple[str, str], list[str]] = {}
        self.parents: dict[str, str] = {}
        self.entries: dict[str, str] = {}

    def judge(self) -> Reachability:
        live = self._follow(self._entries(), loose=True)
        unsure = self._follow(self._unsure(live), loose=False, seen=live)
        roots = dict.fromkeys(filter(self.tests.__contains__, self.code), "a test")
        tests = self._follow(roots, loose=True, seen=live | unsure)
        status = {path: self._status(path, live, unsure, tests) for path in self.code}
        self._distrust_packages(status)
        self._distrust_programs(status)
        self._spare_imported(status)
        self._spare_packages(status)
        dead = {path for path, (kind, _) in status.items() if kind is ReachStatus.UNREACHABLE}
        importers = self._importers(dead)
        reaches = {path: FileReach(*status[path], tuple(importers.get(path, ()))) for path in self.code}
        return Reachability(reaches, self._dead_tests(dead), self._dead_assets(dead), self.facts)

    # entry points

    def _entries(self) -> dict[str, str]:
        found = {path: reason for path in self.code if (reason := self._convention(path))}
        for package in self.manifests.js.values():
            reason = f"what {package.folder or 'the root'}/package.json exports"
            found |= dict.fromkeys(entry_files(package, self.index), reason)
        for path, fact in self.facts.items():
            if path.endswith(".ipynb"):
                found[path] = "a notebook"
            elif not path.endswith(ANALYSED):
                found |= dict.fromkeys(self._named_by_text(path, fact), f"named by {path}")
        self.entries = {path: reason for path, reason in found.items() if path not in self.tests}
        return self.entries

    def _convention(self, path: str) -> str:
        if path in self.tests:
            return ""
        if join(dirname(path), "SKILL.md") in self.index.known:
            return "a part of a skill, which assistants run"
        if path.endswith(PYTHON):
            shipped = next(filter(None, map(self.manifests.distributions.get, folders(path))), "")
            if shipped and not re.search(r"(?:^|/)_[a-z][^/]*", path):
                return f"a public module of the distribution in {shipped}"
            return python_entry(path, self.used)
        package = self.manifests.js_package(path)
        root = package.folder if package else ""
        dependencies = package.dependencies if package else frozenset[str]()
        if "vercel.json" in self.index.known or join(root, "vercel.json") in self.index.known:
            dependencies |= {"vercel.json"}
        return javascript_entry(path[len(root) + 1 :] if root else path, dependencies | self._hoisted(root))

    def _hoisted(self, root: str) -> frozenset[str]:
        """Frameworks that a parent manifest installs for a folder without its own."""
        parents = [self.manifests.js[f].dependencies for f in folders(root) if f in self.manifests.js] if root else []
        return frozenset[str]().union(*parents)

    def _named_by_text(self, path: str, fact: FileImports) -> Iterator[str]:
        """Yield the code files that a build file, workflow or page names, and what a document says to run."""
        names = fact.commands if is_document(path) else fact.strings
        yield from (target for name in names for target in self._named(path, name) if target.endswith(ANALYSED))
        globs = [glob for name in fact.patterns for glob in (join(dirname(path), name), name)]
        yield from (target for glob in globs for target in self.index.matching(glob) if target.endswith(ANALYSED))

    def _named(self, path: str, name: str) -> Iterator[str]:
        """The files that a string names by path, by path without extension, or by dotted module name."""
        if re.search(r"\.(?:py|pyw|[cm]?[jt]sx?|vue|svelte|astro|json|ipynb)$", name):
            yield from self.index.by_suffix(name.lstrip("./"), path)
        if "/" in name and not name.startswith("/"):
            yield from self._without_extension(path, name)
        elif path.endswith(PYTHON) and name.startswith(".") and "/" not in name:
            yield from self.index.python(path, name)
        elif "/" not in name and re.fullmatch(r"[A-Za-z_][\w.]*(?::[\w.]+)?", name):
            module = name.split(":")[0]
            least = 1 if ":" in name or is_document(path) else min(2, module.count(".") + 1)
            yield from self.index.python(path, module, least, "." in module)

    def _without_extension(self, path: str, name: str) -> Iterator[str]:
        tail = name.removeprefix("./").split("#")[0]
        parts = [part for part in tail.split("/") if part not in ("", ".", "..")]
        yield from self.index.script(join(dirname(path), tail))
        if len(parts) > 1:
            yield from self.index.script_by_suffix("/".join(parts))
            stem, dot, _ = parts[-1].partition(".")
            if dot:  # `src/handlers/send.main`
                yield from self.index.script_by_suffix("/".join([*parts[:-1], stem]))
            yield from self.index.python(path, ".".join([*parts[:-1], stem]), least=len(parts))

    # following

    def _follow(self, roots: Mapping[str, str], *, loose: bool, seen: Collection[str] = ()) -> set[str]:
        """Return what the roots lead to beyond `seen`; with `loose`, strings that name a file count too."""
        queue = deque(root for root in roots if root not in seen)
        known = {*seen, *queue}
        while queue:
            path = queue.popleft()
            for target in self._targets(path, loose):
                if target not in known and not (loose and target in self.tests and path not in self.tests):
                    known.add(target)
                    self.parents[target] = path
                    queue.append(target)
        return known.difference(seen)

    def _targets(self, path: str, loose: bool) -> Iterator[str]:
        fact = self.facts.get(path)
        if fact is None:
            return
        yield from self._imported(path, fact)
        if loose:
            for name in fact.strings:
                yield from self._named(path, name)
        if path.endswith(PYTHON):
            yield from self.index.known.intersection(f"{folder}/__init__.py" for folder in folders(path))

    def _imported(self, path: str, fact: FileImports) -> Iterator[str]:
        if path.endswith((*PYTHON, ".ipynb")):
            for name in fact.imports:
                yield from self.index.python(path, name)
            for name in fact.patterns:
                yield from self._python_pattern(path, name)
            return
        for name in fact.imports:
            yield from self._specified(path, name)
        for name in fact.strings:
            if name.startswith(("./", "../", "@/", "~/", "/src/", "$lib/")):
                yield from self._specified(path, name)
        for name in fact.patterns:
            yield from self._script_pattern(path, name)

    def _specified(self, path: str, name: str) -> list[str]:
        key = (dirname(path), name)
        if key not in self._specifiers:
            self._specifiers[key] = resolve_specifier(path, name, self.index, self.manifests)
        return self._specifiers[key]

    def _python_pattern(self, path: str, name: str) -> Iterator[str]:
        """Yield every module of the package or folder that the start of a name built at run time means."""
        head = name.split("*")[0]
        if "/" in head:
            targets = self.index.folder_by_suffix(head.rsplit("/", 1)[0])
        elif head.startswith("."):
            targets = [dirname(path)]
        elif "." in head:
            targets = self.index.folder_by_suffix(head.rsplit(".", 1)[0].replace(".", "/"))
        else:
            return
        yield from (target for folder in targets for target in self.index.under(folder) if target.endswith(PYTHON))

    def _script_pattern(self, path: str, name: str) -> Iterator[str]:
        package = self.manifests.js_package(path)
        root = package.folder if package else ""
        if name.startswith("."):
            yield from self.index.matching(join(dirname(path), name))
            return
        rest = name.partition("/")[2]
        for base in ("", "src", "app", "src/lib"):
            yield from self.index.matching(join(root, join(base, rest)))
        yield from self.index.matching(join(root, name.lstrip("/")))

    # what may be reached in a way that cannot be seen

    def _unsure(self, live: set[str]) -> dict[str, str]:
        found = {path: "a script that nothing names" for path in self.code if self._is_loose_script(path)}
        for path in sorted(live):
            fact = self.facts.get(path)
            if fact and fact.opaque:
                found |= dict.fromkeys(self._may_load(path, fact), f"a dynamic import in {path} may load it")
        self.unsure = found
        return found

    def _is_loose_script(self, path: str) -> bool:
        fact = self.facts[path]
        runs = fact.script and (path.endswith(PYTHON) or not fact.module)
        runs = runs or (path.endswith(PYTHON) and any(name.split(".")[0] in RUNNERS for name in fact.imports))
        return path not in self.tests and (is_aside(path) or runs or bool(SCRIPT_FOLDER.match(path)))

    def _may_load(self, path: str, fact: FileImports) -> Iterator[str]:
        """Yield what a dynamic import without a readable name may load: its folder, and what it names."""
        kinds = PYTHON if path.endswith(PYTHON) else SCRIPTS
        package = self.manifests.js_package(path)
        top = "" if package is None else package.folder
        own = dirname(path)
        packaged = self._is_packaged(path) if kinds is PYTHON else own not in (top, join(top, "src"), "")
        found = [one for one in self.index.under(own) if packaged or dirname(one) == own]
        names = [name.replace(".", "/") if "/" not in name else name for name in (*fact.strings, *fact.patterns)]
        named = {folder for name in names if name not in WHOLE for folder in self.index.folder_by_suffix(name)}
        if kinds is PYTHON:
            loaded = (one for name in fact.imports for one in self.index.python(path, name))
            named |= {dirname(one) for one in loaded if one.endswith("/__init__.py")}
            found += [one for name in fact.strings if name.isidentifier() for one in self.index.python(path, name)]
        found += [one for folder in named for one in self.index.under(folder)]
        yield from (one for one in found if one.endswith(kinds))

    # verdicts

    def _status(self, path: str, live: set[str], unsure: set[str], tests: set[str]) -> tuple[ReachStatus, str]:
        if path in live:
            return ReachStatus.REACHED, self.entries.get(path, "an entry point leads to it")
        if path in unsure:
            return ReachStatus.UNKNOWN, self._why_unsure(path)
        if path in self.tests:
            return ReachStatus.TESTS, "a test or a helper of tests"
        if path in tests:
            return ReachStatus.TESTS, "only tests lead to it"
        why = self._why_python if path.endswith(PYTHON) else self._why_script
        if reason := self._why_unread(self.facts[path]) or why(path, self.facts[path]):
            return ReachStatus.UNKNOWN, reason
        return ReachStatus.UNREACHABLE, "no entry point, import or reference leads to it"

    def _why_unread(self, fact: FileImports) -> str:
        if fact.error:
            return f"the file {fact.error}"
        return "a program generates it" if fact.generated else ""

    def _why_python(self, path: str, fact: FileImports) -> str:
        """Why a module may be reached all the same; "" for no reason."""
        if not fact.module and not self._is_packaged(path):
            return "it defines nothing, and its folder is no package"
        if not basename(path).rpartition(".")[0].isidentifier():
            return "its name cannot be imported; it may be copied or run"
        return ""

    def _is_packaged(self, path: str) -> bool:
        return f"{dirname(path)}/__init__.py" in self.index.known

    def _why_unsure(self, path: str) -> str:
        if path in self.unsure:
            aside = "its folder holds files that are served, copied or kept, not imported"
            return aside if is_aside(path) else self.unsure[path]
        return f"only {self.parents.get(path, 'a script')} leads to it, which nothing names"

    def _why_script(self, path: str, fact: FileImports) -> str:
        """The same, of a script."""
        package = self.manifests.js_package(path)
        if package is None:
            return "no package.json above it"
        if LOCATED.search(path[len(package.folder) :]):
            return "its folder may be deployed file by file"
        if package.published and not package.closed:
            return "its package is published and allows importing any file"
        shadcn = "components/ui/" in path or join(package.folder, "components.json") in self.index.known
        if shadcn and is_copied(path):
            return "a component that the shadcn tools copied, whose set is kept whole"
        return "" if fact.module else "it exports nothing; it may be run"

    def _project(self, path: str) -> str:
        """The folder whose files stand or fall together: the package of a script, the top folder of a Python module."""
        if not path.endswith(PYTHON):
            package = self.manifests.js_package(path)
            return f"js:{package.folder if package else ''}"
        return "py:" + next((folder for folder in folders(path) if folder in self.projects), "")

    def _distrust_packages(self, status: dict[str, tuple[ReachStatus, str]]) -> None:
        """Where most files are unreachable, or none is reached, an entry point was missed: nothing there is known."""
        groups: dict[str, list[str]] = defaultdict(list)
        for path in self.code:
            groups[self._project(path)].append(path)
        reason = "most of its package is not reached, so an entry point may be missing here"
        for paths in groups.values():
            dead = [path for path in paths if status[path][0] is ReachStatus.UNREACHABLE]
            live = [path for path in paths if status[path][0] is ReachStatus.REACHED and not CONFIGURES.search(path)]
            if not live or (len(dead) > SMALL and len(dead) > MOSTLY * (len(dead) + len(live))):
                status.update(dict.fromkeys(dead, (ReachStatus.UNKNOWN, reason)))

    def _distrust_programs(self, status: dict[str, tuple[ReachStatus, str]]) -> None:
        """Where a folder has no more Python modules that are reached than unknown ones, people may run the rest."""
        weights: Counter[str] = Counter()
        for path, (kind, _) in status.items():
            if path.endswith(PYTHON) and basename(path) != "__init__.py":
                weights[dirname(path)] += (kind is ReachStatus.REACHED) - (kind is ReachStatus.UNKNOWN)
        reason = "no more modules of its folder are reached than are unknown"
        for path, (kind, _) in status.items():
            if path.endswith(PYTHON) and kind is ReachStatus.UNREACHABLE and weights[dirname(path)] <= 0:
                status[path] = ReachStatus.UNKNOWN, reason

    def _spare_imported(self, status: dict[str, tuple[ReachStatus, str]]) -> None:
        """What a file imports that cannot be judged cannot be judged either."""
        unknown = [path for path in self.code if status[path][0] is ReachStatus.UNKNOWN]
        for path in unknown:  # the loop below appends to it
            for target in self._targets(path, loose=False):
                if status.get(target, ("",))[0] is ReachStatus.UNREACHABLE:
                    status[target] = ReachStatus.UNKNOWN, f"only {path} leads to it, and {status[path][1]}"
                    unknown.append(target)

    def _spare_packages(self, status: dict[str, tuple[ReachStatus, str]]) -> None:
        """An `__init__.py` is dead only with everything in its folder."""
        for path in self.code:
            if status[path][0] is ReachStatus.UNREACHABLE and basename(path) == "__init__.py":
                inside = (one for one in self.index.under(dirname(path)) if one in status)
                if any(status[one][0] is not ReachStatus.UNREACHABLE for one in inside):
                    status[path] = ReachStatus.UNKNOWN, "it makes a package of programs that may be run"

    def _importers(self, dead: set[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(dead):
            for target in dict.fromkeys(self._imported(path, self.facts[path])):
                if target in dead and target != path:
                    found[target].append(path)
        return found

    def _dead_tests(self, dead: set[str]) -> dict[str, tuple[str, ...]]:
        """Tests whose imports of this tree, other tests left out, are all unreachable."""
        found: dict[str, tuple[str, ...]] = {}
        for path in self.tests.intersection(self.code) if dead else ():
            targets = {one for one in self._imported(path, self.facts[path]) if one in self.facts} - self.tests
            targets = {one for one in targets if basename(one) != "__init__.py"}
            if targets and targets <= dead:
                found[path] = tuple(sorted(targets))
        return dict(sorted(found.items()))

    def _dead_assets(self, dead: set[str]) -> dict[str, tuple[str, ...]]:
        """Files other than code that unreachable code alone imports, and JSON data that nothing imports or names."""
        if not dead:
            return {}
        users: dict[str, set[str]] = defaultdict(set)
        for path in self.code:
            for target in self._imported(path, self.facts[path]):
                if not target.endswith((*ANALYSED, ".ipynb")):
                    users[target].add(path)
        named = self._named_files()
        users |= {path: set() for path in self.index.paths if path not in users and self._is_lost_data(path, named)}
        return {target: tuple(sorted(by)) for target, by in sorted(users.items()) if by <= dead}

    def _named_files(self) -> set[str]:
        """The names of files and folders that any string of code, or any text other than a document, holds."""
        facts = [fact for path, fact in self.facts.items() if not is_document(path) and not path.endswith(".json")]
        names = {name.rstrip("/*") for fact in facts for name in (*fact.strings, *fact.patterns, *fact.imports)}
        return {basename(name) for name in names} | {basename(dirname(name)) for name in names if "*" in name}

    def _is_lost_data(self, path: str, named: set[str]) -> bool:
        package = self.manifests.js_package(path) if path.endswith(".json") else None
        if package is None or is_aside(path) or path in self.tests or package.published:
            return False
        inside = path[len(package.folder) :].lstrip("/")
        names = (basename(path), basename(path).removesuffix(".json"), basename(dirname(path)))
        return bool(DATA.match(inside)) and named.isdisjoint(names)


def is_read(path: str) -> bool:
    """Whether what a file names can lead to code."""
    return path.endswith((*ANALYSED, ".ipynb")) or not (is_skipped(path) or BINARY.search(path))


def _extract(path: str, read: Callable[[str], str | None]) -> FileImports:
    text = read(path)
    return FileImports(error="cannot be read") if text is None else imports_of(path, text)
