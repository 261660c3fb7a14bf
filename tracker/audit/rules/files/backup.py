"""The rule `backup`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding, Use
from tracker.audit.names import Kind, Name
from tracker.audit.rules.files.base import DIGEST, FileRule, is_served
from tracker.audit.rules.files.similarity import described, likest

WORD = (
    r"(?:backup|bak|bkp|old|orig|original|copy|copia|prev|previous|save|saved|broken|corrupted|before|pre|wip|snapshot"
    r"|kopie)"
)
SURE = re.compile(
    rf"(?P<base>.+?)(?:~|\.{WORD}(?:[._-]?[\w-]*)?|[ _.-]*\(\d+\)|[ _.-]*\(?copy(?: ?\d+)?\)?|\.[\w]+-backup"
    rf"|[._-]save\d*|\.\d{{8,14}})$",
    re.IGNORECASE | re.DOTALL,
)
"""Decorations that nothing but a copy has."""
LOOSE = re.compile(
    rf"(?P<base>.+?)(?:[ ._-]+\(?{WORD}(?:[ ._-][\w-]*)?\)?|[ ._-]+(?:v?\d{{1,3}}|(?:19"
    rf"|20)\d{{6}}(?:[_-]?\d{{4,6}})?|new|final|fixed"
    r"|working|clean|updated?|simple|test|temp|tmp|full|complete|fix\w*))$"
    rf"|^{WORD}[ ._-]+(?P<after>.+)$",
    re.IGNORECASE | re.DOTALL,
)
"""Decorations that a variant may have too: the content decides."""
COPIED = re.compile(
    rf"(?P<base>.+?)[ ._-]+\(?{WORD}(?:[ ._-][\w-]*)?\)?|{WORD}[ ._-]+(?P<after>.+)", re.IGNORECASE | re.DOTALL
)
"""Folders that say that they are a copy; another number or word may make a variant."""
EQUAL, ALIKE = 0.8, 0.5


class Backup(FileRule):
    """The name of another file, present or past, with a backup word, a number in brackets or a timestamp; and content
    that equals or closely matches a revision of that file."""

    id = "backup"
    noun = ("backup copy of a file that git has", "backup copies of files that git has")
    unless = Use.READ

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        originals = _originals(context)
        for path, name in self.living.items():
            if name.kind is Kind.TEST or (name.file.startswith(".") and "backup" not in name.file):
                continue
            if is_served(name) and DIGEST.search(name.file):
                continue
            sure, bases = _bases(name)
            candidates = [one for base in bases for one in originals.get(base.lower(), ()) if one != path]
            if candidates:
                yield from self._judge(context, path, name, sure, _nearest(name, candidates))
            elif folder := _folder_base(name):
                former = [one for one in originals.get(name.file.lower(), ()) if one == folder]
                yield from self._judge(context, path, name, True, former)

    def _judge(
        self, context: AuditContext, path: str, name: Name, sure: bool, originals: list[str]
    ) -> Iterator[FileFinding]:
        found = likest(context, path, originals) if originals else None
        group = f"{name.folder}/" if name.folder else ""
        if found and found.share >= EQUAL:
            same = found.share == 1 and name.kind in (Kind.CODE, Kind.SCRIPT, Kind.DOCUMENT)
            exact = sure or same or re.search(rf"(?:^|[ ._-]){WORD}(?:[ ._-]|$)", name.stem, re.IGNORECASE) is not None
            yield self.finding(path, described(context, found), group, by=found.path, maybe=not exact)
        elif found and sure:
            proof = f"named as a copy of {originals[0]}"
            proof += f", and {described(context, found)}" if found.share else ", with which it has no line in common"
            yield self.finding(
                path, proof, group, by=originals[0], maybe=found.share < ALIKE and not _dead_suffix(name)
            )


def _dead_suffix(name: Name) -> bool:
    """Whether no tool reads a file of this suffix."""
    return re.fullmatch(r"bak|backup|orig|old|.*-backup|save|bkp", name.suffix) is not None


def _bases(name: Name) -> tuple[bool, list[str]]:
    """File names that a name may be a decoration of, and whether the decoration is one of copies alone."""
    suffix = f".{name.suffix}" if name.suffix else ""
    for pattern, sure in ((SURE, True), (LOOSE, False)):
        found = pattern.fullmatch(name.file) or pattern.fullmatch(name.stem)
        if found:
            base = next(one for one in found.groups() if one)
            bases = [base, base + suffix, base.strip(" ._-") + suffix]
            return sure, [one for one in dict.fromkeys(bases) if one != name.file]
    return False, [] if name.file == name.file.strip() else [name.file.strip()]


@lru_cache(10_000)
def _plain_folder(folder: str) -> str | None:
    found = SURE.fullmatch(folder) or COPIED.fullmatch(folder)
    return next((one for one in found.groups() if one), None) if found else None


def _folder_base(name: Name) -> str | None:
    """The path in the original folder, of a file in a folder that is named as a copy: `app_backup/x.py` → "
    "`app/x.py`."""
    for index, folder in enumerate(name.folders):
        if plain := _plain_folder(folder):
            plain = _plain_folder(plain) or plain
            return "/".join([*name.folders[:index], plain, *name.folders[index + 1 :], name.file])
    return None


def _originals(context: AuditContext) -> dict[str, list[str]]:
    """Every path of the present and the past by its file name in lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in (*context.files, *context.history.gone):
        found[path.rpartition("/")[2].lower()].append(path)
    return found


def _nearest(name: Name, candidates: list[str]) -> list[str]:
    """The candidates of the same folder, else the five that share most of the path."""
    same = [one for one in candidates if one.rpartition("/")[0] == name.folder]
    if same:
        return same
    return sorted(candidates, key=lambda one: -len(set(one.split("/")) & set(name.folders)))[:5]
