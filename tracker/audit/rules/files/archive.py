"""The rule `archive`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import accumulate

from tracker.audit.family import FileFinding, Use
from tracker.audit.names import CODE, Kind, Name
from tracker.audit.rules.files.base import KEEPERS, WORD, FileRule

SURE = re.compile(
    r"[._-]*(?:archived?|archives|attic|graveyard|obsolete|old|trash|unused|deprecated|superseded"
    r"|to[-_ ]?delete|arquivo morto|(?:old|archived?|deprecated|unused|obsolete)[-_ ].*"
    r"|.*(?<!and)[-_ ](?:old|archived?|deprecated|unused|obsolete))",
    re.IGNORECASE,
)
UNSURE = re.compile(
    r"[._-]*(?:backups?|bak|legacy|.*[-_](?:backups?|bak|legacy)|(?:backups?|bak|legacy)[-_].*)", re.IGNORECASE
)

ALIKE = 2
"""Folders beside one with the same first word, that make it one of many."""
RUNS = (Kind.CODE, Kind.SCRIPT)


class Archive(FileRule):
    """A folder of old things by its name: one family. It can be removed when nothing outside mentions it."""

    id = "archive"
    unless = Use.READ
    whole = True

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        for path, name in self.living.items():
            depth = next(
                (number for number, one in enumerate(name.folders) if SURE.fullmatch(one) or UNSURE.fullmatch(one)),
                None,
            )
            if depth is None or not KEEPERS.isdisjoint(name.folders):
                continue
            folder = "/".join(name.folders[: depth + 1])
            if self._is_one_of_many(folder):
                continue
            if all(context.names[one].file.startswith(".") for one in context.folders[folder]):
                continue  # a placeholder for what a program puts there
            sure = SURE.fullmatch(name.folders[depth]) is not None
            feature = _is_feature(name, depth)
            if feature and depth and (not sure or name.folders[depth].lower().startswith("archive")):
                continue
            proof = f"in {folder}/, a folder of old things"
            maybe = not sure or feature or folder in self._written
            yield self.finding(path, proof, f"{folder}/", by=f"{folder}/", maybe=maybe)

    def _is_one_of_many(self, folder: str) -> bool:
        """Whether folders beside it are named after the same thing: `db_archive` beside `db_agents` and `db_views`."""
        above, _, own = folder.rpartition("/")
        first, *rest = WORD.split(own)
        alike = (one for one in self._beside[above] if one != own and one.startswith(first) and one != first)
        return bool(first) and bool(rest) and sum(WORD.split(one)[0] == first for one in alike) >= ALIKE

    @cached_property
    def _beside(self) -> Mapping[str, frozenset[str]]:
        """The names of the folders in every folder."""
        found: dict[str, set[str]] = defaultdict(set)
        for folder in self.context.folders:
            above, _, own = folder.rpartition("/")
            found[above].add(own)
        return defaultdict(frozenset, {above: frozenset(names) for above, names in found.items()})

    @cached_property
    def _written(self) -> frozenset[str]:
        """Folders that strings of code name by a path or by two words: a program may keep files there."""
        context = self.context
        code = (path for path, name in context.names.items() if name.kind in RUNS and not name.conventional)
        facts = (found for path in code if (found := context.text(path).imports))
        named = (one.strip("./") for fact in facts for one in (*fact.strings, *fact.patterns))
        return frozenset(
            part for one in named if re.search(r"[/_-]", one) for part in accumulate(one.split("/"), "{}/{}".format)
        )

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        return f"{group}, a folder of old things ({count} {'file' if count == 1 else 'files'})"


def _is_feature(name: Name, depth: int) -> bool:
    """Whether a folder may be a part of the product that is called so: code below an application's folders."""
    above = {folder.lower() for folder in name.folders[:depth]}
    routed = bool(
        above & {"src", "app", "apps", "pages", "routes", "lib", "packages", "components", "api", "templates", "views"}
    )
    return (
        name.suffix in CODE
        and (routed or (name.kind is Kind.CODE and depth == 0))
        and re.search(r"\w[._ -]\w", name.folders[depth]) is None
    )
