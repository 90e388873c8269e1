"""The house as a whole: nothing that only tests use, nothing public in ``core`` without a word about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("core", "agent", "tools", "graphs", "prompts", "memory", "serving", "evals", "learn", "app")
SOURCES = {f: f.read_text(encoding="utf-8") for room in ROOMS for f in sorted((ROOT / room).rglob("*.py"))}
#: Tables and settings that name functions and classes of ours.
TABLES = "\n".join(
    f.read_text(encoding="utf-8") for room in ROOMS for f in sorted((ROOT / room).rglob("*.toml"))
) + (ROOT / "pyproject.toml").read_text(encoding="utf-8")  # fmt: skip


def _public(tree: ast.Module) -> Iterator[str]:
    """Names of the functions, classes and values that a module offers."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_no_public_name_is_used_by_tests_alone() -> None:
    words = {f: re.findall(r"\w+", text) for f, text in SOURCES.items()}
    places: dict[str, set[Path]] = {}
    for f, found in words.items():
        for word in set(found):
            places.setdefault(word, set()).add(f)
    unused = [
        f"{f.relative_to(ROOT)}: {name}"
        for f, text in SOURCES.items()
        if "migrations" not in f.parts
        for name in _public(ast.parse(text))
        if not name.startswith("_") and words[f].count(name) == 1 and places[name] == {f} and not re.search(rf"\b{name}\b", TABLES)
    ]
    assert unused == []


def test_everything_public_in_core_says_what_it_is() -> None:
    silent = []
    for f, text in SOURCES.items():
        if f.relative_to(ROOT).parts[0] != "core":
            continue
        for owner in ast.walk(ast.parse(text)):
            if isinstance(owner, (ast.ClassDef, ast.Module)):
                for node in owner.body:
                    named = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                    if named and not node.name.startswith("_") and not ast.get_docstring(node):  # type: ignore[attr-defined, arg-type]
                        silent.append(f"{f.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def _imported(text: str) -> Iterator[str]:
    """Dotted names of ours that a module imports when it runs, also inside functions; not those that only type checkers read."""
    tree = ast.parse(text)
    unread = {
        n for block in ast.walk(tree) if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test) for n in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node not in unread:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import) and node not in unread:
            yield from (alias.name for alias in node.names)


def test_no_two_folders_import_each_other() -> None:
    """The folders and modules directly inside a room; a circle through others counts too."""
    uses: dict[str, set[str]] = {}
    for f, text in SOURCES.items():
        place = ".".join(f.relative_to(ROOT).with_suffix("").parts[:2])
        named = {".".join(name.split(".")[:2]) for name in _imported(text) if name.split(".")[0] in ROOMS}
        uses.setdefault(place, set()).update(named - {place})
    TopologicalSorter(uses).prepare()  # raises CycleError, which names the circle


#: Where numbers are made, what share of the public functions that take or give numbers must name a unit or a scale, and what share must say
#: what comes where there is no value: None, NaN, 0, an empty list, an error.
NUMBERS = {
    "core": (0.95, 0.91),
    "tools/calculators": (0.95, 0.9),
    "tools/evaluation": (0.95, 0.94),
    "tools/predictors": (0.95, 0.88),
    "tools/ranking": (0.9, 0.9),
}
_NUMBER = re.compile(r"\b(float|int|Array|FloatArray|NDArray)\b")
_UNIT = re.compile(
    r"\bunit|°C|g/mol|mg/L|mol/L|cm³|\bnm\b|\bK\b|second|0 to \d|-1 to 1|probabilit|similarit|\bshares? |[Nn]umber of|how many|how often|how much"
    r"|\bshape\b|\(n\b|\(m\b|sigma|score|rank\b|dimensionless|[Ii]ndex of|at most|at least"
)
_FAILURE = re.compile(
    r"[Rr]aises?\b|Error|LeaseLost|\bNone\b|NaN|\[\]|\bempty\b|infinit|unknown|[Nn]ever|\b[01] (for|if|where|without)|\b1 without|nothing"
)


def _takes_or_gives_numbers(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    written = [node.returns, *(a.annotation for a in (*node.args.args, *node.args.kwonlyargs))]
    return any(w is not None and _NUMBER.search(ast.unparse(w)) for w in written)


def _functions_of_numbers(place: str) -> Iterator[tuple[str, str]]:
    """Where each public function that takes or gives numbers stands, and its docstring."""
    for f, text in SOURCES.items():
        if f.relative_to(ROOT).as_posix().startswith(f"{place}/"):
            for owner in ast.walk(ast.parse(text)):
                if isinstance(owner, ast.Module) or (isinstance(owner, ast.ClassDef) and not owner.name.startswith("_")):
                    for node in owner.body:
                        public = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_")
                        if public and _takes_or_gives_numbers(node):  # type: ignore[arg-type]
                            yield f"{f.relative_to(ROOT)}:{node.lineno}", ast.get_docstring(node) or ""  # type: ignore[arg-type]


@pytest.mark.parametrize("place", NUMBERS)
def test_docstrings_of_numbers_give_units_and_what_comes_without_a_value(place: str) -> None:
    found = dict(_functions_of_numbers(place))
    for pattern, least in zip((_UNIT, _FAILURE), NUMBERS[place], strict=True):
        silent = [where for where, said in found.items() if not pattern.search(said)]
        assert 1 - len(silent) / len(found) >= least, silent
