"""The forms of a report."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import jsonschema
import pytest
from rdkit import Chem

from core.report import Report
from tests.report_kit import candidate, small_report, unread_report
from tools.reporting import render_html, report_json_schema, to_csv, to_sdf
from tools.reporting.drawing import draw
from tools.reporting.plots import Mark, scatter, ticks


@pytest.fixture
def report() -> Report:
    return small_report()


class Collector(HTMLParser):
    """Every tag with an address in it, the text, and the ids."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, text in attrs:
            if name in ("src", "href") and text:
                (self.links.add(text[1:]) if text.startswith("#") else self.addresses.append(text))
            if name == "id" and text:
                self.ids.add(text)


def test_html_is_offline_escaped_and_its_links_resolve(report: Report) -> None:
    text = render_html(report)
    seen = Collector()
    seen.feed(text)
    assert seen.addresses == []
    assert "script" not in seen.tags
    assert seen.links <= seen.ids
    assert "<b>logP</b>" not in text
    assert "&lt;b&gt;logP&lt;/b&gt; &amp; more" in text


def test_html_says_everything(report: Report) -> None:
    text = render_html(report)
    for part in (
        "One candidate.",
        "log S at least -2",
        "cheap",
        "careful",
        "Rigid chains",
        "10.1/x",
        "methanol",
        "esterification",
        "requirement:R1",
        "†",
        "Tied within error",
    ):
        assert part in text, part
    assert text.count("<svg") >= 5


def test_html_of_a_run_without_candidates_names_what_binds(report: Report) -> None:
    empty = report.model_copy(update={"candidates": [], "tied": [], "status": "no_candidate"})
    text = render_html(empty)
    assert "No structure meets every requirement" in text
    assert "5 of 9 fail it" in text


def test_json_follows_its_schema(report: Report) -> None:
    schema = report_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(report.model_dump_json())
    jsonschema.validate(data, schema)
    assert data["candidates"][0]["class"] == "molecule"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "colour": 1}, schema)


def test_csv_has_units_and_is_safe_in_a_spreadsheet(report: Report) -> None:
    bad = candidate(3, "C", rationale="=1+1")
    rows = list(csv.DictReader(io.StringIO(to_csv(report.model_copy(update={"candidates": [bad]})))))
    assert rows[0]["rationale"] == "'=1+1"
    assert rows[0]["logp"] == "1.2"
    assert rows[0]["logp sigma"] == "0.3"
    assert rows[0]["logp in domain"] == "no"
    assert [r["listed"] for r in rows] == ["yes", "no"]


def test_sdf_reads_back(report: Report) -> None:
    supplier = Chem.SDMolSupplier()
    supplier.SetData(to_sdf(report))
    mols = [m for m in supplier if m is not None]
    assert [Chem.MolToSmiles(m) for m in mols] == ["CCO", "CCN", "CCCCCCCC"]
    assert mols[0].GetProp("rank") == "1"
    assert float(mols[0].GetProp("logp")) == 1.2


def test_sdf_of_a_polymer_keeps_its_attachment_points(report: Report) -> None:
    unit = candidate(1, "*CC(*)c1ccccc1", **{"class": "polymer"})
    supplier = Chem.SDMolSupplier()
    supplier.SetData(to_sdf(report.model_copy(update={"candidates": [unit], "closest": []})))
    assert sum(a.GetAtomicNum() == 0 for a in next(iter(supplier)).GetAtoms()) == 2


def test_broken_structure_is_drawn_as_nothing() -> None:
    assert draw("C1CC").svg == ""
    assert draw("c1ccccc1").svg.startswith("<svg")


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 7.7), (450, 560), (0.001, 0.002), (-1e5, 1e5)])
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert all(low - 1e-9 <= t <= high + 1e-9 for t in found)


def test_scatter_of_one_point_and_of_none() -> None:
    assert scatter([], "x", "y") == ""
    assert scatter([Mark(1, 1, "listed", "<m>")], "x", "y", x_lines=[1.5]).count("<circle") == 1


def test_a_long_goal_is_cut_in_the_heading_and_whole_below(report: Report) -> None:
    goal = "a molecule with logP below 3 and " * 240 + "no nitro groups"
    page = render_html(report.model_copy(update={"goal": goal}))
    heading = page.split("<h1>")[1].split("</h1>")[0]
    assert len(heading) <= 300
    assert f"<p>{goal}</p>" in page


def test_no_probability_stands_alone_where_something_is_unchecked(report: Report) -> None:
    partly = unread_report()
    html = render_html(partly)
    assert '<span class="unread">low foaming</span>, <span class="unread">HLB of 12</span>' in html
    assert "Only 1 of the 3 wishes of the goal are checked." in html
    assert "Meets what is checked: 1 of the 3 wishes" in html
    assert ">All requirements<" not in html
    assert "probability that what is checked holds (1 of the 3 wishes)" in html
    assert html.count('<br><span class="small">1 of the 3 wishes</span>') == len([*partly.candidates, *partly.closest])
    assert "Could be read as: logP above 1" in html
    assert {row["wishes_checked"] for row in csv.DictReader(io.StringIO(to_csv(partly)))} == {"1 of 3"}
    whole = render_html(report.model_copy(update={"spec": report.spec.model_copy(update={"unchecked": []}), "unchecked": []}))
    assert ">All requirements<" in whole
    assert "wishes of the goal are checked" not in whole
