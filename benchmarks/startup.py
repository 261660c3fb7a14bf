"""Start-up time of `tracker --version` compared with a bare interpreter; both run alternately.

usage: python -m benchmarks.startup [--record]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime

from benchmarks.record import record

ROUNDS = 15


def seconds(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    started = datetime.now(UTC)
    pairs = [(seconds("-c", "pass"), seconds("-m", "tracker", "--version")) for _ in range(ROUNDS)]
    bare, ours = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(f"bare interpreter {bare:.3f} s   tracker --version {ours:.3f} s   above it {ours - bare:.3f} s")
    if "--record" in sys.argv:
        print(record("benchmark-startup", started, {"bare_seconds": bare, "above_seconds": ours - bare}))


if __name__ == "__main__":
    main()
