"""The journal of a screen: an SQLite file that holds what every finished chunk gave, so that a killed screen goes on where it stopped."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from core.errors import StoreError, UsageError
from tools.calculators.costly.protocol import Outcome as Computed
from tools.screening.chunk import Hit, Outcome
from tools.search.costly import Tried

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (number INTEGER PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS failed (reason TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS unreadable (record INTEGER PRIMARY KEY, line INTEGER, name TEXT, reason TEXT);
CREATE TABLE IF NOT EXISTS blocked (record INTEGER PRIMARY KEY, line INTEGER, name TEXT, reason TEXT);
CREATE TABLE IF NOT EXISTS hits (
    key TEXT PRIMARY KEY, record INTEGER NOT NULL, line INTEGER, name TEXT, smiles TEXT, dedup_key TEXT, score REAL, p_meets REAL,
    safety TEXT, warnings TEXT, vals TEXT, notes TEXT, given TEXT, identifier TEXT
);
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY, calculator TEXT NOT NULL, key TEXT NOT NULL, smiles TEXT NOT NULL, outcomes TEXT NOT NULL, seconds REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS by_score ON hits (score DESC, p_meets DESC, record);
"""


class Journal:
    """One screen's journal. Each chunk is one transaction: it is in the journal entirely or not at all."""

    def __init__(self, path: Path, identity: dict[str, str]) -> None:
        """Open or begin the journal in ``path``; ``identity`` names library, spec and chunk size.

        Raises UsageError if the file belongs to a screen of something else, StoreError if it cannot be opened.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=2)
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")  # a power cut may take the last chunks, which are then done again
            self._db.executescript(f"BEGIN;{_SCHEMA}COMMIT;")  # in one write, not in one a table
        except (OSError, sqlite3.Error) as error:
            why = "another process is screening into it" if "locked" in str(error) else str(error)
            raise StoreError(f"the journal {path} cannot be opened: {why}") from error
        known = dict(self._db.execute("SELECT name, value FROM meta"))
        different = sorted(n for n, v in identity.items() if known.get(n, v) != v)
        if different:
            self._db.close()
            raise UsageError(
                f"{path} is the journal of another screen (different {', '.join(different)}); give another --out, or --restart"
            )
        with self._transaction():
            self._db.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", identity.items())

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db)

    def done(self) -> int:
        """Number of leading chunks that are finished; chunks are committed in order."""
        return int(self._db.execute("SELECT COALESCE(MAX(number) + 1, 0) FROM chunks").fetchone()[0])

    def read(self) -> int:
        """Number of records in the finished chunks."""
        return int(self._db.execute("SELECT COALESCE(SUM(count), 0) FROM chunks").fetchone()[0])

    def commit(self, outcome: Outcome) -> None:
        """Write what one chunk gave. Of structures that occur again the first record stays; the others are counted as 'repeated'."""
        with self._transaction():
            repeated = 0
            for hit in outcome.hits:
                cursor = self._db.execute("INSERT OR IGNORE INTO hits VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", _row(hit))
                repeated += cursor.rowcount == 0
            counts = dict(outcome.failed)
            if repeated:
                counts["repeated"] = repeated
            self._db.executemany("INSERT OR REPLACE INTO unreadable VALUES (?,?,?,?)", outcome.unreadable)
            self._db.executemany("INSERT OR REPLACE INTO blocked VALUES (?,?,?,?)", outcome.blocked)
            self._db.executemany(
                "INSERT INTO failed VALUES (?, ?) ON CONFLICT (reason) DO UPDATE SET count = count + excluded.count", counts.items()
            )
            self._db.execute("INSERT INTO chunks VALUES (?, ?)", (outcome.number, outcome.count))

    def failed(self) -> dict[str, int]:
        """Rejected records by reason, most frequent first."""
        return dict(self._db.execute("SELECT reason, count FROM failed ORDER BY count DESC, reason"))

    def listed(self, table: str) -> Iterator[tuple[int, int, str, str]]:
        """(record, line, name, reason) of the 'unreadable' or 'blocked' records, in the order of the library."""
        if table not in ("unreadable", "blocked"):
            raise ValueError(table)
        yield from self._db.execute(f"SELECT record, line, name, reason FROM {table} ORDER BY record")

    def number(self, table: str) -> int:
        """How many rows 'hits', 'unreadable' or 'blocked' has."""
        if table not in ("hits", "unreadable", "blocked"):
            raise ValueError(table)
        return int(self._db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])

    def hits(self, limit: int = -1) -> Iterator[dict[str, Any]]:
        """Hits by score, then joint probability, then place in the library; at most ``limit`` (-1: all), one at a time."""
        query = (
            "SELECT key, record, line, name, smiles, dedup_key, score, p_meets, safety, warnings, vals, notes, given, identifier FROM hits "
            "ORDER BY score DESC, p_meets DESC, record LIMIT ?"
        )
        names = (
            "key",
            "record",
            "line",
            "name",
            "smiles",
            "dedup_key",
            "score",
            "p_meets",
            "safety",
            "warnings",
            "values",
            "notes",
            "given",
            "identifier",
        )
        for row in self._db.execute(query, (limit,)):
            found = dict(zip(names, row, strict=True))
            yield {**found, **{name: json.loads(found[name]) for name in ("warnings", "values", "notes")}}

    def keep_call(self, calculator: str, made: Tried) -> None:
        """Write what a call of a costly calculator (its name and version) brought."""
        outcomes = {name: [o.value, o.sigma, o.reason] for name, o in made.outcomes.items()}
        with self._transaction():
            self._db.execute(
                "INSERT INTO calls (calculator, key, smiles, outcomes, seconds) VALUES (?,?,?,?,?)",
                (calculator, made.key, made.smiles, json.dumps(outcomes), made.seconds),
            )

    def calls(self, calculator: str) -> list[Tried]:
        """The calls of a costly calculator (its name and version), in the order in which they were answered."""
        query = "SELECT key, smiles, outcomes, seconds FROM calls WHERE calculator = ? ORDER BY number"
        return [
            Tried(key, smiles, {name: Computed(*found) for name, found in json.loads(outcomes).items()}, seconds)
            for key, smiles, outcomes, seconds in self._db.execute(query, (calculator,))
        ]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.execute("ROLLBACK" if kind is not None else "COMMIT")


def _row(hit: Hit) -> tuple[Any, ...]:
    return (
        hit.key, hit.index, hit.line, hit.name, hit.smiles, hit.dedup_key, hit.score, hit.p_meets, hit.safety,
        json.dumps(list(hit.warnings)), json.dumps(hit.values), json.dumps(list(hit.notes)), hit.given, hit.identifier,
    )  # fmt: skip
