"""The literature store on real Milvus Lite: storing, searching, several processes, damage, servers."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.candidate import Citation
from core.errors import LiteratureError
from core.interfaces import Passage
from memory.literature import MilvusLiteratureStore

ROOT = Path(__file__).resolve().parents[2]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class LetterEmbedder:
    """Counts letters: enough to tell passages apart, independent of the built-in embedder."""

    dimension = len(LETTERS)

    def __init__(self, name: str = "letters-1") -> None:
        self.name = name

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        rows = [[text.lower().count(letter) + 0.01 for letter in LETTERS] for text in texts]
        return [[x / sum(y * y for y in row) ** 0.5 for x in row] for row in rows]


def passage(key: str, text: str, **citation: object) -> Passage:
    fields = {"number": 1, "key": key, "title": f"On {key}", "year": 2001, "doi": "10.1/x", "authors": "A. Author", **citation}
    return Passage(key=key, text=text, score=0.0, citation=Citation.model_validate(fields), tags=("one", 'two "quoted"'))


NOTES = [passage("z-note", "zzz zzzz zz"), passage("q-note", "qqq qq qqqq"), passage("x-note", "xxx xx x")]


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "home" / "literature.db")


@pytest.fixture
def store(path: str) -> MilvusLiteratureStore:
    return MilvusLiteratureStore(path, LetterEmbedder())


def test_what_is_stored_comes_back_with_its_reference(store: MilvusLiteratureStore) -> None:
    assert store.add(NOTES) == 3
    found = store.search("qqqqq", limit=2)
    assert found[0].key == "q-note"
    assert len(found) == 2
    assert found[0].score > found[1].score
    assert found[0].text == "qqq qq qqqq"
    assert found[0].tags == ("one", 'two "quoted"')
    assert found[0].citation == NOTES[1].citation.model_copy(update={"passage": "qqq qq qqqq"})


def test_an_unknown_year_stays_unknown(store: MilvusLiteratureStore) -> None:
    store.add([passage("old", "zz", year=None, doi="")])
    assert store.search("zz")[0].citation.year is None


def test_storing_again_writes_nothing_and_a_change_writes_one(store: MilvusLiteratureStore) -> None:
    store.add(NOTES)
    assert store.add(NOTES) == 0
    assert store.add([passage("q-note", "qqq changed"), *NOTES[:1]]) == 1
    assert store.count() == 3
    assert next(p for p in store.search("q", 3) if p.key == "q-note").text == "qqq changed"


def test_an_empty_store_finds_nothing(store: MilvusLiteratureStore) -> None:
    assert store.search("anything") == []
    assert store.count() == 0
    assert store.add([]) == 0
    assert store.search("anything", limit=0) == []


def test_another_embedder_does_not_see_foreign_vectors(path: str, store: MilvusLiteratureStore) -> None:
    store.add(NOTES)
    assert MilvusLiteratureStore(path, LetterEmbedder("letters-2")).count() == 0
    assert MilvusLiteratureStore(path, LetterEmbedder()).count() == 3


def test_a_session_serves_several_calls(store: MilvusLiteratureStore) -> None:
    with store.session(), store.session():
        assert store.add(NOTES) == 3
        assert store.count() == 3
        assert store.search("x")
    assert store.count() == 3
    store.close()


@pytest.mark.parametrize(("key", "text"), [('a" or key != "', "x"), ("", "x"), ("k" * 200, "x"), ("ok", "é" * 40_000)])
def test_what_cannot_be_stored_is_refused(store: MilvusLiteratureStore, key: str, text: str) -> None:
    with pytest.raises(LiteratureError, match=r"not usable|longer than"):
        store.add([passage(key, text)])


WORKER = """
import sys
from tools.literature.corpus import ensure_corpus
from tools.literature.embedder import default_embedder
from memory.literature import MilvusLiteratureStore
store = MilvusLiteratureStore(sys.argv[1], default_embedder(), wait=60)
ensure_corpus(store)
for _ in range(4):
    assert store.search("polyimide")
print(store.count())
"""


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_processes_at_once_both_finish(path: str) -> None:
    workers = [run(WORKER, path), run(WORKER, path)]
    results = [(*w.communicate(timeout=120), w.returncode) for w in workers]
    assert [code for _, _, code in results] == [0, 0], results
    assert results[0][0] == results[1][0]
    assert int(results[0][0]) >= 25


HOLDER = """
import sys, time
from tests.memory.test_literature_store import LetterEmbedder, NOTES
from memory.literature import MilvusLiteratureStore
store = MilvusLiteratureStore(sys.argv[1], LetterEmbedder())
with store.session():
    store.add(NOTES)
    print("open", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_leaves_the_store_usable(path: str) -> None:
    holder = run(HOLDER, path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(LiteratureError, match="in use by another process"):
        MilvusLiteratureStore(path, LetterEmbedder(), wait=0.2).count()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert MilvusLiteratureStore(path, LetterEmbedder()).count() == 3


def test_waiting_ends_after_the_time_given(path: str, store: MilvusLiteratureStore) -> None:
    store.add(NOTES[:1])
    with open(f"{path}.lock", "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = time.monotonic()
        with pytest.raises(LiteratureError, match=r"waited 0\.3 s"):
            MilvusLiteratureStore(path, LetterEmbedder(), wait=0.3).search("x")
        assert time.monotonic() - started > 0.25


def test_damage_is_named_and_not_fatal_for_the_process(path: str, store: MilvusLiteratureStore, capfd: pytest.CaptureFixture[str]) -> None:
    store.add(NOTES)
    schema = next(Path(path).rglob("schema.json"))
    intact = schema.read_bytes()
    schema.write_bytes(b"\0not json")
    with pytest.raises(LiteratureError, match=r"literature\.db cannot be used.*delete it"):
        store.search("x")
    schema.write_bytes(intact)
    assert store.count() == 3
    assert capfd.readouterr().err == ""


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    file = tmp_path / "literature.db"
    file.write_bytes(b"something else")
    with pytest.raises(LiteratureError, match="not a Milvus Lite file"):
        MilvusLiteratureStore(str(file), LetterEmbedder()).count()
    assert file.read_bytes() == b"something else"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LiteratureError, match="cannot be opened"):
        MilvusLiteratureStore(str(tmp_path / "file" / "literature.db"), LetterEmbedder()).count()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_down_is_named_at_once() -> None:
    port = free_port()
    with pytest.raises(LiteratureError, match=f"no literature store answers at 127.0.0.1:{port}"):
        MilvusLiteratureStore(f"http://127.0.0.1:{port}", LetterEmbedder()).search("x")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(LiteratureError, match="cannot be used"):
            MilvusLiteratureStore(address, LetterEmbedder(), timeout=1).count()
        assert time.monotonic() - started < 15


@pytest.mark.parametrize("address", ["ftp://host:1", "http://"])
def test_an_address_of_no_server_is_refused(address: str) -> None:
    with pytest.raises(LiteratureError, match="http://host:port"):
        MilvusLiteratureStore(address, LetterEmbedder()).count()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [str(Path(sys.executable).with_name("milvus-lite")), "server", "--data-dir", str(tmp_path / "served.db")]
    process = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_served_form_answers_the_same(server: str, store: MilvusLiteratureStore) -> None:
    served = MilvusLiteratureStore(server, LetterEmbedder(), token="")
    assert served.add(NOTES) == 3
    assert served.add(NOTES) == 0
    assert served.count() == 3
    store.add(NOTES)
    assert served.search("qqx") == store.search("qqx")


def test_a_file_that_another_program_holds_is_named(tmp_path: Path, server: str) -> None:
    with pytest.raises(LiteratureError, match=r"in use by another program|cannot be opened"):
        MilvusLiteratureStore(str(tmp_path / "served.db"), LetterEmbedder(), wait=0.3).count()
