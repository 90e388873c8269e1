"""Structure drawings as SVG."""

from __future__ import annotations

import re

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D


def draw(smiles: str, width: int = 260, height: int = 180) -> str:
    """``smiles`` drawn as an SVG element of ``width`` by ``height`` pixels; '' if it cannot be read or drawn.

    Attachment points of a repeat unit are drawn as '*'. The form as written is drawn, no tautomer of it.
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return ""
    try:
        rdDepictor.Compute2DCoords(mol)
        drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
        options = drawer.drawOptions()
        options.clearBackground = False
        options.fixedBondLength = 28.0
        options.padding = 0.06
        rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol)
        drawer.FinishDrawing()
    except (RuntimeError, ValueError):
        return ""
    text = drawer.GetDrawingText()
    return re.sub(r"<\?xml.*?\?>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL).strip()
