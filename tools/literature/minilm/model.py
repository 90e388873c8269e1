"""all-MiniLM-L6-v2 as an embedder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from tools.literature.minilm.files import GRAPH, VOCABULARY, WEIGHTS
from tools.literature.minilm.tokens import WordPieces

#: Tokens of a text that count; sentence-transformers sets the same for this model.
LONGEST = 256
_BATCH = 8


class MiniLm:
    """Sentence vectors of all-MiniLM-L6-v2: 384 numbers of unit norm; of a text the first 256 tokens count.

    ``folder`` has the files of :mod:`tools.literature.minilm.fetch`. ``threads`` is how many cores are used, 0 for all: each has batches of
    its own, which costs less than several at one batch. Raises ConfigurationError where onnxruntime or a file is missing.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384

    def __init__(self, folder: Path, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ConfigurationError("onnxruntime is not installed: pip install 'molwright[embeddings]'") from error
        missing = [name for name in (GRAPH, WEIGHTS, VOCABULARY) if not (folder / name).is_file()]
        if missing:
            raise ConfigurationError(f"{folder} lacks {', '.join(missing)}: molwright literature embeddings fetch")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._threads = threads or os.cpu_count() or 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
        self._tokens = WordPieces((folder / VOCABULARY).read_text("utf-8").splitlines(), LONGEST)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of unit norm for each text, in their order; [] for no texts."""
        return [[float(x) for x in row] for row in self.array(texts)]

    def array(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as an array of shape (texts, 384)."""
        rows = [self._tokens.numbers(text) for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found = np.zeros((len(rows), self.dimension), np.float32)

        def work(chosen: list[int]) -> None:
            tokens, mask = self._tokens.batch([rows[i] for i in chosen])
            given: dict[str, Any] = {"tokens": tokens, "mask": mask, "positions": np.arange(tokens.shape[1], dtype=np.int64)}
            found[chosen] = self._session.run(["vectors"], given)[0]

        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        if self._threads == 1 or len(batches) < 2:
            for batch in batches:
                work(batch)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(work, batches))
        return found


def graph_bytes() -> bytes:
    """The shipped graph, which names places in the weights beside it."""
    return resources.files("tools.literature.minilm").joinpath(GRAPH).read_bytes()


def fingerprint(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
