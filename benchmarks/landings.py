"""Time to find where 200 commits landed that HEAD does not contain, over 10,000 commits.

usage: python -m benchmarks.landings

Half of them are on a branch that was cherry-picked, the other half are known only by their patch ids. The peer is the
same workspace without these claims.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.history import generate, seconds
from tracker.sources.yaml import dump

CLAIMS, ROUNDS = 200, 3


def _git(folder: Path, *arguments: str) -> list[str]:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.split()


def unlanded(folder: Path) -> list[dict[str, str]]:
    """Return entries for commits that landed under other hashes, with the same change and another message."""
    originals = _git(folder, "rev-list", f"--max-count={CLAIMS * 20}", "HEAD")[:: CLAIMS // 10]
    command = "git diff-tree --stdin -p -r --no-renames --full-index | git patch-id --stable"
    feed = "".join(f"{one}\n" for one in originals)
    done = subprocess.run(command, shell=True, cwd=folder, input=feed, check=True, capture_output=True, text=True)
    patches = done.stdout.split()
    entries = []
    for number, original in enumerate(originals):
        if number % 2:
            entries.append({"commit": f"{number:040x}", "patch_id": patches[2 * number]})
        else:
            copy = _git(folder, "commit-tree", f"{original}^{{tree}}", "-p", f"{original}^", "-m", f"Copy {number}")
            entries.append({"commit": copy[0]})
    return entries


def status(folder: Path) -> None:
    command = [sys.executable, "-m", "tracker", "status", "--format", "json"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = generate(Path(name) / "workspace")
        subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)
        (folder / "tracker.yml").write_text("project: Generated\n", encoding="utf-8")
        (folder / "sessions").mkdir()
        session: dict[str, object] = {"session": "1", "date": "2024-01-01", "focus": "f"}
        path = folder / "sessions/1.yml"
        path.write_text(dump(session), encoding="utf-8")
        status(folder)  # the history is cached from here on
        path.write_text(dump(session | {"focus": "g"}), encoding="utf-8")
        floor = seconds(status, folder)
        session["commits"] = unlanded(folder)
        path.write_text(dump(session), encoding="utf-8")
        cold = seconds(status, folder)
        again = []
        for number in range(ROUNDS):  # with an answer that is not cached whole
            path.write_text(dump(session | {"focus": str(number)}), encoding="utf-8")
            again.append(seconds(status, folder))
        print(f"{CLAIMS} unlanded claims, 10,000 commits; {os.cpu_count()} cores")
        print(f"without {floor:.2f} s   cold {cold:.2f} s   patch ids cached {statistics.median(again):.2f} s")


if __name__ == "__main__":
    main()
