"""The registry of language models: what is put in place of what is configured, on which evidence, and taken out again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from core.errors import ConfigurationError, NotFoundError, UsageError
from core.registry import PROMPT, Promotion, What, checked_name, in_force, slot_of_role, stacks
from core.settings import Settings

if TYPE_CHECKING:
    from app.services.evaluations import EvaluationService

#: Files that every adapter has.
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
_CARD = "card.json"
_BLOCK = 1 << 20


class RegistryService:
    """The registry in one store. Doors ask who may change it."""

    def __init__(
        self, settings: Settings, evaluations: Callable[[], EvaluationService], *, clock: Callable[[], datetime] = wiring.now
    ) -> None:
        self.settings = settings
        self._evaluations = evaluations
        self.clock = clock

    def history(self, slot: str = "") -> Sequence[Promotion]:
        """Every entry, oldest first; those of one slot, if it is given."""
        with closing(wiring.open_registry(self.settings)) as store:
            return store.history(slot)

    def in_force(self) -> dict[str, Promotion]:
        """What stands in each slot; a slot with nothing promoted is as configured."""
        return in_force(self.history())

    def promote_model(
        self, name: str, *, role: str, kind: str = "", why: str, evidence: tuple[str, str] | None = None, despite: str = ""
    ) -> Promotion:
        """Let the model ``name``, as a server knows it, answer in ``role``. Raises as :meth:`promote_adapter` does."""
        return self._promote("model", _role_slot(role, kind), self._served(name), why, evidence, despite, {})

    def promote_adapter(
        self,
        folder: Path,
        *,
        role: str,
        kind: str = "",
        name: str = "",
        why: str,
        evidence: tuple[str, str] | None = None,
        despite: str = "",
    ) -> Promotion:
        """Let the adapter in ``folder`` answer in ``role``, of goals of one ``kind`` if it is given.

        ``name``: under which a server has it; by default that of its card, else of its folder. ``evidence``: ids of two stored runs of the suite
        'agent', the second one with this adapter, which has to be better; ``despite``: why it is promoted although none says so.
        NotFoundError for a folder or a file that is not there, UsageError for what does not fit together.
        """
        content = _adapter(folder)
        card: dict[str, Any] = content["card"]
        named = name or str(card.get("name") or folder.resolve().name)
        return self._promote("adapter", _role_slot(role, kind), self._served(named), why, evidence, despite, content)

    def promote_prompt(self, path: Path, *, why: str, evidence: tuple[str, str] | None = None, despite: str = "") -> Promotion:
        """Use the prompt in the file ``path`` in place of the program's of the same name. Raises as :meth:`promote_adapter` does."""
        from evals.fork import read_prompt

        name, text = read_prompt(str(path))
        content = {"text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        return self._promote("prompt", f"{PROMPT}{name}", name, why, evidence, despite, content)

    def rollback(self, slot: str, *, why: str) -> Promotion:
        """Take out what stands in ``slot``: what was there before stands again, at last what is configured. NotFoundError where nothing is promoted."""
        history = self.history()
        standing = stacks(history).get(slot, [])
        if not standing:
            known = ", ".join(in_force(history)) or "none"
            raise NotFoundError(f"nothing is promoted for {slot!r}; slots with something promoted: {known}")
        out = standing[-1]
        return self._add(
            Promotion(at=self._now(), by=self._who(), action="rollback", slot=slot, what=out.what, name=out.name, why=_said(why))
        )

    def changed_since(self, entry: Promotion) -> list[str]:
        """Files of an adapter that are gone or are not what they were when it was promoted; [] for anything else."""
        folder = Path(str(entry.content.get("folder", "")))
        files: dict[str, str] = entry.content.get("files", {}) if entry.what == "adapter" else {}
        return [name for name, digest in files.items() if not (folder / name).is_file() or _sha256(folder / name) != digest]

    def _promote(
        self, what: What, slot: str, name: str, why: str, evidence: tuple[str, str] | None, despite: str, content: dict[str, Any]
    ) -> Promotion:
        found = self._evidence(evidence, what, name, content) if evidence else {}
        if found.get("verdict") != "better" and not despite.strip():
            says = f"the comparison says {found['verdict']!r}" if found else "there is no comparison"
            raise UsageError(
                f"{name} is not promoted: {says}. Give two runs of which the second is better (molwright eval ab A B, then --evidence A:B), "
                "or say why it is promoted all the same (--despite)"
            )
        entry = Promotion(
            at=self._now(), by=self._who(), action="promote", slot=slot, what=what, name=name, why=_said(why),
            evidence=found, despite=despite.strip() if found.get("verdict") != "better" else "", content=content,
        )  # fmt: skip
        return self._add(entry)

    def _evidence(self, ids: tuple[str, str], what: What, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """The comparison of two stored runs. UsageError where the second was not made with what is promoted."""
        result, run = self._evaluations().judged(*ids), self._evaluations().find(ids[1])
        asked = run.options.get("asked") or {}
        used = name in (asked.get("model"), *run.models.replace(" (", "; ").split("; "))
        if what == "prompt":
            used = dict(asked.get("prompts") or {}).get(name) == content["sha256"]
        if not used:
            raise UsageError(f"the evaluation run {run.eval_id} was not made with {name} ({run.models}), so it says nothing about it")
        kept = result.comparison
        return {
            "a": kept.a, "b": kept.b, "suite": kept.suite, "pairs": kept.pairs, "verdict": result.verdict, "why": result.why,
            "difference": kept.difference, "low": kept.low, "high": kept.high, "p": result.p, "rule": result.rule,
        }  # fmt: skip

    def _served(self, name: str) -> str:
        """``name``, if a configured pool has it or one address may have it. UsageError, ConfigurationError."""
        from agent.models.client import models_of
        from agent.models.endpoints import pool_config

        checked_name(name)
        pool = pool_config(self.settings)
        if pool is not None and not self.settings.models.url and name not in models_of(pool):
            raise UsageError(f"no configured server has {name!r}; there are {', '.join(models_of(pool)) or 'none for text'}")
        return name

    def _add(self, entry: Promotion) -> Promotion:
        with closing(wiring.open_registry(self.settings)) as store:
            return store.add(entry)

    def _now(self) -> str:
        return self.clock().isoformat()

    def _who(self) -> str:
        return wiring.user_name(self.settings)


def _role_slot(role: str, kind: str) -> str:
    from agent.models.plan import ROLES

    if role not in ROLES:
        raise UsageError(f"{role!r} is no role; the roles are {', '.join(ROLES)}")
    return slot_of_role(role, kind)


def _said(why: str) -> str:
    if not why.strip():
        raise UsageError("say why (--why): whoever reads the history next year has to know")
    return why.strip()[:2000]


def _adapter(folder: Path) -> dict[str, Any]:
    """What is kept of an adapter: its folder, each file with its SHA-256, its settings and its card."""
    missing = [name for name in ADAPTER_FILES if not (folder / name).is_file()]
    if missing:
        raise NotFoundError(f"{folder} is no adapter: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    files = {p.name: _sha256(p) for p in sorted(folder.iterdir()) if p.is_file()}
    settings = _json(folder / ADAPTER_FILES[0])
    card = _json(folder / _CARD) if (folder / _CARD).is_file() else {}
    return {
        "folder": str(folder.resolve()),
        "files": files,
        "base": str(settings.get("base_model_name_or_path") or card.get("base") or ""),
        "rank": settings.get("r"),
        "card": card,
    }


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no JSON object")
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()
