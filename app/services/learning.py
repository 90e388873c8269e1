"""Training sets and adapters: made, described, entered in a fleet file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import wiring
from core.errors import UsageError
from core.interfaces import RunStore
from core.settings import Settings

Tell = Callable[[str], None]


@dataclass(frozen=True)
class TrainingPlan:
    """What a training would take.

    Attributes:
        recipe, card, model: the recipe, what it is for, and the base.
        parts: memory by part, GiB. total, there: in all, and what there is, GiB.
        trainable: parameters that are trained. fits: whether it fits.
        checked: what the libraries themselves counted without weights; {} where they were not asked.
    """

    recipe: str
    card: str
    model: str
    parts: dict[str, float]
    total: float
    there: float
    trainable: int
    fits: bool
    checked: dict[str, int] = field(default_factory=dict)


class LearningService:
    """Adapters for the roles, trained on verified tasks. ``store``: opens the runs, for whoever asks."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore]) -> None:
        self._settings, self._store = settings, store

    def roles(self) -> Sequence[str]:
        """The roles that there are training sets for."""
        from learn.example import ROLES

        return ROLES

    def make_data(
        self, folder: Path, roles: Sequence[str], *, examples: int, questions: int, seed: int, runs: bool, tell: Tell
    ) -> dict[str, Any]:
        """Write training sets into ``folder``; returns their card. ``runs``: verified steps of stored conversations are taken too. UsageError."""
        from learn.dataset import make

        store = self._store() if runs and not wiring.store_missing(self._settings) else None
        workspace = wiring.open_workspace(self._settings)
        return make(
            folder, roles or self.roles(), wanted=examples, tested=questions, seed=seed, workspace=workspace, store=store, tell=tell
        )

    def plan(self, recipe: str, base: Path | None, *, preferences: bool, check: Path | None = None) -> TrainingPlan:
        """What a training by a recipe takes; of the base in a folder, or of the model that the recipe is meant for.

        ``check``: a Python of the training environment, which then builds the adapter on the model's shape without weights. UsageError where there is
        neither a base nor a model, NotFoundError for an unknown recipe.
        """
        from learn.recipes import figures_of, planned
        from learn.recipes import recipe as by_name

        wanted = by_name(recipe)
        figures = figures_of(base) if base is not None else wanted.figures
        if figures is None:
            raise UsageError(f"the recipe {recipe} is for any model: name one by --base")
        memory = planned(wanted, figures, preferences=preferences)
        parts = {name: round(getattr(memory, name), 2) for name in ("weights", "adapter", "activations", "logits", "beside")}
        counted = _counted(wanted.name, base, check) if check is not None else {}
        named = str(base) if base is not None else wanted.model
        return TrainingPlan(recipe, wanted.card, named, parts, round(memory.total, 2), memory.there, memory.trainable, memory.fits, counted)

    def recipes(self) -> list[str]:
        """The names of the recipes."""
        from learn.recipes import recipes

        return list(recipes())

    def _environment(self, python: Path | None, tell: Tell) -> Path:
        """The Python that trains: the one given, or that of an environment of its own, made if need be. MolwrightError."""
        from learn import environment

        return python if python is not None else environment.make(tell)

    def train(
        self,
        base: Path,
        data: Path,
        out: Path,
        *,
        role: str,
        name: str = "",
        recipe: str = "cpu",
        seed: int = 0,
        epochs: float = 1.0,
        steps: int = 0,
        preferences: int = 0,
        examples: int = 0,
        half: bool = True,
        threads: int = 1,
        python: Path | None = None,
        tell: Tell,
    ) -> dict[str, Any]:
        """Train an adapter and return its card; see :class:`learn.adapters.Training`.

        Memory is planned before anything is installed or loaded. ``python``: that of an environment with torch, peft and trl; one for the processor is made
        if None. UsageError, MolwrightError.
        """
        from learn.adapters import Training, checked, train
        from learn.recipes import recipe as by_name

        training = Training(
            base, data, out, role, name or out.resolve().name, seed, epochs, steps, preferences, examples, half=half, threads=threads
        )  # fmt: skip
        checked(training, by_name(recipe))
        return train(training, by_name(recipe), self._environment(python, tell), tell)

    def card(self, folder: Path) -> dict[str, Any]:
        """The card of an adapter. UsageError where there is none."""
        from learn.adapters import read_adapter

        return read_adapter(folder)

    def enter(self, file: Path, folder: Path, deployment: str, *, roles: Sequence[str], kinds: Sequence[str]) -> dict[str, Any]:
        """Enter the adapter in ``folder`` in a fleet file, at ``deployment``; returns the entry. The file is replaced as a whole. UsageError."""
        from learn.fleet_file import entry, with_adapter

        made = entry(folder, roles=list(roles), kinds=list(kinds))
        text = with_adapter(file, deployment, made)
        temporary = file.with_name(f"{file.name}.part")
        try:
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(file)
        except OSError as error:
            raise UsageError(f"cannot write {file}: {error.strerror or error}") from error
        return made.model_dump(mode="json")


def _counted(recipe: str, base: Path | None, python: Path) -> dict[str, int]:
    """What peft and trl make of the recipe on the model's shape, without weights."""
    import tempfile

    from learn.adapters import Training, configuration, run
    from learn.recipes import recipe as by_name

    wanted = by_name(recipe)
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        config = configuration(Training(base or here, here, here / "out", "assistant", "check"), wanted)
        f = wanted.figures
        if base is None and f is not None:
            config["base"] = ""
            config["shape"] = {
                "num_hidden_layers": f.layers, "hidden_size": f.hidden_size, "num_attention_heads": f.attention_heads,
                "num_key_value_heads": f.kv_heads, "head_dim": f.head_dim, "intermediate_size": f.intermediate_size,
                "vocab_size": f.vocab_size, "tie_word_embeddings": f.tied_embeddings,
            }  # fmt: skip
        return run(python, config, here / "work", lambda text: None, check=True)
