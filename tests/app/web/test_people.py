"""A server with accounts: signing in, sessions, tokens, roles, limits, the audit log, the pages and the API of people."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client
from app.services.people import hashed
from app.web import api, pages
from app.web.application import create_app
from app.web.entrance import Entrance
from app.web.guard import TOKEN
from app.web.hosts import needs_accounts, require_an_admin, warnings
from app.web.limits import Rate, SignIns
from app.web.log_words import DONE, action_words, target_words
from app.web.person import SAFE_SESSION, SESSION
from app.web.rights import demanded
from core.errors import ConfigurationError
from core.people import RIGHTS, ROLES, Person
from tests.people_kit import ADDRESS, House, house
from tests.settings_kit import settings_of

PASSWORD = "plum orbit ladder seven"
FORM = {TOKEN: "a-secret"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house"), server__runs_per_person=2) as made:
        made.services.people.set_password("ada", PASSWORD)
        yield made


@pytest.fixture
def browser(place: House) -> TestClient:
    """A browser in which nobody has signed in, with the cookie of our forms."""
    return TestClient(place.app, base_url=ADDRESS, cookies={TOKEN: FORM[TOKEN]}, follow_redirects=False)


def _sign_in(browser: TestClient, password: str = PASSWORD, **more: str) -> int:
    return browser.post("/sign-in", data={**FORM, "name": "ada", "password": password, **more}).status_code


def test_a_session_begins_with_the_password_and_ends_with_signing_out(browser: TestClient, place: House) -> None:
    away = browser.get("/runs?text=a%20b")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?next=/runs%3Ftext%3Da%2520b")
    assert browser.get("/sign-in?next=/runs").text.count('value="/runs"') == 1
    answer = browser.post("/sign-in", data={**FORM, "name": "Ada", "password": PASSWORD, "next": "/runs?text=a%20b"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs?text=a%20b")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    secret = browser.cookies[SESSION]
    page = browser.get("/runs")
    assert "ada, chemist" in page.text
    assert secret not in page.text
    assert hashed(secret) != secret
    assert browser.post("/sign-out", data={TOKEN: "another"}).status_code == 403
    assert browser.post("/sign-out", data=FORM).headers["location"] == "/sign-in"
    browser.cookies.set(SESSION, secret)
    assert browser.get("/runs").status_code == 303
    assert place.services.people.audit("sign")[0][0].action == "Sign out"


def test_over_https_the_cookies_are_sent_by_https_alone(place: House) -> None:
    safe = TestClient(place.app, base_url="https://127.0.0.1:8642", cookies={TOKEN: FORM[TOKEN]}, follow_redirects=False)
    cookie = safe.post("/sign-in", data={**FORM, "name": "ada", "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith(f"{SAFE_SESSION}=")
    assert "Secure" in cookie
    fresh = TestClient(place.app, base_url="https://127.0.0.1:8642").get("/sign-in")
    assert "Secure" in fresh.headers["set-cookie"]


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"])
def test_the_way_back_leads_nowhere_else(back: str, browser: TestClient) -> None:
    answer = browser.post("/sign-in", data={**FORM, "name": "ada", "password": PASSWORD, "next": back})
    assert answer.headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike_and_not_for_ever(place: House) -> None:
    place.app.state.sign_ins = SignIns()
    browser = TestClient(place.app, base_url=ADDRESS, cookies={TOKEN: FORM[TOKEN]}, follow_redirects=False)
    said = [browser.post("/sign-in", data={**FORM, "name": name, "password": "wrong"}) for name in ("ada", "nobody")]
    assert [a.status_code for a in said] == [401, 401]
    assert len({re.search(r'role="alert"><p>(.*?)</p>', a.text)[1] for a in said}) == 1  # type: ignore[index]
    for _ in range(9):
        place.app.state.sign_ins.failed("ada", "testclient")
    assert _sign_in(browser) == 429, "the right one neither, from there"
    place.app.state.sign_ins = SignIns()
    assert _sign_in(browser) == 303


def test_a_disabled_account_is_out_at_once(browser: TestClient, place: House) -> None:
    assert _sign_in(browser) == 303
    place.services.people.disable("ada")
    assert browser.get("/runs").status_code == 303
    assert place.clients["ada"].get("/api/v1/runs").status_code == 401
    place.services.people.enable("ada")
    assert place.clients["ada"].get("/api/v1/runs").status_code == 200


def test_a_token_is_made_once_shown_once_and_revoked(browser: TestClient, place: House) -> None:
    assert _sign_in(browser) == 303
    page = browser.post("/me/tokens", data={**FORM, "label": "note<book>", "days": "5"})
    secret = re.search(r'class="secret">(mw_[\w-]+)<', page.text)[1]  # type: ignore[index]
    assert secret not in browser.get("/me").text
    assert "note&lt;book&gt;" in page.text
    program = Client(http=TestClient(place.app, base_url=ADDRESS), token=secret)
    assert (program.me().name, program.me().local, program.me().quota) == ("ada", False, 2)
    again = program.make_token("another", days=1)
    assert program.revoke_token(again.token_id) is None
    token = next(t for t in program.tokens() if t.label == "note<book>")
    assert browser.post(f"/me/tokens/{token.token_id}/revoke", data=FORM).status_code == 303
    with pytest.raises(ApiError, match="needs an account") as refused:
        program.me()
    assert refused.value.status == 401
    assert browser.post("/me/tokens", data={**FORM, "label": "x", "days": "many"}).status_code == 422


def test_the_own_password_is_changed_by_who_knows_it(browser: TestClient, place: House) -> None:
    assert _sign_in(browser) == 303
    new = "seven ladders orbit a plum"
    wrong = browser.post("/me/password", data={**FORM, "old": "no", "new": new, "again": new})
    assert (wrong.status_code, "the old password is not right" in wrong.text) == (422, True)
    assert browser.post("/me/password", data={**FORM, "old": PASSWORD, "new": new, "again": "x"}).status_code == 422
    assert browser.post("/me/password", data={**FORM, "old": PASSWORD, "new": new, "again": new}).status_code == 303
    assert browser.get("/me").status_code == 303, "every session has ended"
    assert _sign_in(browser, new) == 303
    place.services.people.set_password("ada", PASSWORD)


def test_an_admin_manages_people_on_the_page(place: House) -> None:
    admin = place.clients["ed"]
    admin.cookies.set(TOKEN, FORM[TOKEN])
    faulty = admin.post("/admin/people", data={**FORM, "name": "Gus", "role": "chemist", "password": PASSWORD})
    assert (faulty.status_code, "small letters" in faulty.text) == (422, True)
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("/admin/people", {"name": "gus", "role": "chemist", "password": PASSWORD}),
        ("/admin/people/gus", {"role": "reviewer", "quota": "7"}),
        ("/admin/people/gus/disable", {}),
        ("/admin/people/gus/enable", {}),
        ("/admin/projects", {"project": "blue-green dyes"}),
        ("/admin/projects/blue-green dyes/members", {"person": "gus", "member": "yes"}),
    )
    for address, fields in steps:
        answer = admin.post(address, data={**FORM, **fields})
        assert answer.status_code == 303, address
        assert answer.headers["location"] == "/admin?done=yes"
    gus = place.services.people.account("gus")
    assert (gus.role, gus.quota) == ("reviewer", 7)
    page = admin.get("/admin").text
    assert "blue-green dyes" in page
    assert "Remove gus from blue-green dyes" in page
    assert "Remove gus?" in admin.get("/admin/people/gus/remove").text
    assert admin.post("/admin/people/gus/remove", data=FORM).status_code == 303
    assert admin.post("/admin/projects/blue-green dyes/remove", data=FORM).status_code == 303
    assert admin.post("/admin/people/ed/disable", data=FORM).status_code == 409, "the last admin"
    said = admin.get("/admin/audit?person=ed&text=account").text
    assert "gus as chemist" in said
    assert PASSWORD not in said
    assert "No" not in admin.get("/admin/audit?text=nothing-like-it").text.partition("<caption>")[0][-20:]


def test_what_was_done_is_in_the_log_before_its_answer_is_read(place: House) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 303, "headers": [(b"location", b"/runs/abc")]})
        seen.append(place.services.people.audit(limit=1)[0][0].target)

    async def ask() -> None:
        async def send(message: Any) -> None:
            seen.append(message["type"])

        scope = {"type": "http", "method": "POST", "path": "/runs", "headers": [], "query_string": b"", "client": ("127.0.0.1", 1)}
        await Entrance(app, place.services, False)(scope, lambda: None, send)  # type: ignore[arg-type]

    asyncio.run(ask())
    assert seen == ["http.response.start", "run abc"]


@pytest.mark.parametrize(
    ("method", "path", "made", "said"),
    [
        ("POST", "/runs", "/runs/abc", "run abc"),
        ("POST", "/runs/abc/pause", "/runs/abc", "run abc"),
        ("POST", "/runs/abc/next-round", "/runs/def", "run abc"),
        ("POST", "/api/v1/runs/abc/cancel", "", "run abc"),
        ("POST", "/runs/abc/candidates/SECRET/ask", "/runs/abc/candidates/SECRET?talk=1#ask", "a candidate of run abc"),
        ("POST", "/evaluations/jobs/55/cancel", "/evaluations", "run 55 of a suite"),
        ("POST", "/templates", "/templates/low-tg", "specification low-tg"),
        ("DELETE", "/api/v1/literature/papers/x", "", "paper x"),
        ("POST", "/sign-out", "/sign-in", ""),
        ("POST", "/nowhere", "", "POST /nowhere"),
    ],
)
def test_the_log_says_to_what_something_was_done_in_words(method: str, path: str, made: str, said: str) -> None:
    assert target_words(method, path, made) == said


def test_the_log_says_what_was_done_and_not_what_might_have_been() -> None:
    rooms = [importlib.import_module(m.name) for room in (pages, api) for m in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")]
    handlers = {name: found for room in rooms for name, found in vars(room).items() if inspect.isfunction(found)}
    assert action_words(handlers["_change"], {"action": "pause"}) == "Pause a run"
    assert action_words(handlers["_approve_and_run"], {}) == "Start a run"
    assert action_words(handlers["_share"], {}) == "Share a run"  # its own first line
    assert action_words(None, {}) == ""
    missing = {name for name in DONE if f"_{name.split()[0]}" not in handlers}
    assert missing == set()


def test_an_admin_manages_people_by_the_api(place: House) -> None:
    admin = Client(http=place.clients["ed"])
    made = admin.add_person("hal", "evaluator", PASSWORD)
    assert (made.role, made.quota) == ("evaluator", None)
    assert admin.change_person("hal", quota=3, role="chemist").quota == 3
    assert admin.change_person("hal", quota=-1, disabled=True).disabled_at
    assert admin.add_project("red", ("hal", "ada")).members == ["ada", "hal"]
    assert admin.set_member("red", "hal", member=False).members == ["ada"]
    assert [p.name for p in admin.projects()] == ["red"]
    assert "red" in Client(http=place.clients["ada"]).me().projects
    admin.remove_project("red")
    admin.remove_person("hal")
    assert "hal" not in [p.name for p in admin.people()]
    assert "hal" in admin.audit("Remove an account").entries[0].target
    assert {t.person for t in admin.tokens(everybodys=True)} >= {"ada", "ed"}
    with pytest.raises(ApiError) as refused:
        Client(http=place.clients["bo"]).people()
    assert refused.value.status == 403


def test_runs_are_limited_by_the_quota_and_named_by_the_persons_own_keys(place: House) -> None:
    ada, bo = Client(http=place.clients["ada"]), Client(http=place.clients["bo"])
    mine, theirs = (client.start("a molecule with MW < 300", budget=10, key="one") for client in (ada, bo))
    assert mine.run_id != theirs.run_id
    assert ada.start("a molecule with MW < 300", budget=10, key="one").run_id == mine.run_id
    assert ada.run(mine.run_id).position == 1
    assert bo.run(theirs.run_id).position == 2, "those before are counted, not named"
    ada.start("a molecule with MW < 301", budget=10)
    with pytest.raises(ApiError, match="quota") as refused:
        ada.start("a molecule with MW < 302", budget=10)
    assert refused.value.status == 429
    assert (ada.access(mine.run_id).owner, ada.share(mine.run_id, "open").visibility) == ("ada", "open")
    assert bo.run(mine.run_id).goal == "a molecule with MW < 300"
    place.clients["ada"].cookies.set(TOKEN, FORM[TOKEN])
    page = place.clients["ada"].get(f"/runs/{mine.run_id}/access").text
    assert "started by ada · open to everybody" in page
    assert place.clients["ada"].post(f"/runs/{mine.run_id}/access", data={**FORM, "visibility": "private"}).status_code == 303
    with pytest.raises(ApiError):
        bo.run(mine.run_id)
    with pytest.raises(ApiError) as none:
        Client(http=place.clients["cy"]).start("a molecule with MW < 300")
    assert none.value.status == 403
    assert [e.action for e in Client(http=place.clients["ed"]).audit("share").entries] == ["Share a run", "Share a run"]


def test_what_is_written_carries_the_persons_name(place: House) -> None:
    run = Client(http=place.clients["bo"]).runs().runs[0]
    assert place.of("bo").runs().find(run.run_id).options["user"] == "bo"
    assert place.services.settings.user.name == "operator"


def test_too_many_requests_are_told_when_to_come_back(place: House) -> None:
    app = create_app(place.services, accounts=True)
    with TestClient(app, base_url=ADDRESS) as client:
        stack = app.middleware_stack
        while not isinstance(stack, Entrance):
            stack = stack.__dict__.get("app") or stack._app  # type: ignore[union-attr]
        stack._rate = Rate(2, 60.0)
        answers = [client.get("/api/v1/runs") for _ in range(3)]
    assert [a.status_code for a in answers] == [401, 401, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61


def test_a_count_ends_with_its_time() -> None:
    now = [0.0]
    rate = Rate(2, 10.0, clock=lambda: now[0])
    for _ in range(2):
        assert rate.wait("a") == 0
        rate.count("a")
    assert (rate.wait("a"), rate.wait("b")) == (11, 0)
    now[0] = 10.0
    assert rate.wait("a") == 0
    rate.count("a")
    rate.forget("a")
    assert rate.wait("a") == 0


def test_names_of_the_server_are_asked_for(place: House) -> None:
    services = place.services
    named = services.settings.model_copy(update={"server": services.settings.server.model_copy(update={"names": ("lab.example.org",)})})
    app = create_app(type(services)(named), accounts=True)
    with TestClient(app, base_url="http://lab.example.org") as client:
        assert client.get("/api/v1/runs").status_code == 401
        for host in ("evil.example", "lab.example.org.evil.example", "192.168.0.7"):
            assert client.get("/api/v1/runs", headers={"host": host}).status_code == 421
        foreign = client.post("/api/v1/structures", json={}, headers={"origin": "http://evil.example"})
        assert foreign.status_code == 403


def test_where_others_come_in_accounts_are_needed_and_an_admin(place: House) -> None:
    alone = place.services
    assert [needs_accounts(alone, host) for host in ("127.0.0.1", "::1", "localhost")] == [False] * 3
    assert [needs_accounts(alone, host) for host in ("0.0.0.0", "::", "192.168.1.1", "lab.example.org", "")] == [True] * 5
    for setting in ({"server__names": "lab.example.org"}, {"server__https": True}, {"server__proxies": "127.0.0.1"}):
        home = alone.settings.home / "empty"
        behind = type(alone)(settings_of(home=home, **setting))
        assert needs_accounts(behind, "127.0.0.1"), "a proxy brings others to the loopback address"
        with pytest.raises(ConfigurationError, match="people add NAME --role admin"):
            require_an_admin(behind)
    require_an_admin(alone)
    assert len(warnings(alone, "0.0.0.0")) == 2
    assert warnings(alone, "127.0.0.1") == []


def test_without_accounts_nobody_comes_in_through_a_proxy(place: House) -> None:
    with TestClient(create_app(place.services), base_url=ADDRESS) as client:
        assert client.get("/api/v1/me").json()["local"] is True
        for header in ("x-forwarded-for", "forwarded", "x-real-ip"):
            assert client.get("/api/v1/me", headers={header: "192.0.2.1"}).status_code == 421
        assert client.get("/sign-in").history[0].status_code == 303
        assert "no password" in client.get("/me").text


def test_what_a_route_demands_is_written_in_one_table() -> None:
    assert demanded("GET", "/runs/abc") == "look"
    assert demanded("POST", "/runs/abc/archive") == "start"
    assert demanded("POST", "/runs/a/candidates/b/ask") == "self"
    assert demanded("GET", "/admin/audit") == "people"
    assert demanded("DELETE", "/api/v1/admin/people/ada") == "people"
    assert demanded("GET", "/api/v1/templates") == "look"
    assert demanded("DELETE", "/api/v1/templates/x") == "start"
    assert demanded("POST", "/something/new") is None
    assert demanded("POST", "/measures") is None, "what only begins like another address is not beneath it"
    assert (demanded("POST", "/me/tokens"), demanded("GET", "/me")) == ("self", "self")
    assert demanded("POST", "/api/v1/structures/tables") == "start", "the first line that fits counts"
    assert demanded("GET", "/api/v1/models") == "look"
    assert set(RIGHTS) == set(ROLES)
    assert all(Person("x", role).may("look") for role in ROLES)
    assert not any(Person("x", role).may("people") for role in ROLES if role != "admin")
