"""Small files of the kinds that people bring, read as users have them read, against what must come.

    python -m evals.benchmarks.user_files FOLDER [--cases TABLE.toml] [--batch given]

FOLDER holds the files; the table (``evals/data/user_files.toml``) says for each what it is used for and what must come. Prints a row a
file; the exit code is 1 if anything else came, or a file is missing.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import data
from core.errors import MolwrightError, StructureError
from core.requirements import Condition
from core.spec import DesignSpec

GOAL = "a molecule with MW below 400"


@dataclass
class Came:
    """What came of one file: lines by what they gave, lines left out with the reason, notes, the error that stopped it."""

    got: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class Judged:
    """A case and in what it differs from what must come; nothing where it is as it must be."""

    file: str
    use: str
    batch: str
    wrong: tuple[str, ...]


def cases(text: str = "") -> list[dict[str, Any]]:
    """The cases of a table in TOML; of the one that ships if ``text`` is ''."""
    table = tomllib.loads(text) if text else data.table("evals.data", "user_files.toml")
    found: list[dict[str, Any]] = table["case"]
    return found


def judged(case: dict[str, Any], folder: Path) -> Judged:
    """Use the file of a case as it says, and hold what comes against what must come."""
    path = folder / case["file"]
    came = Came(error="" if path.is_file() else "no such file")
    try:
        if not came.error:
            _USES[case["use"]](path, case, came)
    except MolwrightError as error:
        came.error = str(error)
    return Judged(case["file"], case["use"], case["batch"], tuple(_differences(case, came)))


def _differences(case: dict[str, Any], came: Came) -> Iterable[str]:
    wanted = case.get("error", "")
    if bool(wanted) != bool(came.error) or wanted not in came.error:
        yield f"stopped with {came.error!r}, not {wanted!r}" if came.error else f"did not stop with {wanted!r}"
        return
    for line in dict.fromkeys([*case.get("got", {}), *came.got]):
        must, did = case.get("got", {}).get(line), came.got.get(line)
        if must is None or did is None or not _same(must, did):
            yield f"line {line} gave {did!r}, not {must!r}"
    for line in dict.fromkeys([*case.get("left_out", {}), *came.left_out]):
        must, did = case.get("left_out", {}).get(line), came.left_out.get(line)
        if must is None or did is None or must not in did:
            yield f"line {line} left out for {did!r}, not for {must!r}"
    for note in case.get("notes", []):
        if not any(note in said for said in came.notes):
            yield f"it was not said that {note!r}"


def _same(must: Any, did: str) -> bool:
    if isinstance(must, int | float):
        return math.isclose(float(did), must, rel_tol=1e-6)
    return bool(must == did)


@lru_cache(maxsize=1)
def _spec() -> DesignSpec:
    from agent.reading import interpret

    made = interpret(GOAL)
    return made.model_copy(update={"objectives": []})


def _screened(path: Path, case: dict[str, Any], came: Came) -> None:
    """Hits by line as 'name/identifier SMILES', with how many stereocentres have no configuration where there are any."""
    from tools.execution import SerialExecutor
    from tools.screening.journal import Journal
    from tools.screening.run import screen
    from tools.structures.standardise import standardise
    from tools.workspace import builtin

    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "screen.db", {})
        done = screen(path, _spec(), journal, SerialExecutor(), calculators=builtin().calculators)
        came.notes = list(done.notes)
        came.left_out = {str(line): reason for _, line, _, reason in journal.listed("unreadable")}
        for hit in journal.hits():
            undefined = standardise(hit["given"] or hit["smiles"], "molecule").undefined_stereocentres
            title = "/".join(filter(None, dict.fromkeys((hit["name"], hit["identifier"]))))
            came.got[str(hit["line"])] = f"{title} {hit['smiles']}".strip() + (f" ?{undefined}" if undefined else "")
            came.notes += hit["notes"]
        journal.close()


def _measured(path: Path, case: dict[str, Any], came: Came) -> None:
    """What is learnt by line; the logarithm where ``log`` is set."""
    from tools.files.units import standard
    from tools.predictors.user_models.table import read_measurements

    columns = {name: case.get(name, "") for name in ("smiles", "target")}
    table = read_measurements(
        path, **columns, unit=standard(case.get("unit", "")), log=case.get("log", False), to_train=case.get("train", False)
    )
    came.got = {str(line): f"{value:.9g}" for line, value in zip(table.lines, table.y.tolist(), strict=True)}
    if "lines" in case:
        came.got = {line: came.got[line] for line in case["got"] if line in came.got} | {"substances": str(len(table))}
    came.left_out = {str(bad.line): bad.reason for bad in table.bad}
    came.notes = [*table.warnings, *(f"line {line}: {text}" for line, text in table.qualified)]


def _blocks(path: Path, case: dict[str, Any], came: Came) -> None:
    """Blocks by line as 'name, identifier, CAS, price', and what a route from them alone costs."""
    from tools.synthesis.inventory import library_of, read_inventory
    from tools.synthesis.routes import find_route

    inventory = read_inventory(path, "replace")
    for row in inventory.rows:
        stock = row.stock
        size = f" for {stock.amount:g} {stock.unit}" if stock.amount is not None else ""
        price = f"{stock.price:g} {stock.currency}{size}" if stock.price is not None else f"no price{size}"
        packs = f" ({len(stock.packs)} packs)" if stock.packs else ""
        came.got[str(row.line)] = ", ".join(filter(None, (row.name, stock.id, stock.cas, price + packs)))
    came.left_out = {str(fault.line): fault.reason for fault in inventory.faults}
    came.notes = inventory.notes
    if "route" in case:
        cost = find_route(case["route"], "molecule", library_of(inventory)).cost
        came.got["cost"] = cost.text.split(" (")[0].split(":")[0] if cost else "no cost"


def _described(path: Path, case: dict[str, Any], came: Came) -> None:
    """The standard form by line; two '*' are a polymer, whose form is its key, so that the frames of one agree."""
    from tools.files.records import StructureFile, smiles_of
    from tools.structures.standardise import standardise

    file = StructureFile(path)
    for record in file.records():
        try:
            smiles = smiles_of(record)
            form = standardise(smiles, "polymer" if "*" in smiles else "molecule")
        except (StructureError, ValueError) as error:
            came.left_out[str(record.line)] = str(error)
            continue
        came.got[str(record.line)] = form.key if "*" in smiles else form.smiles
        came.notes += form.notes
    came.notes += file.notes()


def _known(path: Path, case: dict[str, Any], came: Came) -> None:
    """Known structures by name."""
    from tools.ranking.novelty import read_known

    known = read_known(path)
    came.got = dict.fromkeys(sorted(known.structures.values()), "known")
    came.left_out = {fault.split(":")[0].removeprefix("line "): fault for fault in known.faults}
    came.notes = known.notes


def _goals(path: Path, case: dict[str, Any], came: Came) -> None:
    """What each line asks for, in the property's own unit; left out is what is not understood. ``own``: units of the user's own models."""
    from agent.reading import interpret
    from core.errors import GoalError
    from tools.workspace import builtin

    with tempfile.TemporaryDirectory() as folder:
        for name, unit in case.get("own", {}).items():
            (Path(folder) / name).mkdir()
            (Path(folder) / name / "card.json").write_text(json.dumps(_card(name, unit)), encoding="utf-8")
        workspace = builtin().with_user_models(Path(folder))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                asked = interpret(line, workspace=workspace).requirements
            except GoalError as error:
                came.left_out[str(number)] = str(error)
                continue
            came.got[str(number)] = "; ".join(_limit(one.property, one.condition, one.unit) for one in asked if one.kind == "property")


def _limit(name: str, condition: Condition, unit: str) -> str:
    bound = condition.value if condition.value is not None else (condition.low, condition.high)
    return (
        f"{name} {condition.comparison} {bound:.6g} {unit}" if isinstance(bound, float) else f"{name} {condition.comparison} {bound} {unit}"
    )


def _card(name: str, unit: str) -> dict[str, Any]:
    """The card of a model with nothing behind it: enough for its property to be asked for. A ``log`` of a unit is a logarithm."""
    plain = unit.removeprefix("log ")
    return {
        "own": True, "name": name, "unit": unit, "plain_unit": plain, "log": unit != plain, "synonyms": [], "label": name, "kind": "molecule",
        "low": -1e6, "high": 1e6, "typical": [0, 1], "data": {"file": "none"}, "description": "", "version": "0",
    }  # fmt: skip


_USES: dict[str, Callable[[Path, dict[str, Any], Came], None]] = {
    "screen": _screened,
    "measure": _measured,
    "blocks": _blocks,
    "properties": _described,
    "known": _known,
    "goals": _goals,
}


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if a file does not give what it must."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=Path, help="table of expectations instead of the one that ships")
    parser.add_argument("--batch", help="only the cases of this batch")
    given = parser.parse_args(arguments)
    wanted = cases(given.cases.read_text(encoding="utf-8") if given.cases else "")
    found = [judged(case, given.folder) for case in wanted if given.batch in (None, case["batch"])]
    for one in found:
        print(f"{one.batch:6}  {one.use:10}  {one.file:28}  {'as it must' if not one.wrong else one.wrong[0]}")
        for more in one.wrong[1:]:
            print(f"{'':50}{more}")
    right = sum(not one.wrong for one in found)
    print(f"{right} of {len(found)} as they must")
    return 0 if found and right == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
