"""A route drawn as a scheme: each step a row of reactants, an arrow with the name of the reaction, and the product; a long one has two rows."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html import escape

from core.candidate import Route, RouteStep
from tools.reporting.drawing import draw

#: Largest size of one structure, width of the arrow with its text and of a plus sign, room between rows; pixels.
LARGEST, ARROW, PLUS, GAP = (250, 175), 170, 30, 26
#: Width from which the arrow and the product stand beneath the reactants, pixels: what a page or a sheet shows in a legible size.
WIDEST = 1000
#: Characters of a line of text, and how many lines there are at most.
LINE, LINES = 24, 3
_INK = "#1c2430"


@dataclass(frozen=True)
class _Piece:
    """A part of a row with its size."""

    svg: str
    width: float
    height: float


def scheme(route: Route, title: str = "") -> str:
    """The route as an SVG document, one row a step in the order in which they are run; '' for a route without steps.

    ``title`` is its text alternative; without one it says the steps in words. A structure that cannot be drawn stands as its SMILES.
    """
    if not route.steps:
        return ""
    names = {m.smiles: m.name for m in route.starting_materials}
    rows = [row for step in route.steps for row in _rows(step, names)]
    width = max(row.width for row in rows)
    parts, top = [], 0.0
    for row in rows:
        parts.append(f'<g transform="translate(0,{top:.0f})">{row.svg}</g>')
        top += row.height + GAP
    words = title or "; then ".join(f"{s.reaction}: {' + '.join(s.reactants)} gives {s.product}" for s in route.steps)
    size = f'width="{width:.0f}" height="{top - GAP:.0f}" viewBox="0 0 {width:.0f} {top - GAP:.0f}"'
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(words)}" {size} font-family="sans-serif" font-size="13">'
    )
    return start + "".join(parts) + "</svg>"


def _rows(step: RouteStep, names: dict[str, str]) -> list[_Piece]:
    """A step in one row, or where that is too wide its reactants in one and what comes of them in the next."""
    before: list[_Piece] = []
    for number, smiles in enumerate(step.reactants):
        if number:
            before.append(_text("+", PLUS, size=20))
        before.append(_structure(smiles, names.get(smiles, "")))
    after = [_arrow(step.reaction), _structure(step.product, "")]
    wide = sum(p.width for p in [*before, *after]) > WIDEST
    return [_row(before), _row(after)] if wide and before else [_row([*before, *after])]


def _row(pieces: list[_Piece]) -> _Piece:
    height = max(p.height for p in pieces)
    x, parts = 0.0, []
    for piece in pieces:
        parts.append(f'<g transform="translate({x:.0f},{(height - piece.height) / 2:.0f})">{piece.svg}</g>')
        x += piece.width
    return _Piece("".join(parts), x, height)


def _structure(smiles: str, name: str) -> _Piece:
    """A drawing, made smaller where it is too large, with the name beneath."""
    svg = draw(smiles).svg
    size = re.match(r'<svg [^>]*?width="(\d+)" height="(\d+)"', svg)
    if size is None:
        return _text(smiles, LARGEST[0])
    width, height = (float(n) for n in size.groups())
    scale = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
    inside = svg.partition(">")[2].removesuffix("</svg>")
    lines = _lines(name)
    words = "".join(_line(line, scale * width / 2, scale * height + 14 + 15 * n) for n, line in enumerate(lines))
    return _Piece(f'<g transform="scale({scale:.3f})">{inside}</g>{words}', scale * width, scale * height + 15 * len(lines) + 4)


def _arrow(reaction: str) -> _Piece:
    lines = _lines(reaction)
    middle = 15.0 * len(lines) + 8
    words = "".join(_line(line, ARROW / 2, 12 + 15 * n) for n, line in enumerate(lines))
    end = ARROW - 12
    head = f'<path d="M {end - 9},{middle - 5} L {end},{middle} L {end - 9},{middle + 5} Z" fill="{_INK}"/>'
    line = f'<line x1="12" x2="{end - 8}" y1="{middle}" y2="{middle}" stroke="{_INK}" stroke-width="1.6"/>'
    return _Piece(words + line + head, ARROW, 2 * middle)


def _text(text: str, width: float, size: int = 13) -> _Piece:
    lines = _lines(text)
    words = "".join(_line(line, width / 2, size + 15 * n, size) for n, line in enumerate(lines))
    return _Piece(words, width, 15.0 * len(lines) + size / 2)


def _lines(text: str) -> list[str]:
    """``text`` in a few short lines; what is longer ends in dots."""
    return textwrap.wrap(text, LINE, max_lines=LINES, placeholder=" …") if text else []


def _line(text: str, x: float, y: float, size: int = 13) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="{size}" fill="{_INK}">{escape(text)}</text>'
