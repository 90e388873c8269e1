"""What is true of a structure, by RDKit alone: numbers, rules, alerts, and what an answer that states it has to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors, FilterCatalog, Lipinski, rdMolDescriptors

from evals.judges.claims import COMPUTED

#: Rules that may be broken before a set counts as broken: Lipinski's own text allows one.
ALLOWED = {"lipinski": 1, "veber": 0}
_CATALOGUES = {
    "pains_alerts": (FilterCatalog.FilterCatalogParams.FilterCatalogs.PAINS,),
    "brenk_alerts": (FilterCatalog.FilterCatalogParams.FilterCatalogs.BRENK,),
}


@dataclass(frozen=True)
class Fact:
    """One thing that an answer has to say.

    Attributes:
        names: how the structure may be called: its name, its SMILES.
        subject: name of the property or rule set; words: how it may be called.
        kind: 'number', 'flag' (yes or no, high or low, passed or not) or 'alerts' (a number of alerts, or whether there are any).
        value: the number; 1 or 0 for a flag, where 1 is yes, high or passed; the count for alerts.
        unit: its unit, in the standard form of ``core.units``.
        sigma: its standard deviation, in that unit; 0 for what is exact.
        molar_mass: of the structure, g/mol, where a concentration may be said by mass.
    """

    names: tuple[str, ...]
    subject: str
    words: tuple[str, ...]
    kind: Literal["number", "flag", "alerts"]
    value: float
    unit: str = ""
    sigma: float = 0.0
    molar_mass: float = 0.0

    @property
    def text(self) -> str:
        """The fact for readers."""
        value = (
            f"{self.value:.6g}" if self.kind == "number" else f"{self.value:g}" if self.kind == "alerts" else ("no", "yes")[self.value > 0]
        )
        return f"{self.subject} of {self.names[0]}: {value}{' ' + self.unit if self.unit else ''}"


def recomputed(subject: str, smiles: str) -> float | None:
    """A property, a number of alerts, or whether a rule set is passed (1 or 0); None where RDKit alone cannot say it.

    ValueError for a SMILES that cannot be read.
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        raise ValueError(f"{smiles!r} cannot be read")
    if subject in COMPUTED:
        return float(COMPUTED[subject](mol))
    if subject in _CATALOGUES:
        return float(_alerts(subject, mol))
    if subject in _BROKEN:
        return float(_BROKEN[subject](mol) <= ALLOWED[subject])
    return None


def _alerts(subject: str, mol: Chem.Mol) -> int:
    parameters = FilterCatalog.FilterCatalogParams()
    for catalogue in _CATALOGUES[subject]:
        parameters.AddCatalog(catalogue)
    return len({match.GetDescription() for match in FilterCatalog.FilterCatalog(parameters).GetMatches(mol)})


def _lipinski(mol: Chem.Mol) -> int:
    return sum((Descriptors.MolWt(mol) > 500, Crippen.MolLogP(mol) > 5, Lipinski.NHOHCount(mol) > 5, Lipinski.NOCount(mol) > 10))


def _veber(mol: Chem.Mol) -> int:
    return sum((rdMolDescriptors.CalcNumRotatableBonds(mol) > 10, rdMolDescriptors.CalcTPSA(mol) > 140))


_BROKEN: dict[str, Callable[[Chem.Mol], int]] = {"lipinski": _lipinski, "veber": _veber}
