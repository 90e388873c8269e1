"""The scripted models answer as their schemas ask, and a report that is worse in a field is found."""

from __future__ import annotations

import json

import jsonschema
import pytest

from agent.models.exchange import ChatRequest
from agent.models.schema import ToolSchema, response_schema
from agent.roles.critic.model import Review
from agent.roles.proposer.model import SUBMIT
from agent.roles.reporter.model import Reasons
from agent.toolbox import TOOLS
from core.candidate import Candidate
from core.report import Report
from core.spec import DesignSpec
from evals.roles.__main__ import ways
from evals.roles.fields import FIELDS, SUMMARY, score
from evals.roles.scripted import GoodModel, RandomModel
from prompts.library import fence

LIST = fence("1. CCO | MW 46.07 g/mol; logP (Crippen) -0.00 | route: found\n2. CCN | MW 45.08 g/mol (outside the domain)", "candidates")


def request(schema: type | None = None, tools: bool = False, seed: int = 0) -> ChatRequest:
    varied = TOOLS["vary_structure"]
    offered = [ToolSchema(varied.name, varied.description, varied.arguments).openai(), SUBMIT.openai()] if tools else []
    return ChatRequest(
        model="m",
        messages=[{"role": "user", "content": LIST}],
        seed=seed,
        schema=response_schema(schema) if schema else None,
        tools=offered,
    )


@pytest.mark.parametrize("schema", [Reasons, Review])
def test_the_good_model_answers_by_its_schema_with_values_of_its_prompt(schema: type) -> None:
    said = json.loads(GoodModel().complete(request(schema)).text)
    jsonschema.validate(said, response_schema(schema)["schema"])
    assert "46.07 g/mol" in json.dumps(said) or said["remarks"][0]["candidate"] == 2


def test_the_good_proposer_varies_before_it_submits() -> None:
    (call,) = GoodModel().complete(request(tools=True)).calls
    assert call.name == "vary_structure"


def test_the_random_model_repeats_itself_and_is_sometimes_broken() -> None:
    answers = [RandomModel().complete(request(Reasons, seed=n)).text for n in range(40)]
    assert answers == [RandomModel().complete(request(Reasons, seed=n)).text for n in range(40)]
    valid = 0
    for text in answers:
        try:
            jsonschema.validate(json.loads(text), response_schema(Reasons)["schema"])
            valid += 1
        except (ValueError, jsonschema.ValidationError):
            continue
    assert 20 <= valid < 40


def report(**changes: object) -> Report:
    spec = DesignSpec(goal="g", candidate_class="molecule")
    given = {
        "run_id": "r",
        "goal": "g",
        "status": "success",
        "spec": spec,
        "summary": "Ten meet all. First is A. It ended.",
        "evaluated": 10,
    }
    return Report.model_validate({**given, **changes})


def test_a_field_that_is_worse_is_named_and_one_that_is_better_is_not() -> None:
    fields = {f.name: f for f in FIELDS}
    evaluated = fields["structures evaluated"]
    assert evaluated.worse(report(), report(evaluated=9)) == "evaluated: 9 after 10"
    assert evaluated.worse(report(evaluated=9), report()) == ""
    assert SUMMARY.worse(report(), report(summary="Ten meet all. In a language model's words: Nice. It ended.")) == "lost: First is A."
    assert SUMMARY.worse(report(), report(summary="Ten meet all. First is A. In a language model's words: Nice. It ended.")) == ""
    assert score(
        report(
            candidates=[
                Candidate.model_validate(
                    {"key": "k", "smiles": "CCO", "class": "molecule", "origin": {"proposer": "library", "operator": "taken"}, "score": 0.5}
                )
            ]
        )
    ) == pytest.approx(0.05)


def test_each_role_is_left_out_once_of_each_model() -> None:
    found = list(ways())
    assert len(found) == len(set(found)) == 13
    assert found[0] == ("", ())
