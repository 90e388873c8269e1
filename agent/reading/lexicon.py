"""Every word and phrase that is known, with what it can mean. The words stand in ``words/*.toml`` and in the registered tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agent.reading.chemical_words import add_chemistry
from agent.reading.keys import first_piece as first_piece
from agent.reading.keys import key_of as key_of
from agent.reading.kinds import nouns
from agent.reading.made_phrases import add_made, add_uses
from agent.reading.phrases import add_askers, add_comparisons, add_exclusions, add_operators, words_of
from agent.reading.registered import group_words, plural
from core.errors import ConfigurationError
from tools.calculators.quantum.definitions import absent_words
from tools.catalogue.catalogue import Catalogue

SYMBOLS = (
    "H", "C", "N", "O", "F", "Cl", "Br", "I", "S", "P", "Si", "B", "Se", "Na", "Li", "Sn", "As", "Te", "Ge", "Fe", "Pt", "Pd", "Zn", "Cu",
)  # fmt: skip


#: Classes and families of candidates for which a vague word can mean something of its own.
SPECIAL = ("polymer", "dye", "solvent")


@dataclass(frozen=True)
class Vague:
    """A word without a number: the assumption that it becomes (see ``words/vague.toml``)."""

    words: tuple[str, ...]
    reason: str
    requires: tuple[str, ...] = ()
    special: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    negated: tuple[str, ...] = ()
    objective: str = ""
    stands_for: str = ""
    candidate_class: str = ""
    noun: bool = False
    not_for: tuple[str, ...] = ()

    def meaning(self, candidate_class: str, family: str) -> tuple[tuple[str, ...], str]:
        """What it requires of such candidates, and the reason."""
        for name, requires, reason in self.special:
            if name in (candidate_class, family):
                return requires, reason
        return self.requires, self.reason

    @property
    def colour(self) -> bool:
        """Whether it is a plain colour word, which means nothing without a substance."""
        return (
            len(self.words[0]) <= 6 and self.requires[:1] != () and self.words[0] in ("yellow", "orange", "red", "purple", "blue", "green")
        )


@dataclass(frozen=True)
class Family:
    """A family of candidates (see ``words/families.toml``)."""

    name: str
    words: tuple[str, ...]
    candidate_class: str
    requires: tuple[str, ...] = ()
    note: str = ""
    unless_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Phrases (lower case, hyphens as spaces), each with its meanings: kind to value. ``longest``: the characters of the longest that begins with a first piece.

    Phrases that mean the same share one mapping: there are ten thousands of them.
    """

    longest: dict[str, int]
    meanings: dict[str, dict[str, Any]]


@lru_cache(maxsize=1)
def vague_words() -> tuple[Vague, ...]:
    """All entries of ``vague.toml``."""
    return tuple(
        Vague(
            words=(*row["words"], *(f"{lead} {name}" for lead in row.get("leads", ()) for name in row.get("names", ()))),
            reason=row["reason"],
            requires=tuple(row.get("requires", ())),
            special=tuple((name, tuple(row[name]), row.get(f"{name}_reason", row["reason"])) for name in SPECIAL if name in row),
            negated=tuple(row.get("negated", ())),
            objective=row.get("objective", ""),
            stands_for=row.get("property", ""),
            candidate_class=row.get("class", ""),
            noun=row.get("noun", False),
            not_for=tuple(row.get("not_for", ())),
        )
        for row in (*words_of("vague.toml")["vague"], *_rings_of_a_size())
    )


def _rings_of_a_size() -> list[dict[str, Any]]:
    """'a sixteen-membered lactone', for every size and every cyclic group of ``parts.toml``: a ring of that size, and the group."""
    table = words_of("parts.toml")["ring_of_a_size"]
    return [
        {
            "words": [f"{lead}-membered {word}" for lead in (size, number) for word in (*words, *(plural(w) for w in words))],
            "reason": f"the ring of {number} atoms and the {group} are looked for one by one",
            "requires": [f"motif:{size}-membered ring present", f"motif:{group} present"],
            "noun": True,
        }
        for size, number in table["sizes"].items()
        for group, words in table["groups"].items()
        if f"{size}-membered {words[0]}" not in group_words()
    ]


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """All entries of ``families.toml``."""
    return tuple(
        Family(
            name=row["name"],
            words=(*row["words"], *_linked(row.get("links", ()))),
            candidate_class=row["class"],
            requires=tuple(row.get("requires", ())),
            note=row.get("note", ""),
            unless_groups=tuple(row.get("unless_groups", ())),
        )
        for row in words_of("families.toml")["family"]
    )


def _linked(links: Iterable[str]) -> Iterator[str]:
    """How a polymer is named by what joins its units: 'urea-linked polymer', 'urea-linked polymers'."""
    for form in words_of("families.toml")["linked"]["forms"]:
        for link in links:
            yield form.format(link)
            yield f"{form.format(link)}s"


#: Adjectives of a part that the whole has as well, if its part has: 'a fluorinated arm', not 'an aliphatic chain'.
_STRUCTURAL = frozenset(
    [
        "fluorinated",
        "chlorinated",
        "brominated",
        "iodinated",
        "halogenated",
        "aromatic",
        "heteroaromatic",
        "polyfluorinated",
        "polyhalogenated",
    ]
)
#: Verbs that are said of the thing designed behind 'to' as well: 'we want it to be clear and to melt below 0 °C'.
_INFINITIVES = frozenset(["melt", "freeze", "solidify", "soften", "dissolve", "boil", "emit"])


@lru_cache(maxsize=8)
def lexicon(catalogue: Catalogue) -> Lexicon:
    """The lexicon of the properties in ``catalogue``, built once for each. Raises ConfigurationError if a table is not well formed."""
    meanings: dict[str, dict[str, Any]] = {}
    alone: dict[tuple[str, int], dict[str, Any]] = {}  # what one meaning alone makes, by its kind and the identity of its value

    def add(phrase: str, kind: str, value: Any) -> None:
        if kind in ("negation", "open", "request") and phrase.endswith(" a"):
            add(f"{phrase}n", kind, value)
        key = key_of(phrase)
        if not key:
            raise ConfigurationError(f"reading: empty phrase for {kind}")
        held = meanings.get(key)
        if held is None:
            meanings[key] = alone.setdefault((kind, id(value)), {kind: value})
        elif kind not in held:
            meanings[key] = {**held, kind: value}

    _add_grammar(add)
    add_chemistry(add, catalogue)
    for entry in vague_words():
        for word in _shortened(entry.words):
            if entry.stands_for:
                add(word, "verbprop", entry)
                if word in _INFINITIVES:
                    add(f"to {word}", "verbprop", entry)
            else:
                add(word, "vague", entry)
                if word in _STRUCTURAL:
                    add(word, "structural", entry)
    for definition in catalogue:
        if definition.absence_words:
            none = Vague(
                definition.absence_words,
                f"no entry of {definition.label.removeprefix('Entries of ')} that structure decides",
                (f"property:{definition.name} == 0",),
            )
            for word in none.words:
                add(word, "vague", none)
    for family in families():
        for word in family.words:
            add(word, "fam", family)
    for row in words_of("families.toml")["pair"]:
        for word in row["words"]:
            add(word, "pair", row["requires"])
    for row in words_of("unchecked.toml")["unchecked"]:
        for word in row["words"]:
            add(word, "unchk", row["reason"])
            add(plural(word), "unchk", row["reason"])
    for word, reason in absent_words(catalogue).items():
        add(word, "unchk", reason)
        add(plural(word), "unchk", reason)
    add_uses(add, meanings)
    _own_words_win(meanings, catalogue)
    _add_misspelt(meanings)
    longest: dict[str, int] = {}
    for key in meanings:
        first = first_piece(key)
        longest[first] = max(longest.get(first, 0), len(key))
    return Lexicon(longest, meanings)


#: How 'room temperature' is shortened.
_ROOM = ("rt", "r.t.", "room temp", "room temp.")


def _shortened(words: tuple[str, ...]) -> tuple[str, ...]:
    """``words``, those at room temperature with that shortened too."""
    return (*words, *(word.replace("room temperature", short) for word in words if "room temperature" in word for short in _ROOM))


def _own_words_win(meanings: dict[str, dict[str, Any]], catalogue: Catalogue) -> None:
    """A word of a user's own property or list, and 'low' or 'high' before it, is no longer one that nothing can compute."""
    for word, name in catalogue.words().items():
        if catalogue[name].user_defined or catalogue[name].absence_words:
            key = key_of(word)
            for phrase in (key, f"low {key}", f"high {key}"):
                if phrase in meanings:
                    meanings[phrase] = _computable(meanings[phrase])
            for phrase in (f"low {key}", f"high {key}"):
                if phrase in meanings and not meanings[phrase]:
                    del meanings[phrase]
    for word in (word for definition in catalogue for word in definition.absence_words):
        meanings[key_of(word)] = _computable(meanings[key_of(word)])


def _computable(meanings: dict[str, Any]) -> dict[str, Any]:
    """``meanings`` without that nothing can compute it."""
    return {kind: value for kind, value in meanings.items() if kind != "unchk"}


#: Kinds of meanings that a misspelt word keeps.
_FORGIVEN = ("prop", "verbprop", "grp", "elem", "halide", "vague", "unchk")


def _add_misspelt(meanings: dict[str, dict[str, Any]]) -> None:
    """The terms with a word as it is often misspelt mean the same, where they mean nothing else."""
    slips: dict[str, list[str]] = words_of("misspellings.toml")
    for key in [k for k in meanings if not slips.keys().isdisjoint(k.split())]:
        kept = {kind: value for kind, value in meanings[key].items() if kind in _FORGIVEN}
        words = key.split()
        for n, word in enumerate(words):
            for slip in slips.get(word, ()) if kept else ():
                meanings.setdefault(" ".join((*words[:n], slip, *words[n + 1 :])), kept)


def _add_grammar(add: Any) -> None:
    table = words_of("grammar.toml")
    add_made(add)
    add_operators(add, table)
    add_comparisons(add)
    for kind, words in table["words"].items():
        for word in words:
            add(word, kind, True)
    add_exclusions(add)
    add_askers(add, table)
    for word in [w for w in table["words"]["negation_after"] if w.split()[0].endswith("ed")] + [
        forms[2] for forms in words_of("exclusions.toml")["verbs"].values()
    ]:
        for auxiliary in ("having been", "has been", "have been"):
            add(f"{auxiliary} {word}", "negation_after", True)
    for verb in ("struck", "crossed", "taken", "removed", "deleted", "scratched", "dropped", "stricken"):
        for way in ("from", "off"):
            for whose in ("the", "our", "my"):
                add(f"{verb} {way} {whose} list", "negation_after", True)
    for word in [w for w in table["words"]["negation_after"] if w.endswith("ed") and " " not in w]:
        add(f"best {word}", "negation_after", True)
        add(f"better {word}", "negation_after", True)
    for kind, words in table["edits"].items():
        for word in words:
            add(word, f"edit_{kind}", kind)
    for word, number in table["numbers"].items():
        add(word, "num", float(number))
    for word, number in table["temperatures"].items():
        add(word, "temperature", float(number))
    for word, number in table["times"].items():
        add(word, "times", float(number))
    for word, operator in table["signs"].items():
        add(word, "signed", operator)
    for word, number in table["decades"].items():
        add(word, "decade", float(number))
    for word in words_of("nouns.toml")["either"]:
        add(word, "role", "either")
    for kind, words in words_of("heads.toml").items():
        for word in words:
            if kind in ("composed", "acted_on"):
                add(word, kind, True)
            else:
                add(word, "role", "" if kind == "open" else kind)
    for word in nouns():
        add(word, "role", "molecule")
