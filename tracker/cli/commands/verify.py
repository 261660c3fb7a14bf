"""The command `tracker verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracker.commands.project import open_progress


@click.command()
@click.argument("criteria", nargs=-1)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Date this JUnit report: it was made from the present tree (repeatable).",
)
@click.pass_obj
def command(workspace: Path | None, criteria: tuple[str, ...], reports: tuple[Path, ...]) -> None:
    """Run the commands that criteria rest on.

    Each outcome is recorded as a result, with the code that it is about. Exits with 1 when a command fails.

    Without CRITERIA, the commands of all criteria run. Test reports that the commands write are dated with the present
    commit; --report dates a report that was written before.

    \b
    Example:
      tracker verify unit-tests --report reports/junit.xml
    """
    from tracker.commands.verify import verify as run_all

    ran = failed = 0
    with open_progress(workspace) as (progress, _):
        for done in run_all(progress.facts, criteria, reports):
            ran += 1
            took = f"{done.seconds:.1f} s"
            outcome = f"timed out after {took}" if done.timed_out else f"exit {done.exit}, {took}"
            click.echo(f"{'ok    ' if done.holds else 'FAILED'} {done.command}  ({outcome})")
            if not done.holds:
                failed += 1
                click.echo(done.output.rstrip(), err=True)
    for path in reports:
        click.echo(f"dated  {path}")
    if not ran and not reports:
        click.echo(f"nothing to run: no criterion {'named ' if criteria else ''}rests on a command", err=True)
    sys.exit(1 if failed else 0)
