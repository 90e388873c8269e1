"""How measured logP values lie about computed ones: a table of percentiles, the chance that follows, and what reports say of it."""

from __future__ import annotations

import csv
import io

import pytest

from agent.roles.reporter.sentences import explain_candidate
from core.candidate import PropertyValue
from core.spec import Condition
from tests.report_kit import candidate, small_report, value
from tools.calculators.measured_spread import (
    measured_chance,
    measured_in_all,
    measured_range,
    measured_words,
    spread_of,
    with_measured,
    with_spread,
)
from tools.catalogue.kinds import kind_of
from tools.catalogue.kinds.base import Subject
from tools.evaluation.check import context_of
from tools.reporting.html import render_html
from tools.reporting.tables import to_csv
from tools.reporting.value_tables import row_of, values_csv
from tools.workspace import builtin


def logp(number: float) -> PropertyValue:
    return value(number, 0.0, lower=number, upper=number)


def limit(comparison: str, number: float) -> Condition:
    return Condition.model_validate({"comparison": comparison, "value": number})


def test_the_table_rests_on_the_measured_values() -> None:
    assert measured_in_all("logp") == 12083
    assert measured_in_all("tpsa") == 0
    spreads = [spread_of("logp", logp(x)) for x in (-30.0, -0.5, 2.4, 3.0, 40.0)]
    assert [s.measured for s in spreads if s] == [223, 662, 2970, 1746, 85]
    pooled = sum(s.measured * s.rms**2 for s in {spread_of("logp", logp(x)) for x in (-2, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 8)} if s)
    assert (pooled / 12083) ** 0.5 == pytest.approx(0.882, abs=0.001)


def test_tables_and_answers_say_how_far_measured_values_lie_about_an_estimate() -> None:
    found = candidate(1, properties={"logp": logp(2.1), "tpsa": value(40.0, 0.0), "melting_point": value(80.0, 30.0)})
    spread, ends = spread_of("logp", logp(2.1)), measured_range("logp", logp(2.1))
    assert spread is not None
    assert ends is not None
    said = with_measured(found).properties
    assert said["logp"].measured_sigma == round(spread.rms, 2) == 0.82
    assert said["logp"].measured_90 == (round(ends[0], 2), round(ends[1], 2))
    assert all(said[name] is found.properties[name] for name in ("tpsa", "melting_point"))
    assert "measured_sigma" not in found.model_dump_json()
    assert with_measured(candidate(1)) == candidate(1)  # an own model's logP has its own error
    row = row_of(found, 1, "x")
    assert (row.shown("logp"), row.shown("tpsa")) == ("2.1 ± 0.8", "40")
    line = next(csv.DictReader(io.StringIO(values_csv([row], ["logp", "tpsa"], catalogue=builtin().catalogue))))
    assert (line["logp_sigma"], line["tpsa_sigma"]) == ("0.82", "0.0")
    table = next(csv.DictReader(io.StringIO(to_csv(small_report().model_copy(update={"candidates": [found]})))))
    assert table["logp sigma"] == "0.82"
    assert [float(table[f"logp 90 % {end}"]) for end in ("from", "to")] == [round(end, 2) for end in ends]


def test_the_chance_of_the_measured_value() -> None:
    near, far = measured_chance("logp", logp(2.9), limit("<=", 3)), measured_chance("logp", logp(0.5), limit("<=", 3))
    assert near is not None
    assert far is not None
    assert 0.4 < near < 0.65
    assert 0.97 < far < 1.0
    under, over = measured_chance("logp", logp(2.0), limit("<=", 2.5)), measured_chance("logp", logp(2.0), limit(">", 2.5))
    assert under is not None
    assert over is not None
    assert under + over == pytest.approx(1.0, abs=0.01)
    window = measured_chance("logp", logp(2.0), Condition(comparison="between", low=1, high=3))
    assert window is not None
    assert 0.7 < window < 0.95
    assert measured_chance("logp", logp(90.0), limit(">=", 0)) < 1.0  # type: ignore[operator]


def test_no_other_value_has_a_spread() -> None:
    assert measured_chance("tpsa", logp(60.0), limit("<=", 90)) is None
    assert measured_range("logp", value(2.0, 0.5)) is None  # predicted by a model of its own
    assert with_spread("tpsa", logp(60.0)) == logp(60.0).shown
    assert measured_words("logP", "logp", None) == ""


def test_what_is_said() -> None:
    assert with_spread("logp", logp(2.104)).endswith("± 0.8")
    words = measured_words("logP (Crippen)", "logp", logp(2.1), limit("<=", 3))
    assert words.startswith("logP (Crippen) 2.1")
    assert "12,083" in words
    chance = measured_chance("logp", logp(2.1), limit("<=", 3))
    assert chance is not None
    assert words.endswith(f"chance that the measured value meets the limit: {100 * chance:.0f} %.")
    ends = measured_range("logp", logp(2.1))
    assert ends is not None
    assert ends[0] < 2.1 < ends[1]


def test_a_report_says_it_beside_the_computed_value_and_the_ranking_stays() -> None:
    report = small_report()
    exact = report.candidates[0].model_copy(update={"properties": {"logp": logp(1.2)}})
    told = explain_candidate(exact, report.spec, [exact], [], catalogue=builtin().catalogue).rationale
    assert "chance that the measured value meets the limit: 9" in told
    html = render_html(report.model_copy(update={"candidates": [exact]}), catalogue=builtin().catalogue)
    assert "1.20 ± 0.8" in html
    assert "computed; measured values: -" in html or "computed; measured values: 0" in html
    subject = Subject(values={"logp": logp(1.2)})
    asked = report.spec.requirements[0]
    result = kind_of(asked).check(asked, subject, context_of(report.spec, calculators=builtin().calculators))
    assert (result.met, result.probability) == (True, 1.0)
