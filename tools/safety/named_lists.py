"""How a structure stands to named, dated lists that structure alone decides: azo dyes of REACH Annex XVII, PFAS of the OECD,
POPs of the Stockholm Convention, what the Montreal Protocol controls, and the lists that a team brought.

Each shipped list is an entry of ``named_lists.toml`` with the counted property that decides it. Nothing is claimed beyond the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rdkit import Chem, rdBase

from core import data
from core.candidate import Candidate, ListStanding
from tools.calculators.azo_amines import released
from tools.calculators.collection import Calculators
from tools.calculators.controlled import MONTREAL, STOCKHOLM, listed_in
from tools.calculators.descriptors import compute_descriptor
from tools.calculators.own_lists import OwnList, own_lists

#: Treaties by the property that counts their entries.
_TREATIES = {"stockholm_pops": STOCKHOLM, "montreal_controlled": MONTREAL}


@lru_cache(maxsize=1)
def named_lists() -> dict[str, dict[str, Any]]:
    """The entries of ``named_lists.toml`` by id, in their order. ConfigurationError where it cannot be read."""
    return data.table("tools.safety", "named_lists.toml")


def standings(smiles: str, own: Sequence[OwnList] = ()) -> list[ListStanding]:
    """How the structure ``smiles`` (a molecule or a repeat unit) stands to each list, in their order, then to a team's ``own``; [] for what cannot be read."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return []
    found = []
    for identifier, entry in named_lists().items():
        if "*" in smiles and "classes" in entry:
            continue  # of molecules alone
        count = int(compute_descriptor(entry["property"], mol))
        text = entry["on" if count else "off"].format(name=entry["name"], what=_what(entry["property"], count, mol) if count else "")
        found.append(ListStanding(id=identifier, name=entry["name"], on=count > 0, text=text, source=entry["source"]))
    for one in own:
        on, text = one.told(mol)
        found.append(ListStanding(id=one.id, name=one.edition, on=on, text=text, source=one.source))
    return found


def _what(name: str, count: int, mol: Chem.Mol) -> str:
    if name == "restricted_azo_amines":
        return ", ".join(released(mol))
    if name in _TREATIES:
        return ", ".join(listed_in(_TREATIES[name], mol))
    return f"{count} fully fluorinated methyl or methylene carbon{'s' if count > 1 else ''}"


def with_lists(candidate: Candidate, *, calculators: Calculators) -> Candidate:
    """``candidate`` with its standing to the shipped lists and those of ``calculators``, by all that was given (a counter-ion may be a PFAS too)."""
    return candidate.model_copy(update={"lists": standings(candidate.given or candidate.smiles, own_lists(calculators))})
