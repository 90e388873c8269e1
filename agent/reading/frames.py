"""What stands before and behind a content, and whether the clause asks for it, denies it, wishes for it or merely permits it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from agent.reading.boundaries import Boundaries
from agent.reading.mentions import Mention
from agent.reading.stance import Stance

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
    "groups",
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
    "placed_after",
    "approval",
)
#: Openers that can hold a whole compound as a part ('containing caffeine', not 'with water').
_HOLDING = ("contain", "bear", "incorporat", "featur", "possess", "compris", "includ")
#: Openers that may say as well what the thing takes up, carries away or works on.
_TRANSPORTING = (
    "carr",
    "hold",
    "bring",
    "host",
    "hous",
    "harb",
    "us",
    "employ",
    "exploit",
    "need",
    "requir",
    "attach",
    "link",
    "join",
    "pair",
    "own",
)
#: Verbs that make a sentence of what stands behind them, so that 'would be great' behind that speaks of the whole thing.
_TELLING = frozenset(["has", "contains", "bears", "carries", "includes", "possesses", "features", "comprises", "incorporates", "holds"])
#: Words of a wish that may stand between a verb and what it says: 'should preferably be avoided'.
_ADVERBS = frozenset(["preferably", "ideally", "if possible", "where possible"])
_MOST_BEFORE = 9
#: With what an obligation begins that, where it is denied, leaves the choice.
_OBLIGATIONS = frozenset(["need", "needs", "have", "has", "required"])
#: Nouns for what whole compounds are on or in: 'an ester that is not on my list' may be an ester all the same.
_OUTSIDE = frozenset(["list", "lists", "set", "sets"])
#: A place of which something is said not to be there.
PLACED = "place_after"
#: What the one-word endings of terse items stand for, and a place.
_TERSE = {"terse_no": "negation_after", "terse_yes": "positive_after", PLACED: "positive_after"}
#: Verbs that the thing designed may do to something else, in the third person, as a participle or behind 'to'.
_REMOVING = (
    "exclud",
    "eliminat",
    "reject",
    "remov",
    "banish",
    "get",
    "block",
    "discard",
    "dispos",
    "strip",
    "delet",
    "refus",
    "shun",
    "ban",
    "bar",
)
#: Negations that deny what stands behind them, whatever is allowed of it: 'no ester tolerated', 'neither a ketone nor an amide allowed'.
_DETERMINERS = frozenset(
    [
        "no",
        "neither",
        "none of",
        "not a single",
        "not one",
        "none of the",
        "absolutely no",
        "strictly no",
        "zero",
        "not a",
        "not any",
        "no kind of",
        "no sort of",
        "no type of",
        "nothing",
        "nor",
    ]
)
#: Words of permission that a negation before the noun turns to a prohibition.
_ALLOWANCES = frozenset(
    [
        "allowed",
        "permitted",
        "permissible",
        "acceptable",
        "accepted",
        "tolerated",
        "tolerable",
        "admissible",
        "allowable",
        "desired",
        "wished",
        "wished for",
        "welcome",
        "considered",
        "come into question",
        "comes into question",
    ]
)
#: Nouns behind '-free' that name the thing designed once more: 'the chlorine-free version'.
_VERSIONS = frozenset(["version", "versions", "variant", "variants", "form", "forms", "grade", "option", "design", "one", "ones", "edition", "structure", "molecule", "backbone", "scaffold"])  # fmt: skip
#: Why a permission asks for nothing.
PERMISSION = "a permission asks for nothing"


@dataclass(frozen=True)
class Opening:
    """What stands before a content. ``part``: its subject is a part of the thing; ``told``: a verb says it of the thing."""

    at: int
    negations: int = 0
    strong: bool = False
    weak: bool = False
    soft: bool = False
    permitted: bool = False
    keep: bool = False
    subject: bool = False
    holding: bool = False
    transporting: bool = False
    removing: bool = False
    denied_subject: bool = False
    named: bool = False
    necessary: bool = False
    determined: bool = False
    part: bool = False
    told: bool = False
    absence: bool = False
    words: int = 0


@dataclass(frozen=True)
class Ending:
    """What stands behind a content."""

    at: int
    kinds: tuple[str, ...] = field(default=())
    words: int = 0

    @property
    def terse(self) -> bool:
        """Whether it is one that only items of terse lists have: 'amide no'."""
        return bool(self.kinds) and self.kinds[-1].startswith("terse")


class Frames(Boundaries):
    """Reads what stands around the contents of one goal."""

    def openings(self, i: int) -> list[Opening]:
        """Every way to read words from ``i`` as what stands before a content."""
        found: dict[Opening, None] = {Opening(i): None}
        todo = [Opening(i)]
        while todo:
            here = todo.pop(0)
            if here.words >= _MOST_BEFORE:
                continue
            starts = self.matcher.starts(here.at)
            answered = self.lattice.has(here.at + 1, "request", "subject")  # 'No: we want ...'
            if here.words and self.lattice.lower(here.at) == ":" and not answered and (here.negations or here.strong or here.necessary):
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

    def _after_opening(self, here: Opening, kind: str, j: int, start: int) -> Opening | None:
        nxt = replace(here, at=j, words=here.words + 1)
        if kind == "negation":
            if self.lattice.lower(start) == "nor" and here.negations:
                return None
            if self._not_needed(start, j):
                return replace(nxt, permitted=True)
            determined = self.lattice.text(start, j).lower() in _DETERMINERS
            removing = self.lattice.lower(start).startswith(_REMOVING) and self.lattice.lower(start).endswith(("s", "ing"))
            removing = removing or (self.lattice.lower(start).startswith(_REMOVING) and self.lattice.lower(start - 1) == "to")
            absence = here.absence or self.lattice.lower(start) in ("absence", "freedom")
            return replace(nxt, negations=here.negations + 1, determined=determined, removing=here.removing or removing, absence=absence)
        if kind in ("open", "request") and here.negations and self._not_needed(start, j):
            return replace(nxt, negations=here.negations - 1, permitted=True)
        if kind == "same":
            return replace(nxt, negations=here.negations + 1) if not here.words else None
        if kind == "open":
            word = self.lattice.lower(start)
            transporting = here.transporting or word.startswith(_TRANSPORTING)
            told = here.told or word in _TELLING
            return replace(nxt, strong=True, told=told, holding=here.holding or word.startswith(_HOLDING), transporting=transporting)
        if kind == "request" and (asked := {"need", "want", "like", "needs", "wants"} & set(self.lattice.text(start, j).lower().split())):
            return replace(nxt, strong=True, transporting=here.transporting or not asked.isdisjoint(("need", "needs")))
        if kind == "open_weak":
            return replace(nxt, weak=True)
        if kind == "soft":
            return None if self._targeted(start, j) else replace(nxt, soft=True)
        if kind == "permission":
            return replace(nxt, permitted=True)
        if kind == "keep":
            return replace(nxt, keep=True)
        if kind in ("fam", "role"):
            part = self.lattice.lower(start) in ("core", "cores") and any(m.j == j for m in self.lattice.of(start, "groups"))
            return None if part else self._subject(here, nxt, j)  # 'the core must ...'
        if kind == "groups":
            told = self.lattice.has(j, "necessity", "negation", "open")
            return replace(nxt, part=True, subject=True) if told and not here.words else None
        if kind == "subject":
            return replace(nxt, subject=here.subject or self.lattice.text(start, j).lower() not in ("i", "we", "you", "it"))
        if kind == "necessity" and here.negations and self.lattice.lower(start - 1) == "not" and self.lattice.lower(start) in _OBLIGATIONS:
            return replace(nxt, negations=here.negations - 1, permitted=True)  # 'does not have to contain'
        return replace(nxt, necessary=here.necessary or kind == "necessity")

    def _targeted(self, start: int, j: int) -> bool:
        """Whether 'target' is a noun with words about it, or a purpose, and wishes for nothing: 'a PPI target with logD 1 to 3', 'for targeting'."""
        if not self.lattice.lower(start).startswith("target"):
            return False
        return self.lattice.lower(start - 1) == "for" or self.lattice.has(j, "relative") or self.lattice.lower(j) in ("with", "having", "w")

    def _not_needed(self, start: int, j: int) -> bool:
        """Whether a negation denies only that something is needed: 'need not contain', 'do not need to contain'."""
        if self.lattice.lower(start) == "not" and j == start + 1:
            return self.lattice.lower(start - 1) in ("need", "needs")
        needing = self.lattice.text(start, j).lower().split()
        asked = [w for w in needing if w not in ("i", "we", "you", "they", "it")]
        told = {self.lattice.lower(k) for k in range(max(0, start - 2), start)}
        if asked and asked[0] in ("need", "require") and len(asked) == 1 and told & {"do", "does"} and not told & {"not"}:
            return True  # 'neither do we need esters'
        if self.lattice.lower(start) in ("need", "needs", "require", "requires") and j == start + 1 and self.lattice.lower(j) != "to":
            return self.lattice.lower(start - 1) == "not"
        end = j if self.lattice.lower(j) == "to" else j - 1
        return self.lattice.lower(end) == "to" and self.lattice.lower(end - 1) in ("need", "have")

    def _subject(self, here: Opening, nxt: Opening, j: int) -> Opening | None:
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

    def endings(self, j: int) -> list[Ending]:
        """Every way to read words from ``j`` as what stands behind a content."""
        found = [Ending(j)]
        todo = [Ending(j)]
        while todo:
            here = todo.pop(0)
            if here.words >= 6:
                continue
            for start in self.matcher.starts(here.at):
                for m in self.lattice.of(start, *_AFTER):
                    text = self.lattice.text(m.i, m.j).lower()
                    if m.kind == "soft_after" and here.words and text not in _ADVERBS:
                        continue
                    if m.kind == "negation_after" and self._absent_elsewhere(m):
                        continue
                    given = m.kind == "permission_after" and text in _ALLOWANCES
                    end = self._named_again(m) if m.kind in ("free", "containing_suffix") else m.j
                    nxt = Ending(end, (*here.kinds, "permission_given" if given else m.kind), here.words + 1)
                    if nxt not in found:
                        found.append(nxt)
                        todo.append(nxt)
        told = [
            Ending(m.j, (_TERSE.get(m.kind, m.kind),), 1)
            for m in self.lattice.of(
                j + 1, "terse_no", "terse_yes", *(("negation_after", "necessity_after") if self.lattice.lower(j) == ":" else ())
            )
            if self._told(j, m)
        ]  # 'an ester? no'
        told += [
            Ending(place, (*e.kinds, PLACED), e.words + 1)
            for e in found
            if e.kinds and e.kinds[-1] in ("necessity", "negation") and e.words < 4
            for place in self.places(self.matcher.starts(e.at)[-1])
            if self.lattice.lower(place - 1) not in _OUTSIDE
        ]
        return [e for e in found if not e.kinds or e.kinds[-1] not in ("negation", "necessity", "permission")] + told

    def _absent_elsewhere(self, m: Mention) -> bool:
        """Whether what is absent is so from a list or a place, and not from the thing: 'an ester absent | from the SVHC list'."""
        end = m.j + (self.lattice.lower(m.j) == "from")
        if self.lattice.lower(m.j - 1) not in ("absent", "missing") and self.lattice.lower(m.j - 2) not in ("absent", "missing"):
            return False
        of_it = {"it", "molecule", "structure", "compound", "backbone", "product", "polymer", "design", "candidate"}
        return self.lattice.lower(end - 1) == "from" and of_it.isdisjoint(self.lattice.lower(k) for k in range(end, end + 3))

    def _named_again(self, free: Mention) -> int:
        """The piece behind the noun for the thing designed that follows '-free': 'the chlorine-free version', 'oxime-free adhesive additive'."""
        if self.lattice.lower(free.j) in _VERSIONS:
            return free.j + 1
        end = free.j
        while any(not self.lattice.hyphen(m.j) for m in self.lattice.of(end, "role", "neutral", "candidates")):
            end = next(m.j for m in self.lattice.of(end, "role", "neutral", "candidates") if not self.lattice.hyphen(m.j))
        return end if any(m.j == end for k in range(free.j, end) for m in self.lattice.of(k, "role", "candidates")) else free.j

    def _told(self, j: int, answer: Mention) -> bool:
        """Whether ``answer``, behind the sign at ``j``, decides on what stands before it: 'an ester? no', 'amide, yes; amine, no', 'rings: skip'."""
        if answer.j < self.end and not self.sign(answer.j):
            return False
        plain = self.lattice.text(answer.i, answer.j).lower() in ("no", "yes")
        labelled = self.lattice.lower(j) in ("?", ":") or self.dash(j)
        return labelled or (self.lattice.lower(j) == "," and plain and self.lattice.lower(answer.j) != ",")


def stance_of(opening: Opening, ending: Ending) -> Stance | str | None:
    """Whether the clause asks for its content or denies it; the reason if it does neither; None if its words do not go together."""
    kinds = [_TERSE.get(kind, kind) for kind in ending.kinds if kind != "approval" and not (kind == "soft_after" and opening.told)]
    soft = opening.soft or "soft_after" in kinds
    negations = opening.negations
    tail = [k for k in kinds if k not in ("necessity", "soft_after", "negation", "permission")]
    if len(tail) > 1 or ("negation" in kinds and not tail):
        return None
    if "placed_after" in kinds:
        if negations or len(tail) > 1:
            return "where a part stands cannot be checked"
        kinds = tail = ["positive_after"]
    inner = kinds.count("negation")
    last = tail[0] if tail else ""
    permitted = opening.permitted and not negations
    if last in ("negation_after", "free"):
        negations += 1 + inner
    elif last == "necessity_after" and inner:
        return "what is not required asks for nothing"
    elif "permission" in kinds and not inner and negations == 1 and opening.determined and not opening.permitted and not soft:
        return Stance(denied=True, soft=False, framed=True, disallowed=True)  # 'no ester may be present'
    elif last == "permission_given" and not inner and negations == 1 and opening.determined and not opening.permitted:
        return (
            Stance(denied=True, soft=False, framed=True, disallowed=True)
            if not soft
            else "a wish to avoid something is not scored; state it as a requirement"
        )
    elif last.startswith("permission"):
        if not inner:
            return PERMISSION if not negations else "a negation and a permission: it is not clear which holds"
        negations += inner
    else:
        negations += inner
    if "permission" in kinds and not inner:
        return PERMISSION
    if permitted:
        return PERMISSION
    if opening.negations == 1 and opening.absence and last == "necessity_after" and not inner:
        return Stance(denied=True, soft=soft, framed=True)  # 'the absence of esters is essential'
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
        transporting=opening.transporting,
        removing=opening.removing,
        late=bool(last) and not opening.negations,
        free=last == "free",
        suffixed=last == "containing_suffix",
    )
