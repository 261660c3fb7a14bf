"""The reference page of the commands, generated from their `--help`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

TITLE = "# Commands"
INTRO = """\
This page is generated from `tracker --help`. Every command finds the workspace from any folder inside it, or by
`--workspace`. The exit status is 0 when the command holds, 1 when it does not, and 2 for wrong use or input that the
command cannot work with."""


def commands_reference(group: click.Group) -> str:
    """Return the Markdown page of every command of `group`, in alphabetical order."""
    context = click.Context(group, info_name="tracker")
    parts = [TITLE, INTRO]
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        assert command is not None
        parts += _section(command, click.Context(command, info_name=name, parent=context))
    return "\n\n".join(parts) + "\n"


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`"
    text, _, example = inspect.cleandoc(command.help or "").partition("\b\n")
    yield text.strip()
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```"
    rows = [row for row in map(_row, _options(command, context)) if row]
    if rows:
        yield "\n".join(["| Option | Effect |", "|---|---|", *rows])
    if example:
        yield f"```sh\n{inspect.cleandoc(example.replace('Example:', '', 1))}\n```"


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and record[1] and "--help" not in record[0]:
            yield record


def _row(record: tuple[str, str]) -> str:
    option, text = (part.replace("|", "\\|") for part in record)
    return f"| `{option}` | {text} |"
