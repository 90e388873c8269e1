"""The registry of language models: which model, adapter or prompt was put in place of what is configured, by whom, when, why, and on what evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from core.errors import UsageError
from core.model import Model, new_dict

What = Literal["model", "adapter", "prompt"]
#: Kinds of goals that a role may have a model of its own for.
KINDS = ("chemistry", "materials", "thermal")
#: How the slot of a prompt begins.
PROMPT = "prompt:"
_NAME = re.compile(r"[A-Za-z0-9][\w./:@+-]{0,199}")


class Promotion(Model):
    """One entry of the registry: something was put into a slot, or what stood there was taken out again.

    A slot is ``ROLE`` (who answers in it), ``ROLE@KIND`` (for one kind of goal) or ``prompt:ROLE/NAME``.
    """

    number: int = Field(default=0, ge=0, description="Its number in the registry, from 1, in order.")
    at: str = Field(description="When, ISO 8601 UTC.")
    by: str = Field(description="Who.")
    action: Literal["promote", "rollback"] = Field(description="promote: put in place; rollback: what stood before stands again.")
    slot: str = Field(description="What it stands for: ROLE, ROLE@KIND or prompt:ROLE/NAME.")
    what: What = Field(description="What it is; of a rollback, what was taken out.")
    name: str = Field(
        description="The model's or adapter's name at its server, or the prompt's ROLE/NAME; of a rollback, that of what was taken out."
    )
    why: str = Field(description="Why, in the words of whoever did it.")
    evidence: dict[str, Any] = Field(
        default_factory=new_dict, description="The comparison that it rests on (`molwright eval ab`); empty where none was given."
    )
    despite: str = Field(default="", description="Why it was promoted although no comparison says that it is better; empty where one does.")
    content: dict[str, Any] = Field(
        default_factory=new_dict, description="Of an adapter: folder, files with their SHA-256, card; of a prompt: text and SHA-256."
    )


def slot_of_role(role: str, kind: str = "") -> str:
    """The slot of a role, for one kind of goal if one is given. UsageError for a kind that is not known."""
    if kind and kind not in KINDS:
        raise UsageError(f"{kind!r} is no kind of goal; there are {', '.join(KINDS)}")
    return f"{role}@{kind}" if kind else role


def checked_name(name: str) -> str:
    """``name`` if servers can know a model by it. UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not the name of a model: letters, digits, dots, dashes, slashes, colons, at most 200 characters")
    return name


def in_force(history: Iterable[Promotion]) -> dict[str, Promotion]:
    """What stands in each slot after ``history``, given in order; a slot with nothing promoted is left out."""
    return {slot: stack[-1] for slot, stack in stacks(history).items() if stack}


def stacks(history: Iterable[Promotion]) -> dict[str, list[Promotion]]:
    """The promotions of each slot that no rollback has taken out, the one in force last."""
    standing: dict[str, list[Promotion]] = {}
    for entry in history:
        own = standing.setdefault(entry.slot, [])
        if entry.action == "promote":
            own.append(entry)
        elif own:
            own.pop()
    return standing


def standing_of(history: Sequence[Promotion]) -> dict[int, str]:
    """By number of the entry (a count): 'in force', 'replaced' (by a later promotion that still stands), 'taken out', or '' for a rollback. Never without an entry."""
    kept = {entry.number: ("in force" if entry is own[-1] else "replaced") for own in stacks(history).values() for entry in own}
    return {e.number: kept.get(e.number, "taken out") if e.action == "promote" else "" for e in history}
