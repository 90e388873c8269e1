"""The checker of prose: what remains states only stored numbers, names only known structures, and cites only what resolves.

A sentence is removed, with the reason, if it holds

- a number that no stored value explains at the stated precision, in the stated unit, for the property and the candidate that the
  sentence speaks of (numbers in structures, compound names and formulas are no claims);
- a factor ('twice', 'tenfold'): it is always derived;
- a citation [n] that resolves to nothing, or to a passage that shares no word with the sentence; a DOI, address or author that is not
  in the references;
- a structure that the run does not know;
- a claim that no arithmetic here can support ('guaranteed', 'safe', 'cheap').

What is checked is whether the numbers are the stored ones, not whether the sentence is wise: 'a high value' is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from agent.roles.facts import Fact, FactKind, Facts
from agent.roles.numbers import UNKNOWN, Number, blank, factors, numbers_in, odd_digits
from core import data
from core.errors import UnitError
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.registry import REGISTRY, catalogue_in_use
from tools.literature.terms import words

#: A number rounded by more than this part of the stored one is another number.
MOST_ROUNDING = 0.125
#: The same for an uncertainty, which is stated with one digit.
MOST_SPREAD_ROUNDING = 0.26
#: Characters before and after a number in which the word must stand that says what is counted.
REACH = (30, 40)
#: If less than this part of the sentences is left, a text is not worth showing.
LEAST_KEPT = 0.5

#: Words of which one must stand in a sentence for a number to be of that kind; None: none is needed.
_CUES: Mapping[FactKind, re.Pattern[str] | None] = {
    "value": None,
    "spread": re.compile(r"±|\+/-|uncertain|standard deviation|sigma|σ|\berror|spread|plus or minus", re.I),
    "interval": re.compile(r"interval|range|between|from|lower|upper|as low as|as high as|90 %", re.I),
    "nearest": re.compile(r"nearest|closest|known|measured|training|literature", re.I),
    "similarity": re.compile(r"similar|tanimoto|resembl", re.I),
    "change": re.compile(
        r"than|increas|decreas|rais|lower|gain|ris|fall|drop|chang|against|relative|compar|more|less|higher|shift|differ|parent", re.I
    ),
    "limit": re.compile(
        r"[<>≤≥]|above|below|at least|at most|under|over|exceed|than|between|within|limit|threshold|requir|ask|target|goal|minimum|maximum"
        r"|up to|window|specif|criteri|demand|\bat\b|weight|count|solvent",
        re.I,
    ),
    "probability": re.compile(r"probab|chance|likel|confiden|odds|\bhold|\bmeet|\bmet\b|sure|joint|%|p\(", re.I),
    "score": re.compile(r"scor|desirab|overall", re.I),
    "rank": re.compile(r"rank|candidate|place|position|front|\btop\b|first|second|third|generation|#|\bno\.|number", re.I),
    "count": None,
    "year": re.compile(r"\[\d|publish|report|paper|study|literature|\(\d{4}\)|\bin \d{4}|since|et al", re.I),
}
#: No arithmetic here supports these words; they make a sentence an advertisement.
_OVERCLAIMS = re.compile(
    r"\b(?:" + "|".join(data.table("agent.roles", "words.toml")["overclaims"]) + r")\b",
    re.I,
)
_CITED = re.compile(r"\[\s*\d+(?:\s*[,;–-]\s*\d+)*\s*\]")
#: A sentence of these alone points to a source and says nothing about it.
_POINTERS = frozenset(words("see also compare reference source cf evidence"))
_OUTSIDE = re.compile(r"https?://\S+|www\.\S+|\bdoi\b\s*:?\s*\S*|\b10\.\d{4,9}/\S+|\b[A-Z][a-z]+ et al\b\.?|\barxiv\b\S*", re.I)
#: 'the 90 % interval': the level at which all intervals here are given.
_LEVEL = re.compile(r"\b90 ?(?:%|percent|per cent)(?= (?:\w+ )?(?:interval|range|limits))", re.I)
_KINDS: tuple[tuple[re.Pattern[str], frozenset[FactKind]], ...] = (
    (re.compile(r"\b(?:probabilit\w+|chances?|likelihood|odds|confidence)$", re.I), frozenset({"probability"})),
    (re.compile(r"\b(?:scores?|scored|scoring|desirabilit\w+)$", re.I), frozenset({"score", "value", "limit"})),
    (re.compile(r"\b(?:similarit\w+)$", re.I), frozenset({"similarity", "limit", "value"})),
)
_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#/\\%.*]{5,}")
_SUBJECT = re.compile(r"(?:candidates?|ranks?|ranked|number|no\.|#|compounds?|structures?|molecules?|polymers?)\s*#?\s*(\d{1,4})\b", re.I)
_RANKED = re.compile(
    r"(?:\bcandidates?\s+#?|\branks?\s+|\branked\s+|\bno\. ?|#)(\d{1,4})\b(?! (?:candidates|structures|of|were|are)|[-,]\d|-[A-Za-z])", re.I
)
#: In a text about one candidate, 'rank 3' at the start of a sentence or after 'it' is a claim about that candidate.
_OWN_RANK = re.compile(
    r"(?:^|\b(?:it|candidate|structure|compound|molecule|one) (?:has |is |holds |takes |stands )?(?:at |on |in )?)(?:ranks?|ranked|place)\s+"
    r"(\d{1,4})\b",
    re.I,
)
_MORE = re.compile(r"\s*(?:,|and|or|to|-|–|&)\s*#?(\d{1,4})\b(?!\s*[%°]|\.?\d)")
_FIRST = re.compile(
    r"\b(?:the )?(?:best|top|leading|first|top-ranked|highest-ranked|best-ranked) (?:candidate|structure|compound|molecule|polymer|dye)\b|^first is\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”')\]]*\s+|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|cf|ca|approx|vs|Fig|Eq|Ref|al|resp|incl|no|No|Dr|St|etc)\.|(?<![°\d])(?<!\d )\b[A-Z]\.)$")


@dataclass(frozen=True)
class Removed:
    """A sentence that was removed, and why."""

    sentence: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """The sentences of a text that hold, joined, and those that were removed. ``enough``: whether it is worth showing."""

    text: str
    kept: int
    removed: tuple[Removed, ...]

    @property
    def enough(self) -> bool:
        """Whether anything is left, and at least LEAST_KEPT of the sentences."""
        return self.kept > 0 and self.kept >= LEAST_KEPT * (self.kept + len(self.removed))


def check_text(text: str, facts: Facts) -> Checked:
    """``text`` without the sentences that say what is not stored. Pure: the same text and facts give the same result."""
    kept: list[str] = []
    removed: list[Removed] = []
    for sentence in sentences(text, facts):
        reason = problem(sentence, facts)
        if reason:
            removed.append(Removed(sentence, reason))
        else:
            kept.append(sentence)
    return Checked(" ".join(kept), len(kept), tuple(removed))


def sentences(text: str, facts: Facts) -> list[str]:
    """The sentences of ``text``; stops in known names and structures, in numbers and after abbreviations do not end one."""
    masked = blank(text, [*facts.subjects, *facts.names])
    found: list[str] = []
    start = 0
    for match in _SENTENCE.finditer(masked):
        if "\n" not in match[0] and _ABBREVIATION.search(masked[start : match.start()].rstrip()):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [s for s in found if re.search(r"\w", s)]


def problem(sentence: str, facts: Facts) -> str:
    """What is wrong with one sentence; '' if nothing."""
    masked = blank(sentence, [*facts.subjects, *facts.names])
    wrong = _wrong_claim(masked) or _wrong_source(sentence, masked, facts)
    if wrong:
        return wrong
    plain = masked
    for pattern in (_CITED, _OUTSIDE, _LEVEL):
        plain = pattern.sub(lambda m: " " * len(m[0]), plain)
    unknown = unknown_structure(plain)
    if unknown:
        return f"the structure {unknown} is not one of this run"
    if odd_digits(plain):
        return "it writes numbers in unusual signs"
    derived = factors(plain)
    if derived:
        return f"'{derived[0]}' is no stored value"
    return _wrong_number(sentence, plain, facts)


def _wrong_claim(masked: str) -> str:
    match = _OVERCLAIMS.search(masked)
    return f"nothing here supports '{match[0]}'" if match else ""


def _wrong_source(sentence: str, masked: str, facts: Facts) -> str:
    """A citation that does not resolve or does not belong, or a source that is named outside the references."""
    said = set(words(_CITED.sub(" ", sentence)))
    for match in _CITED.finditer(masked):
        for number in _cited_numbers(match[0]):
            citation = facts.citations.get(number)
            if citation is None:
                return f"[{number}] has no reference here"
            if said - _POINTERS and not said & set(words(f"{citation.title} {citation.passage}")):
                return f"[{number}] does not speak of this"
    for match in _OUTSIDE.finditer(masked):
        known = any(c.doi and c.doi.lower() in match[0].lower() for c in facts.citations.values())
        authors = match[0].split()[0].lower()
        known = known or ("et al" in match[0].lower() and any(authors in c.authors.lower() for c in facts.citations.values()))
        if not known:
            return f"'{match[0].strip()}' is not among the references"
    return ""


def _cited_numbers(text: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", text.strip("[] ")):
        ends = [int(n) for n in re.findall(r"\d{1,6}", part)]
        numbers += range(ends[0], min(ends[-1], ends[0] + 100) + 1) if len(ends) == 2 else ends
    return numbers


def unknown_structure(masked: str) -> str:
    """A token that is a readable SMILES of at least five atoms and has signs of one; known structures are blanked out already."""
    for match in _SMILES.finditer(masked):
        token = match[0].strip(".,;:-")
        if not (re.search(r"[=#\[\]@]|\(.*\)|[A-Za-z)]\d", token) and re.search(r"[CNOcno]", token)):
            continue
        for text in dict.fromkeys((token, token.strip("()"))):
            if _atoms(text) >= 5:
                return text
    return ""


@lru_cache(maxsize=2000)
def _atoms(text: str) -> int:
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text) if len(text) <= 500 else None
    return mol.GetNumAtoms() if mol is not None else 0


# ---- numbers


def _wrong_number(sentence: str, plain: str, facts: Facts) -> str:
    subjects = _subjects(sentence, facts)
    mentions = _mentions(plain)
    nobody = [m for m in _RANKED.finditer(plain) if _is_rank(plain, m.end()) and int(m[1]) not in facts.ranks]
    if nobody:
        return f"there is no candidate {nobody[0][1]}"
    placed = {place for place, _ in subjects}
    own = [m for m in _OWN_RANK.finditer(plain) if facts.about and _is_rank(plain, m.end())]
    if own and facts.ranks.get(int(own[0][1])) != facts.about:
        return f"its rank is not {own[0][1]}"
    for number in numbers_in(plain):
        if number.start in placed and not number.unit:
            continue
        if not any(_explains(f, number, plain, mentions, subjects, facts) for f in facts.facts):
            return f"{number.text.strip()} is no stored value"
    return ""


def _explains(
    fact: Fact, number: Number, plain: str, mentions: list[tuple[int, int, str]], subjects: list[tuple[int, str]], facts: Facts
) -> bool:
    """Whether ``fact`` is what ``number`` states."""
    if not _equal(fact, number):
        return False
    if number.spread != (fact.kind == "spread") and (number.spread or not _cued("spread", plain)):
        return False
    if not _cued(fact.kind, plain) or fact.kind not in _kinds(number, plain):
        return False
    if fact.near and not fact.near & _close_words(number, plain):
        return False
    if fact.subject and not _about(fact.subject, number, plain, subjects, facts):
        return False
    bound = _bound(number, plain, mentions)
    if bound and fact.what not in bound:
        return False
    if fact.kind == "limit" and not number.unit and fact.what not in {name for _, _, name in mentions} | {""}:
        return False
    return fact.what not in REGISTRY or fact.kind == "limit" or _named(fact.what, number, mentions)


def _close_words(number: Number, plain: str) -> set[str]:
    """Stems of the words around a number, in its own clause."""
    before = re.split(r"[;:()]", plain[max(0, number.start - REACH[0]) : number.start])[-1]
    after = re.split(r"[;:()]", plain[number.end : number.end + REACH[1]])[0]
    return set(words(f"{before} {after}"))


def _kinds(number: Number, plain: str) -> frozenset[FactKind]:
    """The kinds that the words right before a number allow: 'a probability of 0.7' states no rank."""
    before = _before(plain, number)
    return next((kinds for pattern, kinds in _KINDS if pattern.search(before)), frozenset(_CUES))


def _before(plain: str, number: Number) -> str:
    """The text before a number, without the small words that lead up to it."""
    text = plain[max(0, number.start - 80) : number.start].rstrip("+-−–±~≈ ")
    for _ in range(4):
        text = re.sub(
            r"(?:\W+|\b(?:is|are|was|of|at|being|near|about|around|roughly|equals|value|a|an|the|only|just))$", "", text, flags=re.I
        )
    return text


def _bound(number: Number, plain: str, mentions: list[tuple[int, int, str]]) -> set[str]:
    """The properties that a number is said to be of: right before it ('a logP of 3') or right behind it ('3 aromatic rings')."""
    reach = max(0, number.start - 80) + len(_before(plain, number))
    behind = {name for start, _, name in mentions if start >= number.end and not plain[number.end : start].strip()}
    return behind or {name for _, end, name in mentions if end == reach}


def _cued(kind: FactKind, plain: str) -> bool:
    pattern = _CUES[kind]
    return pattern is None or bool(pattern.search(plain))


def _equal(fact: Fact, number: Number) -> bool:
    """Whether ``number`` is the value of ``fact``, rounded as stated, in the stated unit."""
    stored = fact.value
    if number.unit == "%":
        if not fact.fraction and fact.unit != "%":
            return False
        return _rounds(100.0 * stored if fact.fraction else stored, number)
    if number.unit == UNKNOWN:
        return False
    if fact.fraction and number.tolerance > 0.2 and stored != number.value:
        return False
    if number.unit and number.unit != fact.unit:
        if fact.kind in ("spread", "change") and {number.unit, fact.unit} == {"K", "°C"}:
            return _rounds(stored, number, signed=fact.kind != "change")
        return _converted(fact, number)
    return _rounds(stored, number, signed=fact.kind != "change")


def _rounds(stored: float, number: Number, *, signed: bool = True) -> bool:
    stated = number.value
    if not signed:
        stored, stated = abs(stored), abs(stated)
    if abs(stored - stated) <= 1e-9 * max(1.0, abs(stored)):
        return True
    slack = min(number.tolerance, (MOST_SPREAD_ROUNDING if number.spread else MOST_ROUNDING) * abs(stored))
    return abs(stored - stated) <= slack + 1e-9


def _converted(fact: Fact, number: Number) -> bool:
    try:
        ends = sorted(REGISTRY.units.convert(number.value + step, number.unit, fact.unit) for step in (-number.tolerance, number.tolerance))
    except (UnitError, ValueError, OverflowError):
        return False
    slack = 1e-6 * max(1.0, abs(fact.value))
    return ends[0] - slack <= fact.value <= ends[1] + slack and ends[1] - ends[0] <= 2 * MOST_ROUNDING * abs(fact.value) + slack


# ---- what a sentence speaks of


def _subjects(sentence: str, facts: Facts) -> list[tuple[int, str]]:
    """(place, key) of every candidate that the sentence names, by rank, name or structure."""
    found: list[tuple[int, str]] = []
    for label, key in facts.subjects.items():
        if label not in sentence:
            continue
        found += [(m.start(), key) for m in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(label)}(?![A-Za-z0-9])", sentence)]
    masked = blank(sentence, [*facts.subjects, *facts.names])
    for match in _SUBJECT.finditer(masked):
        place, end = match.start(1), match.end(1)
        if not _is_rank(masked, end):
            continue
        found.append((place, facts.ranks.get(int(match[1]), "")))
        while re.match(r"\w*s\b", match[0]) and (more := _MORE.match(masked, end)):
            found.append((more.start(1), facts.ranks.get(int(more[1]), "")))
            end = more.end(1)
    if 1 in facts.ranks:
        found += [(m.start(), facts.ranks[1]) for m in _FIRST.finditer(masked)]
    return sorted({(place, key) for place, key in found if key})


def _is_rank(masked: str, end: int) -> bool:
    """Whether the number that ends here is a rank and not the begin of a value ('candidate 3 ...', not 'ranks 2.5')."""
    return not re.match(r"\s*(?:[%°±]|\.\d)", masked[end:])


def _about(subject: str, number: Number, plain: str, subjects: list[tuple[int, str]], facts: Facts) -> bool:
    """Whether the number can belong to ``subject``: the candidate named last before it (unless 'its' leads back to the text's own), else
    the text's own, else any that the sentence names, else any."""
    before = [(place, key) for place, key in subjects if place <= number.start]
    if before:
        place, key = before[-1]
        back = bool(facts.about) and re.search(r"\b(?:its?|this one|here)\b", plain[place : number.start], re.I)
        return subject == (facts.about if back else key)
    if facts.about:
        return subject == facts.about
    named = {key for _, key in subjects}
    return subject in named if named else True


def _mentions(plain: str) -> list[tuple[int, int, str]]:
    """(start, end, property) of every property that the sentence names, longest names first where they overlap."""
    found: list[tuple[int, int, str]] = []
    for match in _property_words(catalogue_in_use()).finditer(plain):
        definition = REGISTRY.resolve(match[0].lower()) or REGISTRY.resolve(match[0])
        if definition is not None:
            found.append((match.start(), match.end(), definition.name))
    return found


@lru_cache(maxsize=4)
def _property_words(catalogue: Catalogue) -> re.Pattern[str]:
    known = {word for word in REGISTRY.words() if len(word) > 1}
    choices = "|".join(re.escape(w) for w in sorted(known, key=lambda w: (-len(w), w)))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{choices})(?![A-Za-z0-9])", re.I)


def _named(name: str, number: Number, mentions: list[tuple[int, int, str]]) -> bool:
    """Whether the number can be of property ``name``: the one named last before it or next after it; any, if none is named."""
    if not mentions:
        return True
    before = [m for m in mentions if m[0] < number.start]
    after = [m for m in mentions if m[0] >= number.start and m[0] - number.end < 30]
    near = {before[-1][2]} if before else set()
    if after:
        near.add(after[0][2])
    return name in near if near else name in {m[2] for m in mentions}
