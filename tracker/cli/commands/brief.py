"""The command `tracker brief`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import json_text
from tracker.commands.project import answer

if TYPE_CHECKING:
    from tracker.progress.brief import BriefItem
    from tracker.progress.progress import Progress


@click.command()
@click.option(
    "--words",
    type=click.IntRange(min=1),
    default=600,
    show_default=True,
    help="Maximum number of words; the least useful lines are cut.",
)
@format_option()
@click.pass_obj
def command(workspace: Path | None, words: int, form: str) -> None:
    """Summarize the project for the next session.

    Whether its state can be trusted, what is next, blocked, changed and decided, and where to read. Each line names
    its source, and the files in it that changed since it was written.

    \b
    Example:
      tracker brief --words 800
    """
    click.echo(answer(workspace, f"brief {words} {form}", lambda progress: _text(progress, words, form)))


def _text(progress: Progress, words: int, form: str) -> str:
    from tracker.progress.brief import brief

    sections = brief(progress, words)
    if form == "json":
        from tracker.publish.data import brief_data

        return json_text(brief_data(progress, sections))
    lines = []
    for section in sections:
        lines.append(section.title)
        lines += [f"- {one.text} ({', '.join(_remarks(one))})" for one in section.items]
    return "\n".join(lines)


def _remarks(item: BriefItem) -> Iterator[str]:
    """The source of a line, its place, and what changed since it was written."""
    yield item.source
    if item.place:
        yield item.place
    if item.changed:
        yield f"changed since: {' '.join(item.changed)}"
