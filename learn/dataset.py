"""A training set in a folder: one file a role and part, and a card that says what it is made of."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.interfaces import RunStore
from core.model import content_hash
from learn import assistant, interpreter, proposer, researcher, stored
from learn.contamination import cleaned
from learn.example import ROLES, Example, Split, read_examples, write_examples
from learn.wordings import FILE
from tools.safety.guard import guard_version
from tools.workspace import Workspace

CARD = "data.json"
MAKERS = {
    "assistant": assistant.examples,
    "interpreter": interpreter.examples,
    "researcher": researcher.examples,
    "proposer": proposer.examples,
}


def make(
    folder: Path,
    roles: Sequence[str],
    *,
    wanted: int,
    tested: int,
    seed: int,
    workspace: Workspace,
    store: RunStore | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Write the sets of ``roles`` into ``folder`` and return the card.

    ``wanted``: examples of training for each role, ``tested``: of its test; fewer where not so many can be made. ``store``: stored runs, from
    which verified steps are taken too. UsageError for a role that there is no set for, or a folder that cannot be written.
    """
    if unknown := [r for r in roles if r not in ROLES]:
        raise UsageError(f"there is no training set for {', '.join(unknown)}; there are: {', '.join(ROLES)}")
    made: dict[str, dict[Split, list[Example]]] = {}
    dropped: Counter[str] = Counter()
    parts: tuple[tuple[Split, int], ...] = (("train", wanted), ("test", tested))
    for role in roles:
        made[role] = {}
        for split, number in parts:
            tell(f"{role}: {split}")
            made[role][split] = MAKERS[role](split, number, random.Random(f"{seed}/{role}/{split}"), workspace, dropped)
        if role == "assistant" and store is not None:
            made[role]["train"] += stored.examples(store, workspace, dropped)
    tell("holding them against every evaluation")
    train = [e for role in roles for e in made[role]["train"]]
    test = [e for role in roles for e in made[role]["test"]]
    train, test, found = cleaned(train, test)
    files: dict[str, dict[str, Any]] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for role in roles:
            for name, kept in (("train", train), ("test", test)):
                mine = [e for e in kept if e.role == role]
                random.Random(f"{seed}/{role}/{name}/order").shuffle(mine)
                digest = write_examples(folder / f"{role}-{name}.jsonl", mine)
                kinds = dict(sorted(Counter(e.kind for e in mine).items()))
                sources = dict(Counter(e.source.partition(":")[0] for e in mine))
                pairs = sum(len(e.wrong) for e in mine)
                files[f"{role}-{name}.jsonl"] = {
                    "examples": len(mine),
                    "pairs": pairs,
                    "sha256": digest,
                    "kinds": kinds,
                    "sources": sources,
                }
        card: dict[str, Any] = {
            "version": 1,
            "seed": seed,
            "files": files,
            "wordings": content_hash(FILE.read_text(encoding="utf-8")),
            "guard": guard_version(),
            "left_out": dict(sorted(dropped.items())),
            "contamination": asdict(found),
        }
        text = json.dumps(card, indent=2, ensure_ascii=False)
        (folder / CARD).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from error
    return read_card(folder)


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a set. UsageError where there is none."""
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} holds no training set: molwright learn data --out {folder} makes one") from error
    return card


def part(folder: Path, role: str, split: Split) -> list[Example]:
    """One file of a set. UsageError where there is none."""
    if f"{role}-{split}.jsonl" not in read_card(folder)["files"]:
        raise UsageError(f"{folder} holds nothing for the {role}: molwright learn data --role {role} --out {folder}")
    return list(read_examples(folder / f"{role}-{split}.jsonl"))
