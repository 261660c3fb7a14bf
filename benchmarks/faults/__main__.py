"""`python -m benchmarks.faults [BATTERY …]`: what the diagnoses of trainings are worth.

`planted` are small generated trainings, the other batteries scripts as people write them; without a name all are
run. Every run is `python -m diagnostics` on an unchanged script. Printed
are shares of runs: a right cause came first, it was named at all, a symptom of it came first, something wrong came
first, nothing was said; then the alarms on healthy runs; and beside them two other tools' rules on the same series."""

import argparse
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.manifest import BATTERIES, Program, last_number, load_programs
from benchmarks.faults.peers import PEERS, named_by
from benchmarks.faults.plans import FAMILIES, FAULTS
from benchmarks.faults.runner import FaultRun, Job, run_forked, run_processes
from benchmarks.faults.scores import HEADER, Said, Tally, calibration, what_is_said
from benchmarks.faults.tapes import TapeFolder

TRAINED = 0.5  # the score of a planted training that works, at least; those without a fault reach 0.85


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A job and what is right of it; `group` is the line of the table it counts in. No causes: it is healthy."""

    job: Job
    group: str
    causes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    program: Program | None = None


def program_cases(folder: Path, subset: str, twins: bool) -> Iterator[PlannedCase]:
    """The programs whose name, group or rule contains `subset`, the faulty ones followed by their fixed twins."""
    for program in load_programs(folder):
        group = program.causes[0] if program.causes else "healthy"
        if subset in program.name or subset in group:
            job = Job(program.name, script=program.text)
            yield PlannedCase(job, group, program.causes, program.also, program)
            if program.fix and twins:
                twin = program.fixed()
                yield PlannedCase(Job(twin.name, script=twin.text), "healthy", program=twin)


def planted_cases(subset: str, seeds: int) -> Iterator[PlannedCase]:
    """Every fault in every family with `seeds` seeds, and as many healthy trainings; seed by seed."""
    for seed, family in itertools.product(range(seeds), FAMILIES):
        for index, (name, fault) in enumerate(FAULTS.items()):
            if subset in f"{name} {family}":
                yield PlannedCase(_planted(name, family, seed), name, fault.causes, fault.also)
            if subset in f"healthy {family}":
                yield PlannedCase(_planted("none", family, seed * len(FAULTS) + index), f"healthy {family}")


def _planted(kind: str, family: str, seed: int) -> Job:
    module = ("--name", "training", "-m", "benchmarks.faults.planted")
    return Job(f"{kind} {family} {seed}", (*module, kind, family, str(seed)))


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A case and what was said of it, by us and by each peer."""

    case: PlannedCase
    said: Said
    peers: dict[str, frozenset[str]]
    models: int
    remark: str = ""


def judge(case: PlannedCase, run: FaultRun) -> FinishedRun:
    """What the results of a run say; the remark is set where the program did not do what the manifest expects."""
    program, remark = case.program, ""
    if program is not None and program.good and program.is_good(run.output) != (not case.causes):
        remark = f"{program.name} printed {run.output[-60:]!r}; good is {program.good}"
    if program is None and not case.causes and not (last_number(run.output) or 0.0) >= TRAINED:
        remark = f"{case.job.key} did not train, so it is not counted as healthy: {run.output[-60:]!r}"
    peers = {peer: named_by(peer, run.results) for peer in PEERS}
    return FinishedRun(case, what_is_said(run.judged()), peers, len(run.results), remark)


def report(finished: Sequence[FinishedRun]) -> None:
    """Print the tables."""
    faulty = [one for one in finished if one.case.causes]
    healthy = [one for one in finished if not one.case.causes and (one.case.program or not one.remark)]
    if faulty:
        _report_faulty(faulty)
    if healthy:
        _report_healthy(healthy)
    for one in finished:
        if one.remark:
            print("unexpected:", one.remark)
    print("without any result:", sum(not one.models for one in finished))


def _report_faulty(faulty: Sequence[FinishedRun]) -> None:
    groups: dict[str, Tally] = {}
    total, missed, pairs = Tally(), list[str](), list[tuple[float, bool]]()
    for one in faulty:
        case, said = one.case, one.said
        kind = total.add(said, case.causes, case.also)
        groups.setdefault(case.group, Tally()).add(said, case.causes, case.also)
        if kind != "first":
            missed.append(f"  {case.job.key:42} {kind:8} {said.first or '–'} (planted: {case.causes[0]})")
        if said.confidence is not None:
            pairs.append((float(said.confidence), kind == "first"))
    print("\nfaulty runs, by kind\n" + HEADER)
    for name, tally in sorted(groups.items()):
        print(tally.row(name))
    print(total.row("all"))
    print("\nnot named first\n" + "\n".join(missed))
    print("\nnamed at all, all rules that fired")
    print(f"{'ours':28} {_share(one.said.named & set(one.case.causes) for one in faulty)}")
    for peer in PEERS:
        print(f"{peer:28} {_share(one.peers[peer] & set(one.case.causes) for one in faulty)}")
    if pairs:
        print("\nconfidence, runs, right\n" + "\n".join(calibration(pairs)))


def _report_healthy(healthy: Sequence[FinishedRun]) -> None:
    print("\nhealthy runs with an alarm (warning or worse)")
    print(f"{'ours':28} {_share(one.said.named for one in healthy)}")
    for peer in PEERS:
        print(f"{peer:28} {_share(one.peers[peer] for one in healthy)}")
    for one in healthy:
        if one.said.named:
            print(f"  {one.case.job.key:42} {', '.join(sorted(one.said.named))}")


def _share(found: Iterable[object]) -> str:
    flags = [bool(one) for one in found]
    return f"{sum(flags)} of {len(flags)} ({100 * sum(flags) / len(flags):.0f}%)"


def run_cases(
    cases: Sequence[PlannedCase], workers: int, fork: bool, options: Sequence[str], tapes: TapeFolder | None
) -> list[FinishedRun]:
    """Run the cases; prints how long it took."""
    by_key = {case.job.key: case for case in cases}
    start = time.monotonic()
    jobs = [case.job for case in cases]
    finished = list[FinishedRun]()
    forked = fork or tapes is not None
    for one in run_forked(jobs, workers, options, tapes) if forked else run_processes(jobs, workers, options):
        finished.append(judge(by_key[one.key], one))
        print(f"\r{len(finished)} of {len(cases)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"{len(finished)} runs in {time.monotonic() - start:.0f} s, {workers} at a time")
    return sorted(finished, key=lambda one: one.case.job.key)


def measured(finished: Sequence[FinishedRun]) -> str:
    """The entries of `MEASURED`, over faulty and healthy runs."""
    trained = [one for one in finished if one.case.program or one.case.causes or not one.remark]
    named = Counter(one.said.first for one in trained if one.said.first)
    right = Counter(one.said.first for one in trained if one.said.first in one.case.causes)
    return "\n".join(f'    "{rule}": ({right[rule]}, {count}),' for rule, count in sorted(named.items()))


def save(path: Path, finished: Sequence[FinishedRun]) -> None:
    """Write what was said of every run as JSON, to compare two versions of the rules."""
    rows = {
        one.case.job.key: {"causes": one.case.causes, "first": one.said.first, "named": sorted(one.said.named)}
        for one in finished
    }
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Parse the arguments, run the batteries, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("battery", nargs="*", choices=[*BATTERIES, "planted", []], help="default: all")
    parser.add_argument("--subset", default="", metavar="TEXT", help="only runs whose name or kind contains TEXT")
    parser.add_argument("--seeds", type=int, default=5, help="seeds of each planted fault (default: 5)")
    parser.add_argument("-j", type=int, default=2, dest="workers", metavar="N", help="runs at a time (default: 2)")
    parser.add_argument("--every", metavar="N", help="capture every N-th step (default: that of the diagnostics)")
    parser.add_argument("--no-twins", action="store_true", help="leave out faulty programs with their fault removed")
    parser.add_argument("--fork", action="store_true", help="run programs in forks of one process: faster")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was said of every run")
    parser.add_argument(
        "--tapes", type=Path, metavar="FOLDER", help="keep runs there; judge the ones that are there by today's rules"
    )
    given = parser.parse_args()
    tapes = TapeFolder(given.tapes) if given.tapes else None
    options = ["--every", given.every] if given.every else []
    finished = []
    for battery in given.battery or [*BATTERIES, "planted"]:
        folder = BATTERIES.get(battery)
        cases = (
            planted_cases(given.subset, given.seeds)
            if folder is None
            else program_cases(folder, given.subset, not given.no_twins)
        )
        print(f"\n== {battery}")
        done = run_cases(list(cases), given.workers, given.fork or folder is None, options, tapes)
        report(done)
        finished += done
    print("\nrule, right as the cause, named as the cause: for diagnostics/rules/cause.py\n" + measured(finished))
    if given.json:
        save(given.json, finished)


if __name__ == "__main__":
    main()
