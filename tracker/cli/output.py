"""Output shared by several commands: tables, JSON, problems and progress bars."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from rich.console import Console

    from tracker.model import Problem


CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal acts on instead of showing it: controls but tab and line feed, and changes of direction."""
WORKFLOW_COMMAND = re.compile(r"^(\s*):(?=:)|(?<=#)#(?=\[)", re.MULTILINE)
"""What GitHub takes for a command: `::` at the start of a line, and `##[` anywhere."""


def visible(text: str) -> str:
    """The text with everything that a terminal or a workflow would act on written out, as JSON escapes.

    >>> visible("red \x1b[31m")
    'red \\\\u001b[31m'
    """
    text = CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    if "::" not in text and "##[" not in text:  # of megabytes of JSON the pattern takes much longer
        return text
    return WORKFLOW_COMMAND.sub(lambda match: f"{match[1] or ''}\\u{ord(match[0][-1]):04x}", text)


class VisibleStream:
    """A text stream that shows control characters instead of sending them.

    What the tracker itself sends to a terminal or a workflow goes to `raw`.
    """

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw
        self._in_line = False
        """Whether the last line is not complete: what follows is not the start of a line."""

    def write(self, text: str) -> int:
        """Write what is visible of a text."""
        shown = visible(f"x{text}")[1:] if self._in_line else visible(text)
        self._in_line = bool(text) and not text.endswith("\n")
        self.raw.write(shown)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def raw(stream: Any) -> Any:
    """The stream behind a VisibleStream."""
    return stream.raw if isinstance(stream, VisibleStream) else stream


def echo_annotation(text: str) -> None:
    """Print a workflow command, whose values are escaped already."""
    stream = raw(sys.stdout)
    stream.write(f"{CONTROL.sub(lambda match: f'%{ord(match[0]):02X}' if ord(match[0]) < 128 else '', text)}\n")
    stream.flush()


WIDE = 240
"""Columns of output that goes to a file or a pipe, where tables need not be wrapped."""


def console() -> Console:
    """The console for tables: as wide as the terminal, or as `COLUMNS` sets."""
    from rich.console import Console
    from rich.segment import Segment

    class VisibleConsole(Console):
        """Shows control characters of texts; those of its own styles it sends."""

        def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
            """The segments of something to print."""
            for text, style, control in super().render(renderable, options):
                yield Segment(text if control else visible(text), style, control)

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE
    return VisibleConsole(file=raw(sys.stdout), width=width)


def json_text(data: dict[str, Any]) -> str:
    """Data as JSON, with ASCII escapes where stdout is not UTF-8."""
    import json

    encodes_all = sys.stdout.encoding.lower().startswith("utf")
    return json.dumps(data, indent=2, ensure_ascii=not encodes_all)


def print_json(data: dict[str, Any]) -> None:
    """Print data as JSON."""
    click.echo(json_text(data))


def warn_if_shallow(is_shallow: bool) -> None:
    """Print to stderr that the changes of older commits are missing."""
    if is_shallow:
        click.echo(
            "this is a shallow clone: changes of its oldest commits are missing; `git fetch --unshallow`", err=True
        )


def print_problems(problems: Iterable[Problem]) -> None:
    """Print the problems of the files to stderr."""
    for problem in problems:
        click.echo(str(problem), err=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, only in a terminal. Yields a function that takes the steps done and the total."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(file=raw(sys.stderr)), transient=True) as bar:
        task = bar.add_task(title)
        yield lambda done, total: bar.update(task, completed=done, total=total)
