"""What a monomer can do: its reactive groups, whether it fits a class, and what makes it unusable."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rdkit import Chem, rdBase

from core import data
from tools.synthesis.polymers.structure import matches, query, reaction_form

_STEP_GROWTH = (
    "anhydride", "primary_amine", "secondary_amine", "acid", "acid_chloride", "alcohol", "phenol", "thiol", "isocyanate", "epoxide", "aldehyde",
    "chlorosilane", "boronic_acid", "terminal_alkyne", "hydrazide",
)  # fmt: skip
_ALWAYS_COMPETING = ("nitroso", "azide", "peroxide", "enol", "silanol")


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    tables = data.table("tools.synthesis.polymers", "groups.toml")
    tables["groups"] = {name: expand(smarts) for name, smarts in tables["groups"].items()}
    return tables


@lru_cache(maxsize=1)
def _macros() -> dict[str, str]:
    macros: dict[str, str] = data.table("tools.synthesis.polymers", "groups.toml")["macros"]
    return macros


def expand(smarts: str) -> str:
    """``smarts`` with the macros of groups.toml (written {NAME}) filled in."""
    for _ in range(3):
        smarts = re.sub(r"\{([A-Z]+)\}", lambda found: _macros()[found.group(1)], smarts)
    return smarts


def group_names() -> list[str]:
    """Names of the reactive groups, in the order of the table."""
    return list(_tables()["groups"])


def class_names() -> list[str]:
    """Names of the monomer classes, in the order of the table."""
    return list(_tables()["classes"])


def reactive_groups(smiles: str) -> dict[str, int]:
    """How often each reactive group occurs in ``smiles``; groups that do not occur are left out. {} if it cannot be read."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    return {} if mol is None else _counts(reaction_form(mol))


def _counts(mol: Chem.Mol) -> dict[str, int]:
    counts = {}
    for name, smarts in _tables()["groups"].items():
        number = matches(smarts, mol)
        if number:
            counts[name] = number
    return counts


@lru_cache(maxsize=16384)
def class_fault(smiles: str, name: str) -> str:
    """Why the monomer ``smiles`` is not of the class ``name``; an empty string if it is.

    A monomer fits when it has exactly the reactive groups that its class needs, the special pattern of the class, and no
    competing group. Raises KeyError for an unknown class.
    """
    rule = _tables()["classes"][name]
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return "the structure cannot be read"
    mol = reaction_form(mol)
    counts = _counts(mol)
    for group, number in rule["needs"].items():
        if counts.get(group, 0) != number:
            return f"{counts.get(group, 0)} {group} groups where {number} are needed"
    if "also" in rule:
        found = matches(rule["also"], mol)
        if found == 0 or ("also_count" in rule and found != rule["also_count"]):
            return f"the pattern of a {name} occurs {found} times"
    allowed = {*rule["needs"], *rule.get("tolerates", ()), *_implied(name)}
    for group in counts:
        if group not in allowed:
            return f"a competing {group} group"
    return vinyl_fault(mol) if rule.get("rule") == "vinyl" else ""


def _implied(name: str) -> tuple[str, ...]:
    """Groups that are the same atoms as the needed ones, or that cannot react under the conditions of the class."""
    return {
        "activated_dihalide": ("aryl_chloride",),
        "tetraamine": (),
        "carbonate_source": ("phenyl_ester",),
        "cyclosiloxane": ("alkoxysilane",),
        "siloxane_diamine": ("alkoxysilane",),
        "diene": ("fluoroalkene",),
        "aryl_dibromide": ("activated_halide",),
        "dihydrazide": ("primary_amine",),
        "diisocyanate": ("phenyl_ester",),
    }.get(name, ())


# Each pattern of a C=C that does not polymerise by itself, with the reason.
_VINYL_FAULTS: tuple[tuple[str, str], ...] = (
    ("[CX3;!R]([#6])=[CX3;!R][#6]", "1,2-disubstituted double bonds do not homopolymerise"),
    ("[CH2]=[CX3]-[CX4;!$(C(F)(F)F)]-[O,N,S,F,Cl,Br,c,$(C=O),$(C#N)]", "allyl monomers transfer hydrogen and give oligomers only"),
    ("[CH2]=[CX3](-[OX2H1,NX3H2,NX3H1;!$(NC=O)])", "an enol or enamine is not a stable monomer"),
    ("[CH2]=[CX3](c)c", "1,1-diaryl ethylenes do not homopolymerise (ceiling temperature)"),
    ("[CH2]=[CX3]([CX4;!H3;!R])-[C,c]=,:[O,N,C,c]", "an alpha substituent larger than methyl lowers the ceiling temperature too far"),
    ("[CH2]=[CX3]([CX4;!H3;!$(C(F)(F)F);!R])[CX4;!H3]", "1,1-dialkyl ethylenes beyond isobutylene give oligomers only"),
)


def vinyl_fault(mol: Chem.Mol) -> str:
    """Why ``mol`` (reaction form) does not polymerise through one vinyl group; an empty string if it does.

    It needs exactly one CH2=C group, or an ethylene all of whose substituents are fluorine or chlorine.
    """
    vinyl, fluoro = matches("[CH2]=[CX3]", mol), matches("[CX3;$(C(F)F),$(C(F)Cl)]=[CX3;$(C(F)F),$(C(F)[#1,Cl]),$([CH]F)]", mol)
    if (
        matches("[CX3;!$([CX3]1=[CX3][#7,#8,#16]~*~*1)]=[CX3;!$([CX3]1=[CX3][#7,#8,#16]~*~*1);!$([CX3]1=[CX3]~*~*[#7,#8,#16]1)]", mol) != 1
        or vinyl + fluoro != 1
    ):
        return "not exactly one polymerisable double bond"
    if fluoro:
        return ""
    for smarts, reason in _VINYL_FAULTS:
        if mol.HasSubstructMatch(query(smarts)):
            return reason
    return ""


def out_of_scope(smiles: str) -> str:
    """Why a monomer leads out of scope, in words; an empty string if it does not.

    Networks: more than two groups that react in step growth, or more than one vinyl group that is no conjugated diene.
    """
    counts = reactive_groups(smiles)
    step = sum(counts.get(name, 0) for name in _STEP_GROWTH)
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return "the structure cannot be read"
    fitting = [name for name in class_names() if not class_fault(smiles, name)]
    if fitting:
        return ""
    if step > 2:
        return f"{step} reactive groups lead to a network; networks are out of scope"
    if counts.get("vinyl", 0) > 1:
        return f"{counts['vinyl']} vinyl groups lead to a network; networks are out of scope"
    return ""
