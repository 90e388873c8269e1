"""The costly calculators of quantum chemistry: what each computes in one call, what it refuses, and the lines that make values of raw numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from importlib import resources

from rdkit import Chem

from core.model import content_hash
from core.spec import CandidateClass
from tools.calculators.costly.protocol import Call, CostlyCalculator, Outcome, PlainCostly, failed
from tools.calculators.quantum.calibration import FILE, lines
from tools.calculators.quantum.definitions import BOND, ELECTRONIC, HYDRATION, SOLVATION, TRIPLET, defined
from tools.calculators.quantum.geometry import NoGeometry
from tools.calculators.quantum.oligomers import UNITS, oligomer
from tools.calculators.quantum.tight_binding import NotConverged, installed, program
from tools.catalogue.property import Property

#: Elements whose molecules the lines were fitted to.
ELEMENTS = frozenset({1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 34, 35, 53})
#: Heavy atoms of the largest molecule, and of the largest oligomer.
LARGEST, LARGEST_OLIGOMER = 60, 75
#: Heavy atoms of the largest molecule whose bonds are broken, which costs up to twelve geometries.
LARGEST_TO_BREAK = 30


@cache
def _version() -> str:
    """Program and protocol with a hash of the calibration: everything that changes a value."""
    text = resources.files("tools.calculators.quantum").joinpath(FILE).read_text(encoding="utf-8")
    return f"{program()}, protocol 1, calibration {content_hash(text)[:8]}"


def unfit(mol: Chem.Mol, candidate_class: CandidateClass, largest: int = LARGEST) -> str:
    """Why the method has no answer for a structure, told from its graph: its size (number of heavy atoms), element, charge, a lone electron; empty where it has one."""
    atoms = [a for a in mol.GetAtoms() if a.GetAtomicNum() != 0]
    strange = sorted({a.GetSymbol() for a in atoms if a.GetAtomicNum() not in ELEMENTS})
    if strange:
        return f"no reference values for {', '.join(strange)}"
    if len(Chem.GetMolFrags(mol)) > 1:
        return "more than one molecule: ions and complexes are not computed"
    if Chem.GetFormalCharge(mol):
        return "it carries a net charge: energies of ions in the gas phase say nothing of them in a liquid"
    if any(a.GetNumRadicalElectrons() for a in atoms):
        return "a radical: only closed shells are computed"
    units, limit = (UNITS, LARGEST_OLIGOMER) if candidate_class == "polymer" else (1, largest)
    heavy = units * sum(a.GetAtomicNum() > 1 for a in atoms)
    if heavy > limit:
        return f"{heavy} heavy atoms{f' in {units} repeat units' if units > 1 else ''}: more than {limit} are not computed"
    return ""


def dipole_line(smiles: str) -> str:
    """The line of a molecule's dipole moment: GFN2-xTB makes bonds to bromine and iodine too polar, so these have one of their own."""
    heavy = any(a.GetAtomicNum() in (35, 53) for a in Chem.MolFromSmiles(smiles).GetAtoms())
    return "dipole_moment of bromides and iodides" if heavy else "dipole_moment"


def _line(name: str, raw: float) -> Outcome:
    value, sigma = lines()[name](raw)
    return Outcome(round(value, 4), sigma=round(sigma, 4))


class _Quantum(PlainCostly, ABC):
    """What the calculators below have in common; each gives ``name``, ``properties`` and ``found``. Two of one kind are equal."""

    name: str
    properties: tuple[Property, ...]
    seconds: float = 4.0
    limit: float = 300.0

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @property
    def version(self) -> str:
        """Program, protocol and calibration."""
        return _version()

    def refuses(self, mol: Chem.Mol, candidate_class: CandidateClass) -> str:
        """Why it has no answer; see :func:`unfit`."""
        return unfit(mol, candidate_class)

    def compute(self, call: Call) -> Mapping[str, Outcome]:
        """The values of ``call.names`` in the units of the properties; None with the reason where the method has no answer."""
        mol = Chem.MolFromSmiles(call.smiles)
        reason = "the structure cannot be read" if mol is None else self.refuses(mol, call.candidate_class)
        if reason:
            return failed(call.names, reason)
        smiles = oligomer(call.smiles) if call.candidate_class == "polymer" else call.smiles
        try:
            found = self.found(smiles, call)
        except (NoGeometry, NotConverged, ValueError) as error:
            return failed(call.names, str(error))
        return {name: found[name] for name in call.names}

    @abstractmethod
    def found(self, smiles: str, call: Call) -> dict[str, Outcome]:
        """The values of at least the names of ``call`` for a molecule in the units of the properties. Raises NoGeometry, NotConverged."""


class Orbitals(_Quantum):
    """Orbitals, ionisation energy, electron affinity and dipole: one geometry and three energies."""

    name: str = "GFN2-xTB electronic structure"
    properties: tuple[Property, ...] = defined(*ELECTRONIC)

    def found(self, smiles: str, call: Call) -> dict[str, Outcome]:
        """Energies in eV and the dipole moment in D. Raises NoGeometry, NotConverged."""
        from tools.calculators.quantum.electronic import electronic

        raw = electronic(smiles)
        homo, lumo = _line("homo", raw.homo), _line("lumo", raw.lumo)
        assert homo.value is not None
        assert lumo.value is not None
        return {
            "homo": homo,
            "lumo": lumo,
            "orbital_gap": _line("orbital_gap", lumo.value - homo.value),
            "ionisation_energy": _line("ionisation_energy", raw.ionisation),
            "electron_affinity": _line("electron_affinity", raw.affinity),
            "dipole_moment": _line(dipole_line(smiles), raw.dipole),
        }


class Hydration(_Quantum):
    """The free energy of solvation in water."""

    name: str = "GFN2-xTB hydration"
    properties: tuple[Property, ...] = defined(*HYDRATION)

    def found(self, smiles: str, call: Call) -> dict[str, Outcome]:
        """In kcal/mol. Raises NoGeometry, NotConverged."""
        from tools.calculators.quantum.solvation import solvation

        return {"hydration_free_energy": _line("hydration_free_energy", solvation(smiles, "water"))}


class Solvation(_Quantum):
    """The free energy of solvation in the solvent of the conditions, as the method gives it."""

    name: str = "GFN2-xTB solvation"
    properties: tuple[Property, ...] = defined(*SOLVATION)
    depends_on: tuple[str, ...] = ("solvent_smiles",)

    def found(self, smiles: str, call: Call) -> dict[str, Outcome]:
        """In kcal/mol; None for a solvent that ALPB has no parameters of. Raises NoGeometry, NotConverged."""
        from tools.calculators.quantum.solvation import solvation, solvent_name

        name = solvent_name(call.conditions.solvent_smiles)
        if not name:
            return failed(call.names, f"ALPB has no parameters of the solvent {call.conditions.solvent}")
        return {"solvation_free_energy": Outcome(round(solvation(smiles, name), 4))}


class Triplet(_Quantum):
    """The lowest triplet."""

    name: str = "spGFN2-xTB triplet"
    properties: tuple[Property, ...] = defined(*TRIPLET)

    def found(self, smiles: str, call: Call) -> dict[str, Outcome]:
        """In eV. Raises NoGeometry, NotConverged."""
        from tools.calculators.quantum.electronic import triplet_gap

        return {"triplet_energy": _line("triplet_energy", triplet_gap(smiles))}


class WeakestBond(_Quantum):
    """The weakest single bond: up to six bonds, two radicals each."""

    name: str = "spGFN2-xTB bond dissociation"
    properties: tuple[Property, ...] = defined(*BOND)
    seconds: float = 15.0
    limit: float = 600.0

    def refuses(self, mol: Chem.Mol, candidate_class: CandidateClass) -> str:
        """Why it has no answer; it takes smaller molecules than the others."""
        return unfit(mol, candidate_class, LARGEST_TO_BREAK)

    def found(self, smiles: str, call: Call) -> dict[str, Outcome]:
        """In kcal/mol; None where the molecule has no such bond, or one of a pair of elements without reference values. Raises NoGeometry, NotConverged."""
        from tools.calculators.quantum.bonds import breakable, broken_bonds

        pairs = breakable(smiles)
        unknown = sorted({pair for pair in pairs if f"bond {pair}" not in lines()})
        if not pairs or unknown:
            why = f"no reference values for bonds {', '.join(unknown)}" if unknown else "it has no single bond outside rings"
            return {"weakest_bond": Outcome(None, reason=why)}
        values = [_line(f"bond {bond.pair}", bond.energy) for bond in broken_bonds(smiles)]
        return {"weakest_bond": min(values, key=lambda outcome: outcome.value or 0.0)}


def costly() -> tuple[CostlyCalculator, ...]:
    """The calculators of quantum chemistry; none where tblite is not installed."""
    return (Orbitals(), Hydration(), Solvation(), Triplet(), WeakestBond()) if installed() else ()
