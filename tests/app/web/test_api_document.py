"""The API's document: an example of every request and answer, each of which fits its schema."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

JSON = "application/json"


@pytest.fixture(scope="module")
def document(browser: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = browser.get("/api/v1/openapi.json").json()
    return found


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def _examples(content: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    """The examples of a body: its own, or those of its model."""
    if "example" in content:
        return [content["example"]]
    model = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    return list(model.get("examples", []))


def _fits(example: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    jsonschema.validate(example, {**schema, "components": document["components"]}, jsonschema.Draft202012Validator)


def test_every_operation_has_examples_that_fit(document: dict[str, Any]) -> None:
    operations = _operations(document)
    assert len(operations) >= 75
    for operation in operations:
        name = operation["operationId"]
        bodies = [operation["requestBody"]["content"][JSON]] if "requestBody" in operation else []
        bodies += [
            a["content"][JSON] for status, a in operation["responses"].items() if status.startswith("2") and JSON in a.get("content", {})
        ]
        for body in (b for b in bodies if "schema" in b):  # a file that is saved has none
            examples = _examples(body, document)
            assert examples, name
            for example in examples:
                _fits(example, body["schema"], document)
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                _fits(parameter["example"], parameter["schema"], document)
            assert "example" in parameter or parameter["in"] != "path", (name, parameter["name"])


def test_each_room_of_the_api_is_there_and_every_error_is_a_problem(document: dict[str, Any]) -> None:
    assert {tag for o in _operations(document) for tag in o["tags"]} == {
        *("specs", "templates", "runs", "results", "progress", "structures", "screens", "trace", "evaluations", "literature", "people"),
        *("libraries", "lists", "models", "fleet", "review"),
    }
    problem = document["components"]["schemas"]["Problem"]
    _fits(problem["examples"][0], problem, document)
    for operation in _operations(document):
        for status, answer in operation["responses"].items():
            assert status.startswith("2") or "application/problem+json" in answer["content"], (operation["operationId"], status)


def test_an_example_of_a_request_is_one_that_the_server_takes(document: dict[str, Any], browser: TestClient) -> None:
    for path in ("/specs", "/specs/check", "/specs/forecast", "/structures", "/structures/check", "/screens", "/templates"):
        operation = document["paths"][f"/api/v1{path}"]["post"]
        for example in _examples(operation["requestBody"]["content"][JSON], document):
            answer = browser.post(f"/api/v1{path}", json=example)
            assert answer.is_success, (path, answer.text)
