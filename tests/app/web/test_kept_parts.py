"""Parts of a report's page are kept as they were rendered, and never shown after what they are made from has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services import reports
from app.services.kept_parts import KeptParts
from core.report import Report
from core.review import GivenValue
from core.runs import RunRecord
from core.spec import DesignSpec
from tests.app.web.conftest import Place
from tools.workspace import builtin


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that are rendered during a test."""
    found: list[str] = []
    body, section = reports.body, reports.section
    monkeypatch.setattr(reports, "body", lambda *given, **named: found.append("body") or body(*given, **named))  # type: ignore[func-returns-value]
    monkeypatch.setattr(reports, "section", lambda report, part, **named: found.append(part) or section(report, part, **named))  # type: ignore[func-returns-value]
    return found


def _spec() -> DesignSpec:
    return DesignSpec(goal="a goal", candidate_class="molecule", interpreter="test")


def _record() -> RunRecord:
    return RunRecord("r1", "a goal", "success", "2026-01-01", "2026-01-02", "", 1, 1, "ada", {}, "")


def test_the_next_look_at_a_report_renders_only_what_its_view_asks_for(place: Place, rendered: list[str]) -> None:
    first = place.page
    before = list(rendered)
    assert place.page == first
    other = place.browser.get(f"/runs/{place.run_id}?sort=-score&text=c").text
    assert rendered == before
    assert other != first
    assert f'id="c-{place.report.candidates[0].key}"' in other


def test_what_people_say_is_on_the_page_at_once(place: Place, rendered: list[str]) -> None:
    people, (first, second, *_) = place.services.feedback, place.report.candidates
    assert "What reviewers say" not in place.page
    people.add(place.run_id, "1", "reject", "smells of fish", author="bob")
    assert place.page.count("smells of fish") >= 1
    people.add(place.run_id, "2", "comment", "seen in a patent", author="bob")
    text = place.page
    assert "seen in a patent" in text
    place.services.measurements.add(place.run_id, second.key, GivenValue(property="melting_point", value="61", unit="°C"), "bob")
    assert "61 °C" in place.page
    people.withdraw_decision(place.run_id, first.key, "bob")
    assert "smells of fish" not in place.page
    rendered.clear()
    assert "seen in a patent" in place.page
    assert rendered == []  # a report that was reviewed is kept too


def test_other_weights_are_rendered_each_time_and_never_kept(place: Place) -> None:
    stored = place.page
    name = place.report.spec.objectives[0].id
    for weight in (7, 9):
        assert (
            f"({place.report.spec.objectives[0].text}) {weight} in place of"
            in place.browser.get(f"/runs/{place.run_id}?weight-{name}={weight}").text
        )
    assert place.page == stored


def test_a_part_hangs_on_the_run_the_review_and_the_catalogue() -> None:
    kept, report = KeptParts(), Report(run_id="r1", goal="a goal", status="success", spec=_spec())
    record, catalogue = _record(), builtin().catalogue

    def shown(text: str, *, stored: bool = True, **changes: object) -> str:
        given = {"record": record, "report": report, "catalogue": catalogue, **changes}
        return kept.of(given["record"], given["report"], given["catalogue"], stored=stored).part("body", lambda: text)  # type: ignore[arg-type]

    assert [shown("first"), shown("second")] == ["first", "first"]
    assert shown("of another run under the same id", record=replace(record, created_at="2027")) == "of another run under the same id"
    assert shown("done again", record=replace(record, fence=9)) == "done again"
    assert shown("not over", record=replace(record, status="running")) == "not over"
    assert shown("still not", record=replace(record, status="running")) == "still not"
    assert shown("a what-if", stored=False) == "a what-if"
    assert shown("another what-if", stored=False) == "another what-if"
    other = replace(builtin().catalogue)
    assert shown("another own model", catalogue=other) == "another own model"
    assert shown("nothing of it changes this") == "first"


def test_what_is_kept_is_bounded() -> None:
    kept, report = KeptParts(most=1000), Report(run_id="r1", goal="a goal", status="success", spec=_spec())
    records = [replace(_record(), run_id=f"r{n}") for n in range(20)]
    for record in records:
        kept.of(record, report, builtin().catalogue, stored=True).part("body", lambda: "é" * 100)
    again = [kept.of(record, report, builtin().catalogue, stored=True).part("body", lambda: "made anew") for record in records[::-1]]
    assert sum(text != "made anew" for text in again) == 5  # 200 bytes each
