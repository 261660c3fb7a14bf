"""The command `tracker changelog`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.commands.project import open_progress


@click.command()
@click.option("--since", metavar="VERSION", help="Include only changes after this version.")
@click.option("--unreleased", is_flag=True, help="Include only changes that are not released yet.")
@click.option("--print", "show", is_flag=True, help="Print the changelog instead of writing it.")
@click.pass_obj
def command(workspace: Path | None, since: str | None, unreleased: bool, show: bool) -> None:
    """Write CHANGELOG.md from versions, sessions and commits.

    Text outside the two markers of the generated part is kept.

    \b
    Example:
      tracker changelog --unreleased --print
    """
    from tracker.commands.changelog import render_changelog
    from tracker.publish.changelog import write_changelog

    with open_progress(workspace) as (progress, _):
        text = render_changelog(progress, since=since, unreleased=unreleased)
        if show:
            click.echo(text, nl=False)
        else:
            click.echo(write_changelog(progress.facts.workspace.root, text))
