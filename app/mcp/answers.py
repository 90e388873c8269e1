"""What the tools answer: values with units, errors that say what is wrong, and never more than a client can take in."""

from __future__ import annotations

import json
from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from app.services.problems import kind_of, more_of
from app.services.structures import where_measured
from core.candidate import Candidate, PropertyValue
from core.errors import MolwrightError, UsageError

#: Largest answer, characters of JSON: about 8,000 tokens.
LARGEST = 24_000
#: Longest list inside one entry of an answer.
INNER = 20


def given(name: str, value: PropertyValue, *, method: bool = False) -> dict[str, Any]:
    """The value of a property: number or level, unit, one sigma, 90 % interval, and what a reader has to know of it; ``method``: with what computed it.

    Of a computed value that is an estimate of measured ones, such as Crippen's logP, ``measured_90`` says where nine of ten of these lie.
    """
    told: dict[str, Any] = {"value": rounded(value.value)}
    if value.unit:
        told["unit"] = value.unit
    if value.sigma:
        told["sigma"] = rounded(value.sigma)
    if value.lower is not None and value.upper is not None and value.sigma:
        told["interval_90"] = [rounded(value.lower), rounded(value.upper)]
    if (ends := where_measured(name, value)) is not None:
        told["measured_90"] = [rounded(end) for end in ends]
    if value.in_domain is False:
        told["in_domain"] = False
    if value.basis is not None:
        told |= {"basis": value.basis, "known": value.known}
    if value.value is None:
        told["reason"] = value.reason or "no reason recorded"
    return {**told, "method": f"{value.method} {value.method_version}"} if method else told


def rounded(value: float | str | None) -> float | str | None:
    """A number with six digits; anything else as it is."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def judged(candidate: Candidate) -> dict[str, Any]:
    """A structure, what of it was judged, and what the guard says of it."""
    told: dict[str, Any] = {"smiles": candidate.smiles, "key": candidate.key}
    if candidate.given and candidate.given != candidate.smiles:
        told["given"] = candidate.given
    if candidate.name:
        told["name"] = candidate.name
    if candidate.notes:
        told["notes"] = candidate.notes[:INNER]
    if candidate.against:
        told["strongest_reason_against"] = candidate.strongest_against
    if on := [standing.text for standing in candidate.lists if standing.on]:
        told["lists"] = on
    if candidate.safety is not None and candidate.safety.verdict != "allow":
        told |= {"safety": candidate.safety.verdict, "safety_reasons": [f"{h.id}: {h.reason}" for h in candidate.safety.rules[:INNER]]}
    return told


def requirements(candidate: Candidate) -> list[dict[str, Any]]:
    """How each requirement stands: met or not, its probability (0 to 1), the value with its unit, and why not."""
    return [
        {
            "id": r.id,
            "text": r.text,
            "met": r.met,
            "probability": rounded(r.probability),
            "value": rounded(r.value),
            **({"unit": r.unit} if r.unit else {}),
            **({"reason": r.reason} if r.reason else {}),
        }
        for r in candidate.requirements
    ]


def size(answer: Any) -> int:
    """Characters of an answer as JSON."""
    return len(text_of(answer))


def text_of(answer: Any) -> str:
    """An answer as JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=str)


def bounded(answer: dict[str, Any], field: str, how: str, *, offset: int = 0, total: int | None = None) -> dict[str, Any]:
    """``answer`` with as many entries of its list ``field`` as fit into :data:`LARGEST`, and ``more`` where some are left.

    ``how``: how a client gets the rest, with ``{next}`` for the place where it begins; ``offset``: how many were passed over, ``total``: how many
    there are in all; by default those that are in the list.
    """
    entries = list(answer[field])
    total = offset + len(entries) if total is None else total
    room = LARGEST - size({**answer, field: []}) - 200
    shown: list[Any] = []
    for entry in entries:
        room -= size(entry) + 1
        if shown and room < 0:
            break
        shown.append(entry)
    answer = {**answer, field: shown}
    left = total - offset - len(shown)
    return {**answer, "more": f"{left} left out: {how.format(next=offset + len(shown))}"} if left > 0 else answer


def result(answer: dict[str, Any], *, failed: bool = False) -> CallToolResult:
    """The answer as a client gets it: as an object, and as text for a client that reads nothing else."""
    return CallToolResult(content=[TextContent(text=text_of(answer))], structured_content=answer, is_error=failed)


def refusal(error: MolwrightError) -> CallToolResult:
    """The result of a call that ended in an error: what is wrong, of which kind, and what the command line would return."""
    more = {name: value for name, value in more_of(error).items() if name != "spec"}
    told = {"kind": kind_of(error), "exit_code": error.exit_code, "detail": str(error), **more}
    return CallToolResult(
        content=[TextContent(text=f"{told['kind']} (exit code {error.exit_code}): {error}")],
        structured_content={"error": told},
        is_error=True,
    )


def unusable(error: ValidationError) -> UsageError:
    """What is wrong with the arguments of a call, and where."""
    faults = ("{}: {}".format(".".join(str(p) for p in e["loc"]) or "arguments", e["msg"]) for e in error.errors(include_url=False))
    return UsageError("; ".join(faults))
