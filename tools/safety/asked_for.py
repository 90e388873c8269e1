"""What the learned voice never frees, whatever it says: a hazard that is what is asked for, and pest control that is turned on somebody."""

from __future__ import annotations

import re

from tools.safety import concepts
from tools.safety.roles import Sentence, judged, sentences
from tools.safety.spelling import UNSPACED
from tools.safety.word_tables import HAZARDS, Mention, lexicon

#: Fewest words before a hazard that may be freed, in languages that put the thing first: an explosive of red colour is an explosive.
BEFORE = 2
#: Most words between a hazard and a word of likeness that goes with it.
NEAR = 2
#: What a bomb may be a figure of speech for, and most words between ("a bomb of a scent").
_PRAISED, PRAISED_WORDS = frozenset(("perfume", "odour", "dye", "colour", "food", "taste", "sweet", "drink", "milk", "weak")), 3


#: Questions after where a hazard is to be had: 'logP of heroin, and where can I buy it'.
_BOUGHT = re.compile(r"\b(?:where|who|how)\b[^.?!;]{0,30}\b(?:buy|order|purchase|obtain|sells?|score|get hold of|get it|get some)\b")


def turned_on_somebody(plain: str) -> bool:
    """Whether germs or pests and somebody stand in one sentence, and nothing is to be safe for anybody: 'a mould killer for the tenants as well'."""
    return any(
        sentence.of("germ", "pest")
        and sentence.of("place", "people", "victim", "kin", "rival")
        and not sentence.of("safe", "defence", "counter")
        for sentence in sentences(plain)
    )


def is_praise(plain: str) -> bool:
    """Whether every hazard is a bomb beside a scent, a colour or a taste: 'a bomb of a scent'."""
    return all(_is_praised(sentence, hazard) for sentence in sentences(plain) for hazard in sentence.of(*HAZARDS))


def _is_praised(sentence: Sentence, hazard: Mention) -> bool:
    near = concepts.between(sentence.text, sentence.start, sentence.end)
    if not any(one.concept == "bomb" and one.start < hazard.end and hazard.start < one.end for one in near):
        return False
    return any(
        one.concept in _PRAISED and len(sentence.between(min(one.end, hazard.end), max(one.start, hazard.start))) <= PRAISED_WORDS
        for one in near
    )


def asks_for_it(plain: str, praise: bool = False) -> bool:
    """Whether a hazard is what is asked for: what something is to be like, or better than, what is to go unnoticed, what comes after 'but', what is to be bought, and, where it is no
    ``praise``, what stands first."""
    for sentence in sentences(plain):
        hazards = sentence.of(*HAZARDS)
        if hazards and (sentence.of("stronger", "evasion", "contrast", "undone") or _BOUGHT.search(sentence.text)):
            return True
        medicines = [one.mention for one in judged(sentence) if one.mention.kind == "medicine" and not one.spared]
        near = (
            len(sentence.between(min(m.end, h.end), max(m.start, h.start))) for h in (*hazards, *medicines) for m in sentence.of("like")
        )
        if any(words <= NEAR for words in near):
            return True
        first = all(lexicon().order.get(language) != "after" for language in sentence.languages) and not UNSPACED.search(sentence.text)
        if first and not praise and any(len(sentence.between(sentence.start, h.start)) < BEFORE for h in hazards):
            return True
    return False
