"""The words of a goal: requests for weapons, explosives, illegal drugs, poisons and evasion.

The text is normalised (Unicode, case, hyphens, spaced-out and leet letters). Phrases that are known to be harmless
("explosion-proof", "antidote for nerve agents", "must not be explosive") are masked first, then the rules of
``rules/goal.toml`` are looked for in what is left. A harmless phrase never excuses a second, harmful one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core import data
from core.candidate import SafetyRuleHit, Verdict

#: Text beyond this many characters is not screened but blocked: a design goal is a sentence.
MAX_GOAL = 20_000

_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_LOOKALIKES = str.maketrans(
    {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "к": "k", "м": "m", "т": "t", "н": "h", "в": "b",
     "ο": "o", "α": "a", "ε": "e", "ι": "i", "ν": "v", "ρ": "p", "τ": "t"}
)  # fmt: skip
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212_\\-]")
_SPELLED = re.compile(r"\b(?:[a-z][ .*]){3,}[a-z]\b")


@dataclass(frozen=True)
class GoalRule:
    """A kind of request that is refused or pointed out."""

    id: str
    name: str
    verdict: Verdict
    reason: str
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class GoalRules:
    """All goal rules, and the harmless phrases that are masked before they are looked for."""

    rules: tuple[GoalRule, ...]
    safe: tuple[re.Pattern[str], ...]


def _compiled(pattern: str, terms: dict[str, str]) -> re.Pattern[str]:
    """``pattern`` with each ``{term}`` replaced by its words (the text has single spaces only)."""
    for _ in range(2):
        pattern = re.sub(r"\{([a-z_]+)\}", lambda match: f"(?:{terms[match[1]]})", pattern)
    return re.compile(pattern)


@lru_cache(maxsize=1)
def goal_rules() -> GoalRules:
    """The rules of ``rules/goal.toml``. Raises KeyError or re.error for a rule that cannot be read."""
    table = data.table("tools.safety", "rules/goal.toml")
    terms: dict[str, str] = {name: "|".join(words) for name, words in table["terms"].items()}
    rules = tuple(
        GoalRule(raw["id"], raw["name"], raw["verdict"], raw["reason"], tuple(_compiled(p, terms) for p in raw["patterns"]))
        for raw in table["rule"]
    )
    return GoalRules(rules, tuple(_compiled(p, terms) for p in table["safe"]["phrases"]))


def normalise(text: str) -> str:
    """``text`` in lower case, without accents, hidden characters and look-alikes; hyphens are spaces, spelled-out words are joined."""
    plain = unicodedata.normalize("NFKD", _HIDDEN.sub("", text)).casefold().translate(_LOOKALIKES)
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = _DASHES.sub(" ", plain.replace("\u2019", "'"))
    plain = " ".join(plain.split())
    return _SPELLED.sub(lambda match: re.sub(r"[ .*]", "", match[0]), plain)


def _unleet(text: str) -> str:
    """``text`` with digits and signs inside words read as the letters they stand for."""
    return " ".join(
        token.translate(_LEET) if any(c.isalpha() for c in token) and any(c in "013457@$!" for c in token[:-1]) else token
        for token in text.split(" ")
    )


def goal_hits(text: str) -> list[SafetyRuleHit]:
    """Hits of the goal rules on ``text``; each quotes the words that it fired on."""
    if len(text) > MAX_GOAL:
        reason = f"A goal of {len(text)} characters cannot be screened; the limit is {MAX_GOAL}."
        return [SafetyRuleHit(id="goal.too_long", name="goal too long to screen", verdict="block", reason=reason)]
    known = goal_rules()
    plain = normalise(text)
    hits: dict[str, SafetyRuleHit] = {}
    for version in dict.fromkeys((plain, _unleet(plain))):
        masked = version
        for phrase in known.safe:
            masked = phrase.sub(" ~ ", masked)
        for rule in known.rules:
            match = next((found for pattern in rule.patterns if (found := pattern.search(masked))), None)
            if match is not None and rule.id not in hits:
                reason = f'{rule.reason} (words: "{match[0].strip()[:80]}")'
                hits[rule.id] = SafetyRuleHit(id=rule.id, name=rule.name, verdict=rule.verdict, reason=reason)
    return list(hits.values())
