"""What a worker does with one chunk of records: read, filter, guard, predict, score. A pure function of its argument.

The steps are those of ``tools.evaluation.judge`` in an order that is cheap where most records fail: the exact requirements first, then the
guard, then what is predicted. PAINS and BRENK alerts reject nothing and cost more than all the rest: the report raises them for what it lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem, rdBase

from core.candidate import Candidate, PropertyValue, Proposal, RequirementResult
from core.errors import StructureError
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.files.records import Record, smiles_of
from tools.screening.filter import Step, Values, best_order, exact_steps, first_failed
from tools.structures.parse import parse_polymer, parse_smiles
from tools.structures.standardise import clean, standardise

#: Structures whose outcome a worker remembers, for libraries in which they occur again.
REMEMBERED = 20_000


@dataclass(frozen=True)
class Chunk:
    """Records of one library with the spec (as JSON) that they are held against; ``order``: of its exact requirements, '' for cheapest first.

    ``calculators``: what the worker computes with.
    """

    number: int
    spec: str
    records: tuple[Record, ...]
    calculators: Calculators
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A structure that meets every requirement: its place, identity, score, joint probability, values and the guard's verdict.

    ``notes`` and ``given`` as in :class:`core.candidate.Candidate`: what of a salt or mixture was judged, and what was left out;
    ``identifier``: its number in a catalogue or database, where the library gives one.
    """

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
    notes: tuple[str, ...] = ()
    given: str = ""
    identifier: str = ""


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
def _prepared(spec: str, order: tuple[str, ...], calculators: Calculators) -> tuple[DesignSpec, list[Step]]:
    """The spec and its exact requirements, held against what ``calculators`` compute."""
    made = DesignSpec.model_validate_json(spec)
    steps = exact_steps(made, calculators=calculators)
    return made, sorted(steps, key=lambda s: order.index(s.id)) if order else steps


def order_for(records: Iterable[Record], spec: DesignSpec, *, calculators: Calculators) -> tuple[str, ...]:
    """The order of the exact requirements of ``spec`` that is best for ``records``, the beginning of a library."""
    sample = []
    with rdBase.BlockLogs():
        for record in records:
            try:
                smiles = smiles_of(record)
                sample.append(parse_polymer(smiles) if spec.candidate_class == "polymer" else parse_smiles(smiles))
            except (StructureError, ValueError):
                continue
        return best_order(exact_steps(spec, calculators=calculators), sample)


@dataclass(frozen=True)
class _Sieved:
    """How a structure stood the exact requirements.

    Attributes:
        failed: id of the first requirement that it fails; ''.
        written: canonical SMILES of what was looked at; '' where a requirement failed.
        known: computed properties by name, likewise.
    """

    failed: str
    written: str = ""
    known: tuple[tuple[str, float], ...] = ()


@lru_cache(maxsize=REMEMBERED)
def _sieved(smiles: str, spec: str, order: tuple[str, ...], calculators: Calculators) -> _Sieved:
    """``smiles`` held against the exact requirements of ``spec``. Raises StructureError for what cannot be read."""
    made, steps = _prepared(spec, order, calculators)
    plain = not _ODD.search(smiles)
    if not plain and " |" in smiles:  # an extension: racemic and relative centres have no configuration of their own
        smiles = standardise(smiles, made.candidate_class).smiles
    if plain and steps and made.candidate_class != "polymer" and _lacking(smiles, steps[0]):
        return _failed(steps[0].id)
    flat = made.candidate_class != "polymer" and (plain or not _STEREO.search(smiles))
    mol = parse_polymer(smiles) if made.candidate_class == "polymer" else _read(smiles, flat, plain)
    if not plain and _UNCLEAN.search(smiles):
        mol, _ = clean(mol, [])
        smiles = Chem.MolToSmiles(mol)
        mol = Chem.MolFromSmiles(smiles)
        if mol is None:
            raise StructureError("the standard form of this structure cannot be read back", smiles=smiles)
        flat = False
    known: Values = {}
    failed = first_failed(mol, steps, known, perceived=not flat)
    return _failed(failed) if failed else _Sieved("", Chem.MolToSmiles(mol), tuple(known.items()))


@lru_cache(maxsize=256)
def _failed(requirement: str) -> _Sieved:
    return _Sieved(requirement)


def _lacking(smiles: str, step: Step) -> bool:
    """Whether plain SMILES that can be read show by their letters that they hold not every element that ``step`` needs.

    Of such a structure no more is perceived than shows that it can be read; what is not sure to be readable is answered with False.
    """
    if len(smiles) > PLAIN_LENGTH or all(symbol in smiles or symbol.lower() in smiles for symbol in step.needs):
        return False
    mol = Chem.MolFromSmiles(smiles, _AS_WRITTEN)
    return mol is not None and mol.GetNumAtoms() > 0 and not Chem.SanitizeMol(mol, _READABLE, catchErrors=True)


def _read(smiles: str, flat: bool, plain: bool = False) -> Chem.Mol:
    """The molecule; short plain SMILES are read at once, all others with the checks of :func:`parse_smiles`.

    ``flat``: without stereochemistry; ``plain``: no sign of :data:`_ODD` in it.
    """
    if len(smiles) > PLAIN_LENGTH or (not plain and _UNUSUAL.search(smiles)):
        return parse_smiles(smiles)
    mol = Chem.MolFromSmiles(smiles, _AS_WRITTEN) if flat else Chem.MolFromSmiles(smiles)
    if flat and mol is not None and Chem.SanitizeMol(mol, catchErrors=True):  # what failed, 0 for nothing
        mol = None
    return mol if mol is not None and smiles else parse_smiles(smiles)


#: Longest SMILES, in characters, that is read without being looked through first, and signs that it may not hold.
PLAIN_LENGTH = 200
_UNUSUAL = re.compile(r"[*%\s]")
#: What the most common SMILES have not: no sign of those below, nor of those above, is in one without these.
_ODD = re.compile(r"[*%\s@/\\\[.]")
#: Signs of stereochemistry, and of hydrogens that reading takes away.
_STEREO = re.compile(r"[@/\\]|\[\d*H")
_AS_WRITTEN = Chem.SmilesParserParams()
_AS_WRITTEN.sanitize = _AS_WRITTEN.removeHs = False
#: The steps of sanitisation that refuse a structure; the others only add to what is known of it.
_READABLE = int(Chem.SanitizeFlags.SANITIZE_PROPERTIES | Chem.SanitizeFlags.SANITIZE_KEKULIZE)
#: What standardisation may change, as it is written: more than one piece, isotopes, atom maps, positive S, P and As, hydrogens of their own,
#: alkali and alkaline earth metals. Other charges of a structure in one piece stay as drawn.
_UNCLEAN = re.compile(r"\.|\[\d|\[[^\]]*:|\[(?:S|P|As)[^a-z\]]*\+|\[(?:Li|Be|Na|Mg|K|Ca|Rb|Sr|Cs|Ba|H)\b")


def process(chunk: Chunk) -> Outcome:
    """The outcome of one chunk: unreadable records with their reason, rejections counted, hits with score and values.

    Cheap exact requirements come first, then the guard, then predictors for what is left. Every structure that leaves with a score has
    passed the guard; one that the guard blocks is listed with the rule. Never raises for a record.
    """
    spec, _ = _prepared(chunk.spec, chunk.order, chunk.calculators)
    outcome = Outcome(chunk.number, chunk.records[0].index if chunk.records else 0, len(chunk.records))
    passed: list[tuple[Record, Candidate, _Sieved]] = []
    with rdBase.BlockLogs():
        for record in chunk.records:
            try:
                smiles = smiles_of(record)
                sieved = _sieved(smiles, chunk.spec, chunk.order, chunk.calculators)
                if sieved.failed:
                    outcome.reject(sieved.failed)
                    continue
                candidate = _identified(smiles, record, spec)
            except (StructureError, ValueError) as error:
                outcome.unreadable.append((record.index, record.line, record.name, str(error)[:300]))
                continue
            if candidate.rejected_by:
                rule = candidate.rejected_by.removeprefix("safety:")
                outcome.blocked.append((record.index, record.line, record.name, f"{rule}: {candidate.rejected_reason}"[:300]))
                outcome.reject(candidate.rejected_by)
                continue
            passed.append((record, candidate, sieved))
        _score(passed, chunk, outcome)
    return outcome


def _identified(smiles: str, record: Record, spec: DesignSpec) -> Candidate:
    """The candidate in its standard form with the guard's verdict on all that the record holds, without alerts."""
    from tools.evaluation.judge import guarded, standardised_form

    words = f"record {record.index + 1} of the library, line {record.line}"
    proposal = Proposal(smiles=smiles, name=record.title, proposer="library", operator="screened", rationale=words)
    candidate, mol = standardised_form(proposal, spec.candidate_class)
    return guarded(candidate, alerts=False, read=mol)


@lru_cache(maxsize=4)
def _settled(spec: str, order: tuple[str, ...], calculators: Calculators) -> dict[str, RequirementResult]:
    """The results of the exact requirements, by id, for a structure that meets them all."""
    return {
        step.id: RequirementResult(id=step.id, text=step.text, met=True, probability=1.0) for step in _prepared(spec, order, calculators)[1]
    }


def _score(passed: list[tuple[Record, Candidate, _Sieved]], chunk: Chunk, outcome: Outcome) -> None:
    """Estimate, check and score what passed the exact requirements and the guard; what the filter found is not computed again.

    The filter looked at the structure as it was read. Where that is written as its standard form is, its answers hold for that form.
    """
    if not passed:
        return
    from tools.evaluation.judge import checked, estimated
    from tools.evaluation.score import score_candidates

    spec, settled = _prepared(chunk.spec, chunk.order, chunk.calculators)[0], _settled(chunk.spec, chunk.order, chunk.calculators)
    knowns = [dict(sieved.known) for _, _, sieved in passed]
    valued = estimated(
        [candidate for _, candidate, _ in passed], spec.property_names(), spec.conditions, known=knowns, calculators=chunk.calculators
    )
    judged = [
        checked(c, spec, settled if s.written == c.smiles else None, calculators=chunk.calculators)
        for c, (_, _, s) in zip(valued, passed, strict=True)
    ]
    for (record, _, _), candidate in zip(passed, score_candidates(judged, spec, calculators=chunk.calculators), strict=True):
        if candidate.status == "kept":
            outcome.hits.append(_hit(record, candidate))
        else:
            outcome.reject(candidate.rejected_by.removeprefix("requirement:"))


def _hit(record: Record, candidate: Candidate) -> Hit:
    assert candidate.safety is not None
    return Hit(
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
        notes=tuple(candidate.notes),
        given=candidate.given,
        identifier=record.identifier,
    )


def _plain(value: PropertyValue) -> float | str | None:
    return round(value.number, 6) if value.number is not None else value.value
