"""Every form of a report calls what is measured measured, what is fitted fitted, and says how new its list is."""

from __future__ import annotations

import csv
import io
import re

import pytest

from agent.roles.reporter.sentences import outcome
from app.console import print_report
from core.candidate import Candidate, Measurement, PropertyValue
from core.report import Choice, Report
from tests.report_kit import candidate, small_report
from tools.reporting import render_html, to_csv
from tools.reporting.html import interval_name
from tools.reporting.pdf import _value
from tools.safety.named_lists import with_lists
from tools.workspace import builtin

SOURCE = "an open set, CC0"


def _valued(basis: str | None, number: float | None) -> PropertyValue:
    told = None if basis is None else Measurement(value=number, unit="", sigma=0.1, source=SOURCE, spread="9 pairs")
    fields = {"value": 1.25, "sigma": 0.1, "lower": 1.1, "upper": 1.4, "method": "test", "method_version": "1", "in_domain": True}
    more = {"basis": basis, "measured": told, "fitted": 1.5 if basis == "measured" else None}
    return PropertyValue.model_validate({**fields, **more})


@pytest.fixture
def report() -> Report:
    """Three listed: measured, in the training set without a value, and new; the last of them is a PFAS."""
    listed: list[Candidate] = [
        candidate(1, "CCO", properties={"logp": _valued("measured", 1.25)}),
        candidate(2, "CCN", properties={"logp": _valued("in the training set", None)}),
        with_lists(candidate(3, "FC(F)(F)c1ccccc1", properties={"logp": _valued(None, None)}), calculators=builtin().calculators),
    ]
    choice = Choice(rule="at least half of the list is new", new_listed=1, known_listed=2, measured_left_out=4, sets=12345)
    return small_report().model_copy(update={"candidates": listed, "closest": [], "choice": choice})


def test_html_and_csv_say_what_is_known(report: Report) -> None:
    page = re.sub(r"\s+", " ", render_html(report, catalogue=builtin().catalogue))
    for text in (
        "known, measured 1.25 (an open set, CC0)",
        "error: 9 pairs",
        "the model, which has learnt it, makes 1.5 of it",
        "in the training set, value not shipped (an open set, CC0)",
        "spread of the fit, no interval of a prediction",
        "Of the 3 listed 1 are new: fewer than half, since no more new structures meet every requirement",
        "compared with 12345 structures",
        "Not under REACH Annex XVII, entry 43",
        "Other law may apply.",
        '<span class="marginal">PFAS by the OECD',
    ):
        assert text in page, text
    rows = list(csv.DictReader(io.StringIO(to_csv(report))))
    assert rows[0]["logp known"] == "measured: known, measured 1.25 (an open set, CC0)"
    assert rows[1]["logp known"].startswith("in the training set: ")
    assert rows[2]["logp known"] == ""
    assert "2021" in rows[2]["lists"]


def test_pdf_and_terminal_say_what_is_known(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [_value(c, ("logp", "logP")) for c in report.candidates]
    assert "90 % interval of the measurement" in lines[0]
    assert "known, measured 1.25" in lines[0]
    assert "no interval of a prediction" in lines[1]
    assert interval_name(_valued(None, None)) == "90 % interval"
    print_report(report, [], run=False, catalogue=builtin().catalogue)
    shown = capsys.readouterr()
    assert "‡ measured, not predicted" in shown.out or "[m] measured" in shown.out
    assert "1 of 3 listed are new (the rule: at least half of the list is new)" in shown.err


def test_a_list_that_the_rule_empties_does_not_say_that_nothing_meets_the_goal() -> None:
    told = {
        "candidates": [],
        "proposers": {"library": {"proposed": 9, "valid": 8, "novel": 8, "kept": 3, "listed": 0}},
        "choice": Choice(rule="only new ones", new_listed=0),
    }
    report = small_report().model_copy(update=told)
    assert report.left_out_by_rule == 3
    text = outcome(report, calculators=builtin().calculators)
    assert "No new structure among" in text
    assert "3 other structures do and are not listed (the rule: only new ones" in text
    assert "binds" not in text
    page = render_html(report, catalogue=builtin().catalogue)
    assert "No structure that may be listed meets every requirement" in page
