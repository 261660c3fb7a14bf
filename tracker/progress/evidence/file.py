"""`file: PATH`: it is tracked, and has what it must have."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable

from tracker.model import Evidence, Verdict
from tracker.patterns import BoundedPattern, PatternTooSlow
from tracker.plural import counted
from tracker.progress.evidence import Found, World

EXCERPT = 8
"""Lines of an excerpt at the most."""
DEFINITION = (
    r"^[ \t]*"
    r"(?:(?:export|default|pub(?:\([^)]*\))?|public|private|protected|static|async|abstract|final|inline|const)\s+)*"
    r"(?:def|class|func|fn|function|interface|struct|enum|trait|type|module|const|let|var|sub|macro)\s+(?:\([^)]*\)\s*)?{name}\b"
    r"|^[ \t]*{name}\s*(?:=|:|\(\)\s*\{{)"
)
"""How most languages introduce a name: a keyword before it, an assignment, or a shell function."""


def look_up(evidence: Evidence, world: World) -> Found:
    """Met when the file is tracked and matches the regular expression, or defines the symbol."""
    path = evidence.file or ""
    last = world.facts.history.last_change.get(path)
    if path not in world.facts.tree.files:
        if last and last.status == "D":
            gone = f"commit {last.commit.hash[:7]} removed it on {last.commit.date.date()}"
            return Found(Verdict.UNMET, gone, path, commit=last.commit.hash, fresh=True)
        return Found(Verdict.MISSING, "git tracks no such file", path, fresh=True)

    text = world.contents.get(path, b"").decode("utf-8", "replace")

    def found(verdict: Verdict, said: str, line: int | None = None, count: int = EXCERPT) -> Found:
        when, commit = (last.commit.date.date(), last.commit.hash) if last else (None, None)
        session = world.attribution.session_of_commit.get(commit) if commit else None
        excerpt = "\n".join(text.splitlines()[line - 1 : line - 1 + min(count, EXCERPT)]) if line else None
        return Found(verdict, said, path, line, when, commit, fresh=True, session=session, excerpt=excerpt)

    if evidence.contains is None and evidence.symbol is None and evidence.lines is None:
        return found(Verdict.MET, "tracked")
    line = None
    if evidence.contains is not None:
        try:
            match = BoundedPattern(evidence.contains, re.MULTILINE).search(text)
        except PatternTooSlow as error:
            return found(Verdict.MISSING, f"unknown: {error}")
        line = text.count("\n", 0, match.start()) + 1 if match else None
        if line is None:
            return found(Verdict.UNMET, f"nothing in it matches {evidence.contains}")
    if evidence.lines is not None:
        return _lines(evidence, text, world, found)
    if evidence.symbol is not None:
        line = _definition(path, text, evidence.symbol)
        if line is None:
            return found(Verdict.UNMET, f"it does not define {evidence.symbol}")
    return found(Verdict.MET, text.splitlines()[line - 1].strip() if line else "tracked", line)


def _lines(evidence: Evidence, text: str, world: World, found: Callable[..., Found]) -> Found:
    """Whether those lines of that commit are still there, in one piece, wherever in the file they moved."""
    original = world.originals.get((evidence.at or "", evidence.file or ""))
    if original is None:
        return found(Verdict.MISSING, f"git has no such file at {evidence.at}")
    first, _, last = (part.strip() for part in (evidence.lines or "").partition("-"))
    lines = original.decode("utf-8", "replace").splitlines()
    wanted = [line.rstrip() for line in lines[int(first) - 1 : int(last or first)]]
    if len(lines) < int(last or first):
        return found(Verdict.MISSING, f"the file has {counted(len(lines), 'line')} at {evidence.at}")
    now = [line.rstrip() for line in text.splitlines()]
    for start in range(len(now) - len(wanted) + 1):
        if now[start : start + len(wanted)] == wanted:
            moved = "where they were" if start + 1 == int(first) else f"now at line {start + 1}"
            return found(
                Verdict.MET, f"lines {evidence.lines} of {evidence.at} are there, {moved}", start + 1, len(wanted)
            )
    return found(Verdict.UNMET, f"lines {evidence.lines} of {evidence.at} are not there as they were")


def _definition(path: str, text: str, symbol: str) -> int | None:
    """The line (from 1) that defines a symbol, which may be dotted: `Class.method`."""
    if path.endswith((".py", ".pyi")):
        try:
            with warnings.catch_warnings(action="ignore", category=SyntaxWarning):  # a stranger's code, not ours
                body = ast.parse(text).body
            return _python_definition(body, symbol.split("."))
        except (SyntaxError, ValueError, RecursionError):
            pass  # not Python that this Python reads: look at it as at any language
    name = re.escape(symbol.rsplit(".", 1)[-1])
    match = re.search(DEFINITION.format(name=name), text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None


def _python_definition(body: list[ast.stmt], names: list[str]) -> int | None:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name == names[0]:
                return node.lineno if len(names) == 1 else _python_definition(node.body, names[1:])
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and len(names) == 1:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == names[0] for target in targets):
                return node.lineno
        elif isinstance(node, (ast.If, ast.Try, ast.With)) and (line := _python_definition(node.body, names)):
            return line
    return None
