"""The whole way in one command: a training set, adapters by several seeds, and the base held against each on the same questions.

    python -m learn.report --out FOLDER                                    three seeds, 2,000 examples, 300 questions: hours on two idle cores
    python -m learn.report --out FOLDER --seeds 1 --examples 400 --questions 100

Everything is kept in FOLDER: the same call again goes on where it was stopped, and what is complete is not done again. The model is served on this machine
by vLLM's CPU build; base and adapters get the same prompt, tools, grammar and temperature. FOLDER/report.json holds the figures, report.md the table.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import MolwrightError
from learn import environment
from learn.adapters import CARD, Training, read_adapter, train, write_card
from learn.dataset import CARD as DATA_CARD
from learn.dataset import make, part, read_card
from learn.measure import Answer, difference, measure, shares
from learn.recipes import recipe
from learn.scoring import measurable
from serving.local import environments, server
from serving.local.packages import fetch, model_package
from tools.workspace import builtin

ROLE = "assistant"


@dataclass(frozen=True)
class Wanted:
    """What is measured: see the program's options."""

    out: Path
    seeds: int = 3
    examples: int = 2000
    questions: int = 300
    preferences: int = 100
    model: str = "smollm2-135m"
    at_once: int = 6


def tell(text: str) -> None:
    """A line on stderr, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def report(wanted: Wanted) -> dict[str, Any]:
    """Do what is missing and return the figures. MolwrightError for whatever stops it; what was done stays."""
    out = wanted.out
    data, package = out / "data", model_package(wanted.model)
    if not (data / DATA_CARD).exists():
        make(data, [ROLE], wanted=wanted.examples, tested=wanted.questions, seed=0, workspace=builtin(), tell=tell)
    try:
        vllm = environments.make_vllm(tell)
    except environments.EnvironmentFault as fault:
        raise MolwrightError(f"the server's environment was not made: {fault}") from fault
    base = fetch(package, vllm / "bin" / "python", tell)
    python = environment.make(tell)
    adapters: dict[str, Path] = {}
    for seed in range(wanted.seeds):
        name = f"{ROLE}-{seed}"
        adapters[name] = out / name
        if not (out / name / CARD).exists():
            training = Training(
                base, data, out / name, ROLE, name, seed, preferences=wanted.preferences, examples=wanted.examples
            )  # fmt: skip
            train(training, recipe("cpu"), python, tell)
    questions = measurable(part(data, ROLE, "test"))[: wanted.questions]
    answers = _measured(wanted, questions, base, vllm, adapters)
    before = answers[wanted.model]
    found: dict[str, Any] = {
        "model": wanted.model,
        "data": read_card(data)["files"],
        "contamination": read_card(data)["contamination"],
        "before": shares(before),
        "after": {name: shares(answers[name]) for name in adapters},
        "difference": {name: difference(before, answers[name]) for name in adapters},
        "trained": {name: read_adapter(folder)["trained"] for name, folder in adapters.items()},
    }
    for name, folder in adapters.items():
        write_card(
            folder,
            {**read_adapter(folder), "before": found["before"], "after": found["after"][name], "difference": found["difference"][name]},
        )
    (out / "report.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "report.md").write_text(table(found), encoding="utf-8")
    return found


def _measured(wanted: Wanted, questions: list[Any], base: Path, vllm: Path, adapters: dict[str, Path]) -> dict[str, list[Answer]]:
    """The answers of the base and of each adapter, from one server."""
    home, names = wanted.out / "home", [wanted.model, *adapters]
    kept = {name: wanted.out / "answers" / f"{name}.jsonl" for name in names}
    url = ""
    try:
        if any(_lines(path) < len(questions) for path in kept.values()):
            serving = server.Serving(
                model_package(wanted.model), base, vllm / "bin" / "vllm", {n: p.resolve() for n, p in adapters.items()}
            )
            url = server.begin(home, serving, tell)
        return {
            name: measure(questions, url or "http://127.0.0.1:9/v1", name, kept[name], at_once=wanted.at_once, tell=tell) for name in names
        }
    finally:
        if url:
            server.end(home)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0


def table(found: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| model | right tool | right tool and arguments | unreadable | tokens in, out | against the base |",
        "|---|---|---|---|---|---|",
    ]
    rows = {found["model"]: found["before"], **found["after"]}
    for name, row in rows.items():
        change = found["difference"].get(name)
        against = f"{_points(change['difference'])} ({_points(change['low'])} to {_points(change['high'])})" if change else ""
        shown = [f"{row[k]['share']:.0%} ({row[k]['low']:.0%} to {row[k]['high']:.0%})" for k in ("tool", "right")]
        lines.append(f"| {name} | {shown[0]} | {shown[1]} | {row['unreadable']} | {row['tokens_in']}, {row['tokens_out']} | {against} |")
    return "\n".join(lines) + "\n"


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder that everything is kept in")
    parser.add_argument("--seeds", type=int, default=Wanted.seeds, help="adapters, each by a seed of its own")
    parser.add_argument("--examples", type=int, default=Wanted.examples, help="examples of training")
    parser.add_argument("--questions", type=int, default=Wanted.questions, help="questions of the test")
    parser.add_argument("--preferences", type=int, default=Wanted.preferences, help="steps of preference training; 0: none")
    parser.add_argument("--model", default=Wanted.model, help="a model of `molwright models local --list`")
    parser.add_argument("--at-once", type=int, default=Wanted.at_once, help="questions that are asked at once")
    try:
        found = report(Wanted(**vars(parser.parse_args())))
    except MolwrightError as error:
        sys.exit(f"learn.report: {error}")
    print(table(found), end="")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
