"""Vectors from a server that speaks OpenAI's embeddings API, such as vLLM."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import numpy as np

from core.errors import LiteratureError
from core.masking import masked

_BATCH = 64


class EndpointEmbedder:
    """The model ``model`` at ``url`` (up to /v1). Its dimension is asked for when it is made; ``timeout`` in seconds a request.

    Raises LiteratureError where the server does not answer, answers an error, or answers something else than one vector a text.
    """

    def __init__(self, url: str, model: str, key: str = "", timeout: float = 60.0, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=url.rstrip("/") + "/", headers=headers, timeout=timeout, transport=transport)
        self._url = url
        self.name = model
        self.dimension = 0
        self.dimension = len(self.embed(["water"])[0])

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of unit norm for each text, in their order; [] for no texts."""
        found: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            found += self._ask(list(texts[start : start + _BATCH]))
        return found

    def _ask(self, texts: list[str]) -> list[list[float]]:
        try:
            answer = self._client.post("embeddings", json={"model": self.name, "input": texts})
            answer.raise_for_status()
            rows = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
            vectors = np.asarray([row["embedding"] for row in rows], np.float64)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise LiteratureError(
                f"the embedding server at {masked(self._url)} gave no vectors: {type(error).__name__}: {error}"
            ) from error
        wrong = vectors.ndim != 2 or len(vectors) != len(texts) or (self.dimension and vectors.shape[1] != self.dimension)
        if wrong or not np.isfinite(vectors).all():
            raise LiteratureError(
                f"the embedding server at {masked(self._url)} answered vectors of shape {vectors.shape} to {len(texts)} texts"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return [[float(x) for x in row] for row in vectors / np.where(lengths > 0.0, lengths, 1.0)]
