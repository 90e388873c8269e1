"""Named functional groups and ring systems with their SMARTS, every one with an example and a counterexample.

``groups.tsv`` holds what goals name most; ``tables/`` the rest of the class names of organic chemistry (IUPAC Gold Book and Blue Book names,
their trivial names and the words of polymer, dye and medicinal chemistry), by what they are made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from rdkit import Chem, rdBase

from core import data
from core.errors import ConfigurationError, StructureError

GroupKind = Literal["functional group", "ring system"]

#: The tables, in the order in which groups are registered.
TABLES = (
    "groups.tsv",
    "tables/oxygen.tsv",
    "tables/nitrogen.tsv",
    "tables/heteroatoms.tsv",
    "tables/carbon.tsv",
    "tables/rings.tsv",
    "tables/classes.tsv",
    "tables/chains.tsv",
)


@dataclass(frozen=True)
class Group:
    """A named substructure.

    Attributes:
        name: registered name, plain words.
        synonyms: other names under which goals ask for it, lower case, singular.
        smarts: what is matched; one unique match (set of atoms) is one occurrence.
        kind: functional group or ring system.
        example: SMILES of a structure that has it.
        counterexample: SMILES of a related structure that does not.
    """

    name: str
    synonyms: tuple[str, ...]
    smarts: str
    kind: GroupKind
    example: str
    counterexample: str


@lru_cache(maxsize=4096)
def compile_smarts(smarts: str) -> Chem.Mol:
    """The query molecule of ``smarts``. Raises StructureError if it cannot be read. Do not modify the result: it is shared."""
    with rdBase.BlockLogs():
        query = Chem.MolFromSmarts(smarts) if smarts else None
    if query is None or query.GetNumAtoms() == 0:
        raise StructureError("not a readable SMARTS pattern", smiles=smarts)
    return query


def _load() -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for row in (row for table in TABLES for row in data.rows("tools.groups", table)):
        kind = row["kind"]
        if kind not in ("functional group", "ring system") or row["name"] in groups:
            raise ConfigurationError(f"groups: bad or repeated row {row['name']!r}")
        groups[row["name"]] = Group(
            name=row["name"],
            synonyms=tuple(s.strip().lower() for s in row["synonyms"].split(";") if s.strip()),
            smarts=row["smarts"],
            kind="ring system" if kind == "ring system" else "functional group",
            example=row["example"],
            counterexample=row["counterexample"],
        )
    return groups


class _Groups(Mapping[str, Group]):
    """Read when they are first looked at: a command that reads no goal needs none."""

    @cached_property
    def _held(self) -> dict[str, Group]:
        return _load()

    def __getitem__(self, name: str) -> Group:
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


#: Every group by its name, in the order of the tables.
GROUPS: Mapping[str, Group] = _Groups()


def plural(word: str) -> str:
    """English plural of a group name ('primary amine' gives 'primary amines', 'benzofuran ring' 'benzofuran rings')."""
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


@lru_cache(maxsize=1)
def group_words() -> dict[str, str]:
    """Every name, synonym and plural, lower case, in British spelling too ('sulphide'), with the registered name. Raises ConfigurationError if two groups share a word."""
    words: dict[str, str] = {}
    for group in GROUPS.values():
        for word in (group.name.lower(), *group.synonyms):
            if words.setdefault(word, group.name) != group.name:
                raise ConfigurationError(f"groups: {word!r} stands for {words[word]!r} and {group.name!r}")
    for word, name in list(words.items()):
        words.setdefault(plural(word), name)
    for word, name in [(w, n) for w, n in words.items() if "sulf" in w]:
        words.setdefault(word.replace("sulf", "sulph"), name)
    return words


_TAILS = (
    " functional groups",
    " functional group",
    " groups",
    " group",
    " moieties",
    " moiety",
    " units",
    " unit",
    " substituents",
    " substituent",
)


def resolve_group(word: str) -> Group | None:
    """The group called ``word`` (name, synonym or plural, any case, with or without a trailing 'group', 'moiety', 'unit'), or None."""
    words = group_words()
    key = " ".join(word.lower().split())
    for _ in range(2):
        if key in words:
            return GROUPS[words[key]]
        for tail in _TAILS:
            if key.endswith(tail):
                key = key[: -len(tail)]
                break
        else:
            return None
    return None
