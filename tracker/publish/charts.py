"""Charts: the geometry only. `templates/charts.svg.j2` draws it, in the colours of the theme."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 36
BAR, GAP, LABEL = 16, 6, 150
LOG_RATIO = 30
"""Positive values that span more than this are drawn on a logarithmic scale, else most of them lie on the axis."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One series."""

    name: str
    points: str
    """As the attribute `points` of a polyline."""
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Series over a common axis."""

    title: str
    x_label: str
    lines: tuple[ChartLine, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    logarithmic: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    name: str
    value: str
    y: int
    length: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Values by name, the first at the top."""

    title: str
    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = LABEL
    thickness: int = BAR


def line_chart(
    title: str, x_label: str, xs: Sequence[float | None], series: Mapping[str, Sequence[object]]
) -> LineChart:
    """Series over `xs`; what is not a finite number leaves a gap that the line bridges."""
    drawn = {}
    for name, values in series.items():
        pairs = [
            (x, y) for x, value in zip(xs, values, strict=False) if x is not None and (y := finite(value)) is not None
        ]
        if pairs:
            drawn[name] = pairs
    all_x = [x for pairs in drawn.values() for x, _ in pairs]
    all_y = [y for pairs in drawn.values() for _, y in pairs]
    if not all_x:
        return LineChart(title, x_label, (), (), (), logarithmic=False)
    logarithmic = _wants_log(all_y)
    place_x = Scale(min(all_x), max(all_x), LEFT, WIDTH - RIGHT)
    heights = [math.log10(y) for y in all_y] if logarithmic else all_y
    low, high = min(heights), max(heights)
    place = Scale(low, high, HEIGHT - BOTTOM, TOP)

    def place_y(y: float) -> float:
        return place(math.log10(y) if logarithmic else y)

    lines = tuple(
        ChartLine(
            name,
            " ".join(f"{place_x(x):.1f},{place_y(y):.1f}" for x, y in pairs),
            f"{pairs[0][1]:.4g}",
            f"{pairs[-1][1]:.4g}",
        )
        for name, pairs in drawn.items()
    )
    y_values = _log_steps(min(all_y), max(all_y)) if logarithmic else _steps(low, high)
    return LineChart(
        title,
        x_label,
        lines,
        tuple(Tick(place_x(x), _label(x)) for x in _steps(min(all_x), max(all_x))),
        tuple(Tick(place_y(y), _label(y)) for y in y_values),
        logarithmic,
    )


def bar_chart(title: str, values: Iterable[tuple[str, float, str]]) -> BarChart:
    """Bars of names, values that are not negative, and what is written beside them."""
    rows = list(values)
    place = Scale(0, max((value for _, value, _ in rows), default=1) or 1, 0, WIDTH - LABEL - 80)
    bars = [
        Bar(name, label, index * (BAR + GAP), round(place(value), 1)) for index, (name, value, label) in enumerate(rows)
    ]
    return BarChart(title, tuple(bars), len(bars) * (BAR + GAP))


def finite(value: object) -> float | None:
    """A number that can be drawn; None for anything else."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _wants_log(values: Sequence[float]) -> bool:
    return bool(values) and min(values) > 0 and max(values) / min(values) > LOG_RATIO


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


def _steps(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers within an interval (1, 2, 5 and their powers of ten), or its ends."""
    if high == low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first = math.ceil(low / step)
    steps = [index * step for index in range(first, math.floor(high / step) + 1)]
    return steps if len(steps) > 1 else [low, high]


def _log_steps(low: float, high: float, count: int = 6) -> list[float]:
    """Powers of ten within an interval, with twos and fives between them where there is room."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors, stride in (((1, 2, 5), 1), ((1,), 1), ((1,), math.ceil(len(exponents) / count))):
        steps = [f * 10.0**e for e in exponents if e % stride == 0 for f in factors if low <= f * 10.0**e <= high]
        if len(steps) <= count:
            break
    return steps


def _label(value: float) -> str:
    """A number on an axis: `2,000`, `0.05`, `1e+09`."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"
