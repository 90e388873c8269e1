"""Reading items: skipping filler words, and the comparison ("at most 3", "between 300 and 400 Da", "below that of aspirin")."""

from __future__ import annotations

from agent.interpreter.scanner import Item
from agent.interpreter.statements import Findings, Limit, Ref
from core.errors import GoalError

_INVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
#: Meanings that make an item more than a filler word.
STRONG = frozenset(
    [
        "num",
        "cmp",
        "prop",
        "grp",
        "elem",
        "elems",
        "cmpd",
        "smiles",
        "rule",
        "fam",
        "pair",
        "vague",
        "unchk",
        "negation",
        "maximise",
        "minimise",
        "similar",
        "dissimilar",
        "similarity",
        "keep",
        "stable",
        "absorbing",
        "formula",
        "superlative_up",
        "superlative_down",
        "adjective_up",
        "adjective_down",
        "adjective_good",
        "adjective_bad",
        "comparative_up",
        "comparative_down",
        "comparative_good",
        "comparative_bad",
        "soft",
        "sep",
        "but",
        "possible_up",
        "possible_down",
        "between",
    ]
)


class Cursor:
    """The items of a goal with helpers to read them; grammar rules move an index over it."""

    def __init__(self, text: str, items: list[Item]) -> None:
        self.text = text
        self.items = items
        self.found = Findings()
        self.soft = False

    def has(self, i: int, *kinds: str) -> bool:
        """Whether item ``i`` exists and can mean one of ``kinds``."""
        return 0 <= i < len(self.items) and any(kind in self.items[i].m for kind in kinds)

    def get(self, i: int, kind: str) -> object:
        """Value of the meaning ``kind`` of item ``i``."""
        return self.items[i].m[kind]

    def text_of(self, i: int) -> str:
        """Item ``i`` in lower case, or ''."""
        return self.items[i].text.lower() if 0 <= i < len(self.items) else ""

    def filler(self, i: int) -> bool:
        """Whether item ``i`` carries no meaning of its own here."""
        return self.has(i, "filler", "paren") and not (set(self.items[i].m) & (STRONG - {"cmp"}))

    def skip(self, i: int, most: int = 8) -> int:
        """Index of the next item at or after ``i`` that is no filler word."""
        for _ in range(most):
            if not self.filler(i):
                break
            i += 1
        return i

    def skip_nouns(self, i: int) -> int:
        """Index after 'atoms', 'groups', 'rings' and the like."""
        while self.has(i, "groups", "atoms"):
            i += 1
        return i

    def phrase(self, i: int, j: int) -> str:
        """The words of items ``i`` to ``j`` (exclusive), without filler words and signs at the ends."""
        j = min(j, len(self.items))
        while i < j - 1 and self.filler(i):
            i += 1
        while j - 1 > i and (
            self.filler(j - 1) or self.has(j - 1, "sep", "but") or (self.has(j - 1, "and") and not self.has(j - 1, "num"))
        ):
            j -= 1
        return self.text[self.items[i].start : self.items[j - 1].end].strip() if i < j else ""

    def unchecked(self, i: int, j: int, reason: str) -> None:
        """List items ``i`` to ``j`` (exclusive) as unchecked."""
        self.found.unchecked.append((self.phrase(i, j), reason))

    # ---- structures

    def reference(self, i: int) -> tuple[Ref, int] | None:
        """A structure at ``i``: SMILES, compound name, or 'the parent'; filler words before it are skipped."""
        j = self.skip(i, 4)
        if self.has(j, "that_of"):
            j = self.skip(j + 1, 3)
        if self.has(j, "keep_reference", "reference"):
            return Ref(name="the parent"), j + 1
        if self.has(j, "smiles"):
            return Ref(smiles=str(self.get(j, "smiles"))), j + 1
        if self.has(j, "cmpd"):
            name, smiles = self.items[j].m["cmpd"]
            return Ref(name=name, smiles=smiles), j + 1
        return None

    # ---- numbers and comparisons

    def number(self, i: int) -> tuple[float, str, int] | None:
        """(value, unit or '', next index) of a number at ``i``."""
        if not self.has(i, "num"):
            return None
        value = float(self.items[i].m["num"])
        j = i + 1
        if self.has(j, "dash") and self.has(j + 1, "unit"):
            j += 1
        if self.has(j, "unit") and not self._element_not_unit(j):
            return value, str(self.get(j, "unit")), j + 1
        return value, "", i + 1

    def _element_not_unit(self, j: int) -> bool:
        """Whether a letter after a number is an element ('8 C, 1 N', '2 F atoms'), not a unit."""
        if not self.has(j, "elem"):
            return False
        if self.has(j + 1, "atoms"):
            return True
        k = j + 1
        while self.has(k, "sep", "and"):
            k += 1
        return k > j + 1 and self.has(k, "num") and self.has(k + 1, "elem")

    def limit(self, i: int) -> tuple[Limit, int] | None:
        """A comparison at ``i`` with the index after it, or None."""
        if self.has(i, "negation") and self.has(i + 1, "cmp"):
            inner = self.limit(i + 1)
            if inner is not None and inner[0].operator in _INVERSE:
                found = inner[0]
                return Limit(_INVERSE[found.operator], found.low, found.high, found.unit, found.ref), inner[1]
        if self.has(i, "between") and (window := self._between(i)):
            return window
        if self.has(i, "cmp"):
            return self._compared(i)
        return self._bare(i)

    def _between(self, i: int) -> tuple[Limit, int] | None:
        first = self.number(self.skip(i + 1, 3))
        if first is None:
            return None
        j = first[2]
        if self.text_of(i) == "within" and self.has(self.skip(j), "num") and "of" in self.text_of(j):
            centre = self.number(self.skip(j))
            assert centre is not None
            return self._window(centre[0] - first[0], centre[0] + first[0], centre[1] or first[1], i, centre[2])
        while self.has(j, "to", "and", "dash") and not self.has(j, "num"):
            j += 1
        second = self.number(self.skip(j, 2))
        if second is None or j == first[2]:
            return None
        return self._window(first[0], second[0], second[1] or first[1], i, second[2], first[1])

    def _window(self, low: float, high: float, unit: str, i: int, j: int, first_unit: str = "") -> tuple[Limit, int]:
        if first_unit and unit and first_unit != unit:
            raise GoalError(f"the two ends have different units, {first_unit} and {unit}", phrase=self.phrase(i, j))
        if low > high:
            raise GoalError("the window is empty: its lower end is above its upper end", phrase=self.phrase(i, j))
        return Limit("between", low, high, unit), j

    def _compared(self, i: int) -> tuple[Limit, int] | None:
        operator, j = str(self.get(i, "cmp")), i + 1
        while True:
            k = self.skip(j, 3)
            if self.has(k, "cmp") and not self.has(k, "num"):
                operator = str(self.get(k, "cmp")) if operator in ("~", "==") else operator
                j = k + 1
                continue
            break
        first = self.number(k)
        if first is None and self.text_of(i) in ("single", "a single"):
            return Limit("==", low=1.0), i + 1
        if first is None:
            reference = self.reference(j)
            if reference is not None and operator in ("<", "<=", ">", ">=", "better", "worse"):
                return Limit(operator, ref=reference[0]), reference[1]
            return None
        value, unit, j = first
        if operator in ("~", "=="):
            ranged = self._range_after(value, unit, i, j)
            if ranged is not None:
                return ranged
        if operator in ("~", "==") and self.has(j, "after"):
            operator, j = str(self.get(j, "after")), j + 1
        return Limit(operator, low=value, unit=unit), j

    def _range_after(self, value: float, unit: str, i: int, j: int) -> tuple[Limit, int] | None:
        signed = j + 1 if self.has(j, "paren") and self.has(j + 1, "plusminus") else j
        if self.has(signed, "plusminus"):
            margin = self.number(signed + 1)
            if margin is not None:
                return self._window(value - margin[0], value + margin[0], unit or margin[1], i, margin[2])
        if self.has(j, "to") and self.has(j + 1, "num"):
            second = self.number(j + 1)
            assert second is not None
            if second[0] < value and self.has(j, "dash") is False and self.text_of(j) == "up to":
                return None
            return self._window(value, second[0], second[1] or unit, i, second[2], unit)
        if self.has(j, "or") and not self.has(j, "sep") and self.has(j + 1, "num"):
            second = self.number(j + 1)
            assert second is not None
            if second[0] == value + 1:
                return self._window(value, second[0], second[1] or unit, i, second[2], unit)
        return None

    def _bare(self, i: int) -> tuple[Limit, int] | None:
        first = self.number(i)
        if first is None:
            return None
        value, unit, j = first
        ranged = self._range_after(value, unit, i, j)
        if ranged is not None:
            return ranged
        if self.has(i, "plus"):
            return Limit(">=", low=value, unit=unit), j
        k = j + 1 if self.has(j, "sep") and self.has(j + 1, "after") and self.text_of(j + 1).startswith("or ") else j
        if self.has(k, "after"):
            return Limit(str(self.get(k, "after")), low=value, unit=unit), k + 1
        return Limit("bare", low=value, unit=unit), j
