"""The candidates of a report in series: common cores, what stands at each position, and how similar they are to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.candidate import Candidate
from core.report import Report


@dataclass(frozen=True)
class Member:
    """A candidate of a series; what stands at each position of the core, as text by label."""

    candidate: Candidate
    groups: Mapping[str, str]


@dataclass(frozen=True)
class CandidateSeries:
    """A core (SMILES), the same with its numbered positions, their labels ('R1'), and the members in the order of the report."""

    core: str
    labelled: str
    labels: list[str]
    members: list[Member]


@dataclass(frozen=True)
class Relations:
    """How the candidates of a report belong together.

    Attributes:
        series: of at least two candidates each, the largest first.
        alone: how many candidates are in no series.
        similarity: SVG of a map in which similar candidates lie near each other; empty for fewer than three candidates.
        kept: the share of the squared distances that the map shows, 0 to 1.
    """

    series: list[CandidateSeries]
    alone: int
    similarity: str
    kept: float


def relations(report: Report) -> Relations:
    """The series of the listed and the closest candidates, and their map."""
    from tools.reporting.plots import Mark, scatter
    from tools.structures.series import HYDROGEN, MOST, series, similarity_map

    shown = [*report.candidates, *report.closest][:MOST]
    smiles = [c.smiles for c in shown]
    found = []
    for group in series(smiles):
        parts = group.groups or [{}] * len(group.members)
        members = [
            Member(shown[place], {label: _said(text, HYDROGEN) for label, text in groups.items()})
            for place, groups in zip(group.members, parts, strict=True)
        ]
        found.append(CandidateSeries(group.core, group.labelled or group.core, group.labels, members))
    plane = similarity_map(smiles)
    svg = ""
    if plane is not None:
        marks = [
            Mark(
                float(x),
                float(y),
                "listed" if c.rank else "rejected",
                f"{c.rank or 'close'}: {c.name or c.smiles}",
                c.key,
                f"#c-{c.key}",
                str(c.rank or ""),
            )
            for c, (x, y) in zip(shown, plane.points, strict=True)
        ]
        svg = scatter(marks, "first direction of the distances", "second direction")
    together = {m.candidate.key for s in found for m in s.members}
    return Relations(found, sum(c.key not in together for c in shown), svg, plane.kept if plane else 0.0)


#: Formulas of groups that chemists write as such, by their SMILES with * for the bond to the core.
_FORMULAS = {
    "*C": "CH3", "*CC": "C2H5", "*C(F)(F)F": "CF3", "*C#N": "CN", "*O": "OH", "*OC": "OCH3", "*N": "NH2", "*N(C)C": "N(CH3)2",
    "*[N+](=O)[O-]": "NO2", "*F": "F", "*Cl": "Cl", "*Br": "Br", "*I": "I",
}  # fmt: skip


def _said(group: str, hydrogen: str) -> str:
    """What stands at a position, as text: 'H', the formula of a common group, or a SMILES that begins with the bond to the core, *.

    A group with more than one bond to the core, or with an end of a repeat unit, has [R1] in the place of each bond.
    """
    if group == hydrogen:
        return "H"
    parts = [_part(part) for part in group.split(".")]
    return ", ".join(f"{n} × {text}" if (n := parts.count(text)) > 1 else text for text in dict.fromkeys(parts))


def _part(group: str) -> str:
    from rdkit import Chem

    mol = Chem.MolFromSmiles(group)
    ends = [a for a in mol.GetAtoms() if a.GetAtomicNum() == 0] if mol is not None else []
    if len(ends) != 1:
        return group.replace("[*:", "[R")
    ends[0].SetAtomMapNum(0)
    ends[0].SetIsotope(0)
    if mol.GetNumAtoms() == 2 and mol.GetAtomWithIdx(1 - ends[0].GetIdx()).GetAtomicNum() == 1:
        return "H"
    text = str(Chem.MolToSmiles(mol, rootedAtAtom=ends[0].GetIdx()))
    return _FORMULAS.get(text, text)
