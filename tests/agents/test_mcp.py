"""`tracker mcp`, called by the client of the official SDK."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agents.project import make_project
from tests.command import contents_in, tracker, tracker_process
from tests.gitrepo import GitRepo

pytest.importorskip("mcp_types", reason="needs the extra mcp")

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tracker.commands.mcp_server import make_server
from tracker.commands.mcp_tools import BYTES_OF_TOKEN, TOOLS, within

CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "brief": ({}, "1 Control loop"),
    "status": ({}, "Kiln: "),
    "ready": ({"phase": "2"}, "2 · Cooling: not ready"),
    "items": ({}, "Cover the kiln"),
    "find": ({"words": "the loop"}, "sessions/2026-01-01-1.yml:"),
    "check": ({"strict": True}, "never.py"),
    "audit": ({}, "0 stale files"),
    "explain": ({"name": "ramp-there"}, "criterion ramp-there: "),
}
"""Arguments of each tool, and a part of its answer."""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = make_project(tmp_path / "kiln")
    repo.write("results.md", "# Notes\n")
    repo.write(
        "sessions/2026-01-02-b.yml",
        "session: b/2\ndate: 2026-01-02\nfocus: A step\nnext: {immediate: [Cover the kiln]}\n",
    )
    repo.write(
        "diagnostics/results/20260101T000000Z-soak.json",
        json.dumps({"schema": 1, "name": "soak", "data": {"hours": 3}}),
    )
    repo.commit("Measure (Session 1)")
    return repo


def run(test: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return anyio.run(test)


async def text_of(client: Client, tool: str, /, **arguments: Any) -> tuple[str, bool]:
    """What a tool answers, and whether that is an error."""
    answer = await client.call_tool(tool, arguments)
    (content,) = answer.content
    return content.text, bool(answer.is_error)  # type: ignore[union-attr]


async def read(client: Client, address: str) -> str:
    (content,) = (await client.read_resource(address)).contents
    return content.text  # type: ignore[union-attr]


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Client]:
    """A client of the real command, which runs in a folder."""
    command = StdioServerParameters(command=sys.executable, args=["-P", "-m", "tracker", "mcp"], cwd=folder)
    async with Client(stdio_client(command)) as client:
        yield client


def test_every_tool_answers_over_stdio_and_changes_nothing(repo: GitRepo) -> None:
    before = contents_in(repo.path)

    async def test() -> None:
        async with started(repo.path) as client:
            tools = {one.name: one for one in (await client.list_tools()).tools}
            assert tuple(tools) == TOOLS == tuple(CALLS)
            assert all(one.annotations and one.annotations.read_only_hint for one in tools.values())
            for name, (arguments, expected) in CALLS.items():
                text, failed = await text_of(client, name, **arguments)
                assert expected in text, (name, text)
                assert not failed, (name, text)

    run(test)
    assert contents_in(repo.path) == before


def test_the_answer_is_what_the_command_prints(repo: GitRepo) -> None:
    async def test() -> None:
        async with Client(make_server(repo.path)) as client:
            answer = (await text_of(client, "explain", name="loop-there", tokens=5000))[0]
            assert answer == tracker("explain", "loop-there", cwd=repo.path).out.strip()

    run(test)


def test_an_answer_stays_in_its_budget(repo: GitRepo) -> None:
    repo.write("sessions/2026-01-03-c.yml", "session: c\ndate: 2026-01-03\nfocus: F\nhighlights:\n" + "- word\n" * 500)

    async def test() -> None:
        async with Client(make_server(repo.path)) as client:
            text, _ = await text_of(client, "find", words="word", limit=200, tokens=60)
            assert len(text.encode()) <= 60 * BYTES_OF_TOKEN
            assert "more lines" in text

    run(test)


@given(st.text(), st.integers(50, 300))
def test_a_text_in_a_budget(text: str, tokens: int) -> None:
    found = within(text, tokens)
    assert len(found.encode()) <= tokens * BYTES_OF_TOKEN
    assert found == text or "more lines" in found


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("explain", {"name": "nothing"}, "'nothing': no"),
        ("explain", {"name": "--help"}, "'--help': no"),
        ("ready", {"phase": "--format=json"}, "no phase has the id"),
        ("ready", {"phase": "a\0b"}, "NUL"),
        ("find", {"words": "x" * 200_000}, "longer than"),
        ("audit", {"since": "--output=x"}, "--output=x"),
        ("brief", {"tokens": 1}, "greater than or equal to 50"),
        ("find", {}, "words"),
        ("build", {}, "build"),
    ],
)
def test_a_tool_that_cannot_answer_says_why(repo: GitRepo, name: str, arguments: dict[str, Any], expected: str) -> None:
    async def test() -> None:
        async with Client(make_server(repo.path)) as client:
            try:
                text, failed = await text_of(client, name, **arguments)
            except Exception as error:  # what the protocol refuses
                text, failed = str(error), True
            assert failed
            assert expected in text
            assert "Traceback" not in text

    run(test)


def test_sessions_phases_and_results_are_resources(repo: GitRepo) -> None:
    async def test() -> None:
        async with Client(make_server(repo.path)) as client:
            listed = {one.uri for one in (await client.list_resources()).resources}
            assert listed == {"tracker://sessions", "tracker://phases", "tracker://results"}
            sessions = (await read(client, "tracker://sessions")).splitlines()
            assert sessions == [
                "tracker://sessions/b%2F2  2026-01-02 A step",
                "tracker://sessions/1  2026-01-01 The loop",
            ]
            for line in [*sessions, *(await read(client, "tracker://phases")).splitlines()]:
                assert await read(client, line.split()[0])
            assert "focus: A step" in await read(client, "tracker://sessions/b%2F2")
            assert "phase 1: " in await read(client, "tracker://phases/1")
            (result,) = (await read(client, "tracker://results")).splitlines()
            assert '"hours": 3' in await read(client, result.split()[0])
            for address in ("tracker://sessions/9", "tracker://phases/9", "tracker://results/..%2F..%2Ftracker.yml"):
                with pytest.raises(Exception, match=r"no such|nothing has this id"):
                    await read(client, address)

    run(test)


def test_outside_a_workspace(tmp_path: Path) -> None:
    """The audit works; the other tools say what is missing, and the server lives on."""
    repo = GitRepo(tmp_path / "plain")
    repo.write("a.txt", "1")
    repo.commit()

    async def test() -> None:
        async with started(repo.path) as client:
            text, failed = await text_of(client, "status")
            assert failed
            assert "tracker init" in text
            with pytest.raises(Exception, match=r"tracker\.yml"):
                await read(client, "tracker://sessions")
            text, failed = await text_of(client, "audit")
            assert (text.startswith("1 file: 0 stale files"), failed) == (True, False)

    run(test)


def test_a_module_of_the_repository_is_not_imported(repo: GitRepo) -> None:
    for name in ("tracker/__init__.py", "click.py", "mcp.py"):
        repo.write(name, "raise SystemExit('the wrong module')\n")

    async def test() -> None:
        async with started(repo.path) as client:
            assert (await text_of(client, "status"))[0].startswith("Kiln: ")

    run(test)


def test_without_the_extra_the_message_says_how_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "mcp.py").write_text("raise ImportError('No module named mcp', name='mcp')\n", "utf-8")
    done = tracker_process("mcp", cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{Path(__file__).parents[2]}")
    assert "pip install 'mcp>=2,<3'" in done.message
