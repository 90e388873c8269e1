"""Reads the sentence files and compares a spec with what a sentence expects."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from agent.interpreter import compact, interpret
from core.errors import MolwrightError

HERE = Path(__file__).parent


def load(name: str) -> list[dict[str, Any]]:
    return list(tomllib.loads((HERE / name).read_text(encoding="utf-8"))["goal"])


def _same_text(expected: str, found: str) -> bool:
    if expected.endswith("*"):
        return found.startswith(expected[:-1])
    numbers = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
    if numbers.sub("#", expected) != numbers.sub("#", found):
        return False
    pairs = zip(numbers.findall(expected), numbers.findall(found), strict=True)
    return all(abs(float(a) - float(b)) <= 6e-4 * max(abs(float(a)), abs(float(b))) for a, b in pairs)


def _same_list(expected: list[str], found: list[str]) -> bool:
    left = list(found)
    for text in expected:
        match = next((f for f in left if _same_text(text, f)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _same_unchecked(expected: list[str], found: list[str]) -> bool:
    low = [f.lower() for f in found]
    return all(any(e.lower() in f for f in low) for e in expected) and all(any(e.lower() in f for e in expected) for f in low)


def differences(case: dict[str, Any]) -> list[str]:
    """What is not as the sentence expects, field by field; empty if all is right."""
    try:
        got = compact(interpret(case["goal"]))
    except MolwrightError as error:
        names = [cls.__name__ for cls in type(error).__mro__]
        return [] if case.get("error") in names else [f"raised {type(error).__name__}: {error}"]
    if "error" in case:
        return [f"no {case['error']}, but {got['requirements']} {got['objectives']} {got['unchecked']}"]
    wrong = []
    for name, default in (("class", "molecule"), ("family", ""), ("candidates", 10)):
        if got[name] != case.get(name, default):
            wrong.append(f"{name}: {got[name]!r}")
    for name in ("requirements", "objectives", "class_requirements", "default_objectives"):
        if name in ("requirements", "objectives") or name in case:
            expected = [
                re.sub(r"^elements:.*", lambda m: "elements:" + ",".join(sorted(m.group()[9:].split(","))), e) for e in case.get(name, [])
            ]
            if not _same_list(expected, got[name]):
                wrong.append(f"{name}: {got[name]}")
    if not _same_unchecked(case.get("unchecked", []), got["unchecked"]):
        wrong.append(f"unchecked: {got['unchecked']}")
    if "solvent" in case and got["solvent"] != case["solvent"]:
        wrong.append(f"solvent: {got['solvent']}")
    return wrong
