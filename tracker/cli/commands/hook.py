"""The command `tracker hook`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tracker.commands.hooks.input import HookInput


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--trailer", help="Name of the trailer that commit-msg adds.  [default: `trailer` of tracker.yml]")
@click.argument("event", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(workspace: Path | None, trailer: str | None, event: str | None, arguments: tuple[str, ...]) -> None:
    """Answer an EVENT of a coding agent or of git.

    start prints the brief for the agent's next session. stop reads the agent's JSON from standard input and blocks
    when this session claims what the evidence refutes. commit-msg FILE adds the trailer of the session to a commit
    message and warns about a subject that reports an unmet criterion as done.

    Every other event is ignored. The exit status is always 0: a hook that fails prints one line to stderr and blocks
    nothing.

    \b
    Example:
      tracker hook start < event.json
      tracker hook stop < event.json
      tracker hook commit-msg .git/COMMIT_EDITMSG
    """
    try:
        _run(workspace, event or "", arguments, trailer)
    except Exception as error:
        _warn(event, f"{error or type(error).__name__}; nothing was checked")


def _run(workspace: Path | None, event: str, arguments: tuple[str, ...], trailer: str | None) -> None:
    if event not in ("start", "stop", "commit-msg"):
        return
    from tracker.workspace import NoWorkspace

    try:
        if event == "commit-msg":
            from datetime import date

            from tracker.commands.hooks.commit import commit_message

            for warning in commit_message(workspace, Path(arguments[0]), trailer, date.today()):
                _warn(event, warning)
            return
        from tracker.commands.hooks import agent

        given = _input(event)
        if event == "start":
            _print(agent.start(workspace, given))
            return
        text, warnings = agent.stop(workspace, given)
        for warning in warnings:
            _warn(event, warning)
        _print(text)
    except NoWorkspace:  # the hook may be set up for all repositories of a user
        return


def _input(event: str) -> HookInput:
    """What the agent sent; in a terminal, an event without details."""
    from tracker.commands.hooks.input import Agent, HookInput, read_input

    if sys.stdin is None:
        return read_input(BytesIO())
    if sys.stdin.isatty():
        return HookInput(Agent.CLAUDE, {"start": "SessionStart", "stop": "Stop"}[event])
    return read_input(sys.stdin.buffer)


def _print(text: str) -> None:
    if text:
        click.echo(text)


def _warn(event: str | None, text: str) -> None:
    click.echo(f"tracker hook {event}: {' '.join(text.split())[:500]}", err=True)
