"""How many of the numbers that papers report are read, and how many of those read are right, on passages that were read by hand.

``python -m evals.reported_values CORPUS.jsonl`` needs the passages themselves (ChemRxivQuest, CC BY 4.0); labels with ids and numbers alone
are in ``data/reported_values.json``.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from core.passages import Passage

LABELS = Path(__file__).parent / "data" / "reported_values.json"


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's formula, 0 to 1; the whole of it for no trials."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, right / total
    middle, spread = share + z * z / (2 * total), z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, (middle - spread) / (1 + z * z / total)), min(1.0, (middle + spread) / (1 + z * z / total))


def read(text: str) -> list[dict[str, Any]]:
    """What the extractor finds in a passage that stands alone."""
    from tools.literature.chemistry import chemistry_of

    passage = Passage("p:0", "p", text, None, None, 0, len(text), "text")
    _, values = chemistry_of(text, [passage])
    return [
        {"property": v.property, "value": v.value, "upper": v.upper, "unit": v.unit, "substance": v.substance, "quote": v.quote}
        for v in values
    ]


def same_number(found: dict[str, Any], label: dict[str, Any]) -> bool:
    """Whether property, number and upper end agree."""
    upper = label.get("upper")
    ends = (found["upper"] is None) == (upper is None) and (upper is None or math.isclose(found["upper"], upper, rel_tol=1e-9))
    return found["property"] == label["property"] and math.isclose(found["value"], label["value"], rel_tol=1e-9) and ends


def same_substance(found: str | None, label: str | None) -> bool:
    """Whether two names of a substance agree, dashes and case apart."""

    def plain(name: str | None) -> str:
        return "".join(c for c in (name or "").translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")).lower() if c.isalnum())

    return plain(found) == plain(label)


def evaluate(texts: dict[str, str], labels: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts of right, wrong and missed numbers, those whose substance is right too, and lists of the wrong and the missed."""
    right = named = wrong = 0
    missed: list[str] = []
    errors: list[str] = []
    properties: Counter[str] = Counter()
    for label in labels:
        open_labels = list(label["values"])
        for found in read(texts[label["passage"]]):
            match = next((v for v in open_labels if same_number(found, v)), None)
            if match is not None:
                open_labels.remove(match)
                right += 1
                named += same_substance(found["substance"], match["substance"])
                properties[found["property"]] += 1
            elif not any(same_number(found, v) for v in [*label.get("optional", []), *label["values"]]):
                wrong += 1
                errors.append(f"{label['passage']}: {found['property']} {found['value']:g} {found['unit']}: {found['quote'][:160]}")
        missed += [f"{label['passage']}: {v['property']} {v['value']:g} {v['unit']}" for v in open_labels]
    return {
        "passages": len(labels),
        "labelled": right + len(missed),
        "found": right + wrong,
        "right": right,
        "substance_right": named,
        "by_property": dict(properties),
        "wrong": errors,
        "missed": missed,
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    given = parser.parse_args()
    texts = {row["_id"]: row["text"] for row in map(json.loads, given.corpus.read_text(encoding="utf-8").splitlines())}
    figures = evaluate(texts, json.loads(LABELS.read_text(encoding="utf-8"))["passages"])
    right = figures["right"]
    for name, total in (("precision", figures["found"]), ("recall", figures["labelled"])):
        low, high = wilson(right, total)
        figures[name] = f"{right / total if total else 0:.2f} [{low:.2f}, {high:.2f}]"
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
