"""The thing designed: the noun at the head of the goal, with what stands before it."""

from __future__ import annotations

from agent.reading.backbones import behind_chain
from agent.reading.builders import build
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.grammar import Node
from agent.reading.head_alternatives import with_alternatives
from agent.reading.head_clauses import clauses_of
from agent.reading.head_groups import called, folded, goes_on, many, plainly_asked, plural_class, stood_for
from agent.reading.head_judged import judged
from agent.reading.head_parts import (
    FOLLOWERS,
    MOST_UNKNOWN,
    NOT_IN_NAMES,
    STRANGE,
    VERBS,
    Found,
    Part,
    alike,
    asks,
    coded,
    families_before,
    noun_like,
)
from agent.reading.mentions import Mention
from agent.reading.modifiers import UNKNOWN
from agent.reading.noted import ALONE, MORE
from agent.reading.stance import Refusal, Stance
from core.errors import GoalError


class HeadReader:
    """Reads the noun phrase at the head of a goal."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.lattice = reader.lattice
        self._remembered: dict[tuple[int, int], Found | None] = {}
        self._many = False

    def read_at(self, i: int, *, determined: bool = False, requested: bool = False) -> list[Clause] | None:
        """The clauses of a noun phrase from piece ``i`` that names the thing designed, or None."""
        self._many = False
        k, article, candidates = self._lead(i)
        if determined and not article:
            return None
        later = determined and not requested
        if requested and not any(self.lattice.has(n, "request") for n in range(i, k)):
            return None
        determined = article
        self._remembered = {}
        if candidates is not None and self.lattice.has(k, "similar"):
            return [Clause(i, k, "filler", candidates=candidates)]
        if (replaced := stood_for(self.reader, i, k, article)) is not None:
            return replaced
        found = self._phrase(k, MOST_UNKNOWN, candidates is not None)
        single = found is not None and (found.noun_end == i + 1 or not self.lattice.lower(found.noun_end - 1).endswith("s"))
        named = (article and not later) or (i == 0 and single)
        if found is None or (found.noun is None and not named):
            return None
        if found.noun is None and any(p.sort == "joint" or any(s.kind == "property" for s in p.statements) for p in found.parts):
            return None
        if found.noun is not None and found.noun.kind == "vague" and determined and not plainly_asked(self.reader, found, i, k):
            unnamed = Part("unknown", found.noun.i, found.noun_end)  # 'an amine-free CO2 sorbent liquid'
            found = Found(found.cost, (*found.parts, unnamed), None, found.noun_end)
        if (
            found.noun is not None
            and found.noun.kind in ("grp", "derived", "pair", "vague", "cmpd")
            and not plainly_asked(self.reader, found, i, k)
        ):
            return called(self.reader, found, i, k)
        clauses = clauses_of(self.lattice, i, k, judged(self.lattice, found), found, determined, candidates)
        return with_alternatives(self.reader, clauses) if clauses else clauses

    def _lead(self, i: int) -> tuple[int, bool, int | None]:
        """(piece behind 'I would like five', whether an article, number or request came, the number)."""
        determined, candidates, k = False, None, i
        moved = True
        while moved:
            moved = False
            for m in self.lattice.of(k, "request", "subject", "skip", "necessity", "quote", "soft", "plain"):
                text = self.lattice.text(m.i, m.j).lower()
                if (m.kind == "subject" and text not in ("i", "we", "you", "it")) or (m.kind == "soft" and not text.startswith("target")):
                    continue
                if m.kind in ("plain", "skip") and self.lattice.hyphen(m.j):
                    continue  # 'single-phase', 'well-separated'
                determined = determined or m.kind == "request" or text in ("a", "an", "the", "any", "our", "my", "these", "this", "some")
                k, moved = m.j, True
                break
            if (
                not moved
                and self.lattice.lower(k) in ("for", "of")
                and any(not m.value.name for n in self.reader.matcher.starts(k + 1) for m in self.lattice.of(n, "fam"))
            ):
                k, moved, determined = k + 1, True, True
            if not moved and candidates is None:
                number = self._number_wanted(k, requested=any(self.lattice.has(n, "request") for n in range(i, k)))
                if number is not None:
                    candidates, k, determined, moved = number[0], number[1], True, True
        return k, determined, candidates

    def _number_wanted(self, k: int, *, requested: bool) -> tuple[int, int] | None:
        """(number, piece behind it) of the structures to list, where nouns follow: 'three candidates', 'at least five molecules'."""
        start = k
        for m in self.lattice.of(k, "cmp"):
            if m.value in (">=", "~", "=="):
                start = m.j
                break
        for number in self.lattice.of(start, "num"):
            if self.lattice.lower(number.j) == "-" and self.lattice.pieces[number.j].glued:
                continue
            if any(u.j > number.j for u in self.lattice.of(number.j, "unit") if not self.lattice.has(number.j, "elem")):
                continue
            value = float(number.value)
            if self.lattice.lower(number.i) == "zero":
                continue  # 'zero chromium': excluded, no number of structures
            self._many = start == k and many(self.lattice, number, requested)
            found = self._phrase(number.j, MOST_UNKNOWN, True)
            self._remembered = {}
            named = found is not None and (found.noun is not None or (requested and self._plural_name(found)))
            if not named and not self.lattice.has(number.j, "similar"):
                continue
            if value != int(value) or not 1 <= value <= 1000:
                raise GoalError(
                    "the number of candidates must be a whole number from 1 to 1000",
                    phrase=self.lattice.text(k, found.noun_end if found is not None else number.j),
                )
            return int(value), number.j
        return None

    def _plural_name(self, found: Found) -> bool:
        """Whether an unknown noun is a plural, and no part of it is known: 'five organic cathode materials'."""
        return self.lattice.lower(found.noun_end - 1).endswith("s") and not any(p.groups for p in found.parts)

    # ---- the words before the noun

    def _phrase(self, k: int, unknown: int, counted: bool) -> Found | None:
        key = (k, unknown)
        if key not in self._remembered:
            self._remembered[key] = None
            self._remembered[key] = self._best(k, unknown, counted)
        return self._remembered[key]

    def _best(self, k: int, unknown: int, counted: bool) -> Found | None:
        best: Found | None = None
        for noun in self._nouns(k, counted):
            found = Found((0, 0), (), noun, noun.j)
            best = found if best is None or (found.cost, -found.noun_end) < (best.cost, -best.noun_end) else best
        for part in sorted(self._parts(k), key=lambda p: p.family is None or not p.family.name):
            strange = part.sort == "unknown"
            if strange and unknown == 0:
                continue
            rest = self._phrase(part.j, unknown - strange, counted)
            if rest is None and strange and part.j > k and self._name_may_end(part.j) and not self.lattice.has(part.j, *VERBS):
                rest = Found((3, 0), (), None, part.j)
            if rest is None or (
                rest.noun is None and part.family is not None and part.family.name == "" and part.family.candidate_class == "molecule"
            ):
                continue
            found = Found((rest.cost[0] + strange, rest.cost[1] + 1), (part, *rest.parts), rest.noun, rest.noun_end)
            if best is None or found.cost < best.cost:
                best = found
        return best

    def _nouns(self, k: int, counted: bool) -> list[Mention]:
        """Nouns at ``k`` that can be the head: a family, a role, a pair, a compound class; the name ends behind it."""
        found: list[Mention] = []
        if self.lattice.hyphen(k - 1):
            return found
        for m in self.lattice.of(k, "fam", "role", "pair", "vague", "grp", "derived", "cmpd", "candidates"):
            j = m.j
            if m.kind in ("grp", "derived"):
                while more := self.lattice.of(j, "groups"):
                    j = more[0].j
            if m.kind == "vague" and not noun_like(m.value):
                continue
            if m.kind == "fam":
                j = behind_chain(self.lattice, m)
            if m.kind in ("grp", "derived") and (more := self.lattice.of(j, "analogue")):
                j = more[0].j
            elif m.kind in ("grp", "derived") and (j > m.j or self.lattice.lower(j) == "or"):
                continue  # 'an ester or amide solvent'
            elif m.kind in ("grp", "derived") and counted and not (self._many and plural_class(self.lattice, j)):
                continue  # 'two esters' are two groups, 'List 12 esters' are twelve structures
            if m.kind == "cmpd" and any(g.j == m.j for g in self.lattice.of(k, "grp")):
                continue
            if m.kind == "cmpd":
                after = self.lattice.of(j, "analogue")
                if not after:
                    continue
                j = after[0].j
            if self._name_may_end(j) and not self.lattice.hyphen(j):
                found.append(Mention(m.i, j, m.kind, m.value))
        return found + [m for m in folded(self.lattice, k) if not counted and self._name_may_end(m.j)]

    def _name_may_end(self, j: int) -> bool:
        if self.lattice.hyphen(j):
            return False
        if self.lattice.lower(j) in (
            "is",
            "are",
            "be",
            "degrading",
            "please",
            "made",
            "built",
            "composed",
            "assembled",
            "prepared",
            "obtained",
            "wanted",
            "needed",
            "sought",
        ):
            return True
        if self.lattice.lower(j) == "than":
            return True  # 'a greener solvent than dichloromethane'
        if asks(self.lattice, j):
            return False
        if goes_on(self.lattice, j):
            return True
        return self.reader.boundary(j) or (self.lattice.has(j, *FOLLOWERS) and not self.lattice.has(j, "role", "fam"))

    def _parts(self, k: int) -> list[Part]:
        found: list[Part] = []
        if k >= self.reader.end:
            return found
        lattice = self.lattice
        if lattice.lower(k) == "non" and lattice.hyphen(k + 1):
            found.append(Part("unknown", k, k + 3))
        if lattice.hyphen(k - 1):
            return [Part("unknown", k, k + 1)]
        for number in lattice.of(k, "num"):
            found += [Part("unknown", k, unit.j) for unit in lattice.of(number.j, "unit")]
        if lattice.has(k, "num"):
            return found
        if lattice.lower(k) in (",", "and") and not self._name_starts_clause(k + 1):
            found.append(Part("joint", k, k + 1))
        if lattice.hyphen(k) or (lattice.lower(k) == "/" and lattice.pieces[k].glued) or coded(lattice, k):
            found.append(Part("glue", k, k + 1))
        if lattice.lower(k) == "resist" and lattice.has(k + 1, "role", "fam"):
            found.append(Part("unknown", k, k + 1))
        for m in lattice.of(k, "plain", "skip", "quote"):
            if m.kind == "quote" or not lattice.hyphen(m.j):  # 'single-phase'
                found.append(Part("plain", k, m.j))
        if lattice.lower(k) in ("absorbing", "emitting") and any(
            m.j in (k, k - 1) for n in range(max(0, k - 4), k) for m in lattice.of(n, "vague")
        ):
            found.append(Part("plain", k, k + 1))  # 'near-infrared absorbing dye'
        found += self._read_parts(k) + alike(self.reader, k)
        for m in lattice.of(k, "unchk"):
            found.append(Part("unchecked", k, m.j, reason=str(m.value)))
        for m in lattice.of(k, "intersective"):
            if not lattice.hyphen(m.j):  # 'C2-symmetric chiral bisoxazoline'
                found.append(Part("unchecked", k, m.j, reason=MORE if m.value == UNKNOWN else ALONE))
        for m in lattice.of(k, "neutral"):
            if not any(other.j >= m.j for other in lattice.of(k, "vague", "grp", "elem", "fam", "unchk", "cmpd", "rule")):
                found.append(Part("unchecked", k, m.j, reason=STRANGE))
        found += families_before(lattice, k)
        if (lattice.pieces[k].text[0].isalpha() and not asks(self.lattice, k) and not lattice.has(k, *NOT_IN_NAMES)) or (
            lattice.pieces[k].text[0].isdigit() and k + 1 < self.reader.end and lattice.pieces[k + 1].glued and not lattice.has(k, "cmp")
        ):
            found.append(Part("unknown", k, k + 1))
        return found

    def _name_starts_clause(self, k: int) -> bool:
        return self.lattice.has(k, "open", "relative", "prop", "cmp", "num", "purpose") and not self.lattice.has(k, "vague", "unchk")

    def _read_parts(self, k: int) -> list[Part]:
        """Adjectives and nouns before the head that say something: 'fluorinated', 'azo', 'halogen-free', 'non-aromatic', '300 Da'."""
        found: list[Part] = []
        start, denied = k, False
        for m in self.lattice.of(k, "negation"):
            if self.lattice.text(m.i, m.j).lower() in ("non", "not"):
                start, denied = m.j + self.lattice.hyphen(m.j), True
        for node in self.reader.matcher.contents_at(start):
            if node.name not in ("vague", "motif", "any_of", "rule_set", "objective", "limit", "count"):
                continue
            if any(o.j == m.j for m in node.mentions("intersective") for o in self.lattice.of(m.i, "neutral", "unchk")):
                continue  # 'biodegradable ester oil': the adjective is a word of its own
            if node.name == "motif" and self._cut_short(node):
                continue
            if node.name == "motif" and any(m.kind not in ("grp",) for m in node.mentions("grp", "elem", "cmpd", "smiles", "prop")):
                free = self._suffix(node.j, "free", "containing_suffix")
                if free is None or node.mentions("cmpd", "smiles", "prop"):
                    continue
            for end, turned in self._ends(node.j, node.name):
                stance = Stance(denied=denied != turned, framed=True, strong=True, free=turned)
                if (denied and turned) or (node.name in ("objective", "limit", "count", "rule_set") and stance.denied):
                    continue
                if node.name == "count" and not (node.first("pair") or node.first("fold")):
                    continue
                phrase = self.reader.phrase(k, end)
                built = build(node, stance, self.lattice, phrase)
                if built and not isinstance(built, Refusal) and end > k and not self.lattice.hyphen(end):
                    groups = node.name in ("motif", "any_of", "count") and end == node.j
                    found.append(
                        Part("read", k, end, tuple(built), groups=groups and not stance.denied, free=turned or self._held(node.j, end))
                    )
        return found

    def _cut_short(self, node: Node) -> bool:
        """Whether the last group of a node is the beginning of a longer name that holds it: 'Buchwald-type biaryl | phosphine'."""
        last = node.mentions("grp")[-1:]
        return bool(last) and last[0].j == node.j and any(m.j > node.j for m in self.lattice.of(last[0].i, "grp"))

    def _ends(self, j: int, builds: str) -> list[tuple[int, bool]]:
        ends = [(j, False)]
        if builds == "motif":
            free, holding = self._suffix(j, "free"), self._suffix(j, "containing_suffix")
            ends += ([(free, True)] if free else []) + ([(holding, False)] if holding else [])
        return ends

    def _held(self, j: int, end: int) -> bool:
        """Whether a word with a hyphen says that the thing has a part, and words of use alone may follow: 'boron-containing narrowband emitter'."""
        return (
            end > j
            and self.lattice.hyphen(j)
            and self.lattice.lower(end - 1) in ("containing", "bearing", "carrying")
            and not self._strange(end)
        )

    def _strange(self, k: int) -> bool:
        """Whether piece ``k`` begins a word of which nothing is known."""
        return not self.lattice.has(k, "neutral", "role", "fam", "vague", "grp", "unchk", "plain")

    def _suffix(self, j: int, *kinds: str) -> int | None:
        k = j + 1 if self.lattice.hyphen(j) else j
        found = self.lattice.of(k, *kinds)
        return found[0].j if found else None
