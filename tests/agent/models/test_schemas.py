"""Schemas that strict servers accept, made from pydantic models."""

from __future__ import annotations

from typing import Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from agent.models.schema import ToolSchema, response_schema, schema_hash, strict_schema
from core.errors import ConfigurationError
from core.model import Model


class Inner(Model):
    """One of many."""

    smiles: str = Field(description="SMILES.", min_length=1, max_length=200)
    reason: str | None = Field(default=None, description="Why.", pattern="^[a-z]+$")


class Cat(Model):
    """A kind."""

    kind: Literal["cat"] = Field(description="Kind.")
    lives: int = Field(default=9, description="Lives.", ge=0, le=9)


class Dog(Model):
    """Another kind."""

    kind: Literal["dog"] = Field(description="Kind.")


class Outer(Model):
    """Everything at once."""

    title: str = Field(description="A field that is called title.")
    default: int = Field(description="A field that is called default.")
    items: list[Inner] = Field(default_factory=list, description="Many.", max_length=5)
    pet: Cat | Dog = Field(description="One of two.", discriminator="kind")
    level: Literal["low", "high"] = Field(default="low", description="How much.")
    share: float = Field(default=0.5, description="A share.", ge=0, le=1)
    more: Outer | None = Field(default=None, description="Itself.")


def objects(node: Any) -> list[dict[str, Any]]:
    """Every object schema in a schema."""
    if isinstance(node, list):
        return [o for part in node for o in objects(part)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") == "object" else []
    return own + [o for part in node.values() for o in objects(part)]


@pytest.mark.parametrize("limits", [True, False])
def test_every_object_names_every_field_and_allows_no_other(limits: bool) -> None:
    made = strict_schema(Outer, limits=limits)
    found = objects(made)
    assert len(found) == 5  # the root is there a second time, as what it holds of its own kind
    for node in found:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    text = repr(made)
    assert "'oneOf'" not in text
    assert "'discriminator'" not in text
    assert "'const'" not in text
    assert "'default':" not in text.replace("'default': {", "")
    assert ("'maxLength'" in text, "'maximum'" in text, "'pattern'" in text, "'maxItems'" in text) == (limits,) * 4
    jsonschema.Draft202012Validator.check_schema(made)


def test_fields_that_have_the_name_of_a_keyword_stay() -> None:
    assert set(strict_schema(Outer)["properties"]) == {"title", "default", "items", "pet", "level", "share", "more"}


words = st.text(alphabet="abc", min_size=1, max_size=5)
inner = st.builds(Inner, smiles=words, reason=st.none() | words)
outer = st.builds(
    Outer,
    title=words,
    default=st.integers(),
    items=st.lists(inner, max_size=5),
    pet=st.builds(Cat, kind=st.just("cat"), lives=st.integers(0, 9)) | st.builds(Dog, kind=st.just("dog")),
    level=st.sampled_from(["low", "high"]),
    share=st.floats(0, 1),
    more=st.none(),
)


@given(outer)
def test_what_the_model_holds_fits_its_schema(value: Outer) -> None:
    jsonschema.validate(value.model_dump(mode="json"), strict_schema(Outer))
    assert Outer.model_validate(value.model_dump(mode="json")) == value


class Free(Model):
    """Not strict."""

    table: dict[str, int] = Field(description="A free mapping.")


class Anything(Model):
    """Not strict either."""

    value: Any = Field(description="Anything.")


@pytest.mark.parametrize(("model", "where"), [(Free, "Free.table"), (Anything, "Anything.value")])
def test_what_cannot_be_strict_is_refused_by_name(model: type[Model], where: str) -> None:
    with pytest.raises(ConfigurationError, match=where):
        strict_schema(model)


class Nothing(Model):
    """No arguments."""


def test_a_tool_in_the_form_of_the_api() -> None:
    made = ToolSchema("front", "Show the front.", Nothing).openai()
    assert made["type"] == "function"
    function = made["function"]
    assert (function["name"], function["description"], function["strict"]) == ("front", "Show the front.", True)
    assert function["parameters"]["properties"] == {}
    assert function["parameters"]["additionalProperties"] is False


def test_a_response_schema_has_a_name_that_servers_take() -> None:
    made = response_schema(Outer)
    assert (made["name"], made["strict"]) == ("Outer", True)
    generic = type("Odd[Name]", (Inner,), {})
    assert response_schema(generic)["name"] == "Odd_Name_"


def test_hashes_tell_schemas_apart() -> None:
    hashes = {schema_hash(response_schema(m, limits=limits)) for m in (Outer, Inner) for limits in (True, False)}
    assert len(hashes) == 4
    assert schema_hash(None) == schema_hash([]) == ""
    assert schema_hash(response_schema(Outer)) == schema_hash(response_schema(Outer))
