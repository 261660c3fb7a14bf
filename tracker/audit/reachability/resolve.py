"""Which files of a tree the names in a file mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tracker.audit.reachability.index import PYTHON, SCRIPTS, PathIndex, folder_of, join
from tracker.audit.reachability.model import FileImports
from tracker.audit.reachability.packages import Manifests, resolve_specifier
from tracker.audit.reachability.text import is_document

FILE = re.compile(r"\.(?:py|pyw|[cm]?[jt]sx?|vue|svelte|astro|json|ipynb)$")
MODULE = re.compile(r"[A-Za-z_][\w.]*(?::[\w.]+)?")
LOCAL = ("./", "../", "@/", "~/", "/src/", "$lib/")
"""How a string begins that names a script as an import does."""
COMMON = frozenset(["src", "app", "lib", "backend", "frontend", "server", "client", "tests", "test", "scripts"])
"""Names that are too common to mean a folder of plug-ins."""


class Resolver:
    """The files that the imports, strings and patterns of a file may mean."""

    def __init__(self, index: PathIndex, manifests: Manifests, facts: Mapping[str, FileImports]) -> None:
        self._index = index
        self._manifests = manifests
        self._facts = facts
        self._imported: dict[str, tuple[str, ...]] = {}
        self._specifiers: dict[tuple[str, str], list[str]] = {}

    def imported(self, path: str) -> tuple[str, ...]:
        """What the imports of a file mean, and its strings and patterns where they can only be meant as imports."""
        if path not in self._imported:
            fact = self._facts.get(path)
            resolve = self._by_python if path.endswith((*PYTHON, ".ipynb")) else self._by_script
            self._imported[path] = tuple(dict.fromkeys(resolve(path, fact))) if fact else ()
        return self._imported[path]

    def named(self, path: str, name: str) -> Iterator[str]:
        """The files that a string names by path, by path without extension, or by dotted module name."""
        if FILE.search(name):
            yield from self._index.by_suffix(name.lstrip("./"), path)
        if "/" in name and not name.startswith("/"):
            yield from self._without_extension(path, name)
        elif path.endswith(PYTHON) and name.startswith(".") and "/" not in name:
            yield from self._index.python(path, name)
        elif "/" not in name and MODULE.fullmatch(name):
            module = name.split(":")[0]
            least = 1 if ":" in name or is_document(path) else min(2, module.count(".") + 1)
            yield from self._index.python(path, module, least, "." in module)

    def may_load(self, path: str, fact: FileImports) -> Iterator[str]:
        """What a dynamic import without a readable name may load: the folder of its file, and what that names."""
        index, own = self._index, folder_of(path)
        kinds = PYTHON if path.endswith(PYTHON) else SCRIPTS
        package = self._manifests.js_package(path)
        top = "" if package is None else package.folder
        whole = f"{own}/__init__.py" in index.known if kinds is PYTHON else own not in (top, join(top, "src"), "")
        found = [one for one in index.under(own) if whole or folder_of(one) == own]
        names = [name.replace(".", "/") if "/" not in name else name for name in (*fact.strings, *fact.patterns)]
        named = {folder for name in names if name not in COMMON for folder in index.folder_by_suffix(name)}
        if kinds is PYTHON:
            loaded = (one for name in fact.imports for one in index.python(path, name))
            named |= {folder_of(one) for one in loaded if one.endswith("/__init__.py")}
            found += [one for name in fact.strings if name.isidentifier() for one in index.python(path, name)]
        found += [one for folder in named for one in index.under(folder)]
        yield from (one for one in found if one.endswith(kinds))

    def _without_extension(self, path: str, name: str) -> Iterator[str]:
        tail = name.removeprefix("./").split("#")[0]
        parts = [part for part in tail.split("/") if part not in ("", ".", "..")]
        if parts and not self._index.has_name(parts[-1]):
            return
        yield from self._index.script(join(folder_of(path), tail))
        if len(parts) > 1:
            yield from self._index.script_by_suffix("/".join(parts))
            stem, dot, _ = parts[-1].partition(".")
            if dot:  # `src/handlers/send.main`
                yield from self._index.script_by_suffix("/".join([*parts[:-1], stem]))
            yield from self._index.python(path, ".".join([*parts[:-1], stem]), least=len(parts))

    def _by_python(self, path: str, fact: FileImports) -> Iterator[str]:
        for name in fact.imports:
            yield from self._index.python(path, name)
        for name in fact.patterns:
            yield from self._python_pattern(path, name)

    def _python_pattern(self, path: str, name: str) -> Iterator[str]:
        """Every module of the package or folder that the start of a name built at run time means."""
        head = name.split("*")[0]
        if "/" in head:
            targets = self._index.folder_by_suffix(head.rsplit("/", 1)[0])
        elif head.startswith("."):
            targets = [folder_of(path)]
        elif "." in head:
            targets = self._index.folder_by_suffix(head.rsplit(".", 1)[0].replace(".", "/"))
        else:
            return
        yield from (target for folder in targets for target in self._index.under(folder) if target.endswith(PYTHON))

    def _by_script(self, path: str, fact: FileImports) -> Iterator[str]:
        for name in (*fact.imports, *(one for one in fact.strings if one.startswith(LOCAL))):
            key = (folder_of(path), name)
            if key not in self._specifiers:
                self._specifiers[key] = resolve_specifier(path, name, self._index, self._manifests)
            yield from self._specifiers[key]
        for name in fact.patterns:
            yield from self._script_pattern(path, name)

    def _script_pattern(self, path: str, name: str) -> Iterator[str]:
        if name.startswith("."):
            yield from self._index.matching(join(folder_of(path), name))
            return
        package = self._manifests.js_package(path)
        root = package.folder if package else ""
        rest = name.partition("/")[2]
        for base in ("", "src", "app", "src/lib"):
            yield from self._index.matching(join(root, join(base, rest)))
        yield from self._index.matching(join(root, name.lstrip("/")))
