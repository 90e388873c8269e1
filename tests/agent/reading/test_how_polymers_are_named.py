"""Polymers by how their names are made, and what such names must not be taken for."""

from __future__ import annotations

from agent.reading import interpret
from tests.tables import each_row


@each_row(
    ("goal", "family"),
    [
        ("poly(butyl acrylate)-like soft polymer", "polyacrylate"),
        ("poly(sebacic anhydride)-type material", "polyanhydride"),
        ("poly(phenylquinoxaline) type resin", "polyquinoxaline"),
        ("a poly(organophosphazene) hydrogel", "polyphosphazene"),
        ("poly(N-alkylacrylamide) with a Tg above 100 °C", "polyacrylamide"),
        ("poly(alkylene oxide) soft segment", "polyether"),
        ("poly(p-phenylene benzobisoxazole) relatives", "polybenzoxazole"),
        ("poly(acyl hydrazide) main chain", "polyhydrazide"),
        ("poly(lactic acid) analogue with a Tg above 60 °C", "polyester"),
        ("poly(vinylidene fluoride) binder", "fluoropolymer"),
        ("poly(ethylene terephthalate) film with a Tg above 80 °C", "polyester"),
        ("a polyether backbone", "polyether"),
        ("acid-labile polyorthoester backbone", "poly(orthoester)"),
        ("a polysiloxane main chain with a Tg below -100 °C", "polysiloxane"),
        ("a polymer with a polyether backbone, Tg below -50 °C", "polyether"),
        ("a polymer of the polyimide type, Tg above 300 °C", "polyimide"),
        ("a polymer on a polysiloxane backbone", "polysiloxane"),
        ("a Si-N chain polymer", "polysilazane"),
        ("Si-Si backbone polymer", "polysilane"),
        ("an inorganic P=N backbone polymer", "polyphosphazene"),
        ("thioether-linked backbone polymer", "polythioether"),
        ("urea-linked polymer with a Tg below 0 °C", "polyurea"),
        ("a polythioether sealant base", "polythioether"),
        ("PES membrane polymer", "poly(ether sulfone)"),
        ("PBI for high-temperature fuel cells", "polybenzimidazole"),
        ("m-PBI type polymer", "polybenzimidazole"),
        ("PBO fibre polymer like Zylon", "polybenzoxazole"),
        ("PI of the Kapton type", "polyimide"),
        ("PPS of the Ryton kind", "poly(phenylene sulfide)"),
        ("a PU for flexible foam", "polyurethane"),
        ("PC film, Tg above 150 °C", "polycarbonate"),
        ("PDMS elastomer with a Tg below -110 °C", "polysiloxane"),
        ("IL based on an organic cation", "ionic liquid"),
        ("UV absorber for coatings", "UV filter"),
        ("AO package component that scavenges peroxyl radicals", "antioxidant"),
        ("PVC softener that does not migrate", "plasticizer"),
        ("a photoswitchable small molecule", "photoswitch"),
    ],
)
def test_the_family_is_read(goal: str, family: str) -> None:
    assert interpret(goal, may_be_empty=True).family == family


@each_row(
    "goal",
    [
        "PI, MW below 400",
        "PBI dye absorbing at 530 nm",
        "PET tracer with logP below 3",
        "PES fibre dye",
        "IL-2 inhibitor, MW below 500",
        "PU foam catalyst, MW below 300",
        "PC/ABS flame retardant with at least 10 wt% P",
        "PE film additive, MW below 800",
        "an additive with a polyether backbone, MW below 800",
        "a polyamide chain extender, MW below 300",
        "poly(ethylene oxide-co-propylene oxide), Tg below -50 °C",
        "poly(styrene-alt-maleic anhydride), Tg above 100 °C",
        "poly(thiourea) film, Tg above 100 °C",
        "poly(ethylene imine), Tg below 0 °C",
        "a polymer without a polyester backbone, Tg above 100 °C",
        "a polymer with no polyester backbone, Tg above 100 °C",
        "a polymer with a polyester backbone or a polyamide one, Tg above 100 °C",
        "a polyimide precursor, MW below 400",
        "a molecule similar to PEG, MW below 400",
    ],
)
def test_no_family_of_polymers_is_read(goal: str) -> None:
    assert interpret(goal, may_be_empty=True).family in ("", "dye")


def test_a_lightweight_polymer_has_a_low_density_and_no_small_unit() -> None:
    spec = interpret("a lightweight polymer with a Tg above 100 °C")
    assert [o.property for o in spec.objectives] == ["polymer_density"]
    assert len(spec.requirements) == 1
