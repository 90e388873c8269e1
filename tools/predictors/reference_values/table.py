"""The tables of known substances, their sources, and the results that were measured with them."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError, NotFoundError
from tools.catalogue.shipped import shipped

FOLDER = Path(__file__).resolve().parent
TABLES, RESULTS = FOLDER / "tables", FOLDER / "results"
#: Properties with a table, in the order of the catalogue.
PROPERTIES = tuple(p.name for p in shipped() if (TABLES / f"{p.name}.tsv").is_file())


@dataclass(frozen=True)
class Known:
    """A well-known substance: its structure, the solvent (SMILES, dyes only), the accepted value in the predictor's unit, its source."""

    name: str
    structure: str
    solvent: str
    value: float
    source: str


def sources() -> dict[str, dict[str, str]]:
    """Text and address of every source, by its short name. Raises ConfigurationError where one lacks them."""
    found = tomllib.loads((TABLES / "sources.toml").read_text(encoding="utf-8"))
    for name, entry in found.items():
        if not entry.get("text") or not str(entry.get("url", "")).startswith("https://"):
            raise ConfigurationError(f"known answers: the source {name} has no text or no address")
    return found


def reference_substances(name: str) -> tuple[Known, ...]:
    """The table of property ``name``. Raises NotFoundError if it has none and ConfigurationError for an entry without a known source."""
    path = TABLES / f"{name}.tsv"
    if name not in PROPERTIES or not path.is_file():
        raise NotFoundError(f"there are no known answers for {name!r}; there are for {', '.join(PROPERTIES)}")
    there = sources()
    entries = []
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["source"].split()[0] not in there:
            raise ConfigurationError(f"known answers of {name}: {row['name']} names the unknown source {row['source']!r}")
        entries.append(Known(row["name"], row["structure"], row.get("solvent", ""), float(row["value"]), row["source"]))
    return tuple(entries)


def table_hash(name: str) -> str:
    """SHA-256 of the table of ``name``, in hexadecimal."""
    return hashlib.sha256((TABLES / f"{name}.tsv").read_bytes()).hexdigest()


def result_of(name: str) -> dict[str, Any] | None:
    """The kept result of ``name``; None where nothing was measured yet."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def section_markdown() -> str:
    """The kept results as a section for the documentation: one line a property, then the polymers in order."""
    lines = [
        "## Known answers in order",
        "",
        "Each table holds well-known substances with values from named sources (`tools/predictors/reference_values/tables/`). Before the shipped "
        "recipe is trained, every row of the training data that is one of them or resembles one of them (Tanimoto similarity above 0.8) is "
        "taken out: remembering is not predicting.",
        "",
        "| property | substances | rows taken out | Spearman | MAE | 90 % interval holds | command |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in PROPERTIES:
        r = result_of(name)
        if r is None:
            lines.append(f"| {name} | {len(reference_substances(name))} | not measured yet | | | | `{command(name)}` |")
            continue
        stale = "" if r["table_sha256"] == table_hash(name) else " (older table)"
        lines.append(
            f"| {name}{stale} | {r['n']} of {r['table_rows']} | {r['rows_removed']} of {r['rows_read']} | {r['spearman']:.3f} | {r['mae']:.3g} {r['unit']} |"
            f" {r['coverage']:.0%} | `{r['command']}` |"
        )
    if any((result_of(name) or {}).get("errors") for name in PROPERTIES):
        lines += [
            "",
            "The models were trained without these substances. Their values and intervals were then restated by the table of errors that ships, among whose thousands of "
            "out-of-fold errors are those of some of them.",
        ]
    tg = result_of("glass_transition_temperature")
    if tg is not None:
        lines += [
            "",
            "Polymers in the order of their known glass transition:",
            "",
            "| polymer | known, °C | predicted, °C | 90 % interval |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {e['name']} | {e['known']:.0f} | {e['predicted']:.0f} | {e['lower']:.0f} to {e['upper']:.0f} |"
            for e in tg["entries"]
            if e["predicted"] is not None
        ]
    lines += ["", "Sources: " + "; ".join(f"[{entry['text']}]({entry['url']})" for entry in sources().values()) + "."]
    return "\n".join(lines) + "\n"


def command(name: str) -> str:
    """The command that measures ``name``."""
    from tools.predictors.specs import predictor_spec

    return f"python -m tools.predictors.reference_values {name} --data {predictor_spec(name).data}.csv"
