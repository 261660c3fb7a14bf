"""`tracker serve`: a saved file is shown, a broken one is reported and leaves the last good pages."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.serve import rebuilds
from tests.gitrepo import GitRepo
from tracker.commands.serve import Builds, is_allowed, snapshot

CONFIG = "site_name: S\ntheme: mkdocs\nvalidation: {nav: {omitted_files: ignore}}\n"


def get(address: str, path: str, host: str | None = None) -> tuple[int, str]:
    """Return the status and text of an answer."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.fixture
def address(repo: GitRepo) -> Iterator[str]:
    """Serve a workspace in a process of its own and yield the address."""
    repo.write("mkdocs.yml", CONFIG)
    repo.write("docs/index.md", "# Hello\n")
    command = [sys.executable, "-m", "tracker", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        line = next((line for line in process.stdout if line.startswith("serving: ")), "")
        try:
            yield line.removeprefix("serving: ").strip()
        finally:
            process.kill()


def number(page: str) -> str:
    match = re.search(r"/-/next\?(\d+)", page)
    assert match, page
    return match[1]


@pytest.mark.slow
def test_a_saved_file_is_shown_and_a_broken_one_reported(address: str, repo: GitRepo) -> None:
    status, page = get(address, "/tracker/")
    assert status == 200
    assert "Work of day 3" in page
    repo.write("sessions/3.yml", "session: '3'\ndate: 2025-01-03\nfocus: Another day\n")
    assert get(address, f"/-/next?{number(page)}")[1] > number(page)
    _, page = get(address, "/tracker/")
    assert "Another day" in page
    assert 'role="alert"' not in page
    repo.write("tracker.yml", "project: [\n")
    get(address, f"/-/next?{number(page)}")
    _, broken = get(address, "/tracker/")
    assert "Another day" in broken, "the last good page stays"
    assert 'role="alert"' in broken
    assert "tracker.yml:" in broken.partition('role="alert"')[2]
    repo.write("tracker.yml", "project: P\n")
    get(address, f"/-/next?{number(broken)}")
    assert 'role="alert"' not in get(address, "/tracker/")[1]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc, which only Linux has")
def test_many_rebuilds_leave_memory_and_open_files_flat(repo: GitRepo) -> None:
    repo.write("mkdocs.yml", CONFIG)
    repo.write("docs/index.md", "# Hello\n")
    found = list(rebuilds(repo.path, 40))
    assert max(one.files for one in found[20:]) <= max(one.files for one in found[:20])
    assert found[-1].megabytes < found[9].megabytes + 20, "without collecting garbage each takes megabytes"


def test_requests_for_another_host_are_refused(address: str) -> None:
    assert get(address, "/", "evil.example")[0] == 403
    assert get(address, "/-/next?0", "evil.example:80")[0] == 403
    assert get(address, "/", "localhost")[0] == 200
    assert get(address, "/../../etc/passwd")[0] == 404


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("localhost", True),
        ("my.machine:80", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("", False),
        ("[", False),
    ],
)
def test_which_hosts_are_served(given: str, allowed: bool) -> None:
    assert is_allowed(given, "my.machine") is allowed


def test_a_browser_waits_for_the_next_build_alone() -> None:
    builds = Builds()
    builds.finish("")
    assert builds.wait(0) == 1
    assert builds.wait(1, seconds=0) == 1


def test_folders_that_a_build_writes_are_not_watched(tmp_path: Path) -> None:
    for name in ("docs/a.md", "docs/tracker/index.md", "docs/.hidden/x"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    found = snapshot((tmp_path / "docs", tmp_path / "none.yml"), (tmp_path / "docs/tracker",))
    assert list(found) == [tmp_path / "docs/a.md"]
