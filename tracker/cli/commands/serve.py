"""The command `tracker serve`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. Others can read the site.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.pass_obj
def command(workspace: Path | None, host: str, port: int) -> None:
    """Show the site in a browser, and reload it when a file is saved.

    Sessions, the plan, results, documents and commits are watched. A file that cannot be read is reported in the
    terminal and in the page, and the last good pages stay. Requests for the host of another site are refused.

    \b
    Example:
      tracker serve --port 8080
    """
    from tracker.cli.output import print_problems
    from tracker.commands.build import build_pages
    from tracker.commands.serve import serve, snapshot, watched
    from tracker.errors import TrackerError
    from tracker.publish.site_builder import preview_site
    from tracker.user_folders import exclusive
    from tracker.workspace import find_root

    root = find_root(workspace or Path()).resolve()

    with tempfile.TemporaryDirectory(prefix="tracker-serve-") as name:
        site = Path(name).resolve()

        def build() -> str:
            try:
                with exclusive(root):
                    done = build_pages(root, lambda *_: None)
                    preview_site(root, site)
            except TrackerError as error:
                click.echo(f"tracker: {error}", err=True)
                return str(error)
            print_problems(done.problems)
            return "\n".join(f"{one.file}:{one.line}:{one.column}: {one.message}" for one in done.problems)

        roots, without = watched(root)
        try:
            serve(
                host,
                port,
                site,
                look=lambda: snapshot(roots, without),
                build=build,
                ready=lambda url: click.echo(f"serving: {url}"),
            )
        except KeyboardInterrupt:
            sys.exit(0)
        except OSError as error:
            raise TrackerError(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from None
