"""``python -m evals.assistant``: the questions to the assistant, answered by the built-in form in memory, beside stored runs of the suite with language models.

``--stored URL ID ...`` adds stored evaluation runs from the database at URL (``molwright eval run agent`` with a model configured). ``--write`` saves the figures for
``docs/language-models.md`` and puts them there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.evaluation import CaseResult, EvalRun
from evals.agent_cases import cases_in
from evals.by_code import answered
from evals.kinds import by_kind
from evals.language_report import write_page
from evals.reported_values import wilson
from evals.sections import ResultTable, Section, table_markdown, write_section
from evals.store import EvalStore
from evals.suites.agent import TABLES, judged
from tools.workspace import builtin

#: Kinds of questions about properties: the aim is 95 % of these.
PROPERTIES = ("value", "several", "compare", "predicted")


def built_in(tables: Sequence[Path]) -> list[CaseResult]:
    """Each case of the tables, answered by code and judged."""
    workspace = builtin()
    return [judged(case, 0, answered(case.question, workspace), workspace) for path in tables for case in cases_in(path)]


def row(name: str, cases: Sequence[CaseResult]) -> list[str | int | float | None]:
    """One line of the table: right of all, of property questions with an interval, right calls, invalid calls, steps, tokens, seconds."""
    asked = [c for c in cases if c.detail.get("kind") in PROPERTIES]
    right = sum(c.score == 1 for c in asked)
    low, high = wilson(right, len(asked))
    took = by_kind(cases)[-1].took
    share = f"{right} of {len(asked)}: {100 * right / len(asked):.1f} % ({100 * low:.0f} to {100 * high:.0f})" if asked else "–"
    return [
        name, f"{sum(c.score == 1 for c in cases)} of {len(cases)}", share, f"{100 * took['right call']:.0f} %", f"{took['invalid calls']:.2g}", f"{took['steps']:.1f}",
        f"{took['tokens']:.0f}", f"{took['seconds']:.2g}",
    ]  # fmt: skip


def section(batches: dict[str, list[CaseResult]], stored: Sequence[EvalRun]) -> Section:
    """The figures as a section of the page."""
    everything = [case for cases in batches.values() for case in cases]
    rows = [row(f"built-in, {name}", cases) for name, cases in batches.items()]
    rows.append(row("built-in, all", everything))
    rows += [row(f"{run.models} ({run.eval_id})", run.cases) for run in stored]
    kinds = [[k.kind, k.cases, k.right, f"{100 * k.low:.0f} to {100 * k.high:.0f} %"] for k in by_kind(everything)]
    return Section(
        title="The assistant",
        order=10,
        command="python -m evals.assistant --write",
        path="the assistant's built-in form and its tools, as `molwright chat` uses them, without the store of conversations",
        text=(
            "Questions and tasks that were written by people who had not seen the assistant (`evals/data/agent/`), each answer held against values computed anew. The first batch was used to "
            "mend the assistant, the second one after its first run, so these figures are not blind; [evaluation.md](evaluation.md#the-assistant) has the first runs. "
            "Of a language model stands here what was measured: the second column says on how many of the cases, which `--limit` spreads evenly over both batches. An invalid call is a reply that "
            "could not be used, such as a call that had failed before, or a call that its tool answered with a fault, such as text that is no structure; whether calls keep to their schema is "
            "measured [above](#what-training-adds)."
        ),
        tables=[
            ResultTable(columns=["who answers", "right", "property questions (95 %)", "right call", "invalid calls", "steps", "tokens", "seconds"], rows=rows),
            ResultTable(caption="The built-in form by kind of question, both batches:", columns=["kind", "cases", "right", "95 % interval"], rows=kinds),
        ],
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.assistant", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--stored", nargs="+", default=[], metavar="X", help="URL of the database, then ids of stored runs of the suite agent"
    )
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/language-models.md")
    options = parser.parse_args(arguments)
    stored = [EvalStore(options.stored[0]).run(eval_id) for eval_id in options.stored[1:]]
    batches = {
        "first batch": built_in([TABLES / "questions.tsv", TABLES / "tasks.tsv"]),
        "second batch": built_in([TABLES / "questions_2.tsv", TABLES / "tasks_2.tsv"]),
    }
    for cases in batches.values():
        for case in cases:
            if case.score < 1:
                print(f"wrong: {case.case}: {'; '.join(case.detail['wrong'])}", file=sys.stderr)
    made = section(batches, stored)
    print("\n\n".join(table_markdown(table) for table in made.tables))
    if options.write:
        write_section("language", "assistant", made)
        write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
