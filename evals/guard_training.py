"""Trains the guard's third voice: narrow matrices beside those of its encoder, and a border between requests for harm and others (``python -m evals.guard_meaning train``).

The encoder's own weights stay as they are (low-rank adaptation, E. Hu et al., arXiv 2106.09685). Needs torch; half an hour on two cores that know bfloat16.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tools.safety.encoder import HEADS, MATRICES, WIDTH, Encoder, unpacked

#: Columns of the narrow matrices; sentences of a step; passes over all sentences; highest rates of learning of the matrices and of the border.
RANK, BATCH, EPOCHS, RATE, BORDER_RATE = 32, 32, 3, 4e-4, 2e-3
#: Share of what is left out in training: of the numbers of a word, of what goes into a narrow matrix, of the sentence's numbers, of its pieces.
WORD_OUT, NARROW_OUT, MEAN_OUT, PIECES_OUT = 0.05, 0.1, 0.1, 0.08
#: Steps until the highest rate, the least share of it, weight decay, longest gradient, and how far from certain a label is.
WARM, LEAST, DECAY, LONGEST, SOFT = 200, 0.02, 0.01, 1.0, 0.05
#: Batches that are drawn together and sorted by length.
POOL = 32
_ROWS = ("attention_norm", "attention_shift", "last_norm", "last_shift")


class Adapted(nn.Module):
    """A matrix that stays as it is, and the product of two narrow ones beside it."""

    weight: Tensor
    bias: Tensor

    def __init__(self, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        super().__init__()
        self.register_buffer("weight", torch.from_numpy(weight).bfloat16())
        self.register_buffer("bias", torch.from_numpy(bias))
        given, made = weight.shape
        self.down = nn.Parameter(torch.randn(given, RANK) / math.sqrt(given))
        self.up = nn.Parameter(torch.zeros(RANK, made))

    def forward(self, x: Tensor) -> Tensor:
        """The row or rows ``x`` behind the matrix, in full precision."""
        short = x.bfloat16()
        beside = functional.dropout(short, NARROW_OUT, self.training) @ self.down.bfloat16() @ self.up.bfloat16()
        return (short @ self.weight).float() + beside.float() + self.bias


class Layer(nn.Module):
    """One layer of the encoder, as :mod:`tools.safety.encoder` computes it."""

    def __init__(self, held: dict[str, NDArray[np.float32]]) -> None:
        super().__init__()
        for name in MATRICES:
            setattr(self, name, Adapted(held[name], held[f"{name}_bias"]))
        for name in _ROWS:
            self.register_buffer(name, torch.from_numpy(held[name]))

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        """The state (sentences, pieces, WIDTH) behind the layer; ``seen``: which pieces are there."""
        rows, length, _ = x.shape
        query, key, value = (
            getattr(self, name)(x).view(rows, length, HEADS, WIDTH // HEADS).transpose(1, 2) for name in ("query", "key", "value")
        )
        each = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen).transpose(1, 2).reshape(rows, length, WIDTH)
        x = functional.layer_norm(x + self.output(each), (WIDTH,), self.attention_norm, self.attention_shift, 1e-12)
        inner = functional.gelu(self.wide(x), approximate="tanh")
        return functional.layer_norm(x + self.narrow(inner), (WIDTH,), self.last_norm, self.last_shift, 1e-12)


class Voice(nn.Module):
    """The encoder with its narrow matrices, and the border."""

    word: Tensor
    position: Tensor
    first_norm: Tensor

    def __init__(self, base: Encoder) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(layer) for layer in base.layers)
        self.border = nn.Linear(WIDTH, 1)
        self.register_buffer("word", torch.from_numpy(unpacked(base.held["word"])))
        self.register_buffer("position", torch.from_numpy(base.held["position"].astype(np.float32)))
        self.register_buffer("first_norm", torch.from_numpy(base.held["first_norm"].astype(np.float32)))

    def forward(self, rows: Sequence[list[int]]) -> Tensor:
        """The logarithms of the odds, shape (len(rows),), that sentences of these pieces ask for harm."""
        length = max(map(len, rows))
        numbers = torch.zeros(len(rows), length, dtype=torch.long)
        there = torch.zeros(len(rows), length, dtype=torch.bool)
        for n, pieces in enumerate(rows):
            numbers[n, : len(pieces)] = torch.tensor(pieces)
            there[n, : len(pieces)] = True
        state = functional.layer_norm(self.word[numbers] + self.position[:length], (WIDTH,), self.first_norm[0], self.first_norm[1], 1e-12)
        state = functional.dropout(state, WORD_OUT, self.training)
        for layer in self.layers:
            state = layer(state, there[:, None, None, :])
        each = there[..., None].float()
        means = (state * each).sum(1) / each.sum(1)
        said: Tensor = self.border(functional.dropout(means, MEAN_OUT, self.training)).squeeze(1)
        return said


def _batches(lengths: NDArray[np.int64], random: np.random.Generator) -> list[NDArray[np.int64]]:
    """All sentences once, in batches of about one length, in a drawn order."""
    drawn = random.permutation(len(lengths))
    found: list[NDArray[np.int64]] = []
    for at in range(0, len(drawn), BATCH * POOL):
        pool = drawn[at : at + BATCH * POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        found += [pool[k : k + BATCH] for k in range(0, len(pool), BATCH)]
    return [found[n] for n in random.permutation(len(found))]


def _thinned(pieces: list[int], random: np.random.Generator) -> list[int]:
    """The pieces without some of those between its ends."""
    return [pieces[0], *(p for p in pieces[1:-1] if random.random() > PIECES_OUT), pieces[-1]]


def trained(
    base: Encoder, texts: Sequence[str], harmful: Sequence[bool], weights: Sequence[float], seed: int, tell: Callable[[str], None]
) -> Voice:
    """A voice that has learnt from ``texts``, each with its label and how much it counts. The same seed gives the same voice on the same machine."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    begin, end = (int(n) for n in base.held["ends"])
    rows = [[begin, *base.words.pieces(text), end] for text in texts]
    lengths = np.array([len(row) for row in rows])
    label, weight = torch.tensor(harmful).float() * (1 - 2 * SOFT) + SOFT, torch.tensor(weights).float()
    voice = Voice(base)
    parts = list(voice.parameters())
    border = list(voice.border.parameters())
    narrow = [p for p in parts if not any(p is b for b in border)]
    optimiser = torch.optim.AdamW([{"params": narrow, "weight_decay": DECAY}, {"params": border}])
    began, step, steps = time.monotonic(), 0, EPOCHS * -(-len(rows) // BATCH)
    for _ in range(EPOCHS):
        for some in _batches(lengths, random):
            share = min(1.0, step / WARM) * max(LEAST, 1 - step / steps)
            for group, rate in zip(optimiser.param_groups, (RATE, BORDER_RATE), strict=True):
                group["lr"] = share * rate
            said = voice([_thinned(rows[n], random) for n in some])
            loss = (functional.binary_cross_entropy_with_logits(said, label[some], reduction="none") * weight[some]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parts, LONGEST)
            optimiser.step()
            step += 1
            if step % 100 == 0:
                tell(f"step {step} of {steps}, loss {loss.item():.3f}, {time.monotonic() - began:.0f} s")
    voice.eval()
    return voice


#: Steps between nought and the largest of a row or column.
STEPS = 127


def whole(numbers: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """``numbers`` as whole numbers, and the size of a step for all along ``axis``."""
    step = np.maximum(np.abs(numbers).max(axis=axis, keepdims=True) / STEPS, 1e-12)
    return np.rint(numbers / step).astype(np.int8), step.astype(np.float32)


def arrays(voice: Voice) -> Iterator[tuple[str, NDArray[Any]]]:
    """What ``tables/meaning.npz`` holds: name and numbers."""
    for name in MATRICES:
        for part, axis in (("down", 1), ("up", 2)):
            both = np.stack([getattr(getattr(layer, name), part).detach().numpy() for layer in voice.layers])
            yield f"{name}_{part}", (packed := whole(both, axis))[0]
            yield f"{name}_{part}_step", packed[1]
    yield "weights", voice.border.weight.detach().numpy()[0]
    yield "bias", voice.border.bias.detach().numpy()
