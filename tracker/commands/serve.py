"""`tracker serve`: the site on this machine, rebuilt and reloaded when a file of the workspace is saved.

The browser asks for the number of the current build and gets an answer once there is a newer one. A build that fails
leaves the last good pages, and its message is shown in each of them.
"""

from __future__ import annotations

import gc
import html
import ipaddress
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracker.publish.mkdocs_config import Folders, config_file, folders_of
from tracker.sources.facts import open_workspace
from tracker.workspace import PLAN_FILE

INTERVAL = 0.3
"""Seconds between two looks at the files."""
WAIT = 25.0
"""Seconds after which a browser that waits for a newer build gets an answer, and asks again."""
NEXT = "/-/next"
"""Where a browser waits: `/-/next?3` answers when build 3 is no longer the current one."""
IGNORED = frozenset({"__pycache__", "node_modules"})
SCRIPT = """<script>(function wait() {{
  fetch("{next}?{number}").then((answer) => answer.text()).then((now) => now == {number} ? wait() : location.reload())
    .catch(() => setTimeout(wait, 1000));
}})();</script>"""
BANNER = (
    '<div role="alert" style="position:fixed;inset:auto 0 0 0;z-index:99;max-height:50vh;overflow:auto;padding:1em;'
    'font:14px/1.5 monospace;white-space:pre-wrap;color:#fff;background:#a31515">{message}</div>'
)

Snapshot = dict[Path, tuple[int, int]]
"""Time of change and size of each file."""


@dataclass
class Builds:
    """The number of the current build and what is wrong with it; browsers wait for the next one."""

    number: int = 0
    message: str = ""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def finish(self, message: str) -> None:
        """Count a build; `message` says what is wrong with it, or is empty."""
        with self._changed:
            self.number += 1
            self.message = message
            self._changed.notify_all()

    def wait(self, number: int, seconds: float = WAIT) -> int:
        """Return the number of the current build, once it is not `number` or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self.number != number, timeout=seconds)
            return self.number


class Handler(SimpleHTTPRequestHandler):
    """Serves files, with the script that reloads in every page. Requests for the host of another site are refused."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, builds: Builds, host: str, directory: str) -> None:
        self._builds = builds
        self._host = host
        super().__init__(*arguments, directory=directory)

    def do_GET(self) -> None:
        """Answer a request."""
        if not is_allowed(self.headers.get("Host", ""), self._host):
            self.send_error(403, "This host is not served")
        elif self.path.startswith(NEXT):
            number = self.path.partition("?")[2]
            self._answer(str(self._builds.wait(int(number) if number.isdigit() else -1)).encode(), "text/plain")
        else:
            page = self._page()
            if page is None:
                super().do_GET()
            else:
                self._answer(self._with_script(page.read_bytes()), "text/html; charset=utf-8")

    def do_HEAD(self) -> None:
        """Answer a request for headers."""
        if is_allowed(self.headers.get("Host", ""), self._host):
            super().do_HEAD()
        else:
            self.send_error(403, "This host is not served")

    def _page(self) -> Path | None:
        """The page of the request, if it is one."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        return path if path.suffix == ".html" and path.is_file() else None

    def _with_script(self, page: bytes) -> bytes:
        banner = BANNER.format(message=html.escape(self._builds.message)) if self._builds.message else ""
        added = (banner + SCRIPT.format(next=NEXT, number=self._builds.number)).encode()
        head, body, tail = page.rpartition(b"</body>")
        return head + added + body + tail if body else page + added

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""


def is_allowed(given: str, host: str) -> bool:
    """Whether a request may be answered: its host is this machine by name, any address, or the host that was asked for.

    A page of another site whose name leads to this machine (DNS rebinding) sends the name of that site.

    >>> is_allowed("localhost:8000", "127.0.0.1"), is_allowed("evil.example:8000", "127.0.0.1")
    (True, False)
    """
    try:
        name = urlsplit(f"//{given}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", host.lower()):
        return True
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def serve(
    host: str,
    port: int,
    site: Path,
    *,
    look: Callable[[], Snapshot],
    build: Callable[[], str],
    ready: Callable[[str], None],
) -> None:
    """Serve `site` until the process is interrupted, and call `build` whenever `look` finds a change.

    `build` returns what is wrong, or an empty text. `ready` is called with the address. Raises OSError when the port
    is taken.
    """
    builds = Builds()
    seen = look()
    builds.finish(build())
    handler = partial(Handler, builds=builds, host=host, directory=str(site))
    with ThreadingHTTPServer((host, port), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{server.server_port}/")
        pause = threading.Event()
        while not pause.wait(INTERVAL):
            now = look()
            if now != seen:
                seen = now
                builds.finish(build())
                gc.collect()  # MkDocs leaves megabytes of objects that refer to each other


def watched(root: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The files and folders on which the site of a workspace depends, and the folders in them that a build writes."""
    workspace = open_workspace(root)
    config = config_file(root)
    folders = folders_of(config) if config.is_file() else Folders()
    reports = root / workspace.plan.reports.partition("*")[0].rpartition("/")[0]
    own = (workspace.sessions, workspace.results, workspace.versions, workspace.templates, reports)
    git = next((one / ".git" for one in (root, *root.parents) if (one / ".git").exists()), root / ".git")
    files = (root / PLAN_FILE, config, git / "HEAD", git / "logs" / "HEAD")
    roots = (*files, root / folders.documents, *(one for one in own if one is not None and one != root))
    return roots, (workspace.docs, root / folders.site)


def snapshot(roots: tuple[Path, ...], without: tuple[Path, ...]) -> Snapshot:
    """Return the state of every file in the roots. Hidden folders and the folders `without` are left out."""
    found: Snapshot = {}
    for path in (path for root in roots for path in _files(root, without)):
        with suppress(OSError):
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _files(root: Path, without: tuple[Path, ...]) -> Iterator[Path]:
    if root.is_file():
        yield root
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = [one for one in folders if one[0] != "." and one not in IGNORED and here / one not in without]
        yield from (here / name for name in names)
