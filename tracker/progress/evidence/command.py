"""`command: "…"`: `tracker verify` ran it, and it exited 0. Nothing here runs it."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.model import Evidence, Verdict
from tracker.progress.evidence import Found, World
from tracker.progress.evidence.result import measured


def look_up(evidence: Evidence, world: World) -> Found:
    """Met when its last recorded run exited 0; missing where it was never run."""
    runs = [one for one in world.facts.results if one.data.get("kind") == "command" and one.name == evidence.command]
    if not runs:
        return Found(Verdict.MISSING, "never run: `tracker verify` does")
    metrics = runs[-1].data.get("metrics")
    metrics = metrics if isinstance(metrics, Mapping) else {}
    status, seconds = metrics.get("exit"), metrics.get("seconds")
    took = f" after {seconds:.1f} s" if isinstance(seconds, (int, float)) else ""
    if runs[-1].status != "complete":
        return measured(world, runs[-1], Verdict.UNMET, f"ended{took}: it took too long")
    ended = f"signal {-status}" if isinstance(status, int) and status < 0 else f"exit {status}"
    verdict = Verdict.MET if status == 0 and status is not False else Verdict.UNMET
    return measured(world, runs[-1], verdict, f"{ended}{took}", str(status))
