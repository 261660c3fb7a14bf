"""The five lines at the end of a run, on stderr."""

import contextlib
import sys
from pathlib import Path

from diagnostics.result import Number, Result


def print_summary(result: Result, path: Path) -> None:
    """Print the summary to stderr. A closed or missing stream is no error."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print("\n".join(summary(result, path)), file=sys.stderr)


def summary(result: Result, path: Path) -> list[str]:
    """Verdict, first finding with its fix, what was not measured, cost of watching, path of the result."""
    diagnosis = result.diagnosis
    captures = f"{result.steps} steps, {result.captures.taken} captured"
    lines = [f"diagnostics: {result.name}: {diagnosis.severity} ({captures})"]
    if diagnosis.findings:
        first = diagnosis.findings[0]
        more = f" ({len(diagnosis.findings) - 1} more)" if len(diagnosis.findings) > 1 else ""
        lines.append(f"  first: {first.rule}: {first.message} Try: {first.fix}{more}")
    else:
        lines.append("  first: nothing found in what was measured" if result.captures.taken else "  first: –")
    lines.append(f"  not measured: {_missing(result)}")
    lines.append(f"  cost of watching: {percent(result.overhead.share)} of the time")
    lines.append(f"  result: {path}")
    return lines


def _missing(result: Result) -> str:
    parts = [result.diagnosis.reason] if result.diagnosis.reason else []
    parts += result.notes[: 1 if parts else 2]
    if result.errors:
        parts.append(f"watching stopped on an error: {result.errors[0].strip().splitlines()[-1]}")
    return " ".join(parts) or "–"


def percent(share: Number) -> str:
    """A share as people read it.

    >>> percent(0.0123), percent(0.25)
    ('1.2%', '25%')
    """
    value = float(share)
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"
