"""A goal in another language: a model translates it, the translation is held against the original, and the built-in reading reads it.

What can be compared without knowing the language must survive unchanged: every number, the unit behind it, every structure. A translation with a
fault is not used, and the goal stays unread. One that is used always waits for a person, since whether it says the same nobody here can tell.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from pydantic import Field

from agent.models import ModelSession, Place
from agent.reading.language import foreign_language
from agent.reading.mentions import scan
from agent.reading.normalise import normalise
from agent.reading.number_words import number_mentions
from agent.reading.units import Unit, unit_at
from agent.roles.interpreter.protocol import ROLE
from core import data
from core.errors import MolwrightError
from core.model import Model
from tools.catalogue.catalogue import Catalogue

#: How much longer than the original a translation may be, in characters: a factor, and so many more.
_LONGER, _MORE = 3, 100
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: '1.000' and '2,500' are thousands in some languages and decimals in others.
_AMBIGUOUS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?!\d)")
_CELSIUS = re.compile(r"(?:grad|grader|graden|degr[ée]s?|grados?|gradi|grado|graus?|stopni|stopnie)\s+celsius(?:a|za)?", re.IGNORECASE)
_MINUS = re.compile(r"(?:[-−–]\s?|\b(?:minus|moins|menos|meno)\s+)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


class Translation(Model):
    """A goal in English."""

    translation: str = Field(max_length=8000, description="The goal in English, with every number, unit and structure as in the original.")


def translated(goal: str, language: str, session: ModelSession, place: Place, *, catalogue: Catalogue) -> tuple[str, str]:
    """(the goal in English, '') or ('', why there is none)."""
    outcome = session.structured(place, ROLE, "interpreter/translate", {"goal": goal, "language": language}, Translation)
    if outcome.value is None:
        return "", f"no translation could be had: {outcome.problem}"
    text = " ".join(outcome.value.translation.split())
    faults = lost(goal, text, language, catalogue=catalogue)
    return ("", f"a model's translation was not used, since {'; '.join(faults)}") if faults else (text, "")


def lost(goal: str, translation: str, language: str, *, catalogue: Catalogue) -> list[str]:
    """What of ``goal`` does not stand in its ``translation`` as it should, or stands there and should not; empty if all is well."""
    if not translation or len(translation) > _LONGER * len(goal) + _MORE:
        return ["it is empty or far longer than the goal"]
    if foreign_language(translation):
        return ["it is not English"]
    if found := _AMBIGUOUS.search(goal):
        return [f'"{found.group()}" is a thousand in some languages and a decimal in others; write the number without a sign in it']
    try:
        structures, theirs = _structures(goal, catalogue=catalogue), _structures(translation, catalogue=catalogue)
    except MolwrightError as error:
        return [f"a structure cannot be read ({error})"]
    faults = [] if structures == theirs else [_differ("structures", structures, theirs)]
    digits, their_digits = _digits(goal, catalogue=catalogue), _digits(translation, catalogue=catalogue)
    faults += [] if digits == their_digits else [_differ("numbers", digits, their_digits)]
    return faults + _spoken(goal, translation, language)


def _differ(what: str, ours: Counter[str], theirs: Counter[str]) -> str:
    gone, new = sorted((ours - theirs).elements()), sorted((theirs - ours).elements())
    parts = [f"{', '.join(words)} {verb}" for words, verb in ((gone, "missing"), (new, "added")) if words]
    return f"its {what} are not those of the goal: {'; '.join(parts)}"


def _structures(text: str, *, catalogue: Catalogue) -> Counter[str]:
    """Every SMILES in ``text``, as it is written."""
    lattice = scan(normalise(text), catalogue=catalogue)
    return Counter(lattice.text(m.i, m.j) for mentions in lattice.at for m in mentions if m.kind == "smiles")


def _digits(text: str, *, catalogue: Catalogue) -> Counter[str]:
    """Every number in digits, in words or structures too, with its sign and the unit behind it: '-40 °C', '0.5', '300 g/mol'."""
    plain = _CELSIUS.sub("°C", text)
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(plain):
        behind = match.end() + (len(plain[match.end() :]) - len(plain[match.end() :].lstrip(" -\u00a0")))
        unit = unit_at(plain, behind, catalogue=catalogue)
        sign = "-" if _negative(plain, match.start()) else ""
        number = match.group().replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", match.group()) else match.group()
        found[f"{sign}{number} {_named(unit) if unit else ''}".strip()] += 1
    return found


def _negative(text: str, start: int) -> bool:
    """Whether a minus stands before the number at ``start``: a word, or a sign that joins it to nothing."""
    before = text[max(start - 10, 0) : start]
    sign = _MINUS.search(before)
    return sign is not None and (sign.group()[0].isalpha() or not before[: sign.start()][-1:].strip())


def _named(unit: Unit) -> str:
    """The name of a unit; of one that only pint knows its first word, since the next one may be a word of the language."""
    return unit.name or unit.written.split()[0]


def _spoken(goal: str, translation: str, language: str) -> list[str]:
    """Faults of the numbers that are written out: each in the translation must be one of the goal, whose articles may be 'one'."""
    ours = [w.lower() for w in _WORD.findall(goal)]
    numbers, articles = _foreign_numbers().get(language, ({}, frozenset()))
    stated = Counter(float(numbers[w]) for w in ours if w in numbers)
    text = normalise(translation)
    written_out = [value for i, j, value, _ in number_mentions(text) if not any(c.isdigit() for c in text[i:j])]
    said = Counter(written_out)
    ones = said.pop(1.0, 0)
    faults = []
    if ones > sum(w in articles for w in ours):
        faults.append('it says "one" where the goal does not')
    if said != stated:
        gone, new = sorted((stated - said).elements()), sorted((said - stated).elements())
        faults.append(f"its number words are not those of the goal: {', '.join(f'{n:g}' for n in [*gone, *new])}")
    return faults


@lru_cache(maxsize=1)
def _foreign_numbers() -> dict[str, tuple[dict[str, int], frozenset[str]]]:
    """Number words and articles by language."""
    table = data.table("agent.reading", "words/foreign_numbers.toml")
    return {
        language: ({w: n for n, forms in enumerate(row["numbers"], 2) for w in forms.split("|")}, frozenset(row["articles"]))
        for language, row in table.items()
    }
