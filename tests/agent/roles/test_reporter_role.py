"""A model's prose stands beside what the built-in form says in any case, and only where the checker lets it."""

from __future__ import annotations

import random

import pytest

from agent.models import Place
from agent.roles.reporter.checked import checked_rationale
from agent.roles.reporter.model import LEAD, Reason, checked_reasons, checked_summary, reasons, summary
from agent.roles.reporter.sentences import explain_candidate, outcome, summarise
from core.report import Report
from tests.agent.models.fake_server import MALFORMED, fake_model, open_session
from tools.workspace import builtin

PLACE = Place("report", 3, "reporter")
GOOD = "Candidate 1 is a rigid aromatic imide with a Tg of 252 ± 31 °C. Its prediction is uncertain, so measure it first."


def test_a_summary_of_stored_values_is_used(report: Report) -> None:
    pieces: list[str] = []
    with fake_model() as fake, open_session(fake.url) as session:
        fake.say(f"## Summary\n{GOOD}\nCandidate 1 is guaranteed to work.")
        words, note = summary(report, session, PLACE, pieces.append, calculators=builtin().calculators)
    assert words == f"{LEAD}{GOOD}"  # 'Summary.' names nothing of this run
    assert note == "2 sentences of its summary removed by the checker"
    assert "".join(pieces).startswith("## Summary")
    text = summarise(report, words, calculators=builtin().calculators)
    assert text.startswith(outcome(report, calculators=builtin().calculators))
    assert GOOD in text
    assert text.endswith("The search ended because the budget of 1500 evaluations is spent.")


@pytest.mark.parametrize(
    "text",
    [
        "Candidate 1 has a Tg of 400 °C. Candidate 2 has a Tg of 500 °C. It is rigid and aromatic.",
        "All is cheap and safe and proven.",
        "qwv zxx plk rrt mnb vcx lkj hgf dsa poi",
        "",
        "....",
        "the the the the the the the the the the the the the the the the the the the the the the the",
        "Candidate 9 is the best of the list. Candidate 8 is the second of the list.",
    ],
)
def test_too_much_removed_and_the_built_in_text_stands_alone(text: str, report: Report) -> None:
    words, note = checked_summary(text, report, calculators=builtin().calculators)
    assert words == ""
    assert "its summary was not used" in note
    assert summarise(report, words, calculators=builtin().calculators) == summarise(report, calculators=builtin().calculators)


def test_reasons_by_candidate(report: Report) -> None:
    given = [
        Reason(candidate=1, text="Its imide ring is rigid and gives a Tg of 252 °C. It is the best by far with 73 %."),
        Reason(candidate=1, text="A second text for the same candidate is not used."),
        Reason(candidate=2, text="Its Tg is 252 °C."),
        Reason(candidate=3, text="A flexible ether link in the chain keeps it light. It costs 5 euros."),
        Reason(candidate=12, text="This candidate is not there."),
    ]
    shortlist = [*report.candidates, *report.closest]
    said, note = checked_reasons(given, shortlist, report.spec, report.citations, catalogue=builtin().catalogue)
    assert set(said) == {"K1", "K3"}
    assert said["K3"] == f"{LEAD}A flexible ether link in the chain keeps it light."
    assert note == "2 sentences of its reasons removed by the checker; 3 of its reasons not used"
    explained = explain_candidate(report.candidates[0], report.spec, shortlist, report.citations, said["K1"], catalogue=builtin().catalogue)
    assert explained.rationale.startswith(
        "Rank 1 (within error anywhere from 1 to 3): probability that all requirements hold 73 %. " + LEAD
    )
    assert "Glass transition temperature 252 ± 31 °C." in explained.rationale


def test_over_a_server(report: Report) -> None:
    with fake_model() as fake, open_session(fake.url) as session:
        fake.json({"reasons": [{"candidate": 1, "text": "Its imide ring is rigid."}]})
        said, note = reasons(report.candidates, report.spec, report.citations, session, PLACE, catalogue=builtin().catalogue)
    assert (said, note) == ({"K1": f"{LEAD}Its imide ring is rigid."}, "")
    assert "[1] Glass transition of aromatic polyimides" in fake.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_every_malformed_reply_leaves_the_built_in_text(name: str, report: Report) -> None:
    with fake_model() as fake, open_session(fake.url, attempts=0) as session:
        fake.respond = lambda request: MALFORMED[name]("lookup", {"name": "aspirin"})
        assert reasons(report.candidates, report.spec, report.citations, session, PLACE, catalogue=builtin().catalogue) == ({}, "")
        assert summary(report, session, PLACE, calculators=builtin().calculators)[0] == ""


def test_what_a_proposing_model_said_is_checked_and_checking_again_changes_nothing(report: Report) -> None:
    first = report.candidates[0]
    rng = random.Random(2)
    parts = ["It is rigid.", "Its Tg is 252 °C.", "Its Tg is 300 °C.", "It is cheap.", "The imide raises the Tg", "xq zv", "e.g. C", "A. B.", "3.14", "\n- new", "...", "!"]  # fmt: skip
    for _ in range(200):
        text = " ".join(rng.choice(parts) for _ in range(rng.randint(0, 6)))
        told = first.model_copy(update={"origin": first.origin.model_copy(update={"rationale": text})})
        once = checked_rationale(told, report.candidates, report.spec, catalogue=builtin().catalogue)
        again = told.model_copy(update={"origin": told.origin.model_copy(update={"rationale": once})})
        assert checked_rationale(again, report.candidates, report.spec, catalogue=builtin().catalogue) == once
        assert "300" not in once
        assert "cheap" not in once
