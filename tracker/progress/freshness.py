"""Freshness: do the files that evidence is about still read as they did when it was measured?"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tracker.progress.globs import matching
from tracker.sources.facts import Facts

Question = tuple[str, tuple[str, ...]]
"""The full hash of a commit and the globs of the files that count."""


def changed_since(facts: Facts, questions: Collection[Question]) -> Mapping[Question, list[str]]:
    """For each question the paths whose content differs between that commit and now, the working tree counted.

    Compared blob by blob, so a revert makes them equal again. One git process, whatever the number of questions.
    """
    paths = {*facts.tree.files, *facts.history.last_change}
    globs = {glob for _, globs in questions for glob in globs}
    covered = {glob: matching(glob, paths) for glob in globs}
    asked = {(commit, globs): sorted({path for glob in globs for path in covered[glob]}) for commit, globs in questions}
    prefix = facts.repository.prefix
    names = [f"{commit}:{prefix}{path}" for (commit, _), paths in asked.items() for path in paths]
    then = facts.repository.objects(names)
    now = facts.tree.files
    return {
        (commit, globs): [path for path in paths if then[f"{commit}:{prefix}{path}"] != now.get(path)]
        for (commit, globs), paths in asked.items()
    }
