"""A small picture of how desirable a value is, as SVG in the colours of the page around it."""

from __future__ import annotations

from html import escape

from core.spec import Objective

WIDTH, HEIGHT, EDGE, FOOT = 132, 56, 6, 14


def curve(objective: Objective) -> str:
    """The desirability of an objective from 0 (below) to 1 (above) over its values, as an SVG element with a text alternative.

    The line is that of :func:`tools.evaluation.desirability.desirability`, in the property's unit.
    """
    low, high = objective.low, objective.high
    target = objective.target if objective.target is not None else (high if objective.shape == "maximise" else low)
    margin = (high - low) * 0.15
    points = {
        "maximise": [(low - margin, 0.0), (low, 0.0), (high, 1.0), (high + margin, 1.0)],
        "minimise": [(low - margin, 1.0), (low, 1.0), (high, 0.0), (high + margin, 0.0)],
        "target": [(low - margin, 0.0), (low, 0.0), (target, 1.0), (high, 0.0), (high + margin, 0.0)],
    }[objective.shape]
    left, span = low - margin, high - low + 2 * margin

    def place(value: float, worth: float) -> tuple[float, float]:
        return EDGE + (value - left) / span * (WIDTH - 2 * EDGE), EDGE + (1.0 - worth) * (HEIGHT - EDGE - FOOT)

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    marks = dict.fromkeys([low, high])
    texts = "".join(
        f'<text x="{place(value, 0)[0]:.1f}" y="{HEIGHT - 2}" text-anchor="middle" font-size="10" fill="currentColor">{value:g}</text>'
        for value in marks
    )
    base = HEIGHT - FOOT
    return (
        f'<svg class="curve" role="img" aria-label="{escape(_said(objective))}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{base}" y2="{base}" stroke="currentColor" stroke-width="0.75" opacity="0.6"/>'
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2.2"/>{texts}</svg>'
    )


def _said(objective: Objective) -> str:
    """The curve in words."""
    if objective.shape == "target":
        return f"worth most at {objective.target:g}, nothing below {objective.low:g} or above {objective.high:g}"
    if objective.shape == "maximise":
        return f"worth nothing up to {objective.low:g}, most from {objective.high:g}"
    return f"worth most up to {objective.low:g}, nothing from {objective.high:g}"
