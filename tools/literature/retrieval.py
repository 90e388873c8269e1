"""Search in a team's own papers: several questions at once, fused by learnt weights, near-duplicates folded, matched words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import UsageError
from core.interfaces import Embedder
from core.passages import EVERY, Document, Hit, Passage, PassageFilter, PassageStore
from tools.literature.analysis import marked, passage_words
from tools.literature.fusion import best_first
from tools.literature.search import MAX_QUERY
from tools.literature.terms import expansions_in

#: Passages that the store is asked for, by words and by vectors each.
CANDIDATES = 60
#: Weight of a question that a synonym makes of the one asked, against 1 for that; and of a rank among several questions, 1 / (60 + rank).
_STEP_BACK, _RANK = 0.5, 60.0
#: Share of common runs of four words, of all that either passage has, from which on two passages are one.
_SAME = 0.6
_RUN = 4


@dataclass(frozen=True)
class Answer:
    """A passage found. ``score`` puts the passages of one search in order and means nothing else.

    ``marks``: (start, end) in characters of the passage's text, of each word that the question has too. ``folded``: ids of the passages that
    say nearly the same, which are left out.
    """

    passage: Passage
    document: Document
    score: float
    lexical: float
    dense: float | None
    marks: tuple[tuple[int, int], ...] = ()
    folded: tuple[str, ...] = ()


def retrieve(
    store: PassageStore,
    questions: str | Sequence[str],
    *,
    embedder: Embedder | None = None,
    accepted: PassageFilter = EVERY,
    limit: int = 10,
    step_back: bool = False,
) -> list[Answer]:
    """The ``limit`` passages that answer the questions best, best first; [] where nothing fits.

    The first question counts most where there are several. Without ``embedder`` by words alone. ``step_back`` also asks with the synonyms of
    chemists' terms that the first question holds. Raises UsageError for an empty or overlong question, LiteratureError where the store
    cannot be used.
    """
    asked = [questions] if isinstance(questions, str) else list(questions)
    for question in asked:
        if len(question) > MAX_QUERY:
            raise UsageError(f"the question is longer than {MAX_QUERY} characters")
    if not asked or not any(passage_words(question) for question in asked):
        raise UsageError(f"the question {(asked or [''])[0][:80]!r} has no word to search for")
    weighted = [(question, 1.0) for question in dict.fromkeys(asked)]
    if step_back:
        weighted += [(question, _STEP_BACK) for question in broader(asked[0])]
    vectors = embedder.embed([question for question, _ in weighted]) if embedder is not None else [None] * len(weighted)
    rankings = [
        best_first(question, store.search(question, vector, accepted, CANDIDATES), store.rarity(question))
        for (question, _), vector in zip(weighted, vectors, strict=True)
    ]
    ranking = rankings[0] if len(rankings) == 1 else _together(rankings, [weight for _, weight in weighted])
    words = frozenset(word for question in asked for word in passage_words(question))
    return [_marked(answer, words) for answer in folded(ranking, limit)]


def broader(question: str) -> list[str]:
    """The question again with the words that chemists also use for what it names; [] where the table has none."""
    added = expansions_in(question)
    return [f"{question} {' '.join(added)}"] if added else []


def folded(ranking: Sequence[tuple[Hit, float]], limit: int) -> list[Answer]:
    """The first ``limit`` of the ranking without passages that say nearly the same as a better one; that one names them."""
    kept: list[Answer] = []
    runs: list[set[tuple[str, ...]]] = []
    for hit, score in ranking:
        if len(kept) >= limit:
            break
        words = hit.words.split()
        mine = {tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}
        same = next((at for at, others in enumerate(runs) if len(mine & others) >= _SAME * len(mine | others)), None)
        if same is None:
            runs.append(mine)
            kept.append(Answer(hit.passage, hit.document, score, hit.lexical, hit.dense))
        else:
            kept[same] = replace(kept[same], folded=(*kept[same].folded, hit.passage.passage_id))
    return kept


def _together(rankings: Sequence[Sequence[tuple[Hit, float]]], weights: Sequence[float]) -> list[tuple[Hit, float]]:
    """Several rankings as one: the weighted sum of 1 / (60 + rank)."""
    score: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, (hit, _) in enumerate(ranking):
            name = hit.passage.passage_id
            score[name] = score.get(name, 0.0) + weight / (_RANK + rank)
            hits.setdefault(name, hit)
    return [(hits[name], score[name]) for name in sorted(score, key=lambda name: (-score[name], name))]


def _marked(answer: Answer, words: frozenset[str]) -> Answer:
    return replace(answer, marks=tuple(marked(answer.passage.text, words)))
