"""An adapter's entry in a fleet file: written behind its deployment, everything else in the file stays as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError
from learn.adapters import read_adapter
from serving.topology import Adapter, load_topology

_TABLE = re.compile(r"^[ \t]*\[\[?\s*([\w.]+)\s*\]\]?", re.MULTILINE)
#: The ranks that vLLM reserves.
_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)


def entry(folder: Path, *, roles: list[str] | None = None, kinds: list[str] | None = None) -> Adapter:
    """What a fleet file says of the adapter in ``folder``. UsageError where it has no card or no config."""
    card = read_adapter(folder)
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        rank = next(r for r in _RANKS if r >= int(config["r"]))
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise UsageError(f"{folder / 'adapter_config.json'} cannot be used: {error}") from error
    given = {"name": card["name"], "path": str(folder.resolve()), "rank": rank, "roles": roles or [card["role"]], "kinds": kinds or []}
    return Adapter.model_validate(given)


def with_adapter(file: Path, deployment: str, adapter: Adapter) -> str:
    """The text of the fleet file with the adapter in ``deployment``; one of that name there is replaced. Raises UsageError.

    The new text is read again before it is given back, so that a file is never left that cannot be used.
    """
    topology = load_topology(file)
    served = {d.name: d for d in topology.deployments}
    if deployment not in served:
        raise UsageError(f"{file} has no deployment {deployment!r}; there are: {', '.join(served)}")
    if served[deployment].kind != "generate":
        raise UsageError(f"{deployment} makes embeddings; an adapter is for text")
    blocks = _blocks(file.read_text(encoding="utf-8"))
    starts = [n for n, block in enumerate(blocks) if block.table == "deployments"]
    number = [d.name for d in topology.deployments].index(deployment)
    first, last = starts[number], (starts[number + 1 :] or [len(blocks)])[0]
    last = next((n for n in range(first + 1, last) if not blocks[n].table.startswith("deployments.")), last)
    there = [n for n in range(first, last) if blocks[n].table == "deployments.adapters" and f'name = "{adapter.name}"' in blocks[n].body]
    if there:
        blocks[there[0]].body = _written(adapter)
    else:
        before = blocks[last - 1]
        blocks.insert(last, _Block("deployments.adapters", _written(adapter), before.tail))
        before.tail = "\n"
    made = "".join(block.body + block.tail for block in blocks)
    _read_again(file, made)
    return made


@dataclass
class _Block:
    """A table of the file: its lines, and the empty lines and remarks behind them, which belong to what follows."""

    table: str
    body: str
    tail: str


def _blocks(text: str) -> list[_Block]:
    """The tables in order; what stands before the first has the name ''."""
    starts = [m.start() for m in _TABLE.finditer(text)]
    pieces = [text[a:b] for a, b in zip([0, *starts], [*starts, len(text)], strict=True)]
    found = []
    for piece in filter(None, pieces):
        lines = piece.splitlines(keepends=True)
        end = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("#")), 0)
        named = _TABLE.match(piece)
        found.append(_Block(named[1] if named else "", "".join(lines[:end]), "".join(lines[end:])))
    return found


def _written(adapter: Adapter) -> str:
    lines = [
        "[[deployments.adapters]]",
        f"name = {json.dumps(adapter.name)}",
        f"path = {json.dumps(adapter.path)}",
        f"rank = {adapter.rank}",
    ]
    lines += [f"roles = {json.dumps(adapter.roles)}"] if adapter.roles else []
    lines += [f"kinds = {json.dumps(adapter.kinds)}"] if adapter.kinds else []
    return "\n".join(lines) + "\n"


def _read_again(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(text, encoding="utf-8")
    try:
        load_topology(temporary)
    finally:
        temporary.unlink()
