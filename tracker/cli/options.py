"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def format_option(*more: str, note: str = "") -> Callable[[Any], Any]:
    """`--format`, given to the command as `form`: text, JSON, and what else it can print."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *more]),
        default="text",
        show_default=True,
        help=f"How to print it{note}.",
    )
