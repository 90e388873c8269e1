"""Where a text mentions substances: names, abbreviations, labels ('compound 3a'), formulas, SMILES, InChIKeys and CAS numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from core.papers import Mention, MentionKind
from tools.literature.chemistry.formulas import find_formulas
from tools.literature.chemistry.names import Substance, abbreviations, dictionary, first_words, key_of, polymer_of, readable
from tools.literature.chemistry.opsin import structures

_WORD = re.compile(r"[^\W\d_]+")
_INCHIKEY = re.compile(r"(?<![A-Z-])[A-Z]{14}-[A-Z]{8}[SN][A-Z]-[A-Z](?![A-Z-])")
_CAS = re.compile(r"(?<![\d-])(\d{2,7})-(\d{2})-(\d)(?![\d-])")
_SMILES = re.compile(r"(?<![\w*])[*A-Za-z\[][A-Za-z\d@+\-\[\]()=#$%/\\.*:]{5,}(?![\w*])")
_SHORT = re.compile(r"(?<![\w-])[A-Z0-9][A-Za-z0-9,']{1,11}(?![\w])")
_PAIR = re.compile(r"(?<![\w-])([A-Z0-9][A-Za-z0-9,']{1,9})\s?[-–/‐]\s?((?:[34],4'-)?[A-Za-z0-9,']{1,9}[A-Za-z0-9])(?![\w-])")
#: What comes behind a name that is part of another: 'benzene ring', 'ethanol dehydrogenase'.
_PART_OF = re.compile(
    r"[\s-]*(?:rings?|derivatives?|groups?|moiet(?:y|ies)|units?|residues?|cores?|skeletons?|sulfon\w+|dehydrogenase|synthase|receptors?|acid\b|esters?\b|oxide\b)",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"\s?[\[(](?P<short>[A-Za-z0-9][\w,'-]{0,11})[\])]")
_HEAD = r"(?:compounds?|complex(?:es)?|dyes?|polymers?|monomers?|products?|ligands?|emitters?|derivatives?|molecules?|intermediates?|dianhydrides?|diamines?)"
_LABEL = re.compile(
    rf"\b{_HEAD}\s+(?P<labels>\*{{0,2}}\d{{1,3}}[a-z]?\*{{0,2}}(?:(?:\s?,\s?|\s?[-–]\s?|\s+and\s+|\s+or\s+)\*{{0,2}}\d{{1,3}}[a-z]?\*{{0,2}})*)(?![\w%°]|\.\d)",
    re.IGNORECASE,
)
_ONE_LABEL = re.compile(r"\d{1,3}[a-z]?")
_LABELLED = re.compile(
    rf"\b{_HEAD}\s+\*{{0,2}}(?P<label>\d{{1,3}}[a-z]?)\*{{0,2}}\s?\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)", re.IGNORECASE
)
_SYSTEMATIC = re.compile(
    r"(?<![\w-])(?:\(?(?:\d+[a-z]?'*(?:,\d+[a-z]?'*)*|[NOSRE](?:,[NOSRE])*|[RSEZ])\)?-)[\w,'()\[\]-]*?(?:ane|ene|yne|ol|one|al|amine|amide|ine|ole|ide|oate|ate|acid|nitrile|anhydride|ether|phenol|benzene|aniline)(?![\w-])"
)  # fmt: skip


def find_mentions(text: str) -> list[Mention]:
    """The substances that ``text`` mentions, in order and without overlap; what could not be resolved has no structure. [] for none."""
    found: list[Mention] = [*_keys(text), *_smiles(text), *_names(text)]
    found = _apart(found)
    defined = _defined(text, found)
    found += _pairs(text, defined)
    found += _shorts(text, defined)
    found += find_formulas(text)
    found += _labels(text, _labelled(text, found))
    found += _systematic(text, found)
    return [replace(m, key=key_of(m.smiles)) if m.smiles and m.key is None else m for m in _apart(found)]


def _apart(found: list[Mention]) -> list[Mention]:
    """Of those that overlap the longest, and of equal ones the first in the list."""
    taken = bytearray(max((m.end for m in found), default=0))
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: m.start - m.end):
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _mention(text: str, start: int, end: int, kind: MentionKind, of: Substance | None) -> Mention:
    return Mention(start, end, kind, text[start:end], of.name if of else None, of.smiles if of else None, of.key if of else None)


def _names(text: str) -> Iterator[Mention]:
    lower = text.lower()
    if len(lower) != len(text):  # 'İ' becomes two characters
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    index, known = first_words(), dictionary()
    end = 0
    for word in _WORD.finditer(lower):
        if word.start() < end:
            continue
        for name in index.get(word[0], ()) or index.get(word[0].removesuffix("s"), ()):
            offset = name.index(_first(name))
            start = word.start() - offset
            if start < 0 or not lower.startswith(name, start) or not _stands_alone(lower, start, start + len(name)):
                continue
            end = start + len(name)
            if text[start].isupper() and text[end : end + 1] == "s" and known[name].name == "water":
                break  # a maker of instruments
            yield _mention(text, start, end, "name", known[name])
            break


def _first(name: str) -> str:
    found = _WORD.search(name)
    return found[0] if found else name


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    if before and (
        before.isalnum() or (before in "-'’(" and re.search(r"[a-z\d]\(?$|[a-z\d)]-$|^-$", text[max(0, start - 2) : start]) is not None)
    ):
        return False
    if after[:1].isalnum() and not (after[:1] == "s" and not after[1:2].isalnum()):
        return False
    if (
        after[:1] == "-"
        and after[1:2].isalnum()
        and not re.match(r"-(?:based|free|water|treated|soluble|induced|rich|containing|like|doped|saturated)", text[end : end + 14])
    ):
        return False
    if re.search(r"(?:yl|oxy|chloro|bromo|fluoro|nitro|amino|poly|iso|tert|sodium|potassium)[\s-]$", text[max(0, start - 10) : start]):
        return False
    return _PART_OF.match(text, end) is None


def _keys(text: str) -> Iterator[Mention]:
    for found in _INCHIKEY.finditer(text):
        yield Mention(found.start(), found.end(), "inchikey", found[0], None, None, found[0])
    for found in _CAS.finditer(text):
        if valid_cas(found[0]):
            yield Mention(found.start(), found.end(), "cas", found[0])


def is_inchikey(text: str) -> bool:
    """Whether ``text`` has the form of an InChIKey."""
    return _INCHIKEY.fullmatch(text) is not None


def valid_cas(number: str) -> bool:
    """Whether the last digit of a CAS number is the check digit of the others."""
    digits = [int(d) for d in number if d.isdigit()]
    return len(digits) >= 5 and sum(n * d for n, d in enumerate(reversed(digits[:-1]), 1)) % 10 == digits[-1]


def _smiles(text: str) -> Iterator[Mention]:
    for found in _SMILES.finditer(text):
        written = found[0].rstrip(".:")
        structural = sum(written.count(sign) for sign in "=#[]@") + len(re.findall(r"[cnos]\d|[A-Z]\d?\([A-Z=]", written))
        if structural < 2 or not re.search(r"[CNOcno].*[CNOcno].*[CNOcno]", written) or re.search(r"[a-z]{4,}", written.replace("ccc", "")):
            continue
        if written.count("(") != written.count(")") or readable(written) is None:
            continue
        yield Mention(found.start(), found.start() + len(written), "smiles", written, None, written)


def _defined(text: str, found: list[Mention]) -> dict[str, Substance]:
    """Abbreviations that the text defines behind a name: 'pyromellitic dianhydride (PMDA)'."""
    defined: dict[str, Substance] = {}
    for mention in found:
        if mention.smiles and (behind := _DEFINED.match(text, mention.end)):
            short = behind["short"]
            if sum(map(str.isupper, short)) >= 2 or (short[:1].isupper() and any(map(str.isdigit, short))):
                defined.setdefault(short, Substance(mention.name or mention.written, mention.smiles, mention.key))
    return defined


def _shorts(text: str, defined: dict[str, Substance]) -> Iterator[Mention]:
    known = abbreviations()
    for found in _SHORT.finditer(text):
        of = defined.get(found[0]) or (known.get(found[0]) if len(found[0]) > 2 else None)  # two letters stand for too much
        if of is not None and not re.match(r"[-–][A-Za-z]", text[found.end() : found.end() + 2]):
            yield _mention(text, found.start(), found.end(), "abbreviation", of)


def _pairs(text: str, defined: dict[str, Substance]) -> Iterator[Mention]:
    """Polymers by their monomers: 'PMDA-ODA', 'PMDA/ODA'."""
    for found in _PAIR.finditer(text):
        first, second = found[1], found[2]
        of = polymer_of(first, second)
        if of is not None and not {first, second} & (defined.keys() - abbreviations().keys()):
            yield _mention(text, found.start(), found.end(), "abbreviation", of)


def _labelled(text: str, found: list[Mention]) -> dict[str, Substance]:
    """What the numbers of a paper stand for: 'compound 3a (NAME)', 'NAME (3a)'. One that is defined twice, differently, stands for nothing."""
    defined: dict[str, Substance | None] = {}

    def note(label: str, mention: Mention) -> None:
        of = Substance(mention.name or mention.written, mention.smiles or "", mention.key)
        if label in defined and (defined[label] is None or key_of(defined[label].smiles) != key_of(of.smiles)):  # type: ignore[union-attr]
            defined[label] = None
        else:
            defined[label] = of

    for mention in found:
        if (
            mention.smiles
            and (behind := re.compile(r"\s?[\[(]\*{0,2}(\d{1,3}[a-z]?)\*{0,2}[\])]").match(text, mention.end))
            and len(behind[1]) <= 3
        ):
            if behind[1].isdigit() and re.search(rf"\b{_HEAD}\s+\*{{0,2}}{behind[1]}\b", text) is None:
                continue  # more likely a reference
            note(behind[1], mention)
    for labelled in _LABELLED.finditer(text):
        inside = [m for m in found if m.smiles and m.start == labelled.start("inside") and m.end >= labelled.end("inside") - 1]
        if inside:
            note(labelled["label"], inside[0])
    return {label: of for label, of in defined.items() if of is not None}


def _labels(text: str, defined: dict[str, Substance]) -> Iterator[Mention]:
    """'compound 3a', 'dyes 4 and 5b'; resolved only where the text itself says what the number stands for."""
    for found in _LABEL.finditer(text):
        for n, label in enumerate(_ONE_LABEL.finditer(text, found.start("labels"), found.end("labels"))):
            start = found.start() if n == 0 else label.start()
            yield _mention(text, start, label.end(), "label", defined.get(label[0]))


def _systematic(text: str, found: list[Mention]) -> Iterator[Mention]:
    """Systematic names that are in no table, read by OPSIN where it is there; without it they are left unresolved."""
    taken = [(m.start, m.end) for m in found]
    places = [m for m in _SYSTEMATIC.finditer(text) if len(m[0]) > 7 and not any(a < m.end() and m.start() < b for a, b in taken)]
    read = structures(tuple(dict.fromkeys(m[0] for m in places)))
    for place in places:
        smiles = read.get(place[0])
        yield Mention(place.start(), place.end(), "name", place[0], place[0] if smiles else None, smiles)
