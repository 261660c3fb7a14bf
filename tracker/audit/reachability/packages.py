"""Read the manifests of a tree (package.json, tsconfig.json, pyproject.toml): its packages, aliases and exports."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from posixpath import basename, dirname
from typing import Any

from tracker.audit.reachability.index import PathIndex, folders, join

Read = Callable[[str], str | None]
ENTRY_KEYS = (
    "main", "module", "exports", "bin", "browser", "types", "typings", "react-native",
    "source", "svelte", "unpkg", "jsdelivr", "worker", "deno", "style",
)  # fmt: skip
BUILT = re.compile(
    r"^(?:dist|lib|build|out|output|es|esm|cjs|umd|bundle|\.output)(?:/(?:esm|cjs|es|src|types|dist|browser|node|module|commonjs))*/"
)
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
NOT_PACKAGES = frozenset([
    "benchmark", "benchmarks", "bin", "build", "ci", "deploy", "dist", "doc", "docs", "example", "examples",
    "notebooks", "script", "scripts", "test", "tests", "tool", "tools", "web",
])  # fmt: skip
BUILTIN_ALIASES = {"$lib": "src/lib", "~~": "", "@@": "", "#": "", "#app": "", "$app": "", "~": "", "@": ""}


@dataclass(frozen=True, slots=True)
class JsPackage:
    """One package.json: its folder, name, dependencies and what it exports."""

    folder: str
    name: str = ""
    private: bool = True
    dependencies: frozenset[str] = frozenset()
    targets: tuple[str, ...] = ()
    closed: bool = False  # an `exports` map forbids importing other files of the package
    imports: tuple[tuple[str, str], ...] = ()

    @property
    def published(self) -> bool:
        """Whether others can install it and import its files."""
        return not self.private and bool(self.name) and bool(self.targets)


@dataclass(frozen=True, slots=True)
class TsPaths:
    """The aliases that one tsconfig or jsconfig defines: pattern → targets, relative to the root of the tree."""

    base: str | None
    paths: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(slots=True)
class Manifests:
    """Every manifest of a tree."""

    js: dict[str, JsPackage] = field(default_factory=dict)
    by_name: dict[str, JsPackage] = field(default_factory=dict)
    aliases: dict[str, list[TsPaths]] = field(default_factory=dict)
    distributions: dict[str, str] = field(default_factory=dict)  # package folder → the distribution that ships it
    _packages: dict[str, JsPackage | None] = field(default_factory=dict)  # by folder, as looked up

    def js_package(self, path: str) -> JsPackage | None:
        """Return the package that a file belongs to, or None."""
        folder = dirname(path)
        if folder not in self._packages:
            self._packages[folder] = next((self.js[one] for one in folders(path) if one in self.js), None)
        return self._packages[folder]


def read_manifests(index: PathIndex, read: Read) -> Manifests:
    """Read every manifest; one that does not parse counts as empty."""
    found = Manifests()
    for path in index.paths:
        name = basename(path)
        if name in ("package.json", "deno.json", "deno.jsonc") and "node_modules" not in path:
            package = _js_package(dirname(path), load_json(read(path) or ""))
            found.js[package.folder] = package
            found.by_name.setdefault(package.name, package)
        elif re.match(r"[tj]sconfig[\w.-]*\.json$", name):
            if alias := _ts_paths(path, read, index, 0):
                found.aliases.setdefault(dirname(path), []).append(alias)
        elif name in ("pyproject.toml", "setup.py", "setup.cfg"):
            for folder in _distribution(path, read(path) or "", index):
                found.distributions.setdefault(folder, path)
    return found


def load_json(text: str) -> dict[str, Any]:
    """Parse JSON that may have comments and trailing commas; anything but an object is {}."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        clean = re.sub(r",(\s*[}\]])", r"\1", COMMENT.sub(lambda m: m[1] or "", text))
        try:
            value = json.loads(clean)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _js_package(folder: str, data: dict[str, Any]) -> JsPackage:
    needs = [data.get(key) for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")]
    imports = data.get("imports") if isinstance(data.get("imports"), dict) else {}
    return JsPackage(
        folder,
        str(data.get("name") or ""),
        bool(data.get("private")) or "version" not in data,
        frozenset(name for group in needs if isinstance(group, dict) for name in group),
        tuple(dict.fromkeys(target for key in ENTRY_KEYS for target in _strings(data.get(key)))),
        "exports" in data,
        tuple((key, target) for key, value in (imports or {}).items() for target in _strings(value)),
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _ts_paths(path: str, read: Read, index: PathIndex, depth: int) -> TsPaths | None:
    data = load_json(read(path) or "")
    options = data.get("compilerOptions")
    options = options if isinstance(options, dict) else {}
    folder = dirname(path)
    base = join(folder, options["baseUrl"]) if isinstance(options.get("baseUrl"), str) else None
    paths: Any = options.get("paths")
    paths = paths if isinstance(paths, dict) else {}
    top = folder if base is None else base
    own = [
        (key, tuple(join(top, one) for one in targets)) for key, targets in paths.items() if isinstance(targets, list)
    ]
    extended = data.get("extends")
    for parent in extended if isinstance(extended, list) else [extended]:
        target = join(folder, parent) if isinstance(parent, str) and parent.startswith(".") else ""
        target = target if target in index.known else f"{target}.json"
        if target in index.known and depth < 8 and (more := _ts_paths(target, read, index, depth + 1)):
            base = more.base if base is None else base
            own += list(more.paths)
    return TsPaths(base, tuple(own)) if own or base is not None else None


def _distribution(path: str, text: str, index: PathIndex) -> list[str]:
    """The folders of the packages that a Python project ships; none for an application that is not built."""
    folder = dirname(path)
    if not path.endswith(".toml"):
        built = "setup(" in text or "[metadata]" in text or "[options]" in text
        return _discovered(folder, index) if built and re.search(r"packages|py_modules|name\s*=", text) else []
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return _discovered(folder, index)
    tool = data.get("tool", {})
    unpackaged = tool.get("poetry", {}).get("package-mode") is False or tool.get("uv", {}).get("package") is False
    built = "build-system" in data and ("project" in data or "poetry" in tool or "flit" in tool)
    if unpackaged or "Private ::" in text or not built:
        return []
    return _listed(folder, tool) or _discovered(folder, index)


def _listed(folder: str, tool: dict[str, Any]) -> list[str]:
    setuptools = tool.get("setuptools", {}).get("packages")
    hatch = tool.get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {}).get("packages")
    included = [one for one in tool.get("poetry", {}).get("packages", []) if isinstance(one, dict) and "include" in one]
    poetry = [f"{one.get('from', '')}/{one['include']}" for one in included]
    names = [str(name).replace(".", "/") for name in setuptools] if isinstance(setuptools, list) else []
    names += [str(name) for name in hatch] if isinstance(hatch, list) else []
    return [join(folder, name.strip("/")) for name in names + poetry]


def _discovered(folder: str, index: PathIndex) -> list[str]:
    """Every top-level package beside the manifest, in `src/` and in `lib/`."""
    roots = [join(folder, name) if name else folder for name in ("", "src", "lib")]
    modules = ((root, path) for root in roots for path in index.under(root) if path.endswith(".py"))
    tops = {"/".join(path.split("/")[: root.count("/") + 2 if root else 1]) for root, path in modules}
    return [top for top in tops if f"{top}/__init__.py" in index.known and basename(top) not in NOT_PACKAGES]


def resolve_specifier(importer: str, name: str, index: PathIndex, manifests: Manifests) -> list[str]:
    """Return the files that a JavaScript specifier may mean. An external package is an empty list.

    A specifier that is no dependency and that no alias explains is searched by the end of its path, so that an alias
    of a bundler which is not read here still leads to its file.
    """
    name = re.split(r"[?]|(?<!^)#", name.rsplit("!", 1)[-1])[0]
    if name.startswith("."):
        target = join(dirname(importer), name)
        return index.script(target) or index.script(re.sub(r"(^|/)(?:dist|build|lib)/", r"\1src/", target, count=1))
    package = manifests.js_package(importer)
    root = package.folder if package else ""
    if name.startswith("/"):
        return [*index.script(join(root, name[1:])), *index.script(join(root, "public" + name))]
    found = [*_aliased(importer, name, index, manifests), *_in_workspace(name, index, manifests)]
    if found or not name:
        return found
    for key, target in package.imports if package else ():
        if (rest := _between(key, name)) is not None:
            found += index.script(join(root, target.replace("*", rest)))
    if found or _is_dependency(name, package):
        return found
    return _guessed(name, root, index)


def _aliased(importer: str, name: str, index: PathIndex, manifests: Manifests) -> list[str]:
    for alias in (one for folder in folders(importer) for one in manifests.aliases.get(folder, [])):
        found: list[str] = []
        for pattern, targets in alias.paths:
            rest = _between(pattern, name)
            if rest is not None:
                found += [path for target in targets for path in index.script(join("", target.replace("*", rest)))]
        found = found or (index.script(join(alias.base, name)) if alias.base is not None else [])
        if found:
            return found
    return []


def _between(pattern: str, name: str) -> str | None:
    """What the `*` of a pattern means in a name; None where the pattern does not match."""
    head, star, tail = pattern.partition("*")
    if name == pattern or (star and name.startswith(head) and name.endswith(tail)):
        return name[len(head) : len(name) - len(tail)]
    return None


def _package_of(name: str) -> str:
    return "/".join(name.split("/")[: 2 if name.startswith("@") else 1])


def _in_workspace(name: str, index: PathIndex, manifests: Manifests) -> list[str]:
    own = _package_of(name)
    package = manifests.by_name.get(own)
    if package is None:
        return []
    rest = name[len(own) + 1 :]
    if not rest:
        return entry_files(package, index)
    folders_in = (join(package.folder, folder) for folder in ("", "src", "lib", "dist"))
    found = [path for folder in folders_in for path in index.script(join(folder, rest))]
    return found or index.script_by_suffix(rest, package.folder) or entry_files(package, index)


def _is_dependency(name: str, package: JsPackage | None) -> bool:
    if name.startswith(("node:", "bun:", "npm:", "jsr:", "http:", "https:", "virtual:")):
        return True
    own = _package_of(name)
    return package is not None and (own in package.dependencies or f"@types/{own}" in package.dependencies)


def _guessed(name: str, root: str, index: PathIndex) -> list[str]:
    first, _, rest = name.partition("/")
    bases = [BUILTIN_ALIASES[first]] if BUILTIN_ALIASES.get(first) else []
    roots = (*bases, "src", "app", "", "source", "src/app", "lib") if rest else ()
    tries = [join(base, rest) if base else rest for base in roots]
    for tail in [*tries, name, f"src/{name}"]:
        if found := index.script(join(root, tail)):
            return found
    return [*index.script_by_suffix(rest, root), *index.script_by_suffix(name, root)] if rest else []


def entry_files(package: JsPackage, index: PathIndex) -> list[str]:
    """Return the sources of what a package exports: the named file, or the source that its built file comes from."""
    found: list[str] = []
    for target in package.targets:
        clean = target.removeprefix("./")
        source = BUILT.sub("", clean)
        tries = [clean, f"src/{source}", source, f"lib/{source}", f"src/{basename(source)}"]
        if "*" in clean:
            globs = [join(package.folder, name.replace("*", "**")) for name in tries[:3]]
            found += [path for glob in globs for path in index.matching(glob)]
            continue
        there = index.script(join(package.folder, clean))
        if source != clean or not there:  # a built file may be tracked beside its source
            there += next((hits for name in tries[1:] if (hits := index.script(join(package.folder, name)))), [])
        found += there
    mains = ("src/index", "index", "src/main", "lib/index", "mod")
    return found or [path for name in mains for path in index.script(join(package.folder, name))]
