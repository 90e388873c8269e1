"""The passage store of one machine: cells of vectors, killed and second processes, new vectors in the background."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.errors import LiteratureError
from core.passages import EVERY, PassageFilter
from memory.passages import dense
from memory.passages.embedded import EmbeddedPassages
from tests.contracts.passages import TEXTS, VECTORS, document, fill, names, passages
from tools.literature.analysis import sentence_words

ROOT = Path(__file__).resolve().parents[2]


def opened(folder: Path, space: str = "four") -> EmbeddedPassages:
    return EmbeddedPassages(folder, sentence_words, space=space)


def many(store: EmbeddedPassages, count: int, first: int = 0, width: int = 16) -> np.ndarray:
    random = np.random.default_rng(first)
    vectors = random.normal(size=(count, width))
    documents = [document(f"d{first + n}", year=1990 + n % 30) for n in range(count)]
    texts = [passages(f"d{first + n}", [f"word{n % 7} common"]) for n in range(count)]
    store.add(documents, [p for part in texts for p in part], vectors.tolist())
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_cells_find_what_comparing_all_finds_and_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "FLAT", 1000)
    monkeypatch.setattr(dense, "TAIL", 200)
    store = opened(tmp_path)
    vectors = np.concatenate([many(store, 1500), many(store, 400, 1500), many(store, 150, 1900)])
    assert (tmp_path / "cells-1.faiss").exists()
    asked = np.random.default_rng(9).normal(size=(30, 16))
    pairs = zip(store.nearest(asked.tolist(), 10), store.nearest(asked.tolist(), 10, exact=True), strict=True)
    assert sum(len(set(near) & set(exact)) for near, exact in pairs) >= 0.95 * 300
    best = int(np.argmax(vectors @ asked[0]))
    assert store.nearest(asked[:1].tolist(), 1, exact=True) == [[f"d{best}/0"]]
    hits = store.search("", asked[0].tolist(), PassageFilter(since=2019, until=2019), limit=5)
    assert {hit.document.year for hit in hits} == {2019}
    store.delete([f"d{best}"])
    assert f"d{best}/0" not in store.nearest(asked[:1].tolist(), 10)[0]
    store.close()
    again = opened(tmp_path)
    assert len(again.nearest(asked[1:2].tolist(), 10)[0]) == 10
    many(again, 2300, 5000)
    assert again.count() == 1500 + 400 + 150 - 1 + 2300
    assert f"d{best}/0" not in again.nearest(asked[:1].tolist(), 10)[0]
    again.close()


def test_a_second_writer_is_told_and_a_reader_sees_what_the_writer_did(tmp_path: Path) -> None:
    store, reader = opened(tmp_path), opened(tmp_path)
    fill(store)
    assert names(reader.search("glass", VECTORS["glass"], limit=2)) == {"glass/0", "glass/1"}
    with (tmp_path / "writer.lock").open("a+b") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        with pytest.raises(LiteratureError, match="another process is writing"):
            reader.delete(["glass"])
    assert reader.delete(["glass"]) == 1
    assert store.search("stiffness") == []
    store.close()
    reader.close()


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from memory.passages import embedded
    from tests.contracts.passages import document, passages, VECTORS, TEXTS
    from tools.literature.analysis import sentence_words
    store = embedded.EmbeddedPassages(Path(sys.argv[1]), sentence_words, space="four")
    store.add([document("glass")], passages("glass"), [VECTORS["glass"]] * 2)
    where = sys.argv[2]
    kill = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    if where == "before the indexes":
        embedded.EmbeddedPassages._catch_up = kill
    elif where == "before the mark":
        embedded.os.replace = kill
    else:
        embedded.Record.write_vectors = kill
    store.add([document("dye")], passages("dye"), [VECTORS["dye"]] * 2)
"""


@pytest.mark.parametrize(("where", "stored"), [("in the record", 2), ("before the indexes", 4), ("before the mark", 4)])
def test_killed_anywhere_nothing_stored_is_lost_or_doubled(tmp_path: Path, where: str, stored: int) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), where], env=environment, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    store = opened(tmp_path)
    assert store.count() == stored
    assert names(store.search("chromophores", VECTORS["dye"])) >= ({"dye/0"} if stored == 4 else {"glass/0"})
    fill(store)
    assert store.count() == 6
    assert len(store.search("absorption chromophores")) == 2
    assert store.rarity("glass")["glass"] == pytest.approx(np.log(1 + (6 - 2 + 0.5) / 2.5))
    store.close()


class Lengths:
    """Vectors of three numbers from the length of the text."""

    name, dimension = "lengths", 3

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0, float(len(text) % 5), 0.5] for text in texts]


def test_new_vectors_are_searched_only_when_all_are_there(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    steps = store.embed_again(Lengths())
    assert next(steps) == 6
    assert store.space == "four"
    assert names(store.search("", VECTORS["dye"], limit=2)) == {"dye/0", "dye/1"}
    assert list(steps) == []
    assert store.space == "lengths"
    assert len(store.search("", [1.0, 0.0, 0.5])) == 6
    other = opened(tmp_path, "four")
    assert {hit.dense for hit in other.search("glass", VECTORS["glass"])} == {None}
    store.close()
    other.close()


def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "passages.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LiteratureError, match=str(tmp_path)):
        opened(tmp_path)
    assert EVERY.empty
    assert set(TEXTS) == {"glass", "dye", "drug"}
