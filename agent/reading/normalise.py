"""Bring a goal into one spelling (Unicode signs, quotes, spaces) and remember where each character stood. Bounded in length."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.errors import GoalError

#: Longest goal that is read, in characters.
MAX_GOAL_LENGTH = 8000

_SIGNS = str.maketrans(
    {
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": " - ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2264": "<=",
        "\u2265": ">=",
        "\u2a7d": "<=",
        "\u2a7e": ">=",
        "\u2103": "°C",
        "\u2109": "°F",
        "\u00ba": "°",
        "\u02da": "°",
        "\u212b": "Å",
        "\u03bc": "µ",
        "\u223c": "~",
        "\u2248": "≈",
        "\u2243": "≈",
        "\u00d7": "x",
        "\u2032": "'",
        "\u03f5": "ε",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\u2082": "2",
        "\u2083": "3",
        "\u2192": " → ",
        "\u2026": "...",
        "\u00bd": "1/2",
        "\u00bc": "1/4",
        "\u00be": "3/4",
    }
)


#: Negations that are written together; "can't" stands in the tables.
_CONTRACTED = re.compile(r"\b(?!can't)([a-z]+)n't\b", re.IGNORECASE)
_FULL = {"wo": "will", "sha": "shall"}
_SHORT = {"will": "wo", "shall": "sha"}
#: What stands between the words of one that was written out: a space that tells it from others.
JOINT = "\u00a0"
#: From how many strokes between spaces on these part a goal as semicolons do.
_PARTED = 2
#: An equals sign that says what something is, and compares no number: 'monomer = cyanoacrylate', not 'R = H'.
_EXPLAINS = re.compile(r"(?<=[a-z]{3}) = (?=[A-Za-z]{3})")
_WRITTEN_OUT = re.compile(rf"(\w+){JOINT}not\b", re.IGNORECASE)


def written_out(text: str) -> str:
    """``text`` with its contracted negations in full: "wouldn't" becomes "would not", with JOINT between the words."""
    return _CONTRACTED.sub(lambda m: f"{_cased(_FULL, m[1])}{JOINT}not", text) if "'" in text else text


def as_written(text: str) -> str:
    """The reverse of :func:`written_out`."""
    if JOINT not in text:
        return text
    return _WRITTEN_OUT.sub(lambda m: f"{_cased(_SHORT, m[1])}n't", text)


def _cased(table: dict[str, str], word: str) -> str:
    found = table.get(word.lower(), word)
    return found.capitalize() if word[0].isupper() and found.islower() else found


@dataclass(frozen=True)
class Text:
    """A goal in plain signs. ``origin[i]`` is the place in the goal of the character that became ``plain[i]``."""

    plain: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the goal that became ``plain[start:end]``."""
        return (self.origin[start], self.origin[end - 1] + 1) if start < end else (0, 0)


def normalised(goal: str) -> Text:
    """``goal`` in one line with plain signs. Raises GoalError if it is not text, empty, or longer than MAX_GOAL_LENGTH."""
    if not isinstance(goal, str):
        raise GoalError(f"a goal must be text, not {type(goal).__name__}")
    if len(goal) > MAX_GOAL_LENGTH:
        raise GoalError(f"the goal has {len(goal)} characters; at most {MAX_GOAL_LENGTH} are read", phrase=goal[:60] + "...")
    if len(unicodedata.normalize("NFKC", goal)) > MAX_GOAL_LENGTH:  # one sign may stand for eighteen letters
        raise GoalError(
            f"the goal, with its signs written out, has more than the {MAX_GOAL_LENGTH} characters that are read", phrase=goal[:60] + "..."
        )
    if goal.isascii() and goal.isprintable() and "  " not in goal and goal.strip():
        start = len(goal) - len(goal.lstrip())
        stripped = goal.strip()
        return _uncontracted(*_single_dashes(stripped, list(range(start, start + len(stripped)))))
    plain: list[str] = []
    origin: list[int] = []
    for match in re.finditer(r"[\s\S][\u0300-\u036f]*", goal):
        for char in unicodedata.normalize("NFC", match.group()).translate(_SIGNS):
            if unicodedata.category(char)[0] == "C":
                if char not in "\t\n\r":
                    continue
                char = " "
            if char.isspace():
                if not plain or plain[-1] == " ":
                    continue
                char = " "
            plain.append(char)
            origin.append(match.start())
    if plain and plain[-1] == " ":
        plain.pop()
        origin.pop()
    if not plain:
        raise GoalError("the goal is empty")
    return _uncontracted(*_single_dashes("".join(plain), origin))


def _single_dashes(plain: str, origin: list[int]) -> tuple[str, list[int]]:
    """The text with ' -- ' as the one dash that it stands for."""
    if "--" not in plain:
        return plain, origin
    kept = [n for n, char in enumerate(plain) if not (char == "-" and plain[n - 1 : n] == "-" and " " in (plain[n + 1 : n + 2] or " "))]
    return "".join(plain[n] for n in kept), [origin[n] for n in kept]


def _uncontracted(plain: str, origin: list[int]) -> Text:
    """The text with its contracted negations in full; each of their signs stands for the whole word."""
    parts: list[str] = []
    places: list[int] = []
    end = 0
    for match in _CONTRACTED.finditer(plain):
        full = written_out(match.group())
        parts += [plain[end : match.start()], full]
        last = match.end() - match.start() - 1
        places += (
            origin[end : match.start()] + [origin[match.start() + min(n, last)] for n in range(len(full) - 1)] + [origin[match.end() - 1]]
        )
        end = match.end()
    text = _EXPLAINS.sub(" : ", "".join([*parts, plain[end:]]))
    if text.count(" / ") >= _PARTED:
        text = text.replace(" / ", " ; ")  # 'reactive diluent / UV inkjet / two acrylates'
    return Text(text, (*places, *origin[end:]))


def normalise(goal: str) -> str:
    """The text of :func:`normalised`."""
    return normalised(goal).plain
