"""The predictors: those that ship, and a chemist's own properties learnt from a table of measurements."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app import wiring
from core.errors import ConfigurationError, NotFoundError, StoreError, UsageError
from core.masking import masked
from core.settings import Settings
from tools.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from tools.workspace import Workspace

Progress = Callable[[str], None]
Split = Literal["random", "scaffold", "cluster"]


@dataclass(frozen=True)
class TrainedUserModel:
    """A property of the user's own that was learnt. ``left_out``: line and reason of each row that could not be used."""

    card: dict[str, Any]
    left_out: list[tuple[int, str]]
    folder: Path


@dataclass(frozen=True)
class TrainedAgain:
    """A shipped property that was trained again.

    Attributes:
        card: its model card.
        same_data: whether the table is the one that the shipped weights were trained on.
        reproduced: whether the figures agree within half a percent.
        compared: by split and figure, the value here and the shipped one.
        folder: where the weights are.
    """

    card: dict[str, Any]
    same_data: bool
    reproduced: bool
    compared: dict[str, dict[str, list[Any]]]
    folder: Path


class ModelService:
    """The predictors that this home can use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def list(self) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """A summary of each model card, the shipped ones first, and what is wrong with own models that cannot be used, by name."""
        from tools.predictors.specs import PREDICTORS

        workspace = wiring.open_workspace(self.settings)
        rows = [_summary(_shipped_card(name), "shipped") for name in PREDICTORS]
        rows += [_summary(card, "own") for card in _user_model_cards(workspace).values()]
        return rows, dict(workspace.problems)

    def kind(self, name: str) -> Literal["shipped", "own"]:
        """Whether ``name`` ships or is the user's own. Raises NotFoundError naming what there is."""
        from tools.predictors.specs import PREDICTORS

        cards = _user_model_cards(wiring.open_workspace(self.settings))
        if name in PREDICTORS:
            return "shipped"
        if name in cards:
            return "own"
        raise NotFoundError(f"there is no model {name!r}; there are: {', '.join([*PREDICTORS, *cards])}")

    def ships(self, name: str) -> bool:
        """Whether a property of this name ships."""
        from tools.predictors.specs import PREDICTORS

        return name in PREDICTORS

    def card(self, name: str, form: Literal["json", "md"]) -> str:
        """The model card as text. NotFoundError if there is no such model or its card cannot be read."""
        from tools.predictors.weights import WEIGHTS

        folder = WEIGHTS if self.kind(name) == "shipped" else wiring.user_models_folder(self.settings)
        file = folder / name / f"card.{form}"
        try:
            return file.read_text(encoding="utf-8")
        except OSError as error:
            raise NotFoundError(f"the model card {file} cannot be read: {error.strerror}") from error

    def check_new(self, name: str, synonyms: Sequence[str] = (), *, replace: bool = False) -> None:
        """Raise UsageError where ``name`` or a synonym of an own property is taken, or one of this name is there and ``replace`` is False."""
        from tools.predictors.user_models.train import check_name

        workspace = wiring.open_workspace(self.settings)
        check_name(name, workspace.catalogue)
        _refuse_known_words(name, synonyms, catalogue=workspace.catalogue)
        known = _user_model_cards(workspace)
        if name in known and not replace:
            raise UsageError(
                f"there is an own model {name} (version {known[name]['version']}); --replace trains it again, and runs that "
                "used it no longer replay"
            )

    def look_at_table(
        self, data: Path, *, unit: str = "", log: bool = False, smiles: str = "", target: str = "", most: int
    ) -> dict[str, Any]:
        """What a table of measurements holds, as JSON values: kind, rows, substances, range of the values, rows left out, warnings.

        UsageError for a table that cannot be used or has more than ``most`` rows.
        """
        from tools.files.records import StructureFile
        from tools.files.units import standard
        from tools.predictors.user_models.table import read_measurements

        StructureFile(data).table(most)
        table = read_measurements(data, smiles=smiles, target=target, unit=standard(unit), log=log, kind=None)
        return {
            "kind": table.kind,
            "rows_read": table.rows_read,
            "rows_used": table.rows_used,
            "substances": len(table),
            "least": float(table.y.min()),
            "greatest": float(table.y.max()),
            "left_out": [[bad.line, bad.reason] for bad in table.bad[:50]],
            "left_out_number": len(table.bad),
            "warnings": list(table.warnings),
        }

    def remove(self, name: str) -> None:
        """Remove an own model, for good: runs that used it no longer replay. NotFoundError; UsageError for one that ships."""
        if self.kind(name) == "shipped":
            raise UsageError(f"{name} ships with molwright and cannot be removed")
        folder = wiring.user_models_folder(self.settings) / name
        gone = folder.parent.with_name(f"removed-{name}")
        try:
            folder.rename(gone)
            shutil.rmtree(gone)
        except OSError as error:
            raise StoreError(f"the model {name} cannot be removed: {error.strerror or error}") from error

    def train_user_model(
        self,
        name: str,
        data: Path,
        *,
        unit: str = "",
        log: bool = False,
        label: str = "",
        description: str = "",
        synonyms: Sequence[str] = (),
        smiles: str = "",
        target: str = "",
        seed: int = 0,
        replace: bool = False,
        device: str = "auto",
        progress: Progress,
    ) -> TrainedUserModel:
        """Learn a property of the user's own from a table of measurements and register it.

        ``unit`` is that of the measured values, ``log``: learn their decimal logarithm, ``synonyms``: further words for goals. ``smiles``
        and ``target`` name columns. ``replace``: train one that there is again; runs that used it no longer replay. Raises
        UsageError for a name or word that is taken and for a table that cannot be used.
        """
        from tools.predictors.user_models.train import UserProperty, train_user_model

        _refuse_device(device)
        self.check_new(name, synonyms, replace=replace)
        folder = wiring.user_models_folder(self.settings)
        wiring.prepare_home(self.settings)
        lowered = tuple(word.lower() for word in synonyms)
        wanted = UserProperty(name=name, unit=unit, log=log, label=label, description=description, synonyms=lowered)
        card, table = train_user_model(data, wanted, folder, smiles=smiles, target=target, seed=seed, progress=progress)
        problems = wiring.open_workspace(self.settings).problems
        if name in problems:
            raise UsageError(f"the model was written to {folder / name}, but cannot be used: {problems[name]}")
        return TrainedUserModel(card, [(bad.line, bad.reason) for bad in table.bad], folder / name)

    def language_models(self) -> tuple[dict[str, dict[str, Any]], str]:
        """For each reasoning role what answers (its model with context, longest reply and deadline; {} for the built-in form), and what is wrong."""
        from agent.models.plan import ROLES

        try:
            plan, fault = wiring.plan_of(self.settings), ""
        except ConfigurationError as error:
            plan, fault = None, masked(str(error))
        used = {} if plan is None else plan.roles
        shown = ("model", "fallback_model", "context_tokens", "max_tokens", "deadline_s")
        return {role: {n: getattr(used[role], n) for n in shown} if role in used else {} for role in ROLES}, fault

    def train_shipped(
        self, name: str, data: Path, *, seed: int = 0, folder: Path | None = None, device: str = "auto", progress: Progress
    ) -> TrainedAgain:
        """Train a shipped property from its recipe into a folder of its own and hold the figures against those that ship."""
        from tools.predictors.specs import predictor_spec
        from tools.predictors.training.device import choose
        from tools.predictors.training.fit import train_predictor

        place = folder or wiring.prepare_home(self.settings) / "trained"
        shipped = _shipped_card(name)
        card = train_predictor(data, predictor_spec(name), place, seed, progress, device=choose(device, progress))
        compared = {
            split: {key: [m.get(key), shipped["metrics"][split].get(key)] for key in ("rmse", "mae", "coverage")}
            for split, m in card["metrics"].items()
            if split in shipped["metrics"]
        }
        reproduced = bool(compared) and all(_close(a, b) for pair in compared.values() for a, b in pair.values())
        return TrainedAgain(card, card["data"]["sha256"] == shipped["data"]["sha256"], reproduced, compared, place / name)

    def evaluate(
        self,
        name: str,
        data: Path,
        split: Split | None,
        *,
        smiles: str = "",
        target: str = "",
        seed: int = 0,
        device: str = "auto",
        progress: Progress,
    ) -> dict[str, Any]:
        """Measure a model on a table: the stored model on structures it was not trained on, or by ``split`` its recipe in cross-validation."""
        from tools.predictors.user_models.external import evaluate_shipped, evaluate_user_model

        if self.kind(name) == "shipped":
            return evaluate_shipped(name, data, split, seed=seed, smiles=smiles, target=target, progress=progress, device=device)
        _refuse_device(device)
        models = wiring.open_workspace(self.settings).user_models
        assert models is not None, "kind() has found the model"
        return evaluate_user_model(models.model(name), data, split, seed=seed, smiles=smiles, target=target, progress=progress)


def _shipped_card(name: str) -> dict[str, Any]:
    from tools.predictors.weights import WeightsFolder

    return WeightsFolder(name).card


def _user_model_cards(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The model cards of the user's own models, by name."""
    return workspace.user_models.cards if workspace.user_models else {}


def _summary(card: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a list shows of a model card."""
    data = card["data"]
    return {
        "name": card["name"],
        "kind": kind,
        "unit": card["unit"],
        "version": card["version"],
        "data": data.get("source") or data.get("file", ""),
        "licence": data["licence"],
        "rows": data["rows_used"],
        "metrics": {
            split: {key: m[key] for key in ("n", "rmse", "mae", "coverage") if key in m}
            for split, m in card["metrics"].items()
            if isinstance(m, dict)
        },
        "warnings": card.get("warnings", []),
    }


def _refuse_device(device: str) -> None:
    """Raise UsageError where a GPU was asked for in training a property of the user's own."""
    if device not in ("auto", "cpu"):
        raise UsageError("a property of your own is always learnt on the processor; --device is for the properties that ship")


def _refuse_known_words(name: str, synonyms: Sequence[str], *, catalogue: Catalogue) -> None:
    """Raise UsageError for a name or synonym that goals already use for something else (a group, an element, a colour ...)."""
    from agent.reading.lexicon import key_of, lexicon

    for word in (name, name.replace("_", " "), *synonyms):
        known = catalogue.resolve(word)
        meanings = set(lexicon(catalogue).meanings.get(key_of(word), {})) - {"unchk"}
        if meanings and not (known is not None and known.user_defined):
            raise UsageError(
                f"goals already use the word {word!r} for something else; choose another, such as my_{name.removeprefix('my_')}"
            )


def _close(a: Any, b: Any) -> bool:
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        return bool(a == b)
    return abs(a - b) <= 0.005 * max(abs(a), abs(b))
