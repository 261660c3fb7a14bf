"""Time to build pages (cold, with nothing to do, with one session changed), compared with MkDocs on these pages.

usage: python -m benchmarks.build [--sessions 1000] [--commits 10000] [--phases 40] [--runs 200] [--versions 20]
       [--no-mkdocs] [--record] [--folder FOLDER]

The workspace is generated: sessions of 500 words with tables, lists and code, a history in which every tenth commit
names a session, and copies of a measured training of this repository. Every command runs in its own process, and its
start-up counts. With --folder the workspace is generated there and kept; nothing is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.history import stream
from benchmarks.record import RESULTS, record
from tracker.sources.yaml import dump

WORDS = (
    *("the", "network", "loses", "to", "boosted", "trees", "because", "its", "inputs", "span"),
    *("five", "orders", "of", "magnitude", "and", "rarely", "looked", "at", "them", "yet"),
)
TRACKER = [sys.executable, "-m", "tracker"]
ROUNDS = 5


def prose(rng: random.Random, words: int) -> str:
    """Return Markdown of about `words` words: paragraphs, lists, tables and code."""
    text = []
    while words > 0:
        sentence = " ".join(rng.choices(WORDS, k=12)).capitalize()
        kind = rng.random()
        if kind < 0.6:
            text.append(f"{sentence}, and `{rng.choice(WORDS)}` **too**.\n")
        elif kind < 0.85:
            text.append("".join(f"- {sentence}\n" for _ in range(3)))
            words -= 24
        elif kind < 0.95:
            text.append(f"| What | Value |\n|---|---|\n| {sentence} | {rng.random():.3f} |\n| loss | 0.1 |\n")
        else:
            text.append(f"```python\nprint({rng.random():.3f})\n```\n")
        words -= 12
    return "\n".join(text)


def session(number: int) -> str:
    """Return a session file of about 500 words."""
    rng = random.Random(number)
    return dump(
        {
            "session": str(number),
            "date": str(date(2024, 1, 1) + timedelta(days=number // 2)),
            "focus": " ".join(rng.choices(WORDS, k=8)),
            "summary": prose(rng, 120),
            "work": [{"title": f"Part {part}", "body": prose(rng, 90), "task": f"t{number % 50}"} for part in range(3)],
            "tasks": {f"t{number % 50}": "complete"},
            "files": {"created": [{"path": f"src/part_{number % 40}/file_{number % 1000}.py", "note": "new"}]},
            "decisions": [{"decision": " ".join(rng.choices(WORDS, k=6)), "rationale": prose(rng, 40)}],
            "learnings": [" ".join(rng.choices(WORDS, k=20))],
            "next": {"immediate": [" ".join(rng.choices(WORDS, k=10)) for _ in range(2)]},
        }
    )


def write_runs(folder: Path, runs: int) -> None:
    """Write copies of the newest training of this repository, under ten names, one an hour."""
    training = json.loads(max(RESULTS.glob("*-tabular-raw.json")).read_text("utf-8"))
    (folder / "diagnostics/results").mkdir(parents=True)
    for number in range(runs):
        started = f"{datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}"
        copy = training | {"name": f"net-{number % 10}", "started": started, "digest": None}
        (folder / f"diagnostics/results/{number:04}.json").write_text(json.dumps(copy), encoding="utf-8")


def generate(folder: Path, sessions: int, commits: int, phases: int = 10, runs: int = 0) -> None:
    """Create a workspace with generated sessions, a generated history and a plan."""
    subprocess.run(["git", "init", "-q", "--initial-branch=main", folder], check=True)
    history = b"".join(stream(commits))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=history, check=True)
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)
    plan = [
        {
            "id": f"p{phase}",
            "title": f"Phase {phase}",
            "tasks": [{"id": f"t{phase * 5 + task}", "title": "Work"} for task in range(5)],
            "criteria": [
                {"id": f"c{phase}", "text": "It exists", "evidence": [{"file": f"src/part_{phase}/file_{phase}.py"}]}
            ],
        }
        for phase in range(phases)
    ]
    subprocess.run([*TRACKER, "init"], cwd=folder, check=True, capture_output=True)
    (folder / "tracker.yml").write_text(dump({"project": "Generated", "phases": plan}), encoding="utf-8")
    (folder / "sessions").mkdir(exist_ok=True)
    for old in (folder / "sessions").iterdir():
        old.unlink()
    for number in range(sessions):
        (folder / "sessions" / f"{number:05}.yml").write_text(session(number), encoding="utf-8")
    if runs:
        write_runs(folder, runs)


def release(folder: Path, versions: int) -> None:
    """Release so many versions, each after an equal part of the sessions."""
    files = sorted((folder / "sessions").iterdir())
    texts = {file: file.read_bytes() for file in files}
    for file in files:
        file.unlink()
    for number in range(versions):
        for file in files[number * len(files) // versions : (number + 1) * len(files) // versions]:
            file.write_bytes(texts[file])
        subprocess.run([*TRACKER, "release", f"1.{number}.0"], cwd=folder, check=True, capture_output=True)


def run(folder: Path) -> tuple[float, float]:
    """Run `tracker build --no-site`. Return seconds, and the peak memory in MB of its largest process."""
    start = time.perf_counter()
    process = subprocess.Popen([*TRACKER, "build", "--no-site"], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit("tracker build failed")
    return seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def median(times: int, prepare: Callable[[int], None], folder: Path) -> tuple[float, float]:
    """Return median seconds and highest memory in MB of several runs; `prepare` is called before each."""
    found = []
    for number in range(times):
        prepare(number)
        found.append(run(folder))
    return statistics.median(seconds for seconds, _ in found), max(megabytes for _, megabytes in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--phases", type=int, default=10)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--versions", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="generate the workspace here, keep it and measure nothing")
    parser.add_argument("--record", action="store_true", help="write the figures as a result")
    parser.add_argument("--no-mkdocs", action="store_true", help="skip MkDocs, which takes the longest")
    options = parser.parse_args()
    started = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name) / "workspace"
        generate(folder, options.sessions, options.commits, options.phases, options.runs)
        if options.versions:
            release(folder, options.versions)
        if options.folder:
            return
        size = (
            f"{options.versions} versions, {options.sessions:,} sessions of 500 words, {options.commits:,} commits, "
            f"{options.phases} phases, {options.runs} runs"
        )
        print(f"{size}; {os.cpu_count()} cores")
        cold, cold_memory = run(folder)
        print(f"cold               {cold:6.2f} s   {cold_memory:4.0f} MB")
        idle, memory = median(ROUNDS, lambda _: None, folder)
        print(f"nothing changed    {idle:6.2f} s   {memory:4.0f} MB")

        def touch(number: int) -> None:
            file = folder / "sessions" / f"{options.sessions // 2:05}.yml"
            file.write_text(session(options.sessions // 2).replace("summary: |", f"team: Team {number}\nsummary: |"))

        one, memory = median(ROUNDS, touch, folder)
        print(f"one session changed{one:6.2f} s   {memory:4.0f} MB")
        if options.no_mkdocs:
            return
        start = time.perf_counter()
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
        subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, env=environment, check=True)
        peer = time.perf_counter() - start
        print(f"MkDocs, same pages {peer:6.2f} s")
        print(f"cold / MkDocs {cold / peer:.2f}   nothing changed / MkDocs {idle / peer:.3f}")
        if options.record:
            figures = {"cold_seconds": cold, "idle_seconds": idle, "one_changed_seconds": one, "mkdocs_seconds": peer}
            ratios = {"cold_ratio": cold / peer, "idle_ratio": idle / peer, "megabytes": max(cold_memory, memory)}
            print(record("benchmark-build", started, figures | ratios))


if __name__ == "__main__":
    main()
