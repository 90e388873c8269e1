"""The forms of a report."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import jsonschema
import pytest
from rdkit import Chem

from core.candidate import Citation, Material, Route, RouteStep, format_probability
from core.report import Report
from tests.report_kit import candidate, dye_report, empty_report, polymer_report, small_report, unread_report
from tests.tables import each_row
from tools.reporting import render_html, report_json_schema, to_csv, to_sdf
from tools.reporting.drawing import _laid_out, draw
from tools.reporting.pictures import Pictures
from tools.reporting.plots import Mark, scatter, ticks
from tools.reporting.scheme import scheme
from tools.workspace import builtin


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
    text = render_html(report, catalogue=builtin().catalogue)
    seen = Collector()
    seen.feed(text)
    assert seen.addresses == []
    assert "script" not in seen.tags
    assert seen.links <= seen.ids
    assert "<b>logP</b>" not in text
    assert "&lt;b&gt;logP&lt;/b&gt; &amp; more" in text


def test_html_says_everything(report: Report) -> None:
    text = render_html(report, catalogue=builtin().catalogue)
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
    text = render_html(empty, catalogue=builtin().catalogue)
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
    assert (rows[0]["logp 90 % from"], rows[0]["logp 90 % to"]) == ("0.7", "1.7")
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
    page = render_html(report.model_copy(update={"goal": goal}), catalogue=builtin().catalogue)
    heading = page.split("<h1>")[1].split("</h1>")[0]
    assert len(heading) <= 300
    assert f"<p>{goal}</p>" in page


def test_no_probability_stands_alone_where_something_is_unchecked(report: Report) -> None:
    partly = unread_report()
    html = render_html(partly, catalogue=builtin().catalogue)
    assert '<span class="unread">low foaming</span>, <span class="unread">HLB of 12</span>' in html
    assert "Only 1 of the 3 wishes of the goal are checked." in html
    assert "Meets what is checked: 1 of the 3 wishes" in html
    assert ">All requirements<" not in html
    assert "probability that what is checked holds (1 of the 3 wishes)" in html
    assert html.count('<br><span class="small">1 of the 3 wishes</span>') == len([*partly.candidates, *partly.closest])
    assert "Could be read as: logP above 1" in html
    assert {row["wishes_checked"] for row in csv.DictReader(io.StringIO(to_csv(partly)))} == {"1 of 3"}
    whole = render_html(
        report.model_copy(update={"spec": report.spec.model_copy(update={"unchecked": []}), "unchecked": []}), catalogue=builtin().catalogue
    )
    assert ">All requirements<" in whole
    assert "wishes of the goal are checked" not in whole


class Outline(HTMLParser):
    """Levels of the headings, scopes of the table headings, and the drawings' text alternatives, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.scopes: list[str | None] = []
        self.drawings: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.levels.append(int(tag[1]))
        if tag == "th":
            self.scopes.append(given.get("scope"))
        if tag == "svg":
            self.drawings.append(given.get("aria-label") if given.get("role") in ("img", "group") else None)


@pytest.mark.parametrize("made", [small_report, polymer_report, dye_report, unread_report, empty_report])
def test_headings_table_headings_and_drawings_can_be_read_aloud(made: Callable[[], Report]) -> None:
    seen = Outline()
    seen.feed(render_html(made(), catalogue=builtin().catalogue))
    assert seen.levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(seen.levels))
    assert set(seen.scopes) == {"row", "col"}
    assert all(seen.drawings)


def test_a_property_that_does_not_apply_has_no_column() -> None:
    table = render_html(polymer_report(), catalogue=builtin().catalogue).split('class="ranked"')[1].split("</table>")[0]
    assert "SA score" not in table
    assert "unknown" not in table
    table = render_html(dye_report(), catalogue=builtin().catalogue).split('class="ranked"')[1].split("</table>")[0]
    assert "SA score" in table


def test_a_card_says_values_interval_how_sure_how_made_and_what_is_known() -> None:
    card = render_html(polymer_report(), catalogue=builtin().catalogue).split("<article")[1]
    for part in (
        '<span class="value">337 ± 22</span> <span class="unit">°C</span>',
        "90 % interval: 301 to 373 °C",
        "over 99 %",
        "By esterification from methanol.",
        "This structure itself is among the measured ones that the model was trained on: Glass transition temperature (measured; the value may not be passed on).",
        "allowed with a warning",
    ):
        assert part in card, part
    other = render_html(dye_report(), catalogue=builtin().catalogue).split("<article")[1]
    assert "<code>CC1=CC=CC1</code> (similarity 0.79): Absorption maximum 511 nm" in other
    assert "No route was looked for." in other


def test_a_polymer_gets_a_wide_drawing_and_a_small_molecule_none_smaller_than_the_least() -> None:
    assert draw(polymer_report().candidates[0].smiles).wide
    assert not draw("CCO").wide
    assert 'width="240" height="170"' in draw("CCO", "ethanol <b>").svg
    assert 'aria-label="ethanol &lt;b&gt;"' in draw("CCO", "ethanol <b>").svg
    assert draw("CCO").svg.count("<svg") == 1


@each_row(
    ("probability", "text"),
    [
        (None, "unknown"),
        (0.0, "0 %"),
        (0.001, "under 1 %"),
        (0.005, "under 1 %"),
        (0.006, "1 %"),
        (0.994, "99 %"),
        (0.9978, "over 99 %"),
        (1.0, "100 %"),
    ],
)
def test_what_is_not_certain_is_not_printed_as_certain(probability: float | None, text: str) -> None:
    assert format_probability(probability) == text


def test_a_route_is_drawn_step_by_step_with_the_names_of_reaction_and_materials() -> None:
    steps = [
        RouteStep(reaction="esterification & more", reactants=["CO", "OC(=O)c1ccccc1"], product="COC(=O)c1ccccc1"),
        RouteStep(reaction="aminolysis", reactants=["COC(=O)c1ccccc1", "not a structure"], product="NC(=O)c1ccccc1"),
    ]
    svg = scheme(Route(status="found", steps=steps, starting_materials=[Material(name="methanol", smiles="CO")]))
    ElementTree.fromstring(svg)
    assert svg.count("<line") == 2
    for words in ("esterification &amp; more", "aminolysis", ">methanol<", "not a structure"):
        assert words in svg
    assert scheme(Route(status="none known")) == ""


def test_a_card_marks_what_differs_from_the_parent_and_quotes_the_passage(report: Report) -> None:
    child = candidate(1, "Cc1ccccc1Cl")
    child = child.model_copy(update={"origin": child.origin.model_copy(update={"parent_smiles": ["Cc1ccccc1"]})})
    quoted = [Citation(number=1, key="n1", title="A title", year=2001, passage="Rigid chains <raise> Tg.")]
    text = render_html(report.model_copy(update={"candidates": [child], "citations": quoted}), catalogue=builtin().catalogue)
    assert "what differs from its parent <code>Cc1ccccc1</code>" in text
    assert "<blockquote>Rigid chains &lt;raise&gt; Tg.</blockquote>" in text
    assert "what differs from its parent" not in render_html(report.model_copy(update={"candidates": []}), catalogue=builtin().catalogue)


def test_a_core_lies_in_the_same_place_with_each_substituent_where_its_label_is() -> None:
    core = "O=C(/C=C/c1cccc([*:3])c1)c1cccc([*:1])c1[*:2]"
    labelled = Chem.MolFromSmiles(core)
    places = {atom.GetAtomMapNum(): atom.GetIdx() for atom in labelled.GetAtoms() if atom.GetAtomMapNum()}
    _laid_out(labelled, core)
    for smiles, symbol, label in (
        ("O=C(/C=C/c1cccc([N+](=O)[O-])c1)c1cccc(Br)c1", "Br", 1),
        ("O=C(/C=C/c1cccc([N+](=O)[O-])c1)c1ccccc1Cl", "Cl", 2),
        ("O=C(/C=C/c1cccc(I)c1)c1ccccc1Cl", "I", 3),
    ):
        mol = Chem.MolFromSmiles(smiles)
        _laid_out(mol, core)
        atom = next(a.GetIdx() for a in mol.GetAtoms() if a.GetSymbol() == symbol)
        here, there = mol.GetConformer().GetAtomPosition(atom), labelled.GetConformer().GetAtomPosition(places[label])
        assert (here - there).Length() < 0.01, smiles
    core = "c1ccc2cc([*:2])cc([*:1])c2c1"
    assert ">R" not in draw("c1ccccc1").svg
    assert draw("C1CC", core=core).svg == ""
    assert draw("CCO", core=core).svg == draw("CCO").svg


SERIES = ("O=C(/C=C/c1cccc([N+](=O)[O-])c1)c1cccc(Br)c1", "O=C(/C=C/c1cccc([N+](=O)[O-])c1)c1ccccc1Cl")


def test_candidates_that_share_a_core_are_drawn_with_it_in_one_place(report: Report) -> None:
    listed = [candidate(n, smiles, origin={"proposer": "library", "operator": "hit"}) for n, smiles in enumerate(SERIES, 1)]
    text = render_html(report.model_copy(update={"candidates": listed}), catalogue=builtin().catalogue)
    core = Pictures().cores(report.model_copy(update={"candidates": listed}))[SERIES[0]]
    for c in listed:
        title = f"Structure of {c.smiles}"
        assert draw(c.smiles, title, core=core).svg in text
        assert draw(c.smiles, title).svg not in text
    assert Pictures().cores(report) == {}


def test_the_file_draws_the_route_without_another_file(report: Report) -> None:
    text = render_html(report, catalogue=builtin().catalogue)
    route = report.candidates[0].route
    assert route is not None
    assert text.count(scheme(route)) == len(report.candidates) + len(report.closest)
    assert "<img" not in text
