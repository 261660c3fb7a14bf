"""The command `tracker changelog`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.commands.project import open_progress


@click.command()
@click.option("--since", metavar="VERSION", help="Include only versions after this one.")
@click.option("--unreleased", is_flag=True, help="Include only unreleased changes.")
@click.option("--print", "show", is_flag=True, help="Print the changelog instead of writing it.")
@click.pass_obj
def command(workspace: Path | None, since: str | None, unreleased: bool, show: bool) -> None:
    """Write CHANGELOG.md from versions, sessions and commits.

    Text outside the marks in the file is kept.

    \b
    Example:
      tracker changelog --unreleased --print
    """
    from tracker.publish.changelog import releases, write_changelog
    from tracker.publish.render import Renderer

    with open_progress(workspace) as (progress, _):
        facts = progress.facts
        values = {
            "releases": releases(progress, since=since, unreleased=unreleased),
            "versions": f"{facts.repository.prefix}{facts.plan.versions.rstrip('/')}",
        }
        made = Renderer.of(facts).text("changelog.md.j2", values)
        if show:
            click.echo(made, nl=False)
            return
        click.echo(write_changelog(facts.workspace.root, made))
