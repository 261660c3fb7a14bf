"""Results: any JSON object in the results folder is one run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast, get_args

from diagnostics.result import content_digest
from tracker.cache import Cache, digest
from tracker.model import MeasuredResult, Origin, Problem, ResultStatus
from tracker.sources import large_result
from tracker.sources.large_result import LARGE, LargeResult, small_values
from tracker.sources.numbers import load_json
from tracker.sources.reading import UnreadableFile, files_among, read_workspace_file
from tracker.sources.repository import ENVIRONMENT, Repository
from tracker.sources.sessions import natural

STAMP = re.compile(r"^(\d{8}T\d{6})Z-(.+)$")
"""The name of a file that the diagnostics write: `<UTC start>-<name>`."""
MAX_DEPTH = 100
"""Levels of objects and lists in a result."""
KIND = "result"
_CODE = digest(*(Path(one).read_bytes() for one in (__file__, large_result.__file__)))
"""Part of the cache key: other code may read a file differently."""
SURROGATE = re.compile("[\ud800-\udfff]")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
BRACKET = re.compile(r"[\[\]{}]")


def read_results(folder: Path, root: Path, cache: Cache) -> tuple[list[MeasuredResult], list[Problem]]:
    """Return every result of a folder, the oldest first, and a problem for each file that is no result.

    A large file is parsed once: its small values are cached by its content.
    """
    contents: list[tuple[Path, bytes]] = []
    problems: list[Problem] = []
    for path in files_among(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            contents.append((path, read_workspace_file(path, root)))
        except UnreadableFile as error:
            problems.append(error.problem)
    keys = {path: digest(_CODE, content) for path, content in contents if len(content) > LARGE}
    known, fresh = cache.get(KIND, keys.values()), {}
    results: list[MeasuredResult] = []
    for path, content in contents:
        key, file = keys.get(path, ""), path.relative_to(root).as_posix()
        found = _remembered(path, file, key, content, known.get(key)) or _read(path, file, content)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        results.append(found)
        if key and key not in known:
            kept = small_values(found.data)
            fresh[key] = json.dumps({"names": list(found.data), "kept": kept, "origin": found.origin})
            results[-1] = replace(found, data=LargeResult(key, content, list(found.data), kept))
    cache.put(KIND, fresh, only=keys.values())
    return sorted(results, key=_age), problems


def _remembered(path: Path, file: str, key: str, content: bytes, text: str | None) -> MeasuredResult | None:
    """The result of a large file as an earlier call read it."""
    if text is None:
        return None
    try:
        known = json.loads(text)
        data = LargeResult(key, content, known["names"], known["kept"])
        found = _result(path, file, data, Origin(known["origin"]))
    except (ValueError, TypeError, KeyError):  # a damaged cache is ignored
        return None
    return None if isinstance(found, Problem) else found


def results_ignored(repository: Repository, folder: str) -> str | None:
    """Return a warning where git ignores the results folder, which is relative to the workspace; else None."""
    import subprocess

    name = f"{folder.rstrip('/')}/result.json"
    # not through `Repository.run`, whose --literal-pathspecs this command refuses
    command = ["git", "-c", "core.fsmonitor=false", "check-ignore", "--quiet", "--no-index", name]
    done = subprocess.run(
        command, cwd=repository.folder, env=os.environ | ENVIRONMENT, capture_output=True, check=False
    )
    ignored = done.returncode == 0
    return f"git ignores {folder}: results there prove nothing on other machines" if ignored else None


def newest_complete(results: Iterable[MeasuredResult]) -> dict[str, MeasuredResult]:
    """Return by name the newest result that is neither partial nor failed."""
    return {result.name: result for result in results if result.status == "complete"}


def _age(result: MeasuredResult) -> tuple[bool, float, object]:
    """Sort results without a date first."""
    started = result.started
    return started is not None, started.timestamp() if started else 0.0, natural(result.path.removesuffix(".json"))


def _read(path: Path, file: str, content: bytes) -> MeasuredResult | Problem:
    try:
        text = content.decode("utf-8-sig")
        data = load_json(text)
        if fault := _fault(text):
            return Problem(file, 1, 1, "", f"{fault}; expected a JSON object")
    except UnicodeDecodeError as error:
        return Problem(file, 1, error.start + 1, "", "not UTF-8; expected a JSON object")
    except json.JSONDecodeError as error:
        return Problem(file, error.lineno, error.colno, "", f"not JSON ({error.msg}); expected one whole JSON object")
    except ValueError as error:  # an integer of thousands of digits
        return Problem(file, 1, 1, "", f"{str(error).partition(';')[0]}; expected a JSON object")
    except RecursionError:
        return Problem(file, 1, 1, "", "nested too deeply; expected a JSON object")
    if not isinstance(data, dict):
        return Problem(file, 1, 1, "", f"expected a JSON object; got {_kind(data)}")
    return _result(path, file, data, _origin(data))


def _result(path: Path, file: str, data: Mapping[str, Any], origin: Origin) -> MeasuredResult | Problem:
    stamp = STAMP.match(path.stem)
    source = data.get("source")
    source = source if isinstance(source, Mapping) else {}
    status = data.get("status", "complete")
    if status not in get_args(ResultStatus):
        expected = ", ".join(get_args(ResultStatus))
        return Problem(file, 1, 1, "status", f"expected one of {expected}; got {str(status)[:60]!r}")
    return MeasuredResult(
        name=_text(data.get("name")) or (stamp[2] if stamp else path.stem),
        path=file,
        data=data,
        status=cast("ResultStatus", status),
        started=_moment(data.get("started")) or (_moment(stamp[1]) if stamp else None),
        commit=_text(source.get("commit")),
        tree=_text(source.get("tree")),
        dirty=source.get("dirty") is True,
        session=_text(data.get("session")),
        origin=origin,
    )


def _origin(data: Mapping[str, Any]) -> Origin:
    """Return how far a result is as it was written. It detects accidental edits, not forgery."""
    if data.get("kind") == "report" or not isinstance(data.get("digest"), str):  # a report's digest is of the report
        return Origin.REPORTED
    try:
        content = content_digest(data).removeprefix("sha256:")  # `tracker verify` once wrote no prefix
        return Origin.MEASURED if data["digest"].removeprefix("sha256:") == content else Origin.EDITED
    except (ValueError, RecursionError):  # such as a lone surrogate
        return Origin.EDITED


def _fault(text: str) -> str | None:
    """Why JSON that can be parsed cannot be used: it is nested too deeply, or a text in it is not Unicode."""
    if "\\u" in text and any(SURROGATE.search(json.loads(one)) for one in STRING.findall(text) if "\\u" in one):
        return "half of a surrogate pair, such as \\ud800, is not a character"
    depth = 0
    for bracket in BRACKET.findall(STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return "nested too deeply"
    return None


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else f"{str(value)[:60]!r}"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no moment, or one that is beyond the calendar elsewhere
        return None
    return moment
