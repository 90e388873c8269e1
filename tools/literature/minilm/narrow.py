"""The weights of the linear layers in 8 bits, made from the fetched ones: twice the passages a second, and vectors at a cosine of 0.99 to the exact ones.

Each column of a layer has a scale of its own. Only 7 of the 8 bits are used: processors that add products of 8-bit numbers in 16 bits would run over with
more, and a vector must not depend on the processor.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tools.literature.minilm.files import NARROW, WEIGHTS

#: The largest number that is written.
_LARGEST = 63


@dataclass(frozen=True)
class Place:
    """Where a layer stands in the file: ``rows`` inputs and ``columns`` outputs; bytes at which its numbers and scales begin."""

    rows: int
    columns: int
    numbers: int
    scales: int


def header(weights: Path) -> tuple[dict[str, Any], int]:
    """(what a safetensors file says of each tensor, the byte behind its header). ValueError for another file."""
    with weights.open("rb") as file:
        first = file.read(8)
        length = int.from_bytes(first, "little")
        if len(first) < 8 or length > weights.stat().st_size:
            raise ValueError(f"{weights.name} is not a safetensors file")
        return json.loads(file.read(length)), 8 + length


def places(tensors: dict[str, Any]) -> dict[str, Place]:
    """Where each linear layer of the encoder stands in the file, by the name of its weight."""
    found: dict[str, Place] = {}
    at = 0
    for name in sorted(tensors):
        shape = tensors[name].get("shape", ())
        if not (name.startswith("encoder.") and name.endswith(".weight") and len(shape) == 2):
            continue
        columns, rows = shape
        found[name] = Place(rows, columns, at, at + rows * columns)
        at += rows * columns + 4 * columns
    return found


def whole(folder: Path) -> bool:
    """Whether the file beside the weights in ``folder`` is there in its full length. OSError and ValueError where the weights cannot be read."""
    made = places(header(folder / WEIGHTS)[0]).values()
    return (folder / NARROW).is_file() and (folder / NARROW).stat().st_size == max((p.scales + 4 * p.columns for p in made), default=0)


def make(folder: Path) -> None:
    """Write the file beside the weights in ``folder``. OSError where that cannot be done."""
    tensors, begin = header(folder / WEIGHTS)
    data = np.memmap(folder / WEIGHTS, np.uint8, "r")
    parts: list[bytes] = []
    for name in places(tensors):
        start, end = tensors[name]["data_offsets"]
        weight = np.frombuffer(data[begin + start : begin + end].tobytes(), "<f4").reshape(tensors[name]["shape"]).T
        scales = (np.abs(weight).max(0) / _LARGEST).astype("<f4")
        scales[scales == 0] = 1
        parts += [np.rint(weight / scales).astype(np.int8).tobytes(), scales.tobytes()]
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as new:
        new.write(b"".join(parts))
    os.replace(new.name, folder / NARROW)
