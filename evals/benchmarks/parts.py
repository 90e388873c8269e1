"""Speed of single parts of the path of a goal, each beside a baseline in the same run, with the ratio that it must keep.

    python -m evals.benchmarks.parts [--share 1.0] [--only storing ...] [--json]

A part is timed by the processor, so that other work on the machine counts little, and so is its baseline: the least that
the same input could cost (plain SQLite for the store, RDKit alone for structures), or the same part on half of the input, where what
matters is that a long text costs no more than in proportion. The exit code is 1 where a ratio is above what it must keep.
``--share`` scales the amount of work; small shares are noisy.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors

from agent.reading import interpret
from core.candidate import Candidate, Origin, PropertyValue
from core.errors import GoalError, StructureError
from core.spec import DesignSpec
from evals.benchmarks.timing import processor_seconds
from memory.literature import MilvusLiteratureStore
from memory.sql import SqlRunStore
from memory.sql.packing import pack
from serving.pool.sse import EventReader
from tools.literature.corpus import ensure_corpus, load_notes
from tools.literature.embedder import default_embedder
from tools.literature.search import search
from tools.proposers.base import ProposalRequest
from tools.proposers.dyes.assembly import DyeAssembly
from tools.proposers.polymers.assembly import PolymerAssembly
from tools.safety.guard import goal_verdict, structure_verdict
from tools.structures.parse import parse_smiles
from tools.structures.polymer_key import polymer_key
from tools.synthesis.blocks import building_blocks
from tools.workspace import builtin

_MALFORMED = 10_000
_DRUG = "CC(=O)Oc1ccccc1C(=O)O"
_LONG = b"C" * 1_000_000
_UNIT = "*OCCOC(=O)c1ccc(C(*)=O)cc1"


@dataclass(frozen=True)
class Part:
    """A part as measured: ``count`` pieces of work, processor seconds of it and of its baseline, and the ratio it must keep."""

    name: str
    count: int
    seconds: float
    baseline: str
    baseline_seconds: float
    at_most: float

    @property
    def ratio(self) -> float:
        """Seconds of the part over those of its baseline."""
        return self.seconds / max(self.baseline_seconds, 1e-6)

    @property
    def met(self) -> bool:
        """Whether the ratio is kept."""
        return self.ratio <= self.at_most


_seconds = partial(processor_seconds, times=3)


def _batch(count: int) -> list[Candidate]:
    values = {f"property_{i}": PropertyValue(value=i / 7, sigma=1.0, method="m", method_version="1") for i in range(8)}
    origin = Origin(proposer="p", operator="o")
    return [
        Candidate(key=f"K{i:07d}", dedup_key=f"D{i:07d}", smiles="CCO", candidate_class="molecule", origin=origin, properties=values)
        for i in range(count)
    ]


def storing(share: float) -> Iterator[Part]:
    """Candidates into SQLite and their keys out of it, beside the same rows through Python's sqlite3 alone."""
    count = max(20, int(2000 * share))
    batch = _batch(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "molwright.db"
        with SqlRunStore(f"sqlite:///{path}") as store:
            store.create_run("r", "goal", {}, datetime.now(UTC).isoformat())
            lease = store.acquire("r", "benchmark")
            stored = _seconds(lambda: store.save_candidates(lease, batch), times=1)
            keys = _seconds(lambda: store.known_keys("r"))
            with closing(sqlite3.connect(path)) as connection:
                rows = connection.execute("SELECT * FROM candidates").fetchall()
            if store.candidates("r") != batch:
                raise RuntimeError("what was stored does not come back")

            def plain() -> None:
                with closing(sqlite3.connect(path)) as connection:
                    for candidate in batch:
                        pack(candidate.model_dump_json())
                    connection.execute("DELETE FROM candidates")
                    connection.executemany(f"INSERT INTO candidates VALUES ({','.join('?' * len(rows[0]))})", rows)
                    connection.rollback()

            def plain_keys() -> None:
                with closing(sqlite3.connect(path)) as connection:
                    dict(connection.execute("SELECT key, dedup_key FROM candidates ORDER BY position").fetchall())

            yield Part("store candidates of 8 properties", count, stored, "their JSON packed, the same rows by sqlite3", _seconds(plain), 5)
            yield Part("read the known keys of a run", count, keys, "the same columns by sqlite3", _seconds(plain_keys), 6)


def structures(share: float) -> Iterator[Part]:
    """Identity of polymers, safety screening and reading of structures, beside RDKit's reading and writing of the same."""
    count = max(10, int(300 * share))
    plain = _seconds(lambda: [Chem.MolToSmiles(Chem.MolFromSmiles(_UNIT)) for _ in range(count)])
    yield Part("key of a repeat unit", count, _seconds(lambda: [polymer_key(_UNIT) for _ in range(count)]), "canonical SMILES", plain, 15)

    drugs = [block.smiles for block in building_blocks()[: max(10, int(200 * share))]]
    structure_verdict(drugs[0], "molecule")
    screened = _seconds(lambda: [structure_verdict(smiles, "molecule") for smiles in drugs[1:]], times=1)  # later ones are remembered
    described = _seconds(lambda: [Descriptors.CalcMolDescriptors(Chem.MolFromSmiles(smiles)) for smiles in drugs[1:]])
    yield Part("safety screening of a structure", len(drugs) - 1, screened, "RDKit's 2D descriptors", described, 1)

    rng = random.Random(7)
    malformed = []
    for _ in range(max(100, int(_MALFORMED * share))):
        letters = list(_DRUG)
        for _ in range(3):
            letters[rng.randrange(len(letters))] = rng.choice("()[]=#12%CNOcnX@é ")
        malformed.append("".join(letters))
    with rdBase.BlockLogs():
        refused = _seconds(lambda: [_refused(text) for text in malformed])
        plain = _seconds(lambda: [Chem.MolFromSmiles(text) for text in malformed])
    yield Part("malformed SMILES with the place of the error", len(malformed), refused, "RDKit without the place", plain, 4)


def _refused(text: str) -> bool:
    try:
        parse_smiles(text)
    except StructureError:
        return True
    return False


def assembly(share: float) -> Iterator[Part]:
    """Polymers and dyes made from the shipped parts, each with its route, beside RDKit's descriptors of what came out."""
    count = max(20, int(400 * share))
    polymers = DesignSpec(goal="g", candidate_class="polymer")
    dyes = DesignSpec(goal="g", candidate_class="molecule", family="dye")
    for name, proposer, spec in (("polymer", PolymerAssembly(), polymers), ("dye", DyeAssembly(), dyes)):
        proposer.propose(ProposalRequest(spec, 0, 10, (), 0, calculators=builtin().calculators))
        made: list[str] = []

        def make(proposer: Any = proposer, spec: DesignSpec = spec, made: list[str] = made) -> None:
            made[:] = [
                proposal.smiles for proposal in proposer.propose(ProposalRequest(spec, 0, count, (), 5, calculators=builtin().calculators))
            ]

        spent = _seconds(make, times=1)  # later ones are remembered
        plain = _seconds(lambda made=made: [Descriptors.CalcMolDescriptors(Chem.MolFromSmiles(smiles)) for smiles in made])  # type: ignore[misc]
        yield Part(f"make a {name} with its route", len(made), spent, "RDKit's 2D descriptors", plain, 0.6)


def literature(share: float) -> Iterator[Part]:
    """A question to the shipped notes in Milvus Lite, beside SQLite's full-text search of the same notes."""
    notes = load_notes()
    questions = [" ".join(note.citation.title.split()[:6]) for note in notes[: max(5, int(30 * share))]]
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(":memory:")) as plain:
        plain.execute("CREATE VIRTUAL TABLE notes USING fts5(key, body)")
        plain.executemany("INSERT INTO notes VALUES (?, ?)", [(note.key, note.text) for note in notes])
        store = MilvusLiteratureStore(str(Path(folder) / "literature.db"), default_embedder())
        ensure_corpus(store)

        def full_text() -> None:
            for question in questions:
                words = " OR ".join('"' + "".join(c for c in word if c.isalnum()) + '"' for word in question.split())
                plain.execute("SELECT key, bm25(notes) FROM notes WHERE notes MATCH ? ORDER BY 2 LIMIT 10", (words,)).fetchall()

        with store.session():
            search(store, "polyimide")
            spent = _seconds(lambda: [search(store, question) for question in questions])
        yield Part("a question to the literature", len(questions), spent, "SQLite's full-text search", _seconds(full_text), 300)


def texts(share: float) -> Iterator[Part]:
    """Goals and streams: the longest costs no more than its length says, and what is too long is refused at once."""
    long = max(1_000, int(20_000 * min(1.0, share)))
    for piece in ("no ", "a b ", "x", "detect of ", "not a nerve agent or ", "kill the "):
        whole, half = (piece * long)[: long - 1], (piece * long)[: long // 2 - 1]
        name = f"safety of a goal of {long:,} characters ({piece!r})"
        yield _growth(name, partial(goal_verdict, whole), partial(goal_verdict, half))
    goal = "MW < 300, " * 250
    yield _growth("reading of a goal of 2,000 characters", lambda: interpret(goal[:1990]), lambda: interpret(goal[:990]))
    yield _growth("20,000 events of a stream", lambda: _events(20_000), lambda: _events(10_000))
    for name, refuse in (("reading", interpret), ("safety", goal_verdict), ("structure", _refused)):
        yield _at_once(f"a goal or structure of a megabyte refused ({name})", refuse)


def _growth(name: str, whole: Callable[[], Any], half: Callable[[], Any]) -> Part:
    return Part(name, 1, _seconds(whole), "half of it", _seconds(half), 2.6)


def _at_once(name: str, refuse: Callable[[str], Any]) -> Part:
    def asked(text: str) -> None:
        try:
            refuse(text)
        except GoalError:
            return

    return Part(name, 1, _seconds(lambda: asked(_LONG.decode())), "copying it 20 times", _seconds(_copies), 1)


def _copies() -> None:
    for _ in range(20):
        bytearray(_LONG)


def _events(count: int) -> None:
    reader, event = EventReader(), b'data: {"choices": [{"delta": {"content": "x"}}]}\n\n'
    for _ in range(count):
        reader.feed(event)


PARTS: dict[str, Callable[[float], Iterator[Part]]] = {
    "storing": storing, "structures": structures, "assembly": assembly, "literature": literature, "texts": texts,
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print one line a part; returns 1 where a ratio is not kept."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.parts", description="Speed of single parts beside baselines.")
    parser.add_argument("--share", type=float, default=1.0, help="share of the full amount of work")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if not 0 < options.share <= 10:
        parser.error("--share is above 0 and at most 10")
    found: list[Part] = []
    for name in options.only:
        for part in PARTS[name](options.share):
            found.append(part)
            if not options.json:
                print(
                    f"{part.name:56s} {1e3 * part.seconds / part.count:9.3f} ms each, {part.ratio:6.2f} times {part.baseline}"
                    f" (at most {part.at_most:g}){'' if part.met else '  NOT MET'}",
                    flush=True,
                )
    if options.json:
        print(json.dumps([{**asdict(part), "ratio": part.ratio, "met": part.met} for part in found]))
    return 0 if all(part.met for part in found) else 1


if __name__ == "__main__":
    sys.exit(main())
