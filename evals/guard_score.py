"""Trains the guard's learned second voice, and measures it by leaving one batch out.

``python -m evals.guard_score train`` writes ``tools/safety/tables/score.npz``; ``python -m evals.guard_score check`` trains without each batch
in turn and prints what the voice alone says to the batch that was left out; ``python -m evals.guard_score authors`` trains without each author of
blind or outside batches in turn and prints what the whole guard, rules and voice, does with the sentences of that author.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.reading import interpret
from core.approval import objections
from core.errors import GoalError
from evals.agent_cases import cases_in
from evals.exact_tasks import tasks
from evals.romanising import copies
from evals.suites.base import DATA
from evals.suites.guard import batches
from tools.safety import concepts, goal_text, score
from tools.safety.goal_text import HARMLESS, SUSPECT
from tools.safety.guard import goal_verdict, outcome
from tools.safety.marks import features
from tools.safety.spelling import normalise

#: Batches that were run once and are not learnt from yet.
FRESH = DATA / "guard" / "fresh"
#: Batches that were run once and are learnt from, no word being tuned on them.
OPEN = DATA / "guard" / "open"
TARGET = Path(score.__file__).parent / score.MODEL
#: Inverse strength of the penalty on the squares of the weights.
STRENGTH = 30.0
#: Weight of a sentence of the sets of ordinary goals, which are many and all English.
ORDINARY = 0.5
#: Weight of a question to the assistant.
ASKED = 3.0
#: Draws of plain goals that are answered exactly, and goals in each.
DRAWS, DRAWN = 4, 150
#: Romanised spellings of each sentence in other writing, and the weight of each.
COPIES, ROMANISED = 2, 0.5
#: Weights of a sentence of the files of phrases, which are many and mostly built from frames, and of one by an author who had seen nothing of the
#: guard: of the blind batches, and an outside writer.
PHRASE, BLIND, OUTSIDE = 0.2, 2.0, 4.0
#: Values of ``SUSPECT`` that are held against each other, each author left out in turn.
SUSPECTS = (-1.5, -1.0, -0.7, -0.4, 0.0, 0.4, 0.8)
#: Languages that put what is said of a thing before it, and those that write without spaces.
_BEFORE = ("chinese", "japanese", "korean", "turkish")
_JOINED = ("chinese", "japanese", "thai")


#: What a file of phrases holds; ``evals/data/guard/README.md`` tells what each is.
LISTS = ("thing", "hazard", "against", "spared", "ask", "pretext", "disguise", "harm", "alarming", "plain", "request")


@dataclass(frozen=True)
class Example:
    """A sentence with its label."""

    source: str
    text: str
    harmful: bool
    weight: float = 1.0


def examples() -> list[Example]:
    """All sentences to learn from, in a fixed order: the batches, the phrases filled in, the first tables, and ordinary goals."""
    found = [
        Example(
            batch.removeprefix("batch "), text, expected != "allow", OUTSIDE if "outside" in batch else BLIND if "blind" in batch else 1.0
        )
        for batch, text, expected, _ in [*batches(), *batches(OPEN)]
    ]
    for name in ("block", "allow"):
        lines = (DATA / "guard" / f"goals_{name}.txt").read_text(encoding="utf-8").splitlines()
        found += [Example("goals", line, name == "block") for line in lines if line.strip()]
    questions = (DATA / "guard" / "questions.txt").read_text(encoding="utf-8").splitlines()
    found += [Example("questions", line, False) for line in questions]
    for path in sorted((DATA / "guard" / "phrases").glob("*.txt")):
        found += [Example("phrases", text, harmful, PHRASE) for text, harmful in filled(path)]
    found += [
        Example(example.source, copy, example.harmful, ROMANISED * example.weight)
        for example in list(found)
        for copy in copies(example.text, COPIES)
    ]
    for path in sorted((DATA / "interpreter").rglob("*.toml")):
        goals = dict.fromkeys(_goals(tomllib.loads(path.read_text(encoding="utf-8"))))
        found += [Example("ordinary", text, False, ORDINARY) for goal in goals for text in (goal, *_parts(goal))]
    return found + _plain_requests()


def _plain_requests() -> list[Example]:
    """Short plain goals of every kind that is answered exactly, and questions to the assistant but for those about hazards and those that it refuses."""
    goals = dict.fromkeys(task.goal for seed in range(DRAWS) for task in tasks(DRAWN, seed))
    asked = [
        case.question for path in sorted((DATA / "agent").glob("*.tsv")) for case in cases_in(path) if case.kind not in ("safety", "refuse")
    ]
    return [
        *(Example("ordinary", goal, False, ORDINARY) for goal in goals),
        *(
            Example("ordinary", text, False, ASKED)
            for question in dict.fromkeys(asked)
            if not _named_hazard(question)
            for text in (question, *_parts(question))
        ),
    ]


def _named_hazard(text: str) -> bool:
    """Whether a rule of the guard, and not the voice alone, objects to a text: from 'logP of heroin' nothing harmless is to be learnt."""
    return any(rule.id != "stop.alike" for rule in goal_verdict(text).rules)


def _parts(goal: str) -> list[str]:
    """The sentences of a goal of several, and the pieces of a long one, which the guard looks at one by one."""
    parts = [part for part in score.SENTENCE.split(goal) if len(score.words_of(part)) >= score.FEWEST_WORDS]
    words, most = score.words_of(goal), score.MOST_WORDS
    cut = (words[at : at + most] for at in range(most // 2, len(words) - most // 2, most // 2))
    pieces = [goal[piece[0].start : piece[-1].end] for piece in cut]
    return [*(parts if len(parts) > 1 or (parts and parts[0] != goal) else []), *pieces]


def _goals(table: Any) -> Iterator[str]:
    """The texts under ``goal`` anywhere in a table."""
    if isinstance(table, dict):
        for name, value in table.items():
            if name == "goal" and isinstance(value, str):
                yield value
            else:
                yield from _goals(value)
    elif isinstance(table, list):
        for value in table:
            yield from _goals(value)


def filled(path: Path) -> Iterator[tuple[str, bool]]:
    """The sentences of a file of phrases, each with whether it asks for harm. Raises ValueError for a line without a known name.

    Frames hold ``{h}`` for a hazard and ``{t}`` for a thing; each is filled in twice, with hazards and things in turn. Requests hold ``~`` for
    what is asked for; each is filled in with three plain wishes in turn.
    """
    lists: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name, _, rest = line.partition(": ")
        if name not in LISTS:
            raise ValueError(f"{path.name}, line {number}: {name!r} is no list of phrases")
        lists.setdefault(name, []).extend(phrase.strip() for phrase in rest.split(" | "))
    things, hazards, turn = lists["thing"], lists["hazard"], 0
    gap = "" if path.stem in _JOINED else " "
    for name, harmful in (("against", False), ("spared", False), ("ask", True), ("pretext", True), ("disguise", True)):
        for frame in lists.get(name, []):
            for _ in range(2):
                thing, hazard = things[turn * 7 % len(things)], hazards[turn * 5 % len(hazards)]
                turn += 1
                text = frame.replace("{h}", hazard).replace("{t}", thing)
                if name == "against":
                    text = f"{text}{gap}{thing}" if path.stem.removesuffix("_latin") in _BEFORE else f"{thing}{gap}{text}"
                yield text, harmful
    plain = lists["plain"]
    for number, request in enumerate(lists.get("request", [])):
        for wish in (plain[(3 * number + more) * 7 % len(plain)] for more in range(3)):
            yield request.replace("~", wish), False
    for name, harmful in (("harm", True), ("alarming", False), ("plain", False)):
        for text in lists.get(name, []):
            yield text, harmful


@dataclass(frozen=True)
class Table:
    """Examples as buckets: one row an example."""

    rows: list[score.Row]
    labels: NDArray[np.float64]
    weights: NDArray[np.float64]
    sources: list[str]


def table(found: list[Example]) -> Table:
    """``found`` as the model sees it."""
    texts = [normalise(example.text) for example in found]
    rows = [score.buckets((word.text for word in score.words_of(text)), features(text), concepts.features(text)) for text in texts]
    labels = np.array([float(example.harmful) for example in found])
    return Table(rows, labels, np.array([example.weight for example in found]), [example.source for example in found])


def trained(data: Table, use: NDArray[np.bool_]) -> score.Model:
    """A model of the rows where ``use`` is true, in full precision. Needs scikit-learn (``pip install 'molwright[train]'``)."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [row for row, wanted in zip(data.rows, use, strict=True) if wanted]
    labels, weights = data.labels[use], data.weights[use]
    often = np.bincount(np.concatenate([block for row in rows for block in row]), minlength=score.SIZE)
    rarity = np.log((1 + len(rows)) / (1 + often)) + 1
    values = np.concatenate([score.scaled(rarity[block], less) for row in rows for block, less in zip(row, score.LEAST, strict=True)])
    places = np.concatenate([block for row in rows for block in row])
    ends = np.cumsum([0, *(sum(map(len, row)) for row in rows)])
    matrix = csr_matrix((values, places, ends), shape=(len(rows), score.SIZE))
    balance = np.where(labels > 0, 0.5 / (weights @ labels), 0.5 / (weights @ (1 - labels)))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000, tol=1e-6).fit(matrix, labels, sample_weight=weights * balance * weights.sum())
    return score.Model(fitted.coef_[0], rarity, float(fitted.intercept_[0]))


def rounded(model: score.Model) -> dict[str, NDArray[Any]]:
    """The model in one byte a number, and the two scales and the bias."""
    wide, deep = float(np.abs(model.weight).max()) / 127, float(model.rarity.max()) / 255
    return {
        "weight": np.rint(model.weight / wide).astype(np.int8),
        "rarity": np.rint(model.rarity / deep).astype(np.uint8),
        "scale": np.array([wide, deep, model.bias]).round(9),
    }


def train() -> None:
    """Train on everything and write the shipped file."""
    found = examples()
    model = trained(table(found), np.ones(len(found), dtype=bool))
    np.savez_compressed(TARGET, **rounded(model))  # type: ignore[arg-type]
    harmful = sum(example.harmful for example in found)
    print(f"{len(found)} sentences, {harmful} of them harmful; {TARGET.name}: {TARGET.stat().st_size / 1024:.0f} KiB")


def left_out(found: list[Example]) -> Iterator[tuple[str, NDArray[np.bool_], NDArray[np.float64]]]:
    """For each family of batches (``blind_...``): its name, which examples it has, and what a model trained on all others says to them.

    Ordinary goals are left out in six parts; the phrases are always learnt from.
    """
    data = table(found)
    families = np.array([source.split("_")[0] for source in data.sources])
    ordinary = np.flatnonzero(families == "ordinary")
    parts = [(name, families == name) for name in sorted(set(families) - {"ordinary", "phrases"})]
    parts += [("ordinary", np.isin(np.arange(len(found)), part)) for part in np.array_split(ordinary, 6)]
    for name, out in parts:
        model = trained(data, ~out)
        yield name, out, np.array([model.says(data.rows[i]) for i in np.flatnonzero(out)])


def check() -> None:
    """Print how the voice alone, without the rules, does on each family of batches that it was not trained on."""
    found = examples()
    print(f"{'left out':<12}{'harmful':>8}{'heard':>7}{'freed':>7}{'harmless':>10}{'stopped':>9}{'freed':>7}")
    for name, out, values in left_out(found):
        harmful = np.array([example.harmful for example, wanted in zip(found, out, strict=True) if wanted])
        heard, freed = values >= SUSPECT, values <= HARMLESS
        sums = (
            harmful.sum(),
            (heard & harmful).sum(),
            (freed & harmful).sum(),
            (~harmful).sum(),
            (heard & ~harmful).sum(),
            (freed & ~harmful).sum(),
        )
        print(f"{name:<12}" + "".join(f"{int(number):>{width}}" for number, width in zip(sums, (8, 7, 7, 10, 9, 7), strict=True)))


@contextmanager
def speaking(model: score.Model) -> Iterator[None]:
    """The guard with another voice than the shipped one, for as long as the block lasts."""
    shipped = score.model
    try:
        score.model = lambda: model  # type: ignore[assignment]
        _forget()
        yield
    finally:
        score.model = shipped
        _forget()


def _forget() -> None:
    """Forget what the guard remembers of goals that it was asked about."""
    score._score.cache_clear()
    goal_text._goal_hits.cache_clear()


def blind() -> dict[str, list[tuple[str, str, str, str]]]:
    """The blind and outside batches by author (``blind``, ``blind2``, ...): harmful, decoys or harmless; sentence, what is expected, language."""
    by_author: dict[str, list[tuple[str, str, str, str]]] = {}
    for batch, text, expected, language in [*batches(), *batches(OPEN)]:
        author, _, kind = batch.removeprefix("batch ").partition("_")
        if author.startswith(("blind", "outside")):
            by_author.setdefault(author, []).append((kind or ("harmless" if expected == "allow" else "harmful"), text, expected, language))
    return dict(sorted(by_author.items()))


def would_run(text: str) -> bool:
    """Whether ``molwright design TEXT --yes`` without a language model would go on with a goal that the guard accepts: enough of it was read."""
    try:
        return not objections(interpret(text))
    except GoalError:
        return False


def wrongly_judged(sentences: list[tuple[str, str, str, str]], suspect: float) -> list[tuple[str, str, str]]:
    """The sentences of a blind author that the guard gets wrong where its voice stops from ``suspect`` on: kind of batch, language, sentence."""
    shipped = goal_text.SUSPECT
    try:
        goal_text.SUSPECT = suspect
        goal_text._goal_hits.cache_clear()
        return [
            (kind, language, text) for kind, text, expected, language in sentences if (outcome(text) == "allow") != (expected == "allow")
        ]
    finally:
        goal_text.SUSPECT = shipped
        goal_text._goal_hits.cache_clear()


def authors() -> None:
    """Print what the whole guard does with the sentences of each author of blind batches, the voice trained on everybody else's.

    ``run``: how many of the harmful sentences and decoys that the guard accepts would be run. Below, the sums at other values of ``SUSPECT``.
    What goes wrong at the shipped one is written to stderr.
    """
    found = examples()
    data = table(found)
    families = np.array([source.split("_")[0] for source in data.sources])
    sums: dict[float, Counter[str]] = {value: Counter() for value in sorted({*SUSPECTS, SUSPECT})}
    print(f"{'author':<10}{'harmful':>9}{'accepted':>10}{'decoys':>8}{'accepted':>10}{'run':>5}{'harmless':>10}{'held up':>9}")
    for author, sentences in blind().items():
        with speaking(trained(data, families != author)):
            wrong = {value: wrongly_judged(sentences, value) for value in sums}
        for value, ones in wrong.items():
            sums[value].update(kind for kind, *_ in ones)
        wrongly, given = Counter(kind for kind, *_ in wrong[SUSPECT]), Counter(kind for kind, *_ in sentences)
        run = sum(would_run(text) for kind, _, text in wrong[SUSPECT] if kind != "harmless")
        print(
            f"{author:<10}{given['harmful']:>9}{wrongly['harmful']:>10}{given['decoys']:>8}{wrongly['decoys']:>10}{run:>5}"
            f"{given['harmless']:>10}{wrongly['harmless']:>9}",
            flush=True,
        )
        for kind, language, text in wrong[SUSPECT]:
            print(f"    {kind} {language}: {text}", file=sys.stderr)
    print(f"\n{'stops from':<10}{'harmful':>10}{'decoys':>8}{'harmless held up':>18}")
    for value, counted in sums.items():
        print(f"{value:<10g}{counted['harmful']:>10}{counted['decoys']:>8}{counted['harmless']:>18}")


if __name__ == "__main__":
    commands = {"train": train, "check": check, "authors": authors}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit("use: python -m evals.guard_score train | check | authors")
    commands[sys.argv[1]]()
