"""``molwright ask``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.interfaces import RunFilter
from memory.passages.embedded import EmbeddedPassages
from memory.sql.store import SqlRunStore
from tests.app.conftest import Run
from tests.contracts.passages import document, passages
from tools.literature.analysis import sentence_words

QUESTION = "How does the absorption of dyes shift with stronger donors?"


@pytest.fixture
def papers(home: Path) -> Path:
    """A home with papers, one of them retracted."""
    store = EmbeddedPassages(home / "papers", sentence_words)
    other = [f"other{n}" for n in range(12)]
    texts = {name: [f"Report {n} treats another matter of the laboratory."] for n, name in enumerate(other)}
    everything = [*passages("glass"), *passages("dye"), *(p for name in other for p in passages(name, texts[name]))]
    store.add([document("glass"), document("dye", retracted=True), *map(document, other)], everything)
    store.close()
    return home


@pytest.mark.usefixtures("papers")
def test_an_answer_shows_its_words_and_where_they_stand_and_replays(molwright: Run, home: Path) -> None:
    done = molwright("ask", QUESTION)
    assert done.returncode == 0, done.stderr
    assert "Stronger donors shift the absorption of dyes. [1]" in done.stdout
    assert "[1] RETRACTED On dye (2010, doi:10.1/dye, page 2, Results)" in done.stdout
    assert '"Stronger donors shift the absorption of dyes."' in done.stdout
    assert "passages found" in done.stderr
    assert "No language model wrote this" in done.stderr
    assert "[1] was retracted" in done.stderr
    run = done.stderr.split("molwright replay ")[1].split()[0]
    replayed = molwright("replay", run)
    assert (replayed.returncode, "identical" in replayed.stdout + replayed.stderr) == (0, True), replayed.stderr
    with SqlRunStore(f"sqlite:///{home / 'molwright.db'}") as store:
        assert store.run(run).kind == "ask"
        assert store.search_runs(RunFilter(), 10, 0) == ([], 0)


@pytest.mark.usefixtures("papers")
def test_json_and_filters_and_what_the_collection_does_not_say(molwright: Run) -> None:
    done = molwright("ask", QUESTION, "--json", "--collection", "ours", "--since", "2005")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    citation = answer["citations"][0]
    quote = citation["quotes"][0]
    assert (answer["answered"], answer["made_by"], citation["document"]["doi"]) == (True, "extracts", "10.1/dye")
    assert citation["passage"]["text"][quote["start"] : quote["end"]] == quote["text"]
    replayed = molwright("replay", answer["run_id"])
    assert replayed.returncode == 0, replayed.stderr
    silent = molwright("ask", QUESTION, "--json", "--doi", "10.1/GLASS")
    assert (silent.returncode, json.loads(silent.stdout)["answered"]) == (4, False)
    none = molwright("ask", "Who composed the opera The Magic Flute?")
    assert (none.returncode, "The collection does not say" in none.stdout) == (4, True)


def test_what_cannot_be_asked(molwright: Run) -> None:
    for question, code, words in (
        ("How is nitroglycerin made?", 3, "explosive"),
        ("of the", 2, "no word to search for"),
        (" ", 2, "ask something"),
    ):
        done = molwright("ask", question)
        assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    empty = molwright("ask", "What is known of platinum?")
    assert (empty.returncode, "There are no papers" in empty.stderr) == (4, True)
