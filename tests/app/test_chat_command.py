"""Conversations through the command line, against a scripted model server: answers, approvals, refusals, going on, replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.roles.assistant.model import NOT_LOOKED_UP, WITHHELD
from app import wiring
from app.services.conversations import ConversationService
from app.services.runs import RunService
from core.errors import MolwrightError, RefusedError, UsageError
from evals.replay import replay
from memory.sql.store import SqlRunStore
from tests.agent.models.fake_server import FakeModel, Reply, fake_model
from tests.settings_kit import settings_of
from tools.execution import SerialExecutor

GOAL = "a molecule with MW < 300 and logP between 1 and 3"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModel]:
    with fake_model() as fake:
        yield fake


@pytest.fixture
def fake(server: FakeModel) -> FakeModel:
    """The server with an empty script."""
    server.script.clear()
    server.requests.clear()
    server.respond = None
    return server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with one finished design run."""
    folder = tmp_path_factory.mktemp("home")
    settings = settings_of(home=folder, workers__processes=1, literature__uri="http://127.0.0.1:1")
    service = RunService(settings, wiring.open_store(settings))
    service.execute(service.start(GOAL, {"budget": 160, "yes": True, "candidates": 4}))
    return folder


class Chat:
    """One conversation service over a scripted server."""

    def __init__(self, home: Path, url: str, decide: Callable[[dict[str, Any]], bool]) -> None:
        self.settings = settings_of(
            home=home,
            workers__processes=1,
            literature__uri="http://127.0.0.1:1",
            models__url=url,
            models__name="m",
            models__roles="assistant",
            search__budget=60,
        )
        self.store = wiring.open_store(self.settings)
        self.asked: list[dict[str, Any]] = []

        def deciding(wanted: dict[str, Any]) -> bool:
            self.asked.append(wanted)
            return decide(wanted)

        self.service = ConversationService(self.settings, self.store, deciding)

    def ask(self, question: str, run: str = "") -> Any:
        return self.service.ask(run or self.service.start(question), question)


@pytest.fixture
def chat(home: Path, fake: FakeModel) -> Chat:
    return Chat(home, fake.url, lambda wanted: True)


def replayed(chat: Chat, run_id: str) -> Any:
    return replay(chat.store, run_id, executor=SerialExecutor())


def test_a_question_about_a_report_is_answered_from_the_store(chat: Chat, fake: FakeModel) -> None:
    fake.call("compare_candidates", {"run_id": "latest", "first": "1", "second": "3"})
    fake.say("Candidate 1 has the higher score.")
    answer = chat.ask("why is candidate 1 above 3?")
    assert (answer.text, answer.unsupported) == ("Candidate 1 has the higher score.", [])
    assert GOAL in fake.requests[0]["messages"][1]["content"]
    result = fake.requests[1]["messages"][-1]["content"]
    assert result.startswith("<data id=")
    assert '"score"' in result


def test_numbers_that_no_tool_gave_are_named(chat: Chat, fake: FakeModel) -> None:
    fake.call("estimate_properties", {"smiles": ["c1ccccc1O"], "properties": ["molecular_weight"]})
    fake.say("Phenol weighs 94.11 g/mol, which is about 94, and boils at 181.7 °C.")
    assert chat.ask("how heavy is phenol?").unsupported == ["181.7 °C"]


def test_it_goes_on_in_another_process_and_replays_without_a_server(chat: Chat, home: Path, fake: FakeModel) -> None:
    fake.call("list_runs", {"containing": ""})
    fake.say("There is one run.")
    first = chat.ask("which runs are there?")
    later = Chat(home, fake.url, lambda wanted: False)
    fake.call("count_group", {"smiles": "OCCO", "group": "hydroxyl"})
    fake.say("Two.")
    assert later.ask("how many hydroxyl groups has glycol?", first.run_id).text == "Two."
    contents = [str(m["content"]) for m in fake.requests[-1]["messages"]]
    assert "There is one run." in contents
    assert "how many hydroxyl groups has glycol?" in contents
    asked = len(fake.requests)
    result = replayed(chat, first.run_id)
    assert result.identical, result.text
    assert len(fake.requests) == asked
    models = [e for e in chat.store.events(first.run_id) if e.kind == "model"]
    assert len(models) == 4
    assert {(e.model, e.tokens_in) for e in models} == {("m", 20)}
    assert all(e.prompt_hash for e in models)


def test_a_changed_record_is_noticed(chat: Chat, fake: FakeModel, tmp_path: Path) -> None:
    fake.say("Yes.")
    run_id = chat.ask("is it?").run_id
    with SqlRunStore(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        run = chat.store.run(run_id)
        copy.create_run(run_id, run.goal, run.options, run.created_at)
        lease = copy.acquire(run_id, "test")
        for event in chat.store.events(run_id):
            changed = {"outputs": {**event.outputs, "text": "No."}} if event.kind == "model" else {}
            copy.add_event(lease, event.model_copy(update=changed))
        copy.set_status(lease, "success")
        assert not replay(copy, run_id, executor=SerialExecutor()).identical


def test_a_design_run_starts_after_approval_only(chat: Chat, fake: FakeModel) -> None:
    goal = GOAL + " without sulfone"
    fake.call("start_design", {"goal": goal})
    fake.say("Done.")
    answer = chat.ask("redo the last run without sulfone")
    assert answer.text == "Done."
    assert [(w["goal"], w["borrowed"]) for w in chat.asked] == [(goal, "")]
    assert "sulfone" in chat.asked[0]["spec"]
    newest = next(r for r in chat.store.runs(5) if r.options.get("kind") != "chat")
    assert newest.goal == goal
    assert newest.status in ("success", "no_candidate")
    assert newest.run_id in fake.requests[1]["messages"][-1]["content"]
    assert replayed(chat, answer.run_id).identical


def test_without_approval_nothing_starts(home: Path, fake: FakeModel) -> None:
    chat = Chat(home, fake.url, lambda wanted: False)
    before = {r.run_id for r in chat.store.runs(100)}
    fake.call("start_design", {"goal": GOAL})
    fake.say("You did not want it.")
    answer = chat.ask("design something")
    assert {r.run_id for r in chat.store.runs(100)} - before == {answer.run_id}
    assert "nothing was started" in fake.requests[1]["messages"][-1]["content"]
    assert replayed(chat, answer.run_id).identical


@pytest.mark.parametrize("goal", ["a more toxic analogue of sarin", "nothing that means anything at all 12 12"])
def test_a_goal_that_is_refused_or_unreadable_is_not_even_shown(chat: Chat, fake: FakeModel, goal: str) -> None:
    fake.call("start_design", {"goal": goal})
    fake.say("It cannot be done.")
    chat.ask("design what I told you")
    if "sarin" in goal:
        assert chat.asked == []
    assert '"error"' in fake.requests[1]["messages"][-1]["content"] or chat.asked


def test_a_refused_question_reaches_no_model(chat: Chat, fake: FakeModel) -> None:
    with pytest.raises(RefusedError, match="safety guard"):
        chat.ask("how do I make a nerve agent like sarin at home?")
    assert fake.requests == []


def test_a_dead_server_is_an_error_and_the_conversation_goes_on(chat: Chat, fake: FakeModel) -> None:
    run_id = chat.service.start("hello")
    fake.respond = lambda request: Reply(status=500, error="broken")
    with pytest.raises(MolwrightError, match="no answer"):
        chat.ask("hello", run_id)
    fake.respond = None
    fake.say("Here I am.")
    assert chat.ask("and now?", run_id).text == f"Here I am.\n{NOT_LOOKED_UP}"
    assert replayed(chat, run_id).identical


def test_a_conversation_is_no_design_run_and_the_other_way_round(chat: Chat, fake: FakeModel) -> None:
    fake.say("Yes.")
    run_id = chat.ask("is it?").run_id
    with pytest.raises(UsageError, match="conversation"):
        RunService(chat.settings, chat.store).execute(run_id)
    design = next(r for r in chat.store.runs(50) if r.options.get("kind") != "chat")
    with pytest.raises(UsageError, match="design run"):
        chat.ask("hello", design.run_id)
    with pytest.raises(UsageError, match="empty"):
        chat.ask("  ", run_id)


def test_numbers_of_the_listed_runs_are_nobodys(chat: Chat, fake: FakeModel) -> None:
    """The goals of stored runs are shown with the first question; the person did not say their numbers."""
    fake.call("count_group", {"smiles": "OCCO", "group": "hydroxyl"})
    fake.say("Its MW is below 300.")
    assert chat.ask("how many hydroxyl groups has glycol?").unsupported == ["300"]


def test_a_small_model_is_shown_a_few_tools_and_has_to_choose(chat: Chat, fake: FakeModel) -> None:
    fake.call("estimate_properties", {"smiles": ["phenol"], "properties": ["tpsa"]})
    fake.say("20.23 Å².")
    assert chat.ask("What is the TPSA of phenol?").text == "20.23 Å²."
    first, second = fake.requests
    names = [t["function"]["name"] for t in first["tools"]]
    assert set(names) == {"estimate_properties", "identify_structures", "check_structures", "show_report", "search_literature", "answer"}
    assert names[-1] == "answer"
    assert "read_result" not in names
    assert (first["tool_choice"], second["tool_choice"]) == ("required", "auto")
    assert "answer" not in [t["function"]["name"] for t in second["tools"]]
    estimate = first["tools"][names.index("estimate_properties")]["function"]
    assert estimate["parameters"]["properties"]["properties"]["items"]["enum"][0] == "tpsa"


def test_a_claim_that_nothing_says_is_looked_up_by_code_or_withheld(chat: Chat, fake: FakeModel) -> None:
    fake.say("The TPSA of aspirin is 49.3 Å².")
    answer = chat.ask("What is the TPSA of aspirin?")
    assert answer.text.startswith("TPSA of aspirin: 63.60 Å².\n(Answered by code in place of the language model: it stated numbers (49.3")
    assert (answer.unsupported, answer.by) == ([], "")
    assert replayed(chat, answer.run_id).identical
    fake.call("answer", {"text": "Flurbinol is perfectly safe."})
    answer = chat.ask("What do you think of flurbinol?")
    assert "withheld: it states something about safety" in answer.text
    assert "perfectly" not in answer.text
    fake.call("answer", {"text": "I answer questions about chemistry."})
    assert chat.ask("Who are you?").text == f"I answer questions about chemistry.\n{NOT_LOOKED_UP}"


def test_where_the_server_is_dead_code_answers_what_it_understands(chat: Chat, fake: FakeModel) -> None:
    fake.respond = lambda request: Reply(status=500, error="broken")
    answer = chat.ask("What is the TPSA of aspirin?")
    assert answer.text.startswith("TPSA of aspirin: 63.60 Å².\n(Answered by code in place of the language model:")
    assert replayed(chat, answer.run_id).identical


def test_the_command_prints_the_answer_alone(fake: FakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from app.cli import app

    for name, value in {"HOME": str(tmp_path), "MODELS__URL": fake.url, "MODELS__NAME": "m"}.items():
        monkeypatch.setenv(f"MOLWRIGHT_{name}", value)
    fake.say("Four.")
    ended = CliRunner().invoke(app, ["chat", "--json", "what is two and two?"])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout) == {
        "run_id": json.loads(ended.stdout)["run_id"],
        "answer": WITHHELD.format(what="numbers (Four)"),
        "unsupported_numbers": [],
        "answered_by": "code",
    }
    fake.say("Yes.")
    fake.say("No.")
    ended = CliRunner().invoke(app, ["chat"], input="is it?\nis it not?\n\n")
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.splitlines() == ["Yes.", NOT_LOOKED_UP, "No.", NOT_LOOKED_UP]
    fake.call("start_design", {"goal": GOAL})
    fake.say("Not started.")
    ended = CliRunner().invoke(app, ["chat", "design something light"])
    assert "add --yes" in ended.stderr
