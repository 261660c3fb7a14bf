"""The command line: parses arguments, calls a use case of `tracker.commands` and prints its result."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from tracker import __version__, time_limits
from tracker.cli.commands import Commands
from tracker.cli.options import VERBOSE
from tracker.cli.output import VisibleStream
from tracker.errors import TrackerError


@click.group(
    commands=Commands(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tracker", message="%(prog)s %(version)s")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder that contains tracker.yml.  [default: the current folder or the nearest folder above it]",
)
@click.pass_context
def cli(context: click.Context, workspace: Path | None) -> None:
    """Session Tracker: check session logs against git history, test reports and measured results.

    Run `tracker init` in a git repository to get started, then `tracker build`.
    """
    context.obj = workspace


cli.params.append(VERBOSE)


def main() -> NoReturn:
    """Run the `tracker` command. Exits with 2 and one message when it cannot do what was asked."""
    gc.set_threshold(200_000)  # most objects live until the command ends; collecting them takes a tenth of the time
    streams = sys.stdout, sys.stderr
    for stream in streams:
        if isinstance(stream, TextIOWrapper):  # file names and terminals are not always UTF-8
            stream.reconfigure(errors="backslashreplace")
    sys.stdout, sys.stderr = map(VisibleStream, streams)
    try:
        with _ended_by_signals():
            sys.exit(_run())
    finally:
        sys.stdout, sys.stderr = streams


def _run() -> int:
    """Run a command; return the exit status of one that failed."""
    time_limits.start_command()
    try:
        cli(prog_name="tracker")
    except TrackerError as error:
        click.echo(f"tracker: {error}", err=True)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"tracker: {where}{error.strerror or error}", err=True)
    except Exception as error:
        if "TRACKER_DEBUG" in os.environ:
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        click.echo(f"tracker: this is a bug: {what}", err=True)
        click.echo("tracker: please report it, with what TRACKER_DEBUG=1 adds to this message", err=True)
    return 2


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an orderly exit, which ends started commands and removes temporary files."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: object) -> NoReturn:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers if signal.getsignal(number) == signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
