"""A screen against the ten lines of RDKit that somebody would write for the same question, on the same records and in the same process."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median

from evals.performance.process import MeasureError, printed
from evals.performance.row import Row

#: The goals of ``evals.benchmarks.screening``, and the loops that ask the same of 5,000 records that come with RDKit.
_EXACT = """
GOAL = "a molecule with logP between 2 and 3.5, TPSA between 40 and 90, QED of at least 0.7, SA score at most 3 and an amide group"

def hits(smiles, group):
    for text in smiles:
        mol = Chem.MolFromSmiles(text)
        if mol is None or not mol.HasSubstructMatch(group) or not 40 <= rdMolDescriptors.CalcTPSA(mol) <= 90:
            continue
        if 2 <= Crippen.MolLogP(mol) <= 3.5 and QED.qed(mol) >= 0.7 and sascorer.calculateScore(mol) <= 3:
            yield text
"""
_PREDICTED = """
GOAL = "a molecule with logP below 3, MW below 350, TPSA between 40 and 80, a hydroxyl group and an aqueous solubility above -2.5 log mol/L"

def hits(smiles, group):
    for text in smiles:
        mol = Chem.MolFromSmiles(text)
        if mol is None or not mol.HasSubstructMatch(group) or Descriptors.MolWt(mol) >= 350 or not 40 <= rdMolDescriptors.CalcTPSA(mol) <= 80:
            continue
        if Crippen.MolLogP(mol) < 3 and (predict(["aqueous_solubility"], [text], "molecule", EstimationConditions())["aqueous_solubility"][0].number or -9) > -2.5:
            yield text
"""
#: Prints the processor seconds of the loop and of the screen, each the median of five that take turns, and the hits of both.
_COMPARE = """
import os, sys, tempfile, time
from pathlib import Path
from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem import Crippen, Descriptors, QED, rdMolDescriptors
sys.path.append(os.path.join(RDConfig.RDContribDir, "SA_Score"))
import sascorer
from agent.reading import interpret
from core.spec import EstimationConditions, MotifRequirement
from tools.execution import SerialExecutor
from tools.predictors.predict import predict
from tools.screening.journal import Journal
from tools.screening.run import identity, screen
from tools.workspace import builtin

RDLogger.DisableLog("rdApp.*")
spec = interpret(GOAL)
spec = spec.model_copy(update={"objectives": []})
group = Chem.MolFromSmarts(spec.requirements_of(MotifRequirement)[0].smarts)
calculators = builtin().calculators
folder = Path(tempfile.mkdtemp())
library = Path(RDConfig.RDDataDir) / "NCI" / "first_5K.smi"
kept = [text for line in library.read_text().splitlines() if "." not in (text := line.split()[0])]  # the loop knows no salts
(folder / "library.smi").write_text("".join(f"{text} {i}\\n" for i, text in enumerate(kept)))

def loop():
    return len(list(hits(kept, group)))

def ours(number):
    journal = Journal(folder / f"{number}.db", identity(folder / "library.smi", spec, calculators=calculators))
    found = screen(folder / "library.smi", spec, journal, SerialExecutor(), calculators=calculators).hits
    journal.close()
    return found

def seconds(work, *given):
    begun = time.process_time()
    work(*given)
    return time.process_time() - begun

clear = lambda: __import__("tools.screening.chunk").screening.chunk._sieved.cache_clear()
pairs = []
for number in range(6):
    clear()
    pairs.append((seconds(loop), seconds(ours, number)))
clear()
print(*(sorted(times)[2] for times in zip(*pairs[1:])), loop(), ours(99))
"""


def _ratio(tree: Path, goal: str) -> float:
    """Speed of the screen in units of the loop's, the median of three processes: one may be a tenth faster than another with the same work.

    Raises MeasureError where the two find not nearly the same number of structures.
    """
    ratios = []
    for process in range(3):
        loop, screen, found, hits = printed(tree, f"{goal}{_COMPARE}# process {process}\n")
        if not found or not 0.8 <= hits / found <= 1.05:  # the guard blocks some
            raise MeasureError(f"the loop finds {found:.0f} structures, the screen {hits:.0f}")
        ratios.append(loop / screen)
    return median(ratios)


ROWS = (
    Row("screen", 60, "`screen` against a ten-line loop over RDKit, times as fast", "", 0.9, partial(_ratio, goal=_EXACT), at_least=True, earlier="0.57–0.72"),
    Row(
        "screen-predicted", 61, "the same with a predictor, which the loop asks molecule by molecule", "", 1.2,
        partial(_ratio, goal=_PREDICTED), at_least=True,
    ),
)  # fmt: skip
