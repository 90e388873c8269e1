"""Formulas in a text: 'TiO2', 'Fe3O4', 'Zn(NO3)2·6H2O', also with subscripts as Unicode or LaTeX has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rdkit import Chem

from core import data
from core.papers import Mention
from tools.literature.chemistry.view import view_of
from tools.structures.names import TABLES

_ELEMENTS = frozenset(Chem.GetPeriodicTable().GetElementSymbol(n) for n in range(1, 104))
_SYMBOL = "|".join(sorted(_ELEMENTS, key=lambda e: (-len(e), e)))
_PART = rf"(?:(?:{_SYMBOL})\d{{0,3}}|\((?:(?:{_SYMBOL})\d{{0,3}})+\)\d{{0,2}}|\[(?:(?:{_SYMBOL})\d{{0,3}}|\((?:(?:{_SYMBOL})\d{{0,3}})+\)\d{{0,2}})+\]\d{{0,2}})"
_FORMULA = re.compile(rf"(?<![\w/\\-]){_PART}{{2,}}(?:[·.]\d{{0,2}}H2O)?(?![\w(])")
_SINGLE = re.compile(r"(?<![\w/\\-])(?:[ONHFS]2|Cl2|Br2|I2|O3|C60|C70|P4|S8)(?![\w(.-])")
#: Without a digit or a small letter most such words are abbreviations of something else; these are not.
_PLAIN = frozenset(
    [
        "KOH",
        "HF",
        "HI",
        "KI",
        "KBr",
        "CO",
        "NO",
        "HCN",
        "KCN",
        "KF",
        "CsF",
        "NaOH",
        "HCl",
        "HBr",
        "NaCl",
        "KCl",
        "LiCl",
        "LiF",
        "LiOH",
        "AgCl",
        "CuO",
        "ZnO",
        "MgO",
        "CaO",
        "NiO",
        "ZnS",
        "CdS",
        "GaN",
        "BN",
        "SiC",
        "TiC",
    ]
)
_NOT = frozenset(["In2", "As2", "No2", "Co2", "Os2", "Pb2"])


def find_formulas(text: str) -> Iterator[Mention]:
    """The formulas in ``text``; ``name`` is the formula on one line. Of those without carbon a structure is given where one name has it."""
    view = view_of(text)
    for pattern in (_FORMULA, _SINGLE):
        for found in pattern.finditer(view.text):
            written = found[0]
            if pattern is _FORMULA and not _is_formula(written):
                continue
            start, end = view.span(found.start(), found.end())
            if end - start > 4 * len(written) + 24:
                continue
            yield Mention(start, end, "formula", text[start:end], written, _inorganic().get(written))


def _is_formula(written: str) -> bool:
    if written in _PLAIN:
        return True
    if written in _NOT or len(written) > 60:
        return False
    symbols = re.findall(_SYMBOL, re.sub(r"\d", "", written))
    if len(set(symbols)) < 2 or not any(map(str.isdigit, written)):
        return False
    if re.fullmatch(r"[A-Z]{2,}\d+", written):  # 'NF4', 'BM1', 'PC2' are labels; 'CO2', 'NO2', 'SO3', 'BF3' are not
        return (
            re.fullmatch(r"(?:CO|NO|SO|SF|BF|PF|NH|CH|BH|PO|HSO|HNO|HPO|KNO|KCO|OH|WO|VO|CN|UF|IF|HCO|HIO|WS|PH|KIO|KHF|BO)\d", written)
            is not None
        )
    return True


@lru_cache(maxsize=1)
def _inorganic() -> dict[str, str]:
    """SMILES by formula of the compounds without carbon in the tables, and of the oxides of carbon, where only one has the formula."""
    found: dict[str, set[str]] = {}
    for table in TABLES:
        for row in data.rows("tools.structures", table):
            if not re.search(r"C(?![a-z])", row["formula"]) or row["formula"] in ("CO2", "CO"):
                found.setdefault(row["formula"], set()).add(row["smiles"])
    return {formula: next(iter(smiles)) for formula, smiles in found.items() if len(smiles) == 1}
