"""AiZynthFinder as a second route finder, in an environment of its own.

AiZynthFinder (Genheden et al., https://github.com/MolecularAI/aizynthfinder) brings trained template policies and large stocks, and needs
packages that do not fit beside ours. It is therefore called as a program, ``aizynthcli --smiles SMILES --config CONFIG --output FILE``,
which writes its best trees as JSON (nodes 'mol' and 'reaction' in turn, ``in_stock`` on each molecule). What comes back is a
:class:`core.candidate.Route` like ours, except that its steps are templates learnt from patents: they are not run again here, and the note
says so.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdkit import Chem, rdBase

from core.candidate import NO_ROUTE, Material, Route, RouteStep
from core.errors import ConfigurationError, StructureError
from tools.generators.blocks import BlockLibrary, shipped
from tools.routes.cost import with_stock

INSTALL = (
    "python3.11 -m venv aizynth && aizynth/bin/pip install aizynthfinder && aizynth/bin/download_public_data DATA; then set "
    'MOLWRIGHT_AIZYNTH_COMMAND="aizynth/bin/aizynthcli --config DATA/config.yml"'
)
NOTE = "Found by AiZynthFinder; its steps are templates learnt from reaction data and were not run again here."


@dataclass(frozen=True)
class AizynthFinder:
    """Asks an installed AiZynthFinder.

    Attributes:
        command: the program with its options but without target and output, as on a command line.
        seconds: how long one search may take.
    """

    command: str
    seconds: float = 600.0

    def find(self, smiles: str, library: BlockLibrary | None = None) -> Route:
        """Its best route whose materials are all in its stock, or one of status 'none known'.

        Raises StructureError for a SMILES that cannot be read, ConfigurationError where the program is missing, fails, takes too long or
        answers with something else than its trees.
        """
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(smiles)
        if mol is None or "*" in smiles:
            raise StructureError("not a molecule that AiZynthFinder can search", smiles=smiles)
        for tree in self._trees(Chem.MolToSmiles(mol)):
            route = route_of_tree(tree)
            if route is not None:
                return with_stock(route, library or shipped())
        return NO_ROUTE.model_copy(update={"note": "AiZynthFinder found no route from its stock."})

    def _trees(self, smiles: str) -> list[dict[str, Any]]:
        words = shlex.split(self.command)
        if not words:
            raise ConfigurationError(f"no AiZynthFinder is configured. To have it: {INSTALL}")
        with tempfile.TemporaryDirectory(prefix="molwright-aizynth-") as folder:
            output = Path(folder) / "trees.json"
            call = [*words, "--smiles", smiles, "--output", str(output)]
            try:
                done = subprocess.run(call, capture_output=True, text=True, timeout=self.seconds, check=False)
            except FileNotFoundError:
                raise ConfigurationError(
                    f"AiZynthFinder cannot be started: there is no program {words[0]!r}. To have it: {INSTALL}"
                ) from None
            except PermissionError as error:
                raise ConfigurationError(f"AiZynthFinder cannot be started: {error}") from error
            except subprocess.TimeoutExpired:
                raise ConfigurationError(f"AiZynthFinder gave no answer in {self.seconds:g} s") from None
            if done.returncode or not output.exists():
                said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
                raise ConfigurationError(f"AiZynthFinder failed with exit code {done.returncode}: {said[0][:500]}")
            return _read(output)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        trees = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"AiZynthFinder's answer is not JSON: {error}") from error
    if not isinstance(trees, list) or not all(isinstance(t, dict) and t.get("type") == "mol" and "smiles" in t for t in trees):
        raise ConfigurationError("AiZynthFinder's answer is not a list of trees")
    return trees


def route_of_tree(tree: dict[str, Any]) -> Route | None:
    """A route from one tree of AiZynthFinder, or None if it does not end in its stock or is not a tree of molecules and reactions.

    Steps come in the order in which they are run. A reaction is called by its class where the tree knows one, else 'learnt template'.
    """
    steps: list[RouteStep] = []
    materials: dict[str, Material] = {}
    if not _walk(tree, steps, materials) or not steps:
        return None
    return Route(status="found", steps=steps, starting_materials=list(materials.values()), note=NOTE)


def _walk(node: dict[str, Any], steps: list[RouteStep], materials: dict[str, Material]) -> bool:
    smiles = node.get("smiles", "")
    children = node.get("children") or []
    if not children:
        materials.setdefault(smiles, Material(name=smiles, smiles=smiles, role="in the stock of AiZynthFinder"))
        return bool(node.get("in_stock"))
    reaction = children[0]
    reactants = reaction.get("children") or []
    if reaction.get("type") != "reaction" or not reactants:
        return False
    if not all(_walk(child, steps, materials) for child in reactants):
        return False
    meta = reaction.get("metadata") or {}
    name = str(meta.get("classification") or "").strip() or "learnt template"
    seen = meta.get("library_occurence", meta.get("library_occurrence"))
    note = f"template seen {seen} times in the training data" if seen else ""
    steps.append(RouteStep(reaction=name, reactants=[child["smiles"] for child in reactants], product=smiles, note=note))
    return True
