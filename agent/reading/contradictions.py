"""Requirements that no structure can meet together."""

from __future__ import annotations

from rdkit import Chem

from agent.reading.registered import GROUPS, REGISTRY, RULE_SETS, compile_smarts
from core.errors import ContradictionError
from core.spec import CountRequirement, ElementsRequirement, MotifRequirement, PropertyRequirement, Requirement, RuleSetRequirement

_INF = float("inf")
#: The largest structure that is designed, in heavy atoms.
MAX_HEAVY_ATOMS = 150
#: Counts that cannot exceed another count.
_PARTS = (
    ("aromatic_rings", "ring_count"),
    ("aliphatic_rings", "ring_count"),
    ("saturated_rings", "ring_count"),
    ("heterocycles", "ring_count"),
    ("aromatic_heterocycles", "aromatic_rings"),
    ("aromatic_heterocycles", "heterocycles"),
    ("heteroatoms", "heavy_atoms"),
)


class _Range:
    """The range that requirements leave for one quantity; ends carry whether they are excluded."""

    def __init__(self) -> None:
        self.low, self.high, self.low_open, self.high_open = -_INF, _INF, False, False
        self.low_phrase = self.high_phrase = ""

    def narrow(self, low: float, high: float, strict_low: bool, strict_high: bool, phrase: str) -> None:
        """Take another lower and upper end into account, with the phrase that states them."""
        if low > self.low or (low == self.low and strict_low):
            self.low, self.low_open, self.low_phrase = low, strict_low, phrase
        if high < self.high or (high == self.high and strict_high):
            self.high, self.high_open, self.high_phrase = high, strict_high, phrase

    def empty(self) -> bool:
        """Whether nothing is left."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def phrases(self) -> str:
        """The phrases that set the two ends."""
        return " / ".join(dict.fromkeys(p for p in (self.low_phrase, self.high_phrase) if p))


def _phrase(requirement: Requirement) -> str:
    return requirement.phrase or requirement.text


def reject_contradictions(requirements: list[Requirement]) -> None:
    """Raises ContradictionError, quoting the phrases, if two requirements exclude each other."""
    ranges = _property_ranges(requirements)
    for part, whole in _PARTS:
        if part in ranges and whole in ranges and ranges[part].low > ranges[whole].high:
            raise ContradictionError(
                f"{REGISTRY[part].label} cannot exceed {REGISTRY[whole].label}",
                phrase=f"{ranges[part].low_phrase} / {ranges[whole].high_phrase}",
            )
    counts = _count_ranges(requirements)
    _size(counts)
    _elements(requirements, counts)
    _motifs(requirements, ranges)
    _mass(counts, ranges)


def _property_ranges(requirements: list[Requirement]) -> dict[str, _Range]:
    ranges: dict[str, _Range] = {}
    for r in requirements:
        if isinstance(r, PropertyRequirement) and r.basis == "registered":
            low, high = r.condition.bounds()
            strict = r.condition.comparison
            ranges.setdefault(r.property, _Range()).narrow(low, high, strict == ">", strict == "<", _phrase(r))
            if REGISTRY[r.property].integer:
                box = ranges[r.property]
                if strict == "<":
                    box.narrow(-_INF, high - 1, False, False, _phrase(r))
                if strict == ">":
                    box.narrow(low + 1, _INF, False, False, _phrase(r))
        if isinstance(r, RuleSetRequirement) and r.allowed_violations == 0 and r.rule_set in RULE_SETS:
            for rule in RULE_SETS[r.rule_set].rules:
                if rule.metric in REGISTRY:
                    ends = (-_INF, rule.limit) if rule.comparison == "<=" else (rule.limit, _INF)
                    ranges.setdefault(rule.metric, _Range()).narrow(*ends, False, False, _phrase(r) or RULE_SETS[r.rule_set].label)
    for name, box in ranges.items():
        if box.empty():
            raise ContradictionError(f"no structure can meet both demands on {REGISTRY[name].label}", phrase=box.phrases())
    return ranges


def _count_ranges(requirements: list[Requirement]) -> dict[tuple[str, str], _Range]:
    counts: dict[tuple[str, str], _Range] = {}
    for r in requirements:
        if isinstance(r, CountRequirement):
            low, high = r.condition.bounds()
            low = low + 1 if r.condition.comparison == ">" else low
            high = high - 1 if r.condition.comparison == "<" else high
            counts.setdefault((r.what, r.name), _Range()).narrow(low, high, False, False, _phrase(r))
        elif isinstance(r, MotifRequirement):
            ends = (1.0, _INF) if r.wanted else (0.0, 0.0)
            counts.setdefault(("group", r.name), _Range()).narrow(*ends, False, False, _phrase(r))
    for (_, name), box in counts.items():
        if box.empty():
            raise ContradictionError(f"no structure can meet both demands on {name}", phrase=box.phrases())
    return counts


def _size(counts: dict[tuple[str, str], _Range]) -> None:
    """Reject counts that only a structure too large to be designed could meet."""
    for kind, noun in (("element", "atoms"), ("group", "groups")):
        wanted = [(name, box) for (what, name), box in counts.items() if what == kind and name != "H" and box.low > 0]
        total = sum(box.low for _, box in wanted)
        if total > MAX_HEAVY_ATOMS:
            raise ContradictionError(
                f"{total:g} {noun} are asked for, but structures of more than {MAX_HEAVY_ATOMS} heavy atoms are not designed",
                phrase=" / ".join(dict.fromkeys(box.low_phrase for _, box in wanted if box.low_phrase)),
            )


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


def _required_elements(name: str, smarts: str) -> set[str]:
    """Elements that every match of a group must hold, from its example; atoms with a choice of elements are left out."""
    query = compile_smarts(smarts)
    example = Chem.MolFromSmiles(GROUPS[name].example) if name in GROUPS else None
    fixed = {a.GetSymbol() for a in query.GetAtoms() if a.GetAtomicNum() > 1}
    if example is None:
        return fixed - {"H", "*"}
    match = example.GetSubstructMatch(query)
    for atom, index in zip(query.GetAtoms(), match, strict=False):
        described = atom.DescribeQuery()
        if "AtomOr" not in described or "RecursiveStructure" in described:
            fixed.add(example.GetAtomWithIdx(index).GetSymbol())
    return fixed - {"H", "*"}


def _elements(requirements: list[Requirement], counts: dict[tuple[str, str], _Range]) -> None:
    only = [r for r in requirements if isinstance(r, ElementsRequirement)]
    for r in only:
        allowed = {"H", *r.allowed}
        for (what, name), box in counts.items():
            if box.low < 1:
                continue
            if what == "element" and name not in allowed:
                raise ContradictionError(
                    f"{name} is asked for, but only {', '.join(r.allowed)} are allowed", phrase=f"{_phrase(r)} / {box.low_phrase}"
                )
        for wanted in _wanted_groups(requirements):
            missing = sorted(_required_elements(wanted.name, wanted.smarts) - allowed)
            if missing:
                raise ContradictionError(
                    f"{wanted.name} needs {', '.join(missing)}, but only {', '.join(r.allowed)} are allowed",
                    phrase=f"{_phrase(r)} / {_phrase(wanted)}",
                )
    for (what, name), box in counts.items():
        if what == "element" and box.high == 0:
            for wanted in _wanted_groups(requirements):
                if name in _required_elements(wanted.name, wanted.smarts):
                    raise ContradictionError(f"{wanted.name} needs {name}", phrase=f"{_phrase(wanted)} / {box.high_phrase}")


def _wanted_groups(requirements: list[Requirement]) -> list[MotifRequirement | CountRequirement]:
    found: list[MotifRequirement | CountRequirement] = []
    for r in requirements:
        if (isinstance(r, MotifRequirement) and r.wanted) or (
            isinstance(r, CountRequirement) and r.what == "group" and r.condition.bounds()[0] >= 1
        ):
            found.append(r)
    return found


def _motifs(requirements: list[Requirement], ranges: dict[str, _Range]) -> None:
    banned = [r for r in requirements if isinstance(r, MotifRequirement) and not r.wanted]
    for wanted in _wanted_groups(requirements):
        if wanted.name not in GROUPS:
            continue
        example = _substituted(GROUPS[wanted.name].example, wanted.smarts)
        atoms = set(example.GetSubstructMatch(compile_smarts(wanted.smarts)))
        for r in banned:
            if any(set(m) <= atoms for m in example.GetSubstructMatches(compile_smarts(r.smarts))) and not _choice(wanted.smarts):
                raise ContradictionError(
                    f"every {wanted.name} holds {r.name}, which is excluded", phrase=f"{_phrase(wanted)} / {_phrase(r)}"
                )
        rings = ranges.get("ring_count")
        if GROUPS[wanted.name].kind == "ring system" and rings is not None and rings.high < 1:
            raise ContradictionError(f"{wanted.name} is a ring, but rings are excluded", phrase=f"{_phrase(wanted)} / {rings.high_phrase}")
    for count in requirements:
        if isinstance(count, CountRequirement) and count.what == "element" and count.condition.bounds()[0] >= 1:
            lone = Chem.MolFromSmiles(f"[{count.name}]") if count.name != "H" else None
            for motif in banned:
                query = compile_smarts(motif.smarts)
                if lone is not None and query.GetNumAtoms() == 1 and lone.HasSubstructMatch(query):
                    phrase = f"{_phrase(count)} / {_phrase(motif)}"
                    raise ContradictionError(f"{count.name} is asked for, but {motif.name} is excluded", phrase=phrase)


def _substituted(smiles: str, smarts: str) -> Chem.Mol:
    """The example of a group with a methyl on each heteroatom of it that bears hydrogen, where it still is that group: what no substituent removes."""
    mol = Chem.MolFromSmiles(smiles)
    for index in mol.GetSubstructMatch(compile_smarts(smarts)):
        atom = mol.GetAtomWithIdx(index)
        if atom.GetAtomicNum() == 6 or atom.GetTotalNumHs() == 0 or atom.GetIsAromatic():
            continue
        grown = Chem.RWMol(mol)
        grown.GetAtomWithIdx(index).SetNumExplicitHs(0)
        grown.AddBond(index, grown.AddAtom(Chem.Atom(6)), Chem.BondType.SINGLE)
        try:
            Chem.SanitizeMol(grown)
        except (Chem.AtomValenceException, Chem.KekulizeException):
            continue
        if grown.HasSubstructMatch(compile_smarts(smarts)):
            mol = grown.GetMol()
    return mol


def _choice(smarts: str) -> bool:
    """Whether a pattern offers a choice of atoms, so that its example is only one of its forms."""
    return any("AtomOr" in a.DescribeQuery() and "RecursiveStructure" not in a.DescribeQuery() for a in compile_smarts(smarts).GetAtoms())


def _mass(counts: dict[tuple[str, str], _Range], ranges: dict[str, _Range]) -> None:
    weight = ranges.get("molecular_weight")
    if weight is None or weight.high == _INF:
        return
    table = Chem.GetPeriodicTable()
    parts = [(name, box.low) for (what, name), box in counts.items() if what == "element" and box.low >= 1]
    least = sum(table.GetAtomicWeight(name) * n for name, n in parts)
    if least > weight.high:
        atoms = ", ".join(f"{n:g} {name}" for name, n in parts)
        raise ContradictionError(f"{atoms} alone weigh {least:.0f} g/mol", phrase=weight.high_phrase)
