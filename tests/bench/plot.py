"""Lines on logarithmic axes, as SVG for the docs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 170, 44, 50
#: Told apart by people who see no red or green too (Okabe and Ito, 2008), and on dark pages.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999")


@dataclass(frozen=True, slots=True)
class Line:
    """Points in the order of their first number; all numbers above zero."""

    name: str
    points: Sequence[tuple[float, float]]


def drawn(lines: Sequence[Line], *, title: str) -> str:
    """Return *lines* as an SVG picture."""
    every = [point for line in lines for point in line.points]
    across = _Axis.of([x for x, _ in every], _LEFT, _WIDTH - _RIGHT)
    upwards = _Axis.of([y for _, y in every], _HEIGHT - _BOTTOM, _TOP)
    parts = [f'<text x="{_LEFT}" y="24" font-weight="bold">{escape(title)}</text>']
    for power in across.powers():
        x = across.place(10**power)
        parts.append(f'<path d="M{x} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#8884"/>')
        parts.append(_label(x, _HEIGHT - _BOTTOM + 20, f"{10**power:,}", "middle"))
    for power in upwards.powers():
        y = upwards.place(10**power)
        parts.append(f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#8884"/>')
        parts.append(_label(_LEFT - 8, y + 4, f"{10**power:,}", "end"))
    for number, line in enumerate(lines):
        parts += _line(line, _COLOURS[number % len(_COLOURS)], number, across, upwards)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' font-family="sans-serif" font-size="12" fill="#777">\n{body}\n</svg>\n'
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    first: int
    last: int
    start: float
    end: float

    @classmethod
    def of(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        first, last = floor(log10(min(values))), ceil(log10(max(values)))
        return cls(first, max(last, first + 1), start, end)

    def powers(self) -> range:
        return range(self.first, self.last + 1)

    def place(self, value: float) -> float:
        share = (log10(value) - self.first) / (self.last - self.first)
        return round(self.start + share * (self.end - self.start), 1)


def _line(line: Line, colour: str, number: int, across: _Axis, upwards: _Axis) -> list[str]:
    places = [(across.place(x), upwards.place(y)) for x, y in sorted(line.points)]
    path = "L".join(f"{x} {y}" for x, y in places)
    x, y = _WIDTH - _RIGHT + 16, _TOP + 12 + 20 * number
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{one}" cy="{two}" r="3.5" fill="{colour}"/>' for one, two in places),
        f'<path d="M{x} {y - 4}h18" stroke="{colour}" stroke-width="3"/>',
        _label(x + 26, y, line.name, "start"),
    ]


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
