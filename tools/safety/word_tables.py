"""What the words of a goal can be for the guard, in every language of ``rules/words/*.toml``.

A file holds lists of entries by what they do in a sentence. ``word`` stands alone, ``word*`` may have an ending, ``*word*`` may stand inside a
longer word, ``two words`` stand side by side or joined. Entries in writing without spaces are found anywhere. The lists:
``weapon``, ``explosive``, ``drug`` (asked for, they block), ``doubtful`` (a person decides), ``medicine`` (a person decides where something
``like`` it is asked for), ``effect`` (harm said by what it does, or a ban that is to be passed: a person decides), ``strike`` and ``harm`` (a person
decides where ``people`` or a ``victim`` stand with them; ``harm`` with ``people`` blocks), ``turned`` (irony and roles turned round, 'the opposite of an
antidote', 'pests on two legs': a person decides, and nothing spares it), ``rival`` (somebody in
particular for whom nobody orders a chemical: 'my landlord'; a person decides unless a defence reaches them); what decides their role: ``defence`` and ``counter`` (against the hazard), ``negation``
before and ``free`` behind it, ``breaker`` and ``contrast`` (end their reach), ``and``, ``article``, ``fill`` (may stand between), ``evasion``
(undoes a defence), ``head`` (joins
what is said before a noun to it: what follows is the thing itself), ``undone`` (right behind a defence, undoes it: 'sensor-proof'), ``stronger`` (a denied
hazard is only the measure), ``behind`` (the only defences that may stand behind the hazard), ``title`` and ``called`` (a hazard
in quotes or right behind ``called`` is the name of a ``title``: a band, a film), ``remedial`` beside ``remedy`` (a hazard that is a remedy too: a person decides),
``ailment`` (a defence that is what is cured: 'against dependence on'), ``pest``, ``sleep``, ``forever`` and ``safe`` (what the learned voice is told
of: :mod:`tools.safety.marks`), ``place`` (a being, a crowd, a public place or supply: a person decides where no ``purpose``, an ordinary product or
care, is spoken of), ``served`` (a drink or a meal: a person decides where ``whose``, somebody else's, stands beside it and no ordinary product is spoken of, or where it is to
be had ``unaware``), ``kin`` (somebody near), ``checker`` (who would look into it: a doctor, an inspector), ``excuse`` (what they are to take it for), ``unseen``,
``helpless`` (nobody can help), ``sold`` (to whom), ``dismissed`` (the ordinary half of a goal put aside: 'skip the sensor'), ``germ`` (mould, weeds and
what else may be killed): several of them in one sentence are a person's to decide (:mod:`tools.safety.goal_text`); ``figure`` (a colour, a deadline, sales:
beside it a word of harm is a figure of speech), ``words`` (small words that tell the language); ``harmless`` (phrases that ask for nothing bad); ``only_here`` (entries that are ordinary words of other languages).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from core import data
from tools.safety.spelling import UNSPACED, WORD, letters, normalise

HAZARDS = ("weapon", "explosive", "drug")
#: Lists that count only in sentences of their own language.
_ROLES = (
    "doubtful",
    "effect",
    "strike",
    "harm",
    "people",
    "victim",
    "like",
    "defence",
    "counter",
    "negation",
    "free",
    "breaker",
    "contrast",
    "and",
    "article",
    "fill",
    "evasion",
    "behind",
    "head",
    "undone",
    "stronger",
    "title",
    "called",
    "remedy",
    "remedial",
    "ailment",
    "turned",
    "rival",
    "pest",
    "sleep",
    "forever",
    "safe",
    "place",
    "purpose",
    "served",
    "whose",
    "unaware",
    "checker",
    "excuse",
    "unseen",
    "germ",
    "figure",
    "dismissed",
    "sold",
    "kin",
    "helpless",
    "words",
)
NAMES = "names"
#: Letters from which a hazard word may be misspelt by one letter, and by two.
ONE_OFF, TWO_OFF = 6, 11
#: Words of likeness that are ordinary otherwise.
LIKENESS = ("type", "style", "kind", "grade")
#: Signs of Japanese writing that look alike.
KANA = str.maketrans({"ン": "ソ", "シ": "ツ"})
#: Longest word that is searched for entries inside it, and longest one that is compared letter by letter.
LONGEST = 80
#: Endings of a noun that entries leave out: the accusative of Arabic, the indefinite and the plural of Persian.
ENDINGS = {"arabic": ("ا",), "persian": ("ی", "ای", "ها", "های", "هایی")}
PREFIXES = ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ک", "ف", "ה", "ו", "ב", "ל", "מ", "כ", "ש")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its words (with ``*`` where they are open), what it does, and its language."""

    words: tuple[str, ...]
    kind: str
    language: str
    everywhere: bool = True
    """Whether it counts in sentences of every language."""


@dataclass(frozen=True)
class Mention:
    """Where an entry stands in a normalised text."""

    kind: str
    start: int
    end: int
    language: str
    everywhere: bool = True
    """Whether it counts in sentences of every language."""
    exact: bool = True
    """False where the word is only near the entry: misspelt."""


@dataclass(frozen=True)
class Token:
    """A word of a normalised text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Lexicon:
    """All entries, by what they are looked up with."""

    order: dict[str, str]
    """Language -> where its defence words stand: 'before' the hazard, 'after' it, or 'both'."""
    whole: dict[str, list[Entry]]
    stems: dict[str, list[Entry]]
    inside: dict[str, list[Entry]]
    unspaced: list[tuple[str, Entry]]
    near: list[tuple[str, int, Entry]]
    """Hazard words from which a word may be misspelt, with their letters as bits."""
    groups: dict[str, list[tuple[int, Entry]]]
    """Word -> the hazards of several words that hold it, with its place in them."""
    ordinary: frozenset[str]


def _files() -> list[str]:
    folder = resources.files("tools.safety").joinpath("rules", "words")
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))


def tokens(text: str) -> list[Token]:
    """The words of a normalised text."""
    return [Token(match[0], match.start(), match.end()) for match in WORD.finditer(text)]


def _entries(language: str, table: dict[str, object]) -> Iterator[Entry]:
    only_here = {normalise(str(word)) for word in _list(table, "only_here")}
    for kind in (*HAZARDS, "medicine", "harmless", *_ROLES):
        for raw in _list(table, kind):
            plain = " ".join(_starred(word) for word in raw.replace("'", " ").split())
            everywhere = kind in (*HAZARDS, "medicine", "harmless", "remedial") and plain.replace("*", "") not in only_here
            words = tuple(plain.split())
            yield Entry(words, kind, language, everywhere)
            if len(words) > 1 and kind in (*HAZARDS, "evasion") and not UNSPACED.search(plain):
                joined = "".join(words)
                if sum(c != "*" for c in joined) >= 8 and "*" not in joined[:-1]:
                    yield Entry((joined,), kind, language, everywhere)


def _list(table: dict[str, object], name: str) -> list[str]:
    found = table.get(name, [])
    return [str(word) for word in found] if isinstance(found, list) else []


def _starred(word: str) -> str:
    """``word`` normalised, its stars kept."""
    return ("*" if word.startswith("*") else "") + normalise(word.strip("*")) + ("*" if word.endswith("*") and len(word) > 1 else "")


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Everything in ``rules/words``. Raises ConfigurationError for a file that cannot be read."""
    order: dict[str, str] = {}
    whole: dict[str, list[Entry]] = defaultdict(list)
    stems: dict[str, list[Entry]] = defaultdict(list)
    inside: dict[str, list[Entry]] = defaultdict(list)
    unspaced: list[tuple[str, Entry]] = []
    near: list[tuple[str, int, Entry]] = []
    groups: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for file in _files():
        table = data.table("tools.safety", f"rules/words/{file}")
        language = file.removesuffix(".toml")
        order[language] = str(table.get("order", "before"))
        for entry in _entries(language, table):
            first = entry.words[0]
            plain = " ".join(entry.words).replace("*", "")
            if UNSPACED.search(plain):
                unspaced.append((plain, entry))
                if entry.kind in HAZARDS and (alike := plain.translate(KANA)) != plain and len(plain) >= 3:
                    unspaced.append((alike, entry))
                continue
            target = inside if first.startswith("*") else stems if first.endswith("*") else whole
            target[first.strip("*")].append(entry)
            if entry.kind in HAZARDS and len(entry.words) == 1 and len(plain) >= ONE_OFF and plain.isalpha():
                near.append((plain, letters(plain), entry))
            if entry.kind in HAZARDS and len(entry.words) > 1:
                for place, word in enumerate(entry.words):
                    groups[word.strip("*")].append((place, entry))
    ordinary = data.text("tools.safety", "rules/words/ordinary.txt").split()
    return Lexicon(order, whole, stems, inside, unspaced, near, groups, frozenset(normalise(word) for word in ordinary))
