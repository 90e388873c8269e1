"""Drawings in a PDF, as the lines, areas and letters that they are: structures by RDKit, schemes of routes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable

from tools.reporting.letters import printable, signs

#: The moves and scales of a group, and their numbers.
_TRANSFORM = re.compile(r"(translate|scale)\(([^)]*)\)")
_STEP = re.compile(r"[MLQCZ]|-?\d+(?:\.\d+)?")
#: Numbers that each command of a path takes.
_TAKES = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


class VectorDrawing(Flowable):  # type: ignore[misc]  # reportlab has no types
    """An SVG element as :func:`tools.reporting.drawing.draw` or :func:`tools.reporting.scheme.scheme` makes it, within ``width`` by ``height`` points.

    ``scale``: points for a pixel where it fits. What is drawn are paths, lines, ellipses and texts, in groups that are moved or made larger;
    RDKit writes its letters as paths.
    """

    def __init__(self, svg: str, width: float, height: float, scale: float = 0.6) -> None:
        super().__init__()
        self._root = ElementTree.fromstring(svg)
        own = [float(self._root.get(name, "1")) for name in ("width", "height")]
        self._scale = min(scale, width / own[0], height / own[1])
        self.width, self.height = (self._scale * n for n in own)

    def draw(self) -> None:
        """Draw it with its lower left corner where the canvas is."""
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.translate(0, self.height)
        canvas.scale(self._scale, -self._scale)
        canvas.setLineCap(1)
        self._within(canvas, self._root)
        canvas.restoreState()

    def _within(self, canvas: Canvas, group: ElementTree.Element) -> None:
        for element in group:
            kind = element.tag.rpartition("}")[2]
            if kind == "g":
                canvas.saveState()
                for name, numbers in _TRANSFORM.findall(element.get("transform", "")):
                    n = [float(part) for part in numbers.split(",")]
                    canvas.translate(*n) if name == "translate" else canvas.scale(n[0], n[-1])
                self._within(canvas, element)
                canvas.restoreState()
            elif kind == "text":
                _write(canvas, element)
            else:
                _shape(canvas, kind, element.attrib)


def _write(canvas: Canvas, element: ElementTree.Element) -> None:
    """A line of text with its middle where it says."""
    signs()  # the font is known
    canvas.saveState()
    canvas.translate(float(element.get("x", "0")), float(element.get("y", "0")))
    canvas.scale(1, -1)
    canvas.setFont("Vera", 0.92 * float(element.get("font-size", "13")))  # Vera runs wider than a browser's letters
    canvas.setFillColor(HexColor(element.get("fill", "#000000")))
    canvas.drawCentredString(0, 0, printable(element.text or ""))
    canvas.restoreState()


def _shape(canvas: Canvas, kind: str, given: dict[str, str]) -> None:
    style = {name.strip(): value.strip() for name, _, value in (part.partition(":") for part in given.get("style", "").split(";"))}
    fill = style.get("fill", given.get("fill", "none"))
    stroke = style.get("stroke", given.get("stroke", "none"))
    width = float(style.get("stroke-width", given.get("stroke-width", "1")).removesuffix("px"))
    filled, stroked = fill != "none", stroke != "none" and width > 0
    if not filled and not stroked:
        return
    if filled:
        canvas.setFillColor(HexColor(fill))
    if stroked:
        canvas.setStrokeColor(HexColor(stroke))
        canvas.setLineWidth(width)
    if kind == "path":
        path = canvas.beginPath()
        _follow(path, given.get("d", ""))
        canvas.drawPath(path, stroke=int(stroked), fill=int(filled))
    elif kind == "line":
        canvas.line(*(float(given[name]) for name in ("x1", "y1", "x2", "y2")))
    elif kind == "ellipse":
        x, y, rx, ry = (float(given[name]) for name in ("cx", "cy", "rx", "ry"))
        canvas.ellipse(x - rx, y - ry, x + rx, y + ry, stroke=int(stroked), fill=int(filled))


def _follow(path: PDFPathObject, d: str) -> None:
    """Put the steps of an SVG path with absolute coordinates into ``path``."""
    parts = _STEP.findall(d)
    command, place, x, y = "", 0, 0.0, 0.0
    while place < len(parts):
        if parts[place] in _TAKES:
            command, place = parts[place], place + 1
        n = [float(p) for p in parts[place : place + _TAKES[command]]]
        place += len(n)
        if command == "Z":
            path.close()
            continue
        if command == "M":
            path.moveTo(*n)
            command = "L"  # further pairs are lines
        elif command == "L":
            path.lineTo(*n)
        elif command == "C":
            path.curveTo(*n)
        else:  # a parabola as the cubic curve that it is
            path.curveTo(
                x + 2 / 3 * (n[0] - x), y + 2 / 3 * (n[1] - y), n[2] + 2 / 3 * (n[0] - n[2]), n[3] + 2 / 3 * (n[1] - n[3]), n[2], n[3]
            )
        x, y = n[-2:]
