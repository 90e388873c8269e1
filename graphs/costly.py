"""How a design run asks its costly calculators: every call is recorded the moment it is done, and made once.

The answers of earlier steps come from the record, never from the candidates in the store, which a step that was killed may have written
already; so a step that runs a second time chooses the same structures, and finds the calls that were made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import Any

from core.candidate import Candidate
from core.events import CallDone
from core.report import CostlyUse
from core.spec import DesignSpec
from core.trace import CallRecord
from graphs.context import DesignContext, DesignState, spec_of
from tools.calculators.costly.adapter import Wanted, wanted
from tools.calculators.costly.pool import Answer
from tools.calculators.costly.protocol import Call, Outcome
from tools.search.costly import Learnt, Tried, calls_of, chosen, hopeless, overtime, quota, reserve

#: The steps that call. Their calls are recorded under their names.
SEARCH, CONFIRM = "estimate", "confirm"
#: Calls that are asked for together; between two such lots it is looked at whether more are worth making.
LOT = 16


class _NotRecorded(Exception):
    """A call that was not made yet."""


@dataclass(frozen=True)
class Step:
    """Where calls are made: the node and its generation (from 0)."""

    node: str
    generation: int


def wanted_of(state: DesignState, context: DesignContext) -> list[Wanted]:
    """The costly calculators that the run needs, the cheapest first; [] for none."""
    return wanted(spec_of(state, context), context.workspace.calculators)


def valued(candidates: Sequence[Candidate], state: DesignState, context: DesignContext) -> list[Candidate]:
    """``candidates`` of the search with their costly values: some are computed now, the others estimated from all that was computed."""
    spec, done = spec_of(state, context), list(candidates)
    needed = wanted_of(state, context)
    for place, of in enumerate(needed):
        tried = made(of, context, before=state["generation"])
        learnt, calls = Learnt(of, tried), calls_of(spec, of)
        done = learnt.valued(done)
        number = quota(spec, calls, len(tried), state["evaluated"], state["generation"], context.policy)
        free = [c for c in done if not learnt.answered(c)]
        picked = chosen(free, spec, number, of, needed[place + 1 :], calculators=context.workspace.calculators)
        asked_now = asked(of, picked, tried, calls, Step(SEARCH, state["generation"]), spec, context)
        done = Learnt(of, [*tried, *asked_now]).valued(done) if asked_now else done
    return done


def uses(state: DesignState, context: DesignContext) -> list[CostlyUse]:
    """What each costly calculator did in the run; [] for none."""
    spec, found = spec_of(state, context), []
    for of in wanted_of(state, context):
        tried = made(of, context)
        reasons = Counter(o.reason for t in tried if t.failed for o in t.outcomes.values())
        found.append(
            CostlyUse(
                calculator=of.costly.name,
                version=of.costly.inner.version,
                properties=list(of.names),
                calls=len(tried),
                allowed=calls_of(spec, of),
                failed=sum(t.failed for t in tried),
                seconds=round(sum(t.seconds for t in tried), 1),
                surrogate_errors=Learnt(of, tried).errors(),
                reasons=[reason for reason, _ in reasons.most_common(3)],
            )
        )
    return found


def spent(state: DesignState, context: DesignContext) -> str:
    """Why no more calls can be made in the search, in words, once that is so for every calculator; '' before, and for a run without any."""
    spec, reasons = spec_of(state, context), []
    for of in wanted_of(state, context):
        tried, calls = made(of, context, before=state["generation"] + 1), calls_of(spec, of)
        if hopeless(tried):
            reasons.append(f"the last calls of {of.costly.name} all failed")
        elif overtime(tried, of.costly.inner.seconds, calls):
            reasons.append(f"the calls of {of.costly.name} took longer than was foreseen")
        elif len(tried) >= calls - reserve(calls, spec.candidates):
            reasons.append(f"{len(tried)} calls of {of.costly.name} are made, and the others kept for what is listed")
        else:
            return ""
    return "; ".join(reasons)


def made(of: Wanted, context: DesignContext, *, before: int | None = None) -> list[Tried]:
    """The recorded calls of the search in generations below ``before``, and with None of the whole run, in the order in which they were asked for."""
    found = []
    for node in (SEARCH,) if before is not None else (SEARCH, CONFIRM):
        for _, outputs in context.recorder.recorded_all(node):
            if outputs["calculator"] == of.costly.name and (before is None or outputs["generation"] < before):
                found.append(outputs)
    found.sort(key=lambda outputs: (outputs["generation"], outputs["order"]))
    return [_tried(outputs) for outputs in found]


def asked(
    of: Wanted, picked: Sequence[Candidate], tried: Sequence[Tried], calls: int, step: Step, spec: DesignSpec, context: DesignContext
) -> list[Tried]:
    """What the calls for ``picked`` brought, in their order; those that are recorded are not made again.

    ``tried``: the calls before. Fewer where the budget of ``calls`` or of time is spent, or the calculator fails every time. Raises
    RunStopped where somebody wants the run to stop; the calls that are done stay recorded.
    """
    done: list[Tried] = []
    lot = max(LOT, calls // 10)
    for start in range(0, len(picked), lot):
        so_far = [*tried, *done]
        if len(so_far) >= calls or hopeless(so_far) or overtime(so_far, of.costly.inner.seconds, calls):
            break
        part = picked[start : start + min(lot, calls - len(so_far))]
        done += _lot(of, part, len(so_far), sum(t.failed for t in so_far), calls, step, spec, context)
    return done


def _lot(
    of: Wanted, part: Sequence[Candidate], first: int, failures: int, calls: int, step: Step, spec: DesignSpec, context: DesignContext
) -> list[Tried]:
    requests = [_Request(of, candidate, first + n, step, spec) for n, candidate in enumerate(part)]
    found: dict[int, Tried] = {}
    for n, request in enumerate(requests):
        try:
            found[n] = _tried(request.recorded(context, None))
        except _NotRecorded:
            continue
    left = [n for n in range(len(requests)) if n not in found]
    counted = count(first + len(found) + 1)
    failures += sum(t.failed for t in found.values())
    if left:
        with closing(context.callers.answers(of.costly.inner, [requests[n].call for n in left], context.stop_if_asked)) as answers:
            for answer in answers:
                n = left[answer.place]
                found[n] = _tried(requests[n].recorded(context, answer))
                failures += found[n].failed
                context.progress(CallDone(calculator=of.costly.name, made=next(counted), calls=calls, failed=failures))
                context.stop_if_asked()
    return [found[n] for n in range(len(requests))]


@dataclass(frozen=True)
class _Request:
    """One call of a run, and where it is recorded."""

    of: Wanted
    candidate: Candidate
    order: int
    step: Step
    spec: DesignSpec

    @property
    def call(self) -> Call:
        return Call(self.candidate.smiles, self.of.names, self.candidate.candidate_class, self.spec.conditions)

    def recorded(self, context: DesignContext, answer: Answer | None) -> Any:
        """The recorded outcome; ``answer`` is recorded where there is none. _NotRecorded without one."""

        def produce() -> CallRecord:
            if answer is None:
                raise _NotRecorded
            return CallRecord(self._outputs(answer), seconds=answer.seconds)

        inner = self.of.costly.inner
        conditions = self.spec.conditions.model_dump(mode="json")
        asked_for = {
            "tool": inner.name,
            "version": inner.version,
            "smiles": self.candidate.smiles,
            "names": list(self.of.names),
            "conditions": {name: conditions[name] for name in inner.depends_on},
        }
        index = f"{inner.name}: {self.candidate.key}"
        return context.recorder.call(self.step.node, self.step.generation, index, "tool", asked_for, produce).outputs

    def _outputs(self, answer: Answer) -> dict[str, Any]:
        return {
            "calculator": self.of.costly.name,
            "key": self.candidate.key,
            "smiles": self.candidate.smiles,
            "generation": self.step.generation,
            "order": self.order,
            "outcomes": {name: [o.value, o.sigma, o.reason] for name, o in answer.outcomes.items()},
            "seconds": answer.seconds,
            "kept": answer.kept,
        }


def _tried(outputs: Any) -> Tried:
    outcomes = {name: Outcome(value, sigma, reason) for name, (value, sigma, reason) in outputs["outcomes"].items()}
    return Tried(outputs["key"], outputs["smiles"], outcomes, outputs["seconds"])
