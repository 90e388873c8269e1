"""Which compounds a question names: by names of the tables, salts of them, and repeat units, with the place of each in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rdkit import Chem, rdBase

from core import data
from tools.safety.spelling import within
from tools.structures.names import common_names
from tools.structures.salt_names import companions
from tools.structures.wider_names import compound_of

#: Most words of a name.
_LONGEST = 6
_WORD = re.compile(r"\S+")
_CLOSING = ",.;:?!)]}\"'”’"
_LETTER = re.compile(r"[^\W\d_]")
#: What a name does not go on behind: it ends a list item or a sentence.
_ENDS = re.compile(r"[,;:?!]\Z")
#: What stands directly before a name and makes it another compound: 'ethyl vanillin', 'desmethyl-diazepam'.
_CHANGED_BEFORE = re.compile(
    r"\b(?:[\w,'-]*(?:yl|oxy|oxo|nitro|amino|amido|chloro|bromo|iodo|fluoro|cyano|thio)|iso|nor|seco|epi|di|tri|tetra|poly|bis|tert|sec|homo|cis|trans|ortho|meta|para) \Z",
    re.IGNORECASE,
)
_MADE_OF = re.compile(r"\b(?P<word>[\w]+(?: hydrogen)?) salt of (?:the )?\Z", re.IGNORECASE)
_MADE_AS = re.compile(r"\A,? (?:as|in the form of) (?:its|the|a|an) (?P<word>\w+)(?: salt)?\b", re.IGNORECASE)
#: The companion of a salt that no table knows: 'ibuprofen lysinate'.
_OTHER_SALT = re.compile(
    r" (?!(?:estimate|evaluate|calculate|indicate|separate|state|rate|date|late|illustrate|penetrate|demonstrate|generate|substrate|template|candidate|appropriate|accurate|approximate|"
    r"moderate|alternate|immediate|private|climate|inside|outside|beside|alongside|side|wide|provide|decide|guide|aside|divide|override|oxide)\b)[a-z]{3,}(?:ate|ide)\b"
)
_OF_GROUP = re.compile(r"\A(?:s|-?(?: ?(?:groups?|rings?|moiet\w+|units?|fragments?|substructures?|motifs?)))\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:how many|number of|contains?|containing|have an?|has an?|have any|has any|is there an?|are there any|count(?: the)?(?: of)?) \Z", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """A compound that a question names: ``text[start:end]``, without a possessive 's.

    Attributes:
        assumed: what the name does not say.
        possessive: whether it is somebody's: "camphor's relative".
        counted: whether it may be a group that is counted.
        refused: why it stands for no structure although a part of it is a name; '' where it does.
    """

    start: int
    end: int
    said: str
    smiles: str
    assumed: str = ""
    possessive: bool = False
    counted: bool = False
    refused: str = ""


def spoken_in(text: str) -> list[Spoken]:
    """The compounds that ``text`` names, in order, none inside another."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    found: list[Spoken] = []
    n = 0
    while n < len(words):
        here, length = _longest(text, words, n)
        if here:
            found += [_changed(text, one) for one in here]
        n += length
    return [*found, *_shared_acids(text, found), *_its_salts(text, found)]


def _longest(text: str, words: list[tuple[int, int]], n: int) -> tuple[list[Spoken], int]:
    """The longest name that begins with word ``n`` and how many words it takes; a word with slashes may hold several."""
    for length in range(min(_LONGEST, len(words) - n), 0, -1):
        inner = [text[a:b] for a, b in words[n : n + length - 1]]
        if any(_ENDS.search(word) for word in inner):
            continue
        one = _named(text, words[n][0], words[n + length - 1][1])
        if one is not None:
            return [one], length
    start, end = words[n]
    parts = [m.span() for m in re.finditer(r"[^/]+", text[start:end])] if "/" in text[start:end] else []
    several = [found for a, b in parts if (found := _named(text, start + a, start + b))]
    return (several if len(several) > 1 else []), 1


def _named(text: str, start: int, end: int) -> Spoken | None:
    """The compound that ``text[start:end]`` names without the signs around it; None for none."""
    while start < end and (text[start] in "\"'“‘" or (text[start] in "([{" and _whole_in_brackets(text[start:end]))):
        start += 1
    while end > start and text[end - 1] in _CLOSING and not (text[end - 1] == ")" and "(" in text[start:end]):
        end -= 1
    possessive = bool(re.search(r"['’]s\Z", text[start:end]))
    end -= 2 if possessive else 0
    said = text[start:end]
    if "*" in said:
        return Spoken(start, end, said, said) if said.count("*") == 2 and " " not in said and _readable(said) else None
    if len(said) < 3 or said[1] == " " or not _LETTER.search(said) or said.lower() in _not_names():
        return None
    compound = compound_of(said)
    if compound is None:
        return None
    counted = bool(_COUNTED.search(text[:start]) or _OF_GROUP.match(text[end:]))
    return Spoken(start, end, said, compound.smiles, compound.assumed, possessive, counted)


def _whole_in_brackets(text: str) -> bool:
    """Whether the bracket that opens ``text`` closes at its end, but for signs, or not at all: '(benzocaine)?', '(haloperidol', not '(R)-carvone'."""
    depth = 0
    for n, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            return not any(c.isalnum() for c in text[n + 1 :])
    return True


def _changed(text: str, one: Spoken) -> Spoken:
    """``one`` as a salt where the words around it make it one; refused where they make it another compound that no table knows."""
    if "*" in one.said:
        return one
    for match, start, end in ((_MADE_OF.search(text[: one.start]), True, False), (_MADE_AS.match(text[one.end :]), False, True)):
        salt = compound_of(f"{one.said} {match['word']}") if match else None
        if match and salt is not None and "." in salt.smiles:
            said = f"{match['word']} salt of {one.said}" if start else f"{one.said}{match[0]}"
            return replace(
                one, smiles=salt.smiles, assumed=salt.assumed, said=said, possessive=False,
                start=match.start() if start else one.start, end=one.end + (match.end() if end else 0),
            )  # fmt: skip
    before = _CHANGED_BEFORE.search(text[: one.start]) or re.search(rf"\b(?:{_companion_words()}) \Z", text[: one.start], re.IGNORECASE)
    behind = _changing_behind().match(text[one.end :]) or re.match(
        rf" (?:{_companion_words()})\b(?! (?:salts?|forms?)\b)", text[one.end :], re.IGNORECASE
    )
    behind = behind or _OTHER_SALT.match(text[one.end :])
    if before:
        whole = f"{before[0]}{one.said}"
        return replace(
            one, smiles="", said=whole.strip(), start=before.start(), refused=f"{whole.strip()} is not known here as a structure"
        )
    if behind:
        whole = f"{one.said}{behind[0]}".strip()
        return replace(one, smiles="", said=whole, end=one.end + behind.end(), refused=f"{whole} is not known here as a structure")
    return one


def _shared_acids(text: str, found: list[Spoken]) -> Iterator[Spoken]:
    """The first of several acids that share their noun: 'stearic, benzoic and citric acid', 'the acids acetic and butyric'."""
    if not re.search(r"\bacids?\b", text, re.IGNORECASE):
        return
    for match in re.finditer(r"\b(?P<word>[a-z]{3,}ic)\b(?! acid)", text, re.IGNORECASE):
        compound = compound_of(f"{match['word']} acid")
        if compound is not None and not any(f.start <= match.start() < f.end for f in found):
            yield Spoken(match.start(), match.end(), f"{match['word']} acid", compound.smiles, compound.assumed)


def _its_salts(text: str, found: list[Spoken]) -> Iterator[Spoken]:
    """A salt of the compound that was named before: 'diclofenac or its sodium salt'."""
    for match in re.finditer(rf"\bits (?P<word>(?:{_companion_words()}))(?: salt)?\b", text, re.IGNORECASE):
        before = [f for f in found if f.end <= match.start() and not f.refused]
        salt = compound_of(f"{before[-1].said} {match['word']}") if before else None
        if salt is not None and "." in salt.smiles and not re.search(r"\bas \Z", text[: match.start()]):
            yield Spoken(match.start(), match.end(), f"{before[-1].said} {match['word']}", salt.smiles, salt.assumed)


@lru_cache(maxsize=1)
def _companion_words() -> str:
    return "|".join(re.escape(word) for word in sorted(companions(), key=len, reverse=True))


def _readable(smiles: str) -> bool:
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(smiles) is not None


@lru_cache(maxsize=1)
def _not_names() -> frozenset[str]:
    """Words that are names of something sold, and in a question mean what they mean elsewhere."""
    return frozenset(data.table("agent.roles.assistant", "words.toml")["not_names"]["words"])


@lru_cache(maxsize=1)
def _changing_behind() -> re.Pattern[str]:
    """What stands directly behind a name and makes it another compound: 'aspirin methyl ester', 'pyridine N-oxide'."""
    words = data.table("agent.roles.assistant", "words.toml")["changing"]["words"]
    return re.compile(rf"[ -](?:(?:\w+yl|mono|di|hemi) )?(?:{'|'.join(words)})\b", re.IGNORECASE)


#: Letters from which on a word may be a misspelt name, and how systematic names end: one letter makes another compound there.
_LONG_ENOUGH = 6
_SYSTEMATIC = re.compile(r"(?:an|en|yn)(?:e|ol|al|one)s?\Z|yl\Z|oic\Z")


def misspelt_name(word: str) -> str:
    """The one well-known compound whose name ``word`` can be a misspelling of by one letter; '' for none, several, or a systematic name."""
    low = word.lower()
    if len(low) < _LONG_ENOUGH or not low.isalpha() or _SYSTEMATIC.search(low):
        return ""
    near = {name for name in _well_known() if name[0] == low[0] and within(low, name, 1)}
    return next(iter(near)) if len(near) == 1 else ""


@lru_cache(maxsize=1)
def _well_known() -> frozenset[str]:
    """Names of one word of the compounds that goals know, without systematic ones."""
    return frozenset(n for n in common_names() if n.isalpha() and len(n) >= _LONG_ENOUGH and not _SYSTEMATIC.search(n))
