"""The command `tracker changelog`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.output import warn_if_shallow
from tracker.commands.project import open_progress


@click.command()
@click.option("--since", metavar="VERSION", help="Include only changes after this version.")
@click.option("--version", "only", metavar="VERSION", help="Print only this version. Needs --print.")
@click.option("--unreleased", is_flag=True, help="Include only changes that are not released yet.")
@click.option("--path", "paths", multiple=True, metavar="PATTERN", help="Include only changes of these files.")
@click.option("--scope", "scopes", multiple=True, metavar="NAME", help="Include only changes of this scope.")
@click.option("--output", metavar="FILE", help="File to write, relative to tracker.yml.  [default: CHANGELOG.md]")
@click.option("--print", "show", is_flag=True, help="Print the changelog instead of writing it.")
@click.pass_obj
def command(
    workspace: Path | None,
    since: str | None,
    only: str | None,
    unreleased: bool,
    paths: tuple[str, ...],
    scopes: tuple[str, ...],
    output: str | None,
    show: bool,
) -> None:
    """Write CHANGELOG.md from versions, sessions and commits.

    Text outside the two marks of the generated part is kept. --path and --scope may be repeated.

    \b
    Example:
      tracker changelog --unreleased --print
      tracker changelog --version 3.9.0 --print | gh release create v3.9.0 --notes-file -
      tracker changelog --path packages/api --output packages/api/CHANGELOG.md
    """
    from tracker.commands.changelog import render_changelog
    from tracker.publish.changelog_file import FILE, write_changelog

    if only and not show:
        raise click.UsageError("--version prints one section of the changelog; add --print")
    if (paths or scopes) and not (show or output):
        raise click.UsageError("--path and --scope select a part of the changelog; add --print or --output")
    with open_progress(workspace) as (progress, _):
        warn_if_shallow(progress.facts.repository.shallow)
        text = render_changelog(progress, since=since, only=only, unreleased=unreleased, paths=paths, scopes=scopes)
        if show:
            click.echo(text, nl=False)
        else:
            click.echo(write_changelog(progress.facts.workspace.root, text, output or FILE))
