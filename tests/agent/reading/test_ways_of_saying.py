"""Many ways to ask for a part, to forbid one, to bound a property and to count groups, each inside a goal that says other things as well."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from tests.tables import each_row
from tools.workspace import builtin


def _stated(goal: str) -> list[str]:
    stated = compact(interpret(goal, may_be_empty=True), catalogue=builtin().catalogue)
    return [*stated["requirements"], *stated["objectives"]]


@each_row(
    "said",
    [
        "the absence of esters is essential",
        "absence of esters required",
        "an ester would disqualify it",
        "esters disqualify a candidate",
        "without so much as an ester",
        "no esters of any sort",
        "esters are not okay with us",
        "esters are banned by law",
        "to be excluded: esters",
        "no ester may be present",
        "without either esters or amides",
        "drop the ester",
        "esters would be fatal",
        "no residual esters",
        "nary an ester",
        "nothing like an ester",
        "it comes without esters",
        "it gets by without esters",
        "zero tolerance for esters",
        "free of amides and of esters",
        "the side chain may be anything but an ester",
        "the linker must not be an ester",
        "we would rather not see any esters",
        "our customers don't want to see esters",
        "esters are shown the door",
        "not the slightest trace of an ester",
        "amides are ruled out, esters too",
        "a minty odour is unwanted, esters also",
        "leave the esters out",
    ],
)
def test_ways_to_forbid(said: str) -> None:
    stated = _stated(f"a ligand with a phenol, {said}, MW below 500")
    assert {"motif:ester absent", "motif:phenol present", "property:molecular_weight < 500"} <= set(stated)


@each_row(
    "said",
    [
        "do not forget the ester",
        "accompanied by an ester",
        "with an ester attached",
        "we insist on an ester",
        "at least an ester",
        "ending with an ester",
        "an ester is key",
        "an ester is non-negotiable",
        "the linker must be an ester",
        "an ester on the phenyl ring",
        "with an ester attached to a benzene ring",
        "an ester as the linker",
        "an ester bond that lets it degrade",
    ],
)
def test_ways_to_ask(said: str) -> None:
    stated = _stated(f"a ligand with a phenol, {said}, MW below 500")
    assert {"motif:ester present", "motif:phenol present", "property:molecular_weight < 500"} <= set(stated)


@each_row(
    "said",
    [
        "logP, at least 3|logp >= 3",
        "logP (min. 3)|logp >= 3",
        "logP from 3 upwards|logp >= 3",
        "logP (3-5)|logp 3..5",
        "logP, max 3|logp <= 3",
        "logP ceiling 3|logp <= 3",
        "a logP that does not exceed 3|logp <= 3",
        "logP hovering around 3|logp 2.5..3.5",
        "octanol-water log P under 3|logp < 3",
        "logP (Crippen) < 3|logp < 3",
        "logP < 3 (hard limit)|logp < 3",
        "logP, which must be lower than 3|logp < 3",
        "limit logP to 3|logp <= 3",
        "restrict logP to 3-5|logp 3..5",
        "cap logP at 3|logp <= 3",
        "log S must be better than -2|aqueous_solubility > -2",
        "absorption maximum 0.6 µm plus or minus 15 nm|absorption_maximum 585..615",
        "melting point 90 °C ± 5 K|melting_point 85..95",
        "MW over 500 so it stays put|molecular_weight > 500",
        "minimum three rings|ring_count >= 3",
        "solid at 25 °C|melting_point > 25",
        "solid up to 60 °C|melting_point > 60",
    ],
)
def test_ways_to_bound(said: str) -> None:
    words, _, bound = said.partition("|")
    stated = _stated(f"a ligand with a phenol, {words}, no ester")
    assert sorted(stated) == sorted(["motif:ester absent", "motif:phenol present", f"property:{bound}"])


@each_row(
    "said",
    [
        "amide (x2)|== 2",
        "amide (2x)|== 2",
        "amides (at least two)|>= 2",
        "amides, at least two|>= 2",
        "amides (2-4)|2..4",
        "either two or three amides|2..3",
        "a total of two amides|== 2",
        "two identical amides|== 2",
        "minimum two amides|>= 2",
        "two amides apiece|== 2",
        "two amides plus a urea|== 2",
        "amides two, ring one|== 2",
    ],
)
def test_ways_to_count(said: str) -> None:
    words, _, bound = said.partition("|")
    stated = _stated(f"a ligand with a phenol, {words}, no ester")
    assert {f"count:group:amide {bound}", "motif:ester absent", "motif:phenol present"} <= set(stated)


@each_row(
    "asking",
    [
        "May I have", "Could anyone suggest", "Is anybody able to come up with", "We'd welcome", "I'm hunting for", "Is it possible to have", "It would be splendid to have", "Provide me with", "Our ink calls for",
        "Nail polish needs", "Would there be", "We wish for", "Would you be so kind as to propose", "Marketing wants", "Our customer has asked for", "What we picture is", "Target:",
    ],
)  # fmt: skip
def test_ways_to_ask_for_the_thing(asking: str) -> None:
    spec = interpret(f"{asking} a plasticiser with at least two esters, no halogens", may_be_empty=True)
    assert spec.family == "plasticizer"
    assert [r.text for r in spec.requirements if r.origin == "goal"] == ["at least 2 ester groups", "contains no halogen"]


@pytest.mark.parametrize(
    ("goal", "number"),
    [("antioxidant, logP above 5, half a dozen candidates is plenty", 6), ("a dye without esters; ten suggestions would be enough", 10), ("a dye, and please list up to 20 candidates", 20)],
)  # fmt: skip
def test_how_many_is_said_behind_the_thing(goal: str, number: int) -> None:
    assert interpret(goal, may_be_empty=True).candidates == number


@pytest.mark.parametrize(
    ("goal", "family", "kind"),
    [
        ("The donor must be a conjugated polymer that contains thiophene", "conjugated polymer", "polymer"),
        ("A polysiloxane heat carrier bearing phenyl groups", "polysiloxane", "polymer"),
        ("a polymeric antioxidant with a phenol in every repeat unit", "antioxidant", "polymer"),
        ("For a UV filter, log S must be above -2", "UV filter", "molecule"),
        ("Our fuel seals need a fluoropolymer with a Tg below -20 °C", "fluoropolymer", "polymer"),
        ("An alternative to epoxidised soybean oil with three epoxides, its own glass transition below -80 °C", "", "molecule"),
    ],
)
def test_what_the_thing_is(goal: str, family: str, kind: str) -> None:
    spec = interpret(goal, may_be_empty=True)
    assert (spec.family, spec.candidate_class) == (family, kind)


#: What must not be stated of each of these, whatever else is.
_NEVER = [
    ("a dye containing an ester, so it has to be binned", "ester"), ("a dye; an ester, in our opinion, is a nuisance nobody wants", "motif:ester present"), ("a dye with at least an ester too many", "ester"),
    ("a dye; no ester may be missing", "ester"), ("a dye; the absence of an ester would be fatal", "ester"), ("a dye; absence of esters is not required", "ester"), ("a dye; we cannot tolerate losing the ester", "ester"),
    ("a dye; the core must be larger than 300 Da", "molecular_weight"), ("a dye; logP (max 5) is irrelevant", "logp"), ("a dye; melting point, at most 100 °C, is secondary", "melting_point"),
    ("a dye; amides, at least two are excluded", "amide"), ("no bromine, no iodine, fluorine allowed", "F =="), ("A pigment? No: we want a water-soluble dye", "solubility <="), ("Our paint needs a nitro group removed", "nitro present"),
    ("must contain a pyridine and halogen-free", "pyridine absent"), ("logP below 3, azo, azoxy and peroxides are excluded", "azo present"), ("with an amide, azo, azoxy and peroxides are excluded", "azo present"),
    ("MW above 200, azo, azoxy and peroxides are excluded", "azoxy present"), ("avoid a logP above 5 and esters", "ester present"), ("a dye with something of at least 60 C", "element:C"), ("a wax, at least 60 C", "element:C"),
    ("bisphenol A and S are prohibited", "element:S"), ("a dye. Cinnamates are fine, coumarins too", "coumarin"), ("a dye. Cinnamates are not excluded, coumarins too", "coumarin"), ("an ester attached to a thiophene and phenols excluded", "thiophene absent"),
    ("at most 4 ester and amide groups", "count"), ("a resist, maximum 360 nm", "absorption_maximum <="), ("a cationic resin component with two oxetane rings", "formal_charge"), ("a linker with MW 300 plus an ester, phenol-protected", "phenol present"),
    ("at most 3 rings an ether is key", "ether"), ("keep copper out of the drinking water with a ligand", "Cu"), ("I would take any anti-corrosion amine", "element:I"), ("a dye; neither do we need esters", "ester"),
]  # fmt: skip


@each_row(("goal", "never"), _NEVER)
def test_what_is_never_stated(goal: str, never: str) -> None:
    assert not [text for text in _stated(goal) if never in text]


def test_a_wish_that_is_praised_as_a_whole_is_no_preference_beside_its_limit() -> None:
    stated = _stated("A plasticiser that lacks ethers and has a logP of at least 5 would be great.")
    assert "property:logp >= 5" in stated
    assert not [text for text in stated if text.startswith("maximise")]


def test_sixty_c_is_never_suggested_as_carbons() -> None:
    spec = interpret("a dye with a wibble of at least 60 C", may_be_empty=True)
    assert not any("C atoms" in unread.suggestion for unread in spec.unchecked)
