"""Goals that can be counted: answered through interpretation, construction and check, judged by RDKit alone."""

from __future__ import annotations

from core.evaluation import CaseResult
from evals.exact_tasks import Task, tasks
from evals.judges.exact import judge
from evals.suites.base import EvalContext, Suite
from tools.workspace import builtin

TASKS = 1000


def answered(task: Task) -> str:
    """The SMILES that ``molwright quick`` answers ``task`` with; '' if it finds none. Raises what the product raises."""
    from agent.quick import quick_answer

    _, found = quick_answer(task.goal, 1, despite_objections=True, workspace=builtin())
    return found[0].smiles if found else ""


def run(context: EvalContext) -> list[CaseResult]:
    """One case a task and seed of the task generator: 1 if the answer is exact, else 0 with what is wrong."""
    results = []
    drawn = [(number, task) for number in context.seeds for task in tasks(context.limit or TASKS, number)]
    for seed, task in context.counted(drawn):
        smiles, wrong = "", ""
        try:
            smiles = answered(task)
            wrong = judge(task, smiles)
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"[:300]
        asked = task.model_dump(mode="json", exclude={"id", "kind", "goal"}, exclude_defaults=True)
        detail = {"kind": task.kind, "goal": task.goal, "expected": asked, "answer": smiles, "wrong": wrong}
        results.append(CaseResult(case=f"{task.id}: {task.goal}", seed=seed, score=float(not wrong), detail=detail))
        if wrong:
            context.progress(f"wrong: {task.goal} {smiles}: {wrong}")
    return results


SUITE = Suite("exact-goals", "1,000 goals whose answer can be counted, drawn at random, judged by RDKit alone", run)
