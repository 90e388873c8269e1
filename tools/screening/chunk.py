"""What a worker does with one chunk of records: read, filter, guard, predict, score. A pure function of its argument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem, rdBase

from core.candidate import Candidate, Origin, PropertyValue, RequirementResult
from core.errors import StructureError
from core.spec import DesignSpec
from tools.screening.filter import Step, Values, best_order, exact_steps, first_failed
from tools.structures.parse import parse_polymer, parse_smiles
from tools.structures.records import Format, Record, smiles_of
from tools.structures.standardise import clean, standard_form

#: Structures whose outcome a worker remembers, for libraries in which they occur again.
REMEMBERED = 20_000


@dataclass(frozen=True)
class Chunk:
    """Records of one library with the spec (as JSON) that they are held against; ``order``: of its exact requirements, '' for cheapest first."""

    number: int
    spec: str
    format: Format
    records: tuple[Record, ...]
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A structure that meets every requirement: its place, identity, score, joint probability, values and the guard's verdict."""

    index: int
    line: int
    name: str
    smiles: str
    key: str
    dedup_key: str
    score: float
    p_meets: float
    values: dict[str, float | str | None]
    safety: str
    warnings: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What became of a chunk. ``failed`` counts rejected records by requirement id, or 'safety:RULE'."""

    number: int
    first: int
    count: int
    hits: list[Hit] = field(default_factory=list)
    unreadable: list[tuple[int, int, str, str]] = field(default_factory=list)
    blocked: list[tuple[int, int, str, str]] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)

    def reject(self, reason: str) -> None:
        """Count one rejected record."""
        self.failed[reason] = self.failed.get(reason, 0) + 1


@lru_cache(maxsize=4)
def _prepared(spec: str, order: tuple[str, ...]) -> tuple[DesignSpec, list[Step]]:
    made = DesignSpec.model_validate_json(spec)
    steps = exact_steps(made)
    return made, sorted(steps, key=lambda s: order.index(s.id)) if order else steps


def order_for(records: Iterable[Record], spec: DesignSpec, kind: Format) -> tuple[str, ...]:
    """The order of the exact requirements of ``spec`` that is best for ``records``, the beginning of a library."""
    sample = []
    with rdBase.BlockLogs():
        for record in records:
            try:
                smiles = smiles_of(record, kind)
                sample.append(parse_polymer(smiles) if spec.candidate_class == "polymer" else parse_smiles(smiles))
            except (StructureError, ValueError):
                continue
        return best_order(exact_steps(spec), sample)


@dataclass(frozen=True)
class _Sieved:
    """How a structure stood the exact requirements.

    Attributes:
        smiles: the structure cleaned, as it was looked at.
        failed: id of the first requirement that it fails; ''.
        written: canonical SMILES of what was looked at; '' where a requirement failed.
        known: computed properties by name, likewise.
    """

    smiles: str
    failed: str
    written: str = ""
    known: tuple[tuple[str, float], ...] = ()


@lru_cache(maxsize=REMEMBERED)
def _sieved(smiles: str, spec: str, order: tuple[str, ...]) -> _Sieved:
    """``smiles`` held against the exact requirements of ``spec``. Raises StructureError for what cannot be read."""
    made, steps = _prepared(spec, order)
    mol = parse_polymer(smiles) if made.candidate_class == "polymer" else _read(smiles)
    if _UNCLEAN.search(smiles):
        mol = clean(mol, [])
        smiles = Chem.MolToSmiles(mol)
        mol = Chem.MolFromSmiles(smiles)
        if mol is None:
            raise StructureError("the standard form of this structure cannot be read back", smiles=smiles)
    known: Values = {}
    failed = first_failed(mol, steps, known)
    return _Sieved(smiles, failed) if failed else _Sieved(smiles, "", Chem.MolToSmiles(mol), tuple(known.items()))


def _read(smiles: str) -> Chem.Mol:
    """The molecule; short plain SMILES are read at once, all others with the checks of :func:`parse_smiles`."""
    mol = Chem.MolFromSmiles(smiles) if len(smiles) <= PLAIN_LENGTH and not _UNUSUAL.search(smiles) else None
    return mol if mol is not None and mol.GetNumAtoms() else parse_smiles(smiles)


#: Longest SMILES, in characters, that is read without being looked through first, and signs that it may not hold.
PLAIN_LENGTH = 200
_UNUSUAL = re.compile(r"[*%\s]")
#: What standardisation may change, as it is written: more than one piece, isotopes, atom maps, positive S, P and As, hydrogens of their own,
#: alkali and alkaline earth metals. Other charges of a structure in one piece stay as drawn.
_UNCLEAN = re.compile(r"\.|\[\d|\[[^\]]*:|\[(?:S|P|As)[^a-z\]]*\+|\[(?:Li|Be|Na|Mg|K|Ca|Rb|Sr|Cs|Ba|H)\b")


def process(chunk: Chunk) -> Outcome:
    """The outcome of one chunk: unreadable records with their reason, rejections counted, hits with score and values.

    Cheap exact requirements come first, then the guard, then predictors for what is left. Every structure that leaves with a score has
    passed the guard; one that the guard blocks is listed with the rule. Never raises for a record.
    """
    spec, _ = _prepared(chunk.spec, chunk.order)
    outcome = Outcome(chunk.number, chunk.records[0].index if chunk.records else 0, len(chunk.records))
    passed: list[tuple[Record, Candidate, _Sieved]] = []
    with rdBase.BlockLogs():
        for record in chunk.records:
            try:
                sieved = _sieved(smiles_of(record, chunk.format), chunk.spec, chunk.order)
                if sieved.failed:
                    outcome.reject(sieved.failed)
                    continue
                candidate = _identified(sieved.smiles, record, spec)
            except (StructureError, ValueError) as error:
                outcome.unreadable.append((record.index, record.line, record.name, str(error)[:300]))
                continue
            assert candidate.safety is not None
            if candidate.safety.verdict == "block":
                rule = next(h for h in candidate.safety.rules if h.verdict == "block")
                outcome.blocked.append((record.index, record.line, record.name, f"{rule.id}: {rule.reason}"[:300]))
                outcome.reject(f"safety:{rule.id}")
                continue
            passed.append((record, candidate, sieved))
        _score(passed, chunk, outcome)
    return outcome


def _identified(smiles: str, record: Record, spec: DesignSpec) -> Candidate:
    """The candidate in its standard form with the guard's verdict."""
    from tools.safety.guard import screen_structure

    structure, mol = standard_form(smiles, spec.candidate_class)
    return Candidate(
        key=structure.key,
        smiles=structure.smiles,
        inchikey=structure.inchikey,
        name=record.name,
        candidate_class=spec.candidate_class,
        dedup_key=structure.dedup_key,
        undefined_stereocentres=structure.undefined_stereocentres,
        notes=list(structure.notes),
        origin=Origin(proposer="library", operator="screened", rationale=f"record {record.index + 1} of the library, line {record.line}"),
        safety=screen_structure(structure.smiles, spec.candidate_class, read=mol),
        status="estimated",
    )


@lru_cache(maxsize=4)
def _settled(spec: str, order: tuple[str, ...]) -> dict[str, RequirementResult]:
    """The results of the exact requirements, by id, for a structure that meets them all."""
    return {step.id: RequirementResult(id=step.id, text=step.text, met=True, probability=1.0) for step in _prepared(spec, order)[1]}


def _score(passed: list[tuple[Record, Candidate, _Sieved]], chunk: Chunk, outcome: Outcome) -> None:
    """Estimate, check and score what passed the exact requirements and the guard; what the filter found is not computed again.

    The filter looked at the structure as it was read. Where that is written as its standard form is, its answers hold for that form.
    """
    if not passed:
        return
    from tools.calculators.estimate import estimate, exact_value
    from tools.evaluation.check import check
    from tools.evaluation.score import score_candidates

    spec, settled = _prepared(chunk.spec, chunk.order)[0], _settled(chunk.spec, chunk.order)
    names = list(dict.fromkeys(spec.property_names()))
    knowns = [dict(sieved.known) for _, _, sieved in passed]
    had = set(names).intersection(*knowns)
    missing = [n for n in names if n not in had]
    values = estimate([c.smiles for _, c, _ in passed], spec.candidate_class, missing, spec.conditions) if missing else [{}] * len(passed)
    checked = []
    for (_, candidate, sieved), known, found in zip(passed, knowns, values, strict=True):
        whole = {n: exact_value(n, known[n]) if n in had else found[n] for n in names}
        estimated = candidate.model_copy(update={"properties": whole})
        results = check(estimated, spec, settled if sieved.written == candidate.smiles else None)
        checked.append(estimated.model_copy(update={"requirements": results}))
    for (record, _, _), candidate in zip(passed, score_candidates(checked, spec), strict=True):
        failed = next((r for r in candidate.requirements if not r.met), None)
        if failed is not None:
            outcome.reject(failed.id)
            continue
        assert candidate.safety is not None
        outcome.hits.append(
            Hit(
                index=record.index,
                line=record.line,
                name=record.name,
                smiles=candidate.smiles,
                key=candidate.key,
                dedup_key=candidate.dedup_key or candidate.key,
                score=candidate.score or 0.0,
                p_meets=candidate.p_meets or 0.0,
                values={name: _plain(value) for name, value in candidate.properties.items()},
                safety=candidate.safety.verdict,
                warnings=tuple(h.id for h in candidate.safety.rules),
            )
        )


def _plain(value: PropertyValue) -> float | str | None:
    return round(value.number, 6) if value.number is not None else value.value
