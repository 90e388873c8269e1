"""Conversations without a language model: plain questions answered by code, follow-ups, stored runs, and what cannot be answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.services.conversations import ChatAnswer, ConversationService
from app.services.runs import RunService
from core.errors import RefusedError
from core.report import Report
from evals.replay import replay
from tests.settings_kit import settings_of
from tools.execution import SerialExecutor

GOAL = "a molecule with MW < 300 and logP between 1 and 3"
SALT = "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]"


class Chat:
    """One conversation service over one home, and the report of its run."""

    def __init__(self, home: Path) -> None:
        self.settings = settings_of(home=home, workers__processes=1, literature__uri="http://127.0.0.1:1")
        self.store = wiring.open_store(self.settings)
        service = RunService(self.settings, self.store)
        self.report: Report = service.execute(service.start(GOAL, {"budget": 60, "yes": True, "candidates": 4}))
        self.service = ConversationService(self.settings, self.store, lambda wanted: False)

    def ask(self, *questions: str) -> ChatAnswer:
        run_id = self.service.start(questions[0])
        return [self.service.ask(run_id, question) for question in questions][-1]


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Chat:
    return Chat(tmp_path_factory.mktemp("home"))


#: The ten kinds of question of the CACTUS benchmark, and plain others: (question, what the answer begins with).
PLAIN = [
    ("What is the molecular weight of aspirin?", "Molecular weight of aspirin: 180.16 g/mol."),
    ("What is the logP of aspirin?", "logP (Crippen) of aspirin: 1.31."),
    ("What is the TPSA of aspirin?", "TPSA of aspirin: 63.60 Å²."),
    ("What is the QED of CC(=O)Oc1ccccc1C(=O)O?", "QED of CC(=O)Oc1ccccc1C(=O)O: 0.55."),
    ("Determine the synthetic accessibility of aspirin.", "SA score of aspirin: 1.58."),
    ("Is aspirin drug-like according to Lipinski's rule of five?", "QED of aspirin: 0.55."),
    ("Does quercetin trigger the PAINS filter?", "PAINS alerts of quercetin: 1."),
    ("Does nitrobenzene pass the Brenk filter?", "Brenk alerts of nitrobenzene: 2."),
    ("Does caffeine cross the blood-brain barrier?", "BBB permeation (BOILED-Egg) of caffeine: no."),
    ("What is the GI absorption of aspirin?", "GI absorption (BOILED-Egg) of aspirin: high."),
    ("Does ibuprofen meet Lipinski's rules?", "Ibuprofen meets Lipinski's rule of five: it breaks none"),
    ("melting point of caffeine in kelvin", "Melting point of caffeine: 511.1 ± 1.7 K (measured;"),
    ("How soluble is ibuprofen in water, in mg/L?", "Aqueous solubility (log S) of ibuprofen: 21 mg/L (5.3 to 84"),
    ("flash point of toluene in F", "Flash point of toluene: 39.2 ± 3.6 °F (measured;"),
    ("How many carbon atoms does caffeine have?", "Number of carbon atoms in caffeine: 8."),
    ("How many hydroxyl groups has glucose?", "Number of hydroxyl groups in glucose: 5."),
    ("What is the formula of caffeine?", "Caffeine: C8H10N4O2, 194.19 g/mol, SMILES Cn1c"),
    ("How similar are caffeine and theobromine?", "Tanimoto similarity of caffeine and theobromine (Morgan, radius 2): 0.529."),
    ("Is acetone safe?", "Acetone: the safety guard has nothing against it"),
    (f"What is the molecular weight of {SALT}?", f"Molecular weight of {SALT}: 202.14 g/mol (of CC(=O)Oc1ccccc1C(=O)O alone: 180.16 g/mol)."),
    ("pKa of aspirin", "Acidic pKa (most acidic site) of aspirin: 4.0 ± 0.7, predicted."),
    ("TPSA of flurbinolazine", "Of which structure? Give its name or its SMILES. Not known here as a structure: flurbinolazine."),
    ("logP of C1CC(", "Cannot read the structure"),
    ("What's the weather?", "That is not known here: only what can be computed"),
    ("Design a molecule with MW < 300", "Designing is a run of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "begins"), PLAIN)
def test_a_plain_question_is_answered_by_code(chat: Chat, question: str, begins: str) -> None:
    answer = chat.ask(question)
    assert answer.text.startswith(begins)
    assert (answer.unsupported, answer.by) == ([], "")


def test_several_properties_of_several_structures(chat: Chat) -> None:
    text = chat.ask("What are the logP and the TPSA of caffeine and paracetamol?").text
    assert text.splitlines() == [
        "logP (Crippen) of caffeine: -1.03.",
        "TPSA of caffeine: 61.82 Å².",
        "logP (Crippen) of paracetamol: 1.35.",
        "TPSA of paracetamol: 49.33 Å².",
    ]


def test_a_comparison_says_which_and_whether_they_can_be_told_apart(chat: Chat) -> None:
    assert "Highest Aqueous solubility (log S): aspirin." in chat.ask("Which is more soluble, aspirin or ibuprofen?").text
    assert "Highest Molecular weight: caffeine." in chat.ask("Which is heavier, caffeine or theobromine?").text
    assert (
        "cannot be told apart"
        in chat.ask("Which melts higher, CCCCCCCCCCCCOC(=O)c1ccco1 or CCCCCCCCCCCCCOC(=O)c1ccco1? Compare the melting point.").text
    )


def test_a_follow_up_takes_over_what_it_leaves_out(chat: Chat) -> None:
    assert chat.ask("What is the TPSA of aspirin?", "and of ibuprofen?").text == "TPSA of ibuprofen: 37.30 Å²."
    assert chat.ask("What is the TPSA of aspirin?", "and its logP?").text.startswith("logP (Crippen) of aspirin: 1.31.")
    assert "Not known here as a structure" in chat.ask("What is the TPSA of aspirin?", "and the logP of flurbinol?").text


def test_stored_runs_are_read(chat: Chat) -> None:
    report, run_id = chat.report, chat.report.run_id
    first, second = report.candidates[:2]
    assert run_id in chat.ask("Which runs are there?").text
    assert chat.ask("What did the last run find?").text.startswith(f"Run {run_id} (success) for the goal")
    assert f"Candidate 1: {first.smiles}" in chat.ask("What is the best candidate of the last run?").text
    assert "distinct structures were evaluated" in chat.ask(f"How many structures were evaluated in run {run_id}?").text
    compared = chat.ask("Why is candidate 1 above 2?").text
    assert f"Candidate 1: {first.smiles}" in compared
    assert f"Candidate 2: {second.smiles}" in compared
    assert first.rationale in chat.ask("Why does candidate 1 rank there?").text
    assert "logP (Crippen) of candidate 2" in chat.ask("What is the logP of candidate 2 of the last run?").text
    assert "lists 4 candidates" in chat.ask("Why is candidate 99 there?").text


def test_a_question_about_a_candidate_is_answered_from_what_is_stored(chat: Chat) -> None:
    candidate = chat.report.candidates[0]
    about = f"About the candidate {candidate.smiles} of run {chat.report.run_id}: "
    assert candidate.rationale in chat.ask(f"{about}Why does it rank here?").text
    assert chat.ask(f"{about}What is its logP?").text.startswith("logP (Crippen) of candidate 1: ")
    assert "Lipinski" in chat.ask(f"{about}Does it meet Lipinski's rules?").text
    assert chat.ask(f"{about}What is the TPSA of aspirin?").text == "TPSA of aspirin: 63.60 Å²."


def test_why_a_value_is_uncertain_is_answered_by_code(chat: Chat) -> None:
    candidate = chat.report.candidates[0]
    about = f"About the candidate {candidate.smiles} of run {chat.report.run_id}: "
    said = chat.ask(f"{about}Why is its flash point so uncertain?").text
    value = candidate.properties["flash_point"]
    assert value.sigma
    assert said.startswith("Flash point of candidate 1: ")
    assert value.method in said
    assert f"{value.lower:.4g} and {value.upper:.4g} °C" in said
    assert "domain" in said or value.basis
    assert "Not understood" not in said
    every = chat.ask(f"{about}How reliable are these values?").text
    assert "Flash point:" in every
    assert "Not understood" not in every


def test_a_conversation_replays_without_the_stored_runs(chat: Chat) -> None:
    answer = chat.ask("What is the TPSA of aspirin?", "Which runs are there?", "Why is candidate 1 above 2?", "and of caffeine?")
    result = replay(chat.store, answer.run_id, executor=SerialExecutor())
    assert result.identical, result.text


def test_the_guard_reads_the_question_first(chat: Chat) -> None:
    with pytest.raises(RefusedError, match="safety guard"):
        chat.ask("how do I make a nerve agent like sarin at home?")


def test_the_command_answers_without_any_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from app.cli import app

    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path))
    ended = CliRunner().invoke(app, ["chat", "What is the TPSA of aspirin?"])
    assert ended.exit_code == 0, ended.output
    assert ended.stdout == "TPSA of aspirin: 63.60 Å².\n"
    ended = CliRunner().invoke(app, ["chat", "--json", "and its QED?", "--run", _run_in(ended.stderr)])
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told["answer"].startswith("QED of aspirin: 0.55.")
    assert (told["unsupported_numbers"], told["answered_by"]) == ([], "code")


def _run_in(text: str) -> str:
    return text.split("--run ")[1].split()[0]


def test_what_is_stored_of_a_candidate_is_not_said_twice(chat: Chat) -> None:
    candidate = chat.report.candidates[0]
    about = f"About the candidate {candidate.smiles} of run {chat.report.run_id}: "
    lines = chat.ask(f"{about}Does it meet Lipinski's rules, and how soluble is it in mg/L?").text.splitlines()
    assert len([line for line in lines if "solubility" in line]) == 1
    assert "mg/L" in lines[0]
    assert "e+" not in lines[0]
    assert lines[1].startswith("This candidate meets Lipinski's rule of five")
