"""Freshness: do the files that evidence is about still read as they did when it was measured?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pathspec import GitIgnoreSpec

from tracker.sources.facts import Facts

Question = tuple[str, tuple[str, ...]]
"""The full hash of a commit and the globs of the files that count."""


def changed_since(facts: Facts, questions: Iterable[Question]) -> Mapping[Question, list[str]]:
    """For each question the paths whose content differs between that commit and now, the working tree counted.

    Compared blob by blob, so a revert makes them equal again. One git process, whatever the number of questions.
    """
    matching = _matcher({*facts.tree.files, *facts.history.last_change})
    asked = {question: matching(question[1]) for question in set(questions)}
    prefix = facts.repository.prefix
    names = [f"{commit}:{prefix}{path}" for (commit, _), paths in asked.items() for path in paths]
    then = facts.repository.objects(names)
    now = facts.tree.files
    return {
        (commit, globs): [path for path in paths if then[f"{commit}:{prefix}{path}"] != now.get(path)]
        for (commit, globs), paths in asked.items()
    }


def _matcher(paths: set[str]) -> Callable[[tuple[str, ...]], list[str]]:
    known: dict[str, list[str]] = {}

    def matching(globs: tuple[str, ...]) -> list[str]:
        for glob in globs:
            if glob not in known:
                known[glob] = [glob] if glob in paths else list(GitIgnoreSpec.from_lines([glob]).match_files(paths))
        return sorted({path for glob in globs for path in known[glob]})

    return matching
