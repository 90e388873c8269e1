"""The properties that are the share of one element in the mass of a structure."""

from __future__ import annotations

#: Registered property and the element whose share it is.
ELEMENT_OF: dict[str, str] = {
    "boron_content": "B",
    "bromine_content": "Br",
    "carbon_content": "C",
    "chlorine_content": "Cl",
    "fluorine_content": "F",
    "hydrogen_content": "H",
    "iodine_content": "I",
    "nitrogen_content": "N",
    "oxygen_content": "O",
    "phosphorus_content": "P",
    "silicon_content": "Si",
    "sulfur_content": "S",
}
CONTENT_OF = {symbol: name for name, symbol in ELEMENT_OF.items()}
