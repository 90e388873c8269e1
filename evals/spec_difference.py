"""What two specs do not have alike: requirements, objectives, the rest of what a run is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from core.interfaces import RunRecord
from core.run_difference import Part, SpecChange
from core.spec import DesignSpec

#: What identifies a wish, or says where it comes from, and not what it asks for.
_NOT_ASKED = {"id", "phrase", "text", "origin"}
#: Fields of a spec that are compared as options, and what a person calls them.
_OPTIONS = {
    "candidate_class": "class of structures",
    "family": "family",
    "translation": "translation of the goal",
    "exhaustive": "all structures that meet it are wanted",
    "conditions": "conditions of the estimates",
    "reference": "structure that the goal names",
    "candidates": "candidates to list",
    "budget": "structures that may be evaluated",
    "seed": "seed of the random choices",
    "met_probability": "probability at which a requirement counts as met",
    "max_similarity": "largest similarity of two listed",
    "list_known": "known structures are listed like new ones",
    "novelty": "what the list is made of",
    "interpreter": "read by",
}

T = TypeVar("T", bound=BaseModel)


def spec_changes(a: DesignSpec | None, b: DesignSpec | None, first: RunRecord, second: RunRecord) -> list[SpecChange]:
    """What the specs and the options of two runs do not have alike, in the order in which a person reads a spec; [] where nothing differs.

    A wish that both have is found again whatever its number in the spec.
    """
    found: list[SpecChange] = []
    if first.goal != second.goal:
        found.append(SpecChange(part="goal", name="goal", a=first.goal, b=second.goal))
    if a is not None and b is not None:
        found += _wishes("requirement", a.requirements, b.requirements, _about)
        found += _wishes("objective", a.objectives, b.objectives, _about)
        found += _wishes("list", a.set_requirements, b.set_requirements, _about)
        found += _wishes("assumption", a.assumptions, b.assumptions, lambda wish: ("assumption", getattr(wish, "phrase", "")))
        for name, words in _OPTIONS.items():
            found += _option(words, getattr(a, name), getattr(b, name))
    for name, words in (("blocks", "own building blocks"), ("known", "own list of known structures"), ("patience", "patience")):
        found += _option(words, getattr(first.given, name), getattr(second.given, name))
    return found + _models(first.options, second.options)


def _wishes(part: Part, a: Sequence[T], b: Sequence[T], about: Callable[[T], tuple[str, ...]]) -> list[SpecChange]:
    """Wishes that only one has, those about the same thing side by side."""
    left = [w for w in a if _asked(w) not in [_asked(other) for other in b]]
    right = [w for w in b if _asked(w) not in [_asked(other) for other in a]]
    found = []
    for wish in left:
        other = next((w for w in right if about(w) == about(wish)), None)
        if other is not None:
            right.remove(other)
        found.append(SpecChange(part=part, name=_name(wish), a=_words(wish, other), b=_words(other, wish) if other is not None else None))
    return found + [SpecChange(part=part, name=_name(wish), a=None, b=_words(wish, None)) for wish in right]


def _asked(wish: BaseModel) -> dict[str, Any]:
    """What a wish asks for."""
    whole = wish.model_dump(mode="json")
    asked = {name: value for name, value in whole.items() if name not in _NOT_ASKED}
    return asked if "property" in asked or "kind" in asked else whole


def _about(wish: BaseModel) -> tuple[str, ...]:
    """What a wish is about: two of the same are the same wish, changed."""
    names = ("kind", "what", "property", "name", "rule_set", "shape")
    return (type(wish).__name__, *(str(getattr(wish, name, "")) for name in names))


def _name(wish: BaseModel) -> str:
    return str(getattr(wish, "id", "") or getattr(wish, "phrase", "") or "")


def _words(wish: BaseModel, other: BaseModel | None) -> str:
    """The wish in words, with the fields that differ where its words do not tell it from the other's."""
    text = str(getattr(wish, "text", ""))
    if isinstance(weight := getattr(wish, "weight", None), float):
        text += f" (weight {weight:g})"
    if other is None or _words(other, None) != text:
        return text
    mine, theirs = _asked(wish), _asked(other)
    return f"{text}: " + ", ".join(f"{_plain(n)} {_shown(mine[n])}" for n in mine if mine[n] != theirs.get(n))


def _option(words: str, a: Any, b: Any) -> list[SpecChange]:
    return [] if a == b else [SpecChange(part="option", name=words, a=_shown(a), b=_shown(b))]


def _shown(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return ", ".join(_part(str(name), part) for name, part in value.items() if part not in ("", None)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value) if value not in (None, "") else "none"


def _part(name: str, value: Any) -> str:
    """One part of a value; of what a file holds its check sum in short, since two files may have one name."""
    return f"content {str(value)[:8]}" if name == "sha256" else f"{_plain(name)} {_shown(value)}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _models(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[SpecChange]:
    """Which role uses which language model, and whose prompt is another."""
    plans = [run.get("models") or {} for run in (a, b)]
    roles = [plan.get("roles", {}) for plan in plans]
    found = []
    for role in dict.fromkeys([*roles[0], *roles[1]]):
        models = [r[role]["model"] if role in r else "built-in" for r in roles]
        found += _option(f"language model of the {role}", *models)
    prompts = [plan.get("prompts", {}) for plan in plans]
    for name in dict.fromkeys([*prompts[0], *prompts[1]]):
        texts = [p.get(name, "") for p in prompts]
        if texts[0] != texts[1]:
            said = [f"{len(text)} characters of its own" if text else "as shipped" for text in texts]
            found.append(SpecChange(part="option", name=f"prompt {name}", a=said[0], b=said[1]))
    return found
