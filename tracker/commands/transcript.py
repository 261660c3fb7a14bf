"""`tracker new --from-transcript`: a session file from what tools did; what the agent says is marked as claimed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from tracker.commands.new import recorded
from tracker.plural import counted
from tracker.progress.draft import FOCUS, taken_ids
from tracker.progress.progress import Progress
from tracker.sources.transcripts import FileAction, Redactor, Transcript, TranscriptCommand
from tracker.sources.transcripts.redaction import TOKENS
from tracker.sources.transcripts.shell import runs_tests, status_of_tests

MOST_COMMANDS = 100
MOST_FILES = 1000
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
    files, left_out = _files(progress, transcript)
    data = {
        "until": ended if ended != began else None,
        "focus": FOCUS,
        "team": _team(transcript),
        "duration": _duration(transcript),
        "summary": _summary(transcript, shown),
        "work": _claims(transcript, redactor),
        "commits": _commits(progress, transcript),
        "files": files,
        "tests": _tests(shown),
    }
    last = progress.sessions[-1].session.session if progress.sessions else None
    known = {key: value for key, value in data.items() if value}
    path, text = recorded(progress.facts.workspace, last, began, known, taken_ids(progress))
    return Drafted(path, text, tuple(_remarks(transcript, left_out, redactor)))


def _remarks(transcript: Transcript, left_out: int, redactor: Redactor) -> Iterator[str]:
    broken = f", {counted(transcript.broken, 'broken line', 'broken lines')} skipped" if transcript.broken else ""
    long = f", {counted(transcript.too_long, 'overlong line', 'overlong lines')} skipped" if transcript.too_long else ""
    yield f"{transcript.format} transcript: {counted(transcript.lines, 'line')} read{broken}{long}"
    if left_out:
        yield f"{counted(left_out, 'edited file is', 'edited files are')} left out: gone, or outside the workspace"
    if redactor.count:
        yield f"{counted(redactor.count, 'possible secret', 'possible secrets')} removed"


def _team(transcript: Transcript) -> str:
    models = ", ".join(_printable(TOKENS.sub("", name))[:80] for name in transcript.models[:10])
    return f"{transcript.format}: {models}" if models else f"{transcript.format} agent"


def _duration(transcript: Transcript) -> str | None:
    if not transcript.started or not transcript.ended:
        return None
    minutes = round((transcript.ended - transcript.started).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _summary(transcript: Transcript, shown: list[tuple[str, TranscriptCommand]]) -> str:
    """The commands that tools ran, with their exit status."""
    lines = [f"Drafted from a transcript ({transcript.format}); correct what is wrong."]
    if transcript.commands:
        lines += ["", f"Commands that were run ({len(transcript.commands)}):", ""]
        lines += [f"- {_status(one.exit)}: {_code(text)}" for text, one in shown[:MOST_COMMANDS]]
    if len(shown) > MOST_COMMANDS:
        lines.append(f"- and {len(shown) - MOST_COMMANDS} more")
    return "\n".join(lines) + "\n"


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


def _commits(progress: Progress, transcript: Transcript) -> list[str]:
    """The commits that tools made and that the history still has, as git printed them."""
    printed = [
        name
        for one in transcript.commands
        if one.exit == 0 and "commit" in one.text
        for name in COMMITTED.findall(one.output)
    ]
    names = list(dict.fromkeys(printed))
    known = progress.facts.repository.existing(names)
    contained = progress.facts.history.contained
    return [name for name in names if known[name] in contained]


def _files(progress: Progress, transcript: Transcript) -> tuple[dict[str, list[str]], int]:
    """The files that tools edited by what they did, and how many are left out.

    A file that was created and is gone without a trace in git is left out, as is everything outside the workspace.
    """
    found: dict[str, list[str]] = {}
    left_out = 0
    changes = progress.facts.history.changes
    for written, action in transcript.edits.items():
        path = _in_workspace(progress, transcript, written)
        is_there = path is not None and os.path.lexists(progress.facts.workspace.root / path)
        if path is None or TOKENS.search(path) or not (is_there or path in changes):
            left_out += 1
            continue
        kind = action if is_there else FileAction.REMOVED
        kind = FileAction.MODIFIED if is_there and kind is FileAction.REMOVED else kind
        if path not in found.setdefault(kind.value, []):
            found[kind.value].append(path)
    return {kind: sorted(paths)[:MOST_FILES] for kind, paths in found.items()}, left_out


def _in_workspace(progress: Progress, transcript: Transcript, written: str) -> str | None:
    """A path relative to the workspace; None outside it, for generated names and in the folder of sessions."""
    if "\0" in written or "\n" in written or not written.isprintable():
        return None
    root = progress.facts.workspace.root
    folder = Path(transcript.folder or root)
    for base in dict.fromkeys([root, folder]):  # the agent may have worked in another clone
        relative = Path(os.path.relpath(folder / written, base))
        if ".." not in relative.parts and (base == root or os.path.lexists(root / relative)):
            return relative.as_posix()
    return None


def _tests(shown: list[tuple[str, TranscriptCommand]]) -> list[dict[str, str]]:
    """The commands that run tests, with the status of the tests in the last run as far as the shell shows it."""
    newest = {text: one for text, one in shown if runs_tests(one.text)}
    outcomes = {text: _status(status_of_tests(one.text, one.exit)) for text, one in newest.items()}
    return [{"name": text, "outcome": outcome, "note": NOTE} for text, outcome in outcomes.items()][:MOST_COMMANDS]
