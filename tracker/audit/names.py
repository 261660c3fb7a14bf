"""What a file's name and place say about it, in any repository."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache
from sys import intern
from typing import NamedTuple


class Kind(StrEnum):
    """What a file is for."""

    CODE = "code"
    TEST = "test"
    SCRIPT = "script"
    DOCUMENT = "document"
    CONFIG = "config"
    ASSET = "asset"
    DATA = "data"


def words_in(text: str) -> list[str]:
    """The words of a text: a list of words that reads well."""
    return text.split()


CODE = frozenset(
    words_in(
        "astro c cc cjs clj cljs cpp cs cts cxx dart elm erl ex exs f90 fs go groovy h hpp hs java jl js jsx kt "
        "kts lua m mjs ml mm mts nim php pl pm prisma pro py pyi pyx r rb rs scala sol svelte swift tf ts tsx v "
        "vb vue zig"
    )
)
SHELL = frozenset(words_in("bash bat cmd fish ps1 sh sql zsh"))
DOCUMENT = frozenset(words_in("adoc asciidoc doc docx markdown md mdc mdx odt org pdf ppt pptx rst rtf tex txt"))
AGENT_RULES = frozenset([".clinerules", ".cursorrules", ".windsurfrules"])
"""Files without a suffix in which people instruct coding agents."""
CONFIG = frozenset(words_in("cfg conf env gradle ini json json5 jsonc lock properties toml xml yaml yml"))
ASSET = frozenset(
    words_in(
        "avif bmp css eot gif htm html ico jpeg jpg less mov mp3 mp4 otf png sass scss svg ttf wav webm webp woff woff2"
    )
)
TEST_FOLDERS = frozenset(["test", "tests", "__tests__", "spec", "specs", "e2e", "testing", "cypress", "playwright"])
SCRIPT_FOLDERS = frozenset(["script", "scripts", "bin", "tools", "hack", "utils-scripts"])
WORKFLOW_FOLDERS = frozenset(
    [".github", ".gitlab", ".circleci", ".husky", ".vscode", ".devcontainer", ".claude", ".cursor"]
)

STANDS_FOR_FOLDER = frozenset(
    ["index", "__init__", "__main__", "mod", "page", "route", "layout", "main", "readme", "default", "skill", "package"]
)
"""Stems that are mentioned by the name of their folder."""

CONVENTIONAL = re.compile(
    r"(readme|licen[sc]e|copying|notice|authors|contributors|contributing|changelog|changes|history|news|security|support"
    r"|code_of_conduct|codeowners|maintainers|governance|funding|citation|claude|agents|gemini|llms|robots|humans"
    r"|roadmap|index|__init__|__main__|main|conftest|setup|manage|wsgi|asgi|app|page|layout|route|loading|error|not-found"
    r"|template|middleware|instrumentation|sitemap|favicon|manifest|makefile|dockerfile|containerfile|procfile|justfile"
    r"|rakefile|gemfile|vagrantfile|jenkinsfile|package|package-lock|pnpm-lock|yarn|cargo|go|composer|pyproject|poetry"
    r"|uv|requirements.*|constraints.*|runtime|tox|noxfile|mkdocs|tsconfig.*|jsconfig|.*\.config|.*\.d|docker-compose.*"
    r"|compose|typedoc|biome|deno|renovate|vercel|netlify|turbo|lerna|nx|components|pom|build|settings|gradlew|\..*)",
    re.IGNORECASE,
)
"""Stems that tools and people look for by themselves: nothing needs to mention them."""

ARCHIVE = re.compile(
    r"[._-]*(archived?|archives?|backups?|bak|attic|graveyard|deprecated?|legacy|obsolete|old|olds?[-_].*|.*[-_]old|trash|unused"
    r"|to[-_]?delete|superseded|.*[-_](archived?|backups?|deprecated|legacy|disabled)|(archived?|backups?|deprecated|legacy|disabled)[-_].*)",
    re.IGNORECASE,
)
"""Folders that say that what they hold is no longer used."""


class Name(NamedTuple):
    """A path taken apart."""

    path: str
    folder: str
    """The folder it is in, as a path; "" for the root."""
    folders: tuple[str, ...]
    file: str
    stem: str
    """Without the last suffix: `a.test.ts` has the stem `a.test`."""
    suffix: str
    """In lower case, without the dot."""
    words: tuple[str, ...]
    """The words of the stem, in lower case: `fixLoginV2` has fix, login and v2."""
    kind: Kind
    conventional: bool
    """Whether tools or people look for a file of this name by convention."""
    archived: str | None
    """The outermost folder above it that says it is no longer used."""


@cache
def is_archive(folder: str) -> bool:
    """Whether a folder's name says that what it holds is no longer used."""
    return ARCHIVE.fullmatch(folder) is not None


def distinctive(word: bytes) -> bool:
    """Whether a word is so special that it can hardly mean anything but a file of that name."""
    return len(word) >= 8 and (b"_" in word or b"-" in word or len(word) >= 12 or word[1:] != word[1:].lower())


class _Place(NamedTuple):
    """A folder taken apart."""

    path: str
    folders: tuple[str, ...]
    tests: bool
    scripts: bool
    workflows: bool
    """Whether it, or a folder above it, is for tests, scripts or workflows."""
    archived: str | None
    """It, or the outermost folder above it, that says that it is no longer used."""


@lru_cache(100_000)
def _place(path: str) -> _Place:
    """A folder, taken apart once for all that is in it."""
    folders = tuple(map(intern, path.split("/"))) if path else ()
    lower = {folder.lower() for folder in folders}
    return _Place(
        path,
        folders,
        not lower.isdisjoint(TEST_FOLDERS),
        not lower.isdisjoint(SCRIPT_FOLDERS),
        not WORKFLOW_FOLDERS.isdisjoint(folders),
        next(("/".join(folders[:depth]) for depth, part in enumerate(folders, 1) if is_archive(part)), None),
    )


WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
TESTS = frozenset(["test", "tests", "spec"])


def name_of(path: str) -> Name:
    """Take a path apart."""
    parent, _, file = path.rpartition("/")
    stem, dot, suffix = file.rpartition(".")
    if not dot or not stem:
        stem, suffix = file, ""
    suffix = intern(suffix.lower())
    words = tuple([intern(word.lower()) for word in WORD.findall(stem)])
    place = _place(parent)
    conventional = file.startswith(".") or place.workflows or CONVENTIONAL.fullmatch(stem) is not None
    kind = _kind(place, stem, suffix, words)
    return Name(path, place.path, place.folders, file, stem, suffix, words, kind, conventional, place.archived)


def _kind(place: _Place, stem: str, suffix: str, words: tuple[str, ...]) -> Kind:
    is_code, is_shell = suffix in CODE, suffix in SHELL
    if is_code or is_shell:
        if place.tests or (words and (words[0] in TESTS or words[-1] in TESTS)):
            return Kind.TEST
        if is_shell or place.scripts or not place.folders:
            return Kind.SCRIPT
        return Kind.CODE
    if suffix in DOCUMENT or stem in AGENT_RULES or stem.lower() in ("license", "notice", "authors"):
        return Kind.DOCUMENT
    if suffix in CONFIG or stem.startswith(".") or not suffix:
        return Kind.CONFIG
    return Kind.ASSET if suffix in ASSET else Kind.DATA
