"""What a reasoning model thinks before it answers, where a server leaves it in the text. It is never part of an answer."""

from __future__ import annotations

import re

#: Marks between which model families think; the second ends it.
_TAGS = (
    (r"<think(?:ing)?>", r"</think(?:ing)?>"),
    (r"<(?:thought|reasoning|reflection)>", r"</(?:thought|reasoning|reflection)>"),
    (r"<seed:think>", r"</seed:think>"),
    (r"\[THINK\]", r"\[/THINK\]"),
    (r"◁think▷", r"◁/think▷"),
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    (r"<\|channel\|>(?:analysis|commentary)<\|message\|>", r"<\|channel\|>final<\|message\|>"),
)
_OPEN = re.compile("|".join(o for o, _ in _TAGS), re.IGNORECASE)
_CLOSE = re.compile("|".join(c for _, c in _TAGS), re.IGNORECASE)
#: Headings between which models without marks think, at the beginning of a reply.
_HEADED = re.compile(r"\A\s*(?:analysis.{1,100000}?assistantfinal|Here is my thought process:.*?Here is my response:)\s*", re.DOTALL)
_WRAPPED = re.compile(r"\A\s*(?:<answer>|<response>|<\|begin_of_box\|>)(.*?)(?:</answer>|</response>|<\|end_of_box\|>)?\s*\Z", re.DOTALL)
_END = re.compile(r"\s*(?:<\|(?:return|end|im_end|eot_id|end_of_text|endoftext)\|>|</s>|<end_of_turn>)\s*\Z")
#: Longest mark, characters: so much of a stream is held back while it may begin one.
_LONGEST = 40


def without_thoughts(text: str) -> str:
    """What stands in ``text`` after the last thought: nothing before a closing mark counts, nothing after an opening one that is not closed."""
    ends = [m.end() for m in _CLOSE.finditer(text)]
    rest = text[ends[-1] :] if ends else _HEADED.sub("", text)
    opened = _OPEN.search(rest)
    if opened is not None:
        rest = rest[: opened.start()]
    if not ends and opened is None and rest == text and not _END.search(text):
        return text
    rest = _END.sub("", rest)
    wrapped = _WRAPPED.match(rest)
    return (wrapped[1] if wrapped else rest).lstrip()


def thinks(text: str) -> bool:
    """Whether a mark of thinking stands in ``text``."""
    return bool(_OPEN.search(text) or _CLOSE.search(text))


class Spoken:
    """Of a text that comes in pieces, what is no thought and may be shown."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def hear(self, piece: str) -> str:
        """What can be shown now that ``piece`` has come too; '' where nothing can."""
        self._held += piece
        shown = ""
        while True:
            mark = (_CLOSE if self._thinking else _OPEN).search(self._held)
            if mark is None:
                break
            shown += "" if self._thinking else self._held[: mark.start()]
            self._held = self._held[mark.end() :]
            self._thinking = not self._thinking
        if self._thinking:
            self._held = self._held[-_LONGEST:]
            return shown
        safe = self._safe()
        shown, self._held = shown + self._held[:safe], self._held[safe:]
        return shown

    def rest(self) -> str:
        """What was held back and is no thought, once the text has ended."""
        held, self._held = self._held, ""
        return "" if self._thinking else held

    def _safe(self) -> int:
        """How many of the held characters cannot begin a mark."""
        begins = [p for p in (self._held.rfind(c, -_LONGEST if len(self._held) > _LONGEST else 0) for c in "<[◁") if p >= 0]
        return min(begins) if begins else len(self._held)
