"""Find files by the names that other files use for them: a module, a specifier, the end of a path, a pattern."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from posixpath import normpath

PYTHON = (".py", ".pyw")
SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro", ".mdx")
SCRIPT_SUFFIX = re.compile(r"(?:\.d)?\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx|json)$")
PLATFORM = re.compile(r"\.(?:native|ios|android|web|windows|macos|server|client|browser|node|global|desktop|mobile)$")
COMMON = 5  # a bare file name that more files share says nothing about which of them is meant


def folder_of(path: str) -> str:
    """The folder that a path is in; "" for the root."""
    return path.rpartition("/")[0]


def file_of(path: str) -> str:
    """The last name of a path."""
    return path.rpartition("/")[2]


def folders(path: str) -> Iterator[str]:
    """Yield every folder above the path, the nearest first and the root ("") last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def join(folder: str, name: str) -> str:
    """Join and normalise; a path that leaves the tree comes back with its leading `..`."""
    joined = normpath(f"{folder}/{name}" if folder else name)
    return "" if joined == "." else joined


class PathIndex:
    """The paths of a tree by module name, by stem, by suffix and by folder. A look-up costs the size of its answer."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(paths)
        self.known = frozenset(self.paths)
        self.folders = frozenset(folder for path in self.paths for folder in folders(path))
        self.modules: dict[str, str] = {}
        self.stems: dict[str, list[str]] = defaultdict(list)
        self._module_tails: dict[str, list[str]] = defaultdict(list)
        self._stem_tails: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._folder_names: dict[str, list[str]] = defaultdict(list)
        self._found: dict[tuple[str, str, int, bool], list[str]] = {}
        for path in self.paths:
            self._add(path)
        for folder in self.folders:
            self._folder_names[file_of(folder)].append(folder)
        self._plain_names = frozenset(name.partition(".")[0] for name in (*self._names, *self._folder_names))

    def _add(self, path: str) -> None:
        self._names[file_of(path)].append(path)
        if path.endswith((*PYTHON, ".pyi")):
            key = path.rsplit(".", 1)[0].removesuffix("/__init__")
            if not path.endswith(".pyi"):
                self.modules[key] = path
                for tail in _tails(key):
                    self._module_tails[tail].append(key)
        elif path.endswith((*SCRIPTS, ".json")):
            stem = SCRIPT_SUFFIX.sub("", path)
            for key in {stem, PLATFORM.sub("", stem)}:
                self.stems[key].append(path)
                for tail in _tails(key) if len(self.stems[key]) == 1 else ():
                    self._stem_tails[tail].append(key)

    def has_name(self, name: str) -> bool:
        """Whether a file, with or without its suffixes, or a folder is called so, up to the first dot of the name."""
        return name.partition(".")[0] in self._plain_names

    def under(self, folder: str) -> list[str]:
        """Return every path below the folder."""
        prefix = f"{folder}/" if folder else ""
        start, end = bisect_left(self.paths, prefix), bisect_left(self.paths, prefix + "\U0010ffff")
        return self.paths[start:end]

    def by_suffix(self, token: str, near: str = "") -> list[str]:
        """Return the files whose path ends with the token, or with the longest end of the token that any path has."""
        parts = [part for part in token.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        if not parts:
            return []
        named = self._names.get(parts[-1], [])
        for start in range(len(parts) - 1):
            tail = "/".join(parts[start:])
            if found := [path for path in named if _ends_with(path, tail)]:
                return found
        above = set(folders(near))
        beside = [path for path in named if folder_of(path) in above]
        return beside or (named if len(named) <= COMMON else [])

    def folder_by_suffix(self, token: str) -> list[str]:
        """Return the folders whose path ends with the token, which may end in a pattern."""
        clean = token.split("*")[0].replace("\\", "/")
        clean = clean.rsplit("/", 1)[0] if "*" in token else clean
        parts = [part for part in clean.split("/") if part not in ("", ".", "..")]
        named = self._folder_names.get(parts[-1], []) if parts else []
        return [one for one in named if _ends_with(one, "/".join(parts))]

    def python(self, importer: str, name: str, least: int = 1, loose: bool = True) -> list[str]:
        """Return the files that `import name` may load in `importer`: the longest start of the name that is a module.

        A relative name is exact. An absolute one is searched in every folder above the importer, then anywhere in the
        tree, because the search path of the run is not known.
        """
        key = (folder_of(importer), name, least, loose)
        if key not in self._found:
            self._found[key] = self._python(*key)
        return self._found[key]

    def _python(self, folder: str, name: str, least: int, loose: bool) -> list[str]:
        dots = len(name) - len(name.lstrip("."))
        parts = [part for part in name.lstrip(".").split(".") if part]
        if dots:
            base = folder
            for _ in range(dots - 1):
                base = folder_of(base)
            return self._longest(base, parts)
        for size in range(len(parts), least - 1, -1):
            if parts[size - 1] not in self._module_tails:
                continue
            key = "/".join(parts[:size])
            near = (f"{one}/{key}" if one else key for one in (folder, *folders(folder)))
            if found := [self.modules[one] for one in near if one in self.modules]:
                return found
            if loose and (found := self._elsewhere(key, size)):
                return found
        return []

    def _longest(self, base: str, parts: list[str]) -> list[str]:
        for size in range(len(parts), -1, -1):
            key = "/".join(filter(None, [base, *parts[:size]]))
            if key in self.modules:
                return [self.modules[key]]
        return []

    def _elsewhere(self, key: str, size: int) -> list[str]:
        if size == 1 and key in sys.stdlib_module_names:
            return []
        found = (one for one in self._module_tails.get(_tail(key), []) if _ends_with(one, key))
        return [self.modules[module] for module in found]

    def script(self, base: str) -> list[str]:
        """Return the files that a path without its extension, with another one, or to a folder may mean."""
        found = [base] if base in self.known else []
        for key in (base, SCRIPT_SUFFIX.sub("", base), join(base, "index")):
            found += self.stems.get(key, [])
        return found

    def script_by_suffix(self, tail: str, root: str = "") -> list[str]:
        """Return the scripts below `root` whose path without extension ends with the tail."""
        prefix = f"{root}/" if root else ""
        found: list[str] = []
        for key in {tail, SCRIPT_SUFFIX.sub("", tail), f"{tail}/index"}:
            ends = (stem for stem in self._stem_tails.get(_tail(key), []) if _ends_with(stem, key))
            stems = [stem for stem in ends if stem.startswith(prefix)]
            found += [path for stem in stems for path in self.stems[stem]]
        return found

    def matching(self, pattern: str) -> list[str]:
        """Return the paths that match a glob, whose last part may leave out its extension; only below the folder
        before the `*` is searched."""
        head = pattern.split("*")[0].split("{")[0]
        folder = head.rsplit("/", 1)[0] if "/" in head else ""
        if folder and folder not in self.folders:
            return []
        matches = re.compile(rf"{expression(pattern)}(?:/index)?(?:\.[\w.]+)?$").match
        return list(filter(matches, self.under(folder)))


def expression(glob: str) -> str:
    """The regular expression of a glob with `*` for a part of a name, `**` for folders, and `{a,b}` for one of several.

    >>> re.fullmatch(expression("**/{page,layout}.*"), "app/shop/page.tsx") is not None
    True
    """
    text = re.escape(glob).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.sub(r"\\\{([^{}]*)\\\}", lambda found: f"(?:{found[1].replace(',', '|')})", text)


def _ends_with(path: str, tail: str) -> bool:
    """Whether a path ends with whole names."""
    return path == tail or path.endswith(f"/{tail}")


def _tail(key: str) -> str:
    """The last two names of the key, or the only one."""
    return "/".join(key.rsplit("/", 2)[-2:])


def _tails(key: str) -> set[str]:
    return {_tail(key), key.rsplit("/", 1)[-1]}
