"""The comment of the action on a pull request, written to a real server on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent / ".github" / "comment.py"
MARKER = "<!-- session-tracker -->"
BOT = "github-actions[bot]"


@dataclass
class Forge:
    """The comments of pull request 7 of `o/r`, served as GitHub does."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    status: int | None = None
    """Answer everything with this status."""
    address: str = ""

    def add(self, body: str, author: str = BOT) -> None:
        self.comments.append({"id": len(self.comments) + 1, "user": {"login": author}, "body": body})

    def answer(self, method: str, path: str, data: Any) -> tuple[int, Any]:
        self.requests.append((method, path))
        place, _, query = path.partition("?")
        if self.status:
            return self.status, {"message": "::error::no"}
        if (method, place) == ("GET", "/repos/o/r/issues/7/comments"):
            page = int(dict(one.split("=") for one in query.split("&"))["page"])
            return 200, self.comments[100 * (page - 1) : 100 * page]
        if (method, place) == ("POST", "/repos/o/r/issues/7/comments"):
            self.add(data["body"])
            return 201, self.comments[-1]
        if method == "PATCH" and place.startswith("/repos/o/r/issues/comments/"):
            comment = self.comments[int(place.rpartition("/")[2]) - 1]
            comment["body"] = data["body"]
            return 200, comment
        return 404, {}


@pytest.fixture
def forge() -> Iterator[Forge]:
    found = Forge()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            assert self.headers["Authorization"] == "Bearer token"
            length = int(self.headers["Content-Length"] or 0)
            status, data = found.answer(self.command, self.path, json.loads(self.rfile.read(length) or "null"))
            content = json.dumps(data).encode()
            self.send_response(status)
            if status in (301, 307):
                self.send_header("Location", "/stolen")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def comment(forge: Forge, folder: Path, text: str, event: str = '{"pull_request": {"number": 7}}') -> str:
    """Run the script as the action does; return what it printed."""
    (folder / "changes.md").write_text(text, "utf-8")
    (folder / "event.json").write_text(event, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(folder / "changes.md")],
        env={
            "GITHUB_API_URL": forge.address,
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_TOKEN": "token",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_one_comment_is_created_and_updated_in_place(forge: Forge, tmp_path: Path) -> None:
    forge.add("A review", "ada")
    assert comment(forge, tmp_path, "## One\n") == "comment created"
    assert comment(forge, tmp_path, "## One\n") == "comment unchanged"
    assert comment(forge, tmp_path, "## Two\n") == "comment updated"
    assert [one["body"] for one in forge.comments] == ["A review", f"{MARKER}\n## Two"]


def test_the_comment_is_found_on_any_page(forge: Forge, tmp_path: Path) -> None:
    for number in range(230):
        forge.add(f"Comment {number}", "ada")
    forge.comments[215] = {"id": 216, "user": {"login": BOT}, "body": f"{MARKER}\nold"}
    assert comment(forge, tmp_path, "new") == "comment updated"
    assert forge.comments[215]["body"] == f"{MARKER}\nnew"


def test_a_comment_of_someone_else_is_left_alone(forge: Forge, tmp_path: Path) -> None:
    """Anyone may write the marker, and the bot of another workflow may quote it."""
    forge.add(f"{MARKER}\nmine", "mallory")
    forge.add(f"> {MARKER}", BOT)
    assert comment(forge, tmp_path, "new") == "comment created"
    assert [one["body"] for one in forge.comments[:2]] == [f"{MARKER}\nmine", f"> {MARKER}"]


def test_nothing_is_written_where_nothing_changed(forge: Forge, tmp_path: Path) -> None:
    text = "## Session Tracker\n\nNothing changed.\n"
    assert comment(forge, tmp_path, text) == "no comment: nothing changed"
    comment(forge, tmp_path, "something")
    assert comment(forge, tmp_path, text) == "comment updated", "what was written before is no longer so"


def test_outside_a_pull_request(forge: Forge, tmp_path: Path) -> None:
    assert comment(forge, tmp_path, "text", "{}") == "no comment: this is no pull request"
    assert forge.requests == []


@pytest.mark.parametrize("status", [401, 403, 404, 500, 301, 307])
def test_a_refusal_is_a_notice(forge: Forge, tmp_path: Path, status: int) -> None:
    """A fork has no permission to write. A redirect is not followed: it would get the token."""
    forge.status = status
    printed = comment(forge, tmp_path, "text")
    assert printed.startswith(f"::notice title=Session Tracker::no comment was written: GitHub answered {status}")
    assert "\n" not in printed
    assert len(forge.requests) == 1


@pytest.mark.parametrize("event", ["", "[", '{"pull_request": 1}', '{"pull_request": {"number": "7/../8"}}'])
def test_an_event_that_is_not_understood(forge: Forge, tmp_path: Path, event: str) -> None:
    assert comment(forge, tmp_path, "text", event).startswith("::notice")
    assert forge.requests == []


def test_a_long_text_is_cut_and_notifies_no_one(forge: Forge, tmp_path: Path) -> None:
    comment(forge, tmp_path, "@ada and @org/team\n" + "- a line\n" * 20_000)
    (only,) = forge.comments
    assert len(only["body"]) < 65_536
    assert only["body"].endswith("The rest is in the summary of the workflow.")
    assert "@ada" not in only["body"]
    assert "@org" not in only["body"]
