"""The command `tracker status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import console, json_text, print_problems
from tracker.commands.project import answer, open_progress

if TYPE_CHECKING:
    from tracker.progress.progress import Progress


@click.command()
@format_option()
@click.pass_obj
def command(workspace: Path | None, form: str) -> None:
    """Show phases, criteria and next steps.

    \b
    Example:
      tracker status --format json | jq '.phases[].criteria[] | select(.verdict == "stale").id'
    """
    if form == "json":
        click.echo(answer(workspace, "status", _json))
        return
    with open_progress(workspace) as (progress, _):
        from tracker.publish.terminal import print_status

        print_problems(progress.facts.problems)
        print_status(progress, console())


def _json(progress: Progress) -> str:
    from tracker.publish.data import status_data

    return json_text(status_data(progress))
