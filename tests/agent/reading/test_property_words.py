"""What goals call the properties, and words that look near but are other properties: the former are read, the latter never."""

from __future__ import annotations

from agent.reading import interpret
from agent.reading.compact import compact
from tests.tables import each_row
from tools.workspace import builtin

#: Property, number with its unit, and what goals call it.
READ = {
    ("molecular_weight", "below 300 g/mol"): (
        "MW", "M.W.", "mol. wt.", "molec. weight", "formula weight", "formula mass", "molar mass", "relative molecular mass", "molecular mass", "FW",
    ),
    ("melting_point", "above 100 °C"): ("mp", "m.p.", "mpt", "melting temperature", "fusion point", "melting pt."),
    ("flash_point", "above 60 °C"): ("flashpoint", "flash pt.", "closed-cup flash point", "flash point (closed cup)", "FP"),
    ("logp", "below 3"): ("cLogP", "log P", "log Kow", "logPow", "log Po/w", "log P(o/w)", "XLogP3", "SlogP", "calculated logP", "lipophilicity", "hydrophobicity"),
    ("tpsa", "below 90 Å²"): ("PSA", "tPSA", "polar surface area", "topological PSA", "polar surface"),
    ("hbd", "at most 2"): ("HBDs", "H-bond donors", "H-donors", "hydrogen-bonding donors", "hydrogen-bond donating groups"),
    ("hba", "at most 5"): ("HBAs", "H-bond acceptors", "H-acceptors", "hydrogen bonding acceptors"),
    ("rotatable_bonds", "at most 5"): ("rotatables", "rot. bonds", "rotors", "freely rotating bonds", "rotatable single bonds"),
    ("fraction_csp3", "above 0.4"): ("Fsp3", "Fsp³", "sp3 fraction", "fraction of sp3-hybridised carbons"),
    ("sa_score", "below 3"): ("SA-score", "SAscore", "synthetic accessibility", "synthesisability score"),
    ("absorption_maximum", "above 450 nm"): (
        "λmax", "λ_max", "lambda max", "absorption maxima", "absorption max.", "peak absorption", "absorbance peak", "wavelength of maximum absorption",
        "longest-wavelength absorption maximum", "UV/Vis maximum",
    ),
    ("aqueous_solubility", "above -4 log mol/L"): ("logS", "log Sw", "water solubility", "solubility in H2O", "aq. solubility"),
    ("log_epsilon", "above 4"): ("log ε", "log epsilon"),
    ("heavy_atoms", "at most 25"): ("heavy atom count", "non-H atoms", "nonhydrogen atoms", "HAC"),
    ("boiling_point", "above 100 °C"): ("boiling point", "bp", "b.p.", "b.pt.", "normal boiling point", "boiling temperature", "boil. pt."),
    ("vapour_pressure", "below 10 Pa"): ("vapour pressure", "vapor pressure", "vap. press.", "saturation vapour pressure"),
    ("learnt_logp", "below 3"): ("measured logP", "experimental log P", "shake-flask logP"),
    ("logd", "below 2"): ("logD", "log D", "logD7.4", "log D at pH 7.4"),
    ("density", "below 1.1 g/mL"): ("density", "liquid density"),
    ("refractive_index", "above 1.5"): ("refractive index", "index of refraction"),
    ("relative_permittivity", "above 20"): ("dielectric constant", "relative permittivity", "static dielectric constant"),
    ("surface_tension", "below 25 mN/m"): ("surface tension",),
    ("acidic_pka", "below 5"): ("acidic pKa", "acid pKa", "most acidic pKa"),
    ("basic_pka", "above 9"): ("basic pKa", "pKaH", "conjugate acid pKa", "pKa of the conjugate acid"),
    ("emission_maximum", "above 520 nm"): ("emission maximum", "emission wavelength", "λem", "fluorescence maximum", "emission"),
    ("quantum_yield", "above 0.5"): ("quantum yield", "fluorescence quantum yield", "PLQY"),
    ("stereocentres", "at most 1"): ("stereogenic centres", "chiral carbons", "asymmetric carbons", "chirality centers"),
}  # fmt: skip
#: Other properties, and words that mean more than one.
OTHER = (
    "dropping point above 200 °C", "pour point below -20 °C", "cloud point below 0 °C", "clearing point above 85 °C", "softening point above 100 °C",
    "fire point above 200 °C", "autoignition temperature above 300 °C", "smoke point above 20 °C", "aniline point above 90 °C", "Krafft point below 20 °C",
    "crystallisation temperature below 20 °C", "onset temperature above 200 °C", "sublimation temperature above 200 °C", "boiling point above 100 °C at 10 mbar",
    "electroluminescence maximum at 520 nm", "absorption onset at 600 nm", "absorption edge at 600 nm",
    "absorption coefficient above 10000", "absorption cross section above 100", "absorbance above 1", "water absorption below 2 %",
    "log D at pH 2 below 2", "log D of uranium above 2", "log BB above 0", "log Koc below 3", "pKa above 4", "melting enthalpy above 200", "melt flow index above 2", "mass loss below 2 %",
    "gel point below 30 °C", "heat deflection temperature above 100 °C", "critical temperature above 100 °C", "solubility parameter above 18",
    "epoxy equivalent weight below 200 g/mol", "acid value below 10", "number-average molecular weight above 5000 g/mol",
    "molecular weight cut-off of 300 Da", "donor number above 20", "acceptor number above 20", "charge density above 2", "ring strain below 100",
    "degree of unsaturation below 5", "refractive index above 1.6 at 1550 nm", "vapour pressure at 60 °C below 10 Pa", "dielectric constant above 20 at 1 GHz", "singlet energy above 2.8 eV", "flash photolysis at 355 nm", "f.p. above 60 °C",
    "kinetic solubility above 100 µM", "solubility in oil above 10 g/L", "solvent-accessible surface area above 300 Å²",
)  # fmt: skip


@each_row(("about", "words"), READ.items())
def test_every_spelling_of_a_property_is_read(about: tuple[str, str], words: tuple[str, ...]) -> None:
    name, limit = about
    for word in words:
        spec = interpret(f"find a molecule with {word} {limit}", may_be_empty=True)
        assert [r.split()[0] for r in compact(spec, catalogue=builtin().catalogue)["requirements"]] == [f"property:{name}"], (
            word,
            spec.unchecked,
        )


@each_row("words", OTHER)
def test_what_only_sounds_like_a_property_is_not_read(words: str) -> None:
    spec = interpret(f"find a molecule with {words}", may_be_empty=True)
    assert compact(spec, catalogue=builtin().catalogue)["requirements"] == []
    assert spec.unchecked
