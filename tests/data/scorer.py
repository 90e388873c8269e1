"""A small scorer: the accessible surface of a molecule after Labute, in Å², by RDKit; told to, it misbehaves. Used by tests and by docs/costly.md.

    python scorer.py [MODE] [LOG]

It speaks molwright's JSON lines. MODE: fine (the default), slow, batch (as fine; it ends with its input), reinvent, or a way to fail: hang, die, rubbish,
nothing (neither value nor error), nan, stranger (another id), error. LOG: a file to which it writes every structure that it scores.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def surface(smiles: str) -> float:
    """Labute's approximate surface area, Å²."""
    from rdkit import Chem
    from rdkit.Chem import rdMolDescriptors

    return float(rdMolDescriptors.CalcLabuteASA(Chem.MolFromSmiles(smiles)))


def answer(mode: str, number: int, smiles: str) -> str:
    """The line that answers for one structure."""
    if mode == "hang":
        time.sleep(600)
    if mode == "slow":
        time.sleep(0.3)
    if mode == "die":
        print("no licence", file=sys.stderr)
        sys.exit(3)
    if mode == "rubbish":
        return "AutoDock 5 says hello"
    reply = {
        "nothing": {"id": number},
        "nan": {"id": number, "value": float("nan")},
        "stranger": {"id": number + 7, "value": 1.0},
        "error": {"id": number, "error": "no pose was found"},
    }.get(mode)
    return json.dumps(reply or {"id": number, "value": surface(smiles)})


def main() -> None:
    """Answer line by line."""
    mode, log = (*sys.argv[1:3], *("fine", "")[len(sys.argv[1:3]) :])
    if mode == "reinvent":
        scores = [surface(line.strip()) for line in sys.stdin if line.strip()]
        print(json.dumps({"version": 1, "payload": {"predictions": scores}}))
        return
    for line in sys.stdin:
        asked = json.loads(line)
        if log:
            with Path(log).open("a", encoding="utf-8") as file:
                file.write(asked["smiles"] + "\n")
        print(answer(mode, asked["id"], asked["smiles"]), flush=True)


if __name__ == "__main__":
    main()
