# ruff: noqa: E501 - long patterns
"""Read which programs and modules scripts, build files, workflows, pages and documents name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tracker.audit.reachability.model import FileImports

DOCUMENTS = (".md", ".rst", ".txt", ".adoc", ".markdown", ".mdc", ".org", ".log")
SKIPPED_SUFFIXES = (".lock", ".map", ".csv", ".tsv", ".svg", ".po", ".pot", ".snap", ".sql", ".tsbuildinfo", ".jsonl", ".diff", ".patch", ".css", ".scss", ".less",
                    ".sum", ".geojson", ".log")  # fmt: skip
SKIPPED_NAMES = re.compile(
    r"^(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|npm-shrinkwrap\.json|CODEOWNERS|\.[\w-]*ignore|\.gitattributes|tsconfig[\w.-]*\.json|jsconfig\.json"
    r"|.*(?:coverage|report|baseline|results?|audit|stats|manifest-lock)[\w.-]*\.(?:json|ya?ml|html|xml))$",
    re.IGNORECASE,
)
CODE = r"py|pyw|ipynb|[cm]?[jt]sx?|vue|svelte|astro"
TOKEN = re.compile(r"[\w@~$./\[\]()+*:-]{3,}")  # maximal runs, so that reading stays linear in the text
CODE_SUFFIXES = frozenset(
    ["py", "pyw", "ipynb", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro"]
)
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*)?$")
MARKS = re.compile(r"[./:]")  # what a name of a file or module has that a word has not
INDEXED = re.compile(r"\[[\w.]+\]")  # `[slug]`: part of a name, not around it
EDGES = re.compile(r"^[(\[:*+]+(?=[\w./@~$])|[\].:)]+$")
LONGEST = 200
RUNNER = (
    r"(?:python[\d.]*w?|py|node(?:mon)?|tsx|ts-node(?:-esm)?|bun(?: run| x)?|deno(?: run)?|npx [\w@/-]+|bash|sh|zsh|source|exec|streamlit run|uv run(?: python)?"
    r"|poetry run(?: python)?|pipenv run(?: python)?|flask --app|uvicorn|gunicorn|hypercorn|celery -A|torchrun|accelerate launch|pytest|locust -f|k6 run|esbuild|rollup)"
)
COMMAND = re.compile(rf"\b{RUNNER}[ \t]+((?:--?[\w=:./-]+[ \t]+){{0,6}})([\w@~$.\-/\[\]:]+)")
MODULE_FLAG = re.compile(r"-m[ \t]+([\w.]+)")
DIRECT = re.compile(rf"(?:^|[\s`$])(?:\./|\.\\)([\w.\-/]+\.(?:{CODE}|sh))\b")
LIMIT = 300_000  # longer texts are data: what they name is not followed


def is_document(path: str) -> bool:
    """Whether the file is prose: what it names is described, and only its commands are run."""
    return path.lower().endswith(DOCUMENTS) and PurePosixPath(path).name not in ("requirements.txt", "CMakeLists.txt")


def is_skipped(path: str) -> bool:
    """Whether the file lists or excludes files rather than using them: a lock file, a report, an ignore file."""
    name = PurePosixPath(path).name
    return name.lower().endswith(SKIPPED_SUFFIXES) or bool(SKIPPED_NAMES.match(name))


def text_imports(path: str, text: str) -> FileImports:
    """Return what a text names: a document its commands and the paths it mentions, any other every path and module."""
    if len(text) > LIMIT or "\0" in text[:1000]:
        return FileImports()
    tokens = [token for token in set(TOKEN.findall(text)) if len(token) <= LONGEST and MARKS.search(token)]
    names = [name for token in tokens for name in _parts(token) if MARKS.search(name)]
    files = [name for name in names if name.rpartition(".")[2] in CODE_SUFFIXES]
    if is_document(path):
        return FileImports(strings=_unique(files), commands=_commands(text))
    paths = [name for name in names if "/" in name and "*" not in name]
    dotted = [name for name in names if ("." in name or ":" in name) and DOTTED.match(name)]
    globs = [name for name in names if "/" in name and "*" in name and "**" not in name and _runs(path)]
    return FileImports(strings=_unique([*files, *paths, *dotted, *MODULE_FLAG.findall(text)]), patterns=_unique(globs))


def _parts(token: str) -> tuple[str, ...]:
    """The token without brackets and colons at its edges, and the two sides of a `key:value`."""
    whole = token if "[" in token and INDEXED.search(token) else EDGES.sub("", token)
    return (whole, *(part for part in whole.split(":") if "/" in part or "." in part)) if ":" in whole else (whole,)


def _runs(path: str) -> bool:
    name = PurePosixPath(path).name.lower()
    return path.endswith((".sh", ".bash", ".zsh", ".mk", ".ps1", ".bat")) or name in ("makefile", "justfile")


def _commands(text: str) -> tuple[str, ...]:
    found = [DIRECT.findall(text)]
    for options, target in COMMAND.findall(text):
        found.append([target.split(":")[0], *MODULE_FLAG.findall(" " + options + target)])
    return _unique([name for names in found for name in names])


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(sorted({name.rstrip(".,;:") for name in names}))
