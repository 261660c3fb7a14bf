"""Definitions in Python, read from its syntax tree."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from tracker.progress.symbols.definition import Definition

SUFFIXES = (".py", ".pyi", ".pyw")
Scope = tuple[str, ...]


def definitions(content: bytes, _: str) -> list[Definition] | None:
    """Return every definition of a file; None where this Python cannot parse it."""
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            tree = ast.parse(content)
        return list(_in_body(tree, (), in_function=False))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _in_body(parent: ast.AST, scope: Scope, *, in_function: bool) -> Iterator[Definition]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names = (*scope, node.name)
            yield Definition(names, node.lineno, _code(node))
            yield from _in_body(node, names, in_function=not isinstance(node, ast.ClassDef))
        elif isinstance(node, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield from _assigned(node, scope, in_function=in_function)
            yield from _in_body(node, scope, in_function=in_function)


def _assigned(node: ast.AST, scope: Scope, *, in_function: bool) -> Iterator[Definition]:
    """Return the names that a statement assigns; in a function only constants: a variable of it is no definition."""
    for name in _targets(node):
        if not in_function or name.isupper():
            yield Definition((*scope, name), getattr(node, "lineno", 1), _code(node))


def _targets(node: ast.AST) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) or type(node).__name__ == "TypeAlias":  # of Python 3.12
        targets = [node.target if isinstance(node, ast.AnnAssign) else node.name]  # type: ignore[attr-defined]
    for target in targets:
        yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name) and _is_stored(part))


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _code(node: object) -> str:
    """Return a form of the syntax tree without positions and docstrings, the same in every version of Python."""
    if isinstance(node, list):
        return f"[{','.join(map(_code, node))}]"
    if not isinstance(node, ast.AST):
        return f"{type(node).__name__}:{node!r}"
    fields = ((name, value) for name, value in ast.iter_fields(node) if value is not None and value != [])
    parts = (f"{name}={_code(_without_docstring(node, name, value))}" for name, value in fields if name != "kind")
    return f"{type(node).__name__}({','.join(parts)})"


def _without_docstring(node: ast.AST, name: str, value: object) -> object:
    if name != "body" or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return value
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else value
