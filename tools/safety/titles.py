"""Hazard words that name something else: a band, a film, a perfume; and hazards that are remedies too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.safety.word_tables import HAZARDS, Mention

if TYPE_CHECKING:
    from tools.safety.roles import Sentence

_OPENING = re.compile("[\"'\u00ab\u00bb\u2039\u201c-\u201f\u300a\u300c\u300e]\\s*$")
_CLOSING = re.compile("^\\s*[\"'\u00ab\u00bb\u203a\u201c-\u201f\u300b\u300d\u300f]")
#: Most words, and most signs in writing without spaces, between what has a title and its title.
_REACH, _REACH_SIGNS = 4, 8


def is_title(sentence: Sentence, hazard: Mention) -> bool:
    """Whether a hazard is only the title of a thing that has one, and nothing else in its sentence asks for a hazard.

    It has to stand in quotes, or right behind a word like 'called'; what is asked for is then something beside it.
    """
    kinds = (*HAZARDS, "doubtful", "effect", "named")
    end = next((word.end for word in sentence.words if word.start < hazard.end <= word.end), hazard.end)
    beside = [m for m in sentence.of(*kinds) if m.end <= hazard.start or m.start >= end]
    if beside or sentence.of("stronger", "evasion"):
        return False
    quoted = bool(_OPENING.search(sentence.text[sentence.start : hazard.start]) and _CLOSING.search(sentence.text[end:]))
    called = any(m.end <= hazard.start and not sentence.text[m.end : hazard.start].strip() for m in sentence.of("called"))
    return (quoted or called) and any(_near(sentence, m, hazard) for m in sentence.of("title"))


def _near(sentence: Sentence, title: Mention, hazard: Mention) -> bool:
    start, end = (title.end, hazard.start) if title.end <= hazard.start else (hazard.end, title.start)
    return len(sentence.between(start, end)) <= _REACH and (
        end - start <= _REACH_SIGNS or " " in sentence.text[sentence.start : sentence.end]
    )


def is_remedial(sentence: Sentence, hazard: Mention) -> bool:
    """Whether a hazard is one whose relatives are remedies, and a remedy is spoken of: a person decides, nothing is refused."""
    overlaps = any(m.start < hazard.end and hazard.start < m.end for m in sentence.of("remedial"))
    return overlaps and bool(sentence.of("remedy"))
