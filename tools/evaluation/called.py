"""One structure with the values of costly calculators, which are called for it: outside a run, and only for what is asked for by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rdkit import Chem

from core.candidate import Candidate, PropertyValue
from core.spec import DesignSpec, EstimationConditions
from tools.calculators.collection import Calculators
from tools.calculators.costly.adapter import Costly, wanted
from tools.calculators.costly.pool import Callers
from tools.calculators.costly.protocol import Call
from tools.evaluation.judge import checked
from tools.evaluation.score import score_candidates


def _nothing() -> None:
    """What is done meanwhile, where nobody asks for more."""


def called(
    candidate: Candidate,
    names: Sequence[str],
    conditions: EstimationConditions,
    callers: Callers,
    *,
    calculators: Calculators,
    meanwhile: Callable[[], None] = _nothing,
) -> Candidate:
    """``candidate`` with the values of ``names``, each of which costs a call; None with the reason where a calculator refuses it or fails.

    A structure that the guard blocks is not computed. ``meanwhile`` is called every few seconds while a call goes on; what it raises passes through.
    """
    found: dict[str, PropertyValue] = {}
    blocked = candidate.safety is None or candidate.safety.verdict == "block"
    mol = Chem.MolFromSmiles(candidate.smiles)
    for costly in (c for c in calculators if isinstance(c, Costly)):
        asked = tuple(p.name for p in costly.properties if p.name in names)
        definitions = {p.name: p for p in costly.properties}
        if not asked:
            continue
        absent = [n for n in asked if candidate.candidate_class not in definitions[n].classes]
        reason = "the safety guard blocks the structure" if blocked else costly.inner.refuses(mol, candidate.candidate_class)
        given = tuple(n for n in asked if n not in absent)
        if given and not reason:
            call = Call(candidate.smiles, given, candidate.candidate_class, conditions)
            found |= costly.computed(next(iter(callers.answers(costly.inner, [call], meanwhile))).outcomes)
        for name in asked:
            if name not in found:
                why = f"{definitions[name].label} is not defined for a {candidate.candidate_class}" if name in absent else reason
                found[name] = costly.missing(definitions[name], why)
    return candidate.model_copy(update={"properties": {**candidate.properties, **found}})


def called_and_checked(
    candidate: Candidate, spec: DesignSpec, callers: Callers, *, calculators: Calculators, meanwhile: Callable[[], None] = _nothing
) -> Candidate:
    """``candidate``, which was judged by ``spec``, judged again with what its costly properties come to; itself where the spec has none.

    ``meanwhile``: as for :func:`called`.
    """
    names = [name for of in wanted(spec, calculators) for name in of.names]
    if not names:
        return candidate
    with_values = called(candidate, names, spec.conditions, callers, calculators=calculators, meanwhile=meanwhile)
    again = checked(with_values.model_copy(update={"requirements": []}), spec, calculators=calculators)
    return score_candidates([again], spec, calculators=calculators)[0]
