"""The reference page of the commands, generated from their help texts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from tracker.cli import cli

HELP = ("-h, --help", "Show this message and exit.")
"""The option of every command; click keeps it as the first caller named it."""


def commands_reference() -> str:
    """The page in Markdown: every command with its usage, description, options and an example."""
    parts = [
        "# Commands",
        "Generated from the help texts. `tracker COMMAND --help` shows the same text.",
        "A command exits with 0 when everything holds, with 1 when something does not, and with 2 when it cannot run, "
        "with one message on stderr that says why. `-v` logs to stderr what is read, reused and skipped; `-vv` also "
        "logs every git call with its duration. Without these options nothing is logged.",
        "## tracker",
        *_section(cli, "tracker"),
    ]
    for name, command in cli.commands.items():
        parts += [f"## tracker {name}", *_section(command, f"tracker {name}")]
    return "\n\n".join(parts) + "\n"


def _section(command: click.Command, name: str) -> Iterator[str]:
    text, _, example = inspect.cleandoc(command.help or "").partition("\b\nExample:\n")
    context = click.Context(command, info_name=name, help_option_names=cli.context_settings["help_option_names"])
    yield f"```text\n{name} {' '.join(command.collect_usage_pieces(context))}\n```"
    yield text.strip()
    records = [one.get_help_record(context) for one in command.params if isinstance(one, click.Option)]
    rows = [f"| `{_cell(option)}` | {_cell(what)} |" for option, what in [*filter(None, records), HELP]]
    yield "\n".join(["| Option | Description |", "|---|---|", *rows])
    if example:
        yield f"```sh\n{inspect.cleandoc(example)}\n```"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
