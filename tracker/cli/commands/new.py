"""The command `tracker new`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from tracker.commands.project import open_progress
from tracker.errors import TrackerError


@click.command()
@click.option("--range", "revisions", metavar="A..B", help="Use these commits instead of those since the last session.")
@click.option("--close", is_flag=True, help="Add the new commits and files to the last session instead.")
@click.option("--print", "show", is_flag=True, help="Print the file instead of writing it.")
@click.option("--edit", is_flag=True, help="Open the file in $EDITOR.")
@click.pass_obj
def command(workspace: Path | None, revisions: str | None, close: bool, show: bool, edit: bool) -> None:
    """Create the next session file, filled with facts from git.

    These are the commits since the last session file changed, or those of --range, with the files they touched. With
    --close, they are added to the last session; everything that people wrote in it stays unchanged.

    \b
    Example:
      tracker new --edit           # and at the end of the session:
      tracker new --close
    """
    from datetime import date

    from tracker.commands.new import closed, draft_of, opened, write
    from tracker.user_folders import exclusive
    from tracker.workspace import find_root

    with nullcontext() if show else exclusive(find_root(workspace or Path())):
        with open_progress(workspace) as (progress, _):
            found = draft_of(progress, revisions, close=close)
            path, text = closed(progress, found) if close else opened(progress, found, date.today())
        if show:
            click.echo(text, nl=False)
            return
        write(progress.facts.workspace, path, text, fresh=not close)
    click.echo(path)
    if edit:
        try:
            click.edit(filename=str(path))
        except click.ClickException as error:
            raise TrackerError(
                f"{path} is written, but not edited: {error.message}; set $EDITOR to your editor"
            ) from None
