"""Cut a goal into items: numbers, units, structures, known phrases (longest first) and unknown words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rdkit import Chem

from agent.interpreter.lexicon import SYMBOLS, Lexicon, lexicon
from core.errors import GoalError, StructureError
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.registry import REGISTRY, catalogue_in_use
from tools.structures.parse import parse_polymer, parse_smiles


@dataclass
class Item:
    """A piece of the goal. ``m`` maps each possible meaning ('num', 'prop', 'grp', ...) to its value; empty for an unknown word."""

    start: int
    end: int
    text: str
    m: dict[str, Any] = field(default_factory=dict)


_NUMBER = re.compile(
    r"(?P<sci>\d+(?:\.\d+)?\s?[x*]\s?10\^?\(?(?P<exp>[+-]?\d+)\)?)|(?P<pow>10\^\(?(?P<pexp>[+-]?\d+)\)?)"
    r"|(?P<thousand>\d{1,3}(?:,\d{3})+(?![\d]))|(?P<comma>\d+,\d{1,2}(?![\d,]))|(?P<plain>(?:\d+\.\d+|\d+|\.\d+)(?:[eE][+-]?\d+)?)"
)
_SMILES = re.compile(r"(?:\[[^\]\s]*\]?|Br|Cl|[BCNOPSFI]|[bcnops]|[-=#$:/\\.%()\d*@~])+")
_FORMULA = re.compile(r"(?:C\d*)(?:(?:Cl|Br|Si|[HNOSPFIB])\d*)+")
_LETTERS = re.compile(r"(?:Cl|Br|Si|[CHNOSPFIB]){2,}")
_WORD = re.compile(r"[^\s,;:!?()\"<>=]+")


def _unit_spellings() -> list[str]:
    return _spellings_at(catalogue_in_use())


@lru_cache(maxsize=1)
def _spellings_at(catalogue: Catalogue) -> list[str]:
    """Read again when a user's own property, which may bring a unit, is registered."""
    return [s for s in REGISTRY.units.spellings() if s] + ["degrees", "degree", "deg"]


def scan(text: str) -> list[Item]:
    """The items of a normalised goal, in order, without overlap; quotes are dropped.

    Raises GoalError for something that looks like a SMILES and cannot be read.
    """
    hay = text.lower().replace("-", " ")
    items: list[Item] = []
    i = 0
    while i < len(text):
        char = text[i]
        if char.isspace() or char in "\"'`*_#|{}^$\\@":
            if char in "*@" and (found := _structure(text, i)):
                items.append(found)
                i = found.end
                continue
            i += 1
            continue
        if char == "-" and text[i - 1 : i].isalpha() and text[i + 1 : i + 2].isalpha():
            i += 1
            continue
        item = _item(text, hay, i, items)
        items.append(item)
        i = item.end
    return items


def _item(text: str, hay: str, i: int, items: list[Item]) -> Item:
    previous = items[-1] if items else None
    if previous is not None and "num" in previous.m and (unit := _unit(text, i, previous)):
        return unit
    if text[i] in ",;:!?." and not (text[i] == "." and text[i + 1 : i + 2].isdigit()):
        return Item(i, i + 1, text[i], {"sep": text[i]})
    if (structure := _structure(text, i)) is not None:
        return structure
    if text[i] in "()[]":
        return Item(i, i + 1, text[i], {"paren": True})
    if text[i] == "/":
        return Item(i, i + 1, "/", {"or": True, "sep": "/"})
    number = _number(text, i, previous)
    phrase = _phrase(text, hay, i)
    if number is not None and (phrase is None or phrase.end <= number.end):
        return number
    if phrase is None and text[i] == "-":
        joined = {"to": True, "dash": True} if previous is not None and ("num" in previous.m or "unit" in previous.m) else {"dash": True}
        return Item(i, i + 1, "-", joined)
    symbol = _symbols(text, i)
    if phrase is not None:
        if symbol is not None and symbol.end == phrase.end and not ("grp" in phrase.m and "formula" in symbol.m):
            phrase.m.update(symbol.m)
        return phrase
    if symbol is not None:
        return symbol
    match = _WORD.match(text, i)
    end = match.end() if match else i + 1
    word = text[i:end]
    if match and "/" in word and len(word) > 1:
        end = i + word.index("/") or end
    stripped = text[i:end].rstrip(".'")
    return Item(i, i + max(1, len(stripped)), stripped or text[i])


def _number(text: str, i: int, previous: Item | None) -> Item | None:
    start, sign = i, 1.0
    if text[i] in "+-":
        glued = previous is not None and previous.end == i and not set(previous.m) & {"cmp", "sep", "paren", "to"}
        ranged = previous is not None and ("num" in previous.m or "unit" in previous.m) and text[i + 1 : i + 2] == " "
        if glued or ranged or not text[i + 1 : i + 2].strip() or text[i + 1] not in ".0123456789":
            return None
        sign = -1.0 if text[i] == "-" else 1.0
        start = i + 1
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    if match["sci"]:
        value = float(re.split(r"\s?[x*]", match["sci"])[0]) * 10.0 ** max(-300, min(300, int(match["exp"])))
    elif match["pow"]:
        value = 10.0 ** max(-300, min(300, int(match["pexp"])))
    elif match["thousand"]:
        value = float(match["thousand"].replace(",", ""))
    elif match["comma"]:
        value = float(match["comma"].replace(",", "."))
    else:
        value = float(match["plain"])
    if value > 1e15:
        raise GoalError("a number too large to mean anything", phrase=match.group()[:40])
    meanings: dict[str, Any] = {"num": sign * value, "digits": True}
    end = match.end()
    if text[end : end + 1] == "+" and not text[end + 1 : end + 2].strip("-/ "):
        meanings["plus"] = True
        end += 1
    return Item(i, end, text[i:end], meanings)


def _unit(text: str, i: int, previous: Item) -> Item | None:
    if text[previous.end : i].strip():
        return None
    lower = text.lower()
    for spelling in _unit_spellings():
        if not lower.startswith(spelling, i):
            continue
        end = i + len(spelling)
        after = text[end : end + 1]
        if after and (after.isalnum() and spelling[-1].isalnum()):
            continue
        written = text[i:end]
        if written in ("m", "a2") or (len(written) == 1 and written == "u" and "digits" not in previous.m):
            continue
        unit = "°C" if spelling in ("degrees", "degree", "deg") else REGISTRY.units.parse(written)
        meanings: dict[str, Any] = {"unit": unit}
        if written in SYMBOLS:
            meanings["elem"] = written
            meanings["letter"] = True
        return Item(i, end, written, meanings)
    return None


def _phrase(text: str, hay: str, i: int) -> Item | None:
    words = lexicon()
    if i and hay[i - 1].isalnum() and hay[i].isalnum():
        return None
    for key in words.by_first.get(hay[i], ()):
        if not hay.startswith(key, i):
            continue
        end = i + len(key)
        if end < len(hay) and key[-1].isalnum() and hay[end].isalnum():
            continue
        if _belongs_to_next(words, hay, key, end):
            continue
        meanings = dict(words.meanings[key])
        if text[end : end + 2] == "'s" and not text[end + 2 : end + 3].isalnum():
            end += 2
        return Item(i, end, text[i:end], meanings)
    return None


def _belongs_to_next(words: Lexicon, hay: str, key: str, end: int) -> bool:
    """Whether a phrase must be read shorter: 'low melting' before 'point', 'and below' before a number."""
    first, _, rest = key.partition(" ")
    if "after" in words.meanings[key] and first == "and":
        return hay[end : end + 2].strip()[:1].isdigit()
    if not rest or first not in ("low", "high", "good", "very"):
        return False
    start = end - len(rest)
    for other in words.by_first.get(rest[0], ()):
        if len(other) > len(rest) and "prop" in words.meanings[other] and hay.startswith(other, start):
            return not hay[start + len(other) : start + len(other) + 1].isalnum()
    return False


def _symbols(text: str, i: int) -> Item | None:
    match = re.compile(r"[A-Z][A-Za-z0-9]*").match(text, i)
    if match is None:
        return None
    word = match.group()
    if word in SYMBOLS:
        return Item(i, match.end(), word, {"elem": word, "letter": True})
    if any(c.isdigit() for c in word) and _FORMULA.fullmatch(word):
        return Item(i, match.end(), word, {"formula": word})
    if _LETTERS.fullmatch(word):
        symbols = re.findall(r"Cl|Br|Si|[A-Z]", word)
        if len(set(symbols)) == len(symbols) and {"C", "H"} <= set(symbols):
            return Item(i, match.end(), word, {"elems": symbols})
    return None


def _structure(text: str, i: int) -> Item | None:
    """A SMILES that starts at ``i``, or None. Raises GoalError for one that cannot be read."""
    if i and not (text[i - 1].isspace() or text[i - 1] in "\"'`(:,=`"):
        return None
    chunk = text[i:].split(" ", 1)[0]
    while chunk and (chunk[-1] in "\"'`,;:!?." or (chunk[-1] == ")" and chunk.count(")") > chunk.count("("))):
        chunk = chunk[:-1]
    if len(chunk) < 2 or _SMILES.fullmatch(chunk) is None or chunk[0] in "()=#-.%:/\\~$0123456789" or not _looks_like_smiles(chunk):
        return None
    try:
        mol = parse_polymer(chunk) if chunk.count("*") == 2 else parse_smiles(chunk)
    except StructureError as error:
        raise GoalError(f"cannot read the structure: {error}", phrase=chunk) from error
    return Item(i, i + len(chunk), chunk, {"smiles": Chem.MolToSmiles(mol)})


def _looks_like_smiles(chunk: str) -> bool:
    atoms = re.findall(r"\[[^\]]*\]?|Br|Cl|[BCNOPSFI]|[bcnops]", chunk)
    if lexicon().meanings.get(chunk.lower()) or len(atoms) < 2:
        return False
    if re.search(r"[=#()]", chunk) or "[" in chunk:
        return any(c.isupper() or c.isdigit() for c in chunk)
    if re.search(r"[A-Za-z]\d", chunk):
        return len(atoms) >= 4
    return chunk.isalpha() and chunk.isupper() and len(atoms) >= 3 and "C" in chunk and len(set(chunk)) < len(chunk)
