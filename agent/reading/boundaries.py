"""Where a clause can begin and end."""

from __future__ import annotations

from agent.reading.grammar import Matcher
from agent.reading.mentions import Lattice
from agent.reading.modifiers import harmless
from agent.reading.participles import giving, said_behind

#: Signs that end a clause, and those that also end a sentence.
SIGNS = frozenset(",;:!?().[]")
STOPS = frozenset(";.!?")
#: Kinds of mentions with which a clause can begin.
STARTERS = (
    "open", "open_weak", "relative", "negation", "soft", "purpose", "and", "or", "but", "condition", "exception", "verbprop", "stable", "keep",
    "same", "similar", "dissimilar", "similar_weak", "in_solvent", "necessity", "permission", "maximise", "minimise", "improve", "edit_add", "edit_replace", "adverbial", "only", "participle",
    "unchanged", "leave", "vary_only", "put_out",
)  # fmt: skip
#: Words between what is said and of what it is said, those that may stand before that, and its most general nouns.
_PLACING = frozenset(["in", "from", "of", "out", "within", "inside", "on"])
_DETERMINERS = frozenset(["the", "this", "these", "our", "my", "its", "your", "such"])
_WHOLES = frozenset(
    [
        "molecule", "molecules", "structure", "structures", "compound", "compounds", "product", "formula", "formulation", "recipe", "design", "component",
        "material", "substance", "system", "candidate", "candidates", "answer", "answers", "list", "set", "package", "mixture",
    ]
)  # fmt: skip


#: What joins the items of a terse list.
_JOINS = frozenset(["and", "plus", "+", "&"])


#: What a part is good for, in one word: it says nothing of whether the part must be there.
_GOOD_FOR = frozenset(
    ["solubility", "coupling", "conjugation", "anchoring", "adhesion", "crosslinking", "attachment", "ligation", "polymerisation", "polymerization", "stability", "binding", "curing", "grafting", "rigidity", "flexibility", "immobilisation", "labelling", "hydrophilicity"]
)  # fmt: skip
#: Words behind 'for' that may take away what stands before it, or put it off.
_NO_USE = frozenset(
    ["removal", "replacement", "exclusion", "elimination", "exchange", "deletion", "disposal", "omission", "avoidance", "substitution", "example", "instance", "now", "once", "me", "us", "bin", "others", "later", "nothing", "comparison", "reference", "free", "alternative", "alternatives", "resort", "fallback", "option", "substitute", "impurity", "byproduct", "contaminant", "starting", "solvent", "cosolvent", "diluent", "medium", "catalyst", "reagent", "initiator", "such", "well", "possible", "much", "little", "few", "before", "usual"]
)  # fmt: skip
#: Most pieces of what a part is good for, and of what brackets say of it.
_MOST_OF_A_USE = 6
_MOST_OF_AN_ASIDE = 8
#: What brackets that only say more of a part do not hold, and words of likeness that they may hold.
_NEVER_ASIDE = (
    "blame",
    "edit_remove",
    "edit_replace",
    "cmp",
    "prop",
    "num",
    "unchk",
    "similar",
    "adjective_bad",
    "replacement",
    "terse_no",
    "put_out",
    "or",
    "relative",
    "purpose",
    "request",
    "vague",
)
_LIKENESS = frozenset(["like", "type", "style", "aka", "alias"])
#: Most pieces of 'in the diamine part'.
_MOST_OF_A_PLACE = 6


#: Prepositions of three words behind which it is said what the noun before them is like.
_MANNERS = frozenset(["in the manner", "in the style", "along the lines", "in the vein"])


class Boundaries:
    """The boundaries between the pieces of one goal."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self.matcher = Matcher(lattice)
        self.end = len(lattice.pieces)
        self._boundaries: dict[int, bool] = {}
        self._in_numbers = {k for at in lattice.at for m in at if m.kind == "num" for k in range(m.i + 1, m.j)}

    def terse(self, i: int, j: int) -> bool:
        """Whether pieces ``i`` to ``j`` are all that stands between two signs (or ends) of a list, none of them a question."""
        before = i == 0 or (self.sign(i - 1) and self.lattice.lower(i - 1) != ")") or self.lattice.lower(i - 1) in _JOINS
        after = (
            j >= self.end
            or self.lattice.lower(j) in _JOINS
            or self._bears(j)
            or self.continued(j)
            or self.tailed(i, j)
            or (self.sign(j) and self.lattice.lower(j) not in ("?", ":", "("))
            or self._aside(j)
        )
        return before and after

    def _aside(self, j: int) -> bool:
        """Whether brackets behind piece ``j``, at the end of an item, only say more of the part before them: 'hydantoin (imidazolidine-2,4-dione)', 'maleimide (clickable)'."""
        lattice, end = self.lattice, j + 1
        while end < self.end and lattice.lower(end) != ")" and end - j <= _MOST_OF_AN_ASIDE:
            end += 1
        if lattice.lower(j) != "(" or lattice.lower(end) != ")" or not (end + 1 >= self.end or self.sign(end + 1)):
            return False
        inside = range(j + 1, end)
        if self._turned(inside) or any(lattice.has(k, *_NEVER_ASIDE) or lattice.lower(k) in ("?", "!") for k in inside):
            return False
        return all(
            lattice.has(k, "grp", "elem", "formula", "smiles", "neutral", "role", "plain", "intersective", "and")
            or lattice.lower(k) in _LIKENESS
            or not lattice.lower(k).isalpha()
            or harmless(lattice.lower(k))
            for k in inside
        )

    def _likened(self, j: int, end: int) -> bool:
        """Whether what follows a part in the singular says only in what else it is found: 'benzodiazepine bicycle | like diazepam', 'pyrrolidone | as in NMP'."""
        lattice = self.lattice
        words = " ".join(lattice.lower(k) for k in (j, j + 1))
        led = (
            lattice.lower(j) in ("like", "resembling")
            or words in ("as in", "such as")
            or (lattice.lower(j) == "as" and lattice.lower(j - 1) == "such")
        )
        plain = not any(lattice.has(k, "or", "cmp", "prop", "relative", "necessity", "and", "but") for k in range(j + 1, end))
        return led and plain and 1 < end - j <= _MOST_OF_A_USE and not lattice.lower(j - 1).endswith("s")

    def _of_use(self, j: int, end: int) -> bool:
        """Whether 'for' at piece ``j`` says up to ``end`` what a part in the singular is good for: 'maleimide | for thiol conjugation'."""
        lattice = self.lattice
        words = {lattice.lower(k) for k in range(j + 1, end)}
        named = any(m.j == j and m.kind in ("grp", "derived", "groups") for k in range(max(0, j - 8), j) for m in lattice.at[k])
        plain = not any(
            lattice.has(k, "or", "condition", "cmp", "num", "it", "subject", "relative", "necessity") for k in range(j + 1, end)
        )
        return named and plain and 1 < end - j <= _MOST_OF_A_USE and not words & _NO_USE and not lattice.lower(j - 1).endswith("s")

    def _bears(self, j: int) -> bool:
        """Whether 'with ...' follows, up to the next sign, that says nothing of a wish only or of leave: 'pyrimidine | with two methoxy groups'."""
        written = self.lattice.lower(j) == "w" and self.lattice.lower(j + 1) == "/"
        if self.lattice.lower(j) not in ("with", "bearing", "carrying", "flanked") and not written:
            return False
        j += 2 * written
        while j < self.end and not self.sign(j):
            if self.lattice.has(j, "soft", "soft_after", "permission", "permission_after", "negation_after", "condition"):
                return False
            j += 1
        return True

    def continued(self, j: int) -> bool:
        """Whether what follows up to the next sign says what it is good for, where it stands, or what is not there: 'sulfonates | for solubility', 'phenol | in the diamine part', 'dodecyl chain | but no ester'."""
        lattice, end = self.lattice, j
        while end < self.end and not self.sign(end):
            end += 1
        inside = range(j + 1, end)
        if lattice.lower(j) == "without":
            return (
                end - j > 1 and not self._turned(range(j + 1, end)) and lattice.lower(end) not in ("?", ":")
            )  # 'phenol | without tert-butyl groups'
        if lattice.lower(j) == "but":
            k = j + 1 + (lattice.lower(j + 1) in ("with", "having") and lattice.lower(j + 2) == "no")
            return lattice.lower(k) in ("no", "without") and end - k > 1 and not self._turned(range(k + 1, end))
        if lattice.lower(end) in ("?", ":", "(") or self._turned(inside):
            return False
        if lattice.lower(j) == "for":
            return (end - j == 2 and lattice.lower(j + 1) in _GOOD_FOR) or self._of_use(j, end)
        if lattice.lower(j) == "as" and self._of_use(j, end):
            return True
        if self._likened(j, end):
            return True
        placed = (
            lattice.lower(j) in ("in", "at", "on")
            and lattice.lower(j + 1) in ("the", "each", "both")
            and not lattice.lower(j - 1).endswith("s")
        )
        return (
            placed
            and 2 < end - j <= _MOST_OF_A_PLACE
            and any(m.j == end for k in inside for m in lattice.of(k, "groups", "grp", "elem", "fam"))
        )

    def tailed(self, i: int, j: int) -> bool:
        """Whether what follows up to the next sign only says more of the noun before it: 'ester | of oleic acid', 'amine | hindered by a tert-butyl'."""
        lattice, end = self.lattice, j
        while end < self.end and not self.sign(end):
            end += 1
        word, said = lattice.lower(j), self.said(j)
        if lattice.has(i, "prop") or any(lattice.has(k, "cmp", "prop") for k in range(j, end)):
            return False  # 'donors | of at most 3 K'
        if end - j < 2 or lattice.lower(end) in ("?", ":", "(") or self._turned(range(j + 1, end)) or lattice.has(j + 1, "num"):
            return False
        if any(lattice.has(k, "or", "necessity", "necessity_after", "kept_after", "positive_after") for k in range(j + 1, end)):
            return False
        apposed = i > 0 and lattice.lower(i - 1) == ":"
        return (
            said
            or word in ("of", "from")
            or (apposed and word in ("for", "as"))
            or " ".join(lattice.lower(k) for k in range(j, j + 3)) in _MANNERS
        )

    def said(self, j: int) -> bool:
        """Whether a participle at piece ``j`` says more of the group that ends there: 'an oxime ester | releasing an amine'."""
        if not 0 < j < self.end or not self.lattice.lower(j).endswith(("ing", "ed", "lt", "wn")):
            return False
        named = any(m.j == j and m.kind in ("grp", "derived", "groups") for k in range(max(0, j - 8), j) for m in self.lattice.at[k])
        return named and (said_behind(self.lattice, j) or giving(self.lattice, j))

    def _turned(self, inside: range) -> bool:
        """Whether a word among pieces says of a wish that it is one only, or turns it."""
        turning = ("soft", "soft_after", "permission", "permission_after", "negation", "negation_after", "condition", "exception")
        return any(self.lattice.has(k, *turning) for k in inside)

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
        before, after = self.lattice.pieces[i - 1], self.lattice.pieces[i + 1]
        counts = after.text[0].isdigit() and not (
            len(before.text) > 2 and before.text.isalpha() and not self.lattice.has(i - 1, "prop", "cmp", "unit", "link")
        )
        return not self.lattice.pieces[i].glued and not after.glued and not counts  # 'TPSA 60 - 90', but 'ink - 3 hydroxyls'

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
        if i in self._in_numbers:
            return False  # 'three hundred | and fifty'
        if self.lattice.has(i, "request") and self.lattice.lower(i) in (
            "i",
            "we",
            "find",
            "design",
            "suggest",
            "give",
            "propose",
            "calls",
            "asks",
            "seeks",
            "demands",
            "cries",
        ):
            return True
        if self.said(i) or (self.lattice.lower(i) == "such" and self.lattice.lower(i + 1) == "as"):
            return True
        after = [m for m in self.lattice.of(i, "after") if self.lattice.lower(m.j) != "than"]  # not 'and not more than one chlorine'
        if not self._number_ends(i):
            after = []  # 'an amide and lower logP'
        if self.lattice.lower(i) == "plus" and (self.lattice.lower(i + 1) in ("a", "an") or not self._number_ends(i)):
            after = []  # 'two methacrylates plus a urethane'
        return self.lattice.has(i, *STARTERS) and not (after and self.lattice.has(i, "or", "and"))

    def _number_ends(self, i: int) -> bool:
        """Whether a number, or its unit, ends before piece ``i``."""
        return any(m.j == i and m.kind in ("num", "unit", "temperature") for k in range(max(0, i - 6), i) for m in self.lattice.at[k])

    def inside_compound(self, i: int, j: int) -> bool:
        """Whether pieces ``i`` to ``j`` are a part of a hyphenated word only."""
        return self.lattice.hyphen(j) or self.lattice.hyphen(i - 1)

    def item(self, i: int, j: int) -> bool:
        """Whether pieces ``i`` to ``j`` are an item of a terse list: 'phenol yes, amide no'."""
        before = i == 0 or self.sign(i - 1) or self.lattice.has(i - 1, "and", "but")
        return before and (j >= self.end or self.sign(j) or self.lattice.has(j, "and", "but"))

    def places(self, j: int) -> list[int]:
        """Behind words that say of what all this is said: 'in the dye', 'of this component', 'from our recipe'."""
        if self.lattice.lower(j) not in _PLACING:
            return []
        k = j + (2 if self.lattice.lower(j) == "out" and self.lattice.lower(j + 1) == "of" else 1)
        if self.lattice.lower(k) in ("it", "them", "there"):
            return [k + 1]
        if self.lattice.lower(k) not in _DETERMINERS:
            return []
        ends = [m.j for m in self.lattice.of(k + 1, "fam", "role")] + ([k + 2] if self.lattice.lower(k + 1) in _WHOLES else [])
        return [j + (self.lattice.lower(j) in ("itself", "themselves", "proper")) for j in ends]

    def past(self, j: int) -> int:
        """Behind words that say nothing."""
        for k in reversed(self.matcher.starts(j)):
            if self.boundary(k) and k >= j:
                return k
        return j
