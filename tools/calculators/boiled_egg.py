"""The BOILED-Egg: passive absorption from the gut and passage into the brain, by an ellipse each in the plane of TPSA and logP.

Daina and Zoete, ChemMedChem 2016, 11, 1117, doi:10.1002/cmdc.201600182. The ellipses are those of two published programs that agree to 0.1 in
every extent: adme-pred-py (centre, width, height, angle) and the outlines of PyBOILEDegg. logP is Wildman and Crippen's, as in the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors


@dataclass(frozen=True)
class Ellipse:
    """An ellipse with its centre at (``tpsa``, ``logp``), whole axes ``width`` and ``height``, turned by ``degrees`` against the clock."""

    tpsa: float
    logp: float
    width: float
    height: float
    degrees: float

    def holds(self, tpsa: float, logp: float) -> bool:
        """Whether a point (Å², no unit) lies inside or on the edge."""
        x, y = tpsa - self.tpsa, logp - self.logp
        cosine, sine = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        along, across = (cosine * x + sine * y) / (self.width / 2), (cosine * y - sine * x) / (self.height / 2)
        return along * along + across * across <= 1.0


#: The white: absorbed from the gut. The yolk: passes into the brain.
WHITE = Ellipse(71.051, 2.292, 142.081, 8.740, -1.031325)
YOLK = Ellipse(38.117, 3.177, 82.061, 5.557, -0.171887)


def gi_absorption(mol: Chem.Mol) -> float:
    """1 where a sanitised molecule lies in the white (high passive gastrointestinal absorption), else 0; without a unit, never undefined."""
    return float(WHITE.holds(*_place(mol)))


def bbb_permeation(mol: Chem.Mol) -> float:
    """1 where a sanitised molecule lies in the yolk (passive permeation of the blood-brain barrier), else 0; without a unit, never undefined."""
    return float(YOLK.holds(*_place(mol)))


def _place(mol: Chem.Mol) -> tuple[float, float]:
    return float(rdMolDescriptors.CalcTPSA(mol)), float(rdMolDescriptors.CalcCrippenDescriptors(mol)[0])
