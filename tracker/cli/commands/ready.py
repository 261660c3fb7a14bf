"""The command `tracker ready`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracker.cli.options import format_option
from tracker.cli.output import console, print_json
from tracker.commands.project import open_progress
from tracker.errors import TrackerError


@click.command()
@click.argument("phase")
@format_option()
@click.pass_obj
def command(workspace: Path | None, phase: str, form: str) -> None:
    """Say whether a PHASE can be begun. Exit 1 when it is not ready.

    With the evidence for it, and what is missing.

    \b
    Example:
      tracker ready 8 && python soak.py
    """
    from tracker.progress.readiness import assess
    from tracker.sources.reading import nearest

    with open_progress(workspace) as (progress, cache):
        phases = [one.id for one in progress.plan.phases]
        if phase not in phases:
            raise TrackerError(f"no phase has the id {phase!r}{nearest(phase, phases) or _listed(phases)}")
        found = assess(progress, [phase], cache)[phase]
        if form == "json":
            from tracker.publish.data import readiness_data

            print_json(readiness_data(found))
        else:
            from tracker.publish.terminal import print_readiness

            print_readiness(found, console())
    sys.exit(0 if found.ready else 1)


def _listed(phases: list[str]) -> str:
    return f"; there are: {', '.join(phases)}" if phases else "; tracker.yml has no phases yet"
