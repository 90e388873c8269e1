"""An evaluation run as a log in Inspect's format (https://inspect.aisi.org.uk, version 2 of its JSON logs), which `inspect view` opens.

Nothing of the package is needed to write it. A case is a sample and a seed an epoch; what the suite kept of a case beside expectation, answer, calls and score
is the sample's metadata. What tools answered is not kept with an evaluation and does not stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from core.evaluation import CaseResult, EvalRun

VERSION = 2
SCORER = "judged_by_code"
#: Under which names suites keep what was expected of a case and what came.
_EXPECTED, _GOT = ("expected",), ("got", "verdict", "outcome", "answer", "raised", "error", "what")


def file_name(run: EvalRun) -> str:
    """The name of the log's file, as Inspect names its own: time, task, id."""
    time = re.sub(r"[:.]", "-", _utc(run.created_at))
    return f"{time}_{run.suite}_{run.eval_id}.json"


def inspect_log(run: EvalRun) -> dict[str, Any]:
    """The log as JSON values."""
    started = _utc(run.created_at)
    ended = _utc((datetime.fromisoformat(run.created_at) + timedelta(seconds=run.seconds)).isoformat())
    ids = list(dict.fromkeys(c.case for c in run.cases))
    scores = [c.score for c in run.cases]
    error = stdev(scores) / sqrt(len(scores)) if len(scores) > 1 else 0.0
    model = _model(run)
    return {
        "version": VERSION,
        "status": "success",
        "eval": {
            "eval_id": run.eval_id,
            "run_id": run.eval_id,
            "created": started,
            "task": run.suite,
            "task_id": run.eval_id,
            "task_version": 0,
            "task_args": {k: v for k, v in run.options.items() if v is not None},
            "dataset": {"name": run.suite, "samples": len(ids), "sample_ids": ids, "shuffled": False},
            "model": model,
            "config": {"epochs": max(len(run.seeds), 1), "limit": run.options.get("limit")},
            "packages": run.versions,
            "metadata": {"version": run.version, "schemas": run.schemas, "models": run.models, "seeds": run.seeds},
        },
        "plan": {"name": "plan", "steps": [{"solver": "molwright", "params": {}}]},
        "results": {
            "total_samples": len(run.cases),
            "completed_samples": len(run.cases),
            "scores": [
                {
                    "name": SCORER,
                    "scorer": SCORER,
                    "params": {},
                    "metrics": {
                        "mean": {"name": "mean", "value": fmean(scores) if scores else 0.0, "params": {}},
                        "stderr": {"name": "stderr", "value": error, "params": {}},
                    },
                }
            ],
        },
        "stats": {"started_at": started, "completed_at": ended, "model_usage": _usage(run, model)},
        "samples": [_sample(case, run.seeds, model) for case in run.cases],
    }


def _model(run: EvalRun) -> str:
    return "none/built-in" if run.models == "none" else re.sub(r" \([\w, ]*\)", "", run.models).replace("; ", "+")


def _utc(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="seconds")


def _usage(run: EvalRun, model: str) -> dict[str, Any]:
    tokens = sum(int(c.detail.get("tokens", 0)) for c in run.cases)
    return {model: {"input_tokens": 0, "output_tokens": 0, "total_tokens": tokens}} if tokens else {}


def _sample(case: CaseResult, seeds: list[int], model: str) -> dict[str, Any]:
    kept = dict(case.detail)
    expected, got = (_text(next((kept.pop(name) for name in names if name in kept), "")) for names in (_EXPECTED, _GOT))
    wrong = kept.pop("wrong", [])
    calls = [_call(line, n) for n, line in enumerate(str(kept.pop("calls", "")).splitlines()) if line.strip()]
    question = case.case.partition(": ")[2] or case.case
    said: dict[str, Any] = {"role": "assistant", "content": got, "source": "generate"}
    messages: list[dict[str, Any]] = [{"role": "user", "content": question, "source": "input"}]
    messages += [{"role": "assistant", "content": "", "source": "generate", "tool_calls": calls}] if calls else []
    seconds = kept.get("seconds")
    return {
        "id": case.case,
        "epoch": seeds.index(case.seed) + 1 if case.seed in seeds else case.seed + 1,
        "input": question,
        "target": expected,
        "messages": [*messages, said],
        "output": {"model": model, "choices": [{"message": said, "stop_reason": "stop"}], "completion": got},
        "scores": {
            SCORER: {
                "value": case.score,
                "answer": got,
                "explanation": "; ".join(map(str, wrong)) if isinstance(wrong, list) else str(wrong),
            }
        },
        "metadata": {**kept, "seed": case.seed},
        **({"total_time": float(seconds)} if isinstance(seconds, int | float) else {}),
    }


def _call(line: str, number: int) -> dict[str, Any]:
    """A kept call, 'NAME {JSON}', as Inspect writes one."""
    name, _, text = line.partition(" ")
    try:
        arguments = json.loads(text or "{}")
    except ValueError:
        arguments = {"text": text}
    return {
        "id": f"call{number}",
        "function": name,
        "arguments": arguments if isinstance(arguments, Mapping) else {"value": arguments},
        "type": "function",
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
