"""The command `tracker new`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.project import open_progress
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from datetime import date

    from tracker.progress.progress import Progress


@click.command()
@click.option("--range", "revisions", metavar="A..B", help="Use these commits instead of those since the last session.")
@click.option("--close", is_flag=True, help="Add the new commits and files to the last session instead.")
@click.option(
    "--from-transcript",
    "transcript",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Use the transcript of a coding agent (JSON Lines) instead of the commits.",
)
@click.option("--print", "show", is_flag=True, help="Print the file instead of writing it.")
@click.option("--edit", is_flag=True, help="Open the file in $EDITOR.")
@click.pass_obj
def command(
    workspace: Path | None, revisions: str | None, close: bool, transcript: Path | None, show: bool, edit: bool
) -> None:
    """Create the next session file, filled with facts from git.

    These are the commits since the last session file changed, or those of --range, with the files they touched. With
    --close, they are added to the last session; everything that people wrote in it stays unchanged.

    With --from-transcript, what the agent's tools did is filled in: files, commits, commands and tests. What the agent
    says is marked as unchecked, and secrets are removed.

    \b
    Example:
      tracker new --edit           # and at the end of the session:
      tracker new --close
    """
    from datetime import date

    from tracker.commands.new import write
    from tracker.user_folders import exclusive
    from tracker.workspace import find_root

    if transcript and (close or revisions):
        raise click.UsageError("--from-transcript does not go with --close and --range")
    with nullcontext() if show else exclusive(find_root(workspace or Path())):
        with open_progress(workspace) as (progress, _):
            path, text = _drafted(progress, revisions, date.today(), close=close, transcript=transcript)
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


def _drafted(
    progress: Progress, revisions: str | None, today: date, *, close: bool, transcript: Path | None
) -> tuple[Path, str]:
    """The path and the text of the session file."""
    if transcript:
        from tracker.commands.transcript import drafted
        from tracker.sources.transcripts import read_transcript

        made = drafted(progress, read_transcript(transcript), today)
        for remark in made.remarks:
            click.echo(remark, err=True)
        return made.path, made.text
    from tracker.commands.new import closed, draft_of, opened

    found = draft_of(progress, revisions, close=close)
    return closed(progress, found) if close else opened(progress, found, today)
