"""Fit the weights of the stale-file audit on clean-ups in real repositories, and measure them on repositories left out.

usage: python -m benchmarks.audit_fit CLONE... [--points 8] [--keep FILE] [--without NAME] [--write]

At every clean-up the tree before it is audited; a file counts as stale when this or a later clean-up of the repository
removed it. Printed: figures for each repository, by weights fitted on others, and how well the confidence holds there.
`--write` puts the weights fitted on all (but those of `--without`) into the package; `--keep` remembers features.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
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
MOST = 0.2
"""Of a tree: what removes more takes a part of the product away."""
DOUBTFUL = 0.35
"""What a file weighs that went with such a part: it may have been stale, or a feature that was given up."""
LARGEST_TREE = 7000
STALE, KEPT = 250, 250
"""Files of one tree that are fitted; all are measured."""
RIDGE = 2000.0
"""In a unit in which every repository weighs 100 and every feature has deviation 1."""
SURE = frozenset(["archive", "artifact folder", "artifact ignored", "artifact suffix", "copy", "copy alone", "empty"])
BELIEF = 0.7
"""Log odds that these signs are believed to add before anything is learnt; of all else nothing is believed."""
FOLDS = 5
TRUST, DOUBT = 12.0, 0.55
"""How steeply trust in a tree rises with its AUC, and where it is a half."""
Array = Any


@dataclass
class Point:
    """A tree before a clean-up: features of its files, who keeps company with whom, and which were stale."""

    repository: str
    commit: str
    subject: Subject
    values: Values
    stale: Array
    """By file, whether this or a later clean-up removed it."""
    sure: Array
    """Whether one removed it that cleaned up, and not much else."""
    big: bool

    @property
    def useful(self) -> bool:
        """Whether there are both to learn from."""
        return bool(3 <= self.stale.sum() < len(self.stale) / 2)


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
    """The trees before some of a repository's clean-ups: the largest."""
    name = clone.parent.name if clone.name in ("repo", ".git") else clone.name
    result = []
    with Repository.open(clone) as repository:
        found = list(cleanups(list(commits(repository))))
        sizes = [len(removed) for _, removed in found]
        for step in sorted(sorted(range(len(found)), key=lambda index: -sizes[index])[:most]):
            commit, removed = found[step]
            tree = commit_tree(repository, commit.parents[0])
            if not 50 <= len(tree.files) <= LARGEST_TREE or len(removed) > len(tree.files) / 2:
                continue
            subject = look(repository, tree)
            every = set().union(*(gone for _, gone in found[: step + 1]))
            sure: set[str] = set()
            for later, gone in found[: step + 1]:
                if CLEANING.search(later.subject) and len(gone & subject.files.keys()) <= MOST * len(subject.files):
                    sure |= gone
            result.append(
                Point(
                    name,
                    commit.hash[:9],
                    _light(subject),
                    features(subject).values,
                    np.array([path in every for path in subject.files]),
                    np.array([path in sure for path in subject.files]),
                    len(removed) >= 0.03 * len(subject.files),
                )
            )
    print(name, len(result), "trees", flush=True)
    return result


def _light(subject: Subject) -> Subject:
    """What `company` needs of it, and no texts."""
    past = replace(subject.past, commits=[], sizes=[], gone={})
    light = Subject(subject.files, past, {}, Names({}, {}, frozenset()), frozenset())
    for name in ("names", "_mentions"):
        light.__dict__[name] = getattr(subject, name)
    return light


class Design:
    """Features as matrices, each tree against its own mean, in units of their deviation."""

    def __init__(self, found: Sequence[Point]) -> None:
        columns = {name for point in found for name in (*point.values.traits, *point.values.strengths)}
        self.names = sorted(columns)
        place = {name: index for index, name in enumerate(self.names)}
        random = np.random.default_rng(0)
        self.rows: dict[int, tuple[Array, Array, Array]] = {}
        self.means: dict[int, Array] = {}
        variance = np.zeros(len(self.names))
        for point in found:
            x = np.zeros((len(point.stale), len(self.names)), dtype=np.float32)
            for name, column in point.values.traits.items():
                x[:, place[name]] = column
            for name, strengths in point.values.strengths.items():
                x[list(strengths), place[name]] = list(strengths.values())
            self.means[id(point)] = x.mean(0)
            variance += x.var(0) / len(found)
            if point.useful:
                kept, gone = np.flatnonzero(~point.stale), np.flatnonzero(point.stale)
                chosen = np.concatenate([random.permutation(gone)[:STALE], random.permutation(kept)[:KEPT]])
                self.rows[id(point)] = (x[chosen] - x.mean(0), *_balanced(point, chosen))
        self.unit = np.sqrt(variance) + 0.03
        signs = [name.split()[0] in signals() for name in self.names]
        belief = [BELIEF * (name in SURE) for name in self.names]
        self.least = np.where(signs, 0.0, -np.inf)
        self.prior = np.array(belief) * self.unit

    def fit(self, chosen: Sequence[Point]) -> Model:
        """A model of these trees, less its level; every repository weighs the same, and every tree of it as it is
        trusted: what people removed where nothing betrayed it was no clean-up, and there is nothing to learn."""
        equal = dict.fromkeys(map(id, chosen), 1.0)
        said = left_out(chosen, partial(self._fit, trust=equal))
        return self._fit(chosen, {id(one.point): one.trust for one in said})

    def _fit(self, chosen: Sequence[Point], trust: Mapping[int, float]) -> Model:
        trees = Counter(point.repository for point in chosen if point.useful)
        x, y, w = [], [], []
        for point in chosen:
            if point.useful:
                rows, stale, weight = self.rows[id(point)]
                weight = weight * trust[id(point)]
                x.append(rows / self.unit.astype(np.float32))
                y.append(stale)
                w.append(weight / trees[point.repository])
        ridge = np.full(len(self.names), RIDGE)
        beta = logistic(np.concatenate(x), np.concatenate(y), np.concatenate(w), ridge, self.prior, self.least)
        weights = {name: round(float(one), 3) for name, one in zip(self.names, beta / self.unit, strict=True)}
        weights = {name: one for name, one in weights.items() if one}
        usual = np.mean([self.means[id(point)] @ (beta / self.unit) for point in chosen])
        model = Model(weights, round(float(usual), 3), {"itself": 1.0}, 0.0, 1.0, 1.0)
        return replace(model, company=self._company(chosen, model, trees, trust))

    def _company(
        self, chosen: Sequence[Point], model: Model, trees: Counter[str], trust: Mapping[int, float]
    ) -> dict[str, float]:
        x, y, w = [], [], []
        for point in chosen:
            if point.useful:
                alone = model.odds(point.values, len(point.stale))
                columns = {"itself": alone} | company(point.subject, alone)
                matrix = np.array(list(columns.values()), dtype=np.float32).T
                stale, weight = _balanced(point, np.arange(len(point.stale)))
                weight = weight * trust[id(point)]
                x.append(matrix - matrix.mean(0))
                y.append(stale)
                w.append(weight / trees[point.repository])
        size = x[0].shape[1]
        beta = logistic(
            np.concatenate(x), np.concatenate(y), np.concatenate(w), np.ones(size), np.eye(size)[0], np.zeros(size)
        )
        return {name: round(float(one), 3) for name, one in zip(columns, beta, strict=True)}


def _balanced(point: Point, chosen: Array) -> tuple[Array, Array]:
    """Which of some files of a tree are stale, and weights by which both kinds weigh 50."""
    stale = point.stale[chosen]
    weight = np.where(stale & ~point.sure[chosen], DOUBTFUL, 1.0)
    weight[stale] /= weight[stale].sum()
    weight[~stale] /= weight[~stale].sum()
    return stale.astype(np.float32), (50 * weight).astype(np.float32)


def logistic(x: Array, y: Array, weight: Array, ridge: Array, prior: Array, least: Array) -> Array:
    """Coefficients by Newton's method, none below its least; the intercept, which is free, is left out."""
    x = np.hstack([x, np.ones((len(x), 1), np.float32)])
    ridge, prior, least = np.append(ridge, 1e-3), np.append(prior, 0.0), np.append(least, -np.inf)
    beta, free = prior.astype(float), np.ones(x.shape[1], dtype=bool)
    while True:
        for _ in range(40):
            p = 1 / (1 + np.exp(-np.clip(x @ beta.astype(np.float32), -30, 30)))
            slope = x.T @ (weight * (y - p)) - ridge * (beta - prior)
            curve = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
            step = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
            step *= min(1.0, 1 / np.abs(step).max())  # far from the answer a whole step goes astray
            beta[free] += step
            if np.abs(step).max() < 1e-3:
                break
        wrong = free & (beta < least)
        if not wrong.any():
            return beta[:-1]
        beta[wrong] = least[wrong]
        free &= ~wrong


def auc(scores: Array, stale: Array) -> float:
    """The chance that a stale file is ranked above another; ties count half."""
    order = np.sort(scores[~stale])
    below = np.searchsorted(order, scores[stale], "left") + np.searchsorted(order, scores[stale], "right")
    return float(below.mean() / 2 / max(1, len(order)))


def average_precision(scores: Array, stale: Array) -> float:
    hits = stale[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


@dataclass
class Said:
    """What a model that had not seen the repository said of a tree."""

    point: Point
    sums: Array
    weight: float
    """Every repository weighs the same, and every tree of it."""

    @property
    def trust(self) -> float:
        """How much a tree teaches, from 0 to 1: by how far what was removed could be told from what was kept."""
        return float(1 / (1 + np.exp(-TRUST * (auc(self.sums, self.point.stale) - DOUBT))))


def left_out(found: Sequence[Point], fit: Callable[[Sequence[Point]], Model]) -> list[Said]:
    """Every repository by weights fitted on others."""
    repositories = sorted({point.repository for point in found})
    trees = Counter(point.repository for point in found)
    said = []
    for fold in range(FOLDS):
        out = set(repositories[fold::FOLDS])
        model = fit([point for point in found if point.repository not in out])
        for point in found:
            if point.repository in out:
                alone = model.odds(point.values, len(point.stale))
                sums = np.array(model.together(alone, model.beside(point.subject, alone)))
                said.append(Said(point, sums, 1 / trees[point.repository]))
    return said


def platt(said: list[Said]) -> tuple[float, float]:
    """Level and slope (Platt 1999) by which the sums are probabilities, every tree weighing its weight."""
    x = np.concatenate([one.sums for one in said])
    y = np.concatenate([one.point.stale for one in said])
    w = np.concatenate([np.full(len(one.sums), one.weight / len(one.sums)) for one in said])
    a, b = -2.0, 1.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(a + b * x)))
        slope = np.array([(w * (y - p)).sum(), (w * (y - p) * x).sum()])
        v = w * p * (1 - p)
        curve = np.array([[v.sum(), (v * x).sum()], [(v * x).sum(), (v * x * x).sum()]])
        step = np.linalg.solve(curve, slope)
        a, b = a + step[0], b + step[1]
    return round(float(a), 3), round(float(b), 3)


def outcomes(said: list[Said], level: float, slope: float) -> tuple[Array, Array, Array]:
    """Of every file: what was said, whether it was stale, and what it weighs."""
    p = np.concatenate([1 / (1 + np.exp(-(level + slope * one.sums))) for one in said])
    y = np.concatenate([one.point.stale for one in said])
    return p, y, np.concatenate([np.full(len(one.sums), one.weight / len(one.sums)) for one in said])


def highest(p: Array, stale: Array, weight: Array) -> float:
    """The highest confidence that came true: of what was said so surely or more, as large a share was stale."""
    for percent in range(95, 50, -5):
        above = p >= percent / 100
        if above.any() and np.average(stale[above], weights=weight[above]) >= percent / 100:
            return percent / 100
    return 0.5


def report(said: list[Said]) -> None:
    """Figures of every repository, and of all."""
    table: dict[str, list[tuple[float, float, float]]] = {}
    for one in said:
        stale = one.point.stale
        line = (auc(one.sums, stale), average_precision(one.sums, stale), float(stale.mean()))
        table.setdefault(one.point.repository, []).append(line)
    for name, lines in sorted(table.items()):
        print(f"{name:50} {len(lines):2} trees: AUC, AP, share", *(f"{one:.3f}" for one in np.mean(lines, 0)))
    means = np.array([np.mean(lines, 0) for lines in table.values()])
    print(
        len(table), "repositories left out, counting the same: AUC, AP, share", *(f"{one:.3f}" for one in means.mean(0))
    )


def reliability(p: Array, stale: Array, weight: Array) -> None:
    """What became of files, by what was said of them."""
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        if inside.any():
            told, was = (np.average(column[inside], weights=weight[inside]) for column in (p, stale))
            print(f"| {low:.1f}-{low + 0.1:.1f} | {inside.sum():,} | {told:.2f} | {was:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--points", type=int, default=8)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.keep and options.keep.exists():
        found: list[Point] = pickle.loads(options.keep.read_bytes())  # written by this script
    else:
        with ProcessPoolExecutor(2) as pool:
            found = [p for part in pool.map(partial(points, most=options.points), options.clones) for p in part]
        if options.keep:
            options.keep.write_bytes(pickle.dumps(found))
    found = [point for point in found if point.repository not in options.without and point.stale.any()]
    design = Design(found)
    said = left_out(found, design.fit)
    report(said)
    level, slope = platt(said)
    p, stale, weight = outcomes(said, level, slope)
    ceiling = highest(p, stale, weight)
    reliability(np.minimum(p, ceiling), stale, weight)
    if options.write:
        model = replace(design.fit(found), level=level, slope=slope, ceiling=ceiling)
        WEIGHTS.write_text(json.dumps(asdict(model), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
