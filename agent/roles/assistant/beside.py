"""What a question says beside what it asks: which stored run and candidates it is about, and in which unit it wants its answer."""

from __future__ import annotations

import re

from tools.catalogue.catalogue import Catalogue

_RUN = re.compile(r"\brun\s+(?P<id>[0-9a-f]{6,32})\b", re.IGNORECASE)
_LATEST = re.compile(
    r"\b(?:last|latest|newest|most recent|previous|recent)\s+(?:design\s+)?run\b|\bthe run\b|\bthe report\b", re.IGNORECASE
)
_RANKS = re.compile(r"\b(?:candidates?|ranks?|numbers?|no\.?|structures?|hits?)\s*#?\s*(?P<first>\d{1,3})\b(?P<more>(?:\s*(?:,|and|or|above|below|over|versus|vs\.?|before|ahead of|with|to|than|better than|worse than|higher than|lower than|candidate|rank|#)+\s*#?\d{1,3}\b)*)", re.IGNORECASE)  # fmt: skip


def run_of(text: str) -> str:
    """The id of the run that is spoken of, 'latest', or ''."""
    named = _RUN.search(text)
    if named:
        return named["id"].lower()
    return "latest" if _LATEST.search(text) else ""


def ranks_of(text: str) -> tuple[int, ...]:
    """Candidates by their rank, at most four."""
    found = _RANKS.search(text)
    if found is None:
        return ()
    return tuple(dict.fromkeys(int(n) for n in re.findall(r"\d+", found["first"] + found["more"])))[:4]


def without_run(text: str) -> str:
    """``text`` with the word 'run' in place of a run's id."""
    return _RUN.sub("run", text)


def unit_of(text: str, catalogue: Catalogue) -> tuple[str, str]:
    """The unit behind 'in' at the end of a question or before a comma ('in kelvin', 'in mg/L?'), '' if none; and the text without it."""
    for found in re.finditer(r"\bin (?P<unit>(?:degrees )?[^\s,?!]+(?: [^\s,?!]+)?)(?=[\s,?!.]|\Z)", text):
        words = found["unit"].rstrip(".").split()
        for wanted in (" ".join(words), words[0]):
            unit = catalogue.units.parse(wanted)
            if unit and unit != "%" and (len(wanted) > 1 or wanted in "KFC"):
                end = found.start("unit") + found["unit"].index(wanted) + len(wanted)
                return unit, f"{text[: found.start()].rstrip(' ,')}{text[end:]}"
    return "", text
