"""all-MiniLM-L6-v2 as an embedder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from tools.literature.minilm import narrow
from tools.literature.minilm.files import GRAPH, VOCABULARY, WEIGHTS
from tools.literature.minilm.tokens import WordPieces

#: Tokens of a text that count; sentence-transformers sets the same for this model.
LONGEST = 256


class MiniLm:
    """Sentence vectors of all-MiniLM-L6-v2: 384 numbers of unit norm; of a text the first 256 tokens count.

    ``folder`` has the files of :mod:`tools.literature.minilm.fetch`; what is made of them is made there if it is missing. ``threads`` is how many cores are
    used, 0 for all: each has texts of its own. A text is never put into a batch with others: that is slower, and its vector would depend on them, since the
    scale of the 8-bit numbers is found anew for each step. Raises ConfigurationError where onnxruntime or a file is missing, or nothing can be written there.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384

    def __init__(self, folder: Path, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ConfigurationError("onnxruntime is not installed: pip install 'molwright[embeddings]'") from error
        missing = [name for name in (WEIGHTS, VOCABULARY) if not (folder / name).is_file()]
        if missing:
            raise ConfigurationError(f"{folder} lacks {', '.join(missing)}: molwright literature embeddings fetch")
        prepare(folder)
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
        found = np.zeros((len(texts), self.dimension), np.float32)

        def work(row: int) -> None:
            tokens, mask = self._tokens.batch([self._tokens.numbers(texts[row])])
            given: dict[str, Any] = {"tokens": tokens, "mask": mask, "positions": np.arange(tokens.shape[1], dtype=np.int64)}
            found[row] = self._session.run(["vectors"], given)[0][0]

        if self._threads == 1 or len(texts) < 2:
            for row in range(len(texts)):
                work(row)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(work, range(len(texts))))
        return found


def prepare(folder: Path) -> None:
    """Put the shipped graph and the weights in 8 bits beside the fetched files where they are missing, cut off or of an older release.

    Raises ConfigurationError where that cannot be done.
    """
    graph = folder / GRAPH
    try:
        if narrow.whole(folder) and graph.is_file() and graph.read_bytes() == graph_bytes():
            return
        narrow.make(folder)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as new:
            new.write(graph_bytes())
        os.replace(new.name, graph)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{folder}: the model could not be made ready: {error}") from error


def graph_bytes() -> bytes:
    """The shipped graph, which names places in the weights beside it."""
    return resources.files("tools.literature.minilm").joinpath(GRAPH).read_bytes()


def fingerprint(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
