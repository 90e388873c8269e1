"""How often a model calls the right tool with the right arguments: the examples of a test, asked of a server, judged by code."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from agent.models.fitted import fitted
from core.errors import MolwrightError
from core.model import Model
from evals.reported_values import wilson
from learn.example import Call, Example
from learn.scoring import call_in, right_call, right_tool
from serving.local.server import REPLY

#: Tokens that a call may have (as many as a model that `molwright models local` serves), and seconds that a reply may take.
LONGEST_CALL, PATIENCE_S = REPLY, 300.0


class Answer(Model):
    """What came of one question."""

    id: str
    kind: str
    call: Call | None
    tool: bool
    right: bool
    problem: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


def measure(
    examples: Sequence[Example], url: str, model: str, kept: Path, *, at_once: int = 6, tell: Callable[[str], None] = lambda text: None
) -> list[Answer]:
    """An answer for each example, in their order. Each is written to ``kept`` as it comes; what stands there is not asked again.

    Every server is asked alike: the prompt and tools of the example, a call required, one at a time, by the grammar, which bounds lists and texts so that a
    call fits the reply (:func:`agent.models.fitted.fitted`), temperature 0. MolwrightError where the server cannot be reached.
    """
    known = {a.id: a for a in _kept(kept)}
    missing = [e for e in examples if e.id not in known]
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (
        httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False) as client,
        kept.open("a", encoding="utf-8") as file,
        ThreadPoolExecutor(at_once) as pool,
    ):
        for number, answer in enumerate(pool.map(lambda e: _asked(client, model, e), missing), 1):
            file.write(answer.model_dump_json() + "\n")
            file.flush()
            known[answer.id] = answer
            if number % 25 == 0:
                tell(f"{model}: {number} of {len(missing)} asked")
    return [known[e.id] for e in examples]


def _kept(path: Path) -> list[Answer]:
    if not path.exists():
        return []
    return [Answer.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def _asked(client: httpx.Client, model: str, example: Example) -> Answer:
    body: dict[str, Any] = {
        "model": model,
        "messages": example.messages,
        "tools": [fitted(tool, LONGEST_CALL) for tool in example.tools],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "temperature": 0,
        "max_tokens": LONGEST_CALL,
    }
    begun = time.monotonic()
    try:
        response = client.post("chat/completions", json=body)
    except httpx.HTTPError as error:
        raise MolwrightError(f"{model} does not answer: {error or type(error).__name__}") from error
    seconds = round(time.monotonic() - begun, 3)
    common: dict[str, Any] = {"id": example.id, "kind": example.kind, "seconds": seconds}
    if response.status_code != 200:
        return Answer(**common, call=None, tool=False, right=False, problem=f"HTTP {response.status_code}: {response.text[:200]}")
    said = json.loads(response.text)
    choice, usage = said["choices"][0], said.get("usage") or {}
    call = call_in(choice["message"], example.tools)
    written = json.dumps(choice["message"].get("tool_calls") or choice["message"].get("content"), ensure_ascii=False)
    problem = "" if call is not None else f"no call that can be read ({choice.get('finish_reason')}): {written[:400]}"
    counts = {"tokens_in": int(usage.get("prompt_tokens") or 0), "tokens_out": int(usage.get("completion_tokens") or 0)}
    return Answer(**common, **counts, call=call, tool=right_tool(example, call), right=right_call(example, call), problem=problem)


def shares(answers: Sequence[Answer]) -> dict[str, Any]:
    """Right tool and right call with 95 % intervals (Wilson), calls that cannot be read, tokens and seconds at the mean; by kind too."""
    number = len(answers)
    kinds = {
        kind: {"questions": len(of), "right": sum(a.right for a in of), "tool": sum(a.tool for a in of)}
        for kind in sorted({a.kind for a in answers})
        if (of := [a for a in answers if a.kind == kind])
    }
    return {
        "questions": number,
        "tool": _share(sum(a.tool for a in answers), number),
        "right": _share(sum(a.right for a in answers), number),
        "unreadable": sum(bool(a.problem) for a in answers),
        "tokens_in": round(sum(a.tokens_in for a in answers) / max(number, 1), 1),
        "tokens_out": round(sum(a.tokens_out for a in answers) / max(number, 1), 1),
        "seconds": round(sum(a.seconds for a in answers) / max(number, 1), 2),
        "kinds": kinds,
    }


def _share(right: int, number: int) -> dict[str, Any]:
    low, high = wilson(right, number)
    return {"right": right, "share": round(right / number, 4) if number else 0.0, "low": round(low, 4), "high": round(high, 4)}


def difference(before: Sequence[Answer], after: Sequence[Answer]) -> dict[str, Any]:
    """How much larger the share of right calls is after than before, on the same questions, with its 95 % interval (paired).

    ``gained``: questions that were wrong and are right now, ``lost`` the other way round. 0 with the widest interval for no questions.
    """
    number = len(before)
    if not number:
        return {"gained": 0, "lost": 0, "difference": 0.0, "low": -1.0, "high": 1.0}
    gained = sum(b.right < a.right for b, a in zip(before, after, strict=True))
    lost = sum(b.right > a.right for b, a in zip(before, after, strict=True))
    change = (gained - lost) / number
    spread = 1.959964 * math.sqrt(max(gained + lost - (gained - lost) ** 2 / number, 0.0)) / number
    return {
        "gained": gained,
        "lost": lost,
        "difference": round(change, 4),
        "low": round(change - spread, 4),
        "high": round(change + spread, 4),
    }
