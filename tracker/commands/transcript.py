"""`tracker new --from-transcript`: a session file from what tools did; what the agent says is marked as claimed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from pathlib import Path

from tracker.commands.edited_files import edited_files, works_elsewhere
from tracker.commands.new import recorded
from tracker.plural import counted
from tracker.progress.draft import FOCUS, taken_ids
from tracker.progress.progress import Progress
from tracker.sources.transcripts import Redactor, Transcript, TranscriptCommand
from tracker.sources.transcripts.redaction import TOKENS
from tracker.sources.transcripts.runners import ran_no_tests
from tracker.sources.transcripts.shell import runs_tests, status_of_tests

MOST_COMMANDS = 100
LONGEST_COMMAND = 200
LONGEST_REPORT = 4000
COMMITTED = re.compile(r"^\[[^\]\n]*\b([0-9a-f]{7,40})\] ", re.MULTILINE)
"""What `git commit` prints: `[main 1a2b3c4] Add it`."""
NOTE = "run by a tool of the agent"
CLAIMED = "Reported by the agent, not checked"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A session file made from a transcript."""

    path: Path
    text: str
    remarks: tuple[str, ...]
    """What was read, and what was left out."""


def drafted(progress: Progress, transcript: Transcript, today: Date) -> Drafted:
    """Return the session file of a transcript. Nothing of it is written before secrets are removed."""
    redactor = Redactor()
    began = transcript.started.astimezone().date() if transcript.started else today
    ended = transcript.ended.astimezone().date() if transcript.ended else began
    shown = [(_shown(one, redactor), one) for one in transcript.commands]
    files, left_out = edited_files(progress, transcript)
    printed, commits = _commits(progress, transcript)
    data = {
        "until": ended if ended != began else None,
        "focus": FOCUS,
        "team": _team(transcript),
        "duration": _duration(transcript),
        "summary": _summary(transcript, shown),
        "work": _claims(transcript, redactor),
        "commits": commits,
        "files": files,
        "tests": _tests(shown),
    }
    last = progress.sessions[-1].session.session if progress.sessions else None
    known = {key: value for key, value in data.items() if value}
    path, text = recorded(progress.facts.workspace, last, began, known, taken_ids(progress))
    remarks = _remarks(transcript, left_out, printed - len(commits), redactor)
    return Drafted(path, text, (*remarks, *_warnings(progress, transcript)))


def _warnings(progress: Progress, transcript: Transcript) -> Iterator[str]:
    if works_elsewhere(progress, transcript):
        folder = _printable(TOKENS.sub("", transcript.folder or ""))[:LONGEST_COMMAND]
        yield f"the agent worked in {folder}, not in this workspace; check that it is a clone of the same project"


def _remarks(transcript: Transcript, left_out: int, lost: int, redactor: Redactor) -> Iterator[str]:
    broken = f", {counted(transcript.broken, 'broken line', 'broken lines')} skipped" if transcript.broken else ""
    long = f", {counted(transcript.too_long, 'overlong line', 'overlong lines')} skipped" if transcript.too_long else ""
    yield f"{transcript.format} transcript: {counted(transcript.lines, 'line')} read{broken}{long}"
    if left_out:
        files = counted(left_out, "edited file is", "edited files are")
        yield f"{files} left out: gone, unchanged in git, or outside the workspace"
    if lost:
        yield f"{counted(lost, 'commit is', 'commits are')} left out: not in the history of HEAD"
    if redactor.count:
        yield f"{counted(redactor.count, 'possible secret', 'possible secrets')} removed"


def _team(transcript: Transcript) -> str:
    models = ", ".join(_printable(TOKENS.sub("", name))[:80] for name in transcript.models[:10])
    return f"{transcript.format}: {models}" if models else f"{transcript.format} agent"


def _duration(transcript: Transcript) -> str | None:
    """The time from the first to the last record without breaks; None where the transcript has one time at most."""
    if not transcript.started or not transcript.ended or transcript.started == transcript.ended:
        return None
    return _span(transcript.ended - transcript.started - transcript.breaks)


def _span(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _summary(transcript: Transcript, shown: list[tuple[str, TranscriptCommand]]) -> str:
    """The commands that tools ran, with their exit status."""
    lines = [f"Drafted from a transcript ({transcript.format}); correct what is wrong."]
    if transcript.breaks:
        lines += ["", f"The duration leaves out breaks of {_span(transcript.breaks)}."]
    if transcript.commands:
        lines += ["", f"Commands ({len(transcript.commands)}):", ""]
        lines += [f"- {_state(one)}: {_code(text)}" for text, one in shown[:MOST_COMMANDS]]
    if len(shown) > MOST_COMMANDS:
        lines.append(f"- and {len(shown) - MOST_COMMANDS} more")
    return "\n".join(lines) + "\n"


def _state(command: TranscriptCommand) -> str:
    return _status(command.exit) if command.has_run else "failed, may not have run"


def _status(exit_status: int | None) -> str:
    return "exit status unknown" if exit_status is None else f"exit {exit_status}"


def _shown(command: TranscriptCommand, redactor: Redactor) -> str:
    """The first line of a command, without secrets."""
    lines = redactor.redact(command.text).strip().splitlines() or [""]
    text = _printable(lines[0]) + (" …" if len(lines) > 1 else "")
    return text if len(text) <= LONGEST_COMMAND else f"{text[: LONGEST_COMMAND - 1]}…"


def _code(text: str) -> str:
    """A text as inline code of Markdown."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if longest else f"`{text}`"


def _claims(transcript: Transcript, redactor: Redactor) -> list[dict[str, str]]:
    """The last report of the agent, as a quotation that is marked as unchecked."""
    if not transcript.said:
        return []
    text = redactor.redact(transcript.said[-1]).strip()
    text = text if len(text) <= LONGEST_REPORT else f"{text[: LONGEST_REPORT - 1]}…"
    quoted = "".join(f"> {_printable(line)}".rstrip() + "\n" for line in text.splitlines())
    return [{"title": CLAIMED, "body": quoted}]


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\t" else "\N{REPLACEMENT CHARACTER}" for letter in line)


def _commits(progress: Progress, transcript: Transcript) -> tuple[int, list[str]]:
    """The number of commits that git printed, and the names of the ones in the history."""
    made = (one for one in transcript.commands if "commit" in one.text)
    names = list(dict.fromkeys(name for one in made for name in COMMITTED.findall(one.output)))
    known = progress.facts.repository.existing(names)
    contained = progress.facts.history.contained
    return len(names), [name for name in names if known[name] in contained]


def _tests(shown: list[tuple[str, TranscriptCommand]]) -> list[dict[str, str]]:
    """The commands that run tests, with the status of the tests in the last run as far as the shell shows it."""
    newest = {text: one for text, one in shown if runs_tests(one.text)}
    return [{"name": text, "outcome": _outcome(one), "note": NOTE} for text, one in newest.items()][:MOST_COMMANDS]


def _outcome(command: TranscriptCommand) -> str:
    status = status_of_tests(command.text, command.exit)
    return f"{_status(status)}; no tests ran" if ran_no_tests(command.output) else _status(status)
