"""A text as a reader sees it: without the marks of LaTeX and Markdown, sub- and superscripts on the line, and the way back to its characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_COMMANDS = {
    "lambda": "λ", "Phi": "Φ", "phi": "φ", "epsilon": "ε", "varepsilon": "ε", "rho": "ρ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "Delta": "Δ", "eta": "η", "mu": "μ", "circ": "°", "degree": "°", "pm": "±", "sim": "~", "approx": "~", "times": "×", "cdot": "·", "leq": "≤",
    "le": "≤", "geq": "≥", "ge": "≥", "AA": "Å", "textdegree": "°", "tau": "τ", "nu": "ν", "pi": "π", "sigma": "σ", "omega": "ω", "chi": "χ",
}  # fmt: skip
_TOKENS = re.compile(
    r"(?P<cited>(?:(?<=[.,;\])])|(?<=\d)(?<!10))(?:\\?\(?\$?\^\{?|\\textsuperscript\{)\[?\d[\d,\s–-]*\]?\}?\$?(?:\\\))?)|"
    r"\\(?:text(?:sub(?:script)?|superscript|bf|it|rm|up)?|math(?:rm|bf|it)|operatorname|ce|emph|underline)(?=\{)"
    r"|\\(?P<command>[A-Za-z]+) ?|\\[()\[\]]|\\[,;:! ]|\\(?P<kept>[%&#_$])|(?P<cut>\$|\*\*|[{}]|\^(?=[{\d(°\\+-])|(?<=[A-Za-zλΦεΔτ)}$\]])_(?=[{A-Za-z\d\\(]))"
)
_FOLD = str.maketrans(
    "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–‐‑º˚◦µΜ∼≈≃∘", "01234567890123456789-+----°°°μM~~~°"
)  # en dashes count as hyphens: both part the ends of a range


@dataclass(frozen=True)
class View:
    """``text`` as it is read; character n of it stands at ``at(n)`` of the whole text."""

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    length: int

    def at(self, place: int) -> int:
        """The character of the whole text that stands at ``place`` of the view; its end for the view's end."""
        if place >= len(self.text):
            return self.length
        n = bisect_right(self.starts, place) - 1
        return self.origins[n] + place - self.starts[n]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A part of the view, which is not empty, as a part of the whole text."""
        return self.at(start), self.at(end - 1) + 1


def view_of(text: str, start: int = 0, end: int | None = None) -> View:
    """The view of ``text`` from ``start`` to ``end``. Each of its characters stands for one of the text; marks stand for none."""
    end = len(text) if end is None else end
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = 0

    def put(piece: str, origin: int) -> None:
        nonlocal length
        if piece:
            pieces.append(piece)
            starts.append(length)
            origins.append(origin)
            length += len(piece)

    at = start
    for found in _TOKENS.finditer(text, start, end):
        put(text[at : found.start()].translate(_FOLD), at)
        at = found.end()
        if found["kept"]:
            put(found["kept"], found.start() + 1)
        elif found["command"]:
            put(_COMMANDS.get(found["command"], " "), found.start())
            if found[0].endswith(" ") and found["command"] not in _COMMANDS:
                continue
        elif found[0] in ("\\,", "\\;", "\\:", "\\ "):
            put(" ", found.start())
    put(text[at:end].translate(_FOLD), at)
    return View("".join(pieces), tuple(starts) or (0,), tuple(origins) or (start,), end)
