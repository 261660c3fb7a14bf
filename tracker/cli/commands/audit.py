"""The command `tracker audit`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import format_option
from tracker.cli.output import echo_annotation, progress_bar
from tracker.errors import TrackerError
from tracker.plural import counted

if TYPE_CHECKING:
    from tracker.commands.audit import Inquiry


@click.command()
@click.argument("path", type=click.Path(file_okay=False, path_type=Path), default=".")
@format_option("markdown", "github", "sarif")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    help="Leave out files that are less surely stale.  [default: 0.5; 0 for JSON]",
)
@click.option("--only", multiple=True, metavar="SIGNAL", help="What this signal says alone; may be given again.")
@click.option("--skip", multiple=True, metavar="SIGNAL", help="Nothing of what this signal says; may be given again.")
@click.option("--all", "everything", is_flag=True, help="Also what the baseline knows, and what is ignored.")
@click.option("--since", metavar="REV", help="Only what changed since this commit; HEAD: what is not committed.")
@click.option("--rev", metavar="REV", help="The tree of this commit, branch or tag, without checking it out.")
@click.option(
    "--baseline", "mode", flag_value="baseline", help="Make what is found now known: later runs leave it out."
)
@click.option("--remove", "mode", flag_value="remove", help="Remove what is found, in the index and on disk.")
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Move what is found there instead.")
@click.option("--undo", "mode", flag_value="undo", help="Put back what was removed or archived last.")
@click.option("--yes", is_flag=True, help="Remove or archive without asking.")
def command(
    path: Path,
    form: str,
    min_confidence: float | None,
    mode: str | None,
    archive: Path | None,
    yes: bool,
    rev: str | None,
    **asked: Any,
) -> None:
    """Find stale files and untrue statements of documents. Exit 1 when there are new ones.

    Works in any git repository; a workspace is not needed. Files are changed only where it is asked for, and only those
    that are committed as they are; --undo puts them back. A baseline sheds what is found no longer.

    \b
    Example:
      tracker audit --min-confidence 0.3
      tracker audit --rev v1.0 --format json | jq '.findings[0]'
      tracker audit --baseline && git add audit-baseline.json
      tracker audit --remove
    """
    from tracker.commands import audit as auditing

    mode = _mode(mode, archive, {"--format": form != "text", "--rev": rev, "--since": asked["since"]})
    bar = min_confidence if min_confidence is not None else 0.0 if form == "json" else 0.5
    inquiry = auditing.Inquiry(path, bar, revision=rev, **asked)
    if mode == "undo":
        click.echo("\n".join(auditing.take_back(path)))
    elif mode == "baseline":
        if asked["only"] or asked["skip"]:
            raise click.UsageError("--baseline records what all signals say: leave --only and --skip out")
        with progress_bar("Reading") as report:
            done = auditing.record(inquiry, report)
        click.echo(done)
    elif mode == "remove":
        _remove(inquiry, archive, yes)
    else:
        _tell(inquiry, form)


def _mode(mode: str | None, archive: Path | None, for_looking: dict[str, Any]) -> str | None:
    """What is to be done about what is found. Raises UsageError for what does not go together."""
    if archive:
        if mode:
            raise click.UsageError(f"--archive and --{mode} do not go together")
        mode = "remove"
    for option, given in for_looking.items():
        if mode and given:
            raise click.UsageError(f"{option} is for looking only: leave it out, or --{mode}")
    return mode


def _tell(inquiry: Inquiry, form: str) -> None:
    """Print what an audit found, from memory where nothing has changed since; exit 1 where there is anything new."""
    from datetime import date

    from tracker.audit.memory import Answer, Memory

    memory = Memory(inquiry.folder, inquiry.revision, repr((form, inquiry, date.today())))
    answer = memory.recall() if inquiry.since is None else None
    shrunk = None
    if answer is None:
        from tracker.audit.formats import FORMATS
        from tracker.commands import audit as auditing

        with progress_bar("Reading") as report:
            found, told = inquiry.ask(report)
        answer = Answer(FORMATS[form](told), told.fails)
        if found.settled and inquiry.since is None:
            memory.remember(answer)
        if form == "text" and inquiry.since is None:
            shrunk = auditing.shrink(found)
    if form == "github":
        for line in answer.text.rstrip("\n").split("\n"):
            echo_annotation(line)
    else:
        click.echo(answer.text, nl=False)
    if shrunk:
        click.echo(shrunk)
    sys.exit(1 if answer.found else 0)


def _remove(inquiry: Inquiry, archive: Path | None, yes: bool) -> None:
    """Show what can be removed or archived, ask, and do it."""
    from tracker.commands import audit as auditing

    told, removal = auditing.plan_removal(inquiry, archive)
    click.echo(auditing.described(removal, told.prefix), nl=False)
    if not removal.steps:
        click.echo("nothing to remove")
        return
    if not yes:
        if not auditing.is_terminal():
            raise TrackerError("nothing was removed: there is nobody to ask; give --yes to remove what is listed")
        if not click.confirm(f"{counted(len(removal.steps), 'file')}: go on?"):
            click.echo("nothing was removed")
            sys.exit(1)
    click.echo("\n".join(auditing.carry_out(inquiry.folder, told, removal)))
