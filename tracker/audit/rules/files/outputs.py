"""How programs write and read files: what a line of code does with a name."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.audit.context import AuditContext
from tracker.audit.names import SHELL, Kind
from tracker.audit.uses import Uses

WRITE = re.compile(
    r"\bopen\w*\([^\n]{0,200}['\"][wax]b?\+?['\"]|\bwrite\w*\(|\.write|writeFile|\.dump\(|\bsave\w*\(|\.save"
    r"|\bto_(?:csv|json|excel|parquet|pickle|html)\(|FileHandler\(|basicConfig\(|\bexport\w*\("
    r"|\b(?:outfile|out_file|output_?file|output_?path)\b|--out(?:file|put)?\b|Out-File|Set-Content",
    re.IGNORECASE,
)
READ = re.compile(
    r"open\([^)\n]*(?:\)|['\"]rb?['\"])|\bread|\bload|\bparse|require\(|\bimport\b|\bfrom\b|fetch\(|sqlite|connect"
    r"|\bsource\b|\bcat\b|href|src=|url",
    re.IGNORECASE,
)
MANY = 20
"""Mentions; what more files name is no mere output."""
LONGEST = 1000
"""Letters; longer lines are the output of a build."""
NAMED = re.compile(r"(?:const|let|var)?\s*([A-Za-z_]\w*)\s*(?::\s*\w+)?\s*=[^=]")
NAMED_PARAMETER = re.compile(r"[(,]\s*([A-Za-z_]\w*)\s*(?::\s*\w+)?\s*=\s*['\"][^'\"]*\.\w+['\"]")


@lru_cache(2000)
def lines_naming(source: str, file: str) -> tuple[str, ...]:
    """The lines of code that name a file, or use a variable with its name."""
    lines = [line for line in source.splitlines() if len(line) < LONGEST]
    direct = [line for line in lines if file in line]
    variables = {found[1] for line in direct if (found := NAMED.match(line.strip()) or NAMED_PARAMETER.search(line))}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, variables))})\b") if variables else None
    return tuple(direct + [line for line in lines if pattern and line not in direct and pattern.search(line)])


def writers(context: AuditContext, uses: Uses, path: str) -> list[str]:
    """Code that writes a file, where no code or configuration reads it."""
    mentions = context.mentions_of(path)
    if len(mentions) > MANY or not any(context.text(one.by).writes for one in mentions):
        return []
    name = context.names[path]
    if name.kind is Kind.ASSET and (
        any(document for _, document in uses.of(path))
        or (name.suffix != "html" and any(context.names[one.by].kind is Kind.DOCUMENT for one in mentions))
    ):
        return []  # a page that a live document shows, or a picture that any document does
    found = []
    for user, document in uses.of(path):
        if document:
            continue
        if not context.text(user).writes:
            return []
        lines = lines_naming(context.source(user), name.file)
        in_shell = context.names[user].suffix in SHELL
        written = [shell_writes(line, name.file) if in_shell else writes(line) for line in lines]
        if context.names[user].kind is not Kind.CONFIG and any(written) and not any(map(reads, lines)):
            found.append(user)
        else:
            return []
    return found


def writes(line: str) -> bool:
    """Whether a line of code writes what it names."""
    return WRITE.search(line) is not None and not line.lstrip().startswith(("import ", "from "))


def shell_writes(line: str, file: str) -> bool:
    """The same, of a line of a shell script: output is sent to the file, or to what a variable names."""
    redirected = rf"(?:>>?|\btee\b(?: -a)?)\s*[\"']?(?:[^\s\"'|;&]*{re.escape(file)}|\$)"
    return writes(line) or re.search(redirected, line) is not None


def reads(line: str) -> bool:
    """Whether a line of code reads what it names."""
    return READ.search(line) is not None and not writes(line)
