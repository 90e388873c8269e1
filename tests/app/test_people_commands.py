"""`molwright people`, `runs share` and `runs give`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.services.entry import Services
from core.errors import NotFoundError, StatusError, UsageError
from core.people import Person

PASSWORD = "plum orbit ladder seven"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOLWRIGHT_USER__NAME", "operator")
    monkeypatch.setenv("COLUMNS", "200")


def _called(*arguments: str, stdin: str = "") -> Any:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def test_an_admin_is_made_on_the_command_line_and_can_sign_in() -> None:
    made = _called("people", "add", "ada", "--role", "admin", stdin=f"{PASSWORD}\n")
    assert (made.exit_code, "with the role admin" in made.output) == (0, True)
    people = Services().people
    assert people.signed_in(people.sign_in("Ada", PASSWORD)) == Person("ada", "admin")
    assert PASSWORD not in (people._store.password_hash("ada") or "")
    assert people._store.password_hash("ada").startswith("$argon2id$")  # type: ignore[union-attr]
    listed = json.loads(_called("people", "list", "--json").stdout)
    assert [(a["name"], a["role"]) for a in listed] == [("ada", "admin")]
    assert isinstance(_called("people", "remove", "ada").exception, type(None)), "the last account of all may go"


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "ada", "--role", "boss"), PASSWORD, "the roles are chemist, reviewer, evaluator, admin"),
        (("add", "Ada!"), PASSWORD, "small letters"),
        (("add", "ada"), "short", "12 to 1000 characters"),
        (("add", "ada"), "ada-ada-ada-ada", "too easy to guess"),
        (("role", "bo", "admin"), "", "no account 'bo'"),
        (("password", "bo"), PASSWORD, "no account 'bo'"),
        (("quota", "bo", "many"), "", "a number of runs, or 'usual'"),
        (("token", "revoke", "beef"), "", "no token 'beef'"),
        (("project", "join", "blue", "bo"), "", "no project 'blue'"),
    ],
)
def test_what_cannot_be_used_is_named(arguments: tuple[str, ...], stdin: str, said: str) -> None:
    failed = _called("people", *arguments, stdin=f"{stdin}\n")
    assert isinstance(failed.exception, UsageError)
    assert said in str(failed.exception)
    assert failed.exception.exit_code == 2


def test_tokens_projects_quotas_and_what_was_done() -> None:
    people = Services().people
    for name, role in (("ada", "admin"), ("bo", "chemist")):
        people._store.add(name, role, "")  # type: ignore[arg-type]
    token = _called("people", "token", "add", "bo", "--label", "cluster", "--days", "30")
    assert people.with_token(token.stdout.strip()) == Person("bo", "chemist")
    assert people.with_token(token.stdout.strip() + "x") is None
    [listed] = json.loads(_called("people", "token", "list", "--json").stdout)
    assert (listed["person"], listed["label"], token.stdout.strip() in str(listed)) == ("bo", "cluster", False)
    assert _called("people", "project", "add", "blue dyes", "--member", "bo").exit_code == 0
    assert _called("people", "project", "join", "blue dyes", "ada").exit_code == 0
    assert _called("people", "quota", "bo", "7").exit_code == 0
    assert _called("people", "role", "bo", "reviewer").exit_code == 0
    assert _called("people", "token", "revoke", listed["token_id"]).exit_code == 0
    assert people.with_token(token.stdout.strip()) is None
    assert (people.account("bo").quota, people.projects("bo")[0].members) == (7, ("ada", "bo"))
    assert isinstance(_called("people", "role", "ada", "chemist").exception, StatusError)
    entries = json.loads(_called("people", "audit", "--json").stdout)["entries"]
    assert {e["origin"] for e in entries} == {"command line"}
    assert [e["action"] for e in entries][:2] == ["Revoke an API token", "Change the role of an account"]
    assert _called("people", "audit", "--person", "operator", "--text", "quota").output.count("bo: 7") == 1


def test_a_run_of_this_machine_is_given_and_shared() -> None:
    door = Services()
    for name in ("ada", "bo"):
        door.people._store.add(name, "chemist", "")
    run_id = door.runs().start("a molecule with MW < 300", {"budget": 10}, queued=True)
    bo = door.seen_by(Person("bo", "chemist"))
    with pytest.raises(NotFoundError):
        bo.runs().find(run_id)
    assert _called("runs", "give", "ada", run_id[:6]).exit_code == 0
    assert _called("runs", "share", run_id, "--open").exit_code == 0
    assert bo.runs().find(run_id).run_id == run_id
    shown = json.loads(_called("runs", "share", run_id, "--json").stdout)
    assert (shown["owner"], shown["visibility"]) == ("ada", "open")
    assert isinstance(_called("runs", "share", run_id, "--open", "--private").exception, UsageError)
    assert _called("runs", "share", run_id, "--private").exit_code == 0
    other = door.runs().start("a molecule with MW < 299", {"budget": 10}, queued=True)
    given = _called("runs", "give", "bo", "--unowned")
    assert "1 runs are bo's now" in given.output
    assert [r.run_id for r in bo.runs().list()] == [other]
