"""Misspelt words of a question: only what it asks for is mended, never what it asks about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tools.catalogue.catalogue import Catalogue
from tools.catalogue.rule_sets import RULE_SETS
from tools.safety.spelling import distance

#: Letters from which on a word may have one fault, and two.
ONE, TWO = 5, 8


def mended(word: str, vocabulary: Sequence[str]) -> str:
    """The one word of ``vocabulary`` that ``word`` can be a misspelling of; '' for none or several."""
    low = word.lower()
    most = 2 if len(low) >= TWO else 1 if len(low) >= ONE else 0
    if not most or low in vocabulary:
        return ""
    near = [(distance(low, known, most), known) for known in vocabulary if abs(len(known) - len(low)) <= most and known[0] == low[0]]
    best = min((d for d, _ in near), default=most + 1)
    found = [known for d, known in near if d == best]
    if best > most:
        return ""
    stems = {known.removesuffix("s") for known in found}
    return found[0] if len(stems) == 1 else ""


@lru_cache(maxsize=4)
def vocabulary(catalogue: Catalogue, phrases: tuple[str, ...]) -> tuple[str, ...]:
    """The words by which properties and rule sets are asked for; ``phrases``: further ones."""
    texts = [*phrases, *catalogue.words(), *(p.label.lower() for p in catalogue), *(w for r in RULE_SETS.values() for w in r.words)]
    words = {word for text in texts for word in text.lower().replace("-", " ").replace("/", " ").split()}
    return tuple(sorted(w for w in words if len(w) >= ONE and w.isalpha()))
