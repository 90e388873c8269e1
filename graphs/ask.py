"""The graph of a question to the team's papers: screened, looked up, answered, checked. Read it from the bottom.

A question is a run of kind "ask": what was found and what a model said is recorded before it is used, so that it replays without papers
and without a server. It starts nothing and asks no person; one that is killed is asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent.models import ModelSession, Place
from agent.roles.researcher import answering
from agent.roles.researcher.protocol import ROLE
from core.answers import AnswerSoFar, Listening, PaperAnswer, deaf
from core.interfaces import Recorder
from core.papers import OpenPapers
from core.passages import EVERY, PassageFilter
from tools.literature.answering import compose, disagreement
from tools.literature.answering.extracts import READ, extract
from tools.literature.answering.features import Read
from tools.literature.answering.following import leaning, whole_question
from tools.literature.retrieval import retrieve
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace

KIND = "ask"
"""What ``options["kind"]`` of a question's run is."""
NODE = "ask"


@dataclass(frozen=True)
class AskContext:
    """The parts a question is wired to.

    Attributes:
        recorder, models, workspace: as in a design run.
        papers: opens the papers to be searched.
        accepted: which passages may be found.
        limit: most sentences of an answer that is made without a model.
        earlier: the questions of the conversation before this one, oldest first.
        tell: who hears of the answer while it is made; it changes nothing of it and of the record.
    """

    recorder: Recorder
    models: ModelSession
    workspace: Workspace
    papers: Callable[[], AbstractContextManager[OpenPapers]]
    accepted: PassageFilter = EVERY
    limit: int = 3
    earlier: tuple[str, ...] = ()
    tell: Listening = deaf


class AskState(TypedDict, total=False):
    """What travels between the nodes; nothing of it is kept.

    Attributes:
        asked: the question.
        whole: the question with the words of those before it that it leans on.
        refused: why the safety guard refuses it; '' where it does not.
        model: whether a language model may read it.
        queries: what is looked up, the question first.
        found: the passages, best first.
        reported: numbers of the passages found, with the others that the collection has of the same, as JSON.
        rarity: how rare each word of the question is in the collection.
        notes: what a reader has to know.
        drafted: sentences of the answer with their quotes.
        made_by: who made them.
        evidence, least: see :class:`core.answers.PaperAnswer`.
        answer: the checked answer.
    """

    asked: str
    whole: str
    refused: str
    model: bool
    queries: list[str]
    found: list[Read]
    reported: list[dict[str, Any]]
    rarity: dict[str, float]
    notes: list[str]
    drafted: list[compose.Supported]
    made_by: Any
    evidence: float
    least: float
    answer: PaperAnswer


def screen(state: AskState, context: AskContext) -> AskState:
    """Record the question and let the guard read it before anything else does."""
    text = str(context.recorder.record("screen", 0, "question", {}, lambda: state["asked"]))
    whole = whole_question(text, context.earlier)
    verdict = goal_verdict(" ".join((*context.earlier, text)))
    refused = "; ".join(f"{hit.id}: {hit.reason}" for hit in verdict.rules if hit.verdict == "block") if verdict.verdict == "block" else ""
    model, notes = context.models.uses(ROLE), []
    if whole != text:
        notes.append(f"Read together with what was asked before; from there, and counting less: {whole.removeprefix(text).strip()}.")
    if model and not refused and (unclear := concerns(whole)):
        model = False
        notes.append(f"No language model read this question, a person would have to look at it first: {'; '.join(unclear)}.")
    refused = refused or ("the safety guard" if verdict.verdict == "block" else "")
    return {"asked": text, "whole": whole, "refused": refused, "model": model, "notes": notes}


def query(state: AskState, context: AskContext) -> AskState:
    """What is looked up: the question, and where a model takes part the same in other words."""
    more = answering.further_queries(state["whole"], context.models, Place("query", 0, "asked")) if state["model"] else []
    return {"queries": [state["whole"], *more]}


def search(state: AskState, context: AskContext) -> AskState:
    """Find passages; they are recorded before they are used."""
    asked, queries = state["whole"], state["queries"]

    def look_up() -> dict[str, Any]:
        with context.papers() as papers:
            answers = retrieve(papers.store, queries, embedder=papers.embedder, accepted=context.accepted, limit=READ)
            read = [Read(a.passage, a.document, a.lexical, a.dense) for a in answers]
            came = {"found": [compose.to_json(r) for r in read], "rarity": papers.store.rarity(asked), "remark": papers.remark}
            return came | {"reported": disagreement.look_up(read, papers.facts)}

    inputs = {"queries": queries, "accepted": asdict(context.accepted), "limit": READ}
    came = context.recorder.record("search", 0, "passages", inputs, look_up)
    notes = [*state["notes"], *([came["remark"]] if came["remark"] else [])]
    found = [compose.from_json(r) for r in came["found"]]
    context.tell(AnswerSoFar(len(found)))
    return {"found": found, "reported": came.get("reported", []), "rarity": came["rarity"], "notes": notes}  # earlier records have none


def answer(state: AskState, context: AskContext) -> AskState:
    """Choose sentences, and where they are evidence enough let a model say it; its sentences count only as far as they hold."""
    rarity = state["rarity"] if state["whole"] == state["asked"] else leaning(state["rarity"], state["asked"])
    extracts = extract(state["whole"], state["found"], rarity, context.limit)
    known: AskState = {"evidence": extracts.evidence, "least": extracts.least, "notes": list(state["notes"])}
    if not extracts.enough:
        return {**known, "drafted": [], "made_by": "nobody"}
    built_in: AskState = {**known, "drafted": compose.of_extracts(extracts), "made_by": "extracts"}
    if not state["model"]:
        return built_in
    passages = [read.passage.text for read in state["found"]]
    heard = None if context.tell is deaf else _checked_aloud(state, context)
    sentences, problem = answering.drafted(state["whole"], passages, context.models, Place(NODE, 0, "answer"), heard)
    if sentences is None:
        built_in["notes"].append(f"The language model gave no usable answer ({problem}); these are the papers' own sentences.")
        return built_in
    kept, dropped = answering.supported(sentences, passages, catalogue=context.workspace.catalogue)
    if dropped:
        said = "; ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()))
        known["notes"].append(f"{sum(dropped.values())} of {len(sentences)} sentences of the language model were dropped: {said}.")
    if kept:
        return {**known, "drafted": [(s.text, s.quotes) for s in kept], "made_by": "model"}
    if sentences:
        return {**built_in, "notes": [*known["notes"], "None of its sentences held; these are the papers' own."]}
    known["notes"].append("The language model found no answer in the passages.")
    return {**known, "drafted": [], "made_by": "nobody"}


def _checked_aloud(state: AskState, context: AskContext) -> Callable[[list[answering.AnswerSentence]], None]:
    """Checks the sentences as they are written and tells those that hold."""
    passages = [read.passage.text for read in state["found"]]

    def heard(sentences: list[answering.AnswerSentence]) -> None:
        kept, _ = answering.supported(sentences, passages, catalogue=context.workspace.catalogue)
        context.tell(AnswerSoFar(len(passages), *compose.cited([(s.text, s.quotes) for s in kept], state["found"])))

    return heard


def verify(state: AskState, context: AskContext) -> AskState:
    """Number the citations, hold every quote against its passage once more, and say what is retracted and where passages disagree."""
    statements, citations = compose.cited(state["drafted"], state["found"])
    wrong = compose.unfounded(citations, statements)
    differ = tuple(disagreement.disagreements([disagreement.from_json(row) for row in state["reported"]], citations))
    notes = [*state["notes"], *compose.retracted(citations)]
    made_by = state["made_by"]
    if wrong:
        statements, citations, made_by, differ = (), (), "nobody", ()
        notes = [*state["notes"], f"The answer was thrown away: {'; '.join(wrong)}."]
    evidence = round(state["evidence"], 4)
    made = PaperAnswer(state["asked"], statements, citations, made_by, evidence, state["least"], tuple(notes), disagreements=differ)
    step = asdict(made)
    if not differ:
        del step["disagreements"]  # as it was recorded before there were any
    context.recorder.step(NODE, 0, step)
    return {"answer": made}


Step = Callable[[AskState, AskContext], AskState]


def _node(step: Step) -> Any:
    def run(state: AskState, *, runtime: Runtime[AskContext]) -> AskState:
        runtime.context.recorder.begin()
        return step(state, runtime.context)

    return run


def build() -> CompiledStateGraph[AskState, AskContext, AskState, AskState]:
    """The compiled graph of one question."""
    graph: StateGraph[AskState, AskContext, AskState, AskState] = StateGraph(AskState, context_schema=AskContext)

    graph.add_node("screen", _node(screen))  # the guard reads the question before a model does
    graph.add_node("query", _node(query))  # the question, and the same in other words
    graph.add_node("search", _node(search))  # passages of the papers
    graph.add_node("answer", _node(answer))  # sentences with quotes, or none
    graph.add_node("verify", _node(verify))  # what does not hold goes

    graph.add_edge(START, "screen")
    graph.add_conditional_edges("screen", lambda state: END if state["refused"] else "query", ["query", END])
    graph.add_edge("query", "search")
    graph.add_edge("search", "answer")
    graph.add_edge("answer", "verify")
    graph.add_edge("verify", END)
    return graph.compile()
