"""Which part a hazard plays in a goal: is it what is to be made, or what is detected, destroyed, protected from, cured or avoided?

A hazard is spared where words of a defence, or of a negation, reach it: nothing but a few words stand between, none of them ends the reach
('and then', 'that is', 'but'), and nothing undoes the defence ('undetectable', 'no antidote'). A hazard that stands beside a spared one
with only 'and' or a comma between is spared too. Whatever is doubtful is not spared.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tools.safety import concepts, romanised
from tools.safety.spelling import UNSPACED
from tools.safety.titles import is_title
from tools.safety.word_tables import HAZARDS, Mention, Token, lexicon, tokens
from tools.safety.words import mentions

#: Kinds of mentions that have a role.
JUDGED = (*HAZARDS, "medicine", "doubtful", "effect", "strike", "named", "turned", "rival")
#: Most words, and most signs in writing without spaces, between a defence and its hazard.
REACH, REACH_SIGNS = 6, 14
#: The same behind the hazard, by the order of the language.
REACH_BEHIND = {"before": 1, "both": 3, "after": 6}
#: Most words between a negation and its hazard, and most letters of one that is not listed.
REACH_OF_NO, SMALL_WORD = 6, 4
#: Kinds of words that may be figures of speech, most words and signs between them and what they are said of, and who makes them no figures.
FIGURATIVE = ("doubtful", "effect", "strike")
FIGURE_WORDS, FIGURE_SIGNS = 2, 6
_MEANT = ("people", "victim", "rival", "place", "served", "kin", "checker", "unseen", "helpless", *HAZARDS)
#: Most words between a defence and what gets through it, and between one and the words that it fails.
OVERCOME, FAILS = 1, 3
#: Most letters from the stem of a word to the next word.
LONGEST_ENDING = 12
#: What ends the reach of a defence: what is prevented may be a defence itself.
_ENDS = {
    "defence": ("breaker", "contrast", "stronger", "head", "and", *HAZARDS),
    "counter": ("breaker", "contrast", "stronger", "head", "and", "defence", *HAZARDS),
}
#: Kinds of words that many languages share: they do not tell in which a sentence is written.
_NOT_TELLING = ("title", "called", "remedy", "remedial")
#: Longest piece of text in which words act on each other, in characters.
LONGEST = 400
_STOPS = re.compile(r"[;!?。！？；\n]|\.(?=\s|$)")
_COMMA = re.compile(r"[,:，、：،؛()\[\]/]")
_SCRIPTS = {
    "chinese": re.compile("[\u3400-\u9fff]"), "japanese": re.compile("[\u3040-\u30ff]"), "korean": re.compile("[\u1100-\u11ff\uac00-\ud7a3]"),
    "thai": re.compile("[\u0e00-\u0e7f]"), "hindi": re.compile("[\u0900-\u097f]"), "hebrew": re.compile("[\u0590-\u05ff]"),
    "arabic": re.compile("[\u0600-\u06ff]"), "persian": re.compile("[\u0600-\u06ff]"), "greek": re.compile("[\u0370-\u03ff]"),
    "russian": re.compile("[\u0400-\u04ff]"), "ukrainian": re.compile("[\u0400-\u04ff]"),
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A hazard of the text with its role."""

    mention: Mention
    spared: bool
    """Whether the goal is directed against it, or without it."""
    doubt: bool = False
    """Whether words of a defence or a negation stand in its sentence although they do not reach it."""


@dataclass(frozen=True)
class Sentence:
    """A piece of a normalised text between full stops, with what is mentioned in it."""

    text: str
    start: int
    end: int
    found: tuple[Mention, ...]
    languages: frozenset[str]

    def of(self, *kinds: str) -> list[Mention]:
        """The mentions of some kinds that count in the languages of the sentence, in order."""
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], [])
        return sorted((m for kind in kinds for m in self._by_kind.get(kind, ())), key=lambda m: (m.start, m.end))

    @cached_property
    def _by_kind(self) -> dict[str, list[Mention]]:
        grouped: dict[str, list[Mention]] = {}
        for m in self.found:
            if m.everywhere or m.language in self.languages:
                grouped.setdefault(m.kind, []).append(m)
        return grouped

    @cached_property
    def judged(self) -> list[Judged]:
        """Every hazard with its role, in order."""
        return _judged(self)

    @cached_property
    def words(self) -> list[Token]:
        """The words of the sentence."""
        return [Token(w.text, w.start + self.start, w.end + self.start) for w in tokens(self.text[self.start : self.end])]

    def between(self, start: int, end: int) -> list[Token]:
        """The words that lie between two places."""
        return [w for w in self.words if start <= w.start and w.end <= end]

    def any_in(self, start: int, end: int, *kinds: str) -> bool:
        """Whether a mention of one of the kinds lies between two places."""
        return any(start <= m.start and m.end <= end for kind in kinds for m in self._by_kind.get(kind, ()))


def sentences(text: str, extra: tuple[Mention, ...] = ()) -> list[Sentence]:
    """The sentences of a normalised text. ``extra``: mentions that were found otherwise (named structures)."""
    return list(_sentences(text, extra))


@lru_cache(maxsize=16)
def _sentences(text: str, extra: tuple[Mention, ...]) -> tuple[Sentence, ...]:
    """The same, remembered: the rules, the roles and the learned voice all ask for those of one goal."""
    found = sorted([*mentions(text), *extra], key=lambda m: (m.start, m.end))
    starts = [m.start for m in found]
    pieces: list[Sentence] = []
    for at, stop in _pieces(text):
        inside = found[bisect_left(starts, at) : bisect_left(starts, stop)]
        places = [m for m in inside if m.kind == "named"]
        telling = [m for m in inside if m.kind not in _NOT_TELLING and not any(n.start <= m.start < n.end for n in places)]
        spoken = _languages(text[at:stop], telling)
        if any(name.endswith("_latin") for name in spoken):
            words = [Token(w.text, w.start + at, w.end + at) for w in tokens(text[at:stop])]
            inside = sorted([*inside, *romanised.mentions(words, spoken)], key=lambda m: (m.start, m.end))
        harmless = [m for m in inside if m.kind == "harmless" and (m.everywhere or m.language in spoken)]
        left = [m for m in inside if m.kind == "named" or m in harmless or not any(h.start <= m.start and m.end <= h.end for h in harmless)]
        pieces.append(Sentence(text, at, stop, tuple(left), spoken))
    return tuple(pieces)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences begin and end; one that is very long is cut between words."""
    at = 0
    for stop in [*(m.start() for m in _STOPS.finditer(text)), len(text)]:
        while stop - at > LONGEST:
            cut = text.rfind(" ", at + LONGEST // 2, at + LONGEST)
            cut = cut if cut > 0 else at + LONGEST
            yield at, cut
            at = cut
        if stop > at:
            yield at, stop
        at = stop + 1


def _languages(text: str, found: list[Mention]) -> frozenset[str]:
    """The languages that a sentence may be written in: by its script, else those of which it holds the most words, small ones twice."""
    scripts = {name for name, pattern in _SCRIPTS.items() if pattern.search(text)}
    if "japanese" in scripts:
        scripts -= {"chinese"}
    if scripts:
        heard = Counter(language for language, _ in {(m.language, m.start) for m in found} if language in scripts)
        loudest = max(heard.values(), default=0)
        return frozenset(name for name in scripts if heard[name] * 5 >= loudest * 4)
    counts = Counter(language for language, _ in {(m.language, m.start) for m in found})
    counts += Counter(m.language for m in found if m.kind == "words")
    counts.pop("names", None)
    most = max(counts.values(), default=0)
    return frozenset(name for name, number in counts.items() if number * 5 >= most * 4 and name not in _SCRIPTS) or frozenset({"english"})


def judged(sentence: Sentence) -> list[Judged]:
    """Every hazard of a sentence with its role, in order."""
    return sentence.judged


def _judged(sentence: Sentence) -> list[Judged]:
    result: list[Judged] = []
    for hazard in sentence.of(*JUDGED):
        spared = is_title(sentence, hazard) or _spared(sentence, hazard) or _beside(sentence, hazard, result)
        doubt = not spared and bool(sentence.of("defence", "counter", "negation", "free"))
        result.append(Judged(hazard, spared, doubt))
    return result


def _spared(sentence: Sentence, hazard: Mention) -> bool:
    if hazard.kind == "turned" or sentence.any_in(sentence.start, sentence.end, "evasion", "dismissed"):
        return False
    if _is_figurative(sentence, hazard):
        return True
    if hazard.kind == "doubtful" and any(m.start < hazard.start < m.end for m in sentence.of("defence")):
        return True  # a piece of the word for a defence: 毒薬 in 解毒薬
    orders = {lexicon().order[name] for name in sentence.languages if name in lexicon().order}
    shields = [m for m in sentence.of("defence", "counter") if not _voided(sentence, m) and not _overcome(sentence, m)]
    before = [m for m in shields if m.end <= hazard.start]
    if any(_reaches(sentence, m, hazard) for m in before if orders & {"before", "both"} or m.language == "english"):
        return True
    reach = max((REACH_BEHIND[order] for order in orders), default=0)
    behind = {(m.start, m.end) for m in sentence.of("behind")}
    if any(
        _reaches_back(sentence, hazard, m, reach)
        for m in shields
        if m.start >= hazard.end and not _fails(sentence, m) and (orders & {"both", "after"} or (m.start, m.end) in behind)
    ):
        return True
    return _denied(sentence, hazard) and not any(m.start >= hazard.end for m in sentence.of("stronger"))


def _is_figurative(sentence: Sentence, hazard: Mention) -> bool:
    """Whether a word of harm is a figure of speech: said of a colour, a deadline or sales, where nobody is spoken of whom it could be meant for."""
    if hazard.kind not in FIGURATIVE or any(not hazard.start <= m.start < hazard.end for m in sentence.of(*_MEANT)):
        return False
    for figure in sentence.of("figure"):
        start, end = min(figure.end, hazard.end), max(figure.start, hazard.start)
        if UNSPACED.search(sentence.text, hazard.start, hazard.end):
            near = _gap(sentence, start, end) <= FIGURE_SIGNS
        else:
            near = len(sentence.between(start, end)) <= FIGURE_WORDS
        if near and not sentence.any_in(start, end, "and", "contrast", "stronger", "like"):
            return True
    return False


def _voided(sentence: Sentence, shield: Mention) -> bool:
    """Whether a defence is denied ('no antidote') or itself prevented ('blocks the detection')."""
    for m in sentence.of("negation"):
        if m.end <= shield.start and len(sentence.between(m.end, shield.start)) <= 1 and _gap(sentence, m.end, shield.start) <= 12:
            return not (shield.start <= m.start < shield.end)
    if any(
        m.start >= shield.end and m.start - shield.end <= LONGEST_ENDING and not sentence.between(shield.end, m.start)
        for m in sentence.of("undone")
    ):
        return True
    if sentence.any_in(shield.start, shield.end, "ailment"):
        return False  # what is prevented is the ailment, not a defence
    return shield.kind == "defence" and any(
        m.end <= shield.start
        and len(sentence.between(m.end, shield.start)) <= 2
        and not sentence.any_in(m.end, shield.start, "and", *JUDGED)
        and not _COMMA.search(sentence.text, m.end, shield.start)
        for m in sentence.of("counter")
        if m.start != shield.start
    )


def _overcome(sentence: Sentence, shield: Mention) -> bool:
    """Whether something is to get through or around a defence: a word of that right before or right behind it ('penetrates masks')."""
    near = (one for one in concepts.between(sentence.text, sentence.start, sentence.end) if one.concept == "penetrat")
    return any(
        len(sentence.between(end, start)) <= OVERCOME and _gap(sentence, end, start) <= LONGEST_ENDING
        for one in near
        for end, start in [(one.end, shield.start) if one.start < shield.start else (shield.end, one.start)]
        if end <= start and not _COMMA.search(sentence.text, end, start)
    )


def _fails(sentence: Sentence, shield: Mention) -> bool:
    """Whether a defence that stands behind a hazard is said to fail: 'a nerve agent against which the antidotes do not work'."""
    if any(0 <= no.start - shield.end <= LONGEST_ENDING and not sentence.between(shield.end, no.start) for no in sentence.of("negation")):
        return True
    behind = concepts.between(sentence.text, shield.end, sentence.end)
    return any(one.concept == "notwork" and len(sentence.between(shield.end, one.start)) <= FAILS for one in behind)


def _gap(sentence: Sentence, start: int, end: int) -> int:
    return len(sentence.text[start:end].strip())


def _reaches(sentence: Sentence, shield: Mention, hazard: Mention) -> bool:
    """Whether a defence before the hazard is directed at it."""
    start, end = shield.end, hazard.start
    if UNSPACED.search(sentence.text, start, end):
        near = _gap(sentence, start, end) <= REACH_SIGNS
    else:
        near = len(sentence.between(start, end)) <= REACH
    return near and not _COMMA.search(sentence.text, start, end) and not sentence.any_in(start, end, *_ENDS[shield.kind])


def _reaches_back(sentence: Sentence, hazard: Mention, shield: Mention, reach: int) -> bool:
    """Whether a defence behind the hazard is directed at it: 'TNT sensor', or a verb at the end."""
    start, end = hazard.end, shield.start
    if UNSPACED.search(sentence.text, hazard.start, shield.end):
        near = _gap(sentence, start, end) <= REACH_SIGNS
    else:
        near = len(sentence.between(start, end)) <= reach
    joined = sentence.any_in(start, end, *JUDGED)
    ended = sentence.any_in(start, end, "breaker", "contrast") or (not joined and sentence.any_in(start, end, "and"))
    return near and not ended and not (_COMMA.search(sentence.text, start, end) and not joined)


def _denied(sentence: Sentence, hazard: Mention) -> bool:
    """Whether a negation before, or a word like 'free' behind, denies the hazard."""
    denials = [m for m in sentence.of("negation") if m.end <= hazard.start and _denies(sentence, m, hazard)]
    if denials:
        return not any(_doubled(sentence, m) for m in denials)
    limit = 3 if "after" in {lexicon().order.get(name) for name in sentence.languages} else 1
    for m in sentence.of("free"):
        if m.start >= hazard.end:
            between = sentence.between(hazard.end, m.start)
            small = (
                all(len(w.text) <= SMALL_WORD for w in between)
                if limit == 1
                else not sentence.any_in(hazard.end, m.start, "contrast", "breaker")
            )
            follows = sentence.between(m.end, sentence.end)
            base = bool(follows) and follows[0].text == "base"
            if len(between) <= limit and small and not base and not ("english" in sentence.languages and between):
                return True
    return False


def _doubled(sentence: Sentence, denial: Mention) -> bool:
    """Whether a negation is itself denied by the word before it: 'not without'."""
    return any(
        m.end <= denial.start and not sentence.between(m.end, denial.start) and not _COMMA.search(sentence.text, m.end, denial.start)
        for m in sentence.of("negation")
    )


def _denies(sentence: Sentence, negation: Mention, hazard: Mention) -> bool:
    start, end = negation.end, hazard.start
    if sentence.any_in(start, end, "contrast", "head", "defence", "counter"):
        return False
    if UNSPACED.search(sentence.text, start, end):
        return _gap(sentence, start, end) <= 4
    between = sentence.between(start, end)
    if len(between) > REACH_OF_NO:
        return False
    comma = max((c.end() for c in _COMMA.finditer(sentence.text, start, end)), default=0)
    if comma and sentence.any_in(comma, end, "article"):
        return False
    fill = [(m.start, m.end) for m in sentence.of("fill", "like", "article", "and", *JUDGED) if start <= m.start < end]
    strange = [w for w in between if not any(a == w.start or (a <= w.start and w.end <= b) for a, b in fill)]
    english = negation.language == "english" and "english" in sentence.languages
    if english:
        if between and _listed_last(sentence, between, hazard):
            return not sentence.any_in(start, end, "breaker") and len(between) <= REACH_OF_NO
        return (
            len(between) <= REACH_OF_NO
            and not strange
            and not (_COMMA.search(sentence.text, start, end) and not sentence.any_in(start, end, *JUDGED))
        )
    return (
        len(between) <= 4
        and len(strange) <= 2
        and all(len(w.text) <= SMALL_WORD for w in strange)
        and not _COMMA.search(sentence.text, start, end)
    )


def _listed_last(sentence: Sentence, between: list[Token], hazard: Mention) -> bool:
    """Whether the hazard ends a list of things: 'avoid nitro groups and explosives'."""
    joined = any(m.start == between[-1].start for m in sentence.of("and")) or between[-1].text in ("nor", "and", "or")
    follows = sentence.between(hazard.end, sentence.end)
    return joined and (not follows or bool(_COMMA.match(sentence.text, hazard.end)))


def _beside(sentence: Sentence, hazard: Mention, earlier: list[Judged]) -> bool:
    """Whether the hazard stands in a row with one that is spared: 'detects TNT, RDX and PETN'."""
    if not earlier or not earlier[-1].spared:
        return False
    start, end = earlier[-1].mention.end, hazard.start
    if end < start:
        return True
    if sentence.any_in(start, end, "breaker", "contrast", "like", "evasion", "article", "defence", "counter", "negation", "free"):
        return False
    between = sentence.between(start, end)
    if len(between) > 3 or not (
        sentence.any_in(start, end, "and")
        or _COMMA.search(sentence.text, start, end)
        or (not between and not UNSPACED.search(sentence.text, start, end))
    ):
        return False
    follows = sentence.between(hazard.end, sentence.end)
    return not (follows and any(m.start == follows[0].start for m in sentence.of("like")))
