"""Two language models without a server: one that does its work as it should, and one that answers at random within the grammar, and outside it."""

from __future__ import annotations

import json
import random
import re
from typing import Any, Protocol

from agent.models.exchange import ChatAnswer, ChatRequest, RawCall
from core.model import content_hash

#: Structures that the good proposer varies, and that it submits.
VARIED, SUBMITTED = 3, 12
_MOLECULE, _UNIT = "CC(=O)Nc1ccc(O)cc1", "*Oc1ccc(C(=O)c2ccc(*)cc2)cc1"
_DATA = re.compile(r'<data id="[0-9a-f]{4}" source="(?P<source>[^"]*)">\n(?P<text>.*?)\n</data', re.DOTALL)
_CANDIDATE = re.compile(r"^(?P<rank>\d+)\. (?P<rest>.+)$", re.MULTILINE)
_SENTENCE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_SMILES = re.compile(r'"smiles": "([^"]+)"')


class Scripted(Protocol):
    """A backend that answers from its prompt alone."""

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """The reply."""
        ...

    def close(self) -> None:
        """Do nothing."""


class GoodModel:
    """Does what each role's prompt asks: varies the best structures by its tools and submits what comes, asks for papers by the words of the goal, repeats sentences as
    rules, remarks on extrapolations, and reports values that stand in its prompt. It knows no chemistry."""

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """The reply to one request."""
        text = "\n".join(str(m.get("content") or "") for m in request.messages)
        if request.tools:
            return self._act(request, text)
        name = request.schema["name"] if request.schema else ""
        answer: Any = {
            "Queries": lambda: {"queries": _queries(text)},
            "GivenRules": lambda: {"rules": [{"rule": s, "sentence": int(n), "example": ""} for n, s in _SENTENCE.findall(text)[:6]]},
            "Review": lambda: {"remarks": _remarks(text)},
            "Reasons": lambda: {"reasons": [{"candidate": int(n), "text": _about(n, rest)} for n, rest in _CANDIDATE.findall(text)]},
        }.get(name, lambda: _least(request.schema["schema"], request.schema["schema"]) if request.schema else None)()
        said = json.dumps(answer) if answer is not None else " ".join(_about(n, rest) for n, rest in _CANDIDATE.findall(text)[:4])
        return ChatAnswer(text=said, model=request.model, endpoint="scripted", tokens_in=len(text) // 4, tokens_out=len(said) // 4)

    def close(self) -> None:
        """Do nothing."""

    def _act(self, request: ChatRequest, text: str) -> ChatAnswer:
        """The next call of the proposer's loop: a variation of each of the best, then what they gave."""
        front = next((m["text"] for m in _DATA.finditer(text) if m["source"] == "frontier"), "")
        best = [line.split("  [")[0].strip() for line in front.splitlines()][:VARIED]
        best = best or ([_UNIT] if "repeat unit" in text else [_MOLECULE])  # before there is a front, something common is varied
        made = sum(len(m.get("tool_calls") or ()) for m in request.messages)
        offered = {t["function"]["name"] for t in request.tools}
        if made < len(best) and "vary_structure" in offered:
            return self._call(request, "vary_structure", {"smiles": best[made], "count": SUBMITTED})
        found = [s for m in request.messages if m["role"] == "tool" for s in _SMILES.findall(str(m["content"]))] or best
        chosen = [{"smiles": s, "reason": "A variation of one of the best."} for s in _spread(found)]
        return self._call(request, "submit_structures", {"structures": chosen})

    def _call(self, request: ChatRequest, name: str, arguments: dict[str, Any]) -> ChatAnswer:
        return ChatAnswer(
            calls=(RawCall(name, json.dumps(arguments)),),
            finish="tool_calls",
            model=request.model,
            endpoint="scripted",
            tokens_in=1,
            tokens_out=1,
        )


class RandomModel:
    """Answers at random: mostly within the grammar, with words, numbers and structures that mean nothing; one reply in five is broken."""

    BROKEN = 0.2

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """The reply; the same to the same request."""
        rng = random.Random(
            content_hash([request.messages, request.seed or 0, request.schema, [t["function"]["name"] for t in request.tools]])
        )
        broken = rng.random() < self.BROKEN
        if request.tools:
            tool = rng.choice(request.tools)["function"]
            arguments = json.dumps(_random(tool["parameters"], tool["parameters"], rng))
            call = RawCall(
                tool["name"] if not broken else "no_such_tool",
                arguments if rng.random() > self.BROKEN else arguments[: len(arguments) // 2],
            )
            return ChatAnswer(calls=(call,), finish="tool_calls", model=request.model, endpoint="scripted", tokens_in=1, tokens_out=1)
        if request.schema:
            said = json.dumps(_random(request.schema["schema"], request.schema["schema"], rng))
        else:
            said = " ".join(f"{_words(rng, 12).capitalize()}." for _ in range(rng.randint(1, 8)))
        return ChatAnswer(
            text=said[: len(said) // 2] if broken else said, model=request.model, endpoint="scripted", tokens_in=1, tokens_out=1
        )

    def close(self) -> None:
        """Do nothing."""


def _spread(found: list[str]) -> list[str]:
    """Different ones, taken in turn from each call's answer."""
    unique = list(dict.fromkeys(found))
    step = max(len(unique) // SUBMITTED, 1)
    return unique[::step][:SUBMITTED]


def _queries(text: str) -> list[str]:
    goal = next((m["text"] for m in _DATA.finditer(text) if m["source"] == "goal"), "design")
    words = [
        w
        for w in re.findall(r"[A-Za-z]{4,}", goal)
        if w.lower() not in ("with", "that", "absorbs", "contains", "molecule", "polymer", "between")
    ]
    return [" ".join(words[:5]) or goal[:60], f"structure and {' '.join(words[:3])}"]


def _remarks(text: str) -> list[dict[str, Any]]:
    """A question on each candidate with a value outside the domain of its predictor."""
    return [
        {"candidate": int(n), "severity": "question", "reason": f"Candidate {n} has a predicted value outside the domain of its predictor."}
        for n, rest in _CANDIDATE.findall(text)
        if "outside the domain" in rest
    ][:10]


def _about(number: str, line: str) -> str:
    """Two sentences on a candidate with values of its line in the prompt."""
    values = [part.strip() for part in line.split(" | ") if re.search(r"\d", part) and not part.startswith("name:")][1:] or [line]
    pairs = [re.match(r"(?P<label>.+?) (?P<value>-?\d[\d.]*)(?P<unit>[^;(±]*)", part) for part in values[0].split("; ")]
    said = [f"its {m['label']} is {m['value']}{m['unit'].rstrip()}" for m in pairs if m][:2]
    return f"Candidate {number}: {' and '.join(said)}." if said else f"Candidate {number} is in the list."


def _least(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """The emptiest value that a schema allows."""
    schema = _resolved(schema, whole)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: _least(part, whole) for name, part in schema["properties"].items()}
    if kind == "array":
        return [_least(schema["items"], whole)] * schema.get("minItems", 0)
    return {"string": "", "integer": schema.get("minimum", 0), "number": 0.0, "boolean": False}.get(str(kind))


def _random(schema: dict[str, Any], whole: dict[str, Any], rng: random.Random) -> Any:
    """A random value that a schema allows."""
    schema = _resolved(schema, whole)
    if "anyOf" in schema:
        return _random(rng.choice(schema["anyOf"]), whole, rng)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return {name: _random(part, whole, rng) for name, part in schema["properties"].items()}
    if kind == "array":
        least = schema.get("minItems", 0)
        return [_random(schema["items"], whole, rng) for _ in range(rng.randint(least, max(least, min(schema.get("maxItems", 6), 6))))]
    if kind == "integer":
        return rng.randint(schema.get("minimum", 0), min(schema.get("maximum", 40), 40))
    if kind == "number":
        return round(rng.uniform(-10, 1000), 2)
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "null":
        return None
    return _structure(rng) if rng.random() < 0.5 else _words(rng, 8)[: schema.get("maxLength", 400)]


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    return found


_NOISE = ("candidate", "safe", "guaranteed", "soluble", "excellent", "ring", "value", "gold", "because", "cheap", "best", "1", "42.7", "logP", "300 °C", "[3]", "Smith et al.", "not", "is", "has", "the", "and")  # fmt: skip
_ATOMS = ("C", "C", "c1ccccc1", "N", "O", "C(=O)", "(C)", "F", "S", "=", "*", "[N+]", "1", "#")


def _words(rng: random.Random, most: int) -> str:
    return " ".join(rng.choice(_NOISE) for _ in range(rng.randint(2, most)))


def _structure(rng: random.Random) -> str:
    """Letters of SMILES in any order: a few of them can be read."""
    return "".join(rng.choice(_ATOMS) for _ in range(rng.randint(1, 9)))
