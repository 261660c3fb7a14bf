"""Import: the time for 100 Markdown logs of 800 words, and how many facts of real logs are found, and rightly.

usage: python -m benchmarks.logs [--record] [FOLDER…]

The facts of the real logs were made by reading them; `logs_truth.txt` has only digests of them. Give the folders that
hold these logs: a log is known by its content, under any name.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.logs_truth import HOLDOUT, SECOND_HOLDOUT, THIRD_HOLDOUT, TRUTH, measure
from benchmarks.record import record

LOGS = 100
WORDS = 800
NOUNS = [
    "kiln",
    "glaze",
    "shelf",
    "valve",
    "burner",
    "cone",
    "clay",
    "sensor",
    "relay",
    "ledger",
    "wheel",
    "apron",
    "bucket",
    "sieve",
    "oxide",
    "draft",
    "chimney",
    "brick",
]
VERBS = [
    "measured",
    "replaced",
    "cleaned",
    "compared",
    "moved",
    "sealed",
    "ordered",
    "counted",
    "repaired",
    "traced",
    "lowered",
    "raised",
]


def log(number: int, chance: random.Random) -> str:
    def sentence() -> str:
        return f"{chance.choice(VERBS).capitalize()} the {chance.choice(NOUNS)} beside the {chance.choice(NOUNS)}."

    day = date(2031, 1, 1) + timedelta(days=number)
    parts = [
        f"# Session Log — S{number}\n\n**Date:** {day}  \n**Focus:** {sentence()}\n",
        f"## Summary\n\n{sentence()}\n",
    ]
    parts += ["## Files Changed\n\n| File | Action | Note |\n|---|---|---|"]
    parts += [f"| `{noun}/part_{number}.py` | modified | {sentence()} |" for noun in chance.sample(NOUNS, 6)]
    parts += ["\n## Commits\n"] + [f"- `{chance.getrandbits(28):07x}` — {sentence()}" for _ in range(3)]
    part = 0
    while sum(len(text.split()) for text in parts) < WORDS:
        part += 1
        parts.append(f"\n## Part {part}: {chance.choice(NOUNS)}\n\n{' '.join(sentence() for _ in range(4))}\n")
        parts += [f"{step}. **{chance.choice(NOUNS)}** — {sentence()}\n   - {sentence()}" for step in range(1, 5)]
        parts.append(f"\n```python\n{chance.choice(NOUNS)} = {number}\n```")
    parts += ["\n## Lessons Learned\n"] + [f"1. **{chance.choice(NOUNS)}** — {sentence()}" for _ in range(3)]
    parts += ["\n## Next Steps\n\n### Immediate\n"] + [f"- [ ] {sentence()}" for _ in range(3)]
    return "\n".join(parts) + "\n"


def accuracy(folders: list[Path]) -> dict[str, float]:
    """Print precision and recall by field over the known logs in some folders; return those of all fields together."""
    files = [path for folder in folders for path in sorted(folder.glob("**/*.md"))]
    holdouts = {"holdout": HOLDOUT, "holdout2": SECOND_HOLDOUT, "holdout3": THIRD_HOLDOUT}
    figures = [_scores(name, files, facts) for name, facts in holdouts.items()]
    return _scores("logs", files, TRUTH) | {name: value for one in figures for name, value in one.items()}


def _scores(name: str, files: list[Path], facts: Path) -> dict[str, float]:
    logs, scores = measure(files, facts)
    print(f"{logs} {name} with known facts")
    if not logs:
        return {}
    print(f"{'field':16}{'facts':>6}{'precision':>11}{'recall':>8}")
    for field, (found, right, there) in scores.items():
        print(f"{field:16}{there:6}{right / found if found else 1:11.3f}{right / there if there else 1:8.3f}")
    found, right, there = (sum(one[index] for one in scores.values()) for index in range(3))
    print(f"{'all':16}{there:6}{right / found:11.3f}{right / there:8.3f}")
    return {f"{name}_precision": right / found, f"{name}_recall": right / there}


DONE = {"ab40a2c9": "82", "e66826ee": "82", "3523cb65": "82", "608a1df3": "82"}
"""Next steps of the logs of one team that a later log says were done, by the id of the item, with its session."""


def closings(folder: Path) -> dict[str, float]:
    """Print how many of the next steps that later logs say were done are proposed for closing; none is closed."""
    logs = sorted(folder.glob("*.md"))
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        (workspace / "tracker.yml").write_text("project: Logs\n", "utf-8")
        subprocess.run(["git", "init", "-q", name], check=True)

        def tracker(*arguments: str) -> str:
            command = [sys.executable, "-m", "tracker", "--workspace", name, *arguments]
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout

        tracker("import", *map(str, logs))
        items = json.loads(tracker("items", "--all", "--format", "json"))["items"]
    known = {item["id"] for item in items} & DONE.keys()
    if not known:
        return {}
    proposed = {item["id"]: item["proposal"]["session"] for item in items if item["proposal"]}
    right = sum(proposed.get(one) == DONE[one] for one in known)
    closed = sum(item["state"] == "closed" for item in items)
    print(f"{len(items)} items; {len(known)} done later: {right} proposed; {len(proposed)} proposals, {closed} closed")
    return {"proposed": right / len(known), "proposals": len(proposed)}


def main() -> None:
    started = datetime.now(UTC)
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number in range(1, LOGS + 1):
            files.append(folder / f"log_{number}.md")
            files[-1].write_text(log(number, chance), encoding="utf-8")
        words = sum(len(file.read_text("utf-8").split()) for file in files) // LOGS
        seconds = []
        for _ in range(2):
            begin = time.perf_counter()
            command = [sys.executable, "-m", "tracker", "import", "--into", str(folder / "sessions"), *map(str, files)]
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - begin)
    first, again = seconds
    print(
        f"{LOGS} logs of {words} words: {first:.2f} s ({LOGS / first:.0f} logs/s), again with nothing new {again:.2f} s"
    )
    figures = {"import_seconds": first, "again_seconds": again, "words": words}
    folders = [Path(one) for one in sys.argv[1:] if not one.startswith("--")]
    figures |= accuracy(folders)
    for folder in folders:
        figures |= closings(folder)
    if "--record" in sys.argv:
        print(record("benchmark-logs", started, figures))


if __name__ == "__main__":
    main()
