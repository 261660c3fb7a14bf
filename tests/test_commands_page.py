"""The reference page of the commands is generated from their help texts."""

from __future__ import annotations

from pathlib import Path

from tracker.cli import cli
from tracker.cli.reference import commands_reference

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"


def test_the_page_is_the_help() -> None:
    assert PAGE.read_text("utf-8") == commands_reference(), "run `make reference`"


def test_every_command_has_a_section_with_its_options_and_an_example() -> None:
    sections = commands_reference().split("\n## tracker ")[1:]
    assert [section.split("\n", 1)[0] for section in sections] == list(cli.commands)
    for section in sections:
        assert "`-v, --verbose`" in section
        assert "```sh\ntracker " in section or "```sh\ncd " in section
