"""How programs write and read files: what a line of code does with a name."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.audit.context import AuditContext
from tracker.audit.names import Kind
from tracker.audit.uses import Uses

WRITE = re.compile(
    r"['\"][wax]b?\+?['\"]|\bwrite|\.dump\(|\bsave|\bto_(?:csv|json|excel|parquet|pickle|html)\b|outfile|out_file|output"
    r"|\btee\b|[^=>-]>>?\s*[\"'$./\w]|Out-File|Set-Content|export|FileHandler|--outfile|--output|basicConfig",
    re.IGNORECASE,
)
READ = re.compile(
    r"open\([^)\n]*(?:\)|['\"]rb?['\"])|\bread|\bload|\bparse|require\(|\bimport\b|\bfrom\b|fetch\(|sqlite|connect"
    r"|\bsource\b|\bcat\b|href|src=|url",
    re.IGNORECASE,
)
NAMED = re.compile(r"(?:const|let|var)?\s*([A-Za-z_]\w*)\s*(?::\s*\w+)?\s*=[^=]")


@lru_cache(2000)
def lines_naming(source: str, file: str) -> tuple[str, ...]:
    """The lines of code that name a file, or use a variable with its name."""
    lines = source.splitlines()
    direct = [line for line in lines if file in line]
    variables = {found[1] for line in direct if (found := NAMED.match(line.strip()))}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, variables))})\b") if variables else None
    return tuple(direct + [line for line in lines if pattern and line not in direct and pattern.search(line)])


def writers(context: AuditContext, uses: Uses, path: str) -> list[str]:
    """Code that writes a file, where no code or configuration reads it."""
    if not any(context.text(one.by).writes for one in context.mentioned.get(path, ())):
        return []
    name = context.names[path]
    found = []
    for user, document in uses.of(path):
        if document:
            continue
        if not context.text(user).writes:
            return []
        lines = lines_naming(context.source(user), name.file)
        if context.names[user].kind is not Kind.CONFIG and any(map(writes, lines)) and not any(map(reads, lines)):
            found.append(user)
        else:
            return []
    return found


def writes(line: str) -> bool:
    """Whether a line of code writes what it names."""
    return WRITE.search(line) is not None and not line.lstrip().startswith(("import ", "from "))


def reads(line: str) -> bool:
    """Whether a line of code reads what it names."""
    return READ.search(line) is not None and not writes(line)
