"""Scatter plots as SVG: they need no script, print well and work offline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Mark:
    """One point: coordinates in data units, a group (style class), a title shown on hovering, the key of the structure that it stands for,
    where a click leads (empty for nowhere), and a short text beside the point (empty for none)."""

    x: float
    y: float
    group: str
    title: str
    key: str = ""
    link: str = ""
    label: str = ""


WIDTH, HEIGHT = 460, 320
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 14, 46
#: Size of a label's letters and about what a letter of it takes, pixels; where it may stand beside its point, the best place first.
LETTER, ADVANCE = 12, 7.0
_BESIDE = (
    (7, 4, "start"),
    (-7, 4, "end"),
    (0, -8, "middle"),
    (0, 17, "middle"),
    (7, -5, "start"),
    (-7, -5, "end"),
    (7, 14, "start"),
    (-7, 14, "end"),
)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About ``count`` round numbers within [low, high]. Needs low < high."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
    first = math.ceil(low / step) * step
    found = []
    while first <= high + 1e-9 * step:
        found.append(round(first, 10))
        first += step
    return found


def scatter(marks: Sequence[Mark], x_label: str, y_label: str, x_lines: Sequence[float] = (), y_lines: Sequence[float] = ()) -> str:
    """An SVG scatter plot. ``x_lines`` and ``y_lines`` are thresholds drawn dashed. '' if there are no points.

    A point with a link can be reached by keyboard, and the plot is then no picture but a group of links.
    """
    if not marks:
        return ""
    x_low, x_high = _range([m.x for m in marks] + list(x_lines))
    y_low, y_high = _range([m.y for m in marks] + list(y_lines))

    def px(x: float) -> float:
        return LEFT + (x - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)

    def py(y: float) -> float:
        return HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)

    role = "group" if any(m.link for m in marks) else "img"
    parts = [f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="{role}" aria-label="{escape(y_label)} against {escape(x_label)}">']
    for t in ticks(x_low, x_high):
        parts.append(f'<line class="grid" x1="{px(t):.1f}" x2="{px(t):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{px(t):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{t:g}</text>')
    for t in ticks(y_low, y_high):
        parts.append(f'<line class="grid" y1="{py(t):.1f}" y2="{py(t):.1f}" x1="{LEFT}" x2="{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{py(t) + 4:.1f}" text-anchor="end">{t:g}</text>')
    parts += [f'<line class="limit" x1="{px(x):.1f}" x2="{px(x):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>' for x in x_lines]
    parts += [f'<line class="limit" y1="{py(y):.1f}" y2="{py(y):.1f}" x1="{LEFT}" x2="{WIDTH - RIGHT}"/>' for y in y_lines]
    for m in sorted(marks, key=lambda m: m.group == "listed"):
        radius = 4.5 if m.group == "listed" else 2.2
        parts.append(_dot(m, px(m.x), py(m.y), radius))
    parts += _labels([(px(m.x), py(m.y), m.label) for m in marks])
    parts.append(f'<text class="axis" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>')
    parts.append(
        f'<text class="axis" transform="translate(14,{(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>'
    )
    return "".join([*parts, "</svg>"])


#: How the parts of a plot look where no style sheet reaches them: attributes in the place of each class.
_BY_ITSELF = {
    'class="grid"': 'stroke="#dde3e9"',
    'class="limit"': 'stroke="#b3261e" stroke-dasharray="5 4"',
    'class="listed"': 'fill="#1f5fa8"',
    'class="kept"': 'fill="#17703f"',
    'class="rejected"': 'fill="#8b96a2" fill-opacity=".7"',
    'class="axis"': 'font-weight="600"',
}


def standalone(svg: str) -> str:
    """A plot as a document by itself, which an <img> may show: on white, with its looks as attributes. '' for ''."""
    for name, looks in _BY_ITSELF.items():
        svg = svg.replace(name, looks)
    size = f'xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="#1c2430"'
    head, end, rest = svg.partition(">")
    return f'{head.replace("<svg", f"<svg {size}", 1)}{end}<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{rest}' if svg else ""


def _dot(mark: Mark, x: float, y: float, radius: float) -> str:
    key = f' data-key="{escape(mark.key)}"' if mark.key else ""
    dot = f'<circle class="{mark.group}"{key} cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{escape(mark.title)}</title></circle>'
    return f'<a href="{escape(mark.link)}" aria-label="{escape(mark.title)}">{dot}</a>' if mark.link else dot


def _labels(points: Sequence[tuple[float, float, str]]) -> list[str]:
    """The labels beside their points, each where it covers no other one and, if possible, no point."""
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y, _ in points]
    parts = []
    for x, y, label in points:
        if not label:
            continue
        width = ADVANCE * len(label)
        places = []
        for dx, dy, anchor in _BESIDE:
            left = x + dx - {"start": 0, "middle": width / 2, "end": width}[anchor]
            box = (left, y + dy - LETTER + 2, left + width, y + dy + 1)
            places.append((sum(_overlap(box, other) for other in taken), dx, dy, anchor, box))
        _, dx, dy, anchor, box = min(places, key=lambda place: place[0])  # the first of the best
        taken.append(box)
        parts.append(
            f'<text class="label" x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{anchor}" aria-hidden="true">{escape(label)}</text>'
        )
    return parts


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """The area that two boxes (left, top, right, bottom) share, square pixels; 0 for none."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = 0.05 * (high - low) or max(abs(low) * 0.05, 0.5)
    return low - pad, high + pad
