"""Structures, libraries, models and the fleet, through the API, the typed client and the pages."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from rdkit import Chem

from app.client import ApiError, Client
from app.services import fleet, screens, structure_tables
from app.services.entry import Services
from app.services.jobs import HeldJob
from app.web.application import create_app
from tests.app.web.conftest import ADDRESS
from tests.settings_kit import settings_of

LIBRARY = b"CCO ethanol\nCCCCCCCCCCCCO dodecanol\nnothing broken\nCC(=O)Nc1ccc(O)cc1 paracetamol\n"
BLOCK = Chem.MolToMolBlock(Chem.MolFromSmiles("CC(=O)Nc1ccc(O)cc1"))
#: A chemical weapon that the guard blocks.
BLOCKED = "CC(C)OP(C)(=O)F"


def _work(services: Services) -> int:
    """Execute every job that waits; how many there were."""
    worker, number = services.job_worker, 0
    while worker.work_next(lambda: False):
        number += 1
    return number


def _form(browser: TestClient, page: str) -> dict[str, str]:
    """The secret of the forms on a page."""
    found = re.search(r'name="(molwright_form)" value="([^"]+)"', browser.get(page).text)
    assert found
    return {found[1]: found[2]}


# structures ---------------------------------------------------------------------------------------------------------


def test_a_structure_is_looked_at_from_every_side(client: Client, finished: str) -> None:
    found = client.profile("Paracetamol", "a molecule with MW < 300 and logP > 5", route=True, runs=True)
    assert found.name == "paracetamol"
    assert found.candidate.inchikey == "RZVAJINKPMORJF-UHFFFAOYSA-N"
    melting = found.candidate.properties["melting_point"]
    assert (melting.unit, melting.basis) == ("°C", "measured")
    assert found.candidate.safety is not None
    assert found.known
    assert found.near[0].similarity == 1.0
    assert len({n.smiles for n in found.near}) == len(found.near) > 5
    assert found.route is not None
    assert found.checked is not None
    assert [r.met for r in found.checked.requirements] == [True, False]
    assert client.profile("CCO").checked is None


@pytest.mark.parametrize("text", ["CC(=O)Nc1ccc(O)cc1", BLOCK, BLOCK.lstrip("\n"), " paracetamol "])
def test_smiles_blocks_and_names_are_the_same_structure(text: str, services: Services) -> None:
    smiles, _ = services.profiles.read(text)
    assert Chem.CanonSmiles(smiles) == "CC(=O)Nc1ccc(O)cc1"


def test_what_cannot_be_read_says_so(client: Client, browser: TestClient) -> None:
    for text, said in (("aspirinium", "nor is it the name"), ("C1CC", ""), ("\n\n\nx V2000\nM  END", "mol block")):
        with pytest.raises(ApiError, match=said) as caught:
            client.profile(text)
        assert caught.value.status == 422
    page = browser.get("/structures?structure=aspirinium")
    assert page.status_code == 422
    assert "cannot be used as it is" in page.text
    assert 'value=""' not in page.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert ">aspirinium</textarea>" in page.text


def test_nothing_that_helps_to_make_it_is_shown_of_a_structure_that_the_guard_blocks(client: Client, browser: TestClient) -> None:
    found = client.profile(BLOCKED, route=True, runs=True)
    assert found.candidate.safety is not None
    assert found.candidate.safety.verdict == "block"
    assert (found.near, found.known, found.route, found.in_runs) == ([], [], None, [])
    assert "safety guard" in found.no_route
    page = browser.get("/structures?" + urlencode({"structure": BLOCKED, "route": "yes", "runs": "yes"})).text
    assert "Not shown for a structure that the safety guard blocks" in page
    assert "/structures/route" not in page
    assert "safety guard" in browser.get("/structures/route?" + urlencode({"structure": BLOCKED})).text
    assert "safety guard" in browser.get("/structures/runs?" + urlencode({"structure": BLOCKED})).text


def test_the_page_of_a_structure_says_it_all_without_scripts(browser: TestClient, finished: str) -> None:
    asked = {"structure": "paracetamol", "goal": "a molecule with MW < 300", "route": "yes", "runs": "yes"}
    page = browser.get("/structures?" + urlencode(asked)).text
    assert "It meets every requirement that is checked." in page
    for heading in ("Safety", "Alerts", "Properties", "What is known of it", "What resembles it, of what ships", "How it could be made"):
        assert heading in page
    assert "Look for a route" not in page
    without = browser.get("/structures?structure=paracetamol").text
    assert 'hx-get="/structures/route?structure=paracetamol"' in without
    assert "route=yes#route" in without
    block = browser.get("/structures?" + urlencode({"structure": BLOCK}), follow_redirects=False)
    assert block.status_code == 303
    assert block.headers["location"] == "/structures?" + urlencode({"structure": "CC(=O)Nc1ccc(O)cc1"})


def test_a_goal_of_which_too_little_was_read_asks_first(browser: TestClient) -> None:
    goal = "a molecule with MW < 300, low foaming and HLB of 12, that my boss likes"
    page = browser.get("/structures?" + urlencode({"structure": "CCO", "goal": goal})).text
    assert "Hold it against what was read all the same" in page
    again = browser.get("/structures?" + urlencode({"structure": "CCO", "goal": goal, "accept_unread": "yes"})).text
    assert "It meets every requirement that is checked." in again
    assert "Not checked:" in again


def test_a_polymer_has_its_own_properties(client: Client) -> None:
    found = client.profile("*CC(*)c1ccccc1")
    assert found.candidate.candidate_class == "polymer"
    assert found.candidate.properties["glass_transition_temperature"].unit == "°C"
    assert found.near[0].similarity == 1.0


def test_a_file_becomes_a_table_that_is_saved_as_csv_and_sdf(client: Client, browser: TestClient, services: Services) -> None:
    started = client.start_table("four.smi.gz", gzip.compress(LIBRARY))
    assert (started.status, started.position) == ("queued", 1)
    assert "In the queue" in browser.get(f"/structures/files/{started.job_id}").text
    with pytest.raises(ApiError) as caught:
        client.export_table(started.job_id, "csv")
    assert caught.value.status == 409
    _work(services)
    done = client.table(started.job_id)
    assert (done.status, done.read, done.unreadable) == ("finished", 4, 1)
    rows = client.table_rows(started.job_id, limit=3).rows
    assert [row.name for row in rows] == ["ethanol", "dodecanol", "broken"]
    assert rows[0].values["molecular_weight"][0] == pytest.approx(46.069, abs=0.01)
    assert rows[2].fault
    text = client.export_table(started.job_id, "csv", ["logp", "molecular_weight"]).decode()
    assert text.splitlines()[0].endswith(
        "fault,molecular_weight (g/mol),molecular_weight_sigma,molecular_weight_mark,logp,logp_sigma,logp_mark"
    )
    assert len(text.splitlines()) == 5
    supplier = Chem.ForwardSDMolSupplier(io.BytesIO(client.export_table(started.job_id, "sdf")))
    assert [mol.GetProp("_Name") for mol in supplier] == ["ethanol", "dodecanol", "paracetamol"]
    page = browser.get(f"/structures/files/{started.job_id}?column=logp").text
    assert page.count('<th scope="col" class="n">') == 1
    assert f"/structures/files/{started.job_id}/table.csv?column=logp" in page
    assert browser.get(f"/structures/files/{started.job_id}/table.sdf?column=logp").headers["content-type"] == "chemical/x-mdl-sdfile"
    client.delete_table(started.job_id)
    with pytest.raises(ApiError) as caught:
        client.table(started.job_id)
    assert caught.value.status == 404


def test_a_table_goes_on_after_the_rows_that_were_written(client: Client, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    started = client.start_table("four.smi", LIBRARY)
    folder = services.jobs.folder(started.job_id)
    monkeypatch.setattr(structure_tables, "MOST_RECORDS", 2)
    _work(services)
    rows = (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(rows) == 2
    (folder / "rows.jsonl").write_text(rows[0] + rows[1][:30], encoding="utf-8")  # as a killed worker leaves it
    state = folder / "state.json"
    state.write_text(state.read_text(encoding="utf-8").replace('"finished"', '"running"'), encoding="utf-8")
    monkeypatch.setattr(structure_tables, "MOST_RECORDS", 3)
    assert _work(services) == 1
    assert (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:2] == rows
    assert "3 records were read, the most" in client.table(started.job_id).ended


# libraries ----------------------------------------------------------------------------------------------------------


def test_a_library_is_screened_by_a_worker_and_keeps_its_result_at_an_address(
    client: Client, browser: TestClient, services: Services
) -> None:
    started = client.start_library("four.smi", LIBRARY, "a molecule with MW < 160", listed=10)
    assert (started.status, started.read, started.part) == ("queued", 0, 0.0)
    with pytest.raises(ApiError) as caught:
        client.library_report(started.job_id)
    assert caught.value.status == 409
    here = f"/libraries/{started.job_id}"
    assert "a worker begins with it" in browser.get(here).text
    _work(services)
    done = client.wait_for_library(started.job_id)
    assert (done.status, done.read, done.hits, done.unreadable, done.part) == ("finished", 4, 2, 1, 1.0)
    assert done.failed == {"R1": 1}
    assert done.ended == "the library four.smi was read to its end"
    hits = client.library_hits(started.job_id)
    assert {c.name for c in hits.candidates} == {"ethanol", "paracetamol"}
    assert client.library_report(started.job_id).candidates == hits.candidates
    assert b"paracetamol" in client.library_table(started.job_id, "hits")
    assert b"broken" in client.library_table(started.job_id, "unreadable")
    with pytest.raises(ApiError) as caught:
        client.library_table(started.job_id, "blocked")
    assert caught.value.status == 404
    assert client.export_library(started.job_id, "sdf").count(b"$$$$") == 2
    page = browser.get(here).text
    for words in ("What was found", "What rejected the others", "What could not be read", "hits.csv", "Molecular weight, g/mol"):
        assert words in page
    assert browser.get(f"{here}/hits.csv").headers["content-disposition"].endswith('-hits.csv"')
    assert browser.get(f"{here}/report.xlsx").content[:2] == b"PK"
    assert started.job_id in {found.job_id for found in client.libraries().libraries}
    client.delete_library(started.job_id)
    assert browser.get(here).status_code == 404


def test_a_screen_goes_on_where_its_worker_died(client: Client, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join(f"{'C' * (1 + n % 40)}O n{n}\n" for n in range(1200)).encode()
    started = client.start_library("many.smi", many, "a molecule with MW < 160")
    read: list[int] = []

    class Died(BaseException):
        """As if the process had ended."""

    def dying(held: HeldJob, progress: dict[str, int], *, whole: bool = False) -> None:
        read.append(progress["read"])
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(HeldJob, "go_on", dying)
        with pytest.raises(Died):
            services.job_worker.work_next(lambda: False)
    assert read == [500]
    assert client.library(started.job_id).executed is False
    assert _work(services) == 1
    done = client.library(started.job_id)
    assert (done.status, done.read) == ("finished", 1200)
    assert done.hits + sum(done.failed.values()) == 1200


def test_a_screen_that_takes_too_long_shows_what_it_has_and_says_so(
    client: Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = "".join(f"{'C' * (1 + n % 40)}O n{n}\n" for n in range(600)).encode()
    started = client.start_library("many.smi", many, "a molecule with MW < 160")
    monkeypatch.setattr("app.services.jobs.LONGEST", 0.0)
    _work(services)
    done = client.library(started.job_id)
    assert (done.status, done.read) == ("finished", 500)
    assert "before the library was read to its end" in done.ended
    assert "before the library was read to its end" in client.library_report(started.job_id).stop_reason


def test_what_cannot_be_screened_is_said_before_it_is_queued(client: Client, browser: TestClient, services: Services) -> None:
    before = client.libraries().total
    for name, content, goal in (
        ("four.smi", LIBRARY, "a nerve agent like sarin"),
        ("four.smi", LIBRARY, "a molecule with MW < 300, low foaming and HLB of 12, that my boss likes"),
        ("four.exe", LIBRARY, "a molecule with MW < 160"),
        ("four.smi", b"", "a molecule with MW < 160"),
        ("four.smi.gz", gzip.compress(b"C" * 201_000_000, 1), "a molecule with MW < 160"),
        ("../../etc/passwd", LIBRARY, "a molecule with MW < 160"),
    ):
        with pytest.raises(ApiError):
            client.start_library(name, content, goal)
    assert client.libraries().total == before
    fields = {"goal": "a molecule with MW < 160", "listed": "10", "column": ""}
    answer = browser.post("/libraries", data={**_form(browser, "/libraries"), **fields})
    assert answer.status_code == 422
    assert "choose a file of structures" in answer.text
    assert ">a molecule with MW &lt; 160</textarea>" in answer.text
    nothing = client.start_library("nothing.smi", b"broken one\nworse two\n", "a molecule with MW < 160")
    _work(services)
    assert "no record of the library could be read" in client.library(nothing.job_id).error


def test_a_screen_is_begun_cancelled_and_deleted_by_forms(browser: TestClient, services: Services) -> None:
    token = _form(browser, "/libraries")
    fields = {"goal": "a molecule with MW < 160", "listed": "10", "column": ""}
    answer = browser.post("/libraries", data={**token, **fields}, files={"library": ("lock", LIBRARY)}, follow_redirects=False)
    assert answer.status_code == 422  # no ending that is known
    answer = browser.post("/libraries", data={**token, **fields}, files={"library": ("four.smi", LIBRARY)}, follow_redirects=False)
    assert answer.status_code == 303
    here = answer.headers["location"]
    assert browser.post(f"{here}/cancel", data={}).status_code == 403  # not from a page of ours
    assert "Cancelled." in browser.post(f"{here}/cancel", data=token).text
    assert browser.post(f"{here}/delete", data=token, follow_redirects=False).headers["location"] == "/libraries"
    assert not _work(services)


# models -------------------------------------------------------------------------------------------------------------


def _measured(number: int = 40) -> bytes:
    rows = [f"{'C' * (n % 20 + 1)}{'O' if n < 20 else 'N'},{(n % 20) * 1.5 + n // 20:.2f}" for n in range(number)]
    return ("smiles,boiling\n" + "\n".join([*rows, "nothing,3", "CCO,"]) + "\n").encode()


def test_an_own_model_is_trained_after_a_yes_and_removed(client: Client, browser: TestClient, services: Services) -> None:
    token = _form(browser, "/models")
    asked = {**token, "name": "my_boiling", "unit": "°C", "synonyms": "boiling over, own boil"}
    answer = browser.post("/models/trainings", data=asked, files={"table": ("own.csv", _measured())}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    here = answer.headers["location"]
    page = browser.get(here).text
    assert "Train my_boiling?" in page
    assert "42 read, 40 used" in page
    assert not _work(services)  # not before somebody says yes
    assert "In the queue" in browser.post(f"{here}/confirm", data=token).text
    assert _work(services) == 1
    done = client.training(here.rpartition("/")[2])
    assert (done.status, done.name) == ("finished", "my_boiling")
    assert done.version
    assert any("cross-validation" in text for text in done.told)
    assert not any(str(services.settings.home) in text for text in done.told)
    assert "my_boiling" in {m["name"] for m in client.models().models}
    card = client.model("my_boiling")
    assert card["data"]["rows_used"] == 40
    assert "my_boiling" in client.profile("CCCO").candidate.properties
    assert "Remove this model" in browser.get("/models/my_boiling").text
    with pytest.raises(ApiError, match="there is an own model"):
        client.train("my_boiling", "own.csv", _measured())
    assert browser.post("/models/my_boiling/remove", data=token, follow_redirects=False).headers["location"] == "/models"
    assert "my_boiling" not in {m["name"] for m in client.models().models}
    with pytest.raises(ApiError) as caught:
        client.remove_model("melting_point")
    assert caught.value.status == 422


def test_what_cannot_be_trained_is_said_in_the_words_of_the_page(client: Client, browser: TestClient) -> None:
    token = _form(browser, "/models")
    two = b"smiles,a,b\nCCO,1,2\nCCC,2,3\n"
    answer = browser.post("/models/trainings", data={**token, "name": "my_own"}, files={"table": ("own.csv", two)})
    assert answer.status_code == 422
    assert "Column of the values" in answer.text
    assert "--target" not in answer.text
    for name, said in (("logp", "taken"), ("My Own", "cannot name a property")):
        with pytest.raises(ApiError, match=said):
            client.train(name, "own.csv", _measured())
    waiting = client.train("my_own", "own.csv", _measured())
    assert waiting.status == "waiting"
    assert client.cancel_training(waiting.job_id).status == "cancelled"
    client.delete_training(waiting.job_id)


def test_every_shipped_predictor_has_a_page_with_its_card(client: Client, browser: TestClient) -> None:
    models = client.models()
    page = browser.get("/models").text
    for summary in models.models:
        assert f'/models/{summary["name"]}"' in page
        card = browser.get(f"/models/{summary['name']}").text
        for words in ("Licence", "Rows", "Domain", "90 % interval holds", summary["version"]):
            assert words in card, (summary["name"], words)
    assert set(models.language_models) >= {"proposer", "critic", "assistant"}
    assert "built-in form" in page
    assert browser.get("/models/nothing").status_code == 404


# the fleet ----------------------------------------------------------------------------------------------------------


def test_without_a_server_the_fleet_says_so_in_a_sentence(client: Client, browser: TestClient) -> None:
    found = client.fleet()
    assert (found.endpoints, found.local) == ([], [])
    assert found.sentence in browser.get("/fleet").text.replace("&#39;", "'")
    with pytest.raises(ApiError, match="no model server is configured"):
        client.measure_fleet()


def test_the_fleet_shows_what_is_loaded_and_measures_its_speed_and_never_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.agent.models.fake_server import fake_model

    with fake_model() as fake:
        settings = settings_of(home=tmp_path / "home", models__url=fake.url, models__name="m", models__key="sk-secret", user__name="ada")
        services = Services(settings)
        with TestClient(create_app(services), base_url=ADDRESS) as browser:
            client = Client(http=browser)
            found = client.fleet()
            assert found.sentence == "The one model server answers."
            assert (found.endpoints[0]["loaded"], found.endpoints[0]["answers"]) == (["m"], True)
            assert found.roles["proposer"] == "m"
            fake.say("one two three four five six seven")
            client.measure_fleet()
            for _ in range(100):
                if not (found := client.fleet()).measuring:
                    break
                monkeypatch.setattr(fleet, "KEPT", 0.0)
            measured = found.endpoints[0]["measured"]
            assert measured["fault"] == ""
            assert measured["first_token_s"] > 0
            for text in (browser.get("/fleet").text, browser.get("/models").text, browser.get("/api/v1/fleet").text):
                assert "sk-secret" not in text
            assert "answers" in browser.get("/fleet").text


def test_a_server_that_does_not_answer_keeps_the_page_waiting_for_seconds_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "PATIENCE", 0.2)
    monkeypatch.setattr(fleet, "WAIT", 0.3)
    settings = settings_of(home=tmp_path / "home", models__url="http://127.0.0.1:1/v1", models__name="m", user__name="ada")
    view = Services(settings).fleet.view()
    assert view.sentence == "The one model server does not answer."
    assert "does not answer" in view.endpoints[0].detail


# runs ---------------------------------------------------------------------------------------------------------------


def test_runs_are_found_by_who_started_them(client: Client, browser: TestClient, finished: str) -> None:
    assert client.run(finished).user == "ada"
    assert finished in {run.run_id for run in client.runs(user="AD").runs}
    assert client.runs(user="nobody").total == 0
    assert client.find("C", user="nobody").looked == 0
    page = browser.get(f"/runs?user=ada&text={finished}").text
    assert finished in page
    assert 'name="user" size="12" maxlength="200" value="ada"' in page
    assert "No run fits" in browser.get("/runs?user=nobody").text


def test_the_limits_of_uploads_are_said_on_the_pages(browser: TestClient) -> None:
    for page in ("/structures", "/libraries", "/models"):
        assert "20 MB" in browser.get(page).text
    assert f"{screens.MOST_RECORDS:,} records" in browser.get("/libraries").text
