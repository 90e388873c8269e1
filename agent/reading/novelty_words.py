"""Words of a goal that say what its list is made of: 'novel', 'that are not yet known', 'known compounds only'.

They change no requirement. A phrase counts only where it stands whole between the ends of a sentence or its commas; words in it that nothing
else understood are then read. What is denied ('not novel'), or said both ways, changes nothing.
"""

from __future__ import annotations

import re

from core.novelty import Novelty
from core.reading import ReadSpan
from core.spec import Assumption, DesignSpec

_THINGS = "(?:compounds|structures|molecules|polymers|substances|materials|dyes|candidates|ones)"
_END = r"(?=\s*(?:[,.;:!?]|$))"
_BEGIN = r"(?:(?<=[,;:(.] )|(?<=[,;:(])|^)"
#: Whole phrases, and the rule that each states.
_RULES: tuple[tuple[str, Novelty], ...] = (
    (rf"\b(?:that|which) (?:is|are) not (?:yet known|known(?: yet| already| so far)?){_END}", "new only"),
    (rf"{_BEGIN}not (?:yet known|known (?:yet|already|so far)){_END}", "new only"),
    (rf"{_BEGIN}(?:(?:new|novel|unknown) {_THINGS} only|only (?:new|novel|unknown) {_THINGS}){_END}", "new only"),
    (rf"{_BEGIN}(?:known {_THINGS} only|only known {_THINGS}|nothing new){_END}", "known only"),
    (rf"{_BEGIN}known {_THINGS} first{_END}", "known first"),
)
_PHRASES: tuple[tuple[re.Pattern[str], Novelty], ...] = tuple((re.compile(pattern, re.IGNORECASE), rule) for pattern, rule in _RULES)
_NOVEL = re.compile(r"\bnovel\b", re.IGNORECASE)
_DENIED = re.compile(r"(?:\b(?:no|not|non|nor|neither|never|nothing|without|hardly|necessarily|be|being)\b|n['’]t\b)", re.IGNORECASE)
#: How far before 'novel' a denial is looked for, in characters.
_BEFORE = 30
_WORDS: dict[Novelty, str] = {
    "new only": "only structures that are not known are listed",
    "known only": "only known structures are listed",
    "known first": "known structures take the first places",
}


def with_novelty(spec: DesignSpec) -> DesignSpec:
    """``spec`` with what its sentence says of new and known structures; unchanged where it says nothing of them."""
    sentence = spec.sentence
    found = [(m.start(), m.end(), rule) for pattern, rule in _PHRASES for m in pattern.finditer(sentence)]
    found = [f for f in found if _whole(spec.reading, f[0], f[1])]
    found += [(m.start(), m.end(), "new only") for m in _NOVEL.finditer(sentence) if _said(spec.reading, sentence, m.start())]
    rules = {rule for _, _, rule in found}
    if len(rules) != 1:
        return spec
    rule = rules.pop()
    phrase = ", ".join(dict.fromkeys(sentence[a:b] for a, b, _ in sorted(found)))
    regions = [(a, b) for a, b, _ in found]
    return spec.model_copy(
        update={
            "novelty": rule,
            "assumptions": [*spec.assumptions, Assumption(phrase=phrase, text=f"'{phrase}': {_WORDS[rule]}")],
            "unchecked": [u for u in spec.unchecked if not _inside(u.start, u.end, regions)],
            "reading": [
                s.model_copy(update={"role": "read"}) if s.unread and _inside(s.start, s.end, regions) else s for s in spec.reading
            ],
        }
    )


def _inside(start: int | None, end: int | None, regions: list[tuple[int, int]]) -> bool:
    return start is not None and end is not None and any(a <= start and end <= b for a, b in regions)


def _whole(reading: list[ReadSpan], start: int, end: int) -> bool:
    """Whether nothing in these words was read as something else, and no unread words reach beyond them."""
    touched = [s for s in reading if s.start < end and start < s.end and s.text.strip()]
    return all(s.role == "filler" or (s.unread and start <= s.start and s.end <= end) for s in touched)


def _said(reading: list[ReadSpan], sentence: str, at: int) -> bool:
    """Whether 'novel' at ``at`` is a plain word beside the thing designed, and not denied."""
    span = next((s for s in reading if s.start <= at < s.end), None)
    return span is not None and span.role in ("filler", "head") and not _DENIED.search(sentence[max(0, at - _BEFORE) : at])
