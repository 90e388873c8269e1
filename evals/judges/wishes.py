"""Hold a spec against the wishes of its sentence: which were read rightly, which are unread, inverted or invented.

The format of the expectations is described in ``evals/data/interpreter/fresh/README.md``. The judge imports no code that it judges.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from core.spec import DesignSpec
from evals.judges.wish_atoms import Atom, atoms_of, expected_atoms, objective_atom, one_spelling

#: Numbers are equal to this part of them.
_CLOSE = 6e-3
_HALOGENS = ("F", "Cl", "Br", "I")


@dataclass
class Verdict:
    """What was found for one sentence. ``wishes`` counts those of the sentence, ``right`` those read as expected."""

    wishes: int = 0
    right: int = 0
    losses: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    inverted: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    @property
    def spec_right(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.losses or self.dropped or self.inverted or self.invented or self.fields)


#: The words of a requirement, who stated it, and what it asks for.
Entry = tuple[str, str, Atom]


def judge_wishes(expected: dict[str, Any], spec: DesignSpec) -> Verdict:
    """How ``spec`` stands to the wishes of the sentence ``expected``."""
    verdict = Verdict()
    _judge_fields(expected, spec, verdict)
    found: list[Entry] = [(r.phrase, r.origin, atom) for r in spec.requirements if r.origin != "class" for atom in atoms_of(r, spec)]
    found += [(o.phrase, o.origin, objective_atom(o)) for o in spec.objectives if o.origin != "assumption"]
    left = list(found)
    given: list[Entry] = [(r.phrase, "class", atom) for r in spec.requirements if r.origin == "class" for atom in atoms_of(r, spec)]
    wishes = expected.get("wish", [])
    verdict.wishes = len(wishes)
    met: list[str] = []
    pending: list[dict[str, Any]] = []
    for wish in sorted(wishes, key=_vague_too):
        used = _used(wish, left)
        if used is not None:
            left = [entry for entry in left if entry not in used]
        elif _used(wish, found + given) is None and not any(
            a.phrase and _overlap(a.phrase, wish["words"]) and "adds no threshold" in a.text for a in spec.assumptions
        ):
            pending.append(wish)
            continue
        met.append(wish["words"])
        verdict.right += 1
    for wish in pending:
        _judge_unread(wish, spec, left, verdict)
    opposite = _opposites(wishes)
    for phrase, origin, atom in left:
        if origin == "assumption" and any(_overlap(phrase, words) for words in met):
            continue
        if _implied(atom, found) or any(
            _overlap(phrase, wish["words"]) and _alternative(atom, wish) for wish in wishes if wish not in pending
        ):
            continue
        said = f"{atom.about} {atom.sense} {'' if atom.value is None else f'{atom.value:g}'} (from: {phrase!r})"
        (verdict.inverted if (atom.about, atom.sense) in opposite else verdict.invented).append(said)
    return verdict


def _judge_fields(expected: dict[str, Any], spec: DesignSpec, verdict: Verdict) -> None:
    classes, families = expected.get("class", ["molecule"]), expected.get("family", [""])
    if spec.candidate_class not in ([classes] if isinstance(classes, str) else classes):
        verdict.fields.append(f"class: expected {classes}, got {spec.candidate_class}")
    if spec.family not in ([families] if isinstance(families, str) else families):
        verdict.fields.append(f"family: expected {families}, got {spec.family!r}")
    if expected.get("candidates", 10) != spec.candidates and not spec.exhaustive:
        verdict.fields.append(f"candidates: expected {expected.get('candidates', 10)}, got {spec.candidates}")


def _vague_too(wish: dict[str, Any]) -> bool:
    """Whether a wish can be met by any number in a direction: such a wish leaves the numbers to those that state them."""
    return any(atom.sense.startswith("vague") or (atom.value is None and atom.sense in ("low", "high")) for atom in _alternatives(wish))


def _alternatives(wish: dict[str, Any]) -> list[Atom]:
    texts = [text for alternative in wish["right"] for text in ([alternative] if isinstance(alternative, str) else alternative)]
    return [atom for text in texts if text != "unread" for atom in expected_atoms(text)]


def _alternative(atom: Atom, wish: dict[str, Any]) -> bool:
    """Whether ``atom`` is one of the alternatives of a wish that is met already by another of them: 'no benzene ring' beside no aromatic ring."""
    same = [a for a in _alternatives(wish) if (a.about, a.sense) == (atom.about, atom.sense)]
    return any(a.value is None or (atom.value is not None and _close(a.value, atom.value)) for a in same)


def _implied(atom: Atom, found: list[Entry]) -> bool:
    """Whether a part is asked for that another requirement counts: 'a methacrylate' beside 'at least two methacrylates'."""
    name = atom.about.removeprefix("part:")
    counted = (f"count:group:{name}", f"count:element:{name}".lower())
    return atom.sense == "present" and any(
        one_spelling(a.about) in counted and a.sense == "low" and (a.value or 0) >= 1 for _, _, a in found
    )


def _used(wish: dict[str, Any], left: list[Entry]) -> list[Entry] | None:
    """The entries that meet an alternative of the wish, of the one that explains most of them; None if none is met."""
    best: list[Entry] | None = None
    for alternative in wish["right"]:
        texts = [alternative] if isinstance(alternative, str) else alternative
        if "unread" in texts:
            continue
        used: list[Entry] = []
        complete = True
        for atom in (a for text in texts for a in expected_atoms(text)):
            matched = _matching(atom, [e for e in left if e not in used])
            complete = complete and bool(matched)
            used += matched
        if complete and (best is None or len(used) > len(best)):
            best = used
    return best if best is not None else _either(wish, left)


def _either(wish: dict[str, Any], left: list[Entry]) -> list[Entry] | None:
    """The entry that asks for one of several parts, each of which is an alternative of the wish: 'crown ether or calixarene'."""
    alternatives = {atom.about.removeprefix("part:") for atom in _alternatives(wish) if atom.sense == "present"}
    for entry in left:
        names = set(entry[2].about.removeprefix("part:").split(" or "))
        if entry[2].sense == "present" and len(names) > 1 and names <= alternatives and _overlap(entry[0], wish["words"]):
            return [entry]
    return None


def _matching(atom: Atom, left: list[Entry]) -> list[Entry]:
    """The entries that are what ``atom`` expects: one, or two for a window around a number."""
    same = [e for e in left if e[2].about == atom.about]
    if atom.sense in ("vague up", "vague down"):
        return _vaguely(atom, same)
    if atom.sense == "near":
        return _near(atom, same)
    for entry in same:
        one = entry[2]
        if one.sense != atom.sense:
            continue
        if atom.value is None or (one.value is not None and _close(one.value, atom.value)):
            return [entry]
    return []


def _vaguely(atom: Atom, same: list[Entry]) -> list[Entry]:
    up = atom.sense == "vague up"
    senses = ("low", "maximise") if up else ("high", "minimise")
    return [e for e in same if e[2].sense in senses][:1] or [e for e in same if e[2].sense == "at" or e[2].sense == "target"][:1]


def _near(atom: Atom, same: list[Entry]) -> list[Entry]:
    assert atom.value is not None
    for entry in same:
        if entry[2].sense == "target" and entry[2].value is not None and _close(entry[2].value, atom.value):
            return [entry]
    lows = [e for e in same if e[2].sense == "low"]
    highs = [e for e in same if e[2].sense == "high"]
    for low in lows:
        for high in highs:
            if low[0] == high[0] and low[2].value is not None and high[2].value is not None and low[2].value <= atom.value <= high[2].value:
                return [low, high]
    return []


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=_CLOSE, abs_tol=1e-6)


def _judge_unread(wish: dict[str, Any], spec: DesignSpec, left: list[Entry], verdict: Verdict) -> None:
    """A wish that nothing meets: right if it may be unread and is listed, or names the thing designed; else a loss; dropped if it is not even listed."""
    listed = any(_overlap(u.phrase, wish["words"]) for u in spec.unchecked)
    may = any(a == "unread" for a in wish["right"])
    computed = any(_overlap(phrase, wish["words"], most=True) for phrase, _, _ in left)
    if may and not computed and (listed or _names_the_thing(wish["words"], spec)):
        verdict.right += 1
    elif computed:
        verdict.losses.append(f"{wish['words']!r}: read as something else")
    elif not listed:
        verdict.dropped.append(f"{wish['words']!r}: neither read nor listed")
    else:
        verdict.losses.append(f"{wish['words']!r}: unread")


def _names_the_thing(words: str, spec: DesignSpec) -> bool:
    """Whether every word of weight stands in the noun of the thing designed, which became the class or the family: such words are not lost."""
    named = {w for span in spec.reading if span.role == "head" for w in _words(span.text)}
    return bool(_words(words)) and _words(words) <= named


_LITTLE = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "and",
        "or",
        "with",
        "for",
        "to",
        "in",
        "at",
        "by",
        "is",
        "are",
        "be",
        "that",
        "which",
        "it",
        "no",
        "not",
        "from",
        "on",
        "as",
        "than",
        "any",
    ]
)


def _words(text: str) -> set[str]:
    return {w for w in re.findall(r"[^\W_]+", text.lower()) if w not in _LITTLE}


def _overlap(phrase: str, words: str, *, most: bool = False) -> bool:
    """Whether two pieces of a sentence share a word of weight; with ``most``, more than half of the smaller one."""
    a, b = _words(phrase), _words(words)
    shared = a & b
    return len(shared) * 2 > min(len(a), len(b)) if most else bool(shared) or (phrase.lower() in words.lower() and bool(phrase))


_TURNED = {"present": "absent", "absent": "present", "low": "high", "high": "low", "maximise": "minimise", "minimise": "maximise"}


def _opposites(wishes: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """(about, sense) of everything that would be the reverse of a wish."""
    found: set[tuple[str, str]] = set()
    for wish in wishes:
        for alternative in wish["right"]:
            for text in [alternative] if isinstance(alternative, str) else alternative:
                if text != "unread":
                    for atom in expected_atoms(text):
                        sense = {"vague up": "low", "vague down": "high"}.get(atom.sense, atom.sense)
                        if sense in _TURNED:
                            found.add((atom.about, _TURNED[sense]))
    wanted = {
        (a.about, a.sense)
        for w in wishes
        for alt in w["right"]
        for t in ([alt] if isinstance(alt, str) else alt)
        if t != "unread"
        for a in expected_atoms(t)
    }
    return found - wanted
