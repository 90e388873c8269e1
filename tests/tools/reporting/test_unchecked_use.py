"""A thing that is named by a use which nothing checks: every form of a report says so before any probability, and calls nothing good."""

from __future__ import annotations

import csv
import io

import pytest

from agent.reading import interpret
from agent.roles.reporter.sentences import summarise
from core.report import Report
from core.spec import share_checked, use_in_words
from tests.report_kit import candidate, small_report
from tools.reporting.html import band, render_html
from tools.reporting.tables import to_csv
from tools.workspace import builtin

SAID = "not checked whether this is a refrigerant"


def report_of(goal: str) -> Report:
    spec = interpret(goal)
    listed = [candidate(1, p_meets=1.0), candidate(2, "CCN", p_meets=0.6)]
    return small_report().model_copy(update={"goal": goal, "spec": spec, "candidates": listed, "unchecked": spec.unchecked})


@pytest.mark.parametrize(
    ("goal", "said", "share"),
    [
        ("refrigerant with MW below 120 and no chlorine", SAID, "2 of the 3 wishes"),
        ("perfumes with MW below 250", "not checked whether these are perfumes", "1 of the 2 wishes"),
        ("an extractant with a phosphine oxide", "not checked whether this is an extractant", "1 of the 2 wishes"),
        ("a molecule with MW below 250", "", ""),
        ("a photoacid generator with MW below 400", "", ""),
        ("a yellow azo dye", "", ""),
        ("a fluorescent dye that emits at 500 to 550 nm", "", ""),
        ("a fluorescent dye with MW below 400", "not checked whether this is a fluorescent dye", "2 of the 3 wishes"),
        ("an oxygen barrier polymer with oxygen permeability below 0.1 barrer", "", ""),
    ],
)
def test_a_use_that_nothing_checks_is_a_wish_that_is_not_checked(goal: str, said: str, share: str) -> None:
    spec = interpret(goal)
    assert (use_in_words(spec), share_checked(spec)) == (said, share)


def test_it_is_the_first_that_a_summary_says() -> None:
    text = summarise(report_of("refrigerant with MW below 120 and no chlorine"), calculators=builtin().calculators)
    assert text.startswith("Not checked whether this is a refrigerant. 2 candidates meet all that could be")
    assert "all requirements hold together" not in text


def test_no_badge_is_good_and_the_use_stands_beside_it() -> None:
    html = render_html(report_of("refrigerant with MW below 120 and no chlorine"), catalogue=builtin().catalogue)
    assert 'class="chip good"' not in html
    assert 'class="value good"' not in html
    assert f'<span class="small">{SAID}</span><br><span class="chip marginal">marginal 100' in html
    assert html.index("Not checked whether this is a refrigerant") < html.index('class="chip')
    checked = render_html(report_of("a molecule with MW below 120 and no chlorine"), catalogue=builtin().catalogue)
    assert 'class="chip good"' in checked
    assert "Not checked whether" not in checked


def test_a_table_counts_it() -> None:
    rows = csv.DictReader(io.StringIO(to_csv(report_of("refrigerant with MW below 120 and no chlorine"))))
    assert {row["wishes_checked"] for row in rows} == {"2 of 3"}


def test_bands() -> None:
    assert [band(p) for p in (1.0, 0.6, 0.1)] == ["good", "marginal", "bad"]
    assert [band(p, SAID) for p in (1.0, 0.6, 0.1)] == ["marginal", "marginal", "bad"]


def test_words_before_the_thing_that_nothing_checks_keep_the_badge_from_good() -> None:
    spec = interpret("a fluorescent dye with a molar mass below 400 g/mol", workspace=builtin())
    assert use_in_words(spec) == "not checked whether this is a fluorescent dye"
    assert use_in_words(interpret("a dye with a molar mass below 400 g/mol", workspace=builtin())) == ""
