"""`tracker diagnose --second-opinion`: ask an OpenAI-compatible endpoint what it thinks of a finished result.

Only numbers and findings of the result are sent: no data, no code, no paths, no arguments. The opinion is recorded
beside the verdict of the rules and never changes it. Every failure leaves the result unchanged.
"""

from __future__ import annotations

import ipaddress
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from diagnostics.result import content_digest, timestamp
from tracker.errors import TrackerError
from tracker.files import read_file, write_file
from tracker.model.second_opinion import OpinionAnswer, OpinionFinding, RecordedOpinion, SecondOpinion

URL, MODEL, KEY = "TRACKER_OPINION_URL", "TRACKER_OPINION_MODEL", "TRACKER_OPINION_KEY"
ANSWER_LIMIT = 1 << 20
"""Bytes of the largest answer that is read."""
RESULT_LIMIT = 1 << 26
POINTS = 20
"""Values of a series that are sent, at most, evenly chosen."""
SENT = (
    "schema", "kind", "status", "model", "every", "steps", "history", "layers", "parameters", "never_called",
    "without_gradient", "not_in_optimizer", "attribution", "metrics", "diagnosis", "captures",
)  # fmt: skip
"""Keys of a result that are sent. Not `source`, `session`, `environment`, `notes` and `errors`: they can hold paths,
arguments and lines of code."""
INSTRUCTIONS = (
    "You review the diagnosis of a neural network's training. The user message is the result: losses, statistics of "
    "layers, and findings of rules. Return your own diagnosis in the given JSON schema: repeat each finding that you "
    "agree with under its rule and layer, leave out those you disagree with, and add what is missing under a short "
    "new rule name in lower case with hyphens. `cause` is the rule of the finding that explains the others."
)


class NoOpinion(Exception):
    """There is no opinion that can be recorded: one line that says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the opinion comes from. `seconds`: how long it may take, all in all."""

    url: str
    model: str
    key: str | None = None
    seconds: float = 60.0

    @property
    def host(self) -> str:
        """The part of the address that is recorded."""
        return urlsplit(self.url).hostname or ""


def endpoint(url: str | None, model: str | None, seconds: float, *, allow_http: bool) -> Endpoint:
    """Return the endpoint that the options, else the environment of the user, name. A workspace cannot name one.

    Raises TrackerError where there is none, or where it would send the result and the key in the clear.
    """
    url, model = url or os.environ.get(URL), model or os.environ.get(MODEL)
    if not url or not model:
        raise TrackerError(f"no endpoint: set {URL} (such as http://localhost:11434/v1) and {MODEL}")
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password
        _ = parts.port
    except ValueError:
        raise TrackerError("the endpoint is not an address such as https://host/v1") from None
    if parts.scheme not in ("http", "https") or not host:
        raise TrackerError("the endpoint is not an address such as https://host/v1")
    if secret or parts.query or parts.fragment:
        raise TrackerError(f"the endpoint must have no user, password or query; put the key into {KEY}")
    if parts.scheme == "http" and not _is_local(host) and not allow_http:
        raise TrackerError(f"http://{host} is not encrypted: use https, or --allow-http")
    return Endpoint(url.rstrip("/"), model, os.environ.get(KEY) or None, seconds)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_result(path: Path) -> dict[str, Any]:
    """Return a result of the diagnostics. Raises TrackerError for any other file."""
    if not path.is_file():
        raise TrackerError(f"{path}: there is no such file")
    try:
        data = json.loads(read_file(path.resolve(), within=path.resolve().parent, limit=RESULT_LIMIT))
    except (ValueError, RecursionError):
        raise TrackerError(f"{path}: not JSON; expected a result of the diagnostics") from None
    if not isinstance(data, dict) or data.get("kind") != "training" or data.get("schema") not in (1, 2):
        raise TrackerError(f"{path}: expected a result of a watched training, of schema 1 or 2")
    if not isinstance(data.get("diagnosis"), dict):
        raise TrackerError(f"{path}: the result has no diagnosis")
    return data


def request_body(result: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return what is sent: exactly this, besides the key in a header."""
    sent = {key: _thinned(result[key]) for key in SENT if key in result}
    schema = {"name": "diagnosis", "strict": True, "schema": OpinionAnswer.model_json_schema()}
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": json.dumps(sent, ensure_ascii=False)},
        ],
        "response_format": {"type": "json_schema", "json_schema": schema},
        "temperature": 0,
    }


def _thinned(value: Any) -> Any:
    """Return a value with at most `POINTS` numbers of each series."""
    if isinstance(value, Mapping):
        return {key: _thinned(item) for key, item in value.items()}
    if isinstance(value, list):
        series = all(item is None or isinstance(item, (int, float)) for item in value)
        if series and len(value) > POINTS:
            return [value[round(index * (len(value) - 1) / (POINTS - 1))] for index in range(POINTS)]
        return [_thinned(item) for item in value]
    return value


def ask(where: Endpoint, body: Mapping[str, Any]) -> OpinionAnswer:
    """Return the validated answer. Raises NoOpinion for any other, and when the time is up."""
    outcome: list[OpinionAnswer | NoOpinion] = []

    def run() -> None:
        try:
            outcome.append(_validated(_post(where, body)))
        except NoOpinion as error:
            outcome.append(error)
        except Exception as error:  # an endpoint may answer anything
            outcome.append(NoOpinion(f"the answer cannot be read ({type(error).__name__})"))

    worker = threading.Thread(target=run, daemon=True)  # a socket's own limit starts again with every byte
    worker.start()
    worker.join(where.seconds)
    if not outcome:
        raise NoOpinion(f"no answer within {where.seconds:g} s")
    if isinstance(outcome[0], NoOpinion):
        raise outcome[0]
    return outcome[0]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could take the result and the key to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none."""


def _post(where: Endpoint, body: Mapping[str, Any]) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if where.key:
        headers["Authorization"] = f"Bearer {where.key}"
    handlers: list[Any] = [_NoRedirect(), *([urllib.request.ProxyHandler({})] if _is_local(where.host) else [])]
    content = json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(f"{where.url}/chat/completions", content, headers)
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=where.seconds) as response:
            found: bytes = response.read(ANSWER_LIMIT + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise NoOpinion(f"the endpoint answered with status {error.code}") from None
    except TimeoutError:
        raise NoOpinion(f"no answer within {where.seconds:g} s") from None
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        raise NoOpinion(f"{where.host} cannot be reached ({type(reason).__name__})") from None
    if len(found) > ANSWER_LIMIT:
        raise NoOpinion(f"the answer is larger than {ANSWER_LIMIT >> 20} MB")
    return found


def _validated(content: bytes) -> OpinionAnswer:
    try:
        message = json.loads(content)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise NoOpinion("the answer is not one of an OpenAI-compatible endpoint") from None
    if not isinstance(message, str):
        raise NoOpinion("the answer has no text")
    try:
        return OpinionAnswer.model_validate_json(_unfenced(message))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise NoOpinion(f"the answer does not fit the schema{f' at {place}' if place else ''}") from None


def _unfenced(text: str) -> str:
    """Return JSON without the Markdown fence that some models put around it."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        text = text[3:-3].removeprefix("json")
    return text


def opinion(result: Mapping[str, Any], answer: OpinionAnswer, where: Endpoint) -> SecondOpinion:
    """Return the record: each finding of the rules with `agrees` or `disagrees`, then what the answer adds."""
    diagnosis = result["diagnosis"]
    return SecondOpinion(
        model=where.model,
        host=where.host,
        asked=timestamp(datetime.now(UTC)),
        severity=answer.severity,
        cause=answer.cause,
        agrees_on_cause=answer.cause == diagnosis.get("cause"),
        findings=list(_compared(diagnosis.get("findings") or (), answer.findings)),
    )


def _compared(ours: Sequence[Mapping[str, Any]], theirs: Sequence[OpinionFinding]) -> Iterator[RecordedOpinion]:
    left = list(theirs)
    for finding in ours:
        rule, layer = str(finding.get("rule")), finding.get("layer")
        same = [one for one in left if one.rule == rule and (one.layer == layer or one.layer is None)]
        match = next(iter(sorted(same, key=lambda one: one.layer != layer)), None)
        if match is not None and (match.layer is not None or layer is None):
            left.remove(match)
        words = {"severity": match.severity, "message": match.message} if match else {"severity": None, "message": None}
        yield RecordedOpinion(rule=rule, layer=layer, opinion="agrees" if match else "disagrees", **words)
    known = {(str(finding.get("rule")), None) for finding in ours}
    for one in left:
        if (one.rule, one.layer) not in known:
            yield RecordedOpinion(
                rule=one.rule, layer=one.layer, opinion="adds", severity=one.severity, message=one.message
            )


def record(path: Path, result: Mapping[str, Any], found: SecondOpinion) -> None:
    """Write the opinion into the result, whose other keys stay. A digest that fitted fits again."""
    data = dict(result) | {"second_opinion": found.model_dump(mode="json")}
    given = result.get("digest")
    if isinstance(given, str) and given.removeprefix("sha256:") == content_digest(result).removeprefix("sha256:"):
        data["digest"] = content_digest(data)
    lines = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in data.items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    full = path.resolve()
    write_file(full, text.encode("utf-8", "surrogatepass"), within=full.parent)


def summary(found: SecondOpinion) -> str:
    """Return the opinion in words: a line for each finding."""
    cause = "agrees on the cause" if found.agrees_on_cause else f"names another cause: {found.cause or 'none'}"
    lines = [f"{found.model} at {found.host} {cause}"]
    lines += [f"{one.opinion:>9}  {one.rule}{f' at layer {one.layer}' if one.layer else ''}" for one in found.findings]
    return "\n".join(lines)
