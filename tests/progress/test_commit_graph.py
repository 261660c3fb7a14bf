"""The graph of commits, held against git itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tracker.progress.commit_graph import CommitGraph


@pytest.mark.parametrize("seed", range(3))
def test_a_graph_answers_as_git_does(seed: int, tmp_path: Path) -> None:
    choose = random.Random(seed)
    repo = GitRepo(tmp_path)
    commits: list[str] = []
    for number in range(20):
        count = min(number, choose.choice([0, 1, 1, 1, 2, 2, 3]))
        parents = [option for one in choose.sample(commits, count) for option in ("-p", one)]
        tree = repo.git("mktree")
        commits.append(repo.git("commit-tree", tree, *parents, "-m", str(number)))
    read = [repo.git("rev-list", "--parents", "-1", one).split() for one in commits]
    choose.shuffle(read)
    graph = CommitGraph({name: tuple(parents) for name, *parents in read})
    merges = [name for name, *parents in read if len(parents) > 1]
    assert merges
    for name, *parents in read:
        assert graph.ancestors([name]) == set(repo.git("rev-list", name).split())
        if len(parents) > 1:
            assert graph.merged_by(name) == set(repo.git("rev-list", *parents[1:], f"^{parents[0]}").split())


def test_unknown_parents_end_the_way() -> None:
    graph = CommitGraph({"m": ("a", "b"), "a": ("x",), "b": ("y",)})
    assert graph.ancestors(["m"]) == {"m", "a", "b"}
    assert graph.ancestors(["m"], without={"a"}) == {"m", "b"}
    assert graph.merged_by("m") == {"b"}
