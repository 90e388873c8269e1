"""Substances and numbers in texts: found where they stand, resolved to a structure, and never more than the text says."""

from __future__ import annotations

import csv
import io
import sys
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.papers import Mention, ReportedValue
from core.passages import Document, Passage
from tests.tables import each_row
from tools.literature.chemistry import chemistry_of, opsin
from tools.literature.chemistry.finding import keys_of, keys_with_motif
from tools.literature.chemistry.mentions import find_mentions, valid_cas
from tools.literature.chemistry.names import abbreviations, dictionary, key_of
from tools.literature.chemistry.view import view_of
from tools.literature.export import write_values


def mentions(text: str) -> dict[str, Mention]:
    found = find_mentions(text)
    assert all(text[m.start : m.end] == m.written for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    return {m.written: m for m in found}


def values(text: str) -> list[ReportedValue]:
    passage = Passage("d:0", "d", text, None, 3, 0, len(text), "text")
    _, found = chemistry_of(text, [passage])
    assert all(text[v.start : v.end] == v.quote for v in found)
    return list(found)


def said(text: str) -> list[tuple[str, str, float, float | None, str, str | None]]:
    return [(v.property, v.relation, v.value, v.upper, v.unit, v.substance) for v in values(text)]


def test_names_are_resolved_wherever_they_stand_alone() -> None:
    found = mentions("Toluene, 4-nitrophenol and ethylbenzene; poly(methyl methacrylate) was soluble in N,N-dimethylformamide.")
    assert {m.name for m in found.values()} >= {"toluene", "ethylbenzene", "poly(methyl methacrylate)", "dimethylformamide"}
    assert found["Toluene"].key == "YXFVVABEGXRONW-UHFFFAOYSA-N"
    assert found["poly(methyl methacrylate)"].key == key_of("*CC(*)(C)C(=O)OC")


@pytest.mark.parametrize(
    "text",
    [
        "a benzene ring",
        "toluene-d8",
        "phenol derivatives",
        "ethanol dehydrogenase",
        "the Waters instrument",
        "bromobenzenes",
    ],
)
def test_parts_of_other_names_are_not_taken_for_the_compound(text: str) -> None:
    assert not {"benzene", "toluene", "phenol", "ethanol", "water"} & {m.name for m in find_mentions(text)}


def test_abbreviations_count_in_capitals_and_as_the_text_defines_them() -> None:
    found = mentions("In THF; the topic of edge; PE is rare. Bisphenol A (BPX) reacts, and BPX is left.")
    assert found["THF"].name == "tetrahydrofuran"
    assert found["BPX"].smiles == found["Bisphenol A"].smiles
    assert "PE" not in found
    assert "edge" not in found


def test_polymers_are_named_by_their_monomers() -> None:
    found = mentions("Films of PMDA-ODA and of 6FDA/ODA, but not UV-VIS or PMDA-THF.")
    imide = key_of("*c1ccc(Oc2ccc(N3C(=O)c4cc5c(cc4C3=O)C(=O)N(*)C5=O)cc2)cc1")
    assert found["PMDA-ODA"].key == imide == keys_of("PMDA-ODA")[0][0]
    assert found["6FDA/ODA"].smiles
    assert "PMDA-THF" not in found


def test_numbers_of_compounds_mean_what_the_paper_itself_says() -> None:
    found = find_mentions("Compound 3a (caffeine) was made. Compounds 3a and 4 were stable, as was dye 12b. See ref. (3).")
    assert [(m.written, m.name) for m in found if m.kind == "label"] == [
        ("Compound 3a", "caffeine"), ("Compounds 3a", "caffeine"), ("4", None), ("dye 12b", None),
    ]  # fmt: skip
    twice = find_mentions("Compound 5 (caffeine) here, compound 5 (toluene) there; compound 5 is what?")
    assert {m.name for m in twice if m.kind == "label"} == {None}


def test_formulas_in_every_spelling() -> None:
    found = find_mentions("TiO₂, TiO$_2$, Zn(NO₃)₂·6H₂O, NaCl, CO2 and O2; not NF4, S1, DNA, CV, In 2020, BM1 or II.")
    assert [m.name for m in found if m.kind == "formula"] == ["TiO2", "TiO2", "Zn(NO3)2·6H2O", "NaCl", "CO2", "O2"]


def test_smiles_inchikeys_and_cas_numbers() -> None:
    found = mentions(
        "CC(=O)Oc1ccccc1C(=O)O is BSYNRYMUTXBXSQ-UHFFFAOYSA-N, CAS 50-78-2 and not 50-78-3; see (Figure2)=x, C1CC and page 12-34-5."
    )
    assert found["CC(=O)Oc1ccccc1C(=O)O"].key == found["BSYNRYMUTXBXSQ-UHFFFAOYSA-N"].key
    assert [w for w, m in found.items() if m.kind == "cas"] == ["50-78-2"]
    assert valid_cas("7732-18-5")
    assert not valid_cas("7732-18-4")


def test_systematic_names_wait_for_opsin(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "We made 2-chloro-4-nitroaniline."
    monkeypatch.setattr(opsin, "available", lambda: False)
    assert [(m.written, m.smiles) for m in find_mentions(text)] == [("2-chloro-4-nitroaniline", None)]


def test_opsin_is_asked_once_for_all_names_and_what_it_cannot_read_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def read(names: list[str], *, tmp_fpath: str) -> list[str]:
        asked.append(names)
        return ["Nc1ccc([N+](=O)[O-])cc1Cl", ""]

    monkeypatch.setattr(opsin, "available", lambda: True)
    monkeypatch.setitem(sys.modules, "py2opsin", SimpleNamespace(py2opsin=read))
    found = find_mentions("2-chloro-4-nitroaniline and 4-foobarane, again 2-chloro-4-nitroaniline.")
    assert asked == [["2-chloro-4-nitroaniline", "4-foobarane"]]
    assert [m.key for m in found] == ["LOCWBQIWHWIRGN-UHFFFAOYSA-N", None, "LOCWBQIWHWIRGN-UHFFFAOYSA-N"]


def test_every_name_that_is_looked_for_can_be_read() -> None:
    assert len(dictionary()) > 2500
    sample = [*list(dictionary().values())[::97], *list(abbreviations().values())[::9]]
    assert all(key_of(s.smiles) for s in sample)


@each_row(
    ("text", "expected"),
    [
        ("The Tg of PVDF is -35 °C.", [("glass_transition_temperature", "=", -35.0, None, "°C", "PVDF")]),
        ("Caffeine melts at 235–238 °C.", [("melting_point", "=", 235.0, 238.0, "°C", "Caffeine")]),
        ("PVDF decomposes above about 400 °C.", [("decomposition_temperature", "~", 400.0, None, "°C", "PVDF")]),
        ("DACT-II ($\\Phi_{PL}$: 100% in CBP) emits.", [("quantum_yield", "=", 100.0, None, "%", "DACT-II")]),
        ("CC2TA (λ\\textsubscript{PL}: 490 nm; τ: 22 μs).", [("emission_maximum", "=", 490.0, None, "nm", "CC2TA")]),
        ("Rhodamine 6G ($\\lambda_{\\text{max}} = 540 \\text{ nm}$)", [("absorption_maximum", "=", 540.0, None, "nm", "Rhodamine 6G")]),
        ("TiO2 has a 3.2 eV band gap.", [("band_gap", "=", 3.2, None, "eV", "TiO2")]),
        ("Its density was 1.42 g cm$^{-3}$ at 25 °C.", [("density", "=", 1.42, None, "g cm-3", None)]),
        ("The solubility of caffeine in water is 21.7 mg/mL.", [("solubility", "=", 21.7, None, "mg/mL", "caffeine")]),
        ("The log P of caffeine is -0.07.", [("logp", "=", -0.07, None, "", "caffeine")]),
        ("The refractive indices were 1.5041 for A and 1.5116 for B.",
         [("refractive_index", "=", 1.5041, None, "", "A"), ("refractive_index", "=", 1.5116, None, "", "B")]),
        ("Toluene: flash point < 5 °C.", [("flash_point", "<", 5.0, None, "°C", "Toluene")]),
        ("It has a pKa of 4.76\\textsuperscript{16} here.", [("pka", "=", 4.76, None, "", None)]),
        ("Its emission peaks at 410 and 430 nm.", [("emission_maximum", "=", 410.0, None, "nm", None), ("emission_maximum", "=", 430.0, None, "nm", None)]),
    ],
)  # fmt: skip
def test_numbers_with_property_unit_and_substance(text: str, expected: list[tuple[object, ...]]) -> None:
    assert said(text) == expected


@each_row(
    "text",
    [
        "The film was heated at 300 °C and its Tg was not seen.",
        "Tg was measured at a heating rate of 10 °C/min.",
        "The band gap should be in the range of 1.5-3.0 eV.",
        "The density increased, with an increase in the density of approximately 0.0038 g cm-3.",
        "The emission spectra were excited at 365 nm.",
        "The optical gap is 0.2 eV smaller than expected.",
        "The DNA duplex has a melting temperature of 58 °C.",
        "A lamp emitting light at 355 nm was used.",
        "The current density was 10 mA cm-2 and the solubility is unknown.",
        "pKa values were taken from Table 7, for compounds 3 and 4.",
        "No number here, but a melting point.",
    ],
)
def test_numbers_that_are_no_values(text: str) -> None:
    assert said(text) == []


def test_tables_are_read_by_their_headings() -> None:
    table = (
        "Table 1. Films.\nPolymer | Tg (°C) | T_d5% [°C] | density [g/cm3] | λmax/nm | log P | yield (%) | λ/Φ\n--- | --- | --- | --- | --- | --- | --- | ---\n"
        "PMDA-ODA | 385 | 550–560 | 1.42 | 510 | 2.5 | 71 | 490/62\nPI-2 | >400 | - | 1.39 ± 0.02 | 2 | 3 | 80 | 1\nMean | 390 | 1 | 1 | 1 | 1 | 1 | 1"
    )
    found, reported = chemistry_of(table, [Passage("d:0", "d", table, None, 4, 0, len(table), "table")])
    assert [(v.property, v.relation, v.value, v.upper, v.unit, v.substance) for v in reported] == [
        ("absorption_maximum", "=", 510.0, None, "nm", "PMDA-ODA"),
        ("decomposition_temperature", "=", 550.0, 560.0, "°C", "PMDA-ODA"),
        ("density", "=", 1.42, None, "g/cm³", "PMDA-ODA"),
        ("glass_transition_temperature", "=", 385.0, None, "°C", "PMDA-ODA"),
        ("logp", "=", 2.5, None, "", "PMDA-ODA"),
        ("density", "=", 1.39, None, "g/cm³", "PI-2"),
        ("glass_transition_temperature", ">", 400.0, None, "°C", "PI-2"),
    ]
    assert reported[0].key == found[0].key == keys_of("PMDA-ODA")[0][0]
    assert {table[v.start : v.end].split(" | ")[0] for v in reported} == {"PMDA-ODA", "PI-2"}


def test_units_are_converted_and_conditions_kept() -> None:
    (value,) = values("The compound PI-7 has a Tg of 523 ± 2 K (by DSC, heating rate of 10 K/min) under nitrogen.")
    assert (value.value, value.spread, value.standard, value.standard_unit, value.page) == (523.0, 2.0, pytest.approx(249.85), "°C", 3)
    assert value.conditions == ("by DSC", "heating rate of 10 K/min", "under nitrogen")
    (resolved,) = values("The melting point of caffeine is 235 °C.")
    assert (resolved.key, resolved.smiles) == ("RYYVLZVUVIJVGH-UHFFFAOYSA-N", dictionary()["caffeine"].smiles)
    (mass,) = values("Its solubility was 250 μg/mL.")
    assert (mass.standard, mass.standard_unit) == (0.25, "g/L")


def test_what_stands_in_the_references_is_passed_over() -> None:
    text = "Caffeine is here. References: toluene is there."
    found, _ = chemistry_of(text, [Passage("d:0", "d", text[:17], None, None, 0, 17, "text")])
    assert [m.name for m in found] == ["caffeine"]


def test_what_is_asked_for_becomes_a_key() -> None:
    caffeine = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    for what in ("Caffeine", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", caffeine):
        assert keys_of(what)[0] == [caffeine]
    assert keys_of("no such thing") == ([], ["no such thing"])
    substances = [(caffeine, "Cn1c(=O)c2c(ncn2C)n(C)c1=O"), ("toluene", "Cc1ccccc1"), ("bad", "C1CC")]
    assert keys_with_motif("[nX3][CX3,c]=O", substances) == [caffeine]
    for wrong in ("", " "):
        with pytest.raises(UsageError):
            keys_of(wrong)
    with pytest.raises(UsageError, match="neither"):
        keys_with_motif("not a group(", substances)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("Tg °C=12.5−–±×^{}$\\lambda_()%nm,; caffeineIİß\n₂²"), max_size=80))
def test_no_text_breaks_it_and_every_place_is_right(text: str) -> None:
    view = view_of(text)
    assert all(0 <= view.at(n) < len(text) for n in range(len(view.text)))
    passage = Passage("d:0", "d", text, None, None, 0, len(text), "text")
    found, reported = chemistry_of(text, [passage])
    assert all(text[m.start : m.end] == m.written for m in found)
    assert all(text[v.start : v.end] == v.quote for v in reported)


def test_numbers_handed_out_as_a_table_run_nothing_in_a_spreadsheet() -> None:
    (value,) = values("The melting point of caffeine is 235 °C.")
    document = Document("d", "=HYPERLINK(1)", (), 2001, "10.1234/a", None, None, None, "f", "c", "h")
    target = io.StringIO()
    assert write_values(target, [("d/0", document, value)]) == 1
    (row,) = csv.DictReader(io.StringIO(target.getvalue()))
    assert (row["title"], row["value"], row["standard_unit"], row["quote"]) == ("'=HYPERLINK(1)", "235.0", "°C", value.quote)
    assert row["relation"] == "'="
