"""Cut a goal into clauses and read each of them whole, or not at all.

A clause begins and ends at a boundary (a sign, a joining word, or a word that opens a clause) and is read only if one content, with what
stands before it and behind it, covers every word of it. What stands around the content decides, once a clause, whether it is asked for,
denied, wished for or merely permitted (:func:`_openings`, :func:`_endings`); the contents know nothing of that.
The cut is the one that leaves the fewest words unread, then the one with the fewest clauses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agent.reading.builders import build
from agent.reading.grammar import Matcher, Node
from agent.reading.lexicon import Family
from agent.reading.mentions import Lattice, Mention
from agent.reading.stance import Refusal, Stance
from agent.reading.statements import Statement

#: Signs that end a clause, and those that also end a sentence.
SIGNS = frozenset(",;:!?().[]")
STOPS = frozenset(";.!?")
#: Kinds of mentions with which a clause can begin.
STARTERS = (
    "open", "open_weak", "relative", "negation", "soft", "purpose", "and", "or", "but", "condition", "exception", "verbprop", "stable", "keep",
    "same", "similar", "dissimilar", "similar_weak", "in_solvent", "necessity", "permission", "maximise", "minimise", "improve", "edit_add", "edit_replace", "adverbial", "only", "participle",
    "unchanged", "leave", "vary_only", "put_out",
)  # fmt: skip
#: Kinds before a content, and what each changes.
_BEFORE = (
    "same",
    "request",
    "subject",
    "relative",
    "necessity",
    "open",
    "open_weak",
    "negation",
    "soft",
    "permission",
    "keep",
    "fam",
    "role",
    "and_also",
)
_AFTER = (
    "necessity",
    "negation",
    "negation_after",
    "positive_after",
    "necessity_after",
    "permission_after",
    "permission",
    "soft_after",
    "free",
    "containing_suffix",
    "terse_no",
    "terse_yes",
    "approval",
)
#: Contents that speak of parts of structures.
_PARTS = frozenset(
    ["motif", "both", "contrast", "kept_out", "any_of", "all_but", "count", "elements", "kept_group", "kept", "varied", "derivative"]
)
#: Openers that can hold a whole compound as a part ('containing caffeine', not 'with water').
_HOLDING = ("contain", "bear", "incorporat", "featur", "possess", "compris", "includ", "carr")
_MOST_BEFORE = 9
#: With what an obligation begins that, where it is denied, leaves the choice.
_OBLIGATIONS = frozenset(["need", "needs", "have", "has", "required"])
#: Words between what is said and of what it is said, those that may stand before that, and its most general nouns.
_PLACING = frozenset(["in", "from", "of", "out", "within", "inside", "on"])
_DETERMINERS = frozenset(["the", "this", "these", "our", "my", "its", "your", "such"])
_WHOLES = frozenset(
    [
        "molecule", "molecules", "structure", "structures", "compound", "compounds", "product", "formula", "formulation", "recipe", "design", "component",
        "material", "substance", "system", "candidate", "candidates", "answer", "answers", "list", "set", "package", "mixture",
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """Pieces ``i`` to ``j`` (exclusive) and what they became.

    role: read (its ``statements`` hold), unread (``reason``; what was understood of it is in ``suggested``), purpose, or head (the thing
    designed: ``families``, ``candidate_class``, ``candidates``). ``bare``: nothing in it but the content itself; ``parts``: it speaks of
    groups; ``closing``: its stance was decided by words at its end; ``opened``: by words at its beginning.
    """

    i: int
    j: int
    role: str
    statements: tuple[Statement, ...] = ()
    reason: str = ""
    suggested: tuple[Statement, ...] = ()
    content: str = ""
    start: int = 0
    bare: bool = False
    denied: bool = False
    closing: bool = False
    opened: bool = False
    subject: bool = False
    adjectival: bool = False
    needs_head: bool = False
    understood: bool = False
    listed: bool = False
    plural: bool = False
    families: tuple[tuple[Family, str], ...] = ()
    candidate_class: str = ""
    candidates: int | None = None
    uncertain: bool = False

    @property
    def parts(self) -> bool:
        """Whether it asks for or denies parts of structures."""
        return self.content in _PARTS


@dataclass(frozen=True)
class _Opening:
    """What stands before a content."""

    at: int
    negations: int = 0
    strong: bool = False
    weak: bool = False
    soft: bool = False
    permitted: bool = False
    keep: bool = False
    subject: bool = False
    holding: bool = False
    denied_subject: bool = False
    named: bool = False
    necessary: bool = False
    words: int = 0


class Reader:
    """Reads the clauses of one goal."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self.matcher = Matcher(lattice)
        self.end = len(lattice.pieces)
        self._boundaries: dict[int, bool] = {}

    def terse(self, i: int, j: int) -> bool:
        """Whether pieces ``i`` to ``j`` are all that stands between two signs (or ends) of a list, none of them a question."""
        before = i == 0 or self.sign(i - 1)
        after = j >= self.end or self.lattice.lower(j) == "and" or (self.sign(j) and self.lattice.lower(j) not in ("?", ":", "("))
        return before and after

    # ---- boundaries

    def sign(self, i: int, signs: frozenset[str] = SIGNS) -> bool:
        """Whether piece ``i`` is a sign between clauses; '.' and ',' inside numbers and words are none."""
        if not 0 <= i < self.end or self.lattice.pieces[i].text not in signs:
            return self.dash(i) if signs is SIGNS else False
        piece, after = self.lattice.pieces[i], self.lattice.pieces[i + 1] if i + 1 < self.end else None
        if piece.text == "." and self.lattice.has(i, "skip"):
            return False  # of an abbreviation
        if piece.text in ".,:" and after is not None and after.glued and after.text[0].isalnum():
            return piece.text != "." and not (after.text[0].isdigit() and i and self.lattice.pieces[i - 1].text[-1].isdigit())
        if piece.text in "()[]" and after is not None:
            inside = piece.glued and i and self.lattice.pieces[i - 1].text[-1].isalnum()
            return not (inside and piece.text in "([") and not (piece.text in ")]" and after.glued and after.text[0].isalnum())
        return True

    def dash(self, i: int) -> bool:
        """Whether piece ``i`` is a dash between words with space on both sides."""
        if not 0 < i < self.end - 1 or self.lattice.pieces[i].text != "-":
            return False
        return (
            not self.lattice.pieces[i].glued and not self.lattice.pieces[i + 1].glued and not self.lattice.pieces[i + 1].text[0].isdigit()
        )

    def boundary(self, i: int) -> bool:
        """Whether a clause may end before piece ``i`` and another begin with it."""
        if i not in self._boundaries:
            self._boundaries[i] = self._is_boundary(i)
        return self._boundaries[i]

    def _is_boundary(self, i: int) -> bool:
        if i <= 0 or i >= self.end:
            return True
        if self.lattice.hyphen(i) or (self.lattice.pieces[i - 1].text == "-" and self.lattice.hyphen(i - 1)):
            return False
        if self.sign(i) or self.sign(i - 1):
            return True
        if self.lattice.lower(i) in ("we", "i") and self.lattice.pieces[i].text in ("we", "I", "We"):
            return True
        if self.lattice.has(i, "request") and self.lattice.lower(i) in ("i", "we", "find", "design", "suggest", "give", "propose"):
            return True
        after = [m for m in self.lattice.of(i, "after") if self.lattice.lower(m.j) != "than"]  # not 'and not more than one chlorine'
        return self.lattice.has(i, *STARTERS) and not (after and self.lattice.has(i, "or", "and"))

    def inside_compound(self, i: int, j: int) -> bool:
        """Whether pieces ``i`` to ``j`` are a part of a hyphenated word only."""
        return self.lattice.hyphen(j) or self.lattice.hyphen(i - 1)

    # ---- one clause

    def clauses_at(self, i: int) -> Iterator[Clause]:
        """Every way to read a whole clause from piece ``i``."""
        seen: set[tuple[int, int]] = set()
        for opening in self._openings(i):
            for node in self.matcher.contents_at(opening.at):
                for clause in self._finished(i, opening, node):
                    key = (clause.j, hash(clause.statements))
                    if key not in seen:
                        seen.add(key)
                        yield clause

    def _openings(self, i: int) -> list[_Opening]:
        """Every way to read words from ``i`` as what stands before a content."""
        found: dict[_Opening, None] = {_Opening(i): None}
        todo = [_Opening(i)]
        while todo:
            here = todo.pop(0)
            if here.words >= _MOST_BEFORE:
                continue
            starts = self.matcher.starts(here.at)
            if here.words and self.lattice.lower(here.at) == ":" and (here.negations or here.strong or here.necessary):
                starts = (*starts, here.at + 1)  # 'it must have: a pyridine'
            for start in starts:
                if start > here.at and self.lattice.lower(start - 1) == ":":
                    headed = replace(here, at=start, words=here.words + 1, strong=True)
                    if headed not in found:
                        found[headed] = None
                        todo.append(headed)
                for mention in self.lattice.of(start, *_BEFORE):
                    nxt = self._after_opening(here, mention.kind, mention.j, start)
                    if nxt is not None and nxt not in found:
                        found[nxt] = None
                        todo.append(nxt)
        return list(found)

    def _after_opening(self, here: _Opening, kind: str, j: int, start: int) -> _Opening | None:
        nxt = replace(here, at=j, words=here.words + 1)
        if kind == "negation":
            if self.lattice.lower(start) == "nor" and here.negations:
                return None
            if self._not_needed(start, j):
                return replace(nxt, permitted=True)
            return replace(nxt, negations=here.negations + 1)
        if kind in ("open", "request") and here.negations and self._not_needed(start, j):
            return replace(nxt, negations=here.negations - 1, permitted=True)
        if kind == "same":
            return replace(nxt, negations=here.negations + 1) if not here.words else None
        if kind == "open":
            return replace(nxt, strong=True, holding=here.holding or self.lattice.lower(start).startswith(_HOLDING))
        if kind == "request" and {"need", "want", "like", "needs", "wants"} & set(self.lattice.text(start, j).lower().split()):
            return replace(nxt, strong=True)
        if kind == "open_weak":
            return replace(nxt, weak=True)
        if kind == "soft":
            return replace(nxt, soft=True)
        if kind == "permission":
            return replace(nxt, permitted=True)
        if kind == "keep":
            return replace(nxt, keep=True)
        if kind in ("fam", "role"):
            return self._subject(here, nxt, j)
        if kind == "subject":
            return replace(nxt, subject=here.subject or self.lattice.text(start, j).lower() not in ("i", "we", "you", "it"))
        if kind == "necessity" and here.negations and self.lattice.lower(start - 1) == "not" and self.lattice.lower(start) in _OBLIGATIONS:
            return replace(nxt, negations=here.negations - 1, permitted=True)  # 'does not have to contain'
        return replace(nxt, necessary=here.necessary or kind == "necessity")

    def _not_needed(self, start: int, j: int) -> bool:
        """Whether a negation denies only that something is needed: 'need not contain', 'do not need to contain'."""
        if self.lattice.lower(start) == "not" and j == start + 1:
            return self.lattice.lower(start - 1) in ("need", "needs")
        if self.lattice.lower(start) in ("need", "needs", "require", "requires") and j == start + 1 and self.lattice.lower(j) != "to":
            return self.lattice.lower(start - 1) == "not"
        end = j if self.lattice.lower(j) == "to" else j - 1
        return self.lattice.lower(end) == "to" and self.lattice.lower(end - 1) in ("need", "have")

    def _subject(self, here: _Opening, nxt: _Opening, j: int) -> _Opening | None:
        """'the dye must ...', 'no compounds containing ...': a noun for the thing designed, before a word that says something of it."""
        if (
            here.subject
            or here.strong
            or not self.lattice.has(
                j, "necessity", "open", "relative", "negation", "verbprop", "stable", "skip", "permission", "similar", "prop"
            )
        ):
            return None
        return replace(nxt, subject=True, named=True, denied_subject=here.negations > 0)

    def _finished(self, i: int, opening: _Opening, node: Node) -> Iterator[Clause]:
        """The clause of ``node`` with every ending that its stance can have."""
        for ending in self._endings(node.j):
            past = self._past(ending.at)
            dissolves = "solu" in self.lattice.text(node.i, node.j).lower()
            for j in (past, *(self._places(past) if not dissolves else ())):  # 'soluble in the resin' says in what
                next_limit = node.name == "limit" and not ending.kinds and self.lattice.has(j, "prop")
                if not (self.boundary(j) or next_limit) or j == i:
                    continue
                if ending.terse and (opening.words or not self._item(i, j)):
                    continue
                clause = self._judged(i, j, opening, node, ending)
                if clause is not None:
                    yield clause

    def _item(self, i: int, j: int) -> bool:
        """Whether pieces ``i`` to ``j`` are an item of a terse list: 'phenol yes, amide no'."""
        before = i == 0 or self.sign(i - 1) or self.lattice.has(i - 1, "and", "but")
        return before and (j >= self.end or self.sign(j) or self.lattice.has(j, "and", "but"))

    def _places(self, j: int) -> list[int]:
        """Behind words that say of what all this is said: 'in the dye', 'of this component', 'from our recipe'."""
        if self.lattice.lower(j) not in _PLACING:
            return []
        k = j + (2 if self.lattice.lower(j) == "out" and self.lattice.lower(j + 1) == "of" else 1)
        if self.lattice.lower(k) in ("it", "them", "there"):
            return [k + 1]
        if self.lattice.lower(k) not in _DETERMINERS:
            return []
        return [m.j for m in self.lattice.of(k + 1, "fam", "role")] + ([k + 2] if self.lattice.lower(k + 1) in _WHOLES else [])

    def _past(self, j: int) -> int:
        """Behind words that say nothing."""
        for k in reversed(self.matcher.starts(j)):
            if self.boundary(k) and k >= j:
                return k
        return j

    def _endings(self, j: int) -> list[_Ending]:
        """Every way to read words from ``j`` as what stands behind a content."""
        found = [_Ending(j)]
        todo = [_Ending(j)]
        while todo:
            here = todo.pop(0)
            if here.words >= 6:
                continue
            for start in self.matcher.starts(here.at):
                for m in self.lattice.of(start, *_AFTER):
                    if m.kind == "soft_after" and here.words:
                        continue
                    nxt = _Ending(m.j, (*here.kinds, m.kind), here.words + 1)
                    if nxt not in found:
                        found.append(nxt)
                        todo.append(nxt)
        told = [
            _Ending(m.j, (_TERSE.get(m.kind, m.kind),), 1)
            for m in self.lattice.of(
                j + 1, "terse_no", "terse_yes", *(("negation_after", "necessity_after") if self.lattice.lower(j) == ":" else ())
            )
            if self._told(j, m)
        ]  # 'an ester? no'
        told += [
            _Ending(place, (*e.kinds, "positive_after"), e.words + 1)
            for e in found
            if e.kinds and e.kinds[-1] in ("necessity", "negation") and e.words < 4
            for place in self._places(self.matcher.starts(e.at)[-1])
        ]
        return [e for e in found if not e.kinds or e.kinds[-1] not in ("negation", "necessity", "permission")] + told

    def _told(self, j: int, answer: Mention) -> bool:
        """Whether ``answer``, behind the sign at ``j``, decides on what stands before it: 'an ester? no', 'amide, yes; amine, no', 'rings: skip'."""
        if answer.j < self.end and not self.sign(answer.j):
            return False
        plain = self.lattice.text(answer.i, answer.j).lower() in ("no", "yes")
        labelled = self.lattice.lower(j) in ("?", ":") or self.dash(j)
        return labelled or (self.lattice.lower(j) == "," and plain and self.lattice.lower(answer.j) != ",")

    def _judged(self, i: int, j: int, opening: _Opening, node: Node, ending: _Ending) -> Clause | None:
        if (opening.permitted or any(k.startswith("permission") for k in ending.kinds)) and self._bounds(node, ending):
            opening = replace(opening, permitted=False)  # 'may weigh at most 650 Da', 'no more than two esters are acceptable'
            ending = replace(ending, kinds=tuple(k for k in ending.kinds if not k.startswith("permission")))
        stance = _stance(opening, ending)
        if isinstance(stance, Stance) and not opening.words and not ending.kinds:
            stance = replace(stance, listed=self.terse(i, j))
        if isinstance(stance, str):
            asked = Stance(framed=True, strong=True)
            built = build(node, asked, self.lattice, "")
            return None if not built or isinstance(built, Refusal) else self._unread(i, j, stance, tuple(built), node, opening)
        if stance is None or (opening.keep and (node.name != "limit" or opening.negations)):
            return None
        if self.inside_compound(node.i, node.j) and not ending.kinds:
            return None
        if opening.denied_subject and not opening.strong:
            return None
        phrase = self.phrase(node.i if not stance.denied else i, j)
        built = build(node, stance, self.lattice, phrase)
        if built is None and stance.denied and not opening.permitted:
            turned = build(node, Stance(framed=True, strong=True), self.lattice, "")
            asked_for = turned if isinstance(turned, list) else []
            return self._unread(i, j, "this negation is not understood", tuple(asked_for), node, opening) if asked_for else None
        if built is None or built == []:
            return None
        if isinstance(built, Refusal):
            return self._unread(i, j, built.reason, (), node, opening)
        alone = not node.mentions("unit_of_count") and not node.nodes("Adding")
        listed = (
            stance.listed
            and node.name in ("motif", "contrast")
            and alone
            and self.lattice.lower(node.i) not in ("a", "an", "the", "single")
        )
        bare = not (opening.strong or opening.weak or opening.negations or ending.kinds or opening.soft)
        return Clause(
            i, j, "read", tuple(built), content=node.name, start=node.i, bare=bare, denied=stance.denied, closing=bool(ending.kinds) and ending.kinds != ("free",), adjectival=ending.kinds == ("free",) or node.name == "vague",
            opened=opening.words > 0, subject=opening.subject, listed=listed, plural=listed and node.name == "motif" and not node.mentions("groups") and _plural(built, self.lattice, node), needs_head=opening.named and not opening.denied_subject,
        )  # fmt: skip

    @staticmethod
    def _bounds(node: Node, ending: _Ending) -> bool:
        """Whether what is permitted is an upper bound, or a list of the only elements, so that nothing else is."""
        if "negation" in ending.kinds:
            return False
        if node.name == "elements":
            return True
        signs = {m.value for m in node.mentions("cmp", "after")} - {"~", "=="}
        return node.name in ("limit", "count") and bool(signs) and signs <= {"<", "<="}

    def _unread(self, i: int, j: int, reason: str, suggested: tuple[Statement, ...], node: Node, opening: _Opening) -> Clause:
        return Clause(
            i,
            j,
            "unread",
            reason=reason,
            suggested=suggested,
            content=node.name,
            start=node.i,
            closing=True,
            understood=True,
            needs_head=opening.named and not opening.denied_subject,
        )

    def phrase(self, i: int, j: int) -> str:
        """The words of pieces ``i`` to ``j`` (exclusive) without signs and articles at their ends."""
        while i < j - 1 and (self.sign(i) or self.lattice.lower(i) in ("a", "an", "the", "and", "that", "is", "are")):
            i += 1
        while j - 1 > i and (
            (self.sign(j - 1) and self.lattice.lower(j - 1) not in (")", "]"))
            or self.lattice.lower(j - 1) in ("and", "but", "is", "are", "be")
        ):
            j -= 1
        return self.lattice.text(i, j).strip("\"'` ")


@dataclass(frozen=True)
class _Ending:
    """What stands behind a content."""

    at: int
    kinds: tuple[str, ...] = field(default=())
    words: int = 0

    @property
    def terse(self) -> bool:
        """Whether it is one that only items of terse lists have: 'amide no'."""
        return bool(self.kinds) and self.kinds[-1].startswith("terse")


def _plural(built: list[Statement], lattice: Lattice, node: Node) -> bool:
    """Whether a terse list begins with a plural, which by itself asks for nothing: 'phenols'."""
    first = node.nodes("Item")[0].mentions()[-1]
    word = lattice.lower(first.j - 1)
    return word.endswith("s") and not word.endswith("ss")


#: What the one-word endings of terse items stand for.
_TERSE = {"terse_no": "negation_after", "terse_yes": "positive_after"}
#: Why a permission asks for nothing.
PERMISSION = "a permission asks for nothing"


def _stance(opening: _Opening, ending: _Ending) -> Stance | str | None:
    """Whether the clause asks for its content or denies it; the reason if it does neither; None if its words do not go together."""
    kinds = [_TERSE.get(kind, kind) for kind in ending.kinds if kind != "approval"]
    soft = opening.soft or "soft_after" in kinds
    negations = opening.negations
    tail = [k for k in kinds if k not in ("necessity", "soft_after", "negation", "permission")]
    if len(tail) > 1 or ("negation" in kinds and not tail):
        return None
    inner = kinds.count("negation")
    last = tail[0] if tail else ""
    permitted = opening.permitted and not negations
    if last in ("negation_after", "free"):
        negations += 1 + inner
    elif last == "necessity_after" and inner:
        return "what is not required asks for nothing"
    elif last == "permission_after":
        if not inner:
            return PERMISSION if not negations else "a negation and a permission: it is not clear which holds"
        negations += inner
    else:
        negations += inner
    if "permission" in kinds and not inner:
        return PERMISSION
    if permitted:
        return PERMISSION
    if opening.negations and last == "necessity_after":
        return "a negation and a demand: it is not clear which holds"
    if negations > 1:
        return "a double negation: it is not clear what is meant"
    if negations and soft:
        return "a wish to avoid something is not scored; state it as a requirement"
    framed = bool(opening.strong or opening.weak or negations or last)
    strong = opening.strong or last in ("positive_after", "necessity_after", "containing_suffix")
    return Stance(
        denied=negations == 1,
        soft=soft,
        framed=framed,
        strong=strong,
        holding=opening.holding,
        late=bool(last) and not opening.negations,
        free=last == "free",
    )
