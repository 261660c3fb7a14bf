"""Mutation tests of the code that decides verdicts.

Runs mutmut on a seeded sample of the mutants of the modules named in `pyproject.toml`. The tests are those of
`tests/progress` and the story tests; a mutant that no test runs counts as survived.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

MUTANTS = Path("mutants")
CAUGHT = ("killed", "timeout", "segfault", "suspicious")


def main() -> None:
    """Print the survivors and the kill rate."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sample", type=int, default=200, help="mutants to run; 0 runs all")
    parser.add_argument("--seed", type=int, default=15)
    arguments = parser.parse_args()
    _mutmut("run", "tracker.progress.days.x__outside__mutmut_1")  # writes the mutants and measures the tests
    names = sorted(_statuses())
    chosen = random.Random(arguments.seed).sample(names, arguments.sample) if arguments.sample else names
    tested = [name for name in chosen if _has_tests(name)]
    _mutmut("run", *tested)
    report(chosen, _statuses())


def report(chosen: Sequence[str], statuses: dict[str, str]) -> None:
    """Print the kill rate by module, and every survivor."""
    caught = [name for name in chosen if statuses[name] in CAUGHT]
    everything, killed = (Counter(_module(name) for name in names) for names in (chosen, caught))
    for module in sorted(everything):
        print(f"{module:45} {killed[module]:4} of {everything[module]:4}")
    for name in sorted(set(chosen) - set(caught)):
        print(f"{statuses[name]}: {name}")
    print(f"killed {len(caught)} of {len(chosen)} mutants: {len(caught) / len(chosen):.0%}")


def _mutmut(*arguments: str) -> None:
    subprocess.run([Path(sys.executable).parent / "mutmut", *arguments], check=True, stdout=subprocess.DEVNULL)


def _statuses() -> dict[str, str]:
    command = [str(Path(sys.executable).parent / "mutmut"), "results", "--all", "true"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    pairs = (line.strip().rpartition(": ") for line in lines if "__mutmut_" in line)
    return {name: status for name, _, status in pairs}


def _has_tests(name: str) -> bool:
    stats = json.loads((MUTANTS / "mutmut-stats.json").read_text("utf-8"))
    return name.rpartition("__mutmut_")[0] in stats["tests_by_mangled_function_name"]


def _module(name: str) -> str:
    return name.rpartition(".")[0]


if __name__ == "__main__":
    main()
