"""The command `tracker release`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tracker.cli.output import print_problems, warn_if_shallow
from tracker.commands.project import open_progress


@click.command()
@click.argument("number", required=False)
@click.option("--note", help="One sentence about this version.")
@click.option("--since", metavar="SESSION", help="Leave out what is older than this session.")
@click.option("--phase", metavar="PHASE", help="Release the milestone of a phase: from its first to its last session.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Release the state at the end of a past day.")
@click.option("--dry-run", is_flag=True, help="Print the version instead of writing it.")
@click.pass_obj
def command(
    workspace: Path | None,
    number: str | None,
    note: str | None,
    since: str | None,
    phase: str | None,
    day: datetime | None,
    dry_run: bool,
) -> None:
    """Freeze the current progress as a version.

    A version is a file that never changes. Without NUMBER, the number is derived from what changed since the last
    version, and the reason is printed to stderr: added or removed phases and breaking changes increase the first part;
    the status of a phase, the verdict of a criterion and new features the second; anything else the third.

    --date uses the commits, sessions and results of that day, and the plan of today.

    \b
    Example:
      tracker release --note "Diagnostics validated" && git add versions
      tracker release --since 88 --dry-run
    """
    from tracker.commands.release import Milestone, prepare_release, release
    from tracker.sources.versions import version_text

    milestone = Milestone(since, phase, day.date() if day else None)
    with open_progress(workspace) as (progress, _):
        warn_if_shallow(progress.facts.repository.shallow)
        if dry_run:
            print_problems(progress.facts.problems)
        version, proposed = prepare_release(progress, number, note, milestone)
        if dry_run:
            click.echo(version_text(version), nl=False)
        else:
            click.echo(release(progress, version, numbered=number is not None))
        if number is None:
            click.echo(f"version {proposed.number}: {proposed.reason}", err=True)
