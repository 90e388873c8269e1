"""The literature store and the embedder that ship."""

from __future__ import annotations

import importlib
import sys
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


EXTENDING = Path(__file__).resolve().parents[2] / "docs" / "extending.md"


class TestANewcomersStore(LiteratureStoreContract):
    """The store that ``docs/extending.md`` shows, in a package of its own."""

    @pytest.fixture
    def store(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiteratureStore]:
        section = EXTENDING.read_text(encoding="utf-8").split("## A store, recorder")[1]
        (tmp_path / "their_store.py").write_text(section.split("```python\n")[1].split("```")[0], encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "their_store", raising=False)
        made: LiteratureStore = importlib.import_module("their_store").InMemoryStore(default_embedder())
        yield made
        made.close()
        sys.modules.pop("their_store", None)
