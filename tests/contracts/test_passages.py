"""The stores of passages that ship."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.passages import PassageStore
from memory.passages.embedded import EmbeddedPassages
from memory.passages.milvus import MilvusPassages
from tests.contracts.passages import VECTORS, PassageStoreContract, fill, names
from tools.literature.analysis import sentence_words


class TestOneMachine(PassageStoreContract):
    """SQLite, Tantivy and FAISS in a folder."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[PassageStore]:
        opened = EmbeddedPassages(tmp_path / "papers", sentence_words, space="four")
        yield opened
        opened.close()


@pytest.mark.milvus
class TestMilvusLiteFile(PassageStoreContract):
    """Milvus Lite in this process."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[PassageStore]:
        opened = MilvusPassages(str(tmp_path / "papers.db"), tmp_path / "mirror", sentence_words, space="four")
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served Milvus Lite, or of the server that MOLWRIGHT_TEST_MILVUS names."""
    named = os.environ.get("MOLWRIGHT_TEST_MILVUS", "")
    if named:
        yield named
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).with_name("milvus-lite"))
    folder = str(tmp_path_factory.mktemp("served"))
    server = subprocess.Popen(
        [program, "server", "--data-dir", folder, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, "milvus-lite server ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.milvus
class TestServed(PassageStoreContract):
    """Milvus by its address."""

    @pytest.fixture
    def store(self, served: str, tmp_path: Path) -> Iterator[PassageStore]:
        _empty(served)
        opened = MilvusPassages(served, tmp_path / "mirror", sentence_words, space="four")
        yield opened
        opened.close()

    def test_a_second_machine_sees_what_the_first_writes(self, served: str, store: PassageStore, tmp_path: Path) -> None:
        other = MilvusPassages(served, tmp_path / "other", sentence_words, space="four")
        fill(store)
        assert names(other.search("glass", VECTORS["glass"], limit=2)) == {"glass/0", "glass/1"}
        store.delete(["glass"])
        time.sleep(1.1)
        assert names(other.search("glass", VECTORS["glass"], limit=2)) & {"glass/0", "glass/1"} == set()
        other.close()

    def test_new_vectors_come_in_a_collection_of_their_own_and_the_alias_switches(self, store: MilvusPassages) -> None:
        fill(store)
        steps = store.embed_again(Two())
        assert next(steps) == 2
        assert store.search("", [1.0, 0.0]) == []
        assert list(steps) == [4, 6]
        assert store.space == "two"
        assert [hit.dense for hit in store.search("", [1.0, 0.0])] == pytest.approx([0.8] * 6, abs=1e-3)


class Two:
    """The same two numbers for every text."""

    name, dimension = "two", 2

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[0.8, 0.6] for _ in texts]


def _empty(address: str) -> None:
    from pymilvus import MilvusClient

    client = MilvusClient(uri=address)
    try:
        for name in client.list_collections():
            if name.startswith("passages_v1"):
                for alias in client.list_aliases(collection_name=name).get("aliases", []):
                    client.drop_alias(alias=alias)
                client.drop_collection(name)
    finally:
        client.close()
