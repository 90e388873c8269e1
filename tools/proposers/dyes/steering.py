"""Which recipes a spec allows, how promising each is, and what good parents teach."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from core import data
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.synthesis.dyes.library import Recipe, recipes

_LAMBDA = "absorption_maximum"
_DYE_WORDS = ("dye", "pigment", "colorant", "colourant", "chromophore", "fluorophore", "uv filter", "uv absorber")


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = data.table("tools.proposers.dyes", "families.toml")["words"]
    return words


def _plain(name: str) -> str:
    plain = re.sub(r"(dyes?|pigments?|colou?rants?|chromophores?|fluorophores?)\b", "", name.lower())
    return re.sub(r"[\s()_-]", "", plain)


def is_about_dyes(spec: DesignSpec, *, catalogue: Catalogue) -> bool:
    """Whether a spec asks for a dye: a molecule with a dye family, or with a requirement on its absorption."""
    if spec.candidate_class != "molecule":
        return False
    family = spec.family.lower()
    named = any(word in family for word in _DYE_WORDS) or _plain(family) in _words() or _plain(family).removesuffix("s") in _words()
    return named or bool(catalogue.on("dye") & set(spec.property_names()))


def allowed_recipes(spec: DesignSpec) -> list[Recipe]:
    """The recipes of the family that the spec names; all where it names none, or only 'dye'."""
    plain = _plain(spec.family)
    wanted = _words().get(plain) or _words().get(plain.removesuffix("s"))
    return [r for r in recipes() if wanted is None or r.family in wanted or r.id in wanted]


def hinted_families(hints: Sequence[str]) -> frozenset[str]:
    """Families of recipes that the literature's hints name ('azo', 'coumarin', 'cyanine')."""
    named = {name for hint in hints for name in _words().get(_plain(hint), ())}
    return frozenset(r.family for r in recipes() if r.family in named or r.id in named)


def lambda_window(spec: DesignSpec) -> tuple[float, float] | None:
    """The absorption maxima (nm) asked for, infinite where open; None if the spec does not ask."""
    low, high, asked = float("-inf"), float("inf"), False
    for condition in spec.conditions_on(_LAMBDA):
        bounds = condition.bounds()
        low, high, asked = max(low, bounds[0]), min(high, bounds[1]), True
    for objective in spec.objectives:
        if objective.property == _LAMBDA and not asked:
            asked = True
            if objective.target is not None:
                low, high = objective.target - 25.0, objective.target + 25.0
            elif objective.shape == "maximise":
                low = objective.high
            else:
                high = objective.low
    return (low, high) if asked else None


def promise(recipe: Recipe, window: tuple[float, float] | None) -> float:
    """How promising a recipe is for a window of absorption maxima: 1 where the usual span overlaps it, falling off outside."""
    if window is None:
        return 1.0
    gap = max(recipe.window[0] - window[1], window[0] - recipe.window[1], 0.0)
    return 1.0 if gap == 0.0 else max(0.02, 0.3 - gap / 300.0)
