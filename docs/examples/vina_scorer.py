"""A scorer for molwright that docks with AutoDock Vina: JSON lines in, JSON lines out (docs/costly.md).

    python vina_scorer.py RECEPTOR.pdbqt BOX.txt [EXHAUSTIVENESS]

BOX.txt has the lines of a Vina configuration that place the box (center_x = 30.9, ..., size_z = 30.0). Needs the packages vina, meeko, gemmi
and rdkit. The number is Vina's affinity of the best pose in kcal/mol; the more negative, the better. One core, fixed seeds: the same
structure gets the same number.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

SEED = 1


def box_of(path: str) -> dict[str, float]:
    """The numbers of a Vina configuration."""
    pairs = (line.split("=") for line in Path(path).read_text(encoding="utf-8").splitlines() if "=" in line)
    return {name.strip(): float(value) for name, value in pairs}


def ligand(smiles: str) -> str:
    """The structure in three dimensions as PDBQT. ValueError where it has no conformer or Vina's atom types do not cover it."""
    from meeko import MoleculePreparation, PDBQTWriterLegacy
    from rdkit import Chem
    from rdkit.Chem import AllChem

    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    if AllChem.EmbedMolecule(mol, randomSeed=SEED) != 0:
        raise ValueError("no conformer was found")
    AllChem.MMFFOptimizeMolecule(mol)
    text, fine, fault = PDBQTWriterLegacy.write_string(MoleculePreparation().prepare(mol)[0])
    if not fine:
        raise ValueError(f"it cannot be prepared for docking: {fault.strip()}")
    return str(text)


def main() -> None:
    """Answer until the input ends. What Vina itself prints goes to the error output, so that the answers stay alone."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from vina import Vina

    receptor, box, exhaustiveness = sys.argv[1], box_of(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 8
    vina = Vina(sf_name="vina", cpu=1, seed=SEED, verbosity=0)
    vina.set_receptor(receptor)
    vina.compute_vina_maps(center=[box[f"center_{axis}"] for axis in "xyz"], box_size=[box[f"size_{axis}"] for axis in "xyz"])
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            vina.set_ligand_from_string(ligand(asked["smiles"]))
            vina.dock(exhaustiveness=exhaustiveness, n_poses=1)
            reply = {"id": asked["id"], "value": float(vina.energies(n_poses=1)[0][0])}
        except (ValueError, RuntimeError, TypeError, IndexError) as error:
            reply = {"id": asked["id"], "error": str(error)}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
