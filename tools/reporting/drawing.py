"""Structure drawings as SVG."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from tools.structures.changes import changed_atoms

#: Length of a bond in pixels, smallest size of a drawing, and the width from which it needs a row of its own.
BOND, LEAST, WIDE = 30.0, (240, 170), 480
#: Smallest drawing of a part: it stands in a line of text.
SMALL = (70, 50)
#: How much larger than it was made a drawing may be shown.
MAGNIFIED = 1.4
#: Behind what differs from the parent; every element colour can be told from it.
CHANGED = (1.0, 0.88, 0.62)
#: An attachment point of a core stands for anything.
_ANYTHING = Chem.AdjustQueryParameters.NoAdjustments()
_ANYTHING.makeDummiesQueries = True
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
    """A drawing as an SVG element, '' if there is none; whether it is too wide to stand beside a text; whether a change is marked in it."""

    svg: str
    wide: bool = False
    changed: bool = False


def draw(smiles: str, title: str = "", *, parent: str = "", core: str = "") -> Drawing:
    """``smiles`` drawn at one bond length, as large as it is; no SVG if it cannot be read or drawn. ``title`` is its text alternative.

    Attachment points of a repeat unit are drawn as '*'. The form as written is drawn, no tautomer of it. ``parent``: SMILES of a structure;
    what differs from it is drawn on a coloured ground. ``core``: SMILES of a part that lies in the same place in every drawing that has it.
    An attachment point with a number is drawn as R with this number.
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return Drawing("")
    return _drawing(mol, title or smiles, core=core, changed=changed_atoms(smiles, parent) if parent else ())


def is_telling(smarts: str) -> bool:
    """Whether a drawing of the SMARTS pattern tells something: at least half of its atoms are of one element each, not of any of several."""
    mol = Chem.MolFromSmarts(smarts)
    if mol is None or not mol.GetNumAtoms():
        return False
    return bool(2 * sum(atom.GetAtomicNum() > 0 for atom in mol.GetAtoms()) >= mol.GetNumAtoms())


def draw_pattern(smarts: str, title: str = "") -> Drawing:
    """A SMARTS pattern drawn with what it asks for at each atom; no SVG if it cannot be read or drawn. ``title`` as in :func:`draw`."""
    mol = Chem.MolFromSmarts(smarts)
    if mol is None or not mol.GetNumAtoms():
        return Drawing("")
    mol.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(mol)
    return _drawing(mol, title or smarts, SMALL)


def _drawing(mol: Chem.Mol, title: str, least: tuple[int, int] = LEAST, *, core: str = "", changed: tuple[int, ...] = ()) -> Drawing:
    try:
        _laid_out(mol, core)
        ready = _prepared(mol)
        drawer = _drawn(ready, -1, -1, changed)
        if drawer.Width() < least[0] or drawer.Height() < least[1]:
            drawer = _drawn(ready, max(drawer.Width(), least[0]), max(drawer.Height(), least[1]), changed)
    except (RuntimeError, ValueError):
        return Drawing("")
    width, height = drawer.Width(), drawer.Height()
    label = f'role="img" aria-label="{escape(title)}"'
    shape = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" style="max-width:{MAGNIFIED * width:.0f}px"'
    start = f'<svg {label} {shape} xmlns="http://www.w3.org/2000/svg">'
    return Drawing(f"{start}{inside_of(drawer)}</svg>", width > WIDE, bool(changed))


def _laid_out(mol: Chem.Mol, core: str) -> None:
    """Give ``mol`` coordinates, those of ``core`` for the part that matches it, and its numbered attachment points their labels."""
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0 and (number := atom.GetAtomMapNum()):
            atom.SetAtomMapNum(0)
            atom.SetProp("_displayLabel", f"R<sup>{number}</sup>")
    rdDepictor.Compute2DCoords(mol)
    reference = Chem.MolFromSmiles(core) if core else None
    if reference is None:
        return
    for atom in reference.GetAtoms():
        atom.SetAtomMapNum(0)
    reference = Chem.AdjustQueryProperties(reference, _ANYTHING)
    rdDepictor.Compute2DCoords(reference)
    how = rdDepictor.ConstrainedDepictionParams()
    how.acceptFailure = how.allowRGroups = True  # a position at which hydrogen stands is one too
    rdDepictor.GenerateDepictionMatching2DStructure(mol, reference, params=how)


def inside_of(drawer: rdMolDraw2D.MolDraw2DSVG) -> str:
    """What a finished drawing draws, without the element around it and without comments."""
    text = re.sub(r"<!--.*?-->\s*", "", drawer.GetDrawingText(), flags=re.DOTALL)
    return text.split("<svg", 1)[1].split(">", 1)[1].strip().removesuffix("</svg>")


def drawer_of(mol: Chem.Mol) -> rdMolDraw2D.MolDraw2DSVG:
    """A finished drawing of ``mol``, which has coordinates, as large as it is; atoms keep their numbers."""
    return _drawn(_prepared(mol), -1, -1)


def _prepared(mol: Chem.Mol) -> Chem.Mol:
    return rdMolDraw2D.PrepareMolForDrawing(mol, kekulize=not mol.HasQuery())


def _drawn(mol: Chem.Mol, width: int, height: int, changed: tuple[int, ...] = ()) -> rdMolDraw2D.MolDraw2DSVG:
    """A finished drawing on a canvas of this size in pixels; of -1 by -1, as large as the structure needs. ``changed``: atoms to mark."""
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    options = drawer.drawOptions()
    options.clearBackground = False
    options.fixedBondLength = BOND
    options.minFontSize = 14
    options.padding = 0.06
    options.updateAtomPalette(_COLOURS)
    options.setHighlightColour(CHANGED)
    if changed:
        marked = set(changed)
        bonds = [b.GetIdx() for b in mol.GetBonds() if {b.GetBeginAtomIdx(), b.GetEndAtomIdx()} <= marked]
        drawer.DrawMolecule(mol, highlightAtoms=list(changed), highlightBonds=bonds)
    else:
        drawer.DrawMolecule(mol)
    drawer.FinishDrawing()
    return drawer
