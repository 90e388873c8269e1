"""Whether vLLM would accept the options of a command: asked of vLLM itself where it is installed, of a shipped list otherwise."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import resources

from serving.commands import MANAGED
from serving.tables import table

_NUMBER = re.compile(r"-\d")


def option_name(word: str) -> str:
    """``--max-num-seqs`` of ``--max_num_seqs=8``; a dotted option (``--compilation-config.mode``) is its first part."""
    name = word.split("=", 1)[0]
    return name.split(".", 1)[0].replace("_", "-") if name.startswith("--") else name


def is_option(word: str) -> bool:
    """Whether a word of a command line names an option (a negative number does not)."""
    return word.startswith("-") and not _NUMBER.match(word) and word != "-"


def known_removed(words: Sequence[str]) -> list[str]:
    """What to say about options and parsers that circulate but that vLLM rejects."""
    removed, parsers, said = table("removed_flags")["flags"], table("removed_flags")["parsers"], []
    for index, word in enumerate(words):
        name = option_name(word)
        if name in removed:
            said.append(f"{name} is rejected by vLLM: {removed[name]}")
        if name == "--tool-call-parser" and index + 1 < len(words) and words[index + 1] in parsers:
            said.append(f"tool parser {words[index + 1]!r}: {parsers[words[index + 1]]}")
    return said


def managed(words: Sequence[str]) -> list[str]:
    """What to say about options that the plan sets itself and that a file may not set again."""
    names = [option_name(w) for w in words if is_option(w)]
    return [f"{n} is set by the plan; use the field of the deployment instead" for n in names if n.replace("--no-", "--") in MANAGED]


def check_by_list(words: Sequence[str]) -> list[str]:
    """What the shipped list of vLLM's options says against the words that follow ``vllm serve MODEL``."""
    shipped = table("vllm_flags")
    kinds = {option: kind for kind, options in shipped["options"].items() for option in options}
    said, index = [], 0
    while index < len(words):
        word, name = words[index], option_name(words[index])
        index += 1
        if not is_option(word):
            said.append(f"{word!r} belongs to no option")
            continue
        if name not in kinds:
            said.append(f"{name} is not an option of vLLM {shipped['version']}")
            while index < len(words) and not is_option(words[index]):
                index += 1
            continue
        values = [word.split("=", 1)[1]] if "=" in word else []
        most = {"none": 0, "one": 1, "many": len(words)}[kinds[name]]
        while index < len(words) and len(values) < most and not is_option(words[index]):
            values.append(words[index])
            index += 1
        said.extend(_values(name, values, most, shipped))
    return said


def _values(name: str, values: list[str], most: int, shipped: dict[str, object]) -> list[str]:
    if most and not values:
        return [f"{name} needs a value"]
    if not most and values:
        return [f"{name} takes no value"]
    choices = shipped["choices"]
    allowed = choices.get(name) if isinstance(choices, dict) else None
    parsers = {"--tool-call-parser": "tool_parsers", "--reasoning-parser": "reasoning_parsers"}.get(name)
    known = shipped[parsers] if parsers else allowed
    newer = shipped["newer_parsers"] if parsers else []
    if isinstance(known, list) and isinstance(newer, list):
        return [f"{name}: {v!r} is not one of {', '.join(map(str, known))}" for v in values if v not in known and v not in newer]
    return []


def check_commands(commands: Sequence[Sequence[str]], python: str = "") -> tuple[list[list[str]], str]:
    """Check the options of whole commands (``vllm serve MODEL options``).

    ``python`` is the interpreter of an environment that has vLLM; empty: this one, if vLLM can be imported in it. Returns (what is
    wrong with each command, who was asked). If vLLM cannot be asked, the shipped list is, and the second value says why.
    """
    by_list = [known_removed(c) or check_by_list(list(c)[3:]) for c in commands]
    shipped = f"the shipped list of vLLM {table('vllm_flags')['version']}'s options"
    if not python and importlib.util.find_spec("vllm") is None:
        return by_list, f"{shipped} (vLLM is not installed here)"
    answer = _ask_vllm([list(c)[2:] for c in commands], python or sys.executable)
    if isinstance(answer, str):
        return by_list, f"{shipped} ({answer})"
    version, problems = answer
    said = [[*known_removed(c)] or ([p] if p else []) for c, p in zip(commands, problems, strict=True)]
    return said, f"the argument parser of vLLM {version}"


def _ask_vllm(commands: list[list[str]], python: str) -> tuple[str, list[str | None]] | str:
    """vLLM's version and its objections, or in words why it could not be asked."""
    script = str(resources.files("serving.planner") / "vllm_check.py")
    try:
        done = subprocess.run([python, script], input=json.dumps(commands), capture_output=True, text=True, timeout=300, check=False)
        answer = json.loads(done.stdout.strip().splitlines()[-1])
        return str(answer["version"]), list(answer["problems"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{python} could not be run: {error}"
    except (ValueError, KeyError, IndexError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return f"vLLM could not be asked: {last[:200]}"
