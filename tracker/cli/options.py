"""Options shared by several commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def format_option(*more: str, note: str = "") -> Callable[[Any], Any]:
    """`--format`, passed to the command as `form`: text, JSON and the formats in `more`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *more]),
        default="text",
        show_default=True,
        help=f"Output format{note}.",
    )


_VERBOSE = f"{__name__}.verbose"


def is_verbose() -> bool:
    """Whether the running command was called with -v."""
    return bool(click.get_current_context().meta.get(_VERBOSE))


def _log_to_stderr(context: click.Context, _: click.Parameter, count: int) -> None:
    """Show the log of the `tracker` packages on stderr until the command ends: INFO for -v, DEBUG for -vv."""
    if not count:
        return
    import logging

    context.meta[_VERBOSE] = True

    logger = logging.getLogger("tracker")
    level = logging.DEBUG if count > 1 else logging.INFO
    if logger.handlers:  # `tracker -v check -vv`: the more verbose one counts
        logger.setLevel(min(level, logger.level))
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)-5s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
    context.call_on_close(lambda: logger.removeHandler(handler))


VERBOSE = click.Option(
    ["-v", "--verbose"],
    count=True,
    expose_value=False,
    callback=_log_to_stderr,
    help="Log to stderr what is read, reused and skipped (-vv: also every git call).",
)
"""`-v/--verbose`, which every command has."""
