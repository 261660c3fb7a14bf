"""A result as HTML: one self-contained page, or a small part for notebooks."""

from collections.abc import Mapping
from html import escape
from typing import Any

from diagnostics import charts
from diagnostics.show import facts, findings, last_values

STYLE = """
:root { color-scheme: light dark; --chart-grid: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
@media (prefers-color-scheme: dark) {
  :root { --chart-1: #7ea6e0; --chart-2: #e58f6b; --chart-3: #7cc492; --chart-4: #bd94d6; }
}
table.values { border-collapse: collapse; font-size: .85rem; } .values td, .values th { padding: .1rem .6rem; }
.finding { border-left: .3rem solid #c0562f; padding-left: .8rem; margin: 1rem 0; }
"""


def page(result: Mapping[str, Any]) -> str:
    """The whole page: verdict, findings, charts, numbers of layers and parameters. No JavaScript."""
    name = escape(str(result.get("name", "run")))
    parts = [_verdict(result), *map(_finding, findings(result)), *charts.charts(result)]
    parts += [_values(title, rows) for title, rows in last_values(result).items()]
    parts += [_list("Notes", result.get("notes")), _list("Errors", result.get("errors"))]
    style = f"<style>{STYLE}{charts.STYLE}</style>"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>{style}</head>'
        f"<body><h1>{name}</h1>{''.join(parts)}</body></html>\n"
    )


def fragment(result: Mapping[str, Any]) -> str:
    """Verdict, findings and the losses, for a notebook."""
    parts = [_verdict(result), *map(_finding, findings(result)), charts.losses(result)]
    return f"<div><style>{charts.STYLE}</style>{''.join(parts)}</div>"


def _verdict(result: Mapping[str, Any]) -> str:
    rows = "".join(f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in facts(result).items())
    return f'<table class="values">{rows}</table>'


def _finding(finding: Mapping[str, Any]) -> str:
    title = f"{finding.get('severity')}: {finding.get('rule')}"
    return (
        f'<div class="finding"><b>{escape(title)}</b><br>{escape(str(finding.get("message", "")))}'
        f"<br>Try: {escape(str(finding.get('fix', '')))}</div>"
    )


def _values(title: str, rows: list[list[str]]) -> str:
    if len(rows) < 2:
        return ""
    head, *body = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    return f'<details><summary>{escape(title)}</summary><table class="values"><tr>{head}</tr>{lines}</table></details>'


def _list(title: str, lines: Any) -> str:
    items = "".join(f"<li>{escape(str(line))}</li>" for line in lines or [])
    return f"<h2>{title}</h2><ul>{items}</ul>" if items else ""
