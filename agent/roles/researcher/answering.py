"""A question to the team's papers, answered by the researcher's language model: every sentence rests on words of a passage or is dropped.

The model gives the sentences of the passages by their numbers. A sentence of it counts only if it states no number and no structure
that these do not hold, and it speaks of what they speak of. What a passage tells a model to do has no effect: a sentence that obeys has
no words of a passage that say what it says, and words that tell a model what to do count for none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.models import ModelSession, Place
from agent.roles.fact_check.numbers import factors, numbers_in, odd_digits
from agent.roles.fact_check.readable import readable, tidy
from agent.roles.fact_check.structures import unknown_structure
from agent.roles.researcher.model import LONGEST_PASSAGE, Queries
from agent.roles.researcher.numbered import FEWEST_WORDS, SHORTEST, Sentence, numbered
from agent.roles.researcher.protocol import ROLE
from agent.roles.researcher.streaming import GivenSentence, GivenSentences, SentencesHeard
from core.answers import Quote
from tools.catalogue.catalogue import Catalogue
from tools.literature.answering.instructions import quotes_an_instruction
from tools.literature.terms import words

#: Most queries beside the question, most sentences, and the longest sentence in characters.
MOST_QUERIES, MOST_SENTENCES, LONGEST_SENTENCE = 3, 5, 400
_REFERENCE = re.compile(r"\s*\[\s*[\d,; –-]+\]")


@dataclass(frozen=True)
class SupportingQuote:
    """Words of a passage, which is given by its number from 1."""

    passage: int
    quote: str


@dataclass(frozen=True)
class AnswerSentence:
    """One sentence of an answer with what supports it."""

    text: str
    quotes: Sequence[SupportingQuote]


@dataclass(frozen=True)
class SupportedSentence:
    """A sentence that passed, with (place of the passage from 0, words of it) for each quote."""

    text: str
    quotes: tuple[tuple[int, Quote], ...]


def further_queries(question: str, session: ModelSession, place: Place) -> list[str]:
    """Queries of the model beside the question; [] where it gives nothing usable."""
    reply = session.structured(place, ROLE, "researcher/asked", {"question": question}, Queries)
    if reply.value is None:
        return []
    tidied = (" ".join("".join(c if c.isprintable() else " " for c in q).split())[:200] for q in reply.value.queries)
    return [q for q in dict.fromkeys(tidied) if words(q) and q != question][:MOST_QUERIES]


def drafted(
    question: str, passages: Sequence[str], session: ModelSession, place: Place, heard: Callable[[list[AnswerSentence]], None] | None = None
) -> tuple[list[AnswerSentence] | None, str]:
    """The model's sentences as they came, [] where it says that the passages do not answer; (None, why) where it gave nothing usable.

    ``heard`` receives the sentences so far whenever one more is written, also those of a reply that is then discarded.
    """
    shown = [text if len(text) <= LONGEST_PASSAGE else f"{text[:LONGEST_PASSAGE]} [shortened]" for text in passages]
    listed, found = numbered(shown)
    variables = {"question": question, "passages": listed}
    numbers = {"answer[].sentences[]": list(found)}
    on_text = None if heard is None else SentencesHeard(lambda given: heard([_with_quotes(one, found) for one in given])).hear
    reply = session.structured(
        place, ROLE, "researcher/answer", variables, GivenSentences, shorten=_fewer_passages, choices=numbers, on_text=on_text
    )
    if reply.value is None:
        return None, reply.problem
    return [_with_quotes(given, found) for given in reply.value.answer], ""


def _with_quotes(given: GivenSentence, found: Mapping[int, Sentence]) -> AnswerSentence:
    """A sentence with the words that it rests on; a number that no sentence has is passage 0, of which there is none."""
    named = [found.get(number, Sentence(0, "")) for number in dict.fromkeys(given.sentences)]
    return AnswerSentence(given.text, [SupportingQuote(s.passage, s.text) for s in named])


def supported(
    sentences: Sequence[AnswerSentence], passages: Sequence[str], *, catalogue: Catalogue
) -> tuple[list[SupportedSentence], Counter[str]]:
    """The sentences that hold, in order without repeats, and how many were dropped for which reason. Pure."""
    kept: list[SupportedSentence] = []
    dropped: Counter[str] = Counter()
    for sentence in sentences:
        problem, made = _checked(sentence, passages, catalogue=catalogue)
        if made is None:
            dropped[problem] += 1
        elif len(kept) >= MOST_SENTENCES or any(k.text == made.text for k in kept):
            dropped["one too many, or said already"] += 1
        else:
            kept.append(made)
    return kept, dropped


def placed(quote: str, text: str) -> Quote | None:
    """Where the words of ``quote`` stand in ``text``, white space apart; None where they do not."""
    found = re.search(r"\s+".join(map(re.escape, quote.split())), text) if quote.split() else None
    return Quote(found.start(), found.end(), found[0]) if found else None


def _checked(sentence: AnswerSentence, passages: Sequence[str], *, catalogue: Catalogue) -> tuple[str, SupportedSentence | None]:
    """('', the sentence) or (why not, None)."""
    quotes: list[tuple[int, Quote]] = []
    for given in sentence.quotes:
        if not 1 <= given.passage <= len(passages):
            return "from a passage that was not given", None
        if len(given.quote.strip()) < SHORTEST or len(given.quote.split()) < FEWEST_WORDS:
            return "with a quote too short to support it", None
        quote = placed(given.quote, passages[given.passage - 1])
        if quote is None:
            return "with a quote that is not in its passage", None
        if quotes_an_instruction(quote, passages[given.passage - 1]):
            return "with a quote that tells a model what to do", None
        quotes.append((given.passage - 1, quote))
    if not quotes:
        return "without a quote", None
    text = _REFERENCE.sub("", tidy(sentence.text, LONGEST_SENTENCE))
    said = " ".join(quote.text for _, quote in quotes)
    if not readable(text, [said], catalogue=catalogue):
        return "not in plain words", None
    mine, theirs = set(words(text)), set(words(said))
    if not mine or 2 * len(mine & theirs) < len(mine):
        return "about something else than its quotes", None
    held = {(n.value, n.unit) for n in numbers_in(said, catalogue=catalogue)}
    if any((n.value, n.unit) not in held for n in numbers_in(text, catalogue=catalogue)) or odd_digits(text) or _unsaid(text, said):
        return "with a number or structure that its quotes do not hold", None
    return "", SupportedSentence(text, tuple(quotes))


def _unsaid(text: str, said: str) -> bool:
    """Whether ``text`` states a factor or draws a structure that the quotes do not state."""
    structure = unknown_structure(text)
    return bool(set(map(str.lower, factors(text))) - set(map(str.lower, factors(said)))) or bool(structure and structure not in said)


def _fewer_passages(variables: dict[str, Any]) -> dict[str, Any] | None:
    passages = variables["passages"]
    return {**variables, "passages": passages[: len(passages) // 2]} if len(passages) > 1 else None
