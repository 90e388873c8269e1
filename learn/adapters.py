"""An adapter: trained in an environment of its own, with a card that says from what, and how much better it is."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import MolwrightError, UsageError
from core.model import content_hash
from learn.dataset import part, read_card
from learn.example import ROLES
from learn.recipes import MemoryPlan, Recipe, figures_of, planned
from serving.local.server import available_memory_gb
from serving.topology import valid_name

CARD = "card.json"
TRAIN = Path(__file__).parent / "training" / "train.py"
#: What an adapter is put on: every linear layer of attention and MLP, as vLLM serves it.
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Training:
    """What is trained.

    Attributes:
        base: folder of the base model. data: folder of the training set. out: folder of the adapter; what is needed to go on is kept beside it.
        role: the role. name: name that it is served under. seed: of everything random.
        epochs: how often each example is seen; steps: at most so many steps instead, 0: no limit. preferences: steps of DPO, 0: none.
        examples: at most so many of the set; 0: all.
        half: on a processor, weights in 16 bit. threads: threads of a processor.
    """

    base: Path
    data: Path
    out: Path
    role: str
    name: str
    seed: int = 0
    epochs: float = 1.0
    steps: int = 0
    preferences: int = 0
    examples: int = 0
    half: bool = True
    threads: int = 1

    @property
    def work(self) -> Path:
        """Where checkpoints are kept while it is trained."""
        return self.out.with_name(f".{self.out.name}-training")


def checked(training: Training, recipe: Recipe) -> MemoryPlan:
    """The memory that the training takes. UsageError for what cannot be trained: no such role, a name that cannot be served, a base that does not fit."""
    if training.role not in ROLES:
        raise UsageError(f"there is no training set for {training.role!r}; there are: {', '.join(ROLES)}")
    if not valid_name(training.name):
        raise UsageError(f"{training.name!r} is not a name: lower-case letters, digits, dots, dashes, at most 63 characters")
    plan = planned(recipe, figures_of(training.base), preferences=training.preferences > 0)
    if not plan.fits:
        raise UsageError(
            f"{training.base} does not fit the recipe {recipe.name} ({recipe.card}): {plan.total:.1f} GiB are needed, {plan.there:.1f} GiB are there"
        )
    if recipe.name == "cpu" and plan.total > available_memory_gb():
        raise UsageError(f"{plan.total:.1f} GiB of memory are needed, and {available_memory_gb():.1f} GiB are available")
    return plan


def configuration(training: Training, recipe: Recipe) -> dict[str, Any]:
    """What the program of the training environment is told."""
    return {
        "base": str(training.base.resolve()),
        "data": str(training.work / "examples.jsonl"),
        "out": str(training.out.resolve()),
        "work": str(training.work.resolve()),
        "seed": training.seed,
        "epochs": training.epochs,
        "sft_steps": training.steps,
        "dpo_steps": training.preferences,
        "half": training.half,
        "threads": training.threads,
        "targets": list(TARGETS),
        "quantize": recipe.quantize,
        "rank": recipe.rank,
        "batch": recipe.batch,
        "accumulate": recipe.accumulate,
        "length": recipe.length,
        "checkpointing": recipe.checkpointing,
        "sft_rate": recipe.sft_rate,
        "dpo_rate": recipe.dpo_rate,
        "save_every": 20,
    }


def train(training: Training, recipe: Recipe, python: Path, tell: Tell) -> dict[str, Any]:
    """Train and return the card, which lies in ``training.out``. What was stopped goes on; what is complete is trained again only by another seed, set or base.

    Raises UsageError (see :func:`checked`), MolwrightError if the training ends with a fault.
    """
    plan = checked(training, recipe)
    data = read_card(training.data)
    examples = part(training.data, training.role, "train")[: training.examples or None]
    if not examples:
        raise UsageError(f"{training.data} holds no example for the {training.role}")
    config = configuration(training, recipe)
    stamp = content_hash([config, data["files"], len(examples), file_hashes(training.base)])
    _begin_or_go_on(training, stamp, tell)
    text = "".join(json.dumps(e.model_dump(mode="json"), ensure_ascii=False) + "\n" for e in examples)
    (training.work / "examples.jsonl").write_text(text, encoding="utf-8")
    tell(
        f"{len(examples)} examples; {plan.trainable / 1e6:.1f} million parameters are trained; {plan.total:.1f} of {plan.there:.1f} GiB of memory"
    )
    result = run(python, config, training.work, tell, threads=training.threads)
    card = {
        "name": training.name,
        "role": training.role,
        "base": training.base.resolve().name,
        "base_files": file_hashes(training.base),
        "recipe": recipe.model_dump(mode="json", exclude={"figures"}),
        "seed": training.seed,
        "data": data,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "trained": result,
        "files": file_hashes(training.out),
        "before": None,
        "after": None,
    }
    write_card(training.out, card)
    return card


def _begin_or_go_on(training: Training, stamp: str, tell: Tell) -> None:
    """Prepare the folder of the checkpoints. UsageError where ``out`` holds something else, or a training with other settings was stopped there."""
    if training.out.exists() and any(training.out.iterdir()):
        raise UsageError(f"{training.out} is not empty: name another folder, or remove it")
    kept = training.work / "stamp"
    if kept.exists():
        if kept.read_text(encoding="utf-8") != stamp:
            raise UsageError(
                f"{training.work} holds a training with other settings that was stopped: remove it, or give the same settings to go on"
            )
        tell("going on where it was stopped")
    training.work.mkdir(parents=True, exist_ok=True)
    kept.write_text(stamp, encoding="utf-8")


def run(python: Path, config: dict[str, Any], work: Path, tell: Tell, *, threads: int = 1, check: bool = False) -> dict[str, Any]:
    """What the program of the training environment gives; ``tell`` hears its progress. MolwrightError with the end of its output if it fails."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "config.json"
    file.write_text(json.dumps(config, indent=1), encoding="utf-8")
    environment = {
        **os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "KMP_BLOCKTIME": "0", "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONHASHSEED": "0", "TRL_EXPERIMENTAL_SILENCE": "1",
    }  # fmt: skip
    environment.pop("PYTHONPATH", None)
    log = work / "training.log"
    result: dict[str, Any] = {}
    with log.open("w", encoding="utf-8") as errors:
        command = [str(python), str(TRAIN), str(file), *(["--check"] if check else [])]
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        except OSError as error:
            raise MolwrightError(f"{python} cannot be started: {error.strerror or error}") from error
        assert process.stdout is not None
        for line in process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict):
                result = said.get("result", result)
                _tell(said, tell)
        code = process.wait()
    if code or not result:
        raise MolwrightError(
            f"the training ended with a fault (exit code {code}); the end of {log}:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
        )
    return result


def _tell(said: dict[str, Any], tell: Tell) -> None:
    if "stage" in said:
        stage = {"sft": "supervised", "dpo": "preferences"}[said["stage"]]
        tell(f"{stage}: step {said['step']} of {said['of']}, loss {said['loss']}, {said['seconds_left'] / 60:.1f} min left")
    elif "tokens_mean" in said:
        tell(f"{said['tokens_mean']} tokens an example, {said['tokens']} in all; {said['left_out']} too long; {said['pairs']} pairs")


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file directly in ``folder``, but the card."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in (CARD, "complete"):
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            found[path.name] = digest.hexdigest()
    return found


def read_adapter(folder: Path) -> dict[str, Any]:
    """The card of an adapter. UsageError where there is none."""
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} holds no adapter with a card: molwright learn model trains one") from error
    return card


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write the card of an adapter."""
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
