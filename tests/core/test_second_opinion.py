"""A second opinion, asked of a real HTTP server on loopback that answers well, badly, slowly or too much."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from diagnostics.result import content_digest
from tests.command import Done, tracker
from tests.gitrepo import GitRepo
from tests.publish.test_run_page import FINDING, RUN, SYMPTOM

KEY = "sk-very-secret-key"
DIAGNOSIS = {"severity": "critical", "cause": "learning-rate-too-high", "findings": [FINDING, SYMPTOM], "explained": []}
RESULT = RUN | {
    "diagnosis": DIAGNOSIS, "errors": ['File "/home/me/train.py", line 3, in train\n    secret_code()'],
    "source": {"script": "secret.py", "arguments": ["--token", "secret"], "commit": None, "tree": None, "dirty": None},
    "notes": ["secret note"], "history": {"step": list(range(100)), "train_loss": [1.5] * 100},
}  # fmt: skip
Reply = Callable[[BaseHTTPRequestHandler], None]


def finding(rule: str, layer: str | None = None) -> dict[str, Any]:
    return {"rule": rule, "severity": "warning", "layer": layer, "message": "M | <b>", "fix": "F"}


def answer(*findings: dict[str, Any], cause: str | None = "learning-rate-too-high") -> dict[str, Any]:
    return {"severity": "critical", "cause": cause, "findings": list(findings)}


def completion(content: object) -> bytes:
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def reply(body: bytes, status: int = 200, headers: Mapping[str, str] = {}) -> Reply:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return send


@contextmanager
def serving(send: Reply) -> Iterator[tuple[str, list[tuple[dict[str, str], Any]]]]:
    """The address of a server, and the headers and bodies of the requests that it gets."""
    requests: list[tuple[dict[str, str], Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((dict(self.headers) | {"path": self.path}, json.loads(content)))
            with suppress(OSError):
                send(self)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "20260101T000000Z-soak.json"
    found.write_text(json.dumps(RESULT | {"digest": content_digest(RESULT)}), "utf-8")
    return found


def ask(path: Path, url: str, *options: str) -> Done:
    given = ("--second-opinion", str(path), "--endpoint", url, "--model", "judge", *options)
    return tracker("diagnose", *given, cwd=path.parent)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRACKER_OPINION_URL", "TRACKER_OPINION_MODEL", "TRACKER_OPINION_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_each_finding_is_recorded_beside_the_verdict_of_the_rules(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_OPINION_KEY", KEY)
    given = answer(finding("learning-rate-too-high"), finding("bad-luck", "3"), cause="bad-luck")
    with serving(reply(completion(given))) as (url, requests):
        done = ask(path, url)
    assert done.code == 0, done
    written = json.loads(path.read_text("utf-8"))
    record = written.pop("second_opinion")
    assert [(one["opinion"], one["rule"], one["layer"]) for one in record["findings"]] == [
        ("agrees", "learning-rate-too-high", None), ("disagrees", "dead-units", None), ("adds", "bad-luck", "3"),
    ]  # fmt: skip
    assert (record["cause"], record["agrees_on_cause"], record["host"]) == ("bad-luck", False, "127.0.0.1")
    assert {key: value for key, value in written.items() if key != "digest"} == RESULT
    assert written["digest"] == content_digest(written | {"second_opinion": record})
    ((headers, _),) = requests
    assert (headers["Authorization"], headers["path"]) == (f"Bearer {KEY}", "/v1/chat/completions")
    assert KEY not in path.read_text("utf-8") + done.out + done.err


def test_a_dry_run_prints_exactly_what_is_sent(path: Path) -> None:
    before = path.read_bytes()
    with serving(reply(completion(answer()))) as (url, requests):
        shown = ask(path, url, "--dry-run")
        assert (shown.code, requests, path.read_bytes()) == (0, [], before)
        assert ask(path, url).code == 0
    assert shown.json == requests[0][1]
    assert tracker("diagnose", "--second-opinion", str(path), "--dry-run", cwd=path.parent).code == 0


def test_what_is_sent_has_a_schema_and_neither_data_nor_code(path: Path) -> None:
    body = ask(path, "http://localhost/v1", "--dry-run").json
    schema = body["response_format"]["json_schema"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(answer(finding("dead-units")), schema)
    sent = json.loads(body["messages"][1]["content"])
    assert "secret" not in json.dumps(body)
    assert len(sent["history"]["step"]) == 20
    assert (sent["history"]["step"][0], sent["history"]["step"][-1]) == (0, 99)
    assert sent["diagnosis"] == DIAGNOSIS


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(20)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then: no single read waits for long."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(b"x" * 2**20)


@pytest.mark.parametrize(
    ("send", "says"),
    [
        (hang, "no answer within 0.7 s"), (drip, "no answer within 0.7 s"), (huge, "the answer is larger than 1 MB"),
        (reply(b"<html>"), "not one of an OpenAI-compatible endpoint"), (reply(b"\xff\xfe"), "not one of an OpenAI"),
        (reply(b"[" * 100_000), "not one of an OpenAI"), (reply(b"{}"), "not one of an OpenAI-compatible endpoint"),
        (reply(completion("I think it is fine.")), "does not fit the schema"),
        (reply(completion({"severity": "ok"})), "does not fit the schema at cause"),
        (reply(completion(answer(finding("Not A Rule")))), "does not fit the schema at findings.0.rule"),
        (reply(completion(answer() | {"verdict": "ok"})), "does not fit the schema at verdict"),
        (reply(completion(answer(*[finding("a-b")] * 101))), "does not fit the schema at findings"),
        (reply(json.dumps({"choices": [{"message": {"content": None}}]}).encode()), "has no text"),
        (reply(KEY.encode(), 401), "status 401"), (reply(b"", 500), "status 500"),
        (reply(b"", 302, {"Location": "http://127.0.0.1:9/"}), "status 302"),
    ],
)  # fmt: skip
def test_without_an_opinion_the_result_stays(
    send: Reply, says: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_OPINION_KEY", KEY)
    before = path.read_bytes()
    with serving(send) as (url, _):
        done = ask(path, url, "--timeout", "0.7" if send in (hang, drip) else "20")
    assert done.code == 1
    assert done.err.startswith("tracker: no second opinion: ")
    assert says in done.err
    assert "is unchanged" in done.err
    assert len(done.err.splitlines()) == 1
    assert KEY not in done.err + done.out
    assert path.read_bytes() == before


def test_an_answer_in_a_fence_and_an_endpoint_from_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fenced = f"```json\n{json.dumps(answer(finding('dead-units')))}\n```"
    with serving(reply(completion(fenced))) as (url, requests):
        monkeypatch.setenv("TRACKER_OPINION_URL", url)
        monkeypatch.setenv("TRACKER_OPINION_MODEL", "small")
        done = tracker("diagnose", "--second-opinion", str(path), cwd=path.parent)
    assert done.code == 0
    assert "small at 127.0.0.1 agrees on the cause" in done.out
    assert "Authorization" not in requests[0][0]


def test_without_a_listener(path: Path) -> None:
    before = path.read_bytes()
    done = ask(path, "http://127.0.0.1:9/v1")
    assert (done.code, path.read_bytes()) == (1, before)
    assert "127.0.0.1 cannot be reached" in done.err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.com/v1", "is not encrypted: use https"), ("http://localhost.example.com", "is not encrypted"),
        ("http://10.0.0.1/v1", "is not encrypted"), ("ftp://localhost/v1", "not an address"),
        ("localhost", "not an address"), (f"https://me:{KEY}@example.com", "must have no user"),
        (f"https://example.com/?key={KEY}", "must have no user"), ("http://[::1", "not an address"),
        ("http://localhost:99999999", "not an address"),
    ],
)  # fmt: skip
def test_an_endpoint_that_is_refused(url: str, says: str, path: Path) -> None:
    done = ask(path, url)
    assert says in done.message
    assert KEY not in done.err


def test_no_endpoint(path: Path) -> None:
    done = tracker("diagnose", "--second-opinion", str(path), cwd=path.parent)
    assert "no endpoint: set TRACKER_OPINION_URL" in done.message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not JSON"), ("[1]", "expected a result of a watched training"), ('{"schema": 1}', "of schema 1 or 2"),
        (json.dumps(RESULT | {"schema": 3}), "of schema 1 or 2"), (json.dumps(RUN), "has no diagnosis"),
        (None, "no such file"),
    ],
)  # fmt: skip
def test_another_file_is_refused(content: str | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    if content is not None:
        path.write_text(content, "utf-8")
    assert says in ask(path, "http://localhost/v1").message


def test_the_digest_of_an_edited_result_still_does_not_fit(path: Path) -> None:
    path.write_text(json.dumps(RESULT | {"digest": "sha256:0"}), "utf-8")
    with serving(reply(completion(answer()))) as (url, _):
        assert ask(path, url).code == 0
    assert json.loads(path.read_text("utf-8"))["digest"] == "sha256:0"


def test_the_page_shows_the_opinion_and_the_verdict_of_the_rules(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    name = "diagnostics/results/20260101T000000Z-soak.json"
    repo.write(name, json.dumps(RESULT | {"digest": content_digest(RESULT)}))
    given = answer(finding("bad-luck", "3"), cause=None)
    with serving(reply(completion(given))) as (url, _):
        assert ask(repo.path / name, url).code == 0
    repo.commit()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    page = (repo.path / "docs/tracker/runs/20260101t000000z-soak.md").read_text("utf-8")
    assert "**Cause: `learning-rate-too-high`**" in page
    assert ", measured" in page
    assert "It names another cause: none. The diagnosis above is that of the rules." in page
    assert "| disagrees | `dead-units` | – | – | – |" in page
    assert "| adds | `bad-luck` | `3` |" in page
    assert "<b>" not in page
