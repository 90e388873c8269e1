"""What a heading means, whatever its case, spaces and punctuation: structure, name, identifier, relation, unit."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Headings of structures, squashed, in order of preference: a SMILES that says more of stereochemistry comes first.
STRUCTURES = (
    "smiles", "cxsmiles", "isomericsmiles", "canonicalsmiles", "structure", "psmiles", "smilesstring", "smi", "connectivitysmiles",
    "molsmiles", "moleculesmiles", "structuresmiles", "rdkitsmiles", "openeyesmiles", "smilescode", "bigsmiles", "nonstereosmiles",
)  # fmt: skip
#: Headings of names, squashed, in order of preference.
NAMES = (
    "name", "compoundname", "moleculename", "preferredname", "prefname", "title", "commonname", "chemicalname", "substancename", "iupacname",
    "compound", "molecule", "substance", "drugname", "productname", "product", "drug", "compoundnames", "moleculetitle",
    "material", "monomer", "polymername", "bezeichnung", "substanz", "verbindung", "stoff", "nom", "nombre", "nome", "naam",
)  # fmt: skip
#: Headings of identifiers, squashed, in order of preference.
IDENTIFIERS = (
    "id", "compoundid", "moleculeid", "chemblid", "moleculechemblid", "zincid", "catalogid", "catalogueid", "catalognumber",
    "cataloguenumber", "catalogno", "catno", "catalog", "catalogue", "idnumber", "sku", "productid", "productcode", "productnumber",
    "articlenumber", "articleno", "article", "vendorid", "supplierid", "mculeid", "enamineid", "molportid", "drugbankid", "chebiid", "cid",
    "pubchemcid", "sid", "registrynumber", "code", "molid", "cmpdid", "structureid", "identifier", "identifiant", "identificador",
    "bestellnummer", "artikelnummer", "kennung", "référence", "key", "number", "nummer", "no", "nr", "index", "inchikey",
)  # fmt: skip
#: Headings of registry numbers of the Chemical Abstracts Service.
CAS = ("cas", "casnumber", "casno", "casrn", "casnr", "casid")
#: Headings of a column that says whether a value is a measurement or a limit, and of one that names its unit.
RELATIONS = ("relation", "standardrelation", "qualifier", "operator", "modifier", "relationship", "prefix", "censor", "censored")
UNITS = ("unit", "units", "standardunits", "standardunit", "uom", "publishedunits", "unitofmeasure", "einheit")

_KNOWN = frozenset(
    (*STRUCTURES, *NAMES, *IDENTIFIERS, *CAS, "mol", "ligand", "reactant", "reagent", "buildingblock", "molekül", "moleküle")
)
_OTHER = re.compile(r"[\W_]+")
_UNIT_IN_HEADING = re.compile(r"\s*(?:[\[(]\s*([^\[\]()]+?)\s*[\])]|/\s*(\S.*?)|,\s+(\S+)|\s+in\s+(\S+))\s*$")


def squashed(heading: str) -> str:
    """Letters and digits of a heading in lower case: 'ChEMBL ID' and 'chembl_id' are one."""
    return _OTHER.sub("", heading.lower().lstrip("\ufeff"))


def is_structure(heading: str) -> bool:
    """Whether a heading names structures."""
    plain = squashed(heading)
    return plain in STRUCTURES or (plain.endswith("smiles") and len(plain) <= 24 and "inchi" not in plain and plain.count("smiles") == 1)


def is_known(heading: str) -> bool:
    """Whether a heading is one that columns of structures, names or identifiers have, in the singular or the plural."""
    plain = squashed(heading)
    return is_structure(heading) or any(word in _KNOWN for word in (plain, plain.removesuffix("s"), plain.removesuffix("es")))


def structure_column(headings: Sequence[str]) -> int | None:
    """The place of the heading that most likely names structures; None if none does."""
    known = first_of(headings, STRUCTURES)
    return known if known is not None else next((i for i, h in enumerate(headings) if is_structure(h)), None)


def first_of(headings: Sequence[str], known: Sequence[str]) -> int | None:
    """The place of the first of ``known`` that is among ``headings``; None if none is."""
    plain = [squashed(h) for h in headings]
    return next((plain.index(name) for name in known if name in plain), None)


def identifier_column(headings: Sequence[str]) -> int | None:
    """The place of the heading that names identifiers; a registry number is taken where there is no other."""
    known = first_of(headings, IDENTIFIERS)
    if known is None:
        known = next((i for i, h in enumerate(headings) if squashed(h).endswith(("id", "code", "number")) and len(squashed(h)) <= 24), None)
    return known if known is not None else first_of(headings, CAS)


def place_of(headings: Sequence[str], wanted: str) -> int | None:
    """The place of the heading that a person calls ``wanted``: as written, else but for case and punctuation; None if there is none."""
    for form in (str.strip, str.lower, squashed):
        found = [i for i, h in enumerate(headings) if form(h.strip()) == form(wanted.strip())]
        if found:
            return found[0]
    return None


def unit_in(heading: str) -> tuple[str, str]:
    """(the heading without its unit, the unit): 'bp / °C', 'IC50 (nM)', 'Price, USD/1g' name one; '' where there is none."""
    found = _UNIT_IN_HEADING.search(heading)
    if found is None or not found.start():
        return heading, ""
    return heading[: found.start()], next(group for group in found.groups() if group)
