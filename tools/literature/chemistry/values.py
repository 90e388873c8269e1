"""Numbers that a text reports: the property that is named, the number with its unit, the substance, the conditions, and the sentence itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.papers import Mention, ReportedValue
from core.passages import Passage
from tools.literature.chemistry.properties import Property, properties
from tools.literature.chemistry.quantities import Found, quantities
from tools.literature.chemistry.subjects import subject_of
from tools.literature.chemistry.tables import find_table_values
from tools.literature.chemistry.view import View, view_of
from tools.literature.sentences import sentence_spans

#: How far behind the name of its property a number may stand, characters, and how far before it.
_REACH, _REACH_BEFORE = 90, 14
_LONGEST_QUOTE = 600
_PREPOSITION = re.compile(
    r"(?:\W|\w+ly\b|into [\w ,]{1,40})*\b(?:at|around|about|near|from|between|above|below|up to|over|by|in|with|maximally at)\b[^.;]{0,25}$",
    re.IGNORECASE,
)
#: Between a property and its number these say that the number is about something else.
_BARRIER = re.compile(
    r";|\bexcit|λ_?ex|\bwe\b|\b(?:while|whereas|although|but)\b|\b(?:heated|annealed|dried|stirred|cured|cooled|kept|stored|calcined|heating|cooling)\b",
    re.IGNORECASE,
)
#: A number behind one of these is a difference, a time, a condition or a reference, not a value.
_NOT_VALUE = re.compile(
    r"(?:\b(?:by|of up|figs?\.?|figures?|tables?|eqs?\.?|equations?|refs?\.?|scheme|section|nos?\.|page|step|pH(?: of)?|shift(?:ed)? of|differences? of|increments? of|resolution of|ratio of)|\[|\(ref)\s*$",
    re.IGNORECASE,
)
_CONDITIONS = (
    re.compile(r"\bin (?:the )?(?:toluene|hexane|THF|DCM|dichloromethane|chloroform|CHCl3|DMSO|DMF|acetonitrile|MeCN|water|methanol|ethanol|acetone|PBS|(?:thin |neat |doped )?films?|(?:the )?solid[- ]state|solution|vacuum|air|(?:aqueous )?buffer)\b(?: films?| solution)?", re.IGNORECASE),
    re.compile(r"\b\d+(?:\.\d+)? ?(?:wt|mol) ?% (?:(?:doped )?(?:film )?in |doped )?[A-Z][\w:]*"),
    re.compile(r"\b(?:at )?(?:a )?(?:heating|scan) rate of \d+(?:\.\d+)? ?(?:°C|K)[ /·]*(?:min|s)(?:-1)?"),
    re.compile(r"\bat (?:room temperature|ambient temperature|\d+(?:\.\d+)? ?(?:° ?C|K|bar|atm|MPa|Pa|mbar)|pH ?\d+(?:\.\d+)?)", re.IGNORECASE),
    re.compile(r"\bunder (?:a |an )?(?:N2|nitrogen|argon|Ar|air|inert|oxygen|vacuum)(?: atmosphere| gas)?\b"),
    re.compile(r"\b(?:by|from|using) (?:the )?(?:DSC|TGA|DMA|TMA|differential scanning calorimetry|thermogravimetric analysis|cyclic voltammetry|DFT|TD-DFT)\b"),
)  # fmt: skip


#: Sentences in which a property is that of a biomolecule or of a device.
_ELSEWHERE = {
    "melting_point": re.compile(r"\b(?:unfold\w*|proteins?|duplex\w*|DNA|RNA|helix|helices|hybridi[sz]ation|triplex)\b"),
    "emission_maximum": re.compile(r"\bEL\b|λ_?EL|electroluminescen|\bLEDs?\b|\blamps?\b|\blasers?\b|light source"),
}
#: Properties for which a solvent may be what is spoken of; for others it is where something was measured.
_OF_SOLVENTS = frozenset(
    {
        "boiling_point",
        "melting_point",
        "density",
        "refractive_index",
        "relative_permittivity",
        "flash_point",
        "solubility",
        "logp",
        "pka",
        "decomposition_temperature",
        "glass_transition_temperature",
    }
)


#: A cue that is no longer is a symbol ('pKa', 'εr'); a number without a unit counts only right behind it.
_SYMBOL = 6
_DIRECTLY = re.compile(
    r"(?: (?:of|for) [\w,'()-]+(?: [\w,'()-]+)? (?:is|was|were|=))?(?:[\s=:~<>(,]|\b(?:values?|of|is|was|are|were|around|about|approximately|from|between|ranging|ranges?|range|to|be|the|estimated|predicted|reported|calculated|a)\b)*"
)
#: What is wished for or merely thought of, and what is a difference.
_WISHED = re.compile(r"\b(?:should|must|ideal(?:ly)?|optim\w+|desir\w+|required?|targeted)\b[^.;]{0,60}$", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:increases?|decreases?|changes?|differences?|reductions?|rises?|drops?)\s+(?:in|of)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\s(?:smaller|larger|higher|lower|more|less|greater|wider|narrower|red-?shift|blue-?shift|bath|(?:water|oil|ice) bath|oven|steps?\b|intervals?\b|increments?\b)",
    re.IGNORECASE,
)
#: What shows that a number without a unit of ours has one, or belongs to a word.
_GOES_ON = re.compile(
    r"\s?(?:° ?C|K\b|nm|eV|%|[a-zA-Zμ]{0,2}(?:g|mol|L|M|m|s|V|A|Hz|Pa|J)\b|wt|cm|h\b|min|-?fold|times|equiv|[A-Za-z]{3,}s\b)|\w|\.\d"
)


@dataclass(frozen=True)
class _Cue:
    property: Property
    start: int
    end: int
    verb: bool


def find_values(text: str, passages: Sequence[Passage], mentions: Sequence[Mention]) -> list[ReportedValue]:
    """The numbers that the passages of ``text`` report, in order, each once; [] for none."""
    found: dict[tuple[int, str, float], ReportedValue] = {}
    for passage in passages:
        spans = _rows(passage) if passage.kind == "table" else sentence_spans(text, passage.start, passage.end)
        for value in find_table_values(text, passage, mentions):
            found.setdefault((value.start, value.property, value.value), value)
        for start, end in spans:
            for value in _of_sentence(text, start, end, passage, mentions):
                found.setdefault((value.start, value.property, value.value), value)
    return sorted(found.values(), key=lambda v: (v.start, v.property, v.value))


def _rows(passage: Passage) -> list[tuple[int, int]]:
    spans, at = [], passage.start
    for line in passage.text.split("\n"):
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return [span for span in spans if span[0] < span[1]]


def _of_sentence(text: str, start: int, end: int, passage: Passage, mentions: Sequence[Mention]) -> Iterator[ReportedValue]:
    if not any(map(str.isdigit, text[start:end])):
        return
    view = view_of(text, start, end)
    cues = _cues(view.text)
    if not cues:
        return
    numbers = quantities(view.text)
    quote_start, quote_end = (start, end) if end - start <= _LONGEST_QUOTE else (0, 0)
    for property, number in _pairs(view.text, cues, numbers):
        first, last = (quote_start, quote_end) if quote_end else _around(text, start, end, view, number)
        if _of_something_else(property, view.text, number):
            continue
        subject, smiles, key = subject_of(view, number.start, number.end, mentions, of_solvents=property.name in _OF_SOLVENTS)
        yield _value(property, number, view, text, (first, last), passage, (subject, smiles, key))


def _of_something_else(property: Property, text: str, number: Found) -> bool:
    """Whether the words before the number say that it is no value of a substance: the melting of DNA, the light of a device."""
    if _WISHED.search(text[max(0, number.start - 90) : number.start]) or _COMPARED.match(text[number.end : number.end + 14]):
        return True
    pattern = _ELSEWHERE.get(property.name)
    if pattern is None:
        return False
    return pattern.search(text if property.name == "melting_point" else text[max(0, number.start - 60) : number.start]) is not None


def _around(text: str, start: int, end: int, view: View, number: Found) -> tuple[int, int]:
    """Of a very long sentence the part about the number."""
    middle = view.at(number.start)
    first, last = max(start, middle - _LONGEST_QUOTE // 2), min(end, middle + _LONGEST_QUOTE // 2)
    while first > start and not text[first - 1].isspace():
        first -= 1
    while last < end and not text[last].isspace():
        last += 1
    return first, last


def _cues(text: str) -> list[_Cue]:
    """Where properties are named, in order; of two that overlap the longer one, and of 'emission' and 'absorption' the one with a noun of its own."""
    found: list[_Cue] = []
    for property in properties():
        found += [_Cue(property, m.start(), m.end(), False) for m in property.cue.finditer(text)]
        if property.verb is not None:
            found += [_Cue(property, m.start(), m.end(), True) for m in property.verb.finditer(text)]
    found.sort(key=lambda c: (c.verb, c.start - c.end))
    kept: list[_Cue] = []
    for cue in found:
        if all(cue.end <= other.start or other.end <= cue.start for other in kept):
            kept.append(cue)
    return sorted(kept, key=lambda c: c.start)


def _pairs(text: str, cues: Sequence[_Cue], numbers: Sequence[Found]) -> Iterator[tuple[Property, Found]]:
    taken: set[int] = set()
    bare: list[_Cue] = []
    for n, cue in enumerate(cues):
        if _CHANGE.search(text[max(0, cue.start - 60) : cue.start]):
            continue
        limit = cues[n + 1].start if n + 1 < len(cues) else len(text)
        followed = _behind(text, cue, limit, numbers, taken)
        for number in followed:
            taken.add(number.start)
            yield cue.property, number
        if not followed and not cue.verb:
            bare.append(cue)
    for cue in bare:
        before = _before(text, cue, numbers, taken)
        if before is not None:
            taken.add(before.start)
            yield cue.property, before


def _behind(text: str, cue: _Cue, limit: int, numbers: Sequence[Found], taken: set[int]) -> list[Found]:
    """The numbers behind a cue that are its values: the first that fits, and what is listed with it."""
    found: list[Found] = []
    edge = cue.end
    for number in numbers:
        if number.start < cue.end or number.start >= limit or number.start in taken:
            continue
        between = text[edge : number.start]
        if len(between) > (_REACH if not found else 60) or _BARRIER.search(between):
            break
        if not _fits(cue.property, number, text) or _NOT_VALUE.search(text[max(0, number.start - 22) : number.start]):
            continue
        if number.unit is None and _is_symbol(text, cue) and not found and not _DIRECTLY.fullmatch(between):
            break
        if cue.verb and not found and not _PREPOSITION.match(text[cue.end : number.start]):
            break
        if found and not _listed(between, number):
            break
        found.append(number)
        edge = number.end
    return found


def _is_symbol(text: str, cue: _Cue) -> bool:
    """Whether a property is named by a symbol alone, not by one in brackets behind its name."""
    return cue.end - cue.start <= _SYMBOL and not text[: cue.start].endswith("(")


def _listed(between: str, number: Found) -> bool:
    """Whether what stands between two numbers joins them in one list or comparison; of numbers without a unit more closely."""
    if number.unit is None:
        return re.fullmatch(r"(?:\s(?:for|of|in) [\w'-]{1,20})?\s?(?:,? ?(?:and|or|to)|,|/) ?", between) is not None
    return re.search(r"(?:,|and|or|to|/|\bvs\.?|versus|compared)", between) is not None and not re.search(r"[.;]\s", between)


def _before(text: str, cue: _Cue, numbers: Sequence[Found], taken: set[int]) -> Found | None:
    """The number right before a cue: 'a 3.2 eV band gap'."""
    for number in reversed([m for m in numbers if m.end <= cue.start]):
        between = text[number.end : cue.start]
        fits = number.unit is not None and number.start not in taken and _fits(cue.property, number, text)
        near = len(between) <= _REACH_BEFORE and re.fullmatch(r"[\s-]*(?:[a-z]+[\s-]+)?", between) is not None
        return number if fits and near and not _NOT_VALUE.search(text[: number.start]) else None
    return None


def _fits(property: Property, number: Found, text: str) -> bool:
    unit = number.unit
    if (unit.name if unit else "") not in property.units:
        return False
    if unit is None:
        return _alone(property, number, text)
    if property.standard == "°C" and _condition(text, number):
        return False
    standards = [unit.converted(value) for value in (number.value, number.upper) if value is not None]
    return all(property.low <= value <= property.high for value in standards)


def _alone(property: Property, number: Found, text: str) -> bool:
    """Whether a number without a unit can be one of a property that has none: no year, no count, nothing that goes on."""
    after, before = text[number.end : number.end + 12], text[max(0, number.start - 20) : number.start]
    whole = float(number.value).is_integer() and "." not in text[number.start : number.end]
    if whole and (before.endswith(("(", "[")) or re.search(r"\b(?:for|compounds?|complex(?:es)?|and|dyes?|polymers?) $", before)):
        return False  # the number of a compound
    if _GOES_ON.match(after):
        return False
    if property.name == "quantum_yield":
        return 0 < number.value <= 1 and "." in text[number.start : number.end]
    if property.name == "refractive_index" and whole:
        return False
    if whole and number.value >= 1000:
        return False
    return property.low <= number.value <= property.high


def _condition(text: str, number: Found) -> bool:
    """Whether a temperature is one at which something was done."""
    before = text[max(0, number.start - 40) : number.start]
    return (
        re.search(
            r"\b(?:(?:measured|recorded|determined|stirred|heated|dried|annealed|kept|cured|stored) (?:at|to|for)|room|ambient)\s*$", before
        )
        is not None
    )


def _value(
    property: Property,
    number: Found,
    view: View,
    text: str,
    quoted: tuple[int, int],
    passage: Passage,
    of: tuple[str | None, str | None, str | None],
) -> ReportedValue:
    unit = number.unit
    standard, upper, standard_unit = number.value, number.upper, property.standard
    spread = number.spread
    if unit is not None:
        standard, upper = unit.converted(number.value), None if number.upper is None else unit.converted(number.upper)
        standard_unit = unit.standard
    elif property.name == "quantum_yield":
        standard, upper = number.value * 100.0, None if number.upper is None else number.upper * 100.0
    return ReportedValue(
        property=property.name,
        relation=number.relation,
        value=number.value,
        upper=number.upper,
        spread=spread,
        unit=number.written,
        standard=round(standard, 6),
        standard_upper=None if upper is None else round(upper, 6),
        standard_unit=standard_unit,
        conditions=_conditions(view.text, number),
        substance=of[0],
        smiles=of[1],
        key=of[2],
        quote=text[quoted[0] : quoted[1]],
        start=quoted[0],
        end=quoted[1],
        page=passage.page,
    )


def _conditions(text: str, number: Found) -> tuple[str, ...]:
    """What the sentence says of how the number came about, in its words, near it."""
    first, last = max(0, number.start - 120), min(len(text), number.end + 120)
    found = [
        (m.start(), m[0]) for pattern in _CONDITIONS for m in pattern.finditer(text, first, last) if not m.start() <= number.start < m.end()
    ]
    return tuple(dict.fromkeys(words for _, words in sorted(found)))
