"""Requirements that no structure can meet together, and formulas that no molecule has."""

from __future__ import annotations

from core.errors import ContradictionError
from core.spec import Requirement
from tools.catalogue import contradictions
from tools.catalogue.catalogue import Catalogue


def reject_contradictions(requirements: list[Requirement], *, catalogue: Catalogue, polymer: bool = False) -> None:
    """Raises ContradictionError, quoting the phrases, if two requirements exclude each other. ``polymer``: of a repeat unit."""
    contradictions.reject_contradictions(requirements, catalogue, polymer=polymer)


_VALENCE = {
    "H": 1,
    "F": 1,
    "Cl": 1,
    "Br": 1,
    "I": 1,
    "O": 2,
    "S": 2,
    "Se": 2,
    "N": 3,
    "P": 3,
    "B": 3,
    "As": 3,
    "C": 4,
    "Si": 4,
    "Ge": 4,
    "Sn": 4,
}


def unsaturation(atoms: dict[str, int]) -> float | None:
    """Rings and double bonds of a neutral molecule of this formula, (2 + Σ n (valence - 2)) / 2; None with an element of another valence."""
    if not set(atoms) <= set(_VALENCE):
        return None
    return (2 + sum(n * (_VALENCE[symbol] - 2) for symbol, n in atoms.items())) / 2


def reject_formula(atoms: dict[str, int], phrase: str) -> None:
    """Raises ContradictionError for a formula that no neutral closed-shell molecule has. A formula without hydrogen is not judged."""
    number = unsaturation(atoms)
    if number is None or "H" not in atoms:
        return
    if number < 0:
        raise ContradictionError(f"no molecule has this formula: at most {atoms['H'] + int(2 * number)} hydrogen atoms fit", phrase=phrase)
    if number != int(number):
        raise ContradictionError(
            "no closed-shell molecule has this formula: the number of hydrogen atoms is odd where it must be even, or the reverse",
            phrase=phrase,
        )
