"""Fit the weights of the stale-file audit on clean-ups in real repositories, and measure them on repositories left out.

usage: python -m benchmarks.audit_fit CLONE... [--points 6] [--keep FILE] [--write]

At every clean-up the tree before it is audited; a file counts as stale when this or a later clean-up of the repository
removed it. Printed: figures for each repository, by weights fitted on all others, and how well the confidence holds.
`--write` puts the weights fitted on all of them into the package. `--keep` remembers the features of trees.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tracker.audit.features import Values, company, features
from tracker.audit.mentions import Names
from tracker.audit.model import WEIGHTS, Model
from tracker.audit.names import is_archive
from tracker.audit.past import renames
from tracker.audit.signals import signals
from tracker.audit.subject import Subject, look
from tracker.model import Commit
from tracker.sources.history import commits
from tracker.sources.repository import Repository
from tracker.sources.trees import commit_tree

SUBJECT = re.compile(
    r"clean|stale|obsolete|unused|outdated|supersed|deprecat|dead|remov|legacy|archiv|backup|old|prune|delete|junk",
    re.IGNORECASE,
)
CLEANING = re.compile(
    r"clean|stale|obsolete|unused|outdated|supersed|archiv|backup|junk|prune|dead|temp|tidy|organi[sz]", re.IGNORECASE
)
MOST = 0.15
"""Of a tree: what removes more takes a part of the product away."""
RIDGE = 100.0
PRIOR = {
    "conventional name": -1.5,
    "changed often": -1.5,
    "named by code": -1.5,
    "settings of a tool": -1.0,
    "perhaps named by code": -0.5,
}
"""What is believed of traits before anything is learnt; of signs, that each weighs one, and of others nothing."""
SAMPLE = 800
"""Files of one tree that are fitted; all are measured."""
FOLDS = 6
Array = Any


@dataclass
class Point:
    """A tree before a clean-up: features of its files, who keeps company with whom, and which were stale."""

    repository: str
    commit: str
    subject: Subject
    values: dict[str, Values]
    stale: frozenset[str]
    big: bool


def cleanups(history: list[Commit]) -> Iterator[tuple[Commit, frozenset[str]]]:
    """Commits that did little but remove or archive files, with those files; the newest first."""
    for commit in history:
        if len(commit.parents) != 1 or not SUBJECT.search(commit.subject):
            continue
        moved = renames(commit)
        gone = {change.path for change in commit.changes if change.status == "D"}
        kept = {old for old, new in moved.items() if not any(map(is_archive, new.split("/")[:-1]))}
        other = sum(change.status != "D" and change.path not in moved.values() for change in commit.changes)
        removed = frozenset(gone - kept)
        if len(removed) >= 5 and len(removed) >= 0.6 * (len(removed) + other):
            yield commit, removed


def points(clone: Path, most: int) -> list[Point]:
    """The trees before some of a repository's clean-ups, spread over its history."""
    with Repository.open(clone) as repository:
        found = list(cleanups(list(commits(repository))))
        steps = np.unique(np.linspace(0, len(found) - 1, min(most, len(found))).round().astype(int))
        result = []
        for step in steps:
            commit, removed = found[step]
            subject = look(repository, commit_tree(repository, commit.parents[0]))
            stale = truth(found[: step + 1], frozenset(subject.files))
            if len(subject.files) >= 50:
                big = len(removed) >= 0.03 * len(subject.files)
                result.append(
                    Point(clone.name, commit.hash[:9], _light(subject), dict(features(subject).values), stale, big)
                )
    print(clone.name, len(result), "trees", flush=True)
    return result


def truth(later: list[tuple[Commit, frozenset[str]]], files: frozenset[str]) -> frozenset[str]:
    """The files that these clean-ups removed, as far as they cleaned up."""
    found: set[str] = set()
    for commit, removed in later:
        if CLEANING.search(commit.subject) and len(removed & files) <= MOST * len(files):
            found |= removed & files
    return frozenset(found)


def _light(subject: Subject) -> Subject:
    """What `company` needs of it, and no texts."""
    light = Subject(subject.files, subject.past, {}, Names({}, {}, frozenset()), frozenset())
    for name in ("by_folder", "mentioned", "mentions"):
        light.__dict__[name] = getattr(subject, name)
    return light


def fit(chosen: list[Point]) -> Model:
    """A model of these trees; every repository weighs the same, and every tree of it."""
    alone = _logistic(chosen, [point.values for point in chosen])
    first = Model(alone, {})
    both = []
    for point in chosen:
        around = company(point.subject, first.alone(point.values))
        both.append({path: point.values[path] | more for path, more in around})
    return Model(alone, _logistic(chosen, both))


def _logistic(chosen: list[Point], values: list[dict[str, Values]]) -> dict[str, float]:
    """Weights by Newton's method. No sign lowers the odds; the less there is to learn from, the nearer to the prior."""
    names = ["always", *sorted({name for part in values for one in part.values() for name in one})]
    place = {name: index for index, name in enumerate(names)}
    trees = Counter(point.repository for point in chosen)
    random = np.random.default_rng(0)
    blocks, stale, weights = [], [], []
    for point, part in zip(chosen, values, strict=True):
        paths = sorted(part)
        if len(paths) > SAMPLE:
            paths = [paths[index] for index in random.choice(len(paths), SAMPLE, replace=False)]
        block = np.zeros((len(paths), len(names)), dtype=np.float32)
        block[:, 0] = 1
        for row, path in enumerate(paths):
            for name, value in part[path].items():
                block[row, place[name]] = value
        blocks.append(block)
        stale += [path in point.stale for path in paths]
        weights += [1000 / trees[point.repository] / len(paths)] * len(paths)
    x, y, weight = np.concatenate(blocks), np.array(stale, dtype=np.float32), np.array(weights, dtype=np.float32)
    signs = np.array([any(name == signal or name.startswith(f"{signal} ") for signal in signals()) for name in names])
    prior = np.array([PRIOR.get(name, float(sign)) for name, sign in zip(names, signs, strict=True)])
    ridge = np.full(len(names), RIDGE)
    ridge[0] = 1e-3
    beta, free = np.zeros(len(names)), np.ones(len(names), dtype=bool)
    while True:
        beta[~free] = 0
        for _ in range(40):
            p = 1 / (1 + np.exp(-(x @ beta.astype(np.float32))))
            slope = x.T @ (weight * (y - p)) - ridge * (beta - prior)
            curve = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
            step = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
            step *= min(1.0, 1 / np.abs(step).max())  # far from the answer a whole step goes astray
            beta[free] += step
            if np.abs(step).max() < 1e-3:
                break
        wrong = signs & free & (beta < 0)
        if not wrong.any():
            return {name: round(float(value), 3) for name, value in zip(names, beta, strict=True) if abs(value) >= 0.01}
        free &= ~wrong


def auc(scores: Array, stale: Array) -> float:
    """The chance that a stale file is ranked above another; ties count half."""
    order = np.sort(scores[~stale])
    below = np.searchsorted(order, scores[stale], "left") + np.searchsorted(order, scores[stale], "right")
    return float(below.mean() / 2 / max(1, len(order)))


def average_precision(scores: Array, stale: Array) -> float:
    hits = stale[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--points", type=int, default=6)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.keep and options.keep.exists():
        found: list[Point] = pickle.loads(options.keep.read_bytes())  # written by this script
    else:
        with ProcessPoolExecutor(2) as pool:
            found = [p for part in pool.map(partial(points, most=options.points), options.clones) for p in part]
        if options.keep:
            options.keep.write_bytes(pickle.dumps(found))
    found = [point for point in found if 0.01 < len(point.stale) / len(point.values) < 0.5]
    said: list[tuple[float, bool, float]] = []
    table = []
    repositories = sorted({point.repository for point in found})
    for fold in range(FOLDS):
        left_out = set(repositories[fold::FOLDS])
        model = fit([point for point in found if point.repository not in left_out])
        for point in found:
            if point.repository not in left_out:
                continue
            scores = model.scores(point.subject, point.values)
            s = np.array(list(scores.values()))
            y = np.array([path in point.stale for path in scores])
            line = (auc(s, y), average_precision(s, y), float(y.mean()), point.big)
            table.append((point.repository, *line))
            print(point.repository, point.commit, len(y), *(f"{one:.3f}" for one in line), flush=True)
            trees = sum(other.repository == point.repository for other in found)
            said += [(score, stale, 1 / trees / len(y)) for score, stale in zip(s, y, strict=True)]
    print("AUC", np.mean([line[1] for line in table]), "AP", np.mean([line[2] for line in table]))
    print("AP where at least 3% were removed", np.mean([line[2] for line in table if line[4]]))
    alike = [np.mean([line[1] for line in table if line[0] == repository]) for repository in repositories]
    print("AUC, every repository counting the same", np.mean(alike))
    score, stale, weight = (np.array(column, dtype=float) for column in zip(*said, strict=True))
    for low in np.arange(0, 1, 0.1):
        inside = (score >= low) & (score < low + 0.1)
        if inside.any():
            means = [np.average(column[inside], weights=weight[inside]) for column in (score, stale)]
            print(f"{low:.1f}: {inside.sum()} files, said {means[0]:.2f}, was {means[1]:.2f}")
    if options.write:
        model = fit(found)
        WEIGHTS.write_text(json.dumps({"alone": model.first, "together": model.second}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
