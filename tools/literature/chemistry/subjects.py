"""Which substance a number is about: the one named behind it ('1.50 for A'), else the nearest one named before it in the sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from core.papers import Mention
from tools.literature.chemistry.view import View

#: A code as chemists give one: 'DACT-II', 'o-CzTRZ', 'PVDF', 'TiO2', 'AB0.5', '3a'.
_CODE = r"(?:[A-Za-z]{1,2}-)?(?=[\w,'@/-]*[A-Z])(?=[\w,'@/-]*(?:[A-Z][\w,'@/-]*[A-Z]|\d))[A-Za-z\d][\w,'@/-]*[A-Za-z\d]|(?:compounds?|complex(?:es)?|dyes?|polymers?|monomers?|samples?|ligands?|emitters?|products?) \d{1,3}[a-z]?"
_BEFORE = re.compile(rf"(?<![\w-])(?:{_CODE})(?![\w-])")
_AFTER = re.compile(rf"\s?(?:\([^)]*\) )?(?:for|of|in case of|in) (?:the )?(?P<code>{_CODE}|[A-Z](?![\w-]))(?![\w-])")
#: What looks like a code and is none.
_OTHERS = re.compile(
    r"(?:OLEDs?|EQEs?\w*|CIE|DFT|TD-DFT|UV(?:-vis(?:-NIR)?|/vis|-Vis)?|NMR|TGA(?:/MS)?|DSC|DMA|FT-?IR|ATR|IR|PL|EL|HOMO|LUMO|TADF|XRD|PXRD|SEM|TEM|XPS|EPR|MS|LC-MS|GC-MS|HPLC|RISC|ISC"
    r"|SI|ESI|S\d+|T\d+|D\d|C\d{1,2}|H\d|ICT|FRET|AIE|GC|CV|PLQYs?|QY|Tg|Tm|Td|Tb|LogP|pKa\d?|[A-Z]?EQEmax|RT|II|III|IV|VI|pH|ΔEST|EST|kRISC|RGB|USA|UK|CBM|VBM|MOFs?|COFs?|NPs|MLCT|LMCT|LLCT|MC|HS|LS|SCO|RTP|(?:Pe|W)?LEDs?|[kMG]?Hz|POPs?|PQDs?|T[gmdb],.*|RSC|ACS|DOI|Fig|N2|"
    r"\d+[A-Za-z]?|[Ss]1|M-1|cm-1|[A-Z]\d)$"
)
#: Solvents and hosts: 'in toluene' says how it was measured, not what.
_MEDIA = frozenset(
    [
        "DMSO",
        "DMF",
        "THF",
        "DCM",
        "MeCN",
        "ACN",
        "CHCl3",
        "CH2Cl2",
        "DPEPO",
        "mCP",
        "mCBP",
        "mCPCN",
        "CBP",
        "PBS",
        "PMMA",
        "PPF",
        "TCTA",
        "PS",
        "DMAc",
        "NMP",
        "H2O",
        "EtOH",
        "MeOH",
        "EtOAc",
        "KBr",
        "N2",
        "Zeonex",
        "TCTA:Bepp2",
    ]
)
_SOLVENTS = re.compile(
    r"(?:water|toluene|hexane|heptane|cyclohexane|methanol|ethanol|acetone|acetonitrile|chloroform|dichloromethane|tetrahydrofuran|dimethyl sulfoxide|dimethylformamide"
    r"|nitrogen|argon|oxygen|air|thf|dmso|dmf|dcm)$",
    re.IGNORECASE,
)


def subject_of(
    view: View, start: int, end: int, mentions: Sequence[Mention], *, of_solvents: bool
) -> tuple[str | None, str | None, str | None]:
    """The substance of the number at ``start`` to ``end`` of the view: as it is written, its SMILES, its key; None where it is not known.

    ``of_solvents``: whether a solvent may be what is spoken of.
    """
    text = view.text
    after = _AFTER.match(text, end)
    if after and after["code"] not in _MEDIA and not _OTHERS.match(after["code"]):
        return _resolved(view, after.start("code"), after.end("code"), mentions)
    inside = [(a, b, m) for a, b, m in _inside(view, mentions) if of_solvents or not _SOLVENTS.match(m.written)]
    named = _named_behind(text, end, inside)
    if named is not None:
        return _of_mention(named[2])
    candidates = [(m.start(), m.end()) for m in _BEFORE.finditer(text, 0, start) if _is_code(text, m)]
    candidates += [(first, last) for first, last, mention in inside if last <= start and not _is_medium(text, first, mention)]
    if candidates:
        return _resolved(view, *max(candidates, key=lambda c: (c[1], c[1] - c[0])), mentions)
    following = [(m.start(), m.end()) for m in _BEFORE.finditer(text, end, min(len(text), end + 80)) if _is_code(text, m)]
    following += [(first, last) for first, last, mention in inside if end <= first <= end + 80 and not _is_medium(text, first, mention)]
    return _resolved(view, *min(following), mentions) if following else (None, None, None)


def _is_code(text: str, found: re.Match[str]) -> bool:
    word = found[0]
    media = word in _MEDIA or any(part in _MEDIA for part in re.split(r"[:/]", word))
    return (
        not media
        and not _OTHERS.match(word)
        and not re.match(r"(?:in|wt%|doped|%)\s*$", text[max(0, found.start() - 3) : found.start()].strip())
    )


def _is_medium(text: str, first: int, mention: Mention) -> bool:
    return (
        bool(_SOLVENTS.match(mention.written))
        and re.search(r"\b(?:in|with|under|into|than|from)\s(?:the )?(?:\w+ )?$", text[:first]) is not None
    )


def _inside(view: View, mentions: Sequence[Mention]) -> list[tuple[int, int, Mention]]:
    """The mentions in the sentence, at places of the view."""
    first, last = view.at(0), view.length
    n = bisect_left(mentions, first, key=lambda m: m.start)
    found = []
    while n < len(mentions) and mentions[n].start < last:
        mention = mentions[n]
        piece = max(0, bisect_right(view.origins, mention.start) - 1)
        at = view.starts[piece] + mention.start - view.origins[piece]
        found.append((at, at + mention.end - mention.start, mention))
        n += 1
    return found


def _named_behind(text: str, end: int, inside: Sequence[tuple[int, int, Mention]]) -> tuple[int, int, Mention] | None:
    for first, last, mention in inside:
        if end <= first <= end + 24 and re.fullmatch(r"\s?(?:for|of|in the case of) (?:the |pure |neat )?", text[end:first]):
            return first, last, mention
    return None


def _of_mention(mention: Mention) -> tuple[str | None, str | None, str | None]:
    return mention.written, mention.smiles, mention.key


def _resolved(view: View, start: int, end: int, mentions: Sequence[Mention]) -> tuple[str | None, str | None, str | None]:
    """The words of a part of the view; its structure where a mention covers it."""
    for first, last, mention in _inside(view, mentions):
        if first <= start and end <= max(last, first + len(mention.written)):
            return _of_mention(mention)
    return view.text[start:end], None, None
