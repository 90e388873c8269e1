"""The literature store and the embedder that ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.interfaces import Embedder, LiteratureStore
from memory.literature import MilvusLiteratureStore
from tests.contracts.literature import EmbedderContract, LiteratureStoreContract
from tools.literature.embedder import default_embedder


class TestMilvusLite(LiteratureStoreContract):
    """Milvus in a file."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[LiteratureStore]:
        opened = MilvusLiteratureStore(str(tmp_path / "literature.db"), default_embedder())
        yield opened
        opened.close()


class TestHashedTerms(EmbedderContract):
    """The built-in embedder."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        return default_embedder()
