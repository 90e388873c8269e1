"""No user sees another's private run by any route: every route of the application, asked as everybody.

The routes are those that the application has. A route whose parameters this test does not know, or that changes something and demands nothing, fails it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.routing import Mount

from app.services.lists import Upload
from app.web.guard import TOKEN
from app.web.rights import PUBLIC, SAFE, demanded
from core.errors import ApprovalNeeded
from core.options import RunOptions
from tests.people_kit import House, house

ROOT = Path(__file__).resolve().parents[3]
GOAL = "a molecule with MW < 231.7"
SECRET_TEMPLATE, SECRET_REMARK = "the unheard of family", "smells of almonds"
#: Parameters of paths that name a run, and those that name something else.
OF_RUNS = ("run_id", "talk_id", "question_id")
STRANGERS = ("bo", "cy", "di", "ed")
FORM = {TOKEN: "a-secret"}


@dataclass(frozen=True)
class Route:
    """A route with the names of its parameters."""

    method: str
    path: str
    parameters: tuple[str, ...]
    queries: tuple[str, ...]

    @property
    def of_a_run(self) -> bool:
        return any(name in OF_RUNS for name in self.parameters)


def routes_of(app: FastAPI) -> Iterator[Route]:
    """Every route of the application, those of included routers too."""
    for entry in app.routes:
        if isinstance(entry, Mount):
            assert entry.path == "/static", f"a part of the application that this test cannot look into: {entry.path}"
        elif hasattr(entry, "effective_route_contexts"):
            for found in entry.effective_route_contexts():
                for method in sorted(found.methods or ()):
                    queries = tuple(p.alias for p in found.dependant.query_params)
                    yield Route(method, found.path, tuple(re.findall(r"{(\w+)", found.path)), queries)
        else:
            yield from (Route(method, entry.path, (), ()) for method in entry.methods)  # type: ignore[attr-defined]


#: A question of ada's to the papers.
QUESTION = "0123456789cd"


@dataclass(frozen=True)
class Secrets:
    """What is ada's alone."""

    run_id: str
    waiting: str
    talk: str
    key: str
    template: str
    job: str
    replay: str
    entry: str
    marks: tuple[str, ...]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house"), server__requests=100_000) as made:
        yield made


@pytest.fixture(scope="module")
def secret(place: House) -> Secrets:
    """A finished run of ada's, one that waits, a conversation about a candidate, a saved specification, and the screen of a library."""
    ada = place.of("ada")
    run_id = ada.runs().start(GOAL, {"budget": 30, "candidates": 3, "seed": 7, "yes": True}, queued=True)
    assert place.services.runs().execute_next() == run_id
    report = ada.runs().report(run_id)
    waiting = ada.runs().start(GOAL, {"budget": 24}, queued=True)
    with pytest.raises(ApprovalNeeded):
        place.services.runs().execute_next()
    talk = "0123456789ab"
    about = f"About the candidate {report.candidates[0].smiles} of run {run_id}: why?"
    ada.store.create_run(talk, about, RunOptions(kind="chat").stored(), "2026-11-30T08:00:00+00:00")
    ada.store.create_run(
        QUESTION, f"what is known of {report.candidates[0].smiles}?", RunOptions(kind="ask").stored(), "2026-11-30T08:00:00+00:00"
    )
    template = ada.templates.save(SECRET_TEMPLATE, report.spec).template_id
    job = ada.screens.start(Upload("unheard.smi", b"CCO"), GOAL).job_id
    replay = ada.replays.ask(run_id).replay_id
    ada.feedback.add(run_id, "1", "comment", SECRET_REMARK)
    entry = ada.feedback.history(run_id)[-1].id
    marks = (
        "231.7",
        SECRET_REMARK,
        SECRET_TEMPLATE,
        template,
        job,
        replay,
        "unheard.smi",
        run_id,
        waiting,
        talk,
        *(c.smiles for c in report.candidates if len(c.smiles) > 5),
    )
    return Secrets(run_id, waiting, talk, report.candidates[0].key, template, job, replay, entry, marks)


@pytest.fixture(scope="module")
def values(place: House, secret: Secrets) -> dict[str, str]:
    """What stands for each parameter of a path. A new one has to be added here."""
    people = place.services.people
    people._store.add("zoe", "chemist", "")
    people.add_project("spare")
    token = people.add_token("zoe", "spare").token.token_id
    of_runs = {"run_id": secret.run_id, "talk_id": secret.talk, "talk": secret.talk, "question_id": QUESTION, "key": secret.key}
    # what is the team's: that it does not exist is as good
    others = ("addition_id", "document_id", "eval_id", "job_id", "passage_id", "suite", "table")
    return {
        **of_runs,
        **dict.fromkeys(others, "none"),
        "number": "1",
        "what": "cancel",
        "template_id": secret.template,
        "entry_id": secret.entry,
        "name": "zoe",
        "project": "spare",
        "token_id": token,
        "form": "json",
        "action": "pause",
        "job_id": secret.job,
        "replay_id": secret.replay,
        "model": "melting_point",
        "table": "hits",
    }


def _filled(route: Route, values: dict[str, str]) -> str:
    unknown = [name for name in route.parameters if name not in values]
    assert not unknown, f"{route.method} {route.path}: teach this test what {unknown} stand for"
    return re.sub(r"{(\w+)[^}]*}", lambda found: values[found[1]], route.path)


def _body(route: Route, document: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """What is sent along: for the API an example of its document about ada's run, for a page a form."""
    if route.method in SAFE or route.method == "DELETE":
        return {}
    if not route.path.startswith("/api/"):
        return {"data": {**FORM, "run": values["run_id"], "from": values["run_id"], "key": values["key"], "goal": "", "visibility": "open"}}
    content = document["paths"][route.path][route.method.lower()].get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    model = document["components"]["schemas"].get(content["schema"].get("$ref", "").rpartition("/")[2], {})
    example = content.get("example", (model.get("examples") or [{}])[0])
    return {"json": json.loads(json.dumps(example).replace("6c141179f229", values["run_id"]))}


def _ask(place: House, name: str, route: Route, values: dict[str, str], document: dict[str, Any], *, queries: bool = False) -> Response:
    client = place.clients[name]
    client.cookies.set(TOKEN, FORM[TOKEN])
    given = {name: values.get(name, values["run_id"]) for name in route.queries} if queries else {}
    return client.request(route.method, _filled(route, values), params=given, **_body(route, document, values))


def _leaks(answer: Response, secret: Secrets) -> list[str]:
    """What is ada's in an answer, and was not in the question. Ids may stand in the audit log, which says to what somebody wanted to do something."""
    asked = f"{answer.request.url} {answer.request.content.decode('utf-8', 'replace')}"
    said = f"{answer.content.decode('utf-8', 'replace')} {dict(answer.headers)}"
    ids = (
        (secret.run_id, secret.waiting, secret.talk, secret.template, secret.job, secret.replay)
        if "/admin" in answer.request.url.path
        else ()
    )
    return [mark for mark in secret.marks if mark in said and mark not in asked and mark not in ids]


@pytest.fixture(scope="module")
def document(place: House) -> dict[str, Any]:
    found: dict[str, Any] = place.clients["ada"].get("/api/v1/openapi.json").json()
    return found


def test_handlers_get_the_services_as_whoever_asks_has_them() -> None:
    """What goes by the one place where that is decided would be seen in these files alone."""
    sources = {f.relative_to(ROOT).as_posix(): f.read_text(encoding="utf-8") for f in (ROOT / "app").rglob("*.py")}
    assert {name for name, text in sources.items() if "state.services" in text} == {
        *("app/web/application.py", "app/web/door.py", "app/web/pages/signing.py", "app/web/rendering.py")
    }
    assert {name for name, text in sources.items() if "open_store(" in text} == {"app/wiring.py", "app/services/entry.py"}


def test_every_route_that_changes_something_says_what_it_demands(place: House) -> None:
    undemanded = [
        f"{r.method} {r.path}" for r in routes_of(place.app) if demanded(r.method, r.path) is None and not PUBLIC.fullmatch(r.path)
    ]
    assert undemanded == [], "give each a line in app/web/rights.py"


def test_nobody_gets_anything_without_signing_in(place: House, secret: Secrets, values: dict[str, str], document: dict[str, Any]) -> None:
    for route in routes_of(place.app):
        if PUBLIC.fullmatch(route.path):
            continue
        answer = _ask(place, "", route, values, document)
        if route.path.startswith("/api/"):
            assert answer.status_code == 401, route
        else:
            assert (answer.status_code, answer.headers["location"][:14]) == (303, "/sign-in?next="), route
        assert _leaks(answer, secret) == [], route


@pytest.mark.parametrize("name", STRANGERS)
def test_another_persons_run_is_not_there(
    name: str, place: House, secret: Secrets, values: dict[str, str], document: dict[str, Any]
) -> None:
    asked = 0
    for route in routes_of(place.app):
        if not route.of_a_run:
            continue
        for run_id in (secret.run_id, secret.waiting, secret.run_id[:8]) if name == "bo" else (secret.run_id,):
            said = []
            for queries in (False, True) if route.queries else (False,):
                answer = _ask(place, name, route, {**values, "run_id": run_id}, document, queries=queries)
                said.append(answer.status_code)
                assert _leaks(answer, secret) == [], route
            asked += 1
            assert set(said) <= {401, 403, 404, 422}, (route, said)
            assert min(said) < 422, (route, "what this test asks with is refused before anybody looks for the run")
    assert asked > 30


@pytest.mark.parametrize("name", STRANGERS)
def test_nothing_of_it_is_in_any_other_answer(
    name: str, place: House, secret: Secrets, values: dict[str, str], document: dict[str, Any]
) -> None:
    for route in routes_of(place.app):
        if route.of_a_run or PUBLIC.fullmatch(route.path) or (route.method not in SAFE and name not in ("bo", "ed")):
            continue
        for queries in (False, True) if route.queries and route.method in SAFE else (False,):
            answer = _ask(place, name, route, values, document, queries=queries)
            assert answer.status_code < 500, (route, answer.text[:300])
            assert _leaks(answer, secret) == [], (route, answer.text[:300])
            demand = demanded(route.method, route.path)
            if demand == "people" and name != "ed":
                assert answer.status_code == 403, route


def test_what_is_looked_for_is_not_found(place: House, secret: Secrets) -> None:
    """Searches that would find it, if it were there: by words, by the beginning of its id, by structure, by a value."""
    searches = [
        *("/api/v1/runs?text=231.7&archived=all", f"/api/v1/runs?text={secret.run_id[:6]}", "/runs?text=231.7"),
        *("/api/v1/structures?structure=C", "/api/v1/structures?structure=CC&how=similarity&least=0"),
        *(
            "/api/v1/structures?property=molecular_weight&low=0",
            "/runs?structure=C",
            f"/api/v1/structures?structure=C&after={secret.run_id}.0",
        ),
        *("/api/v1/templates", "/templates", f"/?from={secret.run_id}"),
    ]
    for name in STRANGERS:
        for address in searches:
            answer = place.clients[name].get(address)
            assert _leaks(answer, secret) == [], (name, address)
    found = [a for a in searches if _leaks(place.clients["ada"].get(a), secret)]
    assert len(found) > len(searches) - 3, "the owner finds it, so that the test above can fail"


def test_its_owner_gets_it_by_every_route(place: House, secret: Secrets, values: dict[str, str], document: dict[str, Any]) -> None:
    for route in routes_of(place.app):
        if route.method == "GET" and route.of_a_run and not route.path.endswith(("/talk", "/live", "/stream")):
            assert _ask(place, "ada", route, values, document).status_code not in (401, 403, 404), route


def test_shared_it_is_seen_by_those_who_may_and_changed_by_its_owner_alone(place: House, secret: Secrets) -> None:
    people, share, address = place.services.people, place.of("ada").sharing.share, f"/api/v1/runs/{secret.run_id}"
    people.add_project("shared dyes")
    for name in ("ada", "cy"):
        people.set_member("shared dyes", name, member=True)

    def who_sees() -> set[str]:
        return {name for name in STRANGERS if place.clients[name].get(address).status_code == 200}

    share(secret.run_id, "project", "shared dyes")
    assert who_sees() == {"cy"}
    place.of("ada").sharing.share_like(secret.waiting, secret.run_id)  # as a next round is
    assert place.clients["cy"].get(f"/api/v1/runs/{secret.waiting}").status_code == 200
    share(secret.waiting, "private")
    assert [place.clients["cy"].post(f"{address}/{act}").status_code for act in ("archive", "cancel")] == [403, 403]
    share(secret.run_id, "open")
    assert who_sees() == set(STRANGERS)
    assert [place.clients[n].put(f"{address}/access", json={"visibility": "private"}).status_code for n in STRANGERS] == [403] * 4
    assert place.clients["bo"].delete(address).status_code == 403
    page, own = (place.clients[name].get("/runs").text for name in ("bo", "ada"))
    assert (f"Archive run {secret.run_id}" in page, f"Archive run {secret.run_id}" in own) == (False, True)
    assert "Delete …" not in place.clients["bo"].get(f"/runs/{secret.run_id}").text
    people.set_member("shared dyes", "cy", member=False)
    share(secret.run_id, "project", "shared dyes")
    assert who_sees() == set()
    people.remove_project("shared dyes")
    people.add_project("shared dyes")
    people.set_member("shared dyes", "bo", member=True)
    assert who_sees() == set(), "a new project of the same name inherits nothing"
    assert place.of("ada").sharing.of(secret.run_id).visibility == "private"


def test_a_screen_is_there_for_whoever_asked_for_it_alone(place: House, secret: Secrets) -> None:
    for address in (f"/libraries/{secret.job}", f"/api/v1/libraries/{secret.job}"):
        assert place.clients["ada"].get(address).status_code == 200
        assert [place.clients[name].get(address).status_code for name in STRANGERS] == [404] * 4
        assert place.clients["bo"].post(f"{address}/cancel", data=FORM).status_code in (403, 404)
    assert "unheard.smi" in place.clients["ada"].get("/libraries").text
    assert place.services.jobs.find(secret.job).user == "ada"
    assert place.services.jobs.find(secret.job).status == "queued"
