"""Structure drawings as SVG."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

#: Length of a bond in pixels, smallest size of a drawing, and the width from which it needs a row of its own.
BOND, LEAST, WIDE = 30.0, (240, 170), 480
#: Smallest drawing of a part: it stands in a line of text.
SMALL = (70, 50)
#: How much larger than it was made a drawing may be shown.
MAGNIFIED = 1.4
#: Element colours that can be told from white paper (contrast of at least 4.5): RDKit's own for F, Cl, S, B, P and I are too pale.
_COLOURS = {
    5: (0.60, 0.33, 0.20),
    9: (0.0, 0.42, 0.42),
    15: (0.65, 0.32, 0.0),
    16: (0.47, 0.40, 0.0),
    17: (0.0, 0.45, 0.0),
    53: (0.45, 0.0, 0.55),
}


@dataclass(frozen=True)
class Drawing:
    """A drawing as an SVG element, '' if there is none, and whether it is too wide to stand beside a text."""

    svg: str
    wide: bool = False


def draw(smiles: str, title: str = "") -> Drawing:
    """``smiles`` drawn at one bond length, as large as it is; no SVG if it cannot be read or drawn. ``title`` is its text alternative.

    Attachment points of a repeat unit are drawn as '*'. The form as written is drawn, no tautomer of it.
    """
    mol = Chem.MolFromSmiles(smiles)
    return Drawing("") if mol is None else _drawing(mol, title or smiles)


def draw_pattern(smarts: str, title: str = "") -> Drawing:
    """A SMARTS pattern drawn with what it asks for at each atom; no SVG if it cannot be read or drawn. ``title`` as in :func:`draw`."""
    mol = Chem.MolFromSmarts(smarts)
    if mol is None or not mol.GetNumAtoms():
        return Drawing("")
    mol.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(mol)
    return _drawing(mol, title or smarts, SMALL)


def _drawing(mol: Chem.Mol, title: str, least: tuple[int, int] = LEAST) -> Drawing:
    try:
        rdDepictor.Compute2DCoords(mol)
        ready = _prepared(mol)
        drawer = _drawn(ready, -1, -1)
        if drawer.Width() < least[0] or drawer.Height() < least[1]:
            drawer = _drawn(ready, max(drawer.Width(), least[0]), max(drawer.Height(), least[1]))
    except (RuntimeError, ValueError):
        return Drawing("")
    width, height = drawer.Width(), drawer.Height()
    inside = re.sub(r"<!--.*?-->\s*", "", drawer.GetDrawingText(), flags=re.DOTALL).split("<svg", 1)[1].split(">", 1)[1].strip()
    label = f'role="img" aria-label="{escape(title)}"'
    shape = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" style="max-width:{MAGNIFIED * width:.0f}px"'
    start = f'<svg {label} {shape} xmlns="http://www.w3.org/2000/svg">'
    return Drawing(start + inside, width > WIDE)


def drawer_of(mol: Chem.Mol) -> rdMolDraw2D.MolDraw2DSVG:
    """A finished drawing of ``mol``, which has coordinates, as large as it is; atoms keep their numbers."""
    return _drawn(_prepared(mol), -1, -1)


def _prepared(mol: Chem.Mol) -> Chem.Mol:
    return rdMolDraw2D.PrepareMolForDrawing(mol, kekulize=not mol.HasQuery())


def _drawn(mol: Chem.Mol, width: int, height: int) -> rdMolDraw2D.MolDraw2DSVG:
    """A finished drawing on a canvas of this size in pixels; of -1 by -1, as large as the structure needs."""
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    options = drawer.drawOptions()
    options.clearBackground = False
    options.fixedBondLength = BOND
    options.minFontSize = 14
    options.padding = 0.06
    options.updateAtomPalette(_COLOURS)
    drawer.DrawMolecule(mol)
    drawer.FinishDrawing()
    return drawer
