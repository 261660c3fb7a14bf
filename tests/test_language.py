"""Texts for users are plain English: help texts, messages, templates, schemas, documentation."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker.cli import cli

ROOT = Path(__file__).parent.parent
BANNED = re.compile(
    r"\b(tells?|told|whatever|nobody|whoever|betrays?|by turns|(is|are) said to|hangs? on|those that|sheds?|as it is|"
    r"at once|for ever|go(es)? out)\b",
    re.IGNORECASE,
)


def texts(path: Path) -> Iterator[str]:
    """The texts of a file: of a module the strings, docstrings included, and the comments; else everything."""
    if path.suffix != ".py":
        yield path.read_text("utf-8")
        return
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    with path.open("rb") as stream:
        yield from (token.string for token in tokenize.tokenize(stream.readline) if token.type == tokenize.COMMENT)


def found(text: str) -> list[str]:
    return [match[0] for match in BANNED.finditer(text)]


def user_files() -> list[str]:
    patterns = (
        "tracker/**/*.py",
        "diagnostics/**/*.py",
        "benchmarks/*.py",
        "benchmarks/*.md",
        "examples/*.py",
        "sessions/*.yml",
        "docs/*.md",
        "templates/**/*.j2",
        "schemas/*.json",
        "*.md",
        "mkdocs.yml",
        "action.yml",
    )
    paths = {path for pattern in patterns for path in ROOT.glob(pattern)} - {ROOT / "CHANGELOG.md"}
    return sorted(path.relative_to(ROOT).as_posix() for path in [*paths, ROOT / ".pre-commit-hooks.yaml"])


@pytest.mark.parametrize("name", user_files())
def test_texts_are_plain(name: str) -> None:
    assert [(text[:80], found(text)) for text in texts(ROOT / name) if found(text)] == []


def words_of_tests(path: Path) -> Iterator[str]:
    """Docstrings, comments and names of a module; its strings are often texts of other people."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name.replace("_", " ")
    with path.open("rb") as stream:
        yield from (token.string for token in tokenize.tokenize(stream.readline) if token.type == tokenize.COMMENT)


def test_words_of_tests_are_plain() -> None:
    paths = [path for path in (ROOT / "tests").rglob("*.py") if path.name != Path(__file__).name]
    words = [(path.name, text[:80]) for path in paths for text in words_of_tests(path) if found(text)]
    assert paths
    assert words == []


def help_texts(command: click.Command) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield parameter.help or ""


@pytest.mark.parametrize("name", ["", *cli.commands])
def test_help_is_plain(name: str) -> None:
    assert [text for text in help_texts(cli.commands[name] if name else cli) if found(text)] == []


@pytest.mark.parametrize("text", ["Tell it.", "By turns.", "It is done at once", "what those that remain say"])
def test_the_list_finds_what_it_bans(text: str) -> None:
    assert found(text)


def test_messages_are_read_from_f_strings_too(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Nobody."""\n\ndef f(x):  # sheds\n    raise E(f"nobody {x} told")\n')
    assert [found(text) for text in texts(tmp_path / "a.py")] == [["Nobody"], ["nobody"], ["told"], ["sheds"]]
