"""A compound drawn with a link at each atom, so that its atoms can be marked by click or keyboard without a script."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from rdkit import Chem
from rdkit.Chem import rdDepictor

from tools.groups.marked_core import MarkedCore
from tools.reporting.drawing import drawer_of, inside_of

#: Radius of the place of an atom that can be clicked, pixels.
RADIUS = 13.0
#: Room about the outermost atoms, pixels: their rings, and the hydrogens written beside them.
EDGE = 26.0
#: How much larger than its bonds the drawing is shown: each atom is a place to click.
LARGER = 1.5
NEXT = {"locked": "open it", "open": "let it change", "free": "lock it"}
MEANS = {"locked": "stays as it is", "open": "stays, something else may stand at it", "free": "may change or go"}


def drawn_with_links(core: MarkedCore, address: Callable[[MarkedCore], str]) -> str:
    """The compound as an SVG element; at each atom a link to ``address`` of the core with its next mark, with its mark said in words."""
    mol = Chem.MolFromSmiles(core.smiles)
    rdDepictor.Compute2DCoords(mol)
    drawer = drawer_of(mol)
    links: list[str] = []
    xs: list[float] = []
    ys: list[float] = []
    for atom in mol.GetAtoms():
        index, state = atom.GetIdx(), core.state(atom.GetIdx())
        place = drawer.GetDrawCoords(index)
        said = f"atom {index + 1}, {atom.GetSymbol()}: {MEANS[state]}; {NEXT[state]}"
        xs.append(place.x)
        ys.append(place.y)
        links.append(
            f'<a id="atom-{index}" class="atom {state}" href="{escape(address(core.turned(index)))}#atom-{index}" aria-label="{escape(said)}">'
            f"<title>{escape(said)}</title>{_mark(state, place.x, place.y)}</a>"
        )
    left, top = min(xs) - EDGE, min(ys) - EDGE
    width, height = max(xs) + EDGE - left, max(ys) + EDGE - top
    size = f'width="{LARGER * width:.0f}" height="{LARGER * height:.0f}"'
    start = f'<svg class="core" role="group" aria-label="The compound, atom by atom" {size} '
    box = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    return f'{start}viewBox="{box}" xmlns="http://www.w3.org/2000/svg">{inside_of(drawer)}{"".join(links)}</svg>'


def legend(state: str) -> str:
    """The mark of an atom alone, as a small SVG element."""
    size = 2 * RADIUS + 6
    box = f"{-size / 2:g} {-size / 2:g} {size:g} {size:g}"
    return (
        f'<svg class="core" aria-hidden="true" width="{size:g}" height="{size:g}" viewBox="{box}" xmlns="http://www.w3.org/2000/svg">'
        f'<g class="{state} atom">{_mark(state, 0.0, 0.0)}</g></svg>'
    )


def _mark(state: str, x: float, y: float) -> str:
    """A ring that is whole where the atom stays, dashed where it is open, with a cross where it may go: told apart without colour."""
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS:g}"/>'
    if state != "free":
        return ring
    d = RADIUS * 0.6
    return f'{ring}<path d="M{x - d:.1f} {y - d:.1f}L{x + d:.1f} {y + d:.1f}M{x - d:.1f} {y + d:.1f}L{x + d:.1f} {y - d:.1f}"/>'
