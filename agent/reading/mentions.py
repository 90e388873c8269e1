"""Find everything that the pieces of a goal can mean: a lattice of mentions, each with its span and kind.

Pieces are runs of letters (with digits inside), runs of digits, and signs. A mention covers one or more of them: a number, a unit behind
a number, a structure, an element, or a known phrase. Mentions may overlap; the patterns decide which are used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from agent.reading.asides import mark_asides
from agent.reading.lexicon import SYMBOLS, Lexicon, first_piece, lexicon
from agent.reading.locants import mark_locants
from agent.reading.marked import LEFT_OUT, mark_words
from agent.reading.modifiers import mark_beside
from agent.reading.normalise import JOINT, as_written
from agent.reading.number_words import number_mentions
from agent.reading.origins import mark_origins
from agent.reading.polymer_names import mark_polymers
from agent.reading.preambles import ANSWER, PREAMBLE
from agent.reading.reasoned import mark_reasoned
from agent.reading.separations import mark_separations
from agent.reading.shared_nouns import mark_shared
from agent.reading.shortened import ABBREVIATED, one_letter, shortens
from agent.reading.tails import mark_tails
from agent.reading.units import Unit, unit_at
from agent.reading.written_structures import FORMULA, structures_in
from tools.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Piece:
    """A smallest part of the goal: ``plain[start:end]``. ``glued``: no space before it."""

    start: int
    end: int
    text: str
    lower: str
    glued: bool


@dataclass(frozen=True)
class Mention:
    """Pieces ``i`` to ``j`` (exclusive) as one ``kind`` of thing, with its value."""

    i: int
    j: int
    kind: str
    value: Any = True


@dataclass
class Lattice:
    """The pieces of a goal and, by the piece at which they begin, all mentions. ``catalogue``: of the properties that the goal may name."""

    plain: str
    pieces: list[Piece]
    catalogue: Catalogue
    at: list[list[Mention]] = field(default_factory=list)
    by_kind: list[dict[str, list[Mention]]] = field(default_factory=list)

    def finish(self) -> None:
        """Order the mentions at each piece, longest first, and index them by kind."""
        for mentions in self.at:
            mentions.sort(key=lambda m: (-m.j, m.kind))
            index: dict[str, list[Mention]] = {}
            for mention in mentions:
                index.setdefault(mention.kind, []).append(mention)
            self.by_kind.append(index)

    def pass_over(self, i: int, j: int, reason: str) -> None:
        """Make one unchecked phrase of pieces ``i`` to ``j`` (exclusive), whatever they mention. Before :meth:`finish`."""
        for k in range(i, j):
            self.at[k] = []
        self.at[i] = [Mention(i, j, "unchk", reason), Mention(i, i + 1, "adverbial")]

    def of(self, i: int, *kinds: str) -> list[Mention]:
        """Mentions of one of ``kinds`` that begin at piece ``i``, longest first for each kind."""
        if not 0 <= i < len(self.pieces):
            return []
        here = self.by_kind[i]
        return [m for kind in kinds if kind in here for m in here[kind]]

    def has(self, i: int, *kinds: str) -> bool:
        """Whether one of ``kinds`` begins at piece ``i``."""
        return 0 <= i < len(self.pieces) and not self.by_kind[i].keys().isdisjoint(kinds)

    def lower(self, i: int) -> str:
        """Piece ``i`` in lower case, or ''."""
        return self.pieces[i].lower if 0 <= i < len(self.pieces) else ""

    def hyphen(self, i: int) -> bool:
        """Whether piece ``i`` is the hyphen inside a compound word: 'halogen-free'."""
        if not (0 < i < len(self.pieces) - 1 and self.pieces[i].text == "-" and self.pieces[i].glued and self.pieces[i + 1].glued):
            return False
        before, behind = self.pieces[i - 1].text, self.pieces[i + 1]
        if before[-1].isdigit() and before[0].isalpha():
            return behind.lower in _BEHIND_FORMULAS  # 'CF3-free', not 'C6-C10'
        return before[-1].isalpha() and behind.text[0].isalpha()

    def text(self, i: int, j: int) -> str:
        """The words of pieces ``i`` to ``j`` (exclusive)."""
        return as_written(self.plain[self.pieces[i].start : self.pieces[j - 1].end]) if i < j else ""


#: What stands behind the hyphen of a compound word that begins with a formula.
_BEHIND_FORMULAS = frozenset(
    [
        "free",
        "containing",
        "bearing",
        "substituted",
        "functionalised",
        "functionalized",
        "terminated",
        "capped",
        "tethered",
        "like",
        "type",
        "style",
    ]
)
_PIECES = re.compile(r"[^\W\d_][^\W_]*(?:'s(?![^\W_]))?|\d+|<=|>=|=<|=>|==|\+/-|\.{2,3}|\S")
_LETTERS = re.compile(r"(?:Cl|Br|Si|[CHNOSPFIB]){2,}")
#: Who would be glad of what was said: it asks for nothing more.
_APPROVAL = re.compile(
    r"\bwould (?:really |certainly |surely |also )?"
    r"(?:be (?:perfect|great|excellent|wonderful|lovely|ideal|fantastic|brilliant|best|enough|sufficient|possible|a good start|a start|the best|just right|what (?:we|i) (?:want|need))"
    r"|do|suffice|help|work|serve|do the (?:job|trick)|suit|(?:please|suit|satisfy|delight|help|serve)(?! no)(?: (?:me|us|our|my|the|a|[a-z]+)){1,5}|make (?:me|us|our [a-z ]{2,30}) happy)"
    r"(?= for (?:us|me|our|my)\b|\s*[.,;!?]|$)"
    r"|\b(?:is|are) (?!(?:[a-z-]+ ){0,5}(?:last|least|never|not|no|hardly|scarcely|rarely|seldom|nobody|none|nothing|stop|stopped|few|fewest)\b)"
    r"(?:just |exactly |precisely |all )?(?:what |that )?(?:we|i|our|my|the|this|they)(?: [a-z-]+){0,3}? "
    r"(?:needs?|wants?|requires?|calls? for|asks? for|looks? for|(?:is|am|are) (?:looking for|after|asking for|in need of)|ha(?:s|ve|d) in mind|would like|seeks?)(?=\s*[.,;!?]|$)",
    re.IGNORECASE,
)
#: Headings of lists: 'No-gos: nitro groups', 'Must-haves: a pyridine'.
_EXCLUDED = re.compile(
    r"(?:(?<=[.;!?,(] )|^)(?:no-?gos?|no-?goes|must-?nots?|must not haves?|not wanted|unwanted|undesired|forbidden|excluded|exclusions?|banned|to avoid|to be avoided|taboos?|don'ts|"
    r"off limits|not allowed|prohibited|blacklist|black list|not acceptable|unacceptable|out|deal-?breakers?):",
    re.IGNORECASE,
)
_INCLUDED = re.compile(
    r"(?:(?<=[.;!?,(] )|^)(?:must-?haves?|musts|required|needed|mandatory|essential|compulsory|structural features?|features?|functional groups|groups|motifs|dos|to include|included|must contain|should contain|contains):",
    re.IGNORECASE,
)
#: Reasons and asides between commas.
_PARENTHESIS = re.compile(
    r",\s(?:(?:because of|due to|owing to|on account of|on grounds of|for reasons of|thanks to|being|as a result of|in view of|given|out of|for fear of)(?: [a-z-]+){1,5}"
    r"|for (?:[a-z-]+ ){1,3}(?:reasons?|grounds)|for (?:obvious|good|whatever|known) reasons?|of course|however|though|as you know|to be sure|in fact|in particular|mind you|needless to say|as ever|i fear|i am afraid|"
    r"in (?:our|my|their) (?:opinion|view|book|experience|case)|to (?:our|my) mind|for (?:us|me)|with us|to us|on the other hand|by contrast|as far as we know|i believe|we believe|i think|we think|we feel|it seems|please),",
    re.IGNORECASE,
)
#: Signs that carry nothing by themselves.
_QUOTES = "\"'`*_#|{}^$\\@"


#: Nouns for a part of a salt, and what behind them says which it is.
_IONS = frozenset(["cation", "anion", "counterion", "ion"])
_NAMING = frozenset(["being", "is", "=", ":", "should", "must", "shall"])
#: Verbs that say on what a thing is put, where a metal follows.
_SEATED = frozenset(["sit", "sits", "sitting", "seated", "rest", "rests", "resting"])


def scan(plain: str, *, catalogue: Catalogue) -> Lattice:
    """All mentions of a normalised goal. Raises GoalError for what looks like a SMILES and cannot be read."""
    found = [(m.start(), m.end()) for m in _PIECES.finditer(plain)]
    structures = structures_in(plain, catalogue=catalogue)
    pieces = _pieces(plain, found, structures)
    lattice = Lattice(plain, pieces, catalogue, [[] for _ in pieces])
    ends = {p.end: n + 1 for n, p in enumerate(pieces)}
    starts = {p.start: n for n, p in enumerate(pieces)}
    hay = plain.lower().replace("-", " ").replace(JOINT, " ")
    for n, piece in enumerate(pieces):
        here = lattice.at[n]
        if piece.start in structures:
            here.append(Mention(n, n + 1, "smiles", structures[piece.start][1]))
        here += _phrases(hay, pieces, n, ends, catalogue=catalogue)
        here += _symbols(pieces, n)
        _signs(lattice, n)
    for kind, pattern in (
        ("approval", _APPROVAL),
        ("skip", _PARENTHESIS),
        ("skip", PREAMBLE),
        ("skip", ANSWER),
        ("negation_after", LEFT_OUT),
        ("negation", _EXCLUDED),
        ("open", _INCLUDED),
    ):
        for match in pattern.finditer(plain):
            if match.start() in starts and match.end() in ends:
                lattice.at[starts[match.start()]].append(Mention(starts[match.start()], ends[match.end()], kind))
    mark_polymers(lattice, starts, ends)
    for start, end, value, plus in number_mentions(plain):
        if start in starts and end in ends and not _inside_word(pieces, starts[start], ends[end], catalogue=catalogue):
            n, j = starts[start], ends[end]
            lattice.at[n].append(Mention(n, j, "num", value))
            if plus:
                lattice.at[n].append(Mention(n, j, "num_plus", value))
    _units(lattice, ends)
    mark_shared(lattice)
    for n in range(len(pieces)):
        states = [m for m in lattice.at[n] if m.kind == "vague" and pieces[m.j - 1].lower in ("liquid", "solid")]
        lattice.at[n] += [Mention(m.i, m.j, pieces[m.j - 1].lower) for m in states]
        named = n + 1 < len(pieces) and pieces[n + 1].lower in ("point", "points", "temperature", "range", "pt", "behaviour", "agent")
        if named or any(m.kind == "prop" and m.j > n + 1 for m in lattice.at[n]):
            lattice.at[n] = [m for m in lattice.at[n] if m.kind != "participle"]
        lattice.at[n] += [Mention(m.i, m.j, "verbprop", "absorption") for m in lattice.at[n] if m.kind == "absorbing"]
    for n in range(len(pieces) - 1):
        if pieces[n].lower in _IONS and pieces[n + 1].lower in _NAMING:
            lattice.at[n] = [m for m in lattice.at[n] if m.kind not in ("vague", "prop")] + [
                Mention(n, n + 1, "open")
            ]  # 'the anion being tetrafluoroborate'
    for n in range(len(pieces) - 2):
        if [p.lower for p in pieces[n : n + 3]] == ["as", "well", "as"]:
            lattice.at[n] = [m for m in lattice.at[n] if m.j != n + 2]  # 'two esters as well as a ketone'
            lattice.at[n + 2] = []
    for n in range(1, len(pieces)):
        if pieces[n].lower == "protected" and _protects(lattice, n):
            lattice.at[n].append(Mention(n, n + 1, "containing_suffix"))
        if pieces[n].lower in _NOUNS_TOO and _second_noun(lattice, n):
            lattice.at[n] = [m for m in lattice.at[n] if m.kind not in ("negation", "edit_remove") or m.j > n + 1]
        if pieces[n].lower == "lead" and n + 1 < len(pieces) and {m.kind for m in lattice.at[n + 1]} & {"open", "relative", "prop"}:
            lattice.at[n] = [m for m in lattice.at[n] if m.kind != "halide"]  # 'no lead with a nitro group'
    for n in range(len(pieces)):
        if pieces[n].lower in _SEATED and any(m.kind == "elem" for k in (n + 2, n + 3) if k < len(pieces) for m in lattice.at[k]):
            lattice.at[n] = [m for m in lattice.at[n] if m.kind != "open"]  # 'it sits on copper'
    for n in range(len(pieces)):
        mark_words(lattice, n)
    mark_asides(lattice, starts, ends)
    mark_beside(lattice)
    mark_tails(lattice)
    mark_reasoned(lattice)
    mark_locants(lattice, starts, ends)
    mark_origins(lattice, starts, ends)
    mark_separations(lattice, starts, ends)
    lattice.finish()
    return lattice


def _signs(lattice: Lattice, n: int) -> None:
    """What piece ``n`` is by its writing alone: a multiplier, a sign, the dot of an abbreviation, 'I' at the beginning of a sentence."""
    pieces, here = lattice.pieces, lattice.at[n]
    piece = pieces[n]
    if re.fullmatch(r"x\d", piece.lower):
        here.append(Mention(n, n + 1, "times", float(piece.lower[1:])))
    if piece.text == "M" and n + 1 < len(pieces) and {pieces[n + 1].text, pieces[n - 1].text if n else ""} <= {"<", "<="}:
        here.append(Mention(n, n + 1, "prop", "molecular_weight"))  # '370 < M < 1000 g/mol'
    here += [Mention(n, n + 1, "prop", name) for name in one_letter(pieces, n, catalogue=lattice.catalogue)]
    if piece.text == "-" and not piece.glued and n + 1 < len(pieces) and pieces[n + 1].glued and pieces[n + 1].text[0].isalpha():
        here.append(Mention(n, n + 1, "skip"))  # 'a -OOH group'
    if piece.text == "+/-":
        here.append(Mention(n, n + 1, "plusminus"))
    if (
        piece.text == "."
        and piece.glued
        and n + 1 < len(pieces)
        and pieces[n - 1].lower in ABBREVIATED
        and pieces[n - 2].text != "/"  # 'g/mol. no esters'
        and not pieces[n + 1].text[0].isupper()
    ):
        here.append(Mention(n, n + 1, "skip"))
    if piece.text == "." and piece.glued and shortens(pieces, n):
        here.append(Mention(n, n + 1, "skip"))
    if piece.text == "I" and (n == 0 or pieces[n - 1].text in ".;!?:") and n + 1 < len(pieces) and pieces[n + 1].text.islower():
        lattice.at[n] = here = [m for m in here if m.kind != "elem"]  # 'I would take ...'
    if piece.text == "As" and (n == 0 or pieces[n - 1].text in (".", "!", "?")) and n + 1 < len(pieces) and pieces[n + 1].text.isalpha():
        lattice.at[n] = here = [m for m in here if m.kind != "elem"]
        here.append(Mention(n, n + 1, "purpose"))  # 'As NMP substitute we need ...'
    if piece.text in _QUOTES:
        here.append(Mention(n, n + 1, "quote"))


#: Groups that protect another: what is protected by them has them.
_PROTECTING = frozenset(
    [
        "Fmoc",
        "Boc",
        "Cbz",
        "tert-butyldimethylsilyl",
        "triisopropylsilyl",
        "trimethylsilyl",
        "triarylmethane",
        "tosyl",
        "benzyl",
        "tetrahydropyran",
        "acetal",
    ]
)


def _protects(lattice: Lattice, n: int) -> bool:
    """Whether a protecting group stands before piece ``n``: 'Fmoc-protected', not 'phenol-protected'."""
    end = n - 1 if lattice.pieces[n - 1].text == "-" else n
    return any(m.j == end and m.kind == "grp" and m.value in _PROTECTING for k in range(max(0, end - 5), end) for m in lattice.at[k])


#: Verbs of exclusion that are nouns as well.
_NOUNS_TOO = frozenset(["drop", "drops", "scrap", "ban", "bar", "cut", "skip", "lack", "ditch", "bypass"])
#: What may stand before such a verb, so that it is one.
_BEFORE_VERBS = (
    "and", "or", "but", "skip", "subject", "necessity", "relative", "request", "permission", "soft", "condition", "quote", "purpose", "open", "negation", "exception",
    "fam", "candidates", "positive_after",
)  # fmt: skip


def _second_noun(lattice: Lattice, n: int) -> bool:
    """Whether the word at piece ``n`` follows a noun, and so is one itself: 'eye drop lead', 'magnet scrap that ...'."""
    before = lattice.pieces[n - 1]
    if not before.text[0].isalpha() or before.lower in ("we", "i", "you", "they", "to", "that", "which", "who"):
        return False
    return not any(m.j == n and m.kind in _BEFORE_VERBS for k in range(max(0, n - 4), n) for m in lattice.at[k])


def _pieces(plain: str, found: list[tuple[int, int]], structures: dict[int, tuple[int, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    until = 0
    for start, end in found:
        if start < until:
            continue
        if start in structures:
            end = structures[start][0]
        until = end
        text = plain[start:end]
        pieces.append(Piece(start, end, text, text.lower(), start > 0 and not plain[start - 1].isspace()))
    return pieces


def _inside_word(pieces: list[Piece], i: int, j: int, *, catalogue: Catalogue) -> bool:
    """Whether a number is a part of a word: '5-HT2A', '1,3-diketone', 'N2'."""
    before = pieces[i]
    glued = (
        before.glued
        and i > 0
        and (pieces[i - 1].text[-1].isalnum() or (pieces[i - 1].text == "-" and pieces[i - 1].glued and _letters(pieces, i - 2)))
    )
    after = j + 1 < len(pieces) and pieces[j].text == "-" and pieces[j].glued and pieces[j + 1].glued and pieces[j + 1].text[0].isalpha()
    return glued or (after and not _is_unit(pieces, j + 1, catalogue=catalogue))


def _letters(pieces: list[Piece], i: int) -> bool:
    return i >= 0 and pieces[i].text[0].isalpha()


def _is_unit(pieces: list[Piece], i: int, *, catalogue: Catalogue) -> bool:
    return unit_at(pieces[i].text, 0, catalogue=catalogue) is not None or pieces[i].lower in ("membered", "fold", "atom", "carbon", "ring")


def _phrases(hay: str, pieces: list[Piece], n: int, ends: dict[int, int], *, catalogue: Catalogue) -> list[Mention]:
    piece = pieces[n]
    if n and piece.glued and piece.text[0].isalpha() and pieces[n - 1].text[-1].isdigit():
        return []
    if piece.lower in ("%", "wt", "weight", "mass") and n and pieces[n - 1].text[-1].isdigit():
        return []  # of '5 % P' the sign is the unit
    if piece.text == "pH":
        return [Mention(n, n + 1, "unchk", "pH: not computed")]
    words = lexicon(catalogue)
    found: list[Mention] = []
    firsts = (first_piece(piece.lower), first_piece(hay[piece.start : piece.start + 30]), piece.lower.removesuffix("'s"), piece.lower[:1])
    longest = max(words.longest.get(first, 0) for first in firsts)
    j = n
    while j < len(pieces) and pieces[j].end - piece.start <= longest + 2:
        j += 1
        text = hay[piece.start : pieces[j - 1].end]
        here: list[Mention] = []
        for key in (text, text[:-2]) if text.endswith("'s") else (text,):
            meanings = words.meanings.get(key)
            if meanings is not None and not (key == piece.lower and _capital_plural(piece.text, words)):
                here += [Mention(n, j, kind, value) for kind, value in meanings.items()]
        found = here + found
    return found


def _capital_plural(word: str, words: Lexicon) -> bool:
    """Whether capitals look like the plural of a known abbreviation, which would end with a small 's': 'CNS' is not 'CNs'."""
    return (
        len(word) <= 4
        and word.isupper()
        and word.endswith("S")
        and "grp" in words.meanings.get(word.lower()[:-1], {})
        and "grp" in words.meanings[word.lower()]
    )


def _symbols(pieces: list[Piece], n: int) -> list[Mention]:
    word = pieces[n].text
    if not word[0].isupper() or (n and pieces[n].glued and pieces[n - 1].text[-1].isalnum()):
        return []
    if len(word) == 1 and (_is_locant(pieces, n) or _is_letter(pieces, n)):
        return []
    if word in SYMBOLS:
        return [Mention(n, n + 1, "elem", word)]
    if any(c.isdigit() for c in word) and FORMULA.fullmatch(word):
        return [Mention(n, n + 1, "formula", word)]
    if _LETTERS.fullmatch(word):
        symbols = re.findall(r"Cl|Br|Si|[A-Z]", word)
        if len(set(symbols)) == len(symbols) and {"C", "H"} <= set(symbols):
            return [Mention(n, n + 1, "elems", tuple(symbols))]
    return []


def _is_letter(pieces: list[Piece], n: int) -> bool:
    """Whether the letter at piece ``n`` tells compounds of one name apart: the S of 'bisphenol A and S'."""
    while (
        n > 1
        and pieces[n - 1].lower in (",", "and", "or", "nor", "/", "&")
        and len(pieces[n - 2].text) == 1
        and pieces[n - 2].text.isupper()
    ):
        n -= 2
    return n > 0 and pieces[n - 1].lower in ("bisphenol", "bisphenols", "vitamin", "vitamins")


def _is_locant(pieces: list[Piece], n: int) -> bool:
    """Whether the letter at piece ``n`` says where something stands ('N,N-dialkyl', 'O-alkyl'), and is no element that is spoken of."""
    while (
        n + 2 < len(pieces) and pieces[n + 1].text == "," and pieces[n + 1].glued and pieces[n + 2].glued and len(pieces[n + 2].text) == 1
    ):
        n += 2
    behind = pieces[n + 1 : n + 3]
    return (
        len(behind) == 2
        and behind[0].text == "-"
        and behind[0].glued
        and behind[1].glued
        and len(behind[1].text) > 2
        and behind[1].text.islower()
        and behind[1].text not in ("free", "containing", "bearing")  # 'S-free'
    )


def _units(lattice: Lattice, ends: dict[int, int]) -> None:
    """Units stand directly behind a number, or behind a number and a hyphen."""
    for j in {m.j for mentions in lattice.at for m in mentions if m.kind in ("num", "num_plus")}:
        for k in (j, j + 1):
            if k >= len(lattice.pieces) or (k > j and not (lattice.pieces[j].text == "-" and lattice.pieces[k].glued)):
                continue
            unit: Unit | None = unit_at(lattice.plain, lattice.pieces[k].start, catalogue=lattice.catalogue)
            end = lattice.pieces[k].start + len(unit.written) if unit else -1
            if unit is not None and end in ends:
                lattice.at[j].append(Mention(j, ends[end], "unit", unit))
                _plus_behind(lattice, ends[end])


def _plus_behind(lattice: Lattice, k: int) -> None:
    """A plus sign that hangs on a unit is 'or more': '60 °C+'; not '60 °C + two esters', nor '3 mM Na+'."""
    pieces = lattice.pieces
    hangs = k < len(pieces) and pieces[k].text == "+" and pieces[k].glued
    if hangs and (k + 1 == len(pieces) or not pieces[k + 1].glued or pieces[k + 1].text in (",", ";", ".", ")")):
        lattice.at[k].append(Mention(k, k + 1, "after", ">="))
