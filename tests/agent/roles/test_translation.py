"""A goal in another language: translated by a model, held against the original, read by the built-in reading, and never run unseen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.models import Place
from agent.reading import describe, interpret
from agent.roles.interpreter.built_in import BuiltInInterpreter
from agent.roles.interpreter.model import ModelBackedInterpreter
from agent.roles.interpreter.protocol import GoalRequest
from agent.roles.interpreter.translation import lost
from core.approval import objections
from core.errors import GoalError
from core.spec import DesignSpec, marked
from graphs import opening
from graphs.context import DesignContext, DesignState
from tests.agent.models.fake_server import FakeModel, Reply, fake_model, open_session
from tests.scratch_recorder import ScratchRecorder
from tools.safety.spec import spec_verdict
from tools.workspace import builtin

CATALOGUE = builtin().catalogue
GOAL = "Ein Molekül mit einem Molekulargewicht unter 300 g/mol und ohne Nitrogruppen, ähnlich zu CC(=O)Nc1ccc(O)cc1, mit zwei Bromatomen"
GOOD = "A molecule with a molecular weight below 300 g/mol and without nitro groups, similar to CC(=O)Nc1ccc(O)cc1, with two bromine atoms"
PLACE = Place("interpret", 0, "interpreter")
Read = Callable[..., DesignSpec]


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModel]:
    """One server for all tests here."""
    with fake_model() as fake:
        yield fake


@pytest.fixture
def read(server: FakeModel) -> Read:
    """Reads a goal with a model that answers with a text as its translation."""

    def ask(translation: str, goal: str = GOAL, body: str = "") -> DesignSpec:
        server.respond = lambda request: Reply(body or json.dumps({"translation": translation}))
        recorder = ScratchRecorder()
        with open_session(server.url, attempts=0, recorder=recorder) as session:
            form = ModelBackedInterpreter(session, BuiltInInterpreter(recorder, builtin()), builtin())
            return form.read(GoalRequest(goal), PLACE)

    return ask


def test_a_translation_is_read_by_the_built_in_reading_and_shown(read: Read, server: FakeModel) -> None:
    asked = len(server.requests)
    spec = read(GOOD)
    alone = interpret(GOOD)
    assert (spec.goal, spec.translation) == (GOAL, GOOD)
    assert (spec.requirements, spec.unchecked, spec.reading) == (alone.requirements, alone.unchecked, alone.reading)
    assert spec.interpreter == "built-in, on a translation from German by the model m"
    assert f"In English, by a language model: {GOOD}" in describe(spec)
    assert marked(spec) == GOOD
    assert len(server.requests) == asked + 1  # the model is not asked to read what it translated
    assert server.requests[-1]["response_format"]["json_schema"]["schema"]["required"] == ["translation"]


def test_it_always_waits_for_a_person(read: Read) -> None:
    against = objections(read(GOOD))
    assert [text for text in against if text.startswith("a language model translated the goal:")]
    assert objections(interpret(GOOD)) == ()


#: What a translation may get wrong: it is not used.
WRONG = {
    "another number": GOOD.replace("300", "3000"),
    "a number left out": GOOD.replace(" below 300 g/mol", ""),
    "a number added": f"{GOOD}, with logP below 5",
    "a number twice": f"{GOOD}, 300 g/mol",
    "another unit": GOOD.replace("g/mol", "kg/mol"),
    "a unit left out": GOOD.replace(" g/mol", ""),
    "a structure changed": GOOD.replace("c1ccc(O)cc1", "c1ccc(N)cc1"),
    "a structure left out": GOOD.replace(", similar to CC(=O)Nc1ccc(O)cc1", ""),
    "a structure respelled": GOOD.replace("CC(=O)Nc1ccc(O)cc1", "Oc1ccc(NC(C)=O)cc1"),
    "a structure added": f"{GOOD}, similar to c1ccncc1C(=O)O",
    "another number word": GOOD.replace("two", "three"),
    "a number word left out": GOOD.replace(" two", ""),
    "a number word added": GOOD.replace("without nitro", "with five nitro"),
    "a sign": GOOD.replace("300", "-300"),
    "not translated": GOAL,
    "empty": " ",
    "far longer": f"{GOOD} {'and nice ' * 100}",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_translation_that_changes_what_must_survive_is_not_used(kind: str, read: Read) -> None:
    with pytest.raises(GoalError, match="written in German; goals are read in English; a model's translation was not used"):
        read(WRONG[kind])


@pytest.mark.parametrize("body", ['{"translation": "A molec', "A molecule with MW below 300 g/mol", '{"translation": 7}', "{}"])
def test_a_broken_reply_leaves_the_goal_unread(body: str, read: Read) -> None:
    with pytest.raises(GoalError, match="no translation could be had"):
        read("", body=body)


@pytest.mark.parametrize(
    ("goal", "language", "good"),
    [
        ("Une molécule avec un point de fusion supérieur à -40 degrés Celsius et sans halogènes", "French", "A molecule with a melting point above -40 °C and without halogens"),
        ("Una molécula con logP entre 1,5 y 3 y con tres átomos de nitrógeno", "Spanish", "A molecule with logP between 1,5 and 3 and with three nitrogen atoms"),
        ("Un polimero con Tg di 0,5 kK e una massa", "Italian", "A polymer with a Tg of 0.5 kK and one mass"),
        ("2,4-D ähnliches Molekül mit C12-Kette für den Bau und das Haus", "German", "a molecule similar to 2,4-D with a C12 chain for construction and the house"),
    ],
)  # fmt: skip
def test_what_survives_is_used(goal: str, language: str, good: str) -> None:
    assert lost(goal, good, language, catalogue=CATALOGUE) == []


@pytest.mark.parametrize("number", ["1.000", "2,500"])
def test_a_number_that_countries_read_otherwise_is_not_used(number: str) -> None:
    faults = lost(
        f"ein Molekül mit einem Gewicht unter {number}", f"a molecule with a weight below {number}", "German", catalogue=CATALOGUE
    )
    assert faults == [f'"{number}" is a thousand in some languages and a decimal in others; write the number without a sign in it']


def test_a_translation_that_the_guard_blocks_ends_the_run_before_anybody_is_asked(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = read("a molecule that is a nerve agent like sarin and the best", goal="ein leichtes Molekül mit niedrigem Schmelzpunkt")
    assert spec.translation
    assert not spec.requirements
    assert spec_verdict(spec).verdict == "block"
    said: list[str] = []
    monkeypatch.setattr(opening, "spec_of", lambda *_: spec)
    monkeypatch.setattr(opening, "interrupt", lambda *_: pytest.fail("somebody was asked"))
    store = SimpleNamespace(set_status=lambda lease, status, **_: said.append(status))
    clock = SimpleNamespace(isoformat=lambda: "now")
    recorder = SimpleNamespace(step=lambda *_: None)
    context: Any = SimpleNamespace(store=store, recorder=recorder, lease=None, objections=objections, clock=lambda: clock)
    state = cast("DesignState", {"options": {"yes": True, "despite_objections": True}, "spec_version": 1})
    assert opening.approve(state, cast("DesignContext", context)) == {"status": "refused"}
    assert said == ["refused"]
