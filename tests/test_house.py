"""The house as a whole: nothing that only tests use, nothing public in ``core`` without a word about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("core", "agent", "tools", "graphs", "prompts", "memory", "serving", "evals", "app")
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
