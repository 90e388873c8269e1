"""What a real server gives through the gateway and the pool: structured answers, tool calls, adapters, embeddings. Weights are random."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from pydantic import BaseModel, ConfigDict, Field

from serving.pool import BASE_URL, EndpointConfig, PoolConfig, SyncPool, SyncPoolTransport
from tests.vllm.gateways import gateway_process
from tests.vllm.servers import ServerPlan, tiny_adapter, tiny_model, vllm_servers

pytestmark = pytest.mark.vllm

CALLS = 25
LIMIT = 600
PLAIN = "[A-Za-z0-9 ()=#.,+-]"
SPEC = {
    "type": "object",
    "properties": {
        "class": {"type": "string", "enum": ["molecule", "polymer", "dye"]},
        "requirements": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "property": {"type": "string", "enum": ["molecular_weight", "tg", "absorption"]},
                    "comparison": {"type": "string", "enum": ["<", ">", "="]},
                    "value": {"type": "integer", "minimum": 0, "maximum": 999},
                },
                "required": ["property", "comparison", "value"],
                "additionalProperties": False,
            },
        },
        "certain": {"type": "boolean"},
        "note": {"type": "string", "pattern": f"^{PLAIN}{{0,40}}$"},
    },
    "required": ["class", "requirements", "certain", "note"],
    "additionalProperties": False,
}
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {"name": name, "description": text, "strict": True, "parameters": parameters},
    }
    for name, text, parameters in (
        (
            "properties",
            "Predict properties.",
            {
                "type": "object",
                "properties": {"smiles": {"type": "string", "pattern": f"^{PLAIN}{{1,30}}$"}, "names": {"type": "array", "maxItems": 2, "items": {"enum": ["mw", "logp"]}}},
                "required": ["smiles", "names"],
                "additionalProperties": False,
            },
        ),
        (
            "search",
            "Search the literature.",
            {
                "type": "object",
                "properties": {"query": {"type": "string", "pattern": f"^{PLAIN}{{1,30}}$"}, "limit": {"type": "integer", "minimum": 1, "maximum": 9}},
                "required": ["query", "limit"],
                "additionalProperties": False,
            },
        ),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolConfig]:
    """A chat model with two adapters, and an embedding model."""
    folder = tmp_path_factory.mktemp("answers")
    adapters = {name: tiny_adapter(folder, name, seed=seed) for name, seed in (("chemistry", 1), ("thermal", 2))}
    plans = [ServerPlan(tiny_model(folder), "general", adapters), ServerPlan(tiny_model(folder, seed=3), "embeddings", kind="embed")]
    with vllm_servers(plans, folder) as (chat, embed):
        endpoints = [
            EndpointConfig(name="chat", base_url=chat.base_url, model="general", adapters=list(adapters), max_concurrency=8),
            EndpointConfig(name="embed", base_url=embed.base_url, model="embeddings", canary="embedding"),
        ]
        yield PoolConfig(endpoints=endpoints, roles={"chemist": "chemistry"})


@pytest.fixture(scope="module")
def client(fleet: PoolConfig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a gateway in front of both."""
    with (
        gateway_process(tmp_path_factory.mktemp("gateway"), fleet) as address,
        httpx.Client(base_url=address + "/v1", timeout=120, trust_env=False) as made,
    ):
        yield made


def ask(client: httpx.Client, text: str, model: str = "general", **more: Any) -> dict[str, Any]:
    """The first choice of a chat completion."""
    body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": LIMIT, **more}
    answer = client.post("/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    choice: dict[str, Any] = answer.json()["choices"][0]
    return choice


def test_structured_answers_fit_their_schema(client: httpx.Client) -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "spec", "strict": True, "schema": SPEC}}
    texts = set()
    for n in range(CALLS):
        choice = ask(client, f"Goal {n}: a dye at 500 nm", temperature=1.0, seed=n, response_format=schema)
        assert choice["finish_reason"] == "stop"
        jsonschema.validate(json.loads(choice["message"]["content"]), SPEC)
        texts.add(choice["message"]["content"])
    assert len(texts) > CALLS // 2, "random weights give different answers"
    print(f"\nstructured answers valid: {CALLS}/{CALLS}")


@pytest.mark.parametrize("choice", ["required", "named"])
def test_tool_calls_fit_their_schema(choice: str, client: httpx.Client) -> None:
    wanted: Any = "required" if choice == "required" else {"type": "function", "function": {"name": "search"}}
    schemas = {t["function"]["name"]: t["function"]["parameters"] for t in TOOLS}
    for n in range(CALLS):
        answer = ask(client, f"Step {n}", temperature=1.0, seed=n, tools=TOOLS, tool_choice=wanted, parallel_tool_calls=False)
        (call,) = answer["message"]["tool_calls"]
        jsonschema.validate(json.loads(call["function"]["arguments"]), schemas[call["function"]["name"]])
        assert choice == "required" or call["function"]["name"] == "search"
    print(f"\ntool calls ({choice}) valid: {CALLS}/{CALLS}")


def bounded(schema: Any) -> Any:
    """The same schema with each pattern of a string exchanged for a length."""
    if isinstance(schema, dict):
        kept = {k: bounded(v) for k, v in schema.items() if k != "pattern"}
        return {**kept, "maxLength": 30} if "pattern" in schema else kept
    return [bounded(v) for v in schema] if isinstance(schema, list) else schema


def test_what_a_bounded_string_can_do_to_an_answer(client: httpx.Client) -> None:
    """A string with ``maxLength`` may hold raw control characters, so strict JSON readers fail; and vLLM then leaves a tool call as text.

    So does a call whose text holds the closing tag. What comes is whole, and a reader that allows control characters gets all of it: the
    callers of the models have to do so.
    """
    schema, tools = bounded(SPEC), bounded(TOOLS)
    wanted = {"type": "json_schema", "json_schema": {"name": "spec", "strict": True, "schema": schema}}
    schemas = {t["function"]["name"]: t["function"]["parameters"] for t in tools}
    as_text = 0
    for n in range(CALLS):
        content = ask(client, f"Goal {n}", temperature=1.0, seed=n, response_format=wanted)["message"]["content"]
        jsonschema.validate(json.loads(content, strict=False), schema)
        choice = ask(client, f"Step {n}", temperature=1.0, seed=n, tools=tools, tool_choice="required", parallel_tool_calls=False)
        message = choice["message"]
        assert choice["finish_reason"] == "tool_calls"
        if not message.get("tool_calls"):
            as_text += 1
            text = message["content"].removeprefix("<tool_call>").removesuffix("</tool_call>")
            call = json.loads(text, strict=False)
        else:
            call = {k: v for k, v in message["tool_calls"][0]["function"].items() if k in ("name", "arguments")}
            call["arguments"] = json.loads(call["arguments"], strict=False)
        jsonschema.validate(call["arguments"], schemas[call["name"]])
    print(f"\ntool calls with bounded strings: {CALLS}/{CALLS} whole, {as_text} of them left in the text")


class Verdict(BaseModel):
    """What a critic says."""

    model_config = ConfigDict(extra="forbid")
    keep: bool
    score: int = Field(ge=0, le=9)


def test_langchain_through_the_pool(fleet: PoolConfig) -> None:
    from langchain_openai import ChatOpenAI

    with SyncPool(fleet) as pool, httpx.Client(transport=SyncPoolTransport(pool)) as http:
        chat = ChatOpenAI(
            base_url=BASE_URL, api_key="pool", model="chemist", http_client=http, max_retries=0, temperature=1.0, max_tokens=200
        )  # type: ignore[call-arg, arg-type]
        structured = chat.with_structured_output(Verdict, method="json_schema", strict=True)
        assert all(isinstance(structured.invoke(f"candidate {n}"), Verdict) for n in range(5))
        tools = [{"type": "function", "function": {**t["function"]}} for t in TOOLS]
        bound = chat.bind_tools(tools, tool_choice="required", strict=True, parallel_tool_calls=False)
        for n in range(5):
            (call,) = bound.invoke(f"step {n}").tool_calls  # type: ignore[attr-defined]
            assert call["name"] in ("properties", "search")


def test_adapters_are_asked_for_by_name_and_answer_differently(client: httpx.Client) -> None:
    names = {m["id"] for m in client.get("/models").json()["data"]}
    assert names == {"general", "chemistry", "thermal", "embeddings", "chemist"}

    def said(model: str) -> str:
        return str(ask(client, "Say something", model, temperature=0, max_tokens=24)["message"]["content"])

    answers = {model: said(model) for model in ("general", "chemistry", "thermal", "chemist")}
    assert len({answers["general"], answers["chemistry"], answers["thermal"]}) == 3
    assert answers["chemist"] == answers["chemistry"] == said("chemistry")
    unknown = client.post("/chat/completions", json={"model": "materials", "messages": [{"role": "user", "content": "x"}]})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_model")


def test_embeddings(client: httpx.Client) -> None:
    answer = client.post("/embeddings", json={"model": "embeddings", "input": ["a dye", "a polymer", "a dye"]})
    first, second, again = (row["embedding"] for row in answer.json()["data"])
    assert len(first) == 64
    assert sum(x * x for x in first) == pytest.approx(1.0, abs=1e-3)
    assert first == pytest.approx(again, abs=1e-4)
    assert first != pytest.approx(second, abs=1e-2)


def test_the_unguarded_routes_of_vllm_are_not_reached(client: httpx.Client, fleet: PoolConfig) -> None:
    root = str(client.base_url).removesuffix("v1/")
    server = fleet.endpoints[0].root_url
    assert httpx.get(f"{server}/version", trust_env=False).status_code == 200, "the server itself shows it"
    for path in ("version", "tokenize", "load", "invocations", "v1/load_lora_adapter", "metrics/../version"):
        assert httpx.post(root + path, json={}, trust_env=False).status_code in (404, 405), path
        assert httpx.get(root + path, trust_env=False).status_code in (404, 405), path


def test_the_folder_of_a_model_can_be_made_twice(tmp_path: Path) -> None:
    once = tiny_model(tmp_path)
    weights = (once / "model.safetensors").read_bytes()
    other = tiny_model(tmp_path / "again")
    assert (other / "model.safetensors").read_bytes() == weights, "the same seed gives the same weights"
    assert (tiny_model(tmp_path, seed=1) / "model.safetensors").read_bytes() != weights
