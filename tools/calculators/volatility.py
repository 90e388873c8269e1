"""The normal boiling point by group contributions, as a statement of its own: what boils away has not decomposed.

Tb = 198.2 K + the sum of the contributions of ``joback_groups.tsv`` (Joback, Reid, Chem. Eng. Commun. 1987, 57, 233,
doi:10.1080/00986448708960487), corrected for its overestimate by Stein, Brown, J. Chem. Inf. Comput. Sci. 1994, 34, 581:
Tb - 94.84 + 0.5577 Tb - 0.0007705 Tb². On the about 100 values of the CRC Handbook in tests/tools/calculators/boiling_points.tsv the mean
absolute error is 17 K and the root mean square 23 K inside the domain. Amides, carbamates, N-H azoles and beta-lactones boil 50 to
120 K higher than the method says, so for them the estimate is stated as a lower bound only; that exclusion was chosen on the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core import data
from core.errors import ConfigurationError

METHOD = "Joback group contributions with the correction of Stein and Brown"
#: One standard deviation of an estimate, K.
SIGMA_K = 25.0
_BASE_K = 198.2
#: The correction holds up to this uncorrected value, K; the corrected value there is the highest that can be stated.
_LIMIT_K = 700.0
#: Groups that boil far above the estimate, which is then a lower bound.
_UNDERESTIMATED = {
    "an amide, urea or carbamate": "[#6;$([#6]=[OX1])]-,:[#7;$([#7]-,:[#6]=[OX1])]",
    "an N-H azole": "[nH]",
    "a beta-lactone": "C1(=O)CCO1",
}
_ZERO_C = 273.15


@dataclass(frozen=True)
class BoilingPoint:
    """``celsius``: the estimate in °C, or None; then ``at_least_c`` is a lower bound where there is one, and ``reason`` says why."""

    celsius: float | None
    at_least_c: float | None = None
    reason: str = ""


@cache
def _groups() -> tuple[tuple[str, float, Chem.Mol], ...]:
    found = []
    for row in data.rows("tools.calculators", "joback_groups.tsv"):
        with BlockLogs():
            query = Chem.MolFromSmarts(row["smarts"])
        if query is None:
            raise ConfigurationError(f"joback_groups.tsv: the SMARTS of {row['group']} cannot be read")
        found.append((row["group"], float(row["contribution_k"]), query))
    return tuple(found)


@cache
def _underestimated() -> tuple[tuple[str, Chem.Mol], ...]:
    return tuple((name, Chem.MolFromSmarts(smarts)) for name, smarts in _UNDERESTIMATED.items())


def corrected(uncorrected_k: float) -> float:
    """Stein and Brown's correction of an uncorrected boiling point of at most 700 K; both in K. Never raises: above that it does not hold."""
    return uncorrected_k - 94.84 + 0.5577 * uncorrected_k - 0.0007705 * uncorrected_k**2


def joback_groups(mol: Chem.Mol) -> dict[str, int] | str:
    """Number of times that each group of Joback and Reid occurs, every heavy atom in exactly one.

    A text with the reason where the method does not cover ``mol``; nothing is raised.
    """
    if len(Chem.GetMolFrags(mol)) > 1:
        return "several pieces"
    if mol.GetNumHeavyAtoms() < 2:
        return "a single heavy atom"
    taken: set[int] = set()
    counts: dict[str, int] = {}
    with BlockLogs():
        for name, _, query in _groups():
            for match in mol.GetSubstructMatches(query):
                atoms = match if name != "=C=" else match[:1]
                if taken.isdisjoint(atoms):
                    taken.update(atoms)
                    counts[name] = counts.get(name, 0) + 1
    left = sorted({atom.GetSymbol() for atom in mol.GetAtoms() if atom.GetIdx() not in taken and atom.GetAtomicNum() > 1})
    return f"no group for {', '.join(left)} as bonded here" if left else counts


def boiling_point(mol: Chem.Mol) -> BoilingPoint:
    """The estimated normal boiling point of a molecule. Never raises for a sanitised molecule; a polymer has none.

    Known weaknesses: several hydroxy or amino groups, three and more fused aromatic rings (both boil higher), hindered phenols (lower).
    """
    if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()):
        return BoilingPoint(None, reason="a polymer does not boil")
    counts = joback_groups(mol)
    if isinstance(counts, str):
        return BoilingPoint(None, reason=f"the boiling point cannot be estimated: {counts}")
    contributions = {name: value for name, value, _ in _groups()}
    uncorrected = _BASE_K + sum(contributions[name] * n for name, n in counts.items())
    if uncorrected > _LIMIT_K:
        bound = round(corrected(_LIMIT_K) - _ZERO_C - 2 * SIGMA_K)
        return BoilingPoint(None, at_least_c=bound, reason=f"beyond the method: above about {bound} °C")
    celsius = round(corrected(uncorrected) - _ZERO_C, 1)
    for name, query in _underestimated():
        if mol.HasSubstructMatch(query):
            return BoilingPoint(None, at_least_c=round(celsius), reason=f"{name} boils well above the estimate")
    return BoilingPoint(celsius)


def volatility(
    mol: Chem.Mol,
    temperature_c: float,
    flash_point_c: float | None = None,
    flash_sigma_k: float | None = None,
    *,
    how: str = "predicted",
) -> str:
    """What boiling means for ``mol`` at ``temperature_c`` (°C), in words; empty for a polymer. Never counted as instability.

    A flash point in °C with its standard deviation in K, where given, is quoted as what it is: evidence of vapour, not of decomposition.
    ``how``: whether it is predicted, measured, or fitted to a structure that the model was trained on.
    """
    found = boiling_point(mol)
    words = _boiling_words(found, temperature_c)
    if not words:
        return ""
    flash = "" if flash_point_c is None else f"; {_flash_words(flash_point_c, flash_sigma_k or 0.0, temperature_c, how)}"
    return f"volatility (not counted): {words}{flash}"


def _flash_words(flash_point_c: float, sigma_k: float, temperature_c: float, how: str) -> str:
    error = f" ± {sigma_k:.0f}" if sigma_k else ""
    if abs(temperature_c - flash_point_c) <= sigma_k:
        where = f"lies near {temperature_c:g} °C"
    else:
        where = f"lies {'below' if flash_point_c < temperature_c else 'above'} {temperature_c:g} °C"
    shown = f"the {how} flash point, {flash_point_c:.0f}{error} °C, {where}"
    return f"{shown}, which speaks of {'little vapour' if flash_point_c > temperature_c + sigma_k else 'vapour'}, not of decomposition"


def _boiling_words(found: BoilingPoint, temperature_c: float) -> str:
    if found.celsius is None:
        if found.at_least_c is not None:
            return f"boils above about {found.at_least_c:g} °C ({METHOD}; {found.reason})"
        return "" if "polymer" in found.reason else found.reason
    shown = f"normal boiling point about {found.celsius:.0f} ± {SIGMA_K:.0f} °C ({METHOD})"
    if temperature_c >= found.celsius + SIGMA_K:
        return f"boils below {temperature_c:g} °C, {shown}; open to the air it is gone before the hour is over, which is not decomposition"
    if temperature_c >= found.celsius - SIGMA_K:
        return f"boils near {temperature_c:g} °C, {shown}"
    return shown
