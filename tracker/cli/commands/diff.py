"""The command `tracker diff`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import format_option
from tracker.cli.output import print_json
from tracker.commands.project import open_progress
from tracker.plural import counted


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@format_option("markdown")
@click.pass_obj
def command(workspace: Path | None, before: str, after: str | None, form: str) -> None:
    """Show what changed between two versions or commits.

    BEFORE and AFTER are version numbers or git revisions. Without AFTER, the comparison is with the current state.

    For two revisions, --format markdown writes the text for a pull request: which verdicts change from where AFTER left
    BEFORE, which claims do not hold, and which evidence, files and statements became stale. It needs no workspace.

    \b
    Example:
      tracker diff 3.8.0 3.9.0
      tracker diff HEAD~20
      tracker diff main HEAD --format markdown
    """
    from tracker.commands.release import difference, difference_page, is_version

    if form == "markdown" and not is_version(before) and not (after and is_version(after)):
        from tracker.commands.pull_request import compare_commits

        click.echo(compare_commits(workspace or Path(), before, after).markdown, nl=False)
        return

    with open_progress(workspace, write=False) as (progress, _):
        found = difference(progress, before, after)
        if form == "json":
            from tracker.publish.data import difference_data

            print_json(difference_data(found))
        elif form == "markdown":
            click.echo(difference_page(progress, before, after, found), nl=False)
        else:
            for transition in found.transitions:
                click.echo(str(transition))
            changes = counted(len(found.transitions), "change") if found.transitions else "no changes"
            click.echo(f"{changes} from {before} to {after or 'now'}")
