"""Examples for the API's document: what the operations on reviews answer with (:mod:`app.web.examples`)."""

from __future__ import annotations

from typing import Any

from core.candidate import PropertyValue
from core.review import (
    AGREEMENTS,
    MEASURED,
    CandidateReview,
    FeedbackEntry,
    MeasuredValue,
    Review,
    agreement_of,
    compared,
    coverage_of,
)
from core.rounds import NextRound
from core.spec import Condition, DesignSpec, PropertyRequirement

_RUN, _KEY, _AT = "6c141179f229", "OKKJLVBELUTLKV-UHFFFAOYSA-N", "2026-11-30T08:00:00+00:00"
_ENTRY = "3f8e41c0a7d25b9e6c1f0a4d8b37e5921c6d0f4a8e2b7395d1c8064fae93b250"
_ADA = FeedbackEntry(id=_ENTRY, key=_KEY, verdict="accept", author="ada", at=_AT)
_BOB = FeedbackEntry(
    id=_ENTRY[::-1], key=_KEY, verdict="reject", reason="property doubtful", comment="boils at 65 °C", author="bob", at=_AT
)
_VALUE = MeasuredValue(
    property="melting_point",
    value=-97.15,
    unit="°C",
    spread=0.5,
    given="176 ± 0.5 K",
    measured_by="ada",
    measured_on="2026-11-30",
    smiles="CO",
)
_MEASURED = FeedbackEntry(id=_ENTRY[8:] + _ENTRY[:8], key=_KEY, verdict=MEASURED, author="ada", at=_AT, measured=_VALUE)
_PREDICTED = PropertyValue(value=-90.0, unit="°C", sigma=12.0, lower=-109.7, upper=-70.3, method="melting point", method_version="1")
_COMPARED = compared(_MEASURED, _PREDICTED)
_AGREEMENT, _DECISION = agreement_of([_ADA, _BOB])
_STANDING = CandidateReview(
    key=_KEY, smiles="CO", rank=1, agreement=_AGREEMENT, decision=_DECISION, decisions=[_ADA, _BOB], measured=[_COMPARED]
)
_REVIEW = Review(run_id=_RUN, candidates=[_STANDING], coverage=coverage_of([_COMPARED]))
_LIGHT = PropertyRequirement(
    id="R1",
    text="Molecular weight below 300 g/mol",
    property="molecular_weight",
    unit="g/mol",
    condition=Condition(comparison="<", value=300.0),
)
_ACCEPTED = _STANDING.model_copy(update={"agreement": "one decision", "decision": "accept", "decisions": [_ADA]})
_PLAN = NextRound(
    run_id=_RUN,
    spec=DesignSpec(goal="a molecule with MW < 300", candidate_class="molecule", requirements=[_LIGHT], seed=1),
    accepted=[_ACCEPTED],
    rejected=[],
    open=[],
    measured=1,
    notes=["1 of the accepted was accepted by one reviewer alone."],
)


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", by_alias=True)


#: What an operation answers with, by its name.
REVIEW_ANSWERS: dict[str, Any] = {
    "list_decisions": {
        **{name: value for name, value in _plain(_REVIEW).items() if name != "coverage"},
        "counts": {a: int(a == "disputed") for a in AGREEMENTS},
        "history": [_plain(_ADA), _plain(_BOB), _plain(_MEASURED)],
    },
    "decide": _plain(_ACCEPTED),
    "withdraw": _plain(_BOB),
    "list_measurements": {"measurements": [_plain(_COMPARED)], "coverage": [_plain(c) for c in _REVIEW.coverage]},
    "measure": _plain(_COMPARED),
    "import_measurements": {"kept": [_ENTRY], "left_out": [{"line": 3, "reason": "this run did not evaluate the structure"}], "notes": []},
    "list_all_measurements": {
        "measurements": [{"run_id": _RUN, "id": _MEASURED.id, "key": _KEY, "measured": _plain(_VALUE), "author": "ada", "at": _AT}],
        "total": 1,
        "next": None,
    },
    "plan_next_round": _plain(_PLAN),
}
#: Parameters, by their name.
REVIEW_PARAMETERS: dict[str, Any] = {"entry_id": _ENTRY, "standing": "disputed"}
