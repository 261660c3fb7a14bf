"""Ids that repeat between chapters: phase 8 of chapter 14 is named `14/8`, and so are its tasks and criteria."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tracker.model import Criterion, Phase
from tracker.slugs import slug

_PHASE = r"\b(?:phase|ph\.)\s*(?P<{0}>\w+(?:[.-]\w+)*)"
_CHAPTER = r"\b(?:chapter|ch\.)\s*(?P<{0}>\w+(?:[.-]\w+)*)"
_SPOKEN = re.compile(
    rf"{_PHASE.format('p1')},?\s+(?:(?:of|in|from)\s+)?(?:the\s+)?\(?{_CHAPTER.format('c1')}"
    rf"|{_CHAPTER.format('c2')}[\s,:;/·–—-]+{_PHASE.format('p2')}"
    r"|\b(?:phases?\s+|tasks?\s+)(?P<c3>\d+)/(?P<p3>\w+(?:\.\w+)*)",
    re.IGNORECASE,
)


def named_by_chapter(phases: Sequence[Phase]) -> list[Phase]:
    """Return the phases, in which an id that several chapters use is preceded by its chapter."""
    phase_ids = _repeated((phase.chapter, phase.id) for phase in phases)
    task_ids = _repeated((phase.chapter, task.id) for phase in phases for task in phase.tasks)
    criteria = ((phase.chapter, one.id) for phase in phases for one in (*phase.criteria, *phase.prerequisites))
    criterion_ids = _repeated(criteria)
    if not (phase_ids or task_ids or criterion_ids):
        return list(phases)
    known = {(chapter_key(phase.chapter), phase.id) for phase in phases}
    return [_named(phase, known, phase_ids, task_ids, criterion_ids) for phase in phases]


def _named(
    phase: Phase, known: set[tuple[str, str]], phase_ids: set[str], task_ids: set[str], criterion_ids: set[str]
) -> Phase:
    key = chapter_key(phase.chapter)

    def name(one: str, repeated: set[str]) -> str:
        return f"{key}/{one}" if key and one in repeated else one

    def renamed(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
        return tuple(one.model_copy(update={"id": name(one.id, criterion_ids)}) for one in criteria)

    before = (name(one, phase_ids) if (key, one) in known else one for one in phase.depends_on)
    update = {
        "id": name(phase.id, phase_ids),
        "tasks": tuple(one.model_copy(update={"id": name(one.id, task_ids)}) for one in phase.tasks),
        "criteria": renamed(phase.criteria),
        "prerequisites": renamed(phase.prerequisites),
        "depends_on": tuple(before),
    }
    return phase.model_copy(update=update)


def chapter_key(chapter: str | None) -> str:
    """Return the number of a chapter, or its name as a slug; empty without one.

    >>> chapter_key("Chapter 14: Diagnostics"), chapter_key("Kiln"), chapter_key(None)
    ('14', 'kiln', '')
    """
    number = re.search(r"\d+", chapter or "")
    return number[0] if number else slug(chapter or "")


def find_phase(phases: Iterable[Phase], name: str) -> str | None:
    """Return the id of the phase that a text names: its id, `chapter/id`, or `phase 8 of chapter 14`."""
    ids = {phase.id: phase.id for phase in phases}
    keyed = {f"{chapter_key(phase.chapter)}/{phase.id}": phase.id for phase in phases}
    name = next(iter(spoken_phases(name)), name)
    return ids.get(name) or keyed.get(name)


def spoken_phases(text: str) -> list[str]:
    """Return the phases that a text names with their chapter, each as `chapter/id`.

    >>> spoken_phases("Phase 8 of Chapter 14, chapter 3: phase 2b, phase 14/9")
    ['14/8', '3/2b', '14/9']
    """
    found = (match.groupdict() for match in _SPOKEN.finditer(text))
    return [f"{one['c1'] or one['c2'] or one['c3']}/{one['p1'] or one['p2'] or one['p3']}".lower() for one in found]


def without_spoken_phases(text: str) -> str:
    """Return the text without the phases that it names with their chapter."""
    return _SPOKEN.sub(" ", text)


def _repeated(ids: Iterable[tuple[str | None, str]]) -> set[str]:
    """The ids that more than one chapter uses."""
    chapters = Counter(name for _, name in {(chapter_key(chapter), name) for chapter, name in ids if chapter})
    return {name for name, count in chapters.items() if count > 1}
