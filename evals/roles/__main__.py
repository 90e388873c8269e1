"""``python -m evals.roles``: what each role of a language model adds, by leaving it out, and whether a report is ever worse with a model.

No server is asked: a scripted model that does each role's work as its prompt asks, and one that answers at random (:mod:`evals.roles.scripted`). Each goal runs with the same
seed without a model, with every role, without each role in turn but the interpreter, and with the words alone (critic and reporter). ``--kept FILE`` keeps each run as it ends, so that a stopped
measurement goes on; ``--write`` saves the figures for ``docs/language-models.md`` and puts them there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from core.report import Report
from evals.language_report import write_page
from evals.literature_ablation import MORE, interval
from evals.roles.fields import FIELDS, SUMMARY, score
from evals.roles.runs import MODELS, ROLES, Ran, run
from evals.sections import ResultTable, Section, table_markdown, write_section
from evals.suites.design import goals as suite_goals

#: Roles that are left out in turn. The interpreter is not: these goals are read whole by the parser, so that nothing is left for it to add.
LEFT_OUT = ("researcher", "proposer", "critic", "reporter")
#: Roles that write words and change no structure.
WORDS = ("critic", "reporter")


def ways() -> Iterator[tuple[str, tuple[str, ...]]]:
    """(model, roles) of each run of a goal: none, every role, each left out, the words alone."""
    yield "", ()
    for model in MODELS:
        yield model, ROLES
        for left_out in LEFT_OUT:
            yield model, tuple(r for r in ROLES if r != left_out)
        yield model, WORDS


def measured(goals: Sequence[str], seeds: int, budget: int, kept: Path | None) -> list[Ran]:
    """Every run, those that ``kept`` has already read from it."""
    done: dict[tuple[str, int, str, tuple[str, ...]], Ran] = {}
    if kept is not None and kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            report = Report.model_validate(row["report"]) if row["report"] else None
            done[row["goal"], row["seed"], row["model"], tuple(row["roles"])] = Ran(
                row["goal"], row["seed"], row["model"], tuple(row["roles"]), report, row["error"]
            )
    found = []
    for goal in goals:
        for seed in range(seeds):
            for model, roles in ways():
                one = done.get((goal, seed, model, roles)) or run(goal, seed, model, roles, budget)
                if kept is not None and (goal, seed, model, roles) not in done:
                    with kept.open("a", encoding="utf-8") as file:
                        dumped = one.report.model_dump(mode="json") if one.report else None
                        file.write(
                            json.dumps({"goal": goal, "seed": seed, "model": model, "roles": roles, "report": dumped, "error": one.error})
                            + "\n"
                        )
                found.append(one)
                print(
                    f"{score(one.report) if one.report else 0:.3f} {model or 'none':7} {'-'.join(r[:4] for r in roles):30} {goal} {one.error}",
                    file=sys.stderr,
                    flush=True,
                )
    return found


def section(ran: Sequence[Ran], budget: int, seeds: int, wanted: int) -> Section:
    """The figures as a section of the page."""
    by = {(r.goal, r.seed, r.model, r.roles): r.report for r in ran if r.report is not None}
    pairs = list(dict.fromkeys((r.goal, r.seed) for r in ran if all((r.goal, r.seed, *way) in by for way in ways())))
    goals = list(dict.fromkeys(goal for goal, _ in pairs))
    failed = sorted({r.goal for r in ran} - set(goals))
    rows: list[list[str | int | float | None]] = []
    for model in MODELS:
        for left_out in LEFT_OUT:
            fewer = tuple(r for r in ROLES if r != left_out)
            rows.append(
                _effect(
                    f"{model}: {left_out}", goals, seeds, lambda g, s, m=model, f=fewer: _difference(by[g, s, m, ROLES], by[g, s, m, f])
                )
            )  # type: ignore[misc]
        rows.append(_effect(f"{model}: all roles", goals, seeds, lambda g, s, m=model: _difference(by[g, s, m, ROLES], by[g, s, "", ()])))  # type: ignore[misc]
    effects = ResultTable(
        caption="What a role adds: the mean score of the ten places with all roles, less that without the role (the last line of each model: less that without a model).",
        columns=["model: role", "difference", "95 % interval", "goals better", "goals worse", "lists that differ"],
        rows=rows,
    )
    return Section(
        title="What each role adds, and whether a report is ever worse with a model",
        order=30,
        command=f"python -m evals.roles --goals {wanted} --seeds {seeds} --budget {budget} --write",
        path="`graphs/design.py`, as `molwright design` runs it",
        text=(
            f"{len(goals)} goals, {seeds} seed{'s' if seeds > 1 else ''}, at most {budget} structures a run, with the shipped notes as literature. No server is asked. The good model is a script that does "
            "what each prompt asks and knows no chemistry: it varies the best structures with its tools and submits what comes, repeats sentences as rules, questions values outside a domain, reports "
            "values. The random model answers at random, one reply in five broken. What a real model adds is not said by this; that none can do harm is what it tests."
        ),
        tables=[effects, _fields(by, pairs)],
        notes=[
            "Intervals by drawing the goals anew. A difference of 0 with the interval 0 to 0 means that no list differed.",
            "Worse, in the lower table: in how many runs the field is worse than in the run without a model of the same goal and seed. In the runs with the words alone the same structures are "
            "evaluated, so every field has to stand; with all roles other structures are proposed, and the fields of the list can fall.",
            f"A proposing model takes up to 12 places of a batch from the built-in sources. In runs of {budget} structures that is much, and a model that knows no chemistry can cost a list something there; "
            "what it proposes passes the same gates, and where it brings nothing readable the places go back.",
            *([f"Left out, because a run ended without a report: {'; '.join(failed)}."] if failed else []),
        ],
    )


def _difference(with_it: Report, without: Report) -> tuple[float, bool]:
    return score(with_it) - score(without), [c.key for c in with_it.candidates] != [c.key for c in without.candidates]


def _effect(name: str, goals: Sequence[str], seeds: int, of: object) -> list[str | int | float | None]:
    assert callable(of)
    found = [[of(goal, seed) for seed in range(seeds)] for goal in goals]
    mean, low, high = interval([[d for d, _ in one] for one in found])
    each = [fmean(d for d, _ in one) for one in found]
    differ = sum(other for one in found for _, other in one)
    return [name, f"{mean:+.4f}", f"{low:+.4f} to {high:+.4f}", sum(d > 1e-9 for d in each), sum(d < -1e-9 for d in each), differ]


def _fields(by: dict[tuple[str, int, str, tuple[str, ...]], Report], pairs: Sequence[tuple[str, int]]) -> ResultTable:
    """In how many runs a field is worse with a model, of the words alone and of all roles; in how many it is better, where a count can say it."""
    rows: list[list[str | int | float | None]] = []
    for field in (*FIELDS, SUMMARY):
        cells: list[str | int | float | None] = [field.name]
        for model in MODELS:
            for roles in (WORDS, ROLES):
                compared = [(by[g, s, "", ()], by[g, s, model, roles]) for g, s in pairs]
                if field is SUMMARY:
                    compared = [(a, b) for a, b in compared if [c.key for c in a.candidates] == [c.key for c in b.candidates]]
                worse = [found for a, b in compared if (found := field.worse(a, b))]
                better = sum(bool(field.worse(b, a)) for a, b in compared) if field.searched else None
                cells.append(f"{len(worse)} of {len(compared)}" + (f" ({better} better)" if better is not None else ""))
                for why in worse[:3]:
                    print(f"worse, {model}, {'words' if roles == WORDS else 'all'}, {field.name}: {why}", file=sys.stderr)
        rows.append(cells)
    return ResultTable(
        caption="Runs in which a field of the report is worse than without a model:",
        columns=["field", *(f"{model}, {what}" for model in MODELS for what in ("words alone", "all roles"))],
        rows=rows,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.roles", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--goals", type=int, default=12, help="how many of the goals")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each goal in each way")
    parser.add_argument("--budget", type=int, default=200, help="most structures of a run")
    parser.add_argument("--kept", type=Path, help="file that keeps each run as it ends")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/language-models.md")
    options = parser.parse_args(arguments)
    goals = [*suite_goals()[:3], *MORE][: options.goals]
    made = section(measured(goals, options.seeds, options.budget, options.kept), options.budget, options.seeds, options.goals)
    print("\n\n".join(table_markdown(table) for table in made.tables))
    if options.write:
        write_section("language", "roles", made)
        write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
