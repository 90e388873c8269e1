"""Every disqualifier rule trips its two examples and lets its two near misses pass; what is accepted for a use is not wronged."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from rdkit import Chem

from tests.tables import each_row
from tools.against.disqualify import rules_for, tripped_by
from tools.against.table import TENDENCY, Disqualifier, disqualifiers, fields
from tools.against.uses import uses_in

RULES = disqualifiers()
ACCEPTED = list(csv.DictReader((Path(__file__).parent / "accepted.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))


@each_row("rule", RULES)
def test_two_examples_trip_and_two_near_misses_pass(rule: Disqualifier) -> None:
    assert len(set(rule.trips)) == len(set(rule.passes)) == 2
    assert [smiles for smiles in rule.trips if not rule.trip(Chem.MolFromSmiles(smiles))] == []
    assert [smiles for smiles in rule.passes if rule.trip(Chem.MolFromSmiles(smiles))] == []


def test_every_rule_names_its_fields_its_reason_and_its_source() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) > 200
    for rule in RULES:
        assert rule.fields
        assert set(rule.fields) <= set(fields())
        assert len(rule.source) > 10
        assert rule.text[0].islower() or not rule.text[0].isalpha() or rule.text.startswith("O-H")
        assert not rule.text.endswith(".")


def test_a_tendency_is_said_to_be_one_and_is_never_certain() -> None:
    certain = re.compile(r"\b(never|always|impossible|cannot|certainly|nothing)\b")
    for rule in RULES:
        assert rule.strong != rule.said_to_person.endswith(TENDENCY)
        assert rule.strong or not certain.search(rule.text), rule.id


def test_every_field_has_rules_and_is_recognised_by_its_own_name() -> None:
    used = {field for rule in RULES for field in rule.fields}
    assert used == set(fields())


@each_row("row", ACCEPTED)
def test_what_is_accepted_for_a_use_is_not_wronged(row: dict[str, str]) -> None:
    assert uses_in(row["goal"])
    assert [rule.id for rule in tripped_by(row["smiles"], row["goal"], "molecule")] == []


@each_row(
    ("goal", "uses"),
    [
        ("a fluorescent dye absorbing at 550 nm", ("emission",)),
        ("a dye that fluoresces in water", ("emission",)),
        ("a textile dye, not fluorescent", ("dye",)),
        ("solvent for lithium-ion batteries", ("electrolyte_solvent",)),
        ("antioxidant for lubricants", ("antioxidant",)),
        ("a ligand for OLED emitters", ("ligand",)),
        ("plasticiser for membranes", ("plasticiser",)),
        ("a replacement for refrigerant R-22", ()),
        ("a molecule that melts above 100 °C", ()),
        ("a molecule that dissolves in organic solvents", ()),
        ("a molecule, soluble in common solvents, for the dyeing of glass", ()),
        ("something that keeps polypropylene from oxidising", ("antioxidant",)),
        ("a compound to be used as a refrigerant", ("refrigerant",)),
        ("a binder for lithium-ion batteries", ()),
        ("polymer with a glass transition above 200 °C", ()),
    ],
)
def test_the_thing_designed_decides_which_use_is_meant(goal: str, uses: tuple[str, ...]) -> None:
    assert uses_in(goal) == uses


def test_words_of_the_goal_bring_rules_in_and_keep_them_out() -> None:
    dppe = "c1ccc(P(CCP(c2ccccc2)c2ccccc2)c2ccccc2)cc1"
    assert [r.id for r in tripped_by(dppe, "a chiral phosphine ligand", "molecule")] == ["ligand-achiral"]
    assert tripped_by(dppe, "a phosphine ligand", "molecule") == ()
    assert tripped_by("ClP(", "a phosphine ligand", "molecule") == ()
    assert rules_for("a fluorescent dye", "polymer") == ()
