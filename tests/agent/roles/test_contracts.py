"""What every form of a role keeps: the same request gives the same type of answer, nothing in it is invented, and it can be repeated.

A new form of a role is added to FORMS, a new role to ASKED.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent.models import NO_MODELS, ModelSession, NoBackend, Place, Turn
from agent.roles.assistant.protocol import FirstQuestion
from agent.roles.assistant.talk import conversation
from agent.roles.choose import Roles, choose
from agent.roles.critic.protocol import Critique, ReviewRequest
from agent.roles.fact_check.check import check_text
from agent.roles.fact_check.facts import report_facts
from agent.roles.interpreter.built_in import BuiltInInterpreter
from agent.roles.interpreter.protocol import GoalRequest
from agent.roles.proposer import MODEL
from agent.roles.proposer.protocol import BatchRequest
from agent.roles.reporter.model import LEAD
from agent.roles.reporter.protocol import ExplainRequest, Explanation, Summary, SummaryRequest
from agent.roles.researcher.protocol import Findings, Research, ResearchRequest
from agent.toolbox import ToolContext
from core.candidate import Citation, Proposal
from core.interfaces import LiteratureStore, Passage
from core.report import Report
from core.spec import DesignSpec
from tests.agent.models.fake_server import Reply, fake_model, open_session, plan_for, tool_reply
from tests.scratch_recorder import ScratchRecorder
from tools.literature.evidence import check_citations
from tools.search.policy import SearchPolicy
from tools.search.state import SearchState
from tools.synthesis.blocks import shipped
from tools.workspace import builtin

GOAL = "a molecule with MW < 300 that is wee in polar surface area, with logP below 3"
TEXT = "Rigid aromatic units such as biphenyl raise the glass transition temperature of polyimides."
REPLIES: dict[str, Any] = {
    "GoalReadings": {
        "readings": [
            {"phrase": "wee in polar surface area", "subject": "TPSA", "comparison": "low", "low": None, "high": None, "unit": ""},
            {"phrase": "MW < 300", "subject": "molecular weight", "comparison": "below", "low": 900, "high": None, "unit": ""},
        ]
    },
    "Queries": {"queries": ["rigid aromatic glass transition polyimide"]},
    "GivenRules": {
        "rules": [
            {"rule": "Build in rigid aromatic units to raise the glass transition.", "sentence": 1, "example": ""},
            {"rule": "Use copper everywhere.", "sentence": 99, "example": ""},
        ]
    },
    "Review": {
        "remarks": [
            {"candidate": 2, "severity": "lower", "reason": "The anhydride ring is easily hydrolysed by water."},
            {"candidate": 1, "severity": "lower", "reason": "Its Tg of 999 °C is wrong."},
        ]
    },
    "Reasons": {
        "reasons": [
            {"candidate": 1, "text": "Its imide ring is rigid."},
            {"candidate": 2, "text": "It melts at 4321 °C."},
        ]
    },
}
POLICY = SearchPolicy(batch=24)
PROSE = "Candidate 1 is a rigid aromatic imide with a Tg of 252 ± 31 °C. It costs 77 euros."


def sensible(request: dict[str, Any]) -> Reply:
    """A model that answers every role, with one true and one invented thing in each answer."""
    if any(t["function"]["name"] == "submit_structures" for t in request.get("tools", [])):
        return tool_reply("submit_structures", {"structures": [{"smiles": s, "reason": "It is small."} for s in ("CCO", "C1CC")]})
    if "response_format" in request:
        return Reply(json.dumps(REPLIES[request["response_format"]["json_schema"]["name"]]))
    return Reply(PROSE)


class Shelf:
    """A literature store with one passage."""

    def search(self, query: str, limit: int = 8) -> list[Passage]:
        citation = Citation(number=1, key="p1", title="Glass transition of polyimides", year=1999, doi="10.1/p1", passage=TEXT)
        return [Passage("p1", TEXT, 0.9, citation, ("polymer", "rigid-aromatic"))]


@contextmanager
def shelf() -> Iterator[LiteratureStore]:
    yield Shelf()  # type: ignore[misc]


def nobody(recorder: ScratchRecorder) -> ModelSession:
    """Every role with a model that no server has."""
    return ModelSession(plan_for(attempts=0), NoBackend("nobody is here"), recorder)


@contextmanager
def _built_in(recorder: ScratchRecorder) -> Iterator[ModelSession]:
    yield NO_MODELS


@contextmanager
def _model(recorder: ScratchRecorder) -> Iterator[ModelSession]:
    with fake_model() as fake, open_session(fake.url, recorder=recorder, attempts=0) as session:
        fake.respond = sensible
        yield session


@contextmanager
def _no_server(recorder: ScratchRecorder) -> Iterator[ModelSession]:
    yield nobody(recorder)


@contextmanager
def _noise(recorder: ScratchRecorder) -> Iterator[ModelSession]:
    with fake_model() as fake, open_session(fake.url, recorder=recorder, attempts=0) as session:
        fake.respond = lambda request: Reply("zxq {]} wvk")
        yield session


FORMS = {"built-in": _built_in, "model": _model, "model without a server": _no_server, "model that writes noise": _noise}


def _read(roles: Roles, session: ModelSession, report: Report) -> DesignSpec:
    return roles.interpreter.read(GoalRequest(GOAL, candidates=5, seed=3), Place("interpret", 0, "interpreter"))


def _research(roles: Roles, session: ModelSession, report: Report) -> Research:
    return roles.researcher.research(ResearchRequest(report.spec), Place("research", 0, "researcher"))


def _propose(roles: Roles, session: ModelSession, report: Report) -> list[tuple[str, int, list[Proposal]]]:
    spec = BuiltInInterpreter(ScratchRecorder(), builtin()).read(GoalRequest(GOAL, budget=60, seed=3), Place("interpret", 0, "interpreter"))
    request = BatchRequest(spec, SearchState(), [], ["Alcohols are polar [1]"], shipped, lambda **which: [])
    place = Place("propose", 0, "proposer")
    return [
        (source, count, roles.proposer.propose(request, source, count, place)) for source, count in roles.proposer.shares(request).items()
    ]


def _review(roles: Roles, session: ModelSession, report: Report) -> Critique:
    return roles.critic.review(ReviewRequest(report.candidates, report.spec), Place("rank", 3, "critic"))


def _explain(roles: Roles, session: ModelSession, report: Report) -> Explanation:
    request = ExplainRequest([*report.candidates, *report.closest], report.spec, report.citations)
    return roles.reporter.explain(request, Place("explain", 3, "reporter"))


def _summarise(roles: Roles, session: ModelSession, report: Report) -> Summary:
    return roles.reporter.summarise(SummaryRequest(report), Place("report", 3, "reporter"))


def _answer(roles: Roles, session: ModelSession, report: Report) -> Turn:
    place = Place("assistant", 1, "step0")
    messages = roles.assistant.open(FirstQuestion("What raises Tg?", ["r1  success  2026-01-01  a polymer"]), place)
    assert messages[-1]["role"] == "user"
    assert "What raises Tg?" in messages[-1]["content"]
    return roles.assistant.turn(conversation(session, ToolContext(), {"messages": messages}), place)


#: How each method of each role is asked, and the type of its answer.
ASKED: dict[str, tuple[Callable[[Roles, ModelSession, Report], Any], type]] = {
    "interpreter.read": (_read, DesignSpec),
    "researcher.research": (_research, Research),
    "proposer.propose": (_propose, list),
    "critic.review": (_review, Critique),
    "reporter.explain": (_explain, Explanation),
    "reporter.summarise": (_summarise, Summary),
    "assistant.turn": (_answer, Turn),
}


@pytest.fixture(params=sorted(FORMS))
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def asked(name: str, form: str, report: Report, recorder: ScratchRecorder) -> Any:
    """The answer of one form to the one request."""
    with FORMS[form](recorder) as session:
        return ASKED[name][0](choose(session, recorder, shelf, builtin(), POLICY), session, report)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_the_same_request_gives_the_same_type_of_answer_and_an_equal_recording_the_same_answer(
    name: str, form: str, report: Report
) -> None:
    recorder = ScratchRecorder()
    first = asked(name, form, report, recorder)
    assert type(first) is ASKED[name][1]
    made = len(recorder.events)
    session = NO_MODELS if form == "built-in" else nobody(recorder)
    again = ASKED[name][0](choose(session, recorder, shelf, builtin(), POLICY), session, report)
    assert again == first
    assert len(recorder.events) == made


@pytest.mark.parametrize("name", sorted(ASKED))
def test_the_built_in_form_asks_no_server_and_an_unreachable_one_gives_way_to_it(name: str, report: Report) -> None:
    recorder = ScratchRecorder()
    plain = asked(name, "built-in", report, recorder)
    assert recorder.calls() == []
    for form in ("model without a server", "model that writes noise"):
        if name == "assistant.turn":  # what code does not understand has no answer where the model gives none
            assert plain.by_code
            assert plain.text
            continue
        if name == "proposer.propose":  # the places that it took from the others' batch stay empty
            instead = asked(name, form, report, ScratchRecorder())
            assert [source for source, _, _ in instead] == [*(source for source, _, _ in plain), MODEL]
            assert instead[-1][2] == []
            continue
        instead = asked(name, form, report, ScratchRecorder())
        note = getattr(instead, "note", "")
        assert not note or "not used" in note
        assert instead == (plain if not note else type(plain)(**{**vars(plain), "note": note}))


def test_an_interpreter_takes_only_what_the_goal_says(form: str, report: Report) -> None:
    spec = asked("interpreter.read", form, report, ScratchRecorder())
    assert DesignSpec.model_validate(spec.model_dump(mode="json")) == spec
    assert (spec.goal, spec.candidates, spec.seed) == (GOAL, 5, 3)
    assert [r.condition.bounds()[1] for r in spec.requirements] == [300.0, 3.0]
    for entry in [*spec.requirements, *(o for o in spec.objectives if o.origin != "assumption")]:
        assert entry.phrase in GOAL
    assert "wee in polar surface area" in [u.phrase for u in spec.unchecked]


def test_a_researcher_cites_what_it_found(form: str, report: Report) -> None:
    findings = asked("researcher.research", form, report, ScratchRecorder()).findings
    assert Findings.model_validate(findings.plain()) == findings
    assert [c.key for c in findings.citations] == ["p1"] * bool(findings.evidence)
    for evidence in findings.evidence:
        assert check_citations(evidence.text, findings.citations) == []
    for rule in findings.rules:
        assert rule.quote in TEXT
    assert len(findings.rules) == (form == "model")


def test_a_proposer_fills_one_batch_from_its_sources(form: str, report: Report) -> None:
    batch = asked("proposer.propose", form, report, ScratchRecorder())
    assert sum(count for _, count, _ in batch) == POLICY.batch
    for source, count, proposals in batch:
        assert len(proposals) <= count
        assert all(isinstance(p, Proposal) and p.proposer == source for p in proposals)
    assert [p.smiles for source, _, made in batch for p in made if source == MODEL] == (["CCO", "C1CC"] if form == "model" else [])


def test_a_critic_changes_ranks_alone_and_stays_within_their_error(form: str, report: Report) -> None:
    critique = asked("critic.review", form, report, ScratchRecorder())
    before = {c.key: c for c in report.candidates}
    assert [c.rank for c in critique.ranked] == [1, 2, 3]
    assert {c.key for c in critique.ranked} == set(before)
    for candidate in critique.ranked:
        was = before[candidate.key]
        assert candidate.model_copy(update={"rank": was.rank}) == was
        assert was.rank_interval is not None
        assert was.rank_interval[0] <= candidate.rank <= was.rank_interval[1]
    for remark in critique.remarks:
        assert remark.key in before
        assert "999" not in remark.reason
    assert len(critique.remarks) == (form == "model")


def test_a_reporter_writes_stored_numbers_beside_unchanged_candidates(form: str, report: Report) -> None:
    explanation = asked("reporter.explain", form, report, ScratchRecorder())
    shortlist = [*report.candidates, *report.closest]
    written = {"rationale", "citations"}
    assert [c.model_dump(exclude=written) for c in explanation.candidates] == [c.model_dump(exclude=written) for c in shortlist]
    assert all(c.rationale for c in explanation.candidates)
    assert {c.key for e in explanation.candidates for c in e.citations} <= {c.key for c in report.citations}
    summary = asked("reporter.summarise", form, report, ScratchRecorder())
    text = " ".join([summary.text, *(c.rationale for c in explanation.candidates)])
    assert not any(lie in text for lie in ("4321", "77 euros"))
    assert explanation.built_in == summary.built_in == (form != "model")
    assert (
        check_text(
            summary.text.replace(LEAD, ""), report_facts(report, calculators=builtin().calculators), catalogue=builtin().catalogue
        ).removed
        == ()
    )


def test_an_assistant_answers_or_says_why_not(form: str, report: Report) -> None:
    turn = asked("assistant.turn", form, report, ScratchRecorder())
    assert bool(turn.problem) != bool(turn.text or turn.calls)
    assert bool(turn.problem) == (form == "model without a server")
