"""``python -m evals.benchmarks.literature_served``: several clients at once against the papers in their two served forms, at 100,000 abstracts.

The abstracts and their vectors are those of :mod:`evals.benchmarks.literature_speed`. The clients are threads of one process, as the requests of
``molwright serve`` are; each asks as fast as it is answered.
"""

from __future__ import annotations

import argparse
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import LiteratureError, MolwrightError
from core.passages import PassageStore
from core.settings import Settings
from evals.benchmarks.literature_corpus import abstracts, question
from evals.benchmarks.literature_speed import BATCH, EMBEDDED, SEED, indexed, made
from evals.kept_vectors import vectors_of
from evals.literature_report import write_page
from evals.sections import ResultTable, Section, write_section
from memory.passages.embedded import EmbeddedPassages
from memory.passages.milvus import MilvusPassages
from tools.literature.analysis import sentence_words
from tools.literature.minilm.model import MiniLm
from tools.literature.retrieval import retrieve

CLIENTS, SECONDS = 8, 30.0
#: The two forms: one process that keeps the store of one machine open, and Milvus Lite served beside it.
KEPT, MILVUS = "one machine, kept open by `molwright serve`", "Milvus Lite, served"


@dataclass(frozen=True)
class Served:
    """What several clients got: answers a second of all together, and wall times of one question in milliseconds; ``filled``: seconds to fill."""

    form: str
    clients: int
    rate: float
    wall_50: float
    wall_95: float
    filled: float


@contextmanager
def milvus_lite(folder: Path) -> Iterator[str]:
    """The address of a Milvus Lite served from ``folder`` for the length of the block. LiteratureError where it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).with_name("milvus-lite"))
    command = [program, "server", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None:
                raise LiteratureError("milvus-lite server ended")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def ask(form: str, stores: Sequence[PassageStore], model: MiniLm, clients: int, seconds: float, filled: float) -> Served:
    """``clients`` threads that ask one question after the other for ``seconds``, each its own questions."""
    walls: list[list[float]] = [[] for _ in range(clients)]
    begun = time.perf_counter()

    def client(number: int) -> None:
        draw, store = random.Random(SEED + number), stores[number % len(stores)]
        while time.perf_counter() - begun < seconds:
            text, at = question(draw), time.perf_counter()
            retrieve(store, text, embedder=model)
            walls[number].append(1000.0 * (time.perf_counter() - at))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted, every = time.perf_counter() - begun, np.concatenate(walls)
    p50, p95 = np.percentile(every, [50, 95])
    return Served(form, clients, len(every) / lasted, float(p50), float(p95), filled)


def run(size: int, embedded: int, forms: Sequence[str], folder: Path, cache: Path | None, seconds: float) -> Iterator[Served]:
    """Each form with one client and with eight, one after the other."""
    texts = list(abstracts(embedded))
    vectors, model = vectors_of(indexed(texts), folder, cache), MiniLm(folder, threads=1)

    def fill(store: PassageStore) -> float:
        begun, rows, held = time.perf_counter(), made(texts, vectors, size), 0
        while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
            held += store.add([d for d, _, _ in batch], [p for _, p, _ in batch], [v.tolist() for _, _, v in batch])
        return time.perf_counter() - begun

    with tempfile.TemporaryDirectory() as scratch:
        if "kept" in forms:
            store = EmbeddedPassages(Path(scratch) / "kept", sentence_words, space=model.name)
            filled = fill(store)
            yield from (ask(KEPT, [store], model, clients, seconds, filled) for clients in (1, CLIENTS))
            store.close()
        if "milvus" in forms:
            with milvus_lite(Path(scratch) / "served") as address:
                stores: list[PassageStore] = [
                    MilvusPassages(address, Path(scratch) / "mirror", sentence_words, space=model.name, timeout=600.0)
                ]
                filled = fill(stores[0])
                stores += [MilvusPassages(address, Path(scratch) / "mirror", sentence_words, space=model.name) for _ in range(CLIENTS - 1)]
                yield from (ask(MILVUS, stores, model, clients, seconds, filled) for clients in (1, CLIENTS))
                for one in stores:
                    one.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.literature_served", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--embedded", type=int, default=EMBEDDED, help="how many abstracts are embedded; the others are copies of them")
    parser.add_argument("--forms", nargs="+", choices=["kept", "milvus"], default=["kept", "milvus"])
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each number of clients asks")
    parser.add_argument("--embeddings", type=Path, help="folder of the model; as a rule that of 'molwright literature embeddings fetch'")
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept for the next time")
    parser.add_argument("--busy", action="store_true", help="say on the page that other programs ran meanwhile")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/literature.md")
    options = parser.parse_args(arguments)
    try:
        folder = options.embeddings or Settings().home / "embeddings" / MiniLm.name
        result: list[Served] = []
        for one in run(options.size, options.embedded, options.forms, folder, options.cache, options.seconds):
            print(one, flush=True)
            result.append(one)
            if options.write:  # each as it comes: filling a served Milvus Lite takes its time
                write_section("literature", "served", _section(result, options.size, options.embedded, options.seconds, options.busy))
                write_page()
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _section(result: Sequence[Served], size: int, embedded: int, seconds: float, busy: bool) -> Section:
    rows: list[list[str | int | float | None]] = [
        [r.form, r.clients, f"{r.rate:.1f}", f"{r.wall_50:.0f} / {r.wall_95:.0f}", f"{size / r.filled:.0f}"] for r in result
    ]
    load = "Other programs ran on the two cores meanwhile: the times are upper bounds, the rates lower ones." if busy else ""
    return Section(
        title="How fast it is for several people at once",
        order=22,
        command="python -m evals.benchmarks.literature_served --write",
        path="`tools/literature/retrieval.py` on each store, the question's vector included; no HTTP",
        text=f"""
{size:,} of the abstracts above, {embedded:,} of them embedded. Clients are threads of one process, as the requests of `molwright serve` are, and ask one question
after the other as fast as they are answered, for {seconds:.0f} s. "Stored" counts everything but the embedding, in seconds of the clock. {load}
""",
        tables=[
            ResultTable(columns=["form", "clients", "answers a second", "wall ms a question, p50 / p95", "stored a second"], rows=rows)
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
