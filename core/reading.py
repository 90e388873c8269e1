"""What each word of a goal became, as a stored value; how much of the goal was checked, and when a person must be asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from core.model import Model, new_list

WordRole = Literal["head", "read", "filler", "purpose", "unread"]


def _empty(value: object) -> bool:
    return not value


class ReadSpan(Model):
    """Some words of the goal and what they became."""

    start: int = Field(description="First character in the goal, or in its translation, from 0.")
    end: int = Field(description="Character behind the last one.")
    text: str = Field(description="The words.")
    role: WordRole = Field(
        description=(
            "head: the thing designed; read: a requirement, a wish or a setting of the run; filler: words that ask for nothing; "
            "purpose: what it is for, which nothing can compute; unread: not understood, or nothing can compute it."
        )
    )
    becomes: list[str] = Field(default_factory=new_list, description="Ids of the requirements and objectives that rest on these words.")
    left_out: list[str] = Field(
        default_factory=new_list,
        exclude_if=_empty,
        description="Ids of those that rested on these words until a person left them out; absent where nobody did.",
    )

    @property
    def unread(self) -> bool:
        """Whether these words ask for something that is not checked."""
        return self.role in ("unread", "purpose") and bool(self.text.strip())

    @property
    def dropped(self) -> bool:
        """Whether these words were read, and a person left out all that they became."""
        return bool(self.left_out) and not self.becomes


@dataclass(frozen=True)
class Wishes:
    """How many wishes of a goal could be checked, and how many could not."""

    checked: int
    unchecked: int

    @property
    def total(self) -> int:
        """The number of all wishes, checked or not; 0 for a goal without any."""
        return self.checked + self.unchecked


def spans_between(goal: str, spans: Iterable[ReadSpan]) -> list[ReadSpan]:
    """``spans`` in order, with filler between them so that they cover the goal; one that overlaps an earlier one is cut."""
    covered: list[ReadSpan] = []
    at = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        start = max(span.start, at)
        if start >= span.end:
            continue
        if start > at:
            covered.append(ReadSpan(start=at, end=start, text=goal[at:start], role="filler"))
        covered.append(span.model_copy(update={"start": start, "text": goal[start : span.end]}))
        at = span.end
    if at < len(goal):
        covered.append(ReadSpan(start=at, end=len(goal), text=goal[at:], role="filler"))
    return covered


#: What stands around unread words in plain text.
OPEN_MARK, CLOSE_MARK = "[?", "?]"


def marked_text(spans: Iterable[ReadSpan]) -> str:
    """The sentence with its unread words and purposes between ``[?`` and ``?]``."""
    return "".join(f"{OPEN_MARK}{s.text}{CLOSE_MARK}" if s.unread else s.text for s in spans)
