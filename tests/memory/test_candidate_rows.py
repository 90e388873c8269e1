"""Candidates come back as they were stored, once each, fast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import func, select

from core.against import Reason
from core.candidate import Candidate, ListStanding, Measurement, Origin, PropertyValue
from core.errors import NotFoundError, StoreError
from core.in_papers import InPapers, PaperMention, PaperPlace, PaperValue
from core.interfaces import Lease
from memory.sql import SqlRunStore
from memory.sql.models import CandidateRow, CitationRow, PropertyValueRow, Ranking
from tests.memory.before_0006 import as_before

NewCandidate = Callable[..., Candidate]


def full(candidate: Candidate) -> Candidate:
    """``candidate`` with what has been added since schema 0006 too, so that every field is filled."""
    tg = candidate.properties["glass_transition_temperature"]
    measured = Measurement(
        value=52.0,
        unit="°C",
        sigma=3.0,
        count=2,
        source="a set",
        conditions="in toluene",
        same=False,
        spread="repeats",
        doubt="all others differ",
        moved_to="in water",
        moved_spread="left out",
    )
    known = tg.model_copy(
        update={"quartiles": (48.0, 51.5), "outcome": "positive", "basis": "measured", "measured": measured, "fitted": 49.5}
    )
    against = [Reason(kind="unfit", text="it has none", source="a book", rule="emission-azo")]
    lists = [ListStanding(id="oecd_pfas", name="PFAS", on=True, text="one", source="OECD, 2021")]
    place = PaperPlace(
        document_id="d",
        passage_id="d:1",
        title="Films",
        year=2010,
        doi="10.1/x",
        page=4,
        section="Results",
        quote="It had.",
        retracted=False,
    )
    value = PaperValue(
        id="d/0",
        property_name="glass_transition_temperature",
        relation="=",
        value=52.0,
        upper=53.0,
        spread=1.0,
        unit="°C",
        standard=52.0,
        standard_unit="°C",
        conditions=["by DSC"],
        place=place,
        approved_by="ann",
    )
    papers = InPapers(mentions=[PaperMention(of="a monomer", name="x", written="X", place=place)], values=[value])
    cited = [c.model_copy(update={"document": "d", "page": 4, "retracted": True}) for c in candidate.citations]
    properties = candidate.properties | {"glass_transition_temperature": known}
    return candidate.model_copy(
        update={"properties": properties, "lists": lists, "against": against, "in_papers": papers, "citations": cited}
    )


@pytest.fixture
def lease(store: SqlRunStore) -> Lease:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    return store.acquire("r1", "me")


def _before(store: SqlRunStore, *candidates: Candidate) -> None:
    """Make stored candidates those of an earlier molwright."""
    with store.database.write() as connection:
        for candidate in candidates:
            as_before(connection, "r1", candidate)


def _counts(store: SqlRunStore) -> list[int]:
    with store.database.read() as connection:
        models = (CandidateRow, PropertyValueRow, Ranking, CitationRow)
        return [connection.execute(select(func.count()).select_from(model)).scalar_one() for model in models]


def test_a_full_candidate_comes_back_whole(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    candidate = full(new_candidate(0))
    store.save_candidates(lease, [candidate])
    (back,) = store.candidates("r1")
    assert back == candidate
    assert list(back.properties) == list(candidate.properties)
    assert [citation.number for citation in back.citations] == [2, 1]


def test_candidates_of_an_earlier_molwright_come_back_and_are_replaced_whole(
    store: SqlRunStore, lease: Lease, new_candidate: NewCandidate
) -> None:
    candidates = [new_candidate(number) for number in range(3)]
    store.save_candidates(lease, candidates)
    _before(store, *candidates[:2])
    assert _counts(store) == [3, 8, 2, 4]
    assert store.candidates("r1") == candidates
    assert list(store.each_candidate("r1")) == candidates
    assert store.candidate_counts("r1") == {"rejected": 3}
    store.save_candidates(lease, [new_candidate(0, name="new"), candidates[2]])
    assert _counts(store) == [3, 4, 1, 2]
    assert store.candidates("r1") == [new_candidate(0, name="new"), *candidates[1:]]


def test_the_full_candidate_is_full(new_candidate: NewCandidate) -> None:
    """Otherwise the test above would not notice a new field that no column holds."""
    candidate = full(new_candidate(1))
    tg = candidate.properties["glass_transition_temperature"]
    assert tg.measured
    assert candidate.in_papers
    parts: list[BaseModel] = [candidate, candidate.origin, tg, tg.measured, *candidate.lists, *candidate.citations]
    parts += [candidate.in_papers, *candidate.in_papers.mentions, *candidate.in_papers.values, candidate.in_papers.mentions[0].place]
    filled: dict[type[BaseModel], set[str]] = {}
    for part in parts:
        usual = {name: field.get_default(call_default_factory=True, validated_data={}) for name, field in type(part).model_fields.items()}
        filled.setdefault(type(part), set()).update(name for name in usual if getattr(part, name) != usual[name])
    for model, names in filled.items():
        only_in_answers = {"measured_sigma", "measured_90"}
        assert set(model.model_fields) - names - {"schema_version", "reason"} - only_in_answers == set(), model.__name__


def test_a_bare_candidate_comes_back_bare(store: SqlRunStore, lease: Lease) -> None:
    bare = Candidate(key="K", smiles="*CC*", candidate_class="polymer", origin=Origin(proposer="p", operator="o"))
    store.save_candidates(lease, [bare])
    assert store.candidates("r1") == [bare]
    assert _counts(store) == [1, 0, 0, 0]


def test_saving_again_replaces_and_doubles_nothing(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    first = [new_candidate(number) for number in range(4)]
    store.save_candidates(lease, first)
    store.save_candidates(lease, first)
    assert _counts(store) == [4, 0, 0, 0]
    changed = new_candidate(1, properties={"logp": PropertyValue(value=1.0, method="m", method_version="1")}, citations=[], status="kept")
    store.save_candidates(lease, [new_candidate(9), changed])
    assert [candidate.key for candidate in store.candidates("r1")] == [candidate.key for candidate in [*first, new_candidate(9)]]
    assert store.candidates("r1", keys=[changed.key]) == [changed]
    unranked = {"rank": None, "rank_interval": None, "p_meets": None, "desirability": None, "score": None, "pareto_front": None}
    store.save_candidates(lease, [new_candidate(1, **unranked)])
    assert store.candidates("r1", keys=[changed.key]) == [new_candidate(1, **unranked)]


def test_the_last_of_two_with_one_key_counts(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    store.save_candidates(lease, [new_candidate(1, name="first"), new_candidate(2), new_candidate(1, name="last")])
    assert [(candidate.key, candidate.name) for candidate in store.candidates("r1")] == [("KEY0000001", "last"), ("KEY0000002", "ethanol")]


def test_filters(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    stored = [new_candidate(number, status="kept" if number % 2 else "rejected") for number in range(12)]
    store.save_candidates(lease, stored)
    assert store.candidates("r1", generation=2) == [stored[2], stored[5], stored[8], stored[11]]
    assert store.candidates("r1", status="kept") == stored[1::2]
    assert store.candidates("r1", status="kept", generation=2) == [stored[5], stored[11]]
    assert store.candidates("r1", keys=(stored[7].key, "unknown", stored[3].key, stored[7].key)) == [stored[3], stored[7]]
    assert store.candidates("r1", keys=[]) == []
    assert store.candidates("r1", keys=(candidate.key for candidate in stored), status="rejected", generation=0) == [stored[0], stored[6]]


def test_candidates_of_one_run_are_not_those_of_another(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    store.create_run("r2", "goal", {}, "2026-01-01T00:00:00+00:00")
    store.save_candidates(lease, [new_candidate(1), new_candidate(2)])
    store.save_candidates(store.acquire("r2", "me"), [new_candidate(1, name="other")])
    assert [candidate.name for candidate in store.candidates("r2")] == ["other"]
    assert [candidate.name for candidate in store.candidates("r1")] == ["ethanol", "ethanol"]


def test_known_keys(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    store.save_candidates(lease, [new_candidate(5), new_candidate(6, dedup_key=""), new_candidate(1, dedup_key="DEDUP00005")])
    assert store.known_keys("r1") == {"KEY0000005": 2, "DEDUP00005": 1, "KEY0000006": 0, "KEY0000001": 1}


def test_known_keys_of_some_names(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    store.save_candidates(lease, [new_candidate(5), new_candidate(6, dedup_key=""), new_candidate(1, dedup_key="DEDUP00005")])
    everything = store.known_keys("r1")
    for name, generation in everything.items():
        assert store.known_keys("r1", [name, "unknown", ""]) == {name: generation}
    assert store.known_keys("r1", everything) == everything
    assert store.known_keys("r1", []) == {}


def test_candidates_one_after_the_other(
    store: SqlRunStore, lease: Lease, monkeypatch: pytest.MonkeyPatch, new_candidate: NewCandidate
) -> None:
    monkeypatch.setattr("memory.sql.candidates.PAGE", 2)
    stored = [new_candidate(number, status="kept" if number % 2 else "rejected") for number in range(5)]
    store.save_candidates(lease, stored)
    assert list(store.each_candidate("r1")) == stored
    assert list(store.each_candidate("r1", status="kept")) == stored[1::2]
    assert list(store.each_candidate("r2")) == []
    assert store.candidate_counts("r1") == {"kept": 2, "rejected": 3}
    assert [(o.key, o.generation, o.proposer, o.status, o.rejected_by) for o in store.outlines("r1")] == [
        (c.key, c.origin.generation, c.origin.proposer, c.status, c.rejected_by) for c in stored
    ]


def test_a_batch_is_stored_whole_or_not_at_all(store: SqlRunStore, lease: Lease, new_candidate: NewCandidate) -> None:
    nan = new_candidate(2, properties={"logp": PropertyValue(value=float("nan"), method="m", method_version="1")})
    with pytest.raises(StoreError, match="logp of CCO is not a number"):
        store.save_candidates(lease, [new_candidate(1), nan])
    assert store.known_keys("r1") == {}
    store.save_candidates(lease, [])
    assert store.candidates("r1") == []
    with pytest.raises(NotFoundError):
        store.candidates("r2")


def test_many_keys_at_once(store: SqlRunStore, lease: Lease) -> None:
    origin = Origin(proposer="p", operator="o")
    many = [Candidate(key=f"K{number:05d}", smiles="C", candidate_class="molecule", origin=origin) for number in range(1203)]
    store.save_candidates(lease, many)
    store.save_candidates(lease, many)
    assert store.candidates("r1", keys=[candidate.key for candidate in reversed(many)]) == many


def test_two_thousand_candidates_at_once(lite: SqlRunStore, new_candidate: NewCandidate) -> None:
    lite.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    lease = lite.acquire("r1", "me")
    values = {f"property_{number}": PropertyValue(value=number / 7, sigma=1.0, method="m", method_version="1") for number in range(8)}
    batch = [new_candidate(number, properties=values) for number in range(2000)]
    lite.save_candidates(lease, batch)
    assert len(lite.known_keys("r1")) == 4000
    assert [candidate.key for candidate in lite.candidates("r1")] == [candidate.key for candidate in batch]


TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.builds(
    PropertyValue,
    value=NUMBER | TEXT,
    sigma=NUMBER,
    lower=NUMBER,
    upper=NUMBER,
    method=TEXT,
    method_version=TEXT,
    in_domain=st.none() | st.booleans(),
    nearest=st.none() | TEXT,
    reason=st.none() | TEXT,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(properties=st.dictionaries(TEXT.filter(bool), VALUES, max_size=4), notes=st.lists(TEXT), name=TEXT)
def test_whatever_the_values_they_come_back(store: SqlRunStore, properties: dict[str, PropertyValue], notes: list[str], name: str) -> None:
    store.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
    origin = Origin(proposer="p", operator="o")
    candidate = Candidate(key="K", smiles="C", candidate_class="molecule", origin=origin, properties=properties, notes=notes, name=name)
    store.save_candidates(store.acquire("r1", "me"), [candidate])
    assert store.candidates("r1") == [candidate]
