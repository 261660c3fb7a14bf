"""`python -m diagnostics show RESULT [--html OUT]`: a result as a readable report, anywhere, without torch."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diagnostics.models.result import is_comparison
from diagnostics.models.text import comparison_text
from diagnostics.result import origin, write_atomically

COLUMNS = ("activation_mean", "activation_std", "dead_units", "gradient_norm", "weight_norm", "update_ratio")
PARAMETER_COLUMNS = ("norm", "gradient_norm", "update_ratio", "non_finite")


def main(arguments: list[str], prog: str = "python -m diagnostics show") -> None:
    """Print the report of a result file, or write it as a page."""
    parser = argparse.ArgumentParser(prog=prog, description="Show a result file as a report.")
    parser.add_argument("result", type=Path, help="a result file of the diagnostics (JSON)")
    parser.add_argument("--html", type=Path, metavar="OUT", help="write one self-contained page instead")
    given = parser.parse_args(arguments)
    result = _load(given.result, parser)
    try:
        shown = text(result) if given.html is None else _page(result)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        parser.error(f"{given.result} is not a result of the diagnostics: {type(error).__name__}: {error}")
    if given.html is None:
        _print(shown)
        return
    try:
        write_atomically(given.html, shown)
    except OSError as error:
        parser.error(f"{given.html} cannot be written: {error.strerror}")
    print(given.html)


def _page(result: Mapping[str, Any]) -> str:
    from diagnostics.page import page

    if is_comparison(result):
        raise ValueError("a comparison has a page in the site alone (`tracker build`)")
    return page(result)


def _print(shown: str) -> None:
    """Print, also where the reader closes the pipe early (`| head`)."""
    try:
        print(shown, flush=True)
    except BrokenPipeError:
        # The interpreter flushes standard output when it ends, and would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _load(path: Path, parser: argparse.ArgumentParser) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        parser.error(f"{path} cannot be read: {error.strerror}")
    except ValueError as error:
        parser.error(f"{path} is not JSON: {error}")
    if isinstance(loaded, dict) and is_comparison(loaded):
        return loaded
    if not isinstance(loaded, dict) or "diagnosis" not in loaded or not isinstance(loaded["diagnosis"], dict):
        parser.error(f"{path} is not a result of the diagnostics: it has no diagnosis")
    return loaded


def facts(result: Mapping[str, Any]) -> dict[str, str]:
    """What is known of a run, in short lines by name."""
    diagnosis, overhead = result["diagnosis"], result.get("overhead") or {}
    captures = result.get("captures") or {}
    source, model = result.get("source") or {}, result.get("model") or {}
    found = {
        "verdict": str(diagnosis.get("severity", "unknown")),
        "cause": diagnosis.get("cause"),
        "not measured": diagnosis.get("reason"),
        "status": result.get("status"),
        "model": f"{model.get('class', '?')}, {_count(model.get('parameters'))} parameters" if model else None,
        "steps": f"{result.get('steps')}, {captures.get('taken', overhead.get('captures'))} captured",
        "skipped steps": captures.get("skipped") or None,
        "started": result.get("started"),
        "commit": f"{str(source['commit'])[:7]}{' (modified)' if source.get('dirty') else ''}"
        if source.get("commit") else None,
        "cost of watching": f"{100 * float(overhead['share']):.1f}%" if _number(overhead.get("share")) else None,
        "values": origin(result),
    }  # fmt: skip
    return {key: str(value) for key, value in found.items() if value not in (None, "")}


def findings(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings, the gravest first."""
    return [each for each in result["diagnosis"].get("findings") or [] if isinstance(each, Mapping)]


def last_values(result: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Tables of the newest value of each column: of the layers, of the parameters, and the metrics."""
    layers, parameters = result.get("layers") or {}, result.get("parameters") or {}
    rows = [["layer", *COLUMNS]]
    rows += [
        [f"{name} ({layer.get('type', '?')})", *_last(layer.get("columns") or {}, COLUMNS)]
        for name, layer in layers.items()
    ]
    others = [["parameter", *PARAMETER_COLUMNS]]
    others += [[name, *_last(columns, PARAMETER_COLUMNS)] for name, columns in parameters.items()]
    metrics = [["metric", "value"], *([name, _shown(value)] for name, value in (result.get("metrics") or {}).items())]
    return {"Layers": rows, "Parameters": others, "Metrics": metrics}


def text(result: Mapping[str, Any]) -> str:
    """The report."""
    if is_comparison(result):
        return comparison_text(result)
    lines = [str(result.get("name", "run")), ""]
    lines += [f"{key:>17}: {value}" for key, value in facts(result).items()]
    for finding in findings(result):
        lines += ["", f"{finding.get('severity')}: {finding.get('rule')}", f"  {finding.get('message')}"]
        lines.append(f"  Try: {finding.get('fix')}")
    for title, rows in last_values(result).items():
        if len(rows) > 1:
            lines += ["", title, *_aligned(rows)]
    for title in ("never_called", "without_gradient", "not_in_optimizer", "notes", "errors"):
        if result.get(title):
            lines += ["", title.replace("_", " ").capitalize(), *(f"  {line}" for line in result[title])]
    return "\n".join(lines)


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  " + "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _last(columns: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    return [_shown(next((v for v in reversed(columns.get(name) or []) if v is not None), None)) for name in names]


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "?"


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
