"""`tracker brief`, `tracker items` and `tracker find` on 1,000 sessions of 500 words over 10,000 commits.

usage: python -m benchmarks.brief [--record]

The brief is asked for when something changed and when nothing did; the items with and without a cache. The peer of
finding words is `grep -r -i -c` over the same files, which only counts lines; the floor of all is a bare interpreter.
The commands run alternately; medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.build import TRACKER, generate
from benchmarks.record import record

SESSIONS, COMMITS, ROUNDS = 1_000, 10_000, 7
WORDS = ("magnitude", "trees")
"""Every session contains the first, and nearly every session the second."""


def seconds(folder: Path, *command: str, cache: Path | None = None) -> float:
    environment = os.environ | ({"XDG_CACHE_HOME": str(cache)} if cache else {})
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def main() -> None:
    started = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        generate(folder, SESSIONS, COMMITS)
        brief = (*TRACKER, "brief")
        items = (*TRACKER, "items")
        cold_items = statistics.median(seconds(folder, *items, cache=Path(name, str(i))) for i in range(ROUNDS))
        cold = seconds(folder, *brief)
        commands = {
            "bare": (sys.executable, "-c", "pass"),
            "again": brief,
            "items": items,
            "find": (*TRACKER, "find", *WORDS),
            "grep": ("grep", "-r", "-i", "-c", WORDS[0], "sessions"),
        }
        rounds = [{name: seconds(folder, *command) for name, command in commands.items()} for _ in range(ROUNDS)]
        changed = []
        for number in range(ROUNDS):
            (folder / "sessions" / "changed.yml").write_text(
                f"session: x\ndate: 2031-01-01\nfocus: {number}\n", "utf-8"
            )
            changed.append(seconds(folder, *brief))
    bare, again, listed, find, grep = (statistics.median(one[name] for one in rounds) for name in commands)
    change = statistics.median(changed)
    print(f"{SESSIONS:,} sessions, {COMMITS:,} commits; {os.cpu_count()} cores; bare interpreter {bare:.2f} s")
    print(f"brief: first {cold:.2f} s   a session changed {change:.2f} s   nothing changed {again:.2f} s   ", end="")
    print(f"unchanged / changed {again / change:.2f}")
    print(f"items: without a cache {cold_items:.2f} s   with one {listed:.2f} s")
    print(f"find: {find:.2f} s   grep {grep:.3f} s   find / grep {find / grep:.1f}")
    if "--record" in sys.argv:
        figures = {"cold_seconds": cold, "changed_seconds": change, "again_seconds": again, "find_seconds": find}
        print(record("benchmark-brief", started, figures | {"find_ratio": find / grep, "items_seconds": cold_items}))


if __name__ == "__main__":
    main()
