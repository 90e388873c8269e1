"""Accounts, sessions, tokens, projects, the audit log, and the run store as one person has it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import NotAllowedError, NotFoundError, QuotaError, StatusError, UsageError
from core.feedback import Said
from core.interfaces import RunStore
from core.people import Person, RunAccess, Token
from core.runs import RunFilter
from memory.sql import SqlRunStore
from memory.sql.people import SqlPeople
from memory.sql.sharing import READ, REVIEW, PersonsStore
from tests.memory.conftest import Clock, make_candidate, make_spec

NOW = "2026-01-02T03:04:05+00:00"
ADA, BO, CY, ED = Person("ada", "chemist"), Person("bo", "chemist"), Person("cy", "reviewer"), Person("ed", "admin")
DESIGN: dict[str, Any] = {"budget": 10}


@pytest.fixture
def people(store_url: str, store: SqlRunStore, clock: Clock) -> Iterator[SqlPeople]:
    made = SqlPeople(store_url, clock=clock)
    for person in (ADA, BO, CY, ED):
        made.add(person.name, person.role, "a hash")
    yield made
    made.close()


@pytest.fixture
def ada(store: SqlRunStore, people: SqlPeople) -> RunStore:
    """The store as ada has it, with a run of hers."""
    hers = store.seen_by(ADA, most=2)
    hers.create_run("a1b2c3", "secret α", DESIGN, NOW)
    lease = hers.acquire("a1b2c3", "ada's worker")
    hers.save_spec(lease, make_spec())
    hers.save_candidates(lease, [make_candidate()])
    hers.set_status(lease, "success", finished_at=NOW)
    hers.release(lease)
    return hers


def _bo(store: SqlRunStore) -> RunStore:
    return store.seen_by(BO, most=2)


#: What a method of the store is asked with that names no run first.
ELSE: dict[str, tuple[Any, ...]] = {
    "runs": (),
    "search_runs": (RunFilter(),),
    "queue": (),
    "owned": (["a1b2c3"],),
    "columns": (["a1b2c3"], ["kept"]),
    "candidates_at": ([("a1b2c3", 0)],),
    "measured": (RunFilter(),),
}


def _methods() -> list[str]:
    return sorted(n for n, m in inspect.getmembers(RunStore, inspect.isfunction) if not n.startswith("_"))


def test_no_method_of_the_store_gives_another_person_anything_of_it(store: SqlRunStore, ada: RunStore) -> None:
    lease, bo = store.acquire("a1b2c3", "somebody"), _bo(store)
    known = {"run_id": "a1b2c3", "lease": lease, "at": NOW, "goal": "x", "options": DESIGN}
    for name in _methods():
        if name in ELSE:
            assert getattr(bo, name)(*ELSE[name]) in ([], {}, set(), ([], 0)), name
            continue
        parameters = list(inspect.signature(getattr(SqlRunStore, name)).parameters.values())[1:]
        given = [known.get(p.name, "x") for p in parameters if p.default is p.empty and p.kind is not p.KEYWORD_ONLY]
        with pytest.raises((NotFoundError, NotAllowedError, AttributeError)):
            pytest.fail(f"{name} gives {list(getattr(bo, name)(*given))}")


def test_what_is_open_to_readers_and_reviewers_is_there() -> None:
    for name in READ | REVIEW:
        assert list(inspect.signature(getattr(SqlRunStore, name)).parameters)[1] == "run_id", name
    assert not READ & REVIEW
    assert not [n for n in (*READ, *REVIEW) if n in vars(PersonsStore)]


def test_its_owner_has_it_by_id_by_beginning_by_search_and_in_the_list(ada: RunStore, store: SqlRunStore) -> None:
    store.create_run("a1ffff", "of this machine", DESIGN, NOW)
    assert ada.owned(["a1b2c3", "a1ffff"]) == {"a1b2c3"}
    assert store.owned(["a1b2c3", "a1ffff"]) == {"a1b2c3", "a1ffff"}
    assert ada.run("a1").run_id == "a1b2c3"  # another one that begins so does not exist for her
    assert [r.run_id for r in ada.runs()] == ["a1b2c3"]
    assert ada.search_runs(RunFilter(text="secret"))[1] == 1
    assert store.search_runs(RunFilter())[1] == 2
    assert list(ada.candidates_at([("a1b2c3", 0)])) == [("a1b2c3", 0)]
    assert len(list(ada.each_candidate("a1b2c3"))) == 1
    with pytest.raises(NotFoundError, match="no run 'a1ffff'"):
        ada.report("a1ffff")


def test_a_run_that_is_shared_is_read_by_its_readers_and_changed_by_its_owner(store: SqlRunStore, ada: RunStore, people: SqlPeople) -> None:
    people.add_project("blue")
    people.set_member("blue", "cy", member=True)
    with pytest.raises(NotFoundError, match="no project 'blue' of yours"):
        ada.set_access("a1b2c3", RunAccess("ada", "project", "blue"))
    people.set_member("blue", "ada", member=True)
    ada.set_access("a1b2c3", RunAccess("bo", "project", "blue"))
    assert ada.access("a1b2c3") == RunAccess("ada", "project", "blue"), "over the network nobody gives a run away"
    cy, bo = store.seen_by(CY, most=2), _bo(store)
    assert cy.run("a1b2c3").goal == "secret α"
    cy.add_feedback("a1b2c3", Said("", "comment", "good", "cy", NOW))
    for change in (lambda: cy.archive_run("a1b2c3", NOW), lambda: cy.delete_run("a1b2c3"), lambda: cy.acquire("a1b2c3", "cy")):
        with pytest.raises(NotAllowedError, match="only its owner"):
            change()
    with pytest.raises(NotFoundError):
        bo.run("a1b2c3")
    ada.set_access("a1b2c3", RunAccess("ada", "open"))
    assert bo.access("a1b2c3").words == "open to everybody with an account"
    with pytest.raises(NotAllowedError, match="does not allow reviews"):
        store.seen_by(Person("ed", "evaluator"), most=1).add_feedback("a1b2c3", Said("", "comment", "", "ed", NOW))
    people.disable("bo", disabled=True)
    with pytest.raises(NotFoundError):
        bo.run("a1b2c3")  # whoever holds it open, too


def test_roles_and_quotas_are_asked_when_a_run_is_started_or_goes_on(store: SqlRunStore, ada: RunStore, people: SqlPeople) -> None:
    with pytest.raises(NotAllowedError, match="reviewer, does not allow starting runs"):
        store.seen_by(CY, most=2).create_run("c1", "x", DESIGN, NOW)
    store.seen_by(CY, most=0).create_run("c2", "a question", {"kind": "ask"}, NOW)
    for number in (1, 2):
        ada.create_run(f"r{number}", "x", DESIGN, NOW, queued=True)
        ada.create_run(f"r{number}", "x", DESIGN, NOW, queued=True)  # the same once more changes nothing
    with pytest.raises(QuotaError, match="2 of your runs are under way"):
        ada.create_run("r3", "x", DESIGN, NOW)
    ada.ask_to_stop("r1", "paused", NOW)
    ada.create_run("r3", "x", DESIGN, NOW)
    with pytest.raises(QuotaError):
        ada.enqueue("r1", NOW)
    people.change("ada", quota=9)
    ada.enqueue("r1", NOW)
    assert ada.queue() == ["r1", "r2"] or ada.queue() == ["r2", "r1"]
    assert _bo(store).queue() == ["", ""], "how many wait is no secret, which is"
    with pytest.raises(NotFoundError):
        _bo(store).create_run("r1", "x", DESIGN, NOW)  # an id that is somebody else's


def test_a_name_that_was_removed_hands_nothing_on(store: SqlRunStore, ada: RunStore, people: SqlPeople) -> None:
    people.remove("ada")
    people.add("ada", "chemist", "another hash")
    with pytest.raises(NotFoundError):
        store.seen_by(ADA, most=2).run("a1b2c3")
    assert store.give_unowned("bo") == 1
    assert _bo(store).run("a1b2c3").goal == "secret α"
    with pytest.raises(NotFoundError):
        store.set_access("a1b2c3", RunAccess("nobody"))
    with pytest.raises(UsageError):
        store.set_access("a1b2c3", RunAccess("bo", "project"))


def test_an_admin_is_always_left(people: SqlPeople) -> None:
    for change in (lambda: people.change("ed", role="chemist"), lambda: people.disable("ed", disabled=True), lambda: people.remove("ed")):
        with pytest.raises(StatusError, match="no admin"):
            change()
    people.change("ada", role="admin")
    people.disable("ed", disabled=True)
    assert [(a.name, bool(a.disabled_at)) for a in people.accounts()] == [("ada", False), ("bo", False), ("cy", False), ("ed", True)]
    with pytest.raises(StatusError, match="already"):
        people.add("bo", "chemist", "x")


def test_sessions_end_by_time_by_signing_out_by_another_password_and_with_the_account(people: SqlPeople, clock: Clock) -> None:
    for name in ("one", "two"):
        people.begin_session("ada", name, "")
    clock.forward(60)
    people.touch_session("one")
    assert people.session("two", NOW) is not None
    found = people.session("one", clock().isoformat())
    assert found is not None
    assert (found[0].name, people.session("two", clock().isoformat())) == ("ada", None)
    people.end_session("two")
    assert people.session("two", "") is None
    people.change("ada", password_hash="another")
    assert people.session("one", "") is None
    people.begin_session("ada", "three", "")
    people.disable("ada", disabled=True)
    assert (people.session("three", ""), people.password_hash("ada")) == (None, None)


def test_tokens_end_by_time_and_when_they_are_revoked(people: SqlPeople, clock: Clock) -> None:
    people.add_token(Token("t1", "ada", "notebook", NOW, "2026-01-02T03:05:00+00:00", ""), "h1")
    people.add_token(Token("t2", "ada", "cluster", NOW, "2027-01-01T00:00:00+00:00", ""), "h2")
    people.touch_token("t2")
    assert people.token_account("h1") is not None
    clock.forward(60)
    assert people.token_account("h1") is None
    with pytest.raises(NotFoundError):
        people.revoke("t2", "bo")
    assert people.revoke("t2", "ada").used_at == NOW
    assert (people.token_account("h2"), [t.token_id for t in people.tokens()]) == (None, ["t1"])


def test_the_audit_log_is_searched_and_outlives_whom_it_names(people: SqlPeople) -> None:
    for number in range(3):
        people.note("bo", "Archive a run", f"run {number}", "192.0.2.1", "done")
    people.note("cy", "Sign in", "", "192.0.2.2", "refused")
    people.remove("bo")
    entries, total = people.audit("archive", limit=2)
    assert ([e.target for e in entries], total) == (["run 2", "run 1"], 3)
    assert people.audit(person="cy")[0][0].outcome == "refused"
    assert people.audit("100%")[1] == 0
