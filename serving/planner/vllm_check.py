"""Run inside an environment that has vLLM: asks its own argument parser about commands.

Reads a JSON list of argument lists (what follows ``vllm serve``) on stdin; writes {"version", "problems": [text or null, ...]} as
the last line of stdout. Imports nothing but the standard library and vLLM.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any


def make_parser() -> Any:
    """vLLM's parser of ``vllm serve``, wherever this version keeps it. Raises ImportError if it is in none of the known places."""
    from importlib import import_module

    parsers = ("vllm.utils.argparse_utils", "vllm.utils")
    makers = ("vllm.entrypoints.launchers.cli_args", "vllm.entrypoints.openai.cli_args")
    found: dict[str, Any] = {}
    for name, modules in (("FlexibleArgumentParser", parsers), ("make_arg_parser", makers)):
        for module in modules:
            with contextlib.suppress(ImportError, AttributeError):
                found[name] = getattr(import_module(module), name)
                break
        else:
            raise ImportError(f"this vLLM has no {name} in {' or '.join(modules)}")
    return found["make_arg_parser"](found["FlexibleArgumentParser"](prog="vllm serve"))


def registered(module: str, manager: str) -> set[str]:
    """Names of the registered parsers; empty if this version does not tell."""
    from importlib import import_module

    with contextlib.suppress(ImportError, AttributeError):
        return set(getattr(import_module(module), manager).list_registered())
    return set()


def problem(parser: Any, arguments: list[str], tools: set[str], reasoning: set[str]) -> str | None:
    """What the parser says against the arguments, or None."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            parsed = parser.parse_args(arguments)
    except SystemExit:
        lines = [line for line in said.getvalue().strip().splitlines() if line]
        return lines[-1].split("error: ", 1)[-1] if lines else "rejected without a word"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    for name, known in (("tool_call_parser", tools), ("reasoning_parser", reasoning)):
        value = getattr(parsed, name, None)
        if value and known and value not in known:
            return f"--{name.replace('_', '-')}: {value!r} is not registered ({', '.join(sorted(known))})"
    return None


def main() -> None:
    """Read commands, write what is wrong with them."""
    commands = json.load(sys.stdin)
    from importlib.metadata import version

    parser = make_parser()
    tools = registered("vllm.tool_parsers", "ToolParserManager")
    reasoning = registered("vllm.reasoning", "ReasoningParserManager")
    problems = [problem(parser, arguments, tools, reasoning) for arguments in commands]
    print(json.dumps({"version": version("vllm"), "problems": problems}))


if __name__ == "__main__":
    main()
