"""Charts of a result as inline SVG: pure functions of its JSON, with the standard library only.

Colours are CSS variables (`--chart-1` to `--chart-4`, `--chart-text`, `--chart-grid`) that a page can set, and series
also differ by dashes, so that print without colour is readable. Every chart has a title, a description, tooltips
without JavaScript, and a folded table with its numbers."""

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 36
DASHES = ("", "6 3", "2 3", "8 3 2 3")
LOG_RATIO = 30  # positive values that span more than this are drawn on a logarithmic scale
CELL, LABEL = 18, 170  # height of a row, and width of its label, of bars and heat maps
SHOWN, CELLS = 40, 640  # rows of a heat map or of bars, and cells of a heat map, at most

STYLE = """
.chart { margin: 1rem 0; color: var(--chart-text, currentColor); }
.chart svg { width: 100%; height: auto; font: 11px sans-serif; fill: currentColor; }
.chart .grid { stroke: var(--chart-grid, #8884); stroke-width: 1; }
.chart .mark { stroke: currentColor; stroke-width: 1; }
.chart polyline { fill: none; stroke-width: 1.8; }
.chart .s1 { stroke: var(--chart-1, #3f6fb5); } .chart .s2 { stroke: var(--chart-2, #c0562f); }
.chart .s3 { stroke: var(--chart-3, #3c8a57); } .chart .s4 { stroke: var(--chart-4, #8a5aa8); }
.chart rect { fill: var(--chart-1, #3f6fb5); } .chart .empty { fill: none; stroke: var(--chart-grid, #8884); }
.chart table { font-size: .8rem; border-collapse: collapse; }
.chart td, .chart th { padding: 0 .6rem; text-align: right; }
.chart .key { width: 1.6em; height: .6em; } .chart .key line { stroke-width: 3; }
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map of one interval onto another; a single value is placed in the middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value is drawn."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def finite(value: object) -> float | None:
    """A number that can be drawn; None for anything else.

    >>> finite(2), finite("NaN"), finite(None), finite(True)
    (2.0, None, None, None)
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Mark:
    """A step to point at, and what is said of it."""

    step: float
    text: str


def line_chart(
    title: str, x_label: str, xs: Sequence[Any], series: Mapping[str, Sequence[Any]], *,
    logarithmic: bool | None = None, mark: Mark | None = None,
) -> str:  # fmt: skip
    """Series over the same `xs`, as a figure; see `overlay`."""
    lines = {name: (xs, values) for name, values in series.items()}
    return overlay(title, x_label, lines, logarithmic=logarithmic, mark=mark)


def overlay(
    title: str, x_label: str, lines: Mapping[str, tuple[Sequence[Any], Sequence[Any]]], *,
    logarithmic: bool | None = None, mark: Mark | None = None,
) -> str:  # fmt: skip
    """Lines by name, each with its own x values and its values, as a figure. Values that are not finite leave a gap.
    `logarithmic`: the scale of the values; by default where they are positive and span much. Empty where nothing can
    be drawn."""
    drawn = {name: pairs for name, (xs, values) in lines.items() if (pairs := _pairs(xs, values))}
    if not drawn:
        return ""
    all_x, all_y = ([pair[axis] for pairs in drawn.values() for pair in pairs] for axis in (0, 1))
    if logarithmic is None:
        logarithmic = min(all_y) > 0 and max(all_y) / min(all_y) > LOG_RATIO
    height: Callable[[float], float] = math.log10 if logarithmic else float
    place_x = Scale(min(all_x), max(all_x), LEFT, WIDTH - RIGHT)
    place_y = Scale(height(min(all_y)), height(max(all_y)), HEIGHT - BOTTOM, TOP)
    ticks = _log_steps(min(all_y), max(all_y)) if logarithmic else _steps(min(all_y), max(all_y))
    parts = [_y_tick(place_y(height(tick)), text) for tick, text in zip(ticks, _distinct(ticks), strict=True)]
    parts += [_x_tick(place_x(tick), label(tick)) for tick in _steps(min(all_x), max(all_x))]
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 2}" text-anchor="end">{escape(x_label)}</text>')
    for index, (name, pairs) in enumerate(drawn.items()):
        points = " ".join(f"{place_x(x):.1f},{place_y(height(y)):.1f}" for x, y in pairs)
        tip = f"{name}: {pairs[0][1]:.4g} to {pairs[-1][1]:.4g}"
        parts.append(f'<polyline {_style(index)} points="{points}"><title>{escape(tip)}</title></polyline>')
    if mark is not None:
        parts.append(_marked(place_x(mark.step), mark.text))
    description = ". ".join(f"{name} from {pairs[0][1]:.4g} to {pairs[-1][1]:.4g}" for name, pairs in drawn.items())
    caption = title + (" (logarithmic)" if logarithmic else "")
    keys = (_key(index, "" if name == title else name, pairs) for index, (name, pairs) in enumerate(drawn.items()))
    table = _table([x_label, *drawn], _rows([lines[name] for name in drawn]))
    return _figure(caption, description, WIDTH, HEIGHT, parts, f": {', '.join(keys)}{table}")


def bar_chart(title: str, values: Sequence[tuple[str, Any]]) -> str:
    """Bars of names and values that are not negative, the first at the top; as a figure."""
    rows = [(name, number) for name, value in values if (number := finite(value)) is not None and number >= 0][:SHOWN]
    if not rows:
        return ""
    place = Scale(0, max(number for _, number in rows) or 1, 0, WIDTH - LABEL - 80)
    parts = []
    for index, (name, number) in enumerate(rows):
        y = index * CELL
        parts.append(f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(shortened(name))}</text>')
        parts.append(
            f'<rect x="{LABEL}" y="{y}" width="{place(number):.1f}" height="{CELL - 4}" rx="2">'
            f"<title>{escape(name)}: {number:.6g}</title></rect>"
        )
        parts.append(f'<text x="{LABEL + place(number) + 6:.1f}" y="{y + 12}">{number:.3g}</text>')
    description = f"{rows[0][0]} is first with {rows[0][1]:.4g}, of {len(rows)}"
    return _figure(title, description, WIDTH, len(rows) * CELL, parts, _table(["name", "value"], values))


def heat_map(title: str, steps: Sequence[Any], rows: Mapping[str, Sequence[Any]]) -> str:
    """One row a name, one column a step, darker where the value is larger (logarithmic where all are positive and span
    much); as a figure. At most `SHOWN` rows and `CELLS` cells are drawn, evenly chosen; the table has what is drawn."""
    stride = max(1, -(-len(rows) // SHOWN))
    shown = dict(list(rows.items())[::stride])
    most = min(64, max(8, CELLS // max(1, len(shown))))
    columns = range(0, len(steps), max(1, -(-len(steps) // most)))
    known = [number for values in shown.values() for value in values if (number := finite(value)) is not None]
    if not known:
        return ""
    positive = [value for value in known if value > 0]
    logarithmic = bool(positive) and min(known) >= 0 and max(positive) / min(positive) > LOG_RATIO
    low, high = (min(positive), max(positive)) if logarithmic else (min(known), max(known))
    shade = Scale(math.log10(low), math.log10(high), 0.05, 1) if logarithmic else Scale(low, high, 0.05, 1)
    width = (WIDTH - LABEL - RIGHT) / len(columns)
    parts = []
    for line, (name, values) in enumerate(shown.items()):
        y = line * CELL
        parts.append(f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(shortened(name))}</text>')
        for place, column in enumerate(columns):
            value = values[column] if column < len(values) else None
            number = finite(value)
            x = LABEL + place * width
            tip = f"<title>{escape(name)}, step {steps[column]}: {value}</title>"
            box = f'x="{x:.1f}" y="{y}" width="{width:.1f}" height="{CELL - 2}"'
            if number is None:
                parts.append(f'<rect class="empty" {box}>{tip}</rect>')
            else:
                dark = 0.02 if logarithmic and number <= 0 else shade(math.log10(number) if logarithmic else number)
                parts.append(f'<rect {box} fill-opacity="{dark:.2f}">{tip}</rect>')
    parts.append(_ends(steps[columns[0]], steps[columns[-1]], len(shown) * CELL + 12))
    every = f", every {_ordinal(stride)} of {len(rows)}" if stride > 1 else ""
    scale = " (logarithmic)" if logarithmic else ""
    caption = f"{title}{every}{scale}: {low:.3g} (light) to {high:.3g} (dark)"
    chosen = ([steps[c], *(values[c] if c < len(values) else None for values in shown.values())] for c in columns)
    table = _table(["step", *shown], chosen)
    return _figure(caption, f"{len(shown)} rows over {len(steps)} steps", WIDTH, len(shown) * CELL + 16, parts, table)


# -- the charts of a result


def charts(result: Mapping[str, Any]) -> list[str]:
    """All charts of a result (schema 1 or 2, as loaded from JSON), each a figure."""
    found = [losses(result), *curves(result), *layer_charts(result), top_features(result)]
    return [figure for figure in found if figure]


def losses(result: Mapping[str, Any]) -> str:
    """The losses over the steps with the best epoch, and once more on a logarithmic scale where they are positive."""
    history = _columns(result.get("history"))
    steps = history.get("step", [])
    series = {name: values for name, values in history.items() if "loss" in name}
    known = [number for values in series.values() for value in values if (number := finite(value)) is not None]
    mark = best_epoch(history)
    figures = [line_chart("Loss", "step", steps, series, logarithmic=False, mark=mark)]
    if known and min(known) > 0 and max(known) > 2 * min(known):
        figures.append(line_chart("Loss", "step", steps, series, logarithmic=True, mark=mark))
    return "".join(figures)


def best_epoch(history: Mapping[str, Sequence[Any]]) -> Mark | None:
    """Where the validation loss was lowest; None without one."""
    rows = zip(history.get("step", ()), history.get("epoch", ()), history.get("val_loss", ()), strict=False)
    best = min((row for row in rows if finite(row[2]) is not None), key=lambda row: float(row[2]), default=None)
    return Mark(float(best[0]), f"best epoch {best[1]}: {best[2]}") if best is not None else None


def curves(result: Mapping[str, Any]) -> list[str]:
    """A chart for each other number that epochs reported and that changed."""
    history = _columns(result.get("history"))
    steps = history.get("step", [])
    return [
        line_chart(name, "step", steps, {name: values})
        for name, values in history.items()
        if name not in ("step", "epoch") and "loss" not in name and len(set(map(str, values))) > 1
    ]


LAYER_CHARTS = {
    "gradient_norm": "Gradient norm of a layer's parameters",
    "update_ratio": "Update ratio",
    "dead_units": "Share of dead units",
    "saturated": "Share of saturated outputs",
}
# Which of them shows the cause as a heat map, instead of the gradient norm.
SHOWS = {
    "dead-units": "dead_units", "saturated-activation": "saturated", "learning-rate-too-high": "update_ratio",
    "learning-rate-too-low": "update_ratio", "updates-too-small": "update_ratio", "stalled-training": "update_ratio",
}  # fmt: skip
DRAWN = 128  # captures in a line of a layer, at most


def layer_charts(result: Mapping[str, Any]) -> list[str]:
    """Lines of some layers over the steps, a chart a column, and a heat map, layer × step."""
    layers = result.get("layers") or {}
    mapped = SHOWS.get((result.get("diagnosis") or {}).get("cause") or "", "gradient_norm")
    found = []
    for column, title in LAYER_CHARTS.items():
        rows = {
            f"{name or '(model)'} ({layer.get('type', '?')})": layer["columns"][column]
            for name, layer in layers.items() if column in (layer.get("columns") or {})
        }  # fmt: skip
        steps: list[Any] = next(
            (layer["columns"]["step"] for layer in layers.values() if column in layer["columns"]), []
        )
        if not any(map(_last_number, rows.values())):
            continue  # no layer is dead or saturated
        found.append(_some_layers(title, steps, rows))
        if column == mapped:
            found.append(heat_map(f"{title}, layer × step", steps, rows))
    return found


def _some_layers(title: str, steps: Sequence[Any], rows: Mapping[str, Sequence[Any]]) -> str:
    """The first, the last, the highest and the lowest of the layers, evenly thinned."""
    last = {name: number for name, values in rows.items() if (number := _last_number(values)) is not None}
    if not last:
        return ""
    names = list(dict.fromkeys((next(iter(last)), max(last, key=last.__getitem__), min(last, key=last.__getitem__),
                                list(last)[-1])))  # fmt: skip
    stride = max(1, -(-len(steps) // DRAWN))
    some = f" ({len(names)} of {len(last)} layers)" if len(last) > len(names) else ""
    return line_chart(f"{title}{some}", "step", steps[::stride], {name: rows[name][::stride] for name in names})


def _last_number(values: Sequence[Any]) -> float | None:
    return next((number for value in reversed(values) if (number := finite(value)) is not None), None)


def top_features(result: Mapping[str, Any]) -> str:
    """The input features that contribute most."""
    attribution = result.get("attribution")
    if not attribution:
        return ""
    pairs = list(zip(attribution["features"], attribution["values"], strict=False))
    pairs.sort(key=lambda pair: -(finite(pair[1]) or 0))
    return bar_chart(f"Contribution of the input features (mean of |{attribution['method']}|)", pairs[:15])


# -- parts


def label(value: float) -> str:
    """A number on an axis.

    >>> label(2000), label(0.05), label(1e9)
    ('2,000', '0.05', '1e+09')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"


def _distinct(ticks: Sequence[float]) -> list[str]:
    """Labels with as many digits as it takes to distinguish them.

    >>> _distinct([0.926751, 0.926755])
    ['0.926751', '0.926755']
    """
    texts = [label(tick) for tick in ticks]
    digits = 5
    while len(set(texts)) < len(ticks) and digits < 16:
        texts = [f"{tick:.{digits}g}" for tick in ticks]
        digits += 1
    return texts


def shortened(name: str, most: int = 26) -> str:
    """A name that fits beside a row: its end, which differs most."""
    return name if len(name) <= most else "…" + name[1 - most :]


def _columns(value: object) -> dict[str, list[Any]]:
    return {str(name): list(each) for name, each in value.items()} if isinstance(value, Mapping) else {}


def _pairs(xs: Sequence[Any], values: Sequence[Any]) -> list[tuple[float, float]]:
    both = ((finite(x), finite(y)) for x, y in zip(xs, values, strict=False))
    return [(x, y) for x, y in both if x is not None and y is not None]


def _style(index: int) -> str:
    return f'class="s{index % 4 + 1}" stroke-dasharray="{DASHES[index // 4 % 4 or index % 4]}"'


def _key(index: int, name: str, pairs: Sequence[tuple[float, float]]) -> str:
    line = f'<svg class="key" viewBox="0 0 24 8" aria-hidden="true"><line {_style(index)} x2="24" y1="4" y2="4"/></svg>'
    values = list(dict.fromkeys(_distinct([pairs[0][1], pairs[-1][1]])))
    shown = "" if name.endswith(f" {values[0]}") and len(values) == 1 else f" {' → '.join(values)}"
    return f"{line} {escape(name)}{shown}".replace("  ", " ")


def escape(text: str) -> str:
    """Text for HTML, on one line and without control characters."""
    return html.escape(" ".join("".join(each if each.isprintable() else " " for each in text).split()))


def _y_tick(y: float, text: str) -> str:
    line = f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return f'{line}<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _x_tick(x: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{text}</text>'


def _marked(x: float, text: str) -> str:
    """A dashed vertical line with its text, on the side that has room."""
    left = x > WIDTH / 2
    line = f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke-dasharray="2 3"/>'
    end = f'{x - 5:.1f}" text-anchor="end' if left else f"{x + 5:.1f}"
    return f'{line}<text x="{end}" y="{TOP + 10}">{escape(text)}</text>'


def _ends(first: object, last: object, y: int) -> str:
    """The steps at both ends of a heat map."""
    right = WIDTH - RIGHT
    return f'<text x="{LABEL}" y="{y}">step {first}</text><text x="{right}" y="{y}" text-anchor="end">{last}</text>'


def _ordinal(number: int) -> str:
    """A number from 2 to 99 as in "every 3rd"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else ending}"


def _rows(lines: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> Iterable[Sequence[Any]]:
    """Rows of a table: x and the value of each line."""
    first = lines[0][0]
    if all(xs is first for xs, _ in lines):
        return zip(first, *(values for _, values in lines), strict=False)
    known = [dict(zip(xs, values, strict=False)) for xs, values in lines]
    return ([x, *(line.get(x) for line in known)] for x in sorted({x for line in known for x in line}))


def _figure(title: str, description: str, width: int, height: int, parts: Iterable[str], rest: str) -> str:
    head = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    inner = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    caption = f"<figcaption>{escape(title)}{rest}</figcaption>"
    return f'<figure class="chart" data-search-exclude>{head}{inner}{caption}</figure>'


def _table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{escape(str(name))}</th>" for name in names)
    cells = ("".join(f"<td>{'–' if cell is None else escape(str(cell))}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<details><summary>Numbers</summary><table><tr>{head}</tr>{body}</table></details>"


def _steps(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers within an interval (1, 2, 5 and their powers of ten), or its ends."""
    if high == low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((factor * power for factor in (1, 2, 5, 10) if factor * power >= raw), 10 * power)
    first = math.ceil(low / step)
    steps = [index * step for index in range(first, math.floor(high / step) + 1)]
    return steps if len(steps) > 1 else [low, high]


def _log_steps(low: float, high: float, count: int = 6) -> list[float]:
    """Powers of ten within an interval, with twos and fives between them where there is room."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps: list[float] = []
    for factors, stride in (((1, 2, 5), 1), ((1,), 1), ((1,), math.ceil(len(exponents) / count))):
        steps = [f * 10.0**e for e in exponents if e % stride == 0 for f in factors if low <= f * 10.0**e <= high]
        if len(steps) <= count:
            break
    return steps
