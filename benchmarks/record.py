"""Write the figures of a benchmark as a result file, so that criteria can use them as evidence."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from diagnostics.result import file_name, timestamp, write_atomically

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "diagnostics" / "results"


def git(*arguments: str) -> str:
    """Run git in this repository and return its output."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def record(name: str, started: datetime, metrics: dict[str, float]) -> Path:
    """Write the figures as a result named `name`, with the commit and the machine. Return its path."""
    dirty = git("status", "--porcelain", "--untracked-files=no", "--", ":/", f":(exclude){RESULTS.relative_to(ROOT)}")
    result = {
        "schema": 1,
        "name": name,
        "kind": "benchmark",
        "status": "complete",
        "started": timestamp(started),
        "finished": timestamp(datetime.now(UTC)),
        "source": {"commit": git("rev-parse", "HEAD"), "tree": git("rev-parse", "HEAD^{tree}"), "dirty": bool(dirty)},
        "environment": {"python": platform.python_version(), "cores": os.cpu_count(), "platform": platform.system()},
        "metrics": {key: round(value, 4) for key, value in metrics.items()},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / file_name(started, name)
    write_atomically(path, json.dumps(result, indent=1) + "\n")
    return path
