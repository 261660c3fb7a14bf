"""The command `tracker build`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.output import print_problems, progress_bar


@click.command()
@click.option("--no-site", is_flag=True, help="Write only the Markdown pages, and build no site.")
@click.option(
    "--builder", type=click.Choice(["mkdocs", "zensical"]), default="mkdocs", show_default=True, help="Site builder."
)
@click.option("--strict", is_flag=True, help="Fail when the site builder reports a warning.")
@click.option("--untrusted", is_flag=True, help="Refuse everything in the workspace that runs code (see Trust).")
@click.pass_obj
def command(workspace: Path | None, no_site: bool, builder: str, strict: bool, untrusted: bool) -> None:
    """Render the pages and build the site.

    Only pages that changed are written.

    MkDocs runs the hooks and plugins that mkdocs.yml names. With --untrusted they are refused.

    \b
    Example:
      tracker build && python -m http.server -d site
    """
    from tracker.commands.build import build_pages, build_site
    from tracker.user_folders import exclusive
    from tracker.workspace import find_root

    root = find_root(workspace or Path())
    with exclusive(root):
        with progress_bar("Pages") as report:
            done = build_pages(root, report, untrusted=untrusted)
        print_problems(done.problems)
        click.echo(f"pages: {done.written} written, {done.unchanged} unchanged, {done.removed} removed")
        if not no_site:
            click.echo(f"site: {build_site(root, builder, strict=strict, untrusted=untrusted)}")
