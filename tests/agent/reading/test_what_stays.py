"""What stays and what goes, and other short ways to say a wish that were lost once: 'or so', 'none of A, B, C', 'pyrimidine with two methoxy groups'."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from tests.tables import each_row
from tools.workspace import builtin


def _stated(goal: str) -> set[str]:
    stated = compact(interpret(goal, may_be_empty=True), catalogue=builtin().catalogue)
    return {*stated["requirements"], *stated["objectives"]}


@each_row(
    "said",
    [
        "ester stays",
        "the ester must stay",
        "the ester has to stay",
        "ester kept",
        "the ester is kept",
        "the ester remains",
        "the ester must be retained",
        "ester preserved",
    ],
)
def test_what_stays_is_there(said: str) -> None:
    assert _stated(f"a ligand, {said}, logP below 3") == {"motif:ester present", "property:logp < 3"}


@pytest.mark.parametrize(
    "said",
    [
        "the ester goes",
        "ester must go",
        "the ester has to go",
        "the ester stays out",
        "the ester must stay away",
        "the ester kept out of it",
    ],
)
def test_what_goes_is_not(said: str) -> None:
    assert _stated(f"a ligand, {said}, logP below 3") == {"motif:ester absent", "property:logp < 3"}


@pytest.mark.parametrize(
    "said",
    [
        "the ester must not stay",
        "the ester stays in doubt",
        "not one ester stays",
        "no ester remains",
        "esters retained by the filter",
        "the ester goes to the para position",
        "the ester goes well with this",
    ],
)
def test_what_stays_or_goes_elsewhere_asks_for_nothing(said: str) -> None:
    assert not {"motif:ester present", "motif:ester absent"} & _stated(f"a ligand, {said}, logP below 3")


@each_row(
    ("said", "asked"),
    [
        ("none of nitrile, aldehyde, boronic acid", {"motif:nitrile absent", "motif:aldehyde absent", "motif:boronic acid absent"}),
        ("pyrimidine with two methoxy groups", {"motif:pyrimidine present", "count:group:methoxy == 2"}),
        ("exactly one secondary amine as growth vector", {"count:group:secondary amine == 1"}),
        ("sulfur up to two atoms", {"count:element:S <= 2"}),
        ("nitrogen at most one atom per repeat unit", {"count:element:N <= 1"}),
        ("neutral molecule", {"property:formal_charge == 0"}),
        ("survives processing at 280 °C", {"level:thermal_stability <= low @280"}),
        ("absorbing at 450 - 480 nm to replace camphorquinone", {"property:absorption_maximum 450..480"}),
        ("λmax 350 nm or so", {"property:absorption_maximum 325..375"}),
        ("shelf-stable in DMSO", set()),
        ("CNS MPO wibble above 4.5", set()),
        ("an ester, 370 < M < 1000 g/mol", {"motif:ester present", "property:molecular_weight > 370", "property:molecular_weight < 1000"}),
        ("M < 500 M", set()),
        ("log S (mol/L) above -3", {"property:aqueous_solubility > -3"}),
        ("abs. max 340 to 360 nm", {"property:absorption_maximum 340..360"}),
        ("lose both chlorines", {"count:element:Cl == 0"}),
        ("two cyclohexyls on P", {"count:group:cyclohexane == 2"}),
        ("no phenyl on silicon", set()),
    ],
)
def test_short_ways(said: str, asked: set[str]) -> None:
    assert _stated(f"a quencher, {said}, no thiols") - {"motif:thiol absent"} == asked


@pytest.mark.parametrize(
    "said",
    [
        "macrocycle with a lactone preferred",
        "no nitro, ester with a long chain",
        "not wanted: ester with a phenol",
        "ester with a wibble is not acceptable",
        "azobenzene bearing a wibble must be avoided",
    ],
)
def test_a_part_before_with_is_no_demand_where_it_may_be_wished_for_or_denied(said: str) -> None:
    assert not {"motif:macrocycle present", "motif:ester present", "motif:azobenzene present"} & _stated(f"a quencher: {said}")
