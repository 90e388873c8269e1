"""Own models of a folder, known to the property registry, the predictors and the units of this process.

The folder is given by the caller (``app/wiring.py`` takes it from the settings). A worker process that is handed the folder's name
registers the same models, so values do not depend on where they are computed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError, MolwrightError, NotFoundError
from core.properties import PropertyDefinition
from core.units import add_unit, convertible
from tools.catalogue.registry import REGISTRY

CARD = "card.json"


@dataclass
class _State:
    folder: Path | None = None
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    stamp: tuple[Any, ...] = ()


_STATE = _State()


def _stamp(folder: Path, only: Collection[str] | None) -> tuple[Any, ...]:
    """Changes when a model is added, removed or trained again."""
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        entries = []
    found = []
    for name in entries:
        try:
            status = (folder / name / CARD).stat()
            found.append((name, status.st_mtime_ns, status.st_size))
        except OSError:
            continue
    return (str(folder), None if only is None else tuple(sorted(only)), *found)


def use_own_models(folder: Path | None, only: Collection[str] | None = None) -> dict[str, str]:
    """Register the models in ``folder`` (those named in ``only``, if given) in place of those registered before.

    Returns the problems by name: a folder whose card cannot be read, or whose name or words another property has. Such a model is left
    out; everything else works. A folder that does not exist holds no models.
    """
    stamp = _stamp(folder, only) if folder is not None else ()
    if stamp == _STATE.stamp and folder == _STATE.folder:
        return dict(_STATE.problems)
    for name in _STATE.cards:
        REGISTRY.unregister(name)
    _STATE.folder, _STATE.cards, _STATE.problems, _STATE.stamp = folder, {}, {}, stamp
    _load.cache_clear()
    for name in [entry[0] for entry in stamp[2:]]:
        if only is not None and name not in only:
            continue
        assert folder is not None
        try:
            card = json.loads((folder / name / CARD).read_text(encoding="utf-8"))
            if not isinstance(card, dict) or card.get("own") is not True or card.get("name") != name:
                raise ConfigurationError(f"{folder / name / CARD} is not the card of an own model called {name}")
            REGISTRY.register(_definition(card))
            _STATE.cards[name] = card
        except (OSError, ValueError, KeyError, TypeError, MolwrightError) as error:
            _STATE.problems[name] = str(error) or type(error).__name__
    return dict(_STATE.problems)


def _definition(card: dict[str, Any]) -> PropertyDefinition:
    """The registry entry that follows from a model card. Synonyms that are taken are left out."""
    name, unit, plain = str(card["name"]), str(card["unit"]), str(card["plain_unit"])
    words = [str(w).strip().lower() for w in card["synonyms"]]
    words += [name.removeprefix(prefix).replace("_", " ") for prefix in ("my_", "our_") if name.startswith(prefix)]
    free = tuple(dict.fromkeys(w for w in words if w and REGISTRY.resolve(w) is None))
    accepted: tuple[str, ...] = ()
    if plain:
        add_unit(plain)
    if card["log"]:
        add_unit(unit, logarithm_of=plain)
    if unit:
        accepted = tuple(dict.fromkeys([*([plain] if plain else []), unit, *convertible(unit)]))
    return PropertyDefinition(
        name=name,
        label=str(card["label"]),
        synonyms=free,
        unit=unit,
        kind="predicted",
        low=float(card["low"]),
        high=float(card["high"]),
        typical_low=float(card["typical"][0]),
        typical_high=float(card["typical"][1]),
        method=f"own model {name}",
        source=f"own measurements, {card['data']['file']}",
        description=str(card["description"]),
        accepted_units=accepted,
        classes=("polymer",) if card["kind"] == "polymer" else ("molecule",),
        window=0.1 if card["log"] else None,
        plain_unit=plain if card["log"] else "",
        own=True,
    )


def own_folder() -> Path | None:
    """The folder whose models are registered."""
    return _STATE.folder


def own_cards() -> dict[str, dict[str, Any]]:
    """The model cards of the registered own models, by name."""
    return dict(_STATE.cards)


def own_versions(names: Collection[str] | None = None) -> dict[str, str]:
    """Version of each registered own model, or of those among ``names``."""
    return {name: str(card["version"]) for name, card in _STATE.cards.items() if names is None or name in names}


def is_own(name: str) -> bool:
    """Whether ``name`` is a registered own model."""
    return name in _STATE.cards


def own_model(name: str) -> Any:
    """The registered own model ``name``, read once. Raises NotFoundError or PredictorError."""
    if name not in _STATE.cards or _STATE.folder is None:
        raise NotFoundError(f"there is no own model {name!r}; there are: {', '.join(_STATE.cards) or 'none'}")
    return _load(name, _STATE.folder, str(_STATE.cards[name]["version"]))


@lru_cache(maxsize=16)
def _load(name: str, folder: Path, version: str) -> Any:
    from tools.predictors.user_models.model import OwnModel

    return OwnModel(name, folder)


@contextmanager
def only_own_models(names: Collection[str]) -> Iterator[None]:
    """For the length of the block, only the own models among ``names`` are registered."""
    folder = _STATE.folder
    use_own_models(folder, only=names)
    try:
        yield
    finally:
        use_own_models(folder)
