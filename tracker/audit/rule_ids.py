"""The names of all rules, and those of earlier versions."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from tracker.audit.rules.documents import DOCUMENT_RULES
from tracker.audit.rules.files import FILE_RULES
from tracker.sources.reading import nearest

RENAMED: dict[str, tuple[str, ...]] = {
    "artifact": ("artifact", "ignored"),
    "company": (),
    "copy": ("backup",),
    "dormant": (),
    "identical": ("duplicate",),
    "left-behind": (),
    "notice": ("deprecated",),
    "orphaned": ("unreachable",),
    "precedent": (),
    "promised": ("promised", "condemned"),
    "record": ("finished",),
    "unreferenced": ("unreachable", "one-off"),
}
"""Rules of schema 1 and what they became; empty where nothing replaced them."""


@cache
def rules() -> dict[str, str]:
    """What every rule proves, by its id, in alphabetical order."""
    found: dict[str, str] = {rule.id: " ".join((rule.__doc__ or "").split()) for rule in FILE_RULES}
    for kind in DOCUMENT_RULES:
        text = (kind.__doc__ or "").split("\n\n")[0]
        found[kind.rule] = " ".join(filter(None, [found.get(kind.rule), " ".join(text.split())]))
    return dict(sorted(found.items()))


def unknown_rule(name: str) -> str:
    """That there is no such rule, with the nearest name or all of them."""
    return f"no rule is called {name!r}{nearest(name, rules()) or '; there are: ' + ', '.join(rules())}"


def current(names: Collection[str]) -> frozenset[str]:
    """Names of rules, with those of earlier versions replaced."""
    known = rules()
    return frozenset(new for name in names for new in ((name,) if name in known else RENAMED.get(name, (name,))))
