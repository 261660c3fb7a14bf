"""The command `tracker brief`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import json_text
from tracker.commands.project import answer

if TYPE_CHECKING:
    from tracker.progress.progress import Progress


@click.command()
@click.option("--words", type=click.IntRange(min=1), help="Maximum number of words; the least useful items are cut.")
@format_option()
@click.pass_obj
def command(workspace: Path | None, words: int | None, form: str) -> None:
    """Summarize the project for the next session.

    The most useful items come first, each with its source.

    \b
    Example:
      tracker brief --words 800
    """
    click.echo(answer(workspace, f"brief {words} {form}", lambda progress: _text(progress, words, form)))


def _text(progress: Progress, words: int | None, form: str) -> str:
    from tracker.progress.brief import brief

    sections = brief(progress, words)
    if form == "json":
        from tracker.publish.data import brief_data

        return json_text(brief_data(progress, sections))
    lines = []
    for section in sections:
        lines.append(section.title)
        lines += [f"- {one.text} ({', '.join(filter(None, (one.source, one.place)))})" for one in section.items]
    return "\n".join(lines)
