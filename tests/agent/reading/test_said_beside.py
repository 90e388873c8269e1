"""What stands beside a property, a class or a group: the solvent, the odds, a symbol with its unit, an abbreviation, a sort."""

from __future__ import annotations

from agent.reading import compact, interpret
from tests.tables import each_row
from tools.workspace import builtin


def _stated(goal: str) -> list[str]:
    stated = compact(interpret(goal, may_be_empty=True), catalogue=builtin().catalogue)
    return [*stated["requirements"]]


@each_row(
    ("said", "wanted", "solvent"),
    [
        ("λmax in toluene above 400 nm", "absorption_maximum > 400", "toluene"),
        ("λmax in water not above 500 nm", "absorption_maximum <= 500", "water"),
        ("a PLQY in chloroform of at least 0.6", "quantum_yield >= 0.6", None),
    ],
)
def test_a_solvent_may_stand_before_the_limit(said: str, wanted: str, solvent: str | None) -> None:
    spec = interpret(f"a molecule with MW below 900, {said}", may_be_empty=True)
    assert f"property:{wanted}" in compact(spec, catalogue=builtin().catalogue)["requirements"]
    assert solvent is None or spec.conditions.solvent == solvent


@each_row("said", ["log P in octanol below 3", "solubility in ethanol above 10 g/L", "melting point in water above 500 °C"])
def test_it_is_no_solvent_of_what_does_not_depend_on_one(said: str) -> None:
    assert _stated(f"a molecule with MW below 900, {said}") == ["property:molecular_weight < 900"]


@each_row(
    ("said", "wanted"),
    [
        ("brain-penetrant with a probability over 80 %", "bbb_penetration > 0.8"),
        ("BBB positive (probability >= 0.7)", "bbb_penetration >= 0.7"),
        ("with a probability of at least 0.8 of being brain-penetrant", "bbb_penetration >= 0.8"),
        ("chance of being brain-penetrant below 20 %", "bbb_penetration < 0.2"),
        ("Ames-negative with a probability above 80 %", "ames_mutagenicity < 0.2"),
        ("at least 90 % likely to be Ames-negative", "ames_mutagenicity <= 0.1"),
        ("non-mutagenic with at least 90 % confidence", "ames_mutagenicity <= 0.1"),
        ("likelihood of a positive Ames test ≤ 10 %", "ames_mutagenicity <= 0.1"),
        ("P(Ames+) of 0.3 at the outside", "ames_mutagenicity <= 0.3"),
        ("µ < 1 Debye", "dipole_moment < 1"),
        ("|μ| no smaller than 6.5 debye", "dipole_moment >= 6.5"),
        ("γ of 25 to 30 dyn/cm", "surface_tension 25..30"),
        ("ST no more than 22 dynes per centimetre", "surface_tension <= 22"),
        ("Rm no more than 60 cm3 mol-1", "molar_refractivity <= 60"),
    ],
)
def test_odds_and_symbols_are_read(said: str, wanted: str) -> None:
    assert any(s.startswith(f"property:{wanted}") for s in _stated(f"a molecule, {said}")) or (
        "dipole" in wanted and "dipole_moment" not in builtin().catalogue
    )


@each_row(
    "said",
    [
        "soluble with a probability over 80 %",
        "brain-penetrant with a probability of 80 %",
        "low melting, ie less than 3",
        "a corrosion inhibitor with an IE above 90 %",
        "a hole mobility µ above 0.1",
        "an interfacial tension γ of 25 mN/m",
        "λ of 450 nm",
        "TC of 25 K",
    ],
)
def test_another_sense_of_a_symbol_stays_unread(said: str) -> None:
    stated = _stated(f"a molecule with MW below 900, {said}")
    assert not any(name in s for s in stated for name in ("dipole", "ionisation", "surface_tension", "thermal_cond", "0.8", "absorption"))


@each_row(
    ("said", "wanted"),
    [
        ("TTF donor (tetrathiafulvalene)", "tetrathiafulvalene present"),
        ("NDI acceptor (naphthalene diimide)", "naphthalene diimide present"),
        ("TPD acceptor: thienopyrroledione", "thienopyrroledione present"),
        ("DGA (diglycolamide) extractant head", "diglycolamide present"),
        ("isothiocyanate (FITC style)", "isothiocyanate present"),
        ("terephthalic ester core (DOTP-like)", "terephthalate present"),
        ("DOTA-like cyclen ring", "cyclen present"),
        ("Span-like sorbitan monoester", "sorbitan ester present"),
        ("Pyr14 type pyrrolidinium cation", "pyrrolidinium present"),
        ("BIT-type benzisothiazolinone biocide", "benzisothiazolinone present"),
        ("an episulfide ring", "thiirane present"),
    ],
)
def test_names_beside_a_group_leave_it_what_it_is(said: str, wanted: str) -> None:
    assert f"motif:{wanted}" in _stated(f"a molecule with MW below 900, {said}")


@each_row(
    "said",
    [
        "no EDTA-type aminopolycarboxylates",
        "without ITX-like thioxanthones",
        "ester (not lactone-like)",
        "ester (no lactone style)",
        "DMAC donor (9,10-dihydroacridine)",
    ],
)
def test_what_may_mean_less_is_not_asked_for(said: str) -> None:
    assert _stated(f"a molecule with MW below 900, {said}") == ["property:molecular_weight < 900"]
