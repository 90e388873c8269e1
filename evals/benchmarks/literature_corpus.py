"""Made-up abstracts of chemistry papers, for measuring speed at size. They say nothing true; only their lengths and words are lifelike."""

from __future__ import annotations

import random
from collections.abc import Iterator

from core.passages import Document, Passage

_CORES = [
    "polyimide",
    "polybenzimidazole",
    "polyester",
    "polyamide",
    "polycarbonate",
    "epoxy",
    "coumarin",
    "rhodamine",
    "cyanine",
    "BODIPY",
    "porphyrin",
    "carbazole",
    "fluorene",
    "thiophene",
    "quinoline",
    "indole",
    "pyridine",
    "benzofuran",
    "triazole",
    "oxadiazole",
    "phenothiazine",
    "naphthalimide",
    "perylene",
    "azobenzene",
    "stilbene",
    "flavone",
    "steroid",
    "peptide",
    "zeolite",
    "perovskite",
    "MOF-5",
    "UiO-66",
    "ZIF-8",
    "graphene",
]
_PARTS = [
    "fluorinated",
    "sulfonated",
    "methoxy-substituted",
    "cyano-substituted",
    "N-alkylated",
    "hyperbranched",
    "cross-linked",
    "chiral",
    "amphiphilic",
    "cationic",
    "zwitterionic",
    "bio-based",
    "deuterated",
    "boronated",
    "hydroxylated",
    "brominated",
    "acetylated",
    "silylated",
]
_PROPERTIES = [
    "glass transition temperature",
    "aqueous solubility",
    "fluorescence quantum yield",
    "absorption maximum",
    "decomposition temperature",
    "turnover frequency",
    "ionic conductivity",
    "tensile strength",
    "binding affinity",
    "enantiomeric excess",
    "partition coefficient",
    "melting point",
    "band gap",
    "specific surface area",
    "dielectric constant",
    "contact angle",
    "oxygen permeability",
    "Faradaic efficiency",
]
_UNITS = {
    "glass transition temperature": "°C",
    "aqueous solubility": "mg/L",
    "absorption maximum": "nm",
    "melting point": "°C",
    "band gap": "eV",
}
_METHODS = [
    "density functional theory",
    "nuclear magnetic resonance",
    "X-ray diffraction",
    "differential scanning calorimetry",
    "cyclic voltammetry",
    "molecular dynamics",
    "mass spectrometry",
    "infrared spectroscopy",
    "transmission electron microscopy",
    "isothermal titration calorimetry",
    "time-resolved fluorescence",
    "Raman spectroscopy",
    "gel permeation chromatography",
    "thermogravimetric analysis",
]
_REACTIONS = [
    "Suzuki coupling",
    "ring-opening polymerization",
    "photoredox alkylation",
    "click cycloaddition",
    "hydroformylation",
    "asymmetric hydrogenation",
    "Diels-Alder reaction",
    "electrochemical reduction",
    "polycondensation",
    "C-H activation",
    "aldol reaction",
    "atom transfer radical polymerization",
    "olefin metathesis",
    "transesterification",
]
_METALS = [
    "palladium",
    "platinum",
    "rhodium",
    "iridium",
    "copper",
    "nickel",
    "cobalt",
    "iron",
    "ruthenium",
    "gold",
    "manganese",
    "zinc",
    "titanium",
    "cerium",
]
_SOLVENTS = [
    "water",
    "ethanol",
    "toluene",
    "dichloromethane",
    "acetonitrile",
    "dimethylformamide",
    "tetrahydrofuran",
    "hexane",
    "2-methyltetrahydrofuran",
    "propylene-carbonate",
]
_USES = [
    "organic light-emitting diodes",
    "membrane separation",
    "drug delivery",
    "lithium batteries",
    "dye-sensitised solar cells",
    "heterogeneous catalysis",
    "fuel cells",
    "antibacterial coatings",
    "carbon dioxide capture",
    "water purification",
    "bioimaging",
    "gas sensors",
    "flexible displays",
    "adhesives",
]
_PREFIXES = [
    "amino",
    "bromo",
    "chloro",
    "fluoro",
    "iodo",
    "hydroxy",
    "methoxy",
    "ethoxy",
    "nitro",
    "cyano",
    "formyl",
    "acetyl",
    "methyl",
    "ethyl",
    "propyl",
    "butyl",
    "tert-butyl",
    "phenyl",
    "benzyl",
    "vinyl",
    "allyl",
    "trifluoromethyl",
    "sulfonyl",
    "carboxy",
    "mercapto",
    "azido",
    "boronyl",
    "silyl",
    "tosyl",
    "pyridyl",
]
_PARENTS = [
    "benzene",
    "aniline",
    "phenol",
    "toluene",
    "pyrrole",
    "furan",
    "imidazole",
    "pyrimidine",
    "naphthalene",
    "anthracene",
    "cyclohexane",
    "piperidine",
    "morpholine",
    "acetamide",
    "benzoate",
    "ketone",
    "aldehyde",
    "thiazole",
    "isoquinoline",
    "acridine",
    "xanthone",
    "chromene",
    "lactam",
    "carbamate",
    "sulfonamide",
    "urea",
    "nitrile",
    "oxirane",
    "glycoside",
    "phosphonate",
]
_STARTS = [
    "Al",
    "Ber",
    "Chen",
    "Dou",
    "Fer",
    "Gar",
    "Hoff",
    "Iva",
    "Jen",
    "Kov",
    "Lam",
    "Mül",
    "Nak",
    "Oli",
    "Pet",
    "Rod",
    "Sato",
    "Tan",
    "Ueda",
    "Vog",
    "Wei",
    "Zha",
]
_ENDS = [
    "berg",
    "cek",
    "den",
    "eira",
    "gaard",
    "ino",
    "koff",
    "lund",
    "mann",
    "nov",
    "ova",
    "quist",
    "ski",
    "son",
    "stein",
    "tani",
    "vey",
    "wald",
    "yama",
]
_OPENINGS = (
    "Materials for {use} need a high {prop}, which {part} {core} derivatives rarely reach.",
    "The {prop} of {core} limits its application in {use}.",
    "We report the synthesis of {part} {core} by {reaction} with {metal} catalysts.",
    "Understanding how structure controls the {prop} of {core} remains difficult despite decades of work.",
    "Here a series of {count} {part} {core} compounds was prepared for {use}.",
)
_MIDDLES = (
    "{reaction_c} in {solvent} at {hot} °C gave the products in {percent} % yield.",
    "The samples were characterised by {method} and {method2}.",
    "Compound {label} showed a {prop} of {value}{unit}, against {value2}{unit} for the parent {core}.",
    "{method_c} indicates that the {part} units stiffen the backbone and reduce aggregation in {solvent}.",
    "Addition of {metal} ({small} mol%) shortened the reaction time from {hours} h to {small} h.",
    "Calculations at the level of {method} reproduce the trend in {prop} within {small} %.",
    "No degradation was seen after {cycles} cycles or {hours} h in {solvent}.",
    "The {prop2} correlates with the {prop} across {count} samples (R2 = 0.{percent}).",
    "The intermediate {name} was obtained from {name2} in {solvent}.",
    "Following the procedure of {author}, {name} was treated with {metal} at {hot} °C.",
    "Crystals of {name} melt at {hot} °C and dissolve in {solvent}.",
    "Replacing {core} by {core2} lowered the {prop2} by {percent} %.",
)
_ENDINGS = (
    "These results open a route to {part} {core} for {use}.",
    "The findings suggest that {metal}-catalysed {reaction} is suited to {use}.",
    "The work shows that {prop} and {prop2} of {core} can be tuned independently.",
    "We discuss limits of the approach and the role of {solvent} in {use}.",
)


def abstracts(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(title, abstract) of ``count`` made-up papers, the same for the same seed; the abstracts have about 90 to 170 words."""
    draw = random.Random(seed)
    for _ in range(count):
        words = _drawn(draw)
        sentences = [draw.choice(_OPENINGS).format(**words)]
        for _ in range(draw.randint(5, 8)):
            sentences.append(draw.choice(_MIDDLES).format(**{**words, **_figures(draw)}))
        sentences.append(draw.choice(_ENDINGS).format(**words))
        yield (
            f"{words['part'].capitalize()} {words['core']} for {words['use']}: {words['prop']} and {words['reaction']}",
            " ".join(sentences),
        )


def paper(number: int, title: str, text: str, draw: random.Random) -> tuple[Document, Passage]:
    """A made-up paper as a document with one passage."""
    name, year = f"made-{number}", draw.randint(1990, 2025)
    document = Document(name, title, ("A. Author",), year, f"10.0000/{name}", "Journal", None, None, "made", f"c{number % 7}", name)
    return document, Passage(f"{name}/0", name, text, "Abstract", 1, 0, len(text), "abstract")


def perturbed(text: str, draw: random.Random) -> str:
    """``text`` with about a tenth of its words drawn anew from the vocabulary."""
    pool = [*_CORES, *_PARTS, *_METALS, *_SOLVENTS]
    return " ".join(draw.choice(pool) if draw.random() < 0.1 else word for word in text.split(" "))


def question(draw: random.Random) -> str:
    """A question as people ask the collection; 6 to 14 words."""
    words = {**_drawn(draw), **_figures(draw)}
    form = draw.choice(
        (
            "What is the {prop} of {part} {core} in {solvent}?",
            "How does {metal} catalyse {reaction} of {core}?",
            "Which {part} {core} compounds are suited to {use}?",
            "How was the {prop} of {core} measured by {method}?",
            "At what temperature does {name} melt?",
            "What did {author} obtain from {name2} with {metal}?",
            "Does {solvent} change the yield of {reaction} with {metal}?",
        )
    )
    return form.format(**words)


def _drawn(draw: random.Random) -> dict[str, str]:
    prop, prop2 = draw.sample(_PROPERTIES, 2)
    core, core2 = draw.sample(_CORES, 2)
    return {
        **{"core": core, "core2": core2, "prop": prop, "prop2": prop2, "part": draw.choice(_PARTS), "use": draw.choice(_USES)},
        **{"reaction": draw.choice(_REACTIONS), "metal": draw.choice(_METALS), "solvent": draw.choice(_SOLVENTS)},
        **{"count": str(draw.randint(4, 60)), "unit": f" {_UNITS[prop]}" if prop in _UNITS else ""},
    }


def _figures(draw: random.Random) -> dict[str, str]:
    method, method2 = draw.sample(_METHODS, 2)
    reaction = draw.choice(_REACTIONS)
    return {
        **{"method": method, "method2": method2, "method_c": method[0].upper() + method[1:]},
        **{"reaction_c": reaction[0].upper() + reaction[1:], "label": f"{draw.randint(1, 30)}{draw.choice('abcdef')}"},
        **{"value": f"{draw.uniform(1, 450):.1f}", "value2": f"{draw.uniform(1, 450):.1f}", "percent": str(draw.randint(11, 98))},
        **{"hot": str(draw.randint(20, 280)), "small": str(draw.randint(1, 9)), "hours": str(draw.randint(10, 96))},
        **{"name": _name(draw), "name2": _name(draw), "author": draw.choice(_STARTS) + draw.choice(_ENDS)},
        **{"cycles": str(draw.randint(20, 5000))},
    }


def _name(draw: random.Random) -> str:
    one, two, three = draw.sample(_PREFIXES, 3)
    return f"{draw.randint(1, 4)}-{one}-{draw.randint(2, 8)}-({two}{three}){draw.choice(_PARENTS)}"
