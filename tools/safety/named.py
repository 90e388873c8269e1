"""Structures that a goal names: by SMILES, InChI, InChIKey, CAS number, shipped name, or systematic name where OPSIN can read it.

Each is screened as a structure. A number or a key that no shipped table knows, and a systematic name that cannot be read although it looks
like one of a hazardous family, stop the goal for a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core import data
from core.candidate import SafetyRuleHit, Verdict
from core.errors import StructureError
from tools.safety.name_to_structure import smiles_of_name
from tools.safety.spelling import normalise
from tools.safety.structure import structure_verdict
from tools.safety.tables import cas_numbers, digest_of, hazard_names, judged_keys, medicines, precursors, regulated
from tools.safety.word_tables import Mention
from tools.structures.names import common_names
from tools.structures.parse import parse_smiles
from tools.structures.standardise import inchikey

#: Ids of hits that stop a goal for a person.
UNKNOWN, UNREAD = "stop.unknown_substance", "stop.unread_name"
#: Most words of a shipped name.
_MOST_WORDS = 4
#: Shortest name whose digest is looked up.
_SHORTEST = 9
#: Most systematic names of a goal that are handed to OPSIN.
_MOST_NAMES = 5
_DASH = "[-\u2010-\u2015\u2212]"
_CAS = re.compile(rf"(?<![\d-])(\d{{2,7}})\s?{_DASH}\s?(\d{{2}})\s?{_DASH}\s?(\d)(?![\d]|{_DASH}\d)")
_KEY = re.compile(r"(?<![A-Za-z])([A-Za-z]{14})-([A-Za-z]{10})(?:-([A-Za-z]))?(?![A-Za-z])")
#: How the second block of every key ends: standard or not, and the version.
_ENDS_OF_KEYS = ("sa", "na")
_INCHI = re.compile(r"InChI\s?=\s?1S?/[^\s\"']+", re.IGNORECASE)
_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#$:/\\.%*]{4,}")
#: What a piece of text must hold to be tried as a SMILES: a sign that words do not have.
_SMILES_SIGN = re.compile(r"[=#@\[\]\\]|\([A-Z=]|[A-Za-z]\d[A-Za-z(]|[A-Z]{3,}")
_SMILES_LETTERS = re.compile(r"(?:Cl|Br|Si|Se|As|Na|Li|[BCNOPSFIHKbcnops]|[^A-Za-z]|\[[^\]]*\])+")


@dataclass(frozen=True)
class Named:
    """A structure that a goal names, and what the guard says to it."""

    mention: Mention
    hit: SafetyRuleHit


#: The words that name a structure, and what the guard says to it.
Objection = tuple[str, SafetyRuleHit]


def named(objections: list[Objection], plain: str) -> list[Named]:
    """The ``objections`` with their places in ``plain``, the text in one spelling."""
    return [Named(Mention("named", *_place(plain, words), "names"), hit) for words, hit in objections]


def objections(text: str) -> list[Objection]:
    """What the guard objects to among the structures that ``text`` names."""
    flat = unicodedata.normalize("NFKC", text)
    found: list[Objection] = []
    for match in _CAS.finditer(flat):
        if (hit := _by_cas(match)) is not None:
            found.append((match[0], hit))
    for match in _KEY.finditer(flat):
        small = match[1].islower() and match[2].lower().endswith(_ENDS_OF_KEYS)  # 'nitrocellulose-compatible' is no key
        if (match[1].isupper() or small) and (hit := _by_key(match[1].upper(), match[0])) is not None:
            found.append((match[0], hit))
    for match in _INCHI.finditer(flat):
        found += [(match[0], hit) for hit in _by_inchi(match[0])]
    for match in _SMILES.finditer(flat):
        found += [(match[0], hit) for hit in _by_smiles(match[0].strip(".:,"))]
    return found + _by_name(flat)


def _place(plain: str, words: str) -> tuple[int, int]:
    """Where ``words`` stand in the text in one spelling; the whole of it where that cannot be told."""
    wanted = normalise(words)
    at = plain.find(wanted)
    return (at, at + len(wanted)) if at >= 0 else (0, len(plain))


def _stop(rule: str, name: str, words: str, why: str) -> SafetyRuleHit:
    return SafetyRuleHit(id=rule, name=name, verdict="warn", reason=f"{why} A person has to look at it first. (words: {words[:80]!r})")


def _structure_hit(words: str, verdict: Verdict, reason: str) -> SafetyRuleHit:
    if verdict == "block":
        return SafetyRuleHit(
            id="goal.named_structure", name="hazardous structure named", verdict="block", reason=f"{words[:80]!r} is blocked: {reason}"
        )
    return _stop("stop.listed_structure", "listed structure named", words, reason)


@lru_cache(maxsize=1)
def _listed_numbers() -> dict[str, str]:
    """CAS number of a regulated chemical -> the first list that names it."""
    listed: dict[str, str] = {}
    for rows in regulated().values():
        for source, cas in rows:
            listed.setdefault(cas, source)
    return listed


def _by_cas(match: re.Match[str]) -> SafetyRuleHit | None:
    digits = match[1] + match[2]
    if sum(int(d) * n for n, d in enumerate(reversed(digits), 1)) % 10 != int(match[3]):
        return None
    number = f"{int(match[1])}-{match[2]}-{match[3]}"
    if (source := _listed_numbers().get(number)) is not None:
        return _structure_hit(number, "block" if source.endswith("1") else "warn", f"CAS {number} is listed: {source}.")
    known = cas_numbers().get(number)
    if known is None:
        return _stop(UNKNOWN, "unknown substance", number, "No shipped table knows this CAS number, so it cannot be screened.")
    return _by_key(known.key, number) if known.key else None


def _by_key(block: str, words: str) -> SafetyRuleHit | None:
    """The verdict on a first InChIKey block."""
    if rows := regulated().get(block):
        return _structure_hit(words, "block" if rows[0][0].endswith("1") else "warn", f"it is listed: {rows[0][0]}.")
    medicine = medicines().get(block)
    if medicine is not None and medicine.status in ("controlled", "energetic"):
        return _structure_hit(words, "warn", f"It is {medicine.name} ({medicine.status}).")
    if block in precursors():
        return _structure_hit(words, "warn", f"It is {precursors()[block]}, a precursor of controlled drugs.")
    verdict = "" if medicine is not None or block in _harmless_keys() else judged_keys().get(block, "unknown")
    if verdict == "unknown":
        return _stop(UNKNOWN, "unknown substance", words, "No shipped table knows this key, so it cannot be screened.")
    if not verdict:
        return None
    return _structure_hit(words, "block" if verdict == "block" else "warn", "its structure is of a kind that the guard blocks or warns of.")


@lru_cache(maxsize=1)
def _harmless_keys() -> frozenset[str]:
    """First InChIKey blocks of the shipped names."""
    with rdBase.BlockLogs():
        return frozenset(inchikey(Chem.MolFromSmiles(smiles)).split("-")[0] for _, smiles in common_names().values() if "*" not in smiles)


@lru_cache(maxsize=512)
def _screened(words: str, smiles: str) -> list[SafetyRuleHit]:
    """What the guard says to a structure that ``words`` name: blocked ones, and controlled ones, are reported."""
    verdict = structure_verdict(smiles, "polymer" if smiles.count("*") == 2 else "molecule")
    if verdict.verdict == "block":
        return [_structure_hit(words, "block", "; ".join(h.reason for h in verdict.rules if h.verdict == "block"))]
    return []


def _by_inchi(text: str) -> list[SafetyRuleHit]:
    with rdBase.BlockLogs():
        mol = Chem.MolFromInchi("InChI=" + text.split("=", 1)[1].strip())
    if mol is None:
        return [_stop(UNKNOWN, "unknown substance", text, "This InChI cannot be read, so it cannot be screened.")]
    return _screened(text, Chem.MolToSmiles(mol))


@lru_cache(maxsize=512)
def _by_smiles(text: str) -> list[SafetyRuleHit]:
    if not _SMILES_SIGN.search(text) or not _SMILES_LETTERS.fullmatch(text) or not any(c.isalpha() for c in text):
        return []
    try:
        parse_smiles(text, allow_dummies=True)
    except StructureError:
        return []
    return _screened(text, text) if text.count("*") in (0, 2) else []


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Shipped name in one spelling -> SMILES."""
    return {normalise(name): smiles for name, (_, smiles) in common_names().items()}


def _by_name(text: str) -> list[tuple[str, SafetyRuleHit]]:
    """Shipped names, then words that look like systematic names."""
    words = text.split()
    found: list[tuple[str, SafetyRuleHit]] = []
    read: set[int] = set()
    for i in range(len(words)):
        for size in range(_MOST_WORDS, 0, -1):
            phrase = " ".join(words[i : i + size]).strip(".,;:!?()\"'")
            if i + size > len(words):
                continue
            plain = normalise(phrase)
            smiles = _names().get(plain)
            if smiles is None and len(phrase) >= _SHORTEST and digest_of(plain) in hazard_names():
                read |= set(range(i, i + size))
                found.append((phrase, _structure_hit(phrase, "block", "it is the name of a structure that the guard blocks.")))
                break
            if smiles is not None:
                read |= set(range(i, i + size))
                found += [(phrase, hit) for hit in _screened(phrase, smiles)]
                break
    for tried, words_of_it in enumerate(_systematic(words, read), 1):
        if tried > _MOST_NAMES:
            found.append((words_of_it, _stop(UNREAD, "unread name", words_of_it, "More systematic names than can be screened.")))
            break
        found += [(words_of_it, hit) for hit in _by_systematic_name(words_of_it)]
    return found


_MORPHEME = re.compile(
    r"meth|eth(?:yl|oxy|an|en|yn)|prop(?:yl|an|ox|en)|but(?:yl|an|ox|en)|pent(?:yl|an|ox)|hex(?:yl|an|a)|hept|oct(?:yl|an|a)|phen|benz|tolu|naphth|"
    r"pyrid|piper|pyrrol|indol|indazol|imidazol|thi(?:o|en|az)|fur(?:an|yl)|oxo|oxy|hydroxy|amin|amid|imin|nitr|azid|azo|diaz|chlor|fluor|brom|iod|phosph|"
    r"sulf|sulph|arsin|arson|cyan|acet|formyl|carb|ester|acid|oate|ol$|one$|ane$|ene$|yne$|ate$|ide$|ite$|cyclo|bicyclo|spiro|tert|iso|di|tri|tetra|hexa"
)
_LOCANT = re.compile(r"(?:^|[-(\[{])(?:\d+[a-z]?'*|[NnOoSsPp]'*|[RrSsEeZz])(?:,(?:\d+[a-z]?'*|[NnOoSsPp]'*))*[-)]")


#: Pieces of systematic names as other languages spell them, and as English does.
_SPELLINGS = tuple(
    (re.compile(found), english)
    for found, english in (
        (r"(?<![a-z])klor|(?<=[a-z\d-])klor|\bcloro|(?<=[a-z-])cloro(?=e|m|v|b|p)|hlor(?=o?[emvbp])(?<!chlor)", "chloro"), (r"chlorooo?|chloroo", "chloro"), (r"(?<!m)eti(?=l)|ety(?=l)", "ethy"),
        (r"meti(?=l)|mety(?=l)", "methy"), (r"fen[iy]l|feny(?=l)", "phenyl"), (r"fosf", "phosph"), (r"aan(?=\b|-)", "an"), (r"propyl|propil", "propyl"),
        (r"(?:solf|sulf)(?:id|uro|ure|eto)\b", "sulfide"), (r"amin[ao]?\b", "amine"), (r"tiol", "thiol"),
    )
)  # fmt: skip


@lru_cache(maxsize=4096)
def english_spelling(name: str) -> str:
    """A word with locants in which the pieces of systematic names are spelt as in English; any other word as it is."""
    if not _LOCANT.search(name):
        return name
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    for found, english in _SPELLINGS:
        plain = found.sub(english, plain)
    return plain


def _systematic(words: list[str], read: set[int]) -> Iterator[str]:
    """Words (with a second one, as in esters) that look like systematic names and were not read by the shipped names."""
    for i, word in enumerate(words):
        bare = english_spelling(word.strip(".,;:!?\"'"))
        if i in read or len(bare) < 8 or not any(c.isalpha() for c in bare):
            continue
        morphemes = len(set(_MORPHEME.findall(bare.lower())))
        risky = morphemes >= 3 and len(bare) >= 12 and bool(_RISKY.search(normalise(bare)))
        if risky or (morphemes >= 2 and _LOCANT.search(bare)) or (morphemes >= 4 and len(bare) >= 16):
            following = words[i + 1].strip(".,;:!?\"'") if i + 1 < len(words) and i + 1 not in read else ""
            yield f"{bare} {following}" if _SECOND.search(following.lower()) else bare


_SECOND = re.compile(r"(?:oate|ate|ide|ite|amine|acid|ether|ketone)$")
#: Pieces of systematic names that occur in hazardous families. A name that holds them and cannot be read is looked at by a person.
_RISKY = re.compile("|".join(data.table("tools.safety", "rules/name_pieces.toml")["pieces"]))


@lru_cache(maxsize=512)
def _by_systematic_name(name: str) -> list[SafetyRuleHit]:
    smiles = smiles_of_name(name) or smiles_of_name(name.split(" ")[0])
    if smiles:
        return _screened(name, smiles)
    plain = normalise(name)
    deep = len(_LOCANT.findall(name)) >= 3
    if _RISKY.search(plain) or _RISKY.search(plain.replace(" ", "")) or deep:
        return [_stop(UNREAD, "unread systematic name", name, "This looks like the name of a substance, which cannot be read here.")]
    return []
