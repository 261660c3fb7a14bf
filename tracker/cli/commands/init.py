"""The command `tracker init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--apply", is_flag=True, help="Also make the change of an existing mkdocs.yml that shows the pages.")
@click.option("--ci", is_flag=True, help="Also write what builds and publishes the site (GitHub Pages, Read the Docs).")
@click.option("--agents", is_flag=True, help="Also set up coding agents: instructions and hooks.")
@click.option("--dry-run", is_flag=True, help="With --agents: print what would be written for them; write nothing.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def command(apply: bool, ci: bool, agents: bool, dry_run: bool, folder: Path) -> None:
    """Create a small working workspace in a git repository.

    FOLDER is any folder of the repository. Existing files are kept; only .gitignore gets the lines that it lacks.

    For an existing mkdocs.yml the change that shows the pages is printed: it adds lines and keeps all others. With
    --apply it is made.

    --agents writes AGENTS.md, CLAUDE.md and the hooks of Claude Code, Codex, Cursor, Gemini CLI and GitHub Copilot. It
    never changes a file that exists, but shows the lines to add.

    \b
    Example:
      cd my-repository && tracker init && tracker build
      tracker init --agents --dry-run
    """
    from tracker.commands.agents import set_up
    from tracker.commands.init import scaffold
    from tracker.commands.publishing import write_ci
    from tracker.workspace import NoWorkspace, find_root

    if dry_run and not agents:
        raise click.UsageError("--dry-run goes with --agents")
    try:
        is_new = not ((agents or ci) and not apply and find_root(folder))
    except NoWorkspace:
        is_new = True
    if is_new and dry_run:
        click.echo("would create a workspace, as `tracker init` does\n")
    if is_new and not dry_run:
        for line in scaffold(folder, apply=apply):
            click.echo(line)
    for line in write_ci(folder) if ci and not dry_run else ():
        click.echo(line)
    for line in set_up(folder, dry_run=dry_run) if agents else ():
        click.echo(line)
