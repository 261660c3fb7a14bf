"""The command `tracker release`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.output import print_problems
from tracker.commands.project import open_progress


@click.command()
@click.argument("number", required=False)
@click.option("--note", help="One sentence about this version.")
@click.option("--dry-run", is_flag=True, help="Print the version instead of writing it.")
@click.pass_obj
def command(workspace: Path | None, number: str | None, note: str | None, dry_run: bool) -> None:
    """Freeze the current progress as a version.

    A version is a file that never changes. Without NUMBER, the number is derived from what changed since the last
    version: phases added or removed increase the first part, the status of a phase or the verdict of a criterion the
    second, and anything else the third.

    \b
    Example:
      tracker release --note "Diagnostics validated" && git add versions
    """
    from tracker.commands.release import preview, release

    with open_progress(workspace) as (progress, _):
        if dry_run:
            print_problems(progress.facts.problems)
            click.echo(preview(progress, number, note), nl=False)
        else:
            click.echo(release(progress, number, note))
