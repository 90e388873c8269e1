"""AiZynthFinder as a second route finder, in an environment of its own.

AiZynthFinder (Genheden et al., https://github.com/MolecularAI/aizynthfinder) brings trained template policies and large stocks, and needs
packages that do not fit beside ours. It is therefore called as a program, ``aizynthcli --smiles SMILES --config CONFIG --output FILE``,
which writes its best trees as JSON (see :mod:`tools.synthesis.routes.trees`). What comes back is a :class:`core.candidate.Route` like ours; its steps
are run forwards here where a named reaction makes them, and the note says whether they were.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdkit import Chem, rdBase

from core.candidate import NO_ROUTE, Route
from core.errors import ConfigurationError, StructureError
from tools.synthesis.blocks import BlockLibrary, shipped
from tools.synthesis.routes.cost import with_stock
from tools.synthesis.routes.trees import best_route

#: AiZynthFinder needs NumPy 1; without the limit pip takes a pyarrow that wants NumPy 2, and the program does not start.
INSTALL = (
    'python3.11 -m venv aizynth && aizynth/bin/pip install aizynthfinder "pyarrow<22" && aizynth/bin/download_public_data DATA; '
    'then set MOLWRIGHT_ROUTES__AIZYNTH_COMMAND="aizynth/bin/aizynthcli --config DATA/config.yml"'
)


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
        """Its best route whose materials are all in its stock, or one of status 'none known'; see :func:`tools.synthesis.routes.trees.best_route`.

        A target in the stock gives a route without steps, unless the configuration excludes it from the stock (AiZynthFinder's default).

        Raises StructureError for a SMILES that cannot be read, ConfigurationError where the program is missing, fails, takes too long or
        answers with something else than its trees.
        """
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(smiles)
        if mol is None or "*" in smiles:
            raise StructureError("not a molecule that AiZynthFinder can search", smiles=smiles)
        route = best_route(self._trees(_argument(mol)), library)
        if route is None:
            return NO_ROUTE.model_copy(update={"note": "AiZynthFinder found no route from its stock."})
        return with_stock(route, library or shipped())

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
            if done.returncode:
                raise ConfigurationError(f"AiZynthFinder failed with exit code {done.returncode}: {_said(done.stderr, done.stdout)}")
            if not output.exists():  # a structure that it cannot take is reported on stdout, with exit code 0
                raise ConfigurationError(f"AiZynthFinder wrote no routes: {_said(done.stdout, done.stderr)}")
            return _read(output)


def _argument(mol: Chem.Mol) -> str:
    """The SMILES to ask for. AiZynthFinder reads the argument as a file where one of that name exists: then with all hydrogen atoms."""
    smiles = str(Chem.MolToSmiles(mol))
    return str(Chem.MolToSmiles(mol, allHsExplicit=True)) if os.path.exists(smiles) else smiles


def _said(*texts: str) -> str:
    """The last message of the first text that has one, at most 500 characters: its last line that is not indented, with what follows.

    Progress bars are no messages.
    """
    for text in texts:
        lines = [line for line in text.splitlines() if line.strip() and "it/s]" not in line]
        start = max((i for i, line in enumerate(lines) if not line[0].isspace()), default=0)
        if lines:
            return " ".join(line.strip() for line in lines[start:])[:500]
    return "it said nothing"


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        trees = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"AiZynthFinder's answer is not JSON: {error}") from error
    if not isinstance(trees, list) or not all(isinstance(t, dict) and t.get("type") == "mol" and "smiles" in t for t in trees):
        raise ConfigurationError("AiZynthFinder's answer is not a list of trees")
    return trees
