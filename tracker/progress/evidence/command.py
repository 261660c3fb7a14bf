"""`command: "…"`: `tracker verify` ran it, and it exited 0. Nothing here runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tracker.model import CommandEvidence, MeasuredResult, Verdict
from tracker.progress.evidence.world import Found, World, found_in


def look_up(evidence: CommandEvidence, world: World) -> Found:
    """Return what the last recorded run found, with the runs before it; missing where the command was never run."""
    runs = [one for one in world.facts.results if one.data.get("kind") == "command" and one.name == evidence.command]
    if not runs:
        return Found(Verdict.MISSING, "never run: run `tracker verify`")
    newest, *earlier = (_outcome(run, world) for run in reversed(runs))
    return replace(newest, earlier=tuple(earlier))


def _outcome(run: MeasuredResult, world: World) -> Found:
    metrics = run.data.get("metrics")
    metrics = metrics if isinstance(metrics, Mapping) else {}
    status, seconds = metrics.get("exit"), metrics.get("seconds")
    took = f" after {seconds:.1f} s" if isinstance(seconds, (int, float)) else ""
    if run.status != "complete":
        return found_in(world, run, Verdict.UNMET, f"timed out{took}")
    ended = f"signal {-status}" if isinstance(status, int) and status < 0 else f"exit {status}"
    verdict = Verdict.MET if status == 0 and status is not False else Verdict.UNMET
    return found_in(world, run, verdict, f"{ended}{took}", str(status))
