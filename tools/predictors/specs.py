"""What each predictor predicts, from which columns of which data, under which licence, and what its numbers may be used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import SpecError

FeatureKind = Literal["molecule", "dye", "polymer"]


@dataclass(frozen=True, kw_only=True)
class PredictorSpec:
    """One predictor.

    Attributes:
        name: registered property name.
        short: short name used in the method's name.
        unit: unit of the predicted value.
        kind: what is described: a molecule, a dye in a solvent, or a polymer's repeat unit.
        target: column of the measured value; ``structure``: column of the structure; ``solvent``: column of the solvent, or "".
        offset: added to the data's number to get ``unit``.
        low, high: measured values outside are rejected as unusable.
        decimals: digits after the point that a report may show; predictions are rounded to them.
        data, source, licence: name of the data file, its reference, its licence.
        simulated: collections whose values were computed, not measured, though they are labelled as measured (column ``sources``).
        show_values: whether the licence lets measured values ship with the neighbour index.
        limits: what the model's user must know, one sentence each.
    """

    name: str
    short: str
    unit: str
    kind: FeatureKind
    target: str
    structure: str = "smiles"
    solvent: str = ""
    offset: float = 0.0
    low: float
    high: float
    decimals: int
    data: str
    source: str
    licence: str
    simulated: frozenset[str] = frozenset()
    show_values: bool = True
    limits: tuple[str, ...] = ()


_DYE_LIMITS = (
    "Labels mix bands: for some dyes (porphyrins, for example) a shorter-wavelength band, the Soret band, was recorded instead of the "
    "longest-wavelength one.",
    "Rows measured on films (solvent equals the dye) are in the training data and are treated as the solvent 'film'.",
    "Counter-ions are noted and not described: the piece with the largest conjugated system is predicted.",
)
_NEUTRAL = "Salts, mixtures and inorganic substances are left out of training and refused at prediction."

PREDICTORS: dict[str, PredictorSpec] = {
    spec.name: spec
    for spec in (
        PredictorSpec(
            name="glass_transition_temperature",
            short="Tg",
            unit="°C",
            kind="polymer",
            target="tg_c",
            structure="psmiles",
            low=-200,
            high=600,
            decimals=1,
            data="polymer_tg",
            source="merged from polymon (GREA, HT-PolyInfo) and PolyMetriX; most values trace back to PoLyInfo",
            licence="GREA MIT, HT-PolyInfo Apache-2.0, PolyMetriX MIT",
            # Why: docs/predictors.md, 'Reading the figures'.
            simulated=frozenset({"HT-exp", "SC-JCIM"}),
            show_values=False,
            limits=(
                "Linear homopolymers and strictly alternating copolymers with one repeat unit; networks and random copolymers are out of scope.",
                "Molar mass, tacticity, crystallinity, moisture and the heating rate are not inputs; sources differ by more than 30 °C for "
                "some polymers.",
                "The index of neighbours ships structures only, no measured values.",
            ),
        ),
        PredictorSpec(
            name="absorption_maximum",
            short="λmax",
            unit="nm",
            kind="dye",
            target="lambda_max_nm",
            solvent="solvent_smiles",
            low=150,
            high=1600,
            decimals=1,
            data="dye_absorption",
            source="Deep4Chem, Joung et al., Sci. Data 2020, 7, 295",
            licence="CC BY 4.0",
            limits=_DYE_LIMITS,
        ),
        PredictorSpec(
            name="log_epsilon",
            short="log ε",
            unit="log (L/mol/cm)",
            kind="dye",
            target="log_epsilon",
            solvent="solvent_smiles",
            low=0,
            high=7,
            decimals=2,
            data="dye_absorption",
            source="Deep4Chem, Joung et al., Sci. Data 2020, 7, 295",
            licence="CC BY 4.0",
            limits=("Only about half of the rows carry a molar absorption coefficient, nearly all of them good absorbers.", *_DYE_LIMITS),
        ),
        PredictorSpec(
            name="melting_point",
            short="melting point",
            unit="°C",
            kind="molecule",
            target="mp_c",
            low=-250,
            high=700,
            decimals=1,
            data="melting_point",
            source="Bradley open melting point data set",
            licence="CC0",
            limits=(_NEUTRAL, "Polymorphs are not told apart; stereoisomers differ only through features that see stereocentres."),
        ),
        PredictorSpec(
            name="aqueous_solubility",
            short="solubility",
            unit="log mol/L",
            kind="molecule",
            target="log_s",
            low=-15,
            high=3,
            decimals=2,
            data="aqueous_solubility",
            source="AqSolDB, Sorkun et al., Sci. Data 2019, 6, 143",
            licence="CC0",
            limits=(
                _NEUTRAL,
                "pH, temperature and solid form are not inputs; values of different laboratories differ by about half a log unit.",
            ),
        ),
        PredictorSpec(
            name="flash_point",
            short="flash point",
            unit="°C",
            kind="molecule",
            target="flash_point_k",
            offset=-273.15,
            low=-150,
            high=700,
            decimals=1,
            data="flash_point",
            source="Sun et al., Mol. Inf. 2020, 39, 1900101",
            licence="CC BY 4.0",
            limits=(_NEUTRAL, "Open-cup and closed-cup values are mixed. Evidence of volatility, never of thermal stability."),
        ),
    )
}


def spec_of(name: str) -> PredictorSpec:
    """The predictor called ``name``. Raises SpecError if there is none."""
    try:
        return PREDICTORS[name]
    except KeyError:
        raise SpecError(f"no predictor {name!r}; there are: {', '.join(PREDICTORS)}") from None
