"""Structures found again by a part, by similarity and by a property, in the API and on the page."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from rdkit import Chem

from app.client import ApiError, Client
from app.services import finding
from app.services.entry import Services
from tests.app.web.markup import Page
from tools.structures.columns import KEPT


@pytest.fixture(params=["candidate by candidate", "by columns"])
def found_run(request: pytest.FixtureRequest, services: Services, finished: str) -> str:
    """The finished run, looked through in either way."""
    services.store.save_columns(finished, {})
    if request.param == "by columns":
        while services.finding.prepare():
            pass
    assert bool(services.store.columns([finished], [KEPT])) == (request.param == "by columns")
    return finished


def test_a_part_a_likeness_and_a_range_are_found(client: Client, found_run: str) -> None:
    finished = found_run
    everyone = client.candidates(finished, limit=200).candidates
    ring = Chem.MolFromSmarts("c1ccccc1")
    expected = {c.key for c in everyone if (m := Chem.MolFromSmiles(c.smiles)) is not None and m.HasSubstructMatch(ring)}
    assert expected
    for text in ("c1ccccc1", "[c]1[c][c][c][c][c]1"):
        found = client.find(text, text=finished)
        assert ({h.candidate.key for h in found.hits}, found.found, found.looked) == (expected, len(expected), len(everyone))
        assert {(h.run_id, h.similarity) for h in found.hits} == {(finished, 1.0)}
    like = client.find(everyone[0].smiles, how="similarity", least=0.3, text=finished)
    assert (like.hits[0].candidate.key, like.hits[0].similarity) == (everyone[0].key, 1.0)
    assert [h.similarity for h in like.hits] == sorted((h.similarity for h in like.hits), reverse=True)
    assert min(h.similarity for h in like.hits) >= 0.3
    masses = client.find(property="molecular_weight", low=150, high=250, text=finished)
    weights = [c.properties["molecular_weight"].number for c in everyone if "molecular_weight" in c.properties]
    assert masses.found == sum(w is not None and 150 <= w <= 250 for w in weights) > 0
    kept = client.find("C", kept=True, text=finished)
    assert {h.candidate.status for h in kept.hits} == {"kept"}
    assert client.find("c1ccccc1", text="no goal says this").looked == 0


@pytest.mark.parametrize("limit", ["UNPREPARED", "READ", "HITS"])
def test_a_search_stops_and_goes_on_where_it_stopped(client: Client, found_run: str, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    finished = found_run
    everyone = [c.key for c in client.candidates(finished, limit=200).candidates]
    monkeypatch.setattr(finding, limit, 10)
    monkeypatch.setattr(finding, "PAGE", 4)
    found = client.find("*", text=finished)
    keys = [h.candidate.key for h in found.hits]
    assert found.runs == 1
    assert (found.looked == 10) == bool(found.next)
    while found.next:
        assert "after=" in found.next
        found = client.find("*", text=finished, after=found.next.partition("after=")[2].partition("&")[0])
        keys += [h.candidate.key for h in found.hits]
    assert keys == everyone
    with pytest.raises(ApiError) as gone:
        client.find("*", after="nothing.5")
    assert gone.value.status == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "say what to look for"),
        ({"structure": "not a structure"}, "neither SMILES nor SMARTS"),
        ({"structure": "[#6]~[#7]", "how": "similarity"}, "is not SMILES"),
        ({"structure": "C" * 101}, "at most 100 atoms"),
        ({"property": "luck"}, "unknown property"),
        ({"property": "thermal_stability", "low": 1}, "has levels"),
        ({"structure": "C", "least": 2}, "least"),
        ({"structure": "C", "after": "here"}, "after"),
        ({"structure": "C", "low": "some"}, "low"),
    ],
)
def test_what_cannot_be_looked_for_is_said(asked: dict[str, str], said: str, client: Client, browser: TestClient) -> None:
    with pytest.raises(ApiError, match=said) as raised:
        client.find(**asked)
    assert (raised.value.status, raised.value.exit_code) == (422, 2)
    if asked and asked.get("low") != "some":
        page = browser.get("/runs", params={k: str(v) for k, v in asked.items()})
        assert (page.status_code, 'role="alert"' in page.text) == (422, True)


def test_the_page_of_runs_finds_structures_and_says_how_many_it_looked_at(
    browser: TestClient, client: Client, services: Services, finished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"text": finished, "structure": "c1ccccc1", "how": "substructure", "property": "molecular_weight", "high": "300"}
    answer = browser.get("/runs", params=asked)
    page, found = Page(answer.text), client.find("c1ccccc1", property="molecular_weight", high=300, text=finished)
    assert f"{found.found} of the {found.looked} structures looked at fit" in page.text
    links = [a["href"] for a in page.all("a") if "/candidates/" in a.get("href", "")]
    assert links == [f"/runs/{finished}/candidates/{h.candidate.key}" for h in found.hits]
    assert browser.get(links[0]).status_code == 200
    assert next(page.all("input", id="structure"))["value"] == "c1ccccc1"
    part = browser.get("/runs", params=asked, headers={"hx-request": "true"})
    assert "<form" not in part.text
    monkeypatch.setattr(finding, "HITS", 2)
    further = next(a["href"] for a in Page(browser.get("/runs", params=asked).text).all("a") if "after=" in a.get("href", ""))
    assert "structure=c1ccccc1" in further
    assert browser.get(further).status_code == 200


def test_a_small_library_is_screened_at_once_and_nothing_is_kept(client: Client, services: Services) -> None:
    library = "CCO ethanol\nCCCCCCCCCCCCCCCCCCCC icosane\nnot-a-structure x\nc1ccccc1O phenol\n"
    found = client.screen(library, "a molecule with MW < 100")
    assert (found.read, found.hits, found.unreadable, found.blocked) == (4, 2, 1, 0)
    assert {c.smiles for c in found.report.candidates} == {"CCO", "Oc1ccccc1"}
    assert [(r.line, r.name) for r in found.not_read] == [(3, "x")]
    assert sum(found.failed.values()) == 1
    spec = client.read("a molecule with MW < 50").spec
    assert [c.smiles for c in client.screen("smiles,name\nCCO,a\nCCCCO,b\n", spec, name="two.csv").report.candidates] == ["CCO"]
    assert not (services.settings.home / "screens").exists()


@pytest.mark.parametrize(
    ("library", "goal", "status", "said"),
    [
        ("C\n" * 501, "a molecule with MW < 100", 422, "at most 500 records"),
        ("???\n", "a molecule with MW < 100", 422, "no record of the library could be read"),
        ("", "a molecule with MW < 100", 422, "record|empty"),
        ("CCO\n", "", 422, "either a goal or a spec"),
        ("CCO\n", "a nerve agent more toxic than VX with MW < 300", 403, "refused"),
        ("CCO\n", "a molecule with MW < 300, low foaming and HLB of 12, that my boss likes", 409, "wishes"),
    ],
)
def test_a_library_or_goal_that_cannot_be_screened_is_a_problem(library: str, goal: str, status: int, said: str, client: Client) -> None:
    with pytest.raises(ApiError, match=said) as raised:
        client.screen(library, goal)
    assert raised.value.status == status
