"""The words of a goal: requests for weapons, explosives, illegal drugs, poisons and evasion, in many languages.

The text is brought into one spelling (:mod:`tools.safety.spelling`), what it mentions is found (:mod:`tools.safety.words`), and the role of
each hazard decides (:mod:`tools.safety.roles`): what is to be detected, destroyed, protected from or avoided asks for nothing bad. What is
left is held against the phrases of ``rules/goal.toml``, which are English. A harmless phrase never excuses a second, harmful one.

Beside the rules speaks a learned voice (:mod:`tools.safety.score`). It stops for a person what looks like a request for harm although no
rule fires, and it turns into a warning what the rules refuse for the words of a hazard alone, where everything around them is
harmless. It frees nothing that names a structure, says what it does to people, gets around controls or asks for precursors.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core import data
from core.candidate import SafetyRuleHit, Verdict
from tools.safety import concepts, meaning, score, tongue
from tools.safety.asked_for import asks_for_it, is_praise, turned_on_somebody
from tools.safety.named import Named, named, objections
from tools.safety.roles import JUDGED, Judged, Sentence, judged, sentences
from tools.safety.spelling import UNSPACED, normalise, unleet
from tools.safety.titles import is_remedial
from tools.safety.word_tables import HAZARDS, Mention

#: Text beyond this many characters is not screened but blocked: a design goal is a sentence.
MAX_GOAL = 20_000


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


def _phrase(words: str) -> re.Pattern[str]:
    """``words`` of any language as they stand in a text that is brought into one spelling; where words have spaces between them, whole words."""
    text = normalise(words)
    return re.compile(re.escape(text) if UNSPACED.search(text) else rf"(?<!\w){re.escape(text)}(?!\w)")


@lru_cache(maxsize=1)
def goal_rules() -> GoalRules:
    """The rules of ``rules/goal.toml``. Raises KeyError or re.error for a rule that cannot be read."""
    table = data.table("tools.safety", "rules/goal.toml")
    terms: dict[str, str] = {name: "|".join(words) for name, words in table["terms"].items()}
    rules = tuple(
        GoalRule(
            raw["id"],
            raw["name"],
            raw["verdict"],
            raw["reason"],
            (*(_compiled(p, terms) for p in raw["patterns"]), *(_phrase(p) for p in raw.get("phrases", ()))),
        )
        for raw in table["rule"]
    )
    return GoalRules(rules, tuple(_compiled(p, terms) for p in table["safe"]["phrases"]))


#: The rule of goal.toml that a kind of hazard stands for.
_RULES = {
    "weapon": "goal.chemical_weapon",
    "explosive": "goal.explosive",
    "drug": "goal.illegal_drug",
    "doubtful": "goal.poison",
    "effect": "goal.poison",
    "strike": "goal.poison",
    "turned": "goal.poison",
    "rival": "goal.poison",
    "place": "goal.poison",
    "served": "goal.poison",
    "checker": "goal.poison",
    "kin": "goal.poison",
    "people": "goal.poison",
    "pest": "goal.poison",
    "sleep": "goal.poison",
    "dismissed": "goal.poison",
    "medicine": "goal.illegal_drug",
}
#: What one step of the voice of the meaning adds to the value of the words, and between which values of these it is asked.
MEANT, UNSURE = 1.3, (-6.0, 9.0)
#: From which share of romanised words a text in Latin letters is left to the voice of the words, and which letters are Latin.
ROMANISED = 0.5
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
#: From which value of the learned voices on a goal stops for a person: a stretch of at least ``FULL`` different words, a shorter one of at
#: least ``FEWEST``, and a full one whose hazards the roles spare; shorter ones of these are left to the roles. Chosen by leaving one author
#: out: docs/evaluation.md.
SUSPECT, SUSPECT_SHORT, SUSPECT_SPARED, FULL, FEWEST = -1.0, 1.0, 2.0, 6, 3
#: The same of a text of which no concept is known: its letters alone speak.
SUSPECT_BLANK = 0.4
#: The same of a short stretch of which the meaning was asked, where the words alone would not stop it.
SUSPECT_SHORT_MEANT = 8.0
#: Fewest different words of a stretch that may be freed where the rules object for two reasons.
FULL_TWICE = 8
#: Down to which value of both voices what the rules refuse for the words of a hazard may be freed, and of the words alone, of each stretch of ``NEARBY``
#: words, and of the meaning alone; a figure of speech.
HARMLESS, HARMLESS_WORDS, HARMLESS_NEARBY, HARMLESS_MEANT, NEARBY, FIGURE = -2.0, 0.0, 1.0, 0.3, 12, -2.0
#: The same of what the rules only stop for words that are ordinary elsewhere: of both voices, and of the words alone.
ORDINARY, ORDINARY_WORDS = -5.0, 2.0
#: Hits that say no more than that words of a hazard occur, and stops for words that are ordinary in many goals (a neighbour, soup, "kills").
_HAZARD_ONLY = frozenset(
    (
        "goal.chemical_weapon",
        "goal.explosive",
        "goal.illegal_drug",
        "stop.weapon",
        "stop.explosive",
        "stop.drug",
        "stop.medicine",
    )
)
_ORDINARY_WORDS = frozenset(("stop.place", "stop.effect", "stop.doubtful", "stop.strike", "stop.rival", "stop.served"))
#: A letter of a writing in which the guard knows no words: it knows Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Bengali,
#: Thai, Chinese, Japanese and Korean letters.
_UNKNOWN_WRITING = re.compile(
    "(?:(?![\u0000-\u052f\u0590-\u06ff\u0750-\u077f\u0900-\u09ff\u0e00-\u0e7f\u1100-\u11ff\u1d00-\u1dbf\u1e00-\u2bff\u2c60-\u2c7f\u3000-\u318f\u31f0-\u9fff"
    "\ua720-\ua7ff\uac00-\ud7ff\uf900-\ufdff\ufe70-\uffef\U0001d400-\U0001d7ff\U00020000-\U0003ffff])[^\\W\\d_])"
)
#: How the ids of hits begin that stop a goal for a person.
STOP = "stop."
_STOP = "The goal may ask for this; a person has to look at it first."


def goal_hits(text: str) -> list[SafetyRuleHit]:
    """Hits of the goal rules on ``text``; each quotes the words that it fired on. A hit that stops for a person has an id of ``stop.``.

    A goal is asked about several times on its way through a run; the last ones are remembered.
    """
    return list(_goal_hits(text))


@lru_cache(maxsize=128)
def _goal_hits(text: str) -> tuple[SafetyRuleHit, ...]:
    # one sign may stand for eighteen letters: what counts is the text with its signs written out
    length = len(text) if len(text) > MAX_GOAL else len(unicodedata.normalize("NFKC", text))
    if length > MAX_GOAL:
        reason = f"A goal of {length} characters cannot be screened; the limit is {MAX_GOAL}."
        return (SafetyRuleHit(id="goal.too_long", name="goal too long to screen", verdict="block", reason=reason),)
    hits: dict[str, SafetyRuleHit] = {}
    plain = normalise(text)
    found = objections(text)
    for version in dict.fromkeys((plain, unleet(plain), normalise(text.replace("\u200c", "")))):
        for hit in _hits(version, named(found, version)):
            hits.setdefault(hit.id, hit)
    if len(unknown := _UNKNOWN_WRITING.findall(plain)) >= FEWEST:
        hits[f"{STOP}unknown_writing"] = _unknown_writing("".join(unknown))
    return tuple(_weighed(list(hits.values()), plain, text))


def _unknown_writing(letters: str) -> SafetyRuleHit:
    """The hit of words in a writing of which no language is known: nobody has screened them."""
    reason = f"The guard knows no language in this writing, so it cannot screen the goal; a person has to look at it first. (letters: {letters[:80]!r})"
    return SafetyRuleHit(id=f"{STOP}unknown_writing", name="unknown writing", verdict="warn", reason=reason)


@dataclass(frozen=True)
class Heard:
    """What the learned voices say to a stretch of a goal: the one to its words, and the other to what it means (0 where it was not asked); ``length``: different words in it."""

    words: float
    meant: float
    length: int

    @property
    def value(self) -> float:
        """Both together."""
        return self.words + MEANT * self.meant


def _heard(plain: str, text: str) -> list[Heard]:
    """The stretches of a goal, in one spelling and as it was written.

    The voice of the meaning is asked where it can matter only: of what the words are sure, it changes nothing. Nor of what is romanised, which its encoder
    has hardly seen.
    """
    parts = score.stretches(plain)
    unsure = any(part.words >= FEWEST and UNSURE[0] < part.value < UNSURE[1] for part in parts)
    if not unsure or _romanised(plain, text):
        return [Heard(part.value, 0.0, part.words) for part in parts]
    pieces = score.cut(text)
    said = meaning.says([text[words[0].start : words[-1].end] for words in pieces] if len(pieces) > 1 else [text.strip()])
    if len(said) != len(parts):  # one spelling parts the text otherwise than it was written
        said = [max(said)] * len(parts)
    return [Heard(part.value, value, part.words) for part, value in zip(parts, said, strict=True)]


def _romanised(plain: str, text: str) -> bool:
    """Whether a text is one of another writing in Latin letters."""
    letters = [sign for sign in text if sign.isalpha()]
    latin = sum(_LATIN.match(sign) is not None for sign in letters)
    return 2 * latin > len(letters) and tongue.shares(plain, "latin").get("romanised", 0.0) > ROMANISED


def _weighed(hits: list[SafetyRuleHit], plain: str, text: str) -> list[SafetyRuleHit]:
    """The hits of the rules together with what the learned voices say to the text, in one spelling and as it was written."""
    against = [hit for hit in hits if hit.verdict == "block" or hit.id.startswith(STOP)]
    parts = _heard(plain, text)
    if not against:
        value = max((part.value for part in parts if part.value >= _limit(part, plain)), default=None)
        return hits if value is None else [*hits, _alike(value)]
    fewest = FULL if len(against) == 1 else FULL_TWICE
    if not parts or any(hit.id not in _HAZARD_ONLY | _ORDINARY_WORDS for hit in against) or any(part.length < fewest for part in parts):
        return hits
    by_words, meant, highest = max(part.words for part in parts), max(part.meant for part in parts), max(part.value for part in parts)
    if all(hit.id in _ORDINARY_WORDS for hit in against):
        harmless = by_words <= ORDINARY_WORDS and highest <= ORDINARY and not turned_on_somebody(plain)
    else:
        nearby = max(part.value for part in score.stretches(plain, NEARBY))
        praise = max(highest, nearby) <= FIGURE and is_praise(plain)
        harmless = by_words <= HARMLESS_WORDS and nearby <= HARMLESS_NEARBY and meant <= HARMLESS_MEANT and highest <= HARMLESS
        harmless = harmless and not asks_for_it(plain, praise)
    return [_spoken_of(hit) if hit in against else hit for hit in hits] if harmless else hits


def _limit(part: Heard, plain: str) -> float:
    """From which value on a stretch of a text that no rule objects to stops it."""
    if part.length < FEWEST or part.value < SUSPECT:
        return math.inf
    if any(one.spared for sentence in sentences(plain) for one in judged(sentence)):
        return SUSPECT_SPARED if part.length >= FULL else math.inf
    if part.length < FULL:
        return SUSPECT_SHORT_MEANT if part.meant and part.words < SUSPECT_SHORT else SUSPECT_SHORT
    return SUSPECT if concepts.seen(plain) else SUSPECT_BLANK


def _alike(value: float) -> SafetyRuleHit:
    """The hit that stops a goal because its words together are like those of requests for harm."""
    reason = f"The words of the goal together are like those of requests for harm ({value:.1f}, from {SUSPECT:g} on a person has to look at it first)."
    return SafetyRuleHit(id=f"{STOP}alike", name="like a request for harm", verdict="warn", reason=reason)


def _spoken_of(hit: SafetyRuleHit) -> SafetyRuleHit:
    """A warning in place of ``hit``: what it fired on is spoken of, and nothing around it asks for harm."""
    reason = f"A hazard or somebody is spoken of, and nothing around that asks for harm. Without that: {hit.reason}"
    return SafetyRuleHit(id=f"spoken_of.{hit.id.removeprefix(STOP).removeprefix('goal.')}", name=hit.name, verdict="warn", reason=reason)


def _hits(text: str, structures: list[Named]) -> list[SafetyRuleHit]:
    """Hits of one spelling of the goal: of the words of every language, then of the English phrases on what no role spares."""
    hits: list[SafetyRuleHit] = []
    masked = list(text)
    known = {structure.mention: structure.hit for structure in structures}
    for sentence in sentences(text, tuple(known)):
        roles = judged(sentence)
        asked = [one for one in roles if not one.spared]
        remedial = [one.mention for one in asked if is_remedial(sentence, one.mention)]
        hits += [_for_a_person(sentence, m) for m in remedial]
        hits += [
            hit for one in asked if one.mention not in remedial and (hit := known.get(one.mention) or _asked(sentence, one)) is not None
        ]
        hits += [*_harm(sentence), *_placed(sentence), *_served(sentence), *_together(sentence)]
        spared = [one.mention for one in roles if one.spared] + remedial + [m for m in sentence.found if m.kind == "harmless"]
        for m in spared:
            masked[m.start : m.end] = "~" * (m.end - m.start)
    return hits + _phrases("".join(masked))


def _phrases(text: str) -> list[SafetyRuleHit]:
    """Hits of the phrases of goal.toml, once its harmless phrases are masked."""
    known = goal_rules()
    hits = []
    asked = text
    for phrase in known.safe:
        asked = phrase.sub(" ~ ", asked)
    for rule in known.rules:
        looked_at = text if rule.id.startswith(STOP) else asked  # what is turned round is not made harmless by what it turns
        match = next((found for pattern in rule.patterns if (found := pattern.search(looked_at))), None)
        if match is not None:
            hits.append(_hit(rule, rule.verdict, match[0]))
    return hits


def _hit(rule: GoalRule, verdict: Verdict, words: str) -> SafetyRuleHit:
    return SafetyRuleHit(id=rule.id, name=rule.name, verdict=verdict, reason=f'{rule.reason} (words: "{words.strip()[:80]}")')


def _asked(sentence: Sentence, one: Judged) -> SafetyRuleHit | None:
    """The hit of a hazard that is asked for; None for a medicine of which nothing similar is asked for."""
    mention = one.mention
    words = sentence.text[mention.start : mention.end]
    rule = next(rule for rule in goal_rules().rules if rule.id == _RULES.get(mention.kind, "goal.illegal_drug"))
    if mention.kind in HAZARDS and mention.exact:
        return _hit(rule, "block", words)
    if mention.kind == "medicine" and ("english" in sentence.languages or not sentence.of("like")):
        return None  # the phrases of goal.toml say what is asked of it
    if mention.kind == "doubtful" and "english" in sentence.languages:
        return None
    if mention.kind == "rival" and (sentence.of("safe", "defence", "counter") or _told_of_work(sentence)):
        return None
    if mention.kind == "strike" and not _at_people(sentence, mention):
        return None
    return _for_a_person(sentence, mention)


def _told_of_work(sentence: Sentence) -> bool:
    """Whether somebody in particular is only spoken of beside an ordinary product and its colour, price or deadline: 'my boss wants a cheaper pigment'."""
    harm = ("harm", "strike", "effect", "doubtful", "served", "sleep", "forever", "unseen", "helpless", *HAZARDS)
    return bool(sentence.of("figure") and sentence.of("purpose")) and not sentence.of(*harm)


def _for_a_person(sentence: Sentence, mention: Mention) -> SafetyRuleHit:
    """The hit that stops a goal for a person because of ``mention``."""
    rule = next(rule for rule in goal_rules().rules if rule.id == _RULES.get(mention.kind, "goal.illegal_drug"))
    reason = f'{_STOP} (words: "{sentence.text[mention.start : mention.end][:80]}")'
    return SafetyRuleHit(id=f"{STOP}{mention.kind}", name=rule.name, verdict="warn", reason=reason)


def _at_people(sentence: Sentence, strike: Mention) -> bool:
    """Whether somebody stands in the sentence whom what strikes may be meant for."""
    meant = _meant(sentence, strike.language, "people", "victim", "kin")
    return any(not m.start <= strike.start < m.end for m in meant) and not _spares_people(sentence)


def _meant(sentence: Sentence, language: str, *kinds: str) -> list[Mention]:
    """The people of one language who are not excepted: 'but not people'."""
    return [m for m in sentence.of(*kinds) if m.language == language and not _denied(sentence, m, 2)]


def _denied(sentence: Sentence, mention: Mention, most: int) -> bool:
    """Whether a negation stands before a mention with at most ``most`` words between, none of which ends its reach."""
    return any(
        no.end <= mention.start
        and len(sentence.between(no.end, mention.start)) <= most
        and not sentence.any_in(no.end, mention.start, "contrast", "breaker", *JUDGED)
        for no in sentence.of("negation")
    )


def _harm(sentence: Sentence) -> list[SafetyRuleHit]:
    """A hit where words of one language say that people are to be harmed."""
    for harm in sentence.of("harm"):
        near = _meant(sentence, harm.language, "people") if harm.language != "english" and not _denied(sentence, harm, 0) else []
        if near and not sentence.of("counter") and not _spares_people(sentence):
            rule = next(rule for rule in goal_rules().rules if rule.id == "goal.poison")
            return [_hit(rule, "block", sentence.text[harm.start : max(harm.end, near[-1].end)])]
    return []


def _spares_people(sentence: Sentence) -> bool:
    """Whether what is to die is mould, germs or pests, and people are spoken of because it is to be safe for them."""
    return bool(sentence.of("germ", "pest") and sentence.of("safe")) and not sentence.of(
        "kin", "rival", "victim", "evasion", "turned", "dismissed", "unseen"
    )


#: Kinds of words that ask for harm where all of them stand in one sentence, and what else in it makes an ordinary wish of them.
_TOGETHER = (
    (("checker", "helpless"), ("ailment", "remedy", "germ", "title")),
    (("kin", "checker", "excuse"), ("ailment", "remedy", "title", "safe")),
    (("kin", "checker", "unseen"), ("ailment", "remedy", "title", "safe")),
    (("served", "checker", "excuse"), ("ailment", "remedy", "title", "safe")),
    (("served", "kin", "unseen"), ("ailment", "remedy", "title", "safe")),
    (("people", "helpless"), ("ailment", "remedy", "title", "defence")),
    (("sleep", "forever", "people"), ("ailment", "remedy", "title")),
    (("sleep", "forever", "victim"), ("ailment", "remedy")),
    (("sleep", "forever", "place"), ("ailment", "remedy")),
    (("sleep", "forever", "kin"), ("ailment", "remedy", "title")),
    (("pest", "kin", "dismissed"), ("title",)),
    (("dismissed", "evasion"), ("title",)),
    (("dismissed", "unseen"), ("title", "figure")),
)


def _together(sentence: Sentence) -> list[SafetyRuleHit]:
    """A hit where words that are ordinary alone say harm together: a relative, and a doctor who is to take it for something else."""
    for kinds, ordinary in _TOGETHER:
        found = [sentence.of(kind) for kind in kinds]
        if all(found) and all(any(m.start <= one.start < m.end for m in found[-1]) for one in sentence.of(*ordinary)):
            return [_for_a_person(sentence, found[0][0])]
    return []


#: What makes a being or a place an ordinary one for a product to be meant for.
_ORDINARY = ("purpose", "safe", "defence", "counter", "pest", "ailment", "remedy", "title", "free", "negation")


def _placed(sentence: Sentence) -> list[SafetyRuleHit]:
    """A hit where somebody near, a crowd or a public place is what something is meant for, and no ordinary product, care or defence is spoken of."""
    places = sentence.of("place")
    return [_for_a_person(sentence, places[0])] if places and not sentence.of(*_ORDINARY) else []


#: Most words between a drink and whose it is, and most signs in writing without spaces.
WHOSE, WHOSE_SIGNS = 1, 4


def _served(sentence: Sentence) -> list[SafetyRuleHit]:
    """A hit where something is meant for what somebody else drinks or eats, or is to be drunk or eaten by somebody who does not know."""
    if not (served := sentence.of("served")) or sentence.of("defence", "counter", "title"):
        return []
    known = [m.language for m in sentence.of("unaware")]
    plain = sentence.of(*_ORDINARY)
    for drink in served:
        whose = [m for m in sentence.of("whose") if m.language == drink.language and _beside(sentence, drink, m)]
        if drink.language in known or (whose and not plain):
            return [_for_a_person(sentence, drink)]
    return []


def _beside(sentence: Sentence, one: Mention, other: Mention) -> bool:
    """Whether two mentions stand side by side, or nearly."""
    start, stop = min(one.end, other.end), max(one.start, other.start)
    most = WHOSE_SIGNS if UNSPACED.search(sentence.text[one.start : one.end]) else None
    return stop - start <= most if most is not None else len(sentence.between(start, stop)) <= WHOSE
