"""Prohibitions of anything of a kind, brackets that say why, counts with their degree, what is separated from what, and where a band has its maximum."""

from __future__ import annotations

import pytest

from agent.reading import compact, interpret
from core.spec import DesignSpec
from tests.tables import each_row
from tools.workspace import builtin


def _stated(goal: str) -> list[str]:
    spec = interpret(goal, may_be_empty=True)
    stated = compact(spec, catalogue=builtin().catalogue)
    return [*stated["requirements"], *(f"{o.shape}:{o.property}" for o in spec.objectives if o.origin != "assumption")]


@each_row(
    ("said", "wanted"),
    [
        ("a ketone, nothing aromatic or halogenated", ["property:aromatic_rings == 0", "motif:halogen absent"]),
        ("a ketone; nothing fluorinated is acceptable", ["count:element:F == 0"]),
        ("a ketone; phenols and anything aromatic are out", ["motif:phenol absent", "property:aromatic_rings == 0"]),
        ("an ester; avoid anilines and everything with a nitro group", ["motif:aniline absent", "motif:nitro absent"]),
        ("an ester; leave out phenols, nitro groups and anything containing iodine", ["count:element:I == 0", "motif:phenol absent"]),
        ("a solvent; neither amides nor lactams come into question", ["motif:amide absent", "motif:lactam absent"]),
        ("a ketone, no nitro groups are acceptable", ["motif:ketone present", "motif:nitro absent"]),
        ("an oxime sulfonate that brings in no metals", ["motif:metal absent", "motif:oxime sulfonate present"]),
        ("a ketone; CF3-free", ["motif:trifluoromethyl absent"]),
        ("an ester; phenols (oxidation!) are excluded", ["motif:phenol absent"]),
        ("an ester, absent from the Stockholm list", ["property:stockholm_pops == 0"]),
    ],
)
def test_what_is_forbidden(said: str, wanted: list[str]) -> None:
    stated = _stated(said)
    assert set(wanted) <= set(stated)
    forbidden = {w.split(":")[-1].removesuffix(" absent") for w in wanted if w.endswith("absent")}
    assert not [s for s in stated if s.endswith("present") and s.split(":")[-1].removesuffix(" present") in forbidden]


@each_row("said", ["an ester; anything with a nitrile is welcome", "an ester; anything aromatic is fine"])
def test_what_is_permitted_is_neither_asked_for_nor_forbidden(said: str) -> None:
    assert _stated(said) == ["motif:ester present"]


@each_row(
    ("said", "wanted"),
    [
        ("an ester with three hydroxyls, all primary", ["count:group:primary alcohol == 3", "count:group:hydroxyl == 3"]),
        ("a ketone with two alcohols (both tertiary)", ["count:group:tertiary alcohol == 2"]),
        ("an ester, at most a single nitrile", ["count:group:nitrile <= 1"]),
        ("an ester, nitriles: one or none", ["count:group:nitrile <= 1"]),
        ("an ester; one or no nitriles", ["count:group:nitrile <= 1"]),
        ("a curing agent with two primary amines as well as one or more cyclohexane rings", ["count:group:primary amine == 2", "count:group:cyclohexane >= 1"]),
        ("an imidazolium salt, mesityl on both nitrogens", ["count:group:mesityl == 2", "motif:imidazolium present"]),
        ("a plasticizer, carbon count 18 or up", ["count:element:C >= 18"]),
    ],
)  # fmt: skip
def test_what_is_counted(said: str, wanted: list[str]) -> None:
    assert set(wanted) <= set(_stated(said))


@each_row(
    ("said", "wanted"),
    [
        ("a UV absorber: 340-360nm maximum", "property:absorption_maximum 340..360"),
        ("an ester that boils above THF (66 °C)", "property:boiling_point > 66"),
        ("an ester that should boil over 250 °C (the legal VOC limit)", "property:boiling_point > 250"),
        ("a dye; M max. 450", "property:molecular_weight <= 450"),
        ("a dye; M 300-450", "property:molecular_weight 300..450"),
        ("an ionic liquid, molten below 0 °C", "property:melting_point < 0"),
        ("an ester as poorly water-soluble as possible", "minimise:aqueous_solubility"),
        ("an ester as water-soluble as possible", "maximise:aqueous_solubility"),
        ("an ester, as light as we can get it", "minimise:molecular_weight"),
        ("a polyester, Tg window 25-40 °C", "property:glass_transition_temperature 25..40"),
        ("a curing agent, MW 165 < M < 250", "property:molecular_weight > 165"),
        ("a curing agent, MW 165 < M < 250", "property:molecular_weight < 250"),
        ("a UVA filter: max 350-370 nm", "property:absorption_maximum 350..370"),
        ("a dye which absorbs max. at 420-455 nm", "property:absorption_maximum 420..455"),
        ("an ether, normal b.p. 25-55 °C", "property:boiling_point 25..55"),
        ("an ester, vapour pressure under 1E-4 Pa (25 °C)", "property:vapour_pressure < -4"),
        ("a sweetener that holds neither chlorine nor sulfur and comes out Ames-negative", "property:ames_mutagenicity < 0.5"),
        ("reactive diluent / UV inkjet / two acrylates / MW 220-350", "count:group:acrylate == 2"),
        ("reactive diluent / UV inkjet / two acrylates / MW 220-350", "property:molecular_weight 220..350"),
        ("an ester, Td (5 % loss) > 400 °C", "level:thermal_stability <= moderate @400"),
    ],
)
def test_what_is_measured(said: str, wanted: str) -> None:
    assert wanted in _stated(said)


@each_row(
    "said",
    [
        "a dye, 450 nm maximum",  # a bound, or where the band has its maximum
        "a dye, max 450 nm",
        "an ester, vapour pressure under 1E-4 Pa (90 °C)",
        "an ester, Tg over 50 °C (of the backbone)",
        "an ester, logP under 3 (not critical)",
        "an ester, solubility > 5 g/L (in toluene)",
        "an ester with a solubility of at least 5 g/L (dissolved in ethanol)",
    ],
)
def test_what_may_be_meant_otherwise_is_not_read(said: str) -> None:
    assert not [s for s in _stated(said) if s.startswith("property:")]


def test_what_is_absent_from_a_list_is_not_absent_from_the_thing() -> None:
    assert "motif:ester absent" not in _stated("an ester absent from the SVHC list, MW below 300")
    assert "motif:ester absent" in _stated("a ketone, esters are absent from the structure")


@each_row(
    ("said", "wanted"),
    [
        ("an ester; a phenol (acidic) is out", "motif:phenol absent"),
        ("a nitroalkane (nitro) is out, an ester", "motif:nitroalkane absent"),
        ("an ester; phenols (OH) must be avoided", "motif:phenol absent"),
        ("an ester; chlorine (corrosive) is forbidden", "count:element:Cl == 0"),
        ("naphthylamine (any isomer) is forbidden, an ester", "motif:naphthylamine absent"),
        ("an ester; anilines (because they are toxic) are excluded", "motif:aniline absent"),
        ("an ester; a pyridine (to bind zinc) is needed", "motif:pyridine present"),
        ("a ketone; crown ethers are too toxic: none", "motif:crown ether absent"),
        ("an ester; anilines are a tox alert (drop them)", "motif:aniline absent"),
        ("an ester; hindered phenols yellow, so none of those", "motif:hindered phenol absent"),
        ("a ketone; nitro groups are needed, none of the esters", "motif:nitro present"),
    ],
)
def test_what_is_said_behind_a_bracket_or_a_reason(said: str, wanted: str) -> None:
    opposite = (
        wanted.replace(" absent", " present")
        if wanted.endswith("absent")
        else wanted.replace(" present", " absent").replace("== 0", ">= 1")
    )
    stated = _stated(said)
    assert wanted in stated
    assert opposite not in stated


@each_row("said", ["an ester; a phenol (pKa about 10, no good) is out", "an ester; phenols (e.g. BHT or BHA) are excluded"])
def test_a_bracket_that_is_not_read_leaves_what_it_stands_in_unread(said: str) -> None:
    assert "motif:phenol present" not in _stated(said)


@each_row(
    ("said", "wanted"),
    [
        ("an OXE-type oxime ester, MW below 400", "motif:oxime ester present"),
        ("a D4-like cyclic siloxane, MW < 400", "motif:cyclic siloxane present"),
        ("an imidate (imino ether), MW < 300", "motif:imidate present"),
    ],
)
def test_what_is_like_something_known_or_said_again(said: str, wanted: str) -> None:
    parts = [s for s in _stated(said) if s.startswith("motif:")]
    assert parts == [wanted]


@each_row(
    "said",
    [
        "a molecule; exclude Michael acceptors, aldehydes and anything with more than two rings",
        "a molecule; avoid phenols and everything with a logP above 5",
        "a molecule without esters or anything heavier than 400 g/mol",
    ],
)
def test_a_bound_behind_anything_in_a_list_of_what_is_excluded_is_not_asked_for(said: str) -> None:
    assert not [s for s in _stated(said) if s.startswith("property:") and ("> " in s or ">= " in s)]


def test_a_number_that_explains_an_adjective_adds_no_wish() -> None:
    assert "minimise:melting_point" not in _stated("an anhydride, low melting (mp under 40 °C)")
    assert "minimise:melting_point" in _stated("an anhydride with a low melting point, bp above 200 °C")


@pytest.fixture(
    params=[
        ("Gold from chloride liquor. A thioether with at least two S atoms, no thiols", "Au"),
        ("uranium from wet phosphoric acid; a phosphine oxide", "U"),
        ("We recover palladium from spent catalysts. Need a thioether.", "Pd"),
        ("Rare earths from monazite; a phosphine oxide", "rare-earth"),
        ("a polyimide (gas separation, CO2 over methane), Tg over 300 °C", "elements"),
        ("a polymer membrane, CO2 vs. N2, Tg above 100 °C", "elements"),
    ],
    ids=lambda case: case[0][:20],
)
def separated(request: pytest.FixtureRequest) -> tuple[DesignSpec, str]:
    goal, barred = request.param
    return interpret(goal, may_be_empty=True), barred


def test_what_is_separated_is_no_part_of_the_thing(separated: tuple[DesignSpec, str]) -> None:
    spec, barred = separated
    stated = compact(spec, catalogue=builtin().catalogue)["requirements"]
    assert stated
    assert not [s for s in stated if barred in s]
    assert [u for u in spec.unchecked if "separated or recovered" in u.reason]


@each_row(
    ("said", "part"),
    [
        ("a photoacid generator, cation = triarylsulfonium", "motif:triarylsulfonium present"),
        ("an imidazolium, the anion being tetrafluoroborate and not chloride", "motif:tetrafluoroborate present"),
        ("an ionic liquid; anion: bistriflimide", "motif:bistriflimide present"),
    ],
)
def test_an_ion_that_is_named_leaves_the_charge_of_the_whole_open(said: str, part: str) -> None:
    stated = _stated(said)
    assert part in stated
    assert not [s for s in stated if "formal_charge" in s]
    assert [s for s in _stated("a cationic dye, MW < 400") if "formal_charge" in s]


def test_a_number_before_its_verb_and_a_number_of_which_something_is_said() -> None:
    assert "property:aqueous_solubility_mass >= 1000 mg/L" in _stated("an inhibitor; at least 1 g/L should dissolve in water")
    assert "count:element:N == 2" not in _stated("a carbene precursor: an imidazolium whose two nitrogens both carry mesityl")


def test_a_protecting_group_leaves_nothing_of_what_it_sits_on() -> None:
    assert "motif:amine present" not in _stated("a molecule, MW below 500, Boc on the amine")
    assert "motif:amine present" in _stated("a pyridine with a methyl on the amine")
