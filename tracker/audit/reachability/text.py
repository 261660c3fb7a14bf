"""Read which programs and modules the other texts of a repository name: scripts, build files, workflows, pages and documents."""

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
    re.I,
)
CODE = r"py|pyw|ipynb|[cm]?[jt]sx?|vue|svelte|astro"
FILE = re.compile(rf"[\w@~$.\-/\[\]()+]*[\w\])]\.(?:{CODE})\b(?![\w/])")
PATH = re.compile(r"[\w@.~$-]+(?:/[\w@.\-\[\]()*]+)+")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|\b[A-Za-z_][\w.]*(?=:[A-Za-z_]\w*)|(?<=-m )[A-Za-z_][\w.]*")
RUNNER = (
    r"(?:python[\d.]*w?|py|node(?:mon)?|tsx|ts-node(?:-esm)?|bun(?: run| x)?|deno(?: run)?|npx [\w@/-]+|bash|sh|zsh|source|exec|streamlit run|uv run(?: python)?"
    r"|poetry run(?: python)?|pipenv run(?: python)?|flask --app|uvicorn|gunicorn|hypercorn|celery -A|torchrun|accelerate launch|pytest|locust -f|k6 run|esbuild|rollup)"
)
COMMAND = re.compile(rf"(?<![\w-]){RUNNER}[ \t]+((?:--?[\w=:./-]+[ \t]+)*)([\w@~$.\-/\[\]:]+)", re.I)
MODULE_FLAG = re.compile(r"(?:^|\s)-m[ \t]+([\w.]+)")
DIRECT = re.compile(rf"(?:^|[\s`$])(?:\./|\.\\)([\w.\-/]+\.(?:{CODE}|sh))\b")
LIMIT = 2_000_000


def is_document(path: str) -> bool:
    """Whether the file is prose: what it names is described, and only its commands are run."""
    return path.lower().endswith(DOCUMENTS) and PurePosixPath(path).name not in ("requirements.txt", "CMakeLists.txt")


def is_skipped(path: str) -> bool:
    """Whether the file lists or excludes files rather than using them: a lock file, a report, an ignore file."""
    name = PurePosixPath(path).name
    return name.lower().endswith(SKIPPED_SUFFIXES) or bool(SKIPPED_NAMES.match(name))


def text_imports(path: str, text: str) -> FileImports:
    """Return what a text names: for a document, its commands and the paths it mentions; for anything else, every path and module."""
    text = text[:LIMIT]
    if is_document(path):
        return FileImports(strings=_unique(FILE.findall(text)), commands=_commands(text))
    names = [*FILE.findall(text), *(name for name in PATH.findall(text) if "*" not in name), *DOTTED.findall(text)]
    globs = [name for name in PATH.findall(text) if "*" in name and "**" not in name and _runs(path)]
    return FileImports(strings=_unique(names), patterns=_unique(globs))


def _runs(path: str) -> bool:
    return path.endswith((".sh", ".bash", ".zsh", ".mk", ".ps1", ".bat")) or PurePosixPath(path).name.lower() in ("makefile", "justfile")


def _commands(text: str) -> tuple[str, ...]:
    found = [DIRECT.findall(text)]
    for options, target in COMMAND.findall(text):
        found.append([target.split(":")[0], *MODULE_FLAG.findall(" " + options + target)])
    return _unique([name for names in found for name in names])


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.rstrip(".,;:)") if name.endswith((".", ",", ";", ":")) else name for name in names))
