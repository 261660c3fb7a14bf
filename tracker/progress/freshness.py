"""Freshness: do the files that evidence is about still read as they did when it was measured?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tracker.model import Commit
from tracker.progress.globs import matching
from tracker.sources.facts import Facts

MOST_COMMITS = 20
"""Whoever looks for what made a verdict stale begins with the newest."""

Question = tuple[str, tuple[str, ...]]
"""The hash of a commit or tree and the globs of the files that count."""


def dated(
    facts: Facts, measured: Iterable[tuple[str | None, str | None]]
) -> Mapping[tuple[str | None, str | None], str]:
    """For each pair of a commit and its tree, as a result names them, the one that git still has.

    A squash or rebase leaves commits behind; the tree is often still there, under another commit. One git process.
    """
    pairs = set(measured)
    trees = facts.repository.objects({tree for _, tree in pairs if tree})
    found = {}
    for commit, tree in pairs:
        known = facts.hashes.get(commit) or (commit if commit in facts.history.contained else None) if commit else None
        if at := known or (tree and trees.get(tree)):
            found[commit, tree] = at
    return found


def covered(facts: Facts, globs: Iterable[str]) -> Mapping[str, list[str]]:
    """For each glob the paths that it stands for, of all that git has or ever had."""
    paths = {*facts.tree.files, *facts.history.changes}
    return {glob: matching(glob, paths) for glob in set(globs)}


def changed_since(
    facts: Facts, questions: Collection[Question], covered: Mapping[str, list[str]]
) -> Mapping[Question, list[str]]:
    """For each question the paths whose content differs between then and now, the working tree counted.

    Compared blob by blob, so a revert makes them equal again. One git process, whatever the number of questions.
    """
    asked = {(at, globs): sorted({path for glob in globs for path in covered[glob]}) for at, globs in questions}
    prefix = facts.repository.prefix
    names = [f"{at}:{prefix}{path}" for (at, _), paths in asked.items() for path in paths]
    then = facts.repository.objects(names)
    now = facts.tree.files
    return {
        (at, globs): [path for path in paths if then[f"{at}:{prefix}{path}"] != now.get(path)]
        for (at, globs), paths in asked.items()
    }


def commits_since(facts: Facts, at: str, paths: Iterable[str]) -> list[Commit]:
    """The commits that changed some paths since a commit, the newest first, no more than MOST_COMMITS.

    Since a tree: since the newest commit that has it.
    """
    history = facts.history
    age = history.age.get(at)
    if age is None:  # a tree: the newest commit that has it
        age = next((index for index, commit in enumerate(history.commits) if commit.tree == at), len(history.commits))
    newer = {
        change.commit.hash: change.commit
        for path in paths
        for change in history.changes.get(path, ())
        if history.age[change.commit.hash] < age
    }
    return sorted(newer.values(), key=lambda commit: history.age[commit.hash])[:MOST_COMMITS]
