"""How well the audit ranks files at clean-ups of a repository that its weights were not fitted on, beside age.

usage: python -m benchmarks.audit_ranking CLONE [--record]

At every clean-up the tree before it is audited with nothing later known. AUC is the chance that a file which this or a
later clean-up removed is ranked above one that was kept, ties counting half; AP the average precision of that ranking.
A file counts as ranked by the audit where it is told with a proposal to remove or to archive it.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.audit_fit import auc, average_precision, cleanups
from benchmarks.record import record
from tracker.audit.features import features
from tracker.audit.findings import judge, rules
from tracker.audit.model import fitted
from tracker.audit.subject import Subject, look
from tracker.sources.history import commits
from tracker.sources.repository import Repository
from tracker.sources.trees import commit_tree

BIG = 0.03
"""Share of the tree that a big clean-up removes."""


def confidences(subject: Subject) -> dict[str, float]:
    """What the audit says of each file that it would have gone."""
    found = judge(subject, features(subject), fitted(), rules())
    return {one.path: one.confidence for one in found if one.action in ("remove", "archive")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    started = datetime.now(UTC)
    figures: dict[str, list[float]] = {name: [] for name in ("age_auc", "auc", "ap", "big_ap")}
    print("| clean-up | files | stale | AUC: age | audit | AP |\n|---|--:|--:|--:|--:|--:|")
    with Repository.open(options.clone) as repository:
        later: set[str] = set()
        for commit, removed in cleanups(list(commits(repository))):
            later |= removed
            tree = commit_tree(repository, commit.parents[0])
            subject = look(repository, tree)
            told, lives = confidences(subject), subject.past.lives
            stale = np.array([path in later for path in subject.files])
            ages = np.array([lives[path].changed if path in lives else 0 for path in subject.files])
            scores = np.array([told.get(path, 0.0) for path in subject.files])
            line = {"age_auc": auc(ages, stale), "auc": auc(scores, stale), "ap": average_precision(scores, stale)}
            if len(removed) >= BIG * len(stale):
                line["big_ap"] = line["ap"]
            for name, value in line.items():
                figures[name].append(value)
            cells = (len(stale), stale.sum(), *(f"{line[name]:.2f}" for name in ("age_auc", "auc", "ap")))
            print(f"| {commit.hash[:9]} |", " | ".join(map(str, cells)), "|", flush=True)
    means = {f"mean_{name}": fmean(values) for name, values in figures.items() if values}
    print(len(figures["auc"]), "clean-ups:", ", ".join(f"{name} {value:.3f}" for name, value in means.items()))
    if options.record:
        print(record("benchmark-audit-ranking", started, {"cleanups": len(figures["auc"]), **means}))


if __name__ == "__main__":
    main()
