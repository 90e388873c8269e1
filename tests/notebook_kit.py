"""A notebook's cells run as Jupyter runs them, without Jupyter: one namespace, what is printed, and how the last expression shows itself."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

#: How an object shows itself, the richest first.
_SHOWS = (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_"))


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook of a file (nbformat 4)."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def run_notebook(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the outputs that its code cells give now, in order. What a cell raises is raised, with the number of the cell."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells, count = [], 0
    for place, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            count += 1
            try:
                outputs = _run("".join(cell["source"]), f"cell {place}", namespace, count)
            except Exception as error:
                error.add_note(f"in cell {place} of the notebook")
                raise
            cell = {**cell, "outputs": outputs, "execution_count": count}
        cells.append(cell)
    return {**notebook, "cells": cells}


def write_notebook(notebook: dict[str, Any], path: Path) -> None:
    """Store the notebook as Jupyter would."""
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _run(source: str, name: str, namespace: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The outputs of one cell."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)})
    if value is not None:
        data: dict[str, Any] = {}
        for kind, method in _SHOWS:
            if hasattr(value, method):
                data[kind] = getattr(value, method)().splitlines(keepends=True)
        data["text/plain"] = repr(value).splitlines(keepends=True)
        outputs.append({"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"})
    return outputs
