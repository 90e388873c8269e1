"""Kinds of phrases that two phrasebooks by outside writers showed, each with a case beside it in which it must not fire."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.reading import interpret
from core.spec import DesignSpec
from evals.phrasebook import judged, rows_of

PHRASES = Path("evals/data/interpreter/phrases")


def asked(phrase: str) -> list[str]:
    """What a phrase asks for of a molecule, in words."""
    spec: DesignSpec = interpret(f"a molecule, {phrase}", may_be_empty=True)
    return [r.text for r in spec.requirements if r.origin != "class"] + [o.text for o in spec.objectives if o.origin != "assumption"]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("esters need not apply", ["contains no ester"]),
        ("not the methyl or ethyl ester", ["contains no methyl ester", "contains no ethyl ester"]),
        ("imine (Schiff base) bond", ["contains imine"]),
        ("hydantoin ring (imidazolidine-2,4-dione)", ["contains hydantoin"]),
        ("benzil dimethyl ketal (BDK) motif", ["contains benzil ketal"]),
        ("maleimide for thiol conjugation", ["contains maleimide"]),
        ("a -OOH group", ["contains hydroperoxide"]),
        ("quinoline antimalarial nucleus", ["contains quinoline"]),
        ("an anthracenyl emitter", ["contains anthracene"]),
        ("β-lactam antibiotic core", ["contains beta-lactam"]),
        ("a trinitro compound", ["exactly 3 nitro groups"]),
        ("esterified at least once", ["at least 1 ester group"]),
        ("hydrofluoroether types only", ["contains hydrofluoroether"]),
        ("no ethers, esters, no halogens", ["contains no ether", "contains no ester", "contains no halogen"]),
        ("two fused aromatic rings", ["Aromatic rings exactly 2"]),
        ("with two gorgeous aromatic rings", ["Aromatic rings exactly 2"]),
        ("a single aromatic nucleus", ["Aromatic rings exactly 1"]),
        ("triple bonds of any sort are out", ["Triple bonds exactly 0"]),
        ("MR below 100 cm³/mol", ["Molar refractivity below 100 cm³/mol"]),
        ("vapour pressure smaller than 10⁻⁴ Pa", ["Vapour pressure (log10, 25 °C) below -4 log Pa (0.0001 Pa)"]),
        ("diamantane rather than adamantane", ["contains diamantane"]),
        ("uncharged molecules only", ["Formal charge exactly 0"]),
    ],
)  # fmt: skip
def test_read(phrase: str, expected: list[str]) -> None:
    assert asked(phrase) == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "phenol (toxic)",
        "phenol (not wanted)",
        "ester (poison)",
        "imine (amide) bond",
        "ester for removal",
        "ester as a last resort",
        "esters only as a last resort",
        "amide coupling in the last step",
        "long-chain branching in the LDPE",
        "thiol scavenging unit",
        "amine-selective binding core",
        "no quinoline antimalarial nucleus",
        "an oxindole warhead-free kinase core",
        "chlorinated solvents not used in the process",
        "solvation in the flask (CHCl3)",
        "at most eight vinyl carbons",
        "a small-molecule capping layer",
        "a five-ring cyclic carbonate for NIPU",
    ],
)
def test_not_read(phrase: str) -> None:
    assert asked(phrase) == []


def test_what_brackets_say_of_a_part_is_no_wish_of_its_own() -> None:
    assert asked("avoid ureas (poor solubility)") == ["contains no urea"]
    assert asked("alkyl amine (not aromatic)") == []
    assert asked("quat head (N+ with four carbons)") == []
    assert asked("a spiro carbon joining two rings") == ["contains spiro centre"]


def test_no_trap_of_the_phrasebooks_asks_for_anything() -> None:
    traps = [row for path in sorted(PHRASES.glob("*.tsv")) for row in rows_of(path) if row.means == ("unread",)]
    wrong = [row.phrase for row in traps if judged(row)[0] == "wrong"]
    assert len(traps) > 200
    assert not wrong
