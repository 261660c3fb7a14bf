"""Time to compute verdicts of 500 criteria with two pieces of evidence each, over 10,000 commits and 1,000 results.

usage: python -m benchmarks.verdicts [--record]

The peer is `git log --raw` alone over the same history: every verdict needs to read the history once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.history import git_alone, seconds, stream
from benchmarks.record import record
from tracker.sources.yaml import dump

COMMITS, RESULTS, CRITERIA, ROUNDS = 10_000, 1_000, 500, 5


def generate(folder: Path) -> None:
    """Create a workspace in which every second criterion is stale."""
    subprocess.run(["git", "init", "-q", "--initial-branch=main", folder], check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(stream(COMMITS)), check=True)
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)
    log = subprocess.run(["git", "log", "--format=%H"], cwd=folder, check=True, capture_output=True, text=True)
    hashes = log.stdout.split()
    results = folder / "diagnostics" / "results"
    results.mkdir(parents=True)
    for number in range(RESULTS):
        result = {
            "name": f"run-{number // 2}",
            "started": f"2026-01-{1 + number % 28:02}T00:{number % 60:02}:00Z",
            "source": {"commit": hashes[number * 7 % COMMITS]},
            "metrics": {"value": number / RESULTS, "series": list(range(200))},
        }
        (results / f"{number:04}.json").write_text(json.dumps(result), encoding="utf-8")
    criteria = [
        {
            "id": f"c{number}",
            "text": f"Criterion {number} holds",
            "evidence": [
                {"result": f"run-{number}", "value": "metrics.value", "at_least": "0"},
                {"file": f"src/part_{number % 40}/file_{number % 40}.py", "contains": r"\d+"},
            ],
            "covers": [f"src/part_{number % 40}/*.py"],
        }
        for number in range(CRITERIA)
    ]
    phases = [{"id": f"p{p}", "title": f"Phase {p}", "criteria": criteria[p * 50 : p * 50 + 50]} for p in range(10)]
    (folder / "tracker.yml").write_text(dump({"project": "Generated", "phases": phases}), encoding="utf-8")


def status(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "tracker", "status", "--format", "json"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> None:
    started = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        generate(folder)
        floor = statistics.median(seconds(git_alone, folder) for _ in range(ROUNDS))
        cold = seconds(status, folder)
        again = statistics.median(seconds(status, folder) for _ in range(ROUNDS))
        print(f"{CRITERIA} criteria, {COMMITS:,} commits, {RESULTS:,} results; {os.cpu_count()} cores")
        print(f"git log alone {floor:.2f} s   status cold {cold:.2f} s   again {again:.2f} s   ", end="")
        print(f"cold / git {cold / floor:.1f}   again / git {again / floor:.1f}")
        if "--record" in sys.argv:
            print(record("benchmark-verdicts", started, {"cold_seconds": cold, "again_seconds": again}))


if __name__ == "__main__":
    main()
