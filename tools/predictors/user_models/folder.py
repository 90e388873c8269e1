"""The folder of a user's own models: its cards, the properties that follow from them, and the models themselves."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError, MolwrightError, NotFoundError
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property

CARD = "card.json"
#: (name, time of the last change in ns, size in bytes) of each card.
Stamp = tuple[tuple[str, int, int], ...]


def stamp_of(folder: Path) -> Stamp:
    """What changes when a model of ``folder`` is added, removed or trained again; empty for a folder that does not exist."""
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        entries = []
    found = []
    for name in entries:
        try:
            status = (folder / name / CARD).stat()
        except OSError:
            continue
        found.append((name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def read_folder(folder: Path, catalogue: Catalogue, only: Collection[str] | None = None) -> tuple[tuple[str, ...], dict[str, str]]:
    """The cards, as JSON, of the models in ``folder`` (those named in ``only``, if given) that can be added to ``catalogue``, and what is
    wrong with the others, by name.

    A card that cannot be read, or whose name another property has, is such a problem. A folder that does not exist holds no models.
    """
    texts: list[str] = []
    problems: dict[str, str] = {}
    for name, _, _ in stamp_of(folder):
        if only is not None and name not in only:
            continue
        try:
            text = (folder / name / CARD).read_text(encoding="utf-8")
            card = json.loads(text)
            if not isinstance(card, dict) or card.get("own") is not True or card.get("name") != name:
                raise ConfigurationError(f"{folder / name / CARD} is not the card of an own model called {name}")
            catalogue = with_card(catalogue, card)
        except (OSError, ValueError, KeyError, TypeError, MolwrightError) as error:
            problems[name] = str(error) or type(error).__name__
            continue
        texts.append(text)
    return tuple(texts), problems


def with_card(catalogue: Catalogue, card: Mapping[str, Any]) -> Catalogue:
    """``catalogue`` with the property and the units that follow from a model card. Synonyms that are taken are left out."""
    name, unit, plain = str(card["name"]), str(card["unit"]), str(card["plain_unit"])
    words = [str(w).strip().lower() for w in card["synonyms"]]
    words += [name.removeprefix(prefix).replace("_", " ") for prefix in ("my_", "our_") if name.startswith(prefix)]
    free = tuple(dict.fromkeys(w for w in words if w and catalogue.resolve(w) is None))
    units = catalogue.units
    if plain:
        units = units.with_unit(plain)
    if card["log"]:
        units = units.with_unit(unit, logarithm_of=plain)
    accepted: tuple[str, ...] = ()
    if unit:
        accepted = tuple(dict.fromkeys([*([plain] if plain else []), unit, *units.convertible(unit)]))
    definition = Property(
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
        user_defined=True,
    )
    return catalogue.with_properties(definition, units=units)


def load_user_model(name: str, folder: Path, versions: Mapping[str, str]) -> Any:
    """The model ``name`` of ``folder`` in the version that ``versions`` gives, read once.

    NotFoundError for a name that is not in ``versions``, PredictorError where its files are missing or damaged.
    """
    if name not in versions:
        raise NotFoundError(f"there is no own model {name!r}; there are: {', '.join(versions) or 'none'}")
    return _load(name, folder, versions[name])


@lru_cache(maxsize=16)
def _load(name: str, folder: Path, version: str) -> Any:
    from tools.predictors.user_models.model import UserModel

    return UserModel(name, folder)
