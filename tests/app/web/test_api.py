"""The API through its typed client: goals, runs, results, progress, errors."""

from __future__ import annotations

import base64
import json
import re

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client, Run
from app.services.entry import Services
from app.web.guard import TOKEN
from core.events import StatusChanged
from core.spec import Condition, DesignSpec
from tests.app.web.conftest import GOAL, UNREAD, Story, wait


def test_a_goal_is_read_with_its_unread_words_and_objections(client: Client) -> None:
    whole, part = client.read(GOAL), client.read(UNREAD)
    assert (whole.objections, whole.wishes_unchecked, [r.property for r in whole.spec.requirements]) == ([], 0, ["molecular_weight"])  # type: ignore[union-attr]
    assert part.objections
    assert "[?" in part.marked
    assert {u.phrase for u in part.spec.unchecked} >= {"low foaming"}
    assert part.wishes_unchecked == len([u for u in part.spec.unchecked if not u.use]) > 0


@pytest.mark.parametrize(
    ("goal", "status", "exit_code", "kind"),
    [
        ("", 422, 2, "goal"),
        ("a molecule with MW < 100 and MW > 300", 422, 2, "contradiction"),
        ("a molecule with MW < 300 nm", 422, 2, "unit"),
        ("design a nerve agent more toxic than VX", 403, 3, "refused"),
    ],
)
def test_a_goal_that_cannot_be_used_is_a_problem_with_the_exit_code_of_the_command_line(
    goal: str, status: int, exit_code: int, kind: str, client: Client
) -> None:
    with pytest.raises(ApiError) as raised:
        client.read(goal)
    error = raised.value
    assert (error.status, error.exit_code, error.problem["type"]) == (status, exit_code, f"urn:molwright:problem:{kind}")
    assert error.problem["detail"]


def test_an_edited_spec_is_checked(client: Client) -> None:
    spec = client.read(GOAL).spec
    first = spec.requirements[0].model_copy(update={"text": "", "condition": Condition(comparison="<", value=250)})
    edited = client.check(spec.model_copy(update={"requirements": [first]})).spec
    assert "250" in edited.requirements[0].text
    broken = first.model_copy(update={"property": "luck"})
    with pytest.raises(ApiError, match="luck") as raised:
        client.check(spec.model_copy(update={"requirements": [broken]}))
    assert (raised.value.status, raised.value.problem["type"]) == (422, "urn:molwright:problem:spec")


def test_a_spec_in_a_request_is_read_as_strictly_as_one_in_a_file(browser: TestClient, client: Client) -> None:
    spec = client.read(GOAL).spec.model_dump(mode="json")
    assert browser.post("/api/v1/specs/check", json={"spec": spec}).status_code == 200
    for field, value, said in (
        ("budget", "5", "budget: Input should be a valid integer"),
        ("list_known", 1, "list_known: Input should be a valid boolean"),
        ("schema_version", "99", "schema_version '99' is not known"),
        ("goal", " ", "the goal is empty"),
        ("mood", "good", "mood: Extra inputs are not permitted"),
    ):
        for path in ("/specs/check", "/runs", "/runs/none/approve"):
            answer = browser.post(f"/api/v1{path}", json={"spec": {**spec, field: value}})
            problem = answer.json()
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), (path, problem)
            assert (problem["type"], problem["exit_code"]) == ("urn:molwright:problem:spec", 2)
            assert said in problem["detail"]
    wrong = browser.post("/api/v1/specs/check", content='{"spec": 5}', headers={"content-type": "application/json"})
    assert (wrong.status_code, "a JSON object is expected" in wrong.json()["detail"]) == (422, True)
    for field, value in (("budget", "5"), ("budget", True), ("max_similarity", "0.5"), ("approve", "yes"), ("accept_unread", 1)):
        answer = browser.post("/api/v1/runs", json={"goal": GOAL, field: value})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:molwright:problem:usage"), field
        assert field in answer.json()["detail"]


def test_a_run_waits_for_approval_is_edited_and_goes_on(client: Client, story: Story) -> None:
    run_id = story.submitted.run_id
    assert (story.submitted.status, story.submitted.position) == ("queued", 1)
    assert (story.waiting.status, story.waiting.position) == ("waiting", None)
    assert (story.approved.status, story.executed) == ("queued", run_id)
    told = list(client.follow(run_id))
    assert told[-1].event == StatusChanged(status="success")
    assert len(client.report(run_id).candidates) == 3
    with pytest.raises(ApiError) as raised:
        client.approve(run_id)
    assert (raised.value.status, raised.value.exit_code) == (422, 2)


def test_the_same_key_gives_the_same_run_and_another_goal_is_refused(client: Client) -> None:
    first, second = (client.start(GOAL, budget=24, seed=3, key="once") for _ in range(2))
    assert (first.run_id, first.status, first.position) == (second.run_id, "queued", 1)
    with pytest.raises(ApiError, match="key") as raised:
        client.start("a molecule with MW < 200", key="once")
    assert raised.value.status == 409
    assert client.start(GOAL, budget=24, seed=3).run_id != first.run_id
    assert client.cancel(first.run_id).status == "cancelled"
    with pytest.raises(ApiError) as over:
        client.pause(first.run_id)
    assert (over.value.status, over.value.exit_code) == (409, 2)


def test_a_waiting_run_is_rejected_and_one_that_is_over_deleted(client: Client, browser: TestClient, services: Services) -> None:
    run = client.start(GOAL, budget=24, seed=11)
    with pytest.raises(ApiError) as early:
        client.delete(run.run_id)
    assert (early.value.status, early.value.exit_code) == (409, 2)
    wait(services, run.run_id)
    assert client.reject(run.run_id).status == "rejected"
    assert [e.event for e in client.progress(run.run_id).events][-1] == StatusChanged(status="rejected")
    assert services.runs().verify(run.run_id).state == "sealed"
    with pytest.raises(ApiError, match="'rejected'") as again:
        client.reject(run.run_id)
    assert again.value.status == 422
    with pytest.raises(ApiError, match="whole id"):
        client.delete(run.run_id[:-1])
    client.delete(run.run_id)
    with pytest.raises(ApiError) as gone:
        client.run(run.run_id)
    assert gone.value.status == 404
    assert browser.delete(f"/api/v1/runs/{run.run_id}").status_code == 404


def test_an_archived_run_is_out_of_sight_and_otherwise_as_it_was(client: Client, services: Services, browser: TestClient) -> None:
    run = client.start(GOAL, budget=24, seed=41)
    with pytest.raises(ApiError, match="cancel it first") as early:
        client.archive(run.run_id)
    assert (early.value.status, early.value.exit_code) == (409, 2)
    client.cancel(run.run_id)
    with pytest.raises(ApiError, match="whole id"):
        client.archive(run.run_id[:-1])
    assert client.archive(run.run_id).archived_at
    assert services.runs().verify(run.run_id).state == "sealed"  # nothing that is sealed changed
    listed = [client.runs(run.run_id, archived=archived).total for archived in ("no", "yes", "all")]
    assert listed == [0, 1, 1]
    assert f"/runs/{run.run_id}" not in browser.get("/runs").text
    page = browser.get(f"/runs?archived=yes&text={run.run_id}").text
    token = re.findall(rf'name="{TOKEN}" value="([^"]+)"', page)[0]
    assert client.run(run.run_id).status == "cancelled"
    assert browser.post(f"/runs/{run.run_id}/restore", data={}, follow_redirects=False).status_code == 403
    assert browser.post(f"/runs/{run.run_id}/restore", data={TOKEN: token}, follow_redirects=False).status_code == 303
    assert [client.runs(run.run_id, archived=archived).total for archived in ("no", "yes", "all")] == [1, 0, 1]
    asked = {TOKEN: token, "back": f"text={run.run_id}&page=1&next=https://elsewhere"}
    back = browser.post(f"/runs/{run.run_id}/archive", data=asked, follow_redirects=False).headers["location"]
    assert back == f"/runs?text={run.run_id}&page=1&done=archived&run={run.run_id}"  # the list as it was, and nothing that it has not
    said = browser.get(back).text
    assert "<strong>Archived:</strong>" in said
    assert f'action="/runs/{run.run_id}/restore"' in said
    assert "Archived:" not in browser.get(back.replace("archived", "restored")).text  # that is not so
    assert browser.get(f"/runs?done=archived&run={run.run_id}%3Cb%3E").status_code == 422
    assert client.restore(run.run_id).archived_at == ""
    client.archive(run.run_id)
    client.delete(run.run_id)  # goes with all that is stored of it
    assert client.runs(run.run_id, archived="all").total == 0


def test_runs_are_found_by_text_status_and_time_in_pages(client: Client, finished: str) -> None:
    assert client.runs(finished[:8]).runs[0].run_id == finished
    assert {r.status for r in client.runs(status=["success"]).runs} == {"success"}
    assert client.runs("no goal says this").total == 0
    everything = client.runs()
    first = client.runs(limit=1)
    assert (len(first.runs), first.total) == (1, everything.total)
    assert first.next == "/api/v1/runs?text=&since=&until=&user=&archived=no&limit=1&offset=1"
    assert client.runs(limit=1, offset=1).runs == everything.runs[1:2]
    assert client.runs(since=everything.runs[0].created_at).total == 1
    assert client.runs(until=everything.runs[-1].created_at).total == 0


def test_everything_of_a_finished_run_has_its_address(client: Client, finished: str) -> None:
    report, run = client.report(finished), client.run(finished)
    assert (run.status, run.approved_by) == ("success", "ada")
    page = client.candidates(finished, limit=5)
    assert (len(page.candidates), page.total) == (5, sum(run.structures.values()))
    kept = client.candidates(finished, status="kept")
    assert kept.total == run.structures["kept"]
    best = client.best(finished, 2)
    assert {c.key for c in best} <= {c.key for c in kept.candidates}
    listed = report.candidates[0]
    assert client.candidate(finished, listed.key).smiles == listed.smiles
    trace = client.trace(finished, limit=3)
    assert [e.sequence for e in trace.events] == [1, 2, 3]
    assert trace.total > 3
    for missing in (lambda: client.candidate(finished, "NONE"), lambda: client.run("none"), lambda: client.report("none")):
        with pytest.raises(ApiError) as raised:
            missing()
        assert (raised.value.status, raised.value.exit_code) == (404, 2)


def test_the_report_is_exported_in_every_form(client: Client, finished: str, browser: TestClient) -> None:
    report = client.report(finished)
    assert json.loads(client.export(finished, "json"))["run_id"] == report.run_id
    assert client.export(finished, "html").startswith(b"<!doctype html>")
    assert client.export(finished, "csv").startswith(b"rank,listed,name,smiles")
    assert client.export(finished, "sdf").count(b"$$$$") == len(report.candidates) + len(report.closest)
    assert client.export(finished, "xlsx").startswith(b"PK")
    assert client.export(finished, "pdf").startswith(b"%PDF")
    answer = browser.get(f"/api/v1/runs/{finished}/exports/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="molwright-{finished}.csv"'
    with pytest.raises(ApiError):
        client.export(finished, "exe")


def test_progress_is_had_by_poll_and_by_stream(client: Client, finished: str, browser: TestClient) -> None:
    whole = client.progress(finished)
    assert (whole.under_way, whole.last) == (False, len(whole.events))
    assert client.progress(finished, whole.last, wait=0).events == []
    stream = browser.get(f"/api/v1/runs/{finished}/stream", headers={"last-event-id": str(whole.last - 2)})
    assert stream.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in stream.text.strip().split("\n\n")]
    assert [b["event"] for b in blocks] == ["progress", "progress", "end"]
    assert [b["id"] for b in blocks[:2]] == [str(whole.last - 1), str(whole.last)]


def test_structures_are_answered_at_once(client: Client) -> None:
    ethanol = client.properties("OCC")
    assert (ethanol.smiles, ethanol.properties["molecular_weight"].value) == ("CCO", pytest.approx(46.07, abs=0.01))
    judged = client.check_structure("CCO", "a molecule with MW < 40")
    assert [r.met for r in judged.requirements] == [False]
    for smiles in ("C1CC", "/etc/passwd"):
        with pytest.raises(ApiError) as raised:
            client.properties(smiles)
        assert raised.value.exit_code == 2


def test_files_come_as_content_and_never_as_a_path(client: Client) -> None:
    listed = {"name": "../../own.smi", "text": "CCO ethanol\nCCN ethylamine\n"}
    spec = client.read(GOAL, like=["aspirin"], unlike_files=[listed]).spec
    names = [r.name for r in spec.requirements if r.kind == "reference_set"]
    assert [n.lower() for n in names] == ["aspirin", "own.smi"]
    for text in ("/etc/hostname", "own.smi", "C1CC"):
        with pytest.raises(ApiError) as raised:
            client.read(GOAL, like=[text])
        assert raised.value.exit_code == 2
    known = {"name": "known.smi", "base64": base64.b64encode(b"CCO ethanol\n").decode()}
    run = client.start(GOAL, budget=24, known=known, blocks={"name": "b.csv", "text": "smiles,name\nCCO,ethanol\n"}, blocks_mode="replace")
    assert run.status == "queued"
    assert client.cancel(run.run_id).status == "cancelled"
    for wrong in ("not base64", "Ê§=="):
        with pytest.raises(ApiError, match="not in base64") as raised:
            client.read(GOAL, like_files=[{"name": "own.smi", "base64": wrong}])
        assert (raised.value.status, raised.value.exit_code) == (422, 2)
    for field, value in (("scorer", "rm -rf"), ("models", {}), ("command", "ls"), ("known", "/etc/passwd")):
        with pytest.raises(ApiError) as raised:
            client.start(GOAL, **{field: value})
        assert raised.value.status == 422


def test_the_document_of_the_api_names_every_operation_with_examples_and_problems(browser: TestClient) -> None:
    document = browser.get("/api/v1/openapi.json").json()
    operations = {f"{method} {path}": o for path, each in document["paths"].items() for method, o in each.items()}
    assert all(path.split()[1].startswith("/api/v1/") for path in operations)
    assert len({o["operationId"] for o in operations.values()}) == len(operations) >= 18
    assert all({"403", "404", "409", "422", "503"} <= set(o["responses"]) and o["description"] for o in operations.values())
    assert document["components"]["schemas"]["RunRequest"]["examples"]
    assert browser.get("/docs").status_code == 404


def test_a_batch_starts_what_can_be_started_and_says_what_cannot(client: Client) -> None:
    asked = [{"goal": GOAL, "budget": 24, "seed": 21}, {"goal": "a molecule with MW < 100 and MW > 300", "budget": 0}]
    with pytest.raises(ApiError, match="budget") as raised:  # what is no request at all starts nothing
        client.start_batch(asked)
    assert raised.value.status == 422
    refused = {"spec": client.read(GOAL).spec.model_copy(update={"goal": " "})}
    with pytest.raises(ApiError, match="goal"):
        client.start_batch([asked[0], refused])
    known = {"goal": GOAL, "known": {"name": "known.smi", "text": "nothing readable\n"}}
    first, second, third = client.start_batch([asked[0], known, {**asked[0], "seed": 22}], key="batch")
    assert isinstance(first, Run)
    assert isinstance(third, Run)
    assert (first.status, third.status) == ("queued", "queued")
    assert isinstance(second, ApiError)
    assert (second.status, second.exit_code, "no structure of it can be used" in str(second)) == (422, 2, True)
    again = client.start_batch([asked[0], known, {**asked[0], "seed": 22}], key="batch")
    assert [r.run_id for r in again if isinstance(r, Run)] == [first.run_id, third.run_id]
    for run in (first, third):
        client.cancel(run.run_id)
    with pytest.raises(ApiError):
        client.start_batch([{"goal": GOAL}] * 51)


def test_a_run_is_copied_with_its_whole_spec(client: Client, finished: str, services: Services) -> None:
    source = client.run(finished)
    copied = client.copy(finished, seed=99)
    assert copied.run_id != finished
    assert (copied.status, copied.goal) == ("queued", source.goal)
    options = services.runs().find(copied.run_id).given
    assert source.spec is not None
    assert DesignSpec.model_validate(options.spec) == source.spec.model_copy(update={"seed": 99})
    assert source.spec.candidates == 3  # as a person had changed it
    client.cancel(copied.run_id)
    empty = client.start(GOAL, budget=24, seed=31)
    with pytest.raises(ApiError, match="no spec yet") as raised:
        client.copy(empty.run_id)
    assert raised.value.status == 409
    client.cancel(empty.run_id)
    with pytest.raises(ApiError):
        client.copy("none")


def test_a_structure_is_drawn_and_one_that_cannot_be_is_a_problem(client: Client) -> None:
    drawn = client.drawing("CC(=O)Nc1ccc(O)cc1", parent="CC(=O)Nc1ccccc1")
    assert drawn.svg.startswith("<svg")
    assert drawn._repr_svg_() == drawn.svg != client.drawing("CC(=O)Nc1ccc(O)cc1").svg
    with pytest.raises(ApiError, match="cannot be drawn") as raised:
        client.drawing("C1CC")
    assert (raised.value.status, raised.value.exit_code) == (422, 2)
