"""Whether reviewers agree, and how a prediction held against what was measured."""

from __future__ import annotations

from typing import Any

from core.candidate import PropertyValue
from core.review import CandidateReview, FeedbackEntry, MeasuredValue, agreement_of, compared, coverage_of, in_force
from tests.tables import each_row

AT = "2026-11-30T08:00:00+00:00"


def said(number: int, author: str, verdict: str, key: str = "A", **more: Any) -> FeedbackEntry:
    return FeedbackEntry(id=f"id{number}", key=key, verdict=verdict, author=author, at=AT, **more)


def measured(value: float, qualifier: str = "=", key: str = "A", number: int = 1) -> FeedbackEntry:
    content = MeasuredValue.model_validate(
        {"property": "melting_point", "value": value, "unit": "°C", "qualifier": qualifier, "given": str(value), "smiles": "CCO"}
    )
    return said(number, "ada", "measured", key, measured=content)


def predicted(**more: Any) -> PropertyValue:
    fields = {"value": 100.0, "unit": "°C", "sigma": 10.0, "lower": 84.0, "upper": 116.0, "method": "m", "method_version": "1"}
    return PropertyValue.model_validate({**fields, **more})


@each_row(
    ("verdicts", "agreement", "decision"),
    [
        ([], "undecided", None),
        ([("ada", "accept")], "one decision", "accept"),
        ([("ada", "accept"), ("bob", "accept")], "agreed", "accept"),
        ([("ada", "accept"), ("ada", "accept")], "one decision", "accept"),
        ([("ada", "accept"), ("bob", "reject")], "disputed", None),
        ([("ada", "accept"), ("bob", "hold")], "disputed", None),
        ([("ada", "reject"), ("bob", "accept"), ("ada", "accept")], "agreed", "accept"),
        ([("ada", "hold"), ("bob", "hold"), ("cyd", "comment")], "agreed", "hold"),
    ],
)
def test_two_different_reviewers_have_to_decide_the_same(verdicts: list[tuple[str, str]], agreement: str, decision: str | None) -> None:
    left = in_force([said(n, author, verdict) for n, (author, verdict) in enumerate(verdicts)])
    assert agreement_of([e for e in left if e.verdict != "comment"]) == (agreement, decision)


def test_what_was_taken_back_counts_no_more_and_an_earlier_decision_does_not_come_back() -> None:
    entries = [said(1, "ada", "reject"), said(2, "ada", "accept"), said(3, "bob", "accept")]
    assert [e.id for e in in_force(entries)] == ["id2", "id3"]
    assert [e.id for e in in_force([*entries, said(4, "ada", "withdraw", withdraws="id2")])] == ["id3"]
    assert [e.id for e in in_force([*entries, said(4, "ada", "withdraw", withdraws="id1")])] == ["id2", "id3"]


def test_a_standing_is_said_in_words() -> None:
    ada, bob = said(1, "ada", "accept"), said(2, "bob", "reject", reason="unstable")
    of = {"key": "A", "smiles": "CCO"}
    one = CandidateReview(**of, agreement="one decision", decision="accept", decisions=[ada])
    assert one.said == "accepted by ada; a second reviewer is missing"
    assert CandidateReview(**of, agreement="disputed", decisions=[ada, bob]).said == "disputed: accepted by ada, rejected by bob (unstable)"
    assert one.by("ada") == ada
    assert one.by("bob") is None


@each_row(
    ("value", "qualifier", "prediction", "difference", "inside"),
    [
        (110.0, "=", predicted(), 10.0, True),
        (116.0, "~", predicted(), 16.0, True),
        (130.0, "=", predicted(), 30.0, False),
        (80.0, "<", predicted(), None, False),  # the whole interval lies above
        (90.0, "<", predicted(), None, None),
        (120.0, ">", predicted(), None, False),
        (110.0, "=", predicted(basis="in the training set"), 10.0, None),
        (110.0, "=", predicted(sigma=0.0, lower=None, upper=None), 10.0, None),
        (110.0, "=", predicted(basis="measured"), None, None),
        (110.0, "=", predicted(value=None), None, None),
        (110.0, "=", None, None, None),
    ],
)
def test_a_measured_value_stands_against_its_prediction(
    value: float, qualifier: str, prediction: PropertyValue | None, difference: float | None, inside: bool | None
) -> None:
    found = compared(measured(value, qualifier), prediction)
    assert (found.difference, found.inside) == (difference, inside)
    assert found.said
    assert (found.why == "") == (inside is not None)


def test_other_conditions_are_not_compared_and_a_computed_value_has_the_spread_of_measured_ones() -> None:
    assert compared(measured(110), predicted(), other_conditions="another solvent").said == "another solvent"
    estimate = predicted(sigma=0.0, lower=None, upper=None)
    assert compared(measured(110), estimate, (90.0, 105.0)).inside is False
    assert (
        compared(measured(110), estimate, (90.0, 105.0)).said
        == "predicted 100 °C (90 % interval 90 to 105), measured 10 °C above, outside the interval"
    )


def test_coverage_counts_structures_and_takes_the_median_of_several_measurements() -> None:
    values = [measured(110), measured(118), measured(114), measured(200, key="B"), measured(90, "<", key="C"), measured(120, ">", key="D")]
    (found,) = coverage_of([compared(m, predicted()) for m in values])
    assert (found.measured, found.compared, found.inside) == (4, 3, 1)
    assert coverage_of([]) == []
