"""An audit as text for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tracker.audit.audit import Audit
from tracker.audit.family import ACTIONS, Action, Family, FileFinding
from tracker.audit.finding_key import State
from tracker.audit.rules.documents import Statement
from tracker.audit.rules.measured import MEASURED
from tracker.plural import counted

SCREEN = 12
"""Families of an action, and documents, that are listed without -v."""
SHOWN = 10
"""Paths of a family that are listed with -v."""
HEADINGS = {
    Action.UNTRACK: "untrack (stop tracking; the files stay on disk)",
    Action.REMOVE: "remove",
    Action.ARCHIVE: "archive (or remove)",
    Action.UPDATE: "update",
    Action.REVIEW: "review",
}


def text(found: Audit, *, verbose: int = 0) -> str:
    """By action, one line a family. `verbose`: 1 for the first paths of each with their proofs, 2 for all."""
    lines = [f"note: {limit}" for limit in found.limits]
    lines += [printable(str(problem)) for problem in found.problems]
    for action in ACTIONS:
        families = [one for one in found.families if one.action is action]
        if families:
            lines += ["", HEADINGS[action], *_families(families, verbose)]
    if found.statements:
        count = counted(len(found.statements), "statement")
        lines += ["", f"update documents ({count} no longer true)", *_documents(found.statements, verbose)]
    lines += ["", *summary(found)] if found.files else []
    return "\n".join(lines).lstrip("\n") + "\n"


def _families(families: list[Family], verbose: int) -> Iterator[str]:
    shown = families if verbose else families[:SCREEN]
    for family in shown:
        yield f"  {printable(family.title)}{' (maybe)' if family.maybe else ''}"
        ones = family.findings if verbose > 1 else family.findings[: SHOWN if verbose else 1]
        yield from (f"    {printable(one.path)}  {printable(one.proof)}{dealt_with(one)}" for one in ones)
        if verbose and len(ones) < len(family.findings):
            yield f"    … and {len(family.findings) - len(ones)} more"
    if len(shown) < len(families):
        files = sum(len(one.findings) for one in families[SCREEN:])
        yield f"  … and {len(families) - SCREEN} more families ({counted(files, 'file')})"


def _documents(statements: tuple[Statement, ...], verbose: int) -> Iterator[str]:
    """The statements of each document: the first of the first documents, or all."""
    by_document: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        by_document[one.path].append(one)
    shown = list(by_document.values())[: None if verbose else SCREEN]
    for ones in shown:
        for one in ones if verbose else ones[:1]:
            more = f" (and {len(ones) - 1} more in this document)" if len(ones) > 1 and not verbose else ""
            yield f"  {printable(one.path)}:{one.line}  {printable(one.detail)}{dealt_with(one)}{more}"
            if one.before is not None and one.after is not None:
                yield f"    - {printable(one.before.strip())}"
                yield f"    + {printable(one.after.strip())}"
    if len(shown) < len(by_document):
        yield f"  … and {len(by_document) - SCREEN} more documents"


def summary(found: Audit) -> Iterator[str]:
    """What was found in a line, and how to see more."""
    files, said = len(found.findings), len(found.statements)
    stale = f"{counted(files, 'stale file')} in {counted(len(found.families), 'family', 'families')}"
    untrue = f"{counted(said, 'statement is', 'statements are')} no longer true"
    yield f"{counted(found.files, 'file')}: {stale}, {untrue}"
    hints = [f"{count} {state} left out (--all)" for state, count in sorted(found.left_out.items())]
    hints += [f"{counted(found.maybe, 'file')} more with --maybe"] if found.maybe else []
    hints += ["-v lists paths, --explain PATH the evidence, --review decides family by family"] if files else []
    yield from hints


def dealt_with(one: FileFinding | Statement) -> str:
    """The state of a finding that someone dealt with, in brackets."""
    return "" if one.state is State.NEW else f" ({one.state}{f': {printable(one.excuse)}' if one.excuse else ''})"


def explain(found: Audit, path: str) -> str:
    """Everything that is known about one path: its finding and proof, who uses it, and its statements."""
    lines = [printable(path)]
    for family in found.families:
        for one in (one for one in family.findings if one.path == path):
            bar = "with --maybe" if one.maybe else "by default"
            lines += [
                f"  {one.rule}: {printable(one.proof)}{dealt_with(one)}",
                f"  action: {one.action}, reported {bar}",
            ]
            lines += [f"  family {family.id}: {printable(family.title)}", *_precision(family)]
    if len(lines) == 1:
        lines.append("  no rule about files reports it")
    users = found.uses.of(path)
    lines += [f"  used by {printable(user.path)}" for user in users] or ["  nothing uses it"]
    lines += [f"  line {one.line}: {printable(one.detail)}" for one in found.statements if one.path == path]
    return "\n".join(lines) + "\n"


def _precision(family: Family) -> Iterable[str]:
    exact = "not measured" if family.maybe else "exact by construction"
    judged = MEASURED.get(family.rule)
    known = f"{judged.right} of {judged.of} judged findings were right (docs/audit.md)" if judged else exact
    return [f"  precision of the rule: {known}"]


def printable(path: str) -> str:
    """A path on one line, with control characters escaped."""
    return "".join(
        letter if letter.isprintable() or "\udc80" <= letter <= "\udcff" else repr(letter)[1:-1] for letter in path
    )
