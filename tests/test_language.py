"""Texts for users are plain English: help texts, messages, templates, schemas, documentation."""

from __future__ import annotations

import ast
import re
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
PENDING = (
    "docs/",
    "schemas/",
    "templates/",
    "tracker/audit/",
    "tracker/cli/commands/audit.py",
    "tracker/commands/audit.py",
    "tracker/commands/new.py",
    "tracker/model/",
    "tracker/progress/",
    "tracker/publish/",
    "tracker/sources/",
)
"""Files and folders that are not rewritten yet. Remove an entry when its texts are; add none."""


def texts(path: Path) -> Iterator[str]:
    """The texts of a file that a user can meet: of a module the strings that are not docstrings, else everything."""
    if path.suffix != ".py":
        yield path.read_text("utf-8")
        return
    tree = ast.parse(path.read_bytes())
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if has_docstring(node)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def has_docstring(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node) is not None


def found(text: str) -> list[str]:
    return [match[0] for match in BANNED.finditer(text)]


def user_files() -> list[str]:
    patterns = (
        "tracker/**/*.py",
        "docs/*.md",
        "templates/**/*.j2",
        "schemas/*.json",
        "*.md",
        "mkdocs.yml",
        "action.yml",
    )
    paths = {path for pattern in patterns for path in ROOT.glob(pattern)} - {ROOT / "CHANGELOG.md"}
    return sorted(path.relative_to(ROOT).as_posix() for path in [*paths, ROOT / ".pre-commit-hooks.yaml"])


@pytest.mark.parametrize("name", [name for name in user_files() if not name.startswith(PENDING)])
def test_texts_are_plain(name: str) -> None:
    assert [(text[:80], found(text)) for text in texts(ROOT / name) if found(text)] == []


def help_texts(command: click.Command) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield parameter.help or ""


@pytest.mark.parametrize("name", ["", *cli.commands])
def test_help_is_plain(name: str) -> None:
    if f"tracker/cli/commands/{name}.py" in PENDING:
        pytest.skip("not rewritten yet")
    assert [text for text in help_texts(cli.commands[name] if name else cli) if found(text)] == []


@pytest.mark.parametrize("entry", PENDING)
def test_what_is_rewritten_is_no_longer_pending(entry: str) -> None:
    names = [name for name in user_files() if name.startswith(entry)]
    assert any(found(text) for name in names for text in texts(ROOT / name)) or any(
        found(text)
        for name in cli.commands
        if f"commands/{name}.py" in entry
        for text in help_texts(cli.commands[name])
    ), f"{entry} has no banned phrase any more: remove it from PENDING"


@pytest.mark.parametrize("text", ["Tell it.", "By turns.", "It is done at once", "what those that remain say"])
def test_the_list_finds_what_it_bans(text: str) -> None:
    assert found(text)


def test_messages_are_read_from_f_strings_too(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Nobody."""\n\ndef f(x):\n    """Told."""\n    raise E(f"nobody {x} told")\n')
    assert [found(text) for text in texts(tmp_path / "a.py")] == [["nobody"], ["told"]]
