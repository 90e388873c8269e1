"""Reviews over one small run: by service, by API and client, and on the pages; measured values; and the next round."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError
from app.services.lists import Upload
from app.web.application import create_app
from core.errors import NotFoundError, StatusError, UsageError
from core.review import GivenValue
from tests.app.web.conftest import ADDRESS, Place
from tests.app.web.markup import Page


def token(place: Place, path: str) -> dict[str, str]:
    """The secret of this browser's forms."""
    page = Page(place.browser.get(path).text)
    return {"molwright_form": page.fields()["molwright_form"]}


def test_a_decision_is_kept_counts_until_the_next_and_two_have_to_agree(place: Place) -> None:
    people, run, (first, second, *_) = place.services.feedback, place.run_id, place.report.candidates
    assert people.add(run, "1", "accept") == first.key
    assert people.add(run, first.key[:14], "reject", author="bob", reason="unstable") == first.key
    assert people.add(run, second.smiles, "hold", "look again", author="bob") == second.key
    standing = people.review(run).of(first.key)
    assert standing is not None
    assert (standing.agreement, standing.decision) == ("disputed", None)
    people.add(run, "1", "accept", author="bob")
    standing = people.review(run).of(first.key)
    assert standing is not None
    assert standing.said == "agreed: accepted by ada and bob"
    assert people.withdraw_decision(run, "1", "bob") == first.key
    standing = people.review(run).of(first.key)
    assert standing is not None
    assert (standing.agreement, [d.author for d in standing.decisions]) == ("one decision", ["ada"])
    assert [e.verdict for e in people.history(run, first.key)] == ["accept", "reject", "accept", "withdraw"]
    assert place.services.runs().verify(run).state == "sealed"


@pytest.mark.parametrize(
    ("candidate", "verdict", "more", "error", "why"),
    [
        ("1", "love", {}, UsageError, "the verdict is"),
        ("1", "reject", {}, UsageError, "say why"),
        ("1", "reject", {"reason": "ugly"}, UsageError, "one of not synthesisable"),
        ("1", "comment", {}, UsageError, "needs words"),
        ("1", "accept", {"comment": "x" * 5001}, UsageError, "at most"),
        ("1", "accept", {"author": "x" * 101}, UsageError, "name"),
        ("99", "accept", {}, NotFoundError, "ranks 1 to"),
        ("CCCCCCCCCCCCCCCCCCCCCCCCCC", "accept", {}, NotFoundError, "has no candidate"),
        ("", "accept", {}, NotFoundError, "has no candidate"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    candidate: str, verdict: str, more: dict[str, str], error: type[Exception], why: str, place: Place
) -> None:
    with pytest.raises(error, match=why):
        place.services.feedback.add(place.run_id, candidate, verdict, **more)


def test_only_who_said_something_can_take_it_back_and_once(place: Place) -> None:
    people, run = place.services.feedback, place.run_id
    people.add(run, "2", "comment", "smells", author="cyd")
    mine = people.history(run)[-1]
    with pytest.raises(UsageError, match="only they"):
        people.withdraw(run, mine.id, "ada")
    assert people.withdraw(run, mine.id[:16], "cyd").comment == "smells"
    with pytest.raises(UsageError, match="already"):
        people.withdraw(run, mine.id, "cyd")
    with pytest.raises(NotFoundError):
        people.withdraw(run, "0000", "cyd")
    with pytest.raises(UsageError, match="no decision"):
        people.withdraw_decision(run, "3", "cyd")


def test_a_measured_value_is_converted_compared_counted_and_part_of_the_report(place: Place) -> None:
    run, third = place.run_id, place.report.candidates[2]
    predicted = third.properties["melting_point"]
    assert predicted.number is not None
    inside = place.client.measure(
        run, "3", "melting point", f"{predicted.number + 273.15:.3f}", "K", measured_on="2026-11-29", conditions="DSC"
    )
    assert inside.measured.value == pytest.approx(predicted.number, abs=0.01)
    assert inside.measured.unit == "°C"
    if predicted.basis is None:
        assert inside.inside is True
    far = place.client.measure(run, "2", "Tm", "690", "°C", reviewer="bob")
    assert far.author == "bob"
    with pytest.raises(ApiError, match="Melting point in") as refused:
        place.client.measure(run, "3", "melting_point", "120", "nm")
    assert (refused.value.status, refused.value.exit_code) == (422, 2)
    with pytest.raises(ApiError, match="no property"):
        place.client.measure(run, "3", "beauty", "1")
    with pytest.raises(ApiError, match="YYYY-MM-DD"):
        place.client.measure(run, "3", "melting_point", "120", "°C", measured_on="29.11.2026")
    found = place.client.measurements(run)
    assert [m.measured.property for m in found.measurements] == ["melting_point"] * 2
    assert [(c.property, c.measured) for c in found.coverage] == [("melting_point", 2)]
    report = place.client.report(run)
    assert report.review is not None
    assert report.model_copy(update={"review": None}) == place.report
    assert place.services.store.report(run).review is None  # what is stored stays as it was
    html, csv = (place.client.export(run, form).decode() for form in ("html", "csv"))
    assert "What reviewers say" in html
    assert "DSC" not in html.partition("<main>")[0]
    assert "melting_point [°C] measured" in csv.splitlines()[0]
    assert "Accepted by ada" in html
    assert b"%PDF" in place.client.export(run, "pdf")
    assert "one decision" in place.client.export(run, "sdf").decode()
    assert place.client.export(run, "xlsx")


def test_an_absorption_needs_its_solvent(place: Place) -> None:
    run = place.run_id
    with pytest.raises(UsageError, match="depends on the solvent"):
        place.services.measurements.add(run, "1", GivenValue("absorption_maximum", "310", "nm"))
    with pytest.raises(UsageError, match="not known"):
        place.services.measurements.add(run, "1", GivenValue("absorption_maximum", "310", "nm", solvent="sunshine"))
    kept = place.services.measurements.add(run, "1", GivenValue("λmax", "4 eV", solvent="toluene"), "ada")
    assert (kept.measured.solvent_name, kept.why) == ("toluene", "the run has no prediction of it")
    place.services.feedback.withdraw(run, kept.id, "ada")


def test_a_file_is_read_by_line_and_what_is_handed_out_comes_back_in(place: Place) -> None:
    run, one, four = place.run_id, place.report.candidates[0], place.report.candidates[3]
    text = f"""smiles;melting point (K);relation;note
{one.smiles};400,5;;first
{one.smiles};400,5;;first
{four.smiles};390,25;<;
CCCCCCCCCCCCCCCCCC;300,5;;
not a structure;300,5;;
{four.smiles};hot;;
"""
    read = place.services.measurements.read_upload(run, Upload("lab.csv", text.encode()), "ada")
    assert len(read.kept) == 2
    assert [line for line, _ in read.left_out] == [3, 5, 6, 7]
    assert "kept already" in read.left_out[0][1]
    assert "did not evaluate" in read.left_out[1][1]
    assert "not a number" in read.left_out[3][1]
    assert any("decimal commas" in note for note in read.notes)
    limit = next(m for m in place.client.measurements(run).measurements if m.id == read.kept[1])
    assert (limit.measured.qualifier, round(limit.measured.value, 2)) == ("<", 117.1)
    whole = place.client.export_measurements(run_id=run)
    again = place.client.import_measurements(run, whole)
    assert again.kept == []
    assert all("kept already" in row.reason for row in again.left_out)
    training = place.client.export_measurements("melting_point")
    assert training.splitlines()[0].startswith("smiles,melting_point,unit,relation,spread")
    with pytest.raises(ApiError, match="nothing was measured"):
        place.client.export_measurements("flash_point")
    with pytest.raises(ApiError, match="no column holds measured values"):
        place.client.import_measurements(run, "smiles,colour\nCCO,red\n")
    assert place.client.measured("melting_point").total == len(training.splitlines()) - 1


def test_the_values_of_a_training_file_are_those_that_were_measured(place: Place, tmp_path: Path) -> None:
    from tools.files.records import StructureFile
    from tools.predictors.user_models.values import ValueColumn

    path = tmp_path / "measured.csv"
    path.write_text(place.client.export_measurements("melting_point"), encoding="utf-8")
    table = StructureFile(path).table()
    column = ValueColumn(table, "melting_point", "", log=False)
    values = [column.read(entry) for entry in table.entries]
    assert column.unit == "°C"
    assert [v for v in values if isinstance(v, str)] == ["the value '< 117.1' is a limit, not a measurement"]
    assert 690.0 in values


def test_the_page_shows_one_candidate_and_goes_on_to_the_next(place: Place) -> None:
    run = place.run_id
    shown = Page(place.browser.get(f"/runs/{run}/review").text)
    assert "Strongest reason against" in shown.text or "speaks against it" in shown.text
    assert all(f"{r}" in shown.text for r in ("not synthesisable", "property doubtful", "cost"))
    fourth = place.report.candidates[3]
    fields = {**token(place, f"/runs/{run}/review?show=undecided"), "show": "undecided", "key": fourth.key}
    refused = place.browser.post(f"/runs/{run}/review", data={**fields, "verdict": "reject", "comment": " "}, follow_redirects=False)
    assert (refused.status_code, "say why it is rejected" in refused.text) == (422, True)
    done = place.browser.post(f"/runs/{run}/review", data={**fields, "verdict": "reject", "reason": "cost"}, follow_redirects=False)
    assert done.status_code == 303
    following = re.search(r"key=([^&#]+)", done.headers["location"])
    assert following is None or following[1] != fourth.key or "show=undecided" in done.headers["location"]
    standing = place.services.feedback.review(run).of(fourth.key)
    assert standing is not None
    assert (standing.decision, standing.decisions[0].author) == ("reject", "ada")
    named = place.browser.post(f"/runs/{run}/review/name", data={**fields, "name": "Bö b"}, follow_redirects=False)
    assert named.status_code == 303
    assert "You review as Bö b" in place.browser.get(f"/runs/{run}/review").text
    measured = {**fields, "property": "melting_point", "value": "111", "unit": "°C"}
    assert (
        place.browser.post(f"/runs/{run}/review/measure", data=measured, follow_redirects=False).headers["location"].endswith("#measured")
    )
    assert place.client.measurements(run).measurements[-1].author == "Bö b"
    wrong = place.browser.post(f"/runs/{run}/review/measure", data={**measured, "unit": "nm"})
    assert (wrong.status_code, 'value="111"' in wrong.text) == (422, True)
    place.browser.post(f"/runs/{run}/review/name", data={**fields, "name": ""})
    assert "You review as ada" in place.browser.get(f"/runs/{run}/review").text
    filtered = Page(place.browser.get(f"/runs/{run}/review?show=agreed").text)
    assert "No candidate is agreed" in filtered.text
    assert place.browser.get(f"/runs/{run}/review?key=NOTHING").status_code == 404
    without = {k: v for k, v in fields.items() if k != "molwright_form"}
    assert place.browser.post(f"/runs/{run}/review", data={**without, "verdict": "accept"}).status_code == 403


def test_candidate_report_and_delete_pages_say_what_was_said(place: Place) -> None:
    run, first = place.run_id, place.report.candidates[0]
    assert "accepted by ada" in Page(place.browser.get(f"/runs/{run}/candidates/{first.key}").text).text.lower()
    assert f'href="/runs/{run}/review"' in place.browser.get(f"/runs/{run}").text
    assert "measured value" in place.browser.get(f"/runs/{run}/delete").text
    assert place.browser.get(f"/runs/{run}/measurements.csv?property=melting_point").text.startswith("smiles,melting_point")


def test_a_run_without_a_spec_or_without_decisions_has_no_next_round(place: Place) -> None:
    queued = place.client.start("a molecule with MW < 300", budget=20)
    with pytest.raises(StatusError, match="no spec yet"):
        place.services.rounds.plan(queued.run_id)
    assert "no candidates to review yet" in place.browser.get(f"/runs/{queued.run_id}/review").text
    place.client.cancel(queued.run_id)


@pytest.fixture(scope="module")
def second(place: Place) -> str:
    """The id of a next round that went to its report."""
    plan = place.client.plan_next_round(place.run_id)
    assert [c.key for c in plan.accepted] == [place.report.candidates[0].key]
    assert [c.key for c in plan.rejected] == [place.report.candidates[3].key]
    assert plan.spec.seed == place.report.spec.seed + 1
    assert any("one reviewer alone" in note for note in plan.notes)
    run = place.client.next_round(place.run_id, approve=True, budget=30, resemble=False)
    assert run.parent == place.run_id
    assert place.services.runs().execute_next() == run.run_id
    return run.run_id


def test_the_next_round_lists_nothing_of_what_was_reviewed_and_knows_what_was_measured(place: Place, second: str) -> None:
    report = place.client.report(second)
    reviewed = {c.key for c in place.services.feedback.review(place.run_id).candidates if c.decisions}
    assert len(reviewed) == 3
    assert not reviewed & {c.key for c in [*report.candidates, *report.closest]}
    assert report.choice is not None
    assert report.choice.user_source == f"of what was reviewed in run {place.run_id}"
    assert report.choice.user_structures == 3
    third = place.report.candidates[2]
    again = next((c for c in place.services.store.candidates(second) if c.key == third.key), None)
    if again is not None:
        value = again.properties["melting_point"]
        assert value.basis == "measured"
        assert re.fullmatch(r"known, measured [-\d.]+ °C \(your team, 2026-11-29\)", value.known)
    assert place.client.run(place.run_id).rounds == [second]
    for run in (place.run_id, second):
        text = place.browser.get(f"/runs/{run}").text
        assert "ext round" in text
    assert f"/runs/{place.run_id}" in place.browser.get(f"/runs/{second}").text


def test_the_next_round_replays_exactly(place: Place, second: str) -> None:
    place.services.feedback.add(place.run_id, "3", "hold")  # decisions that come later change nothing of it
    result = place.services.runs().replay(second)
    assert result.identical, result.text


def test_a_spec_near_what_was_accepted_is_shown_to_be_edited_and_a_third_round_replaces_it(place: Place, second: str) -> None:
    page = place.browser.get(f"/runs/{place.run_id}/next-round")
    assert "1 accepted" in page.text
    fields = Page(page.text).fields()
    planned = place.client.plan_next_round(place.run_id).spec
    near = [r for r in planned.requirements if r.kind == "reference_set"]
    assert [r.references for r in near] == [[place.report.candidates[0].smiles]]
    dropped = {**fields, "drop": near[0].id, "budget": "24"}
    started = place.browser.post(f"/runs/{place.run_id}/next-round", data=dropped, follow_redirects=False)
    assert started.status_code == 303
    third = place.client.run(started.headers["location"].rpartition("/")[2])
    assert third.parent == place.run_id
    options = place.services.runs().find(third.run_id).given
    assert options.spec is not None
    assert options.spec["budget"] == 24
    assert near[0].id not in {r["id"] for r in options.spec["requirements"]}  # type: ignore[union-attr, index, call-overload]
    place.client.cancel(third.run_id)
    first = place.client.report(second).candidates
    if first:
        place.services.feedback.add(second, "1", "accept", author="bob")
        plan = place.services.rounds.plan(second)
        assert plan.earlier == [place.run_id]
        assert {c.key for c in plan.accepted} == {place.report.candidates[0].key, first[0].key}
        sets: list[Any] = [r for r in plan.spec.requirements if r.kind == "reference_set"]
        assert len(sets) == 1


def test_an_account_reviews_what_it_may_see_under_its_own_name(place: Place) -> None:
    services, run = place.services, place.run_id
    for name, role in (("dora", "reviewer"), ("emil", "chemist"), ("fred", "evaluator")):
        services.people.add(name, role, "a long enough passphrase 7!")
    tokens = {name: services.people.add_token(name, "a test").secret for name in ("dora", "emil", "fred")}
    given = {"candidate": place.report.candidates[2].key, "verdict": "hold"}
    with TestClient(create_app(services, accounts=True), base_url=ADDRESS) as browser:

        def ask(name: str, method: str, path: str, **more: Any) -> int:
            headers = {"authorization": f"Bearer {tokens[name]}"}
            return browser.request(method, f"/api/v1{path}", headers=headers, **more).status_code

        assert ask("dora", "GET", f"/runs/{run}/decisions") == 404  # nobody has shared it
        assert ask("dora", "POST", f"/runs/{run}/decisions", json=given) == 404
        assert browser.get("/api/v1/measurements", headers={"authorization": f"Bearer {tokens['dora']}"}).json()["total"] == 0
        services.sharing.give(run, "emil")
        services.sharing.share(run, "open")
        assert ask("dora", "POST", f"/runs/{run}/decisions", json=given) == 201
        assert services.feedback.history(run)[-1].author == "dora"
        assert ask("dora", "POST", f"/runs/{run}/decisions", json={**given, "reviewer": "emil"}) == 403
        assert ask("fred", "POST", f"/runs/{run}/decisions", json=given) == 403
        measured = {"candidate": given["candidate"], "property": "melting_point", "value": "100", "unit": "°C"}
        assert ask("fred", "POST", f"/runs/{run}/measurements", json=measured) == 403
        assert ask("fred", "GET", f"/runs/{run}/measurements") == 200
        assert ask("dora", "POST", f"/runs/{run}/next-round", json={}) == 403  # a reviewer starts no runs
        assert ask("emil", "GET", f"/runs/{run}/next-round") == 200
