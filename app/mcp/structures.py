"""Tools that answer at once: what a goal means, properties and checks of structures, small screens, routes."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from app.mcp.answers import bounded, given, judged, requirements, rounded
from app.mcp.tool import Answer, Arguments, Door, tool
from app.services.libraries import AT_ONCE
from app.services.lists import Upload
from core.candidate import Candidate
from core.errors import MolwrightError, RefusedError, UsageError
from core.spec import DesignSpec, EstimationConditions, marked

#: Structures whose properties one call asks for.
MOST = 20
#: Calls of a costly calculator that a screen makes while a client waits, unless it says how many, and at most.
CALLS, MOST_CALLS = 20, 200


def _listed(value: Any) -> Any:
    """A list that came as one text or, as some clients send it, as JSON in a text."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return [value]
    return read if isinstance(read, list) else [value]


Texts = Annotated[list[str], BeforeValidator(_listed)]
Goal = Annotated[str, Field(max_length=8000)]
Smiles = Annotated[str, Field(min_length=1, max_length=10_000)]


class GoalArguments(Arguments):
    """A goal."""

    goal: Goal
    forecast: bool = Field(default=True)


class PropertyArguments(Arguments):
    """Structures and properties."""

    smiles: Texts = Field(min_length=1, max_length=MOST, description=f"At most {MOST}; a polymer unit has two *.")
    names: Texts = Field(default=[], max_length=60, description="Which properties; default all.")


class CheckArguments(Arguments):
    """A structure and a goal."""

    smiles: Smiles
    goal: Goal


class ScreenArguments(Arguments):
    """A library and a goal."""

    goal: Goal
    library: str = Field(max_length=2_000_000, description="Lines 'SMILES name', SDF or CSV.")
    limit: int = Field(default=20, ge=1, le=AT_ONCE)
    calls: int = Field(default=CALLS, ge=1, le=MOST_CALLS, description="Of costly calculators.")


class ListArguments(Arguments):
    """A list by its name, or all."""

    list: str = Field(default="", max_length=200)


class RouteArguments(Arguments):
    """A structure."""

    smiles: Smiles


@tool()
def read_goal(door: Door, arguments: GoalArguments) -> Answer:
    """What a design goal in words means: requirements, objectives, words not read, and how many candidates to expect. Use before design."""
    services = door.services
    spec = services.goals.interpret(arguments.goal)
    answer = {**wanted(spec), "objections": list(services.goals.objections(spec))}
    if arguments.forecast:
        told = services.forecasts.of(spec)
        kept = {
            "summary": told.summary(),
            "binding": told.binding,
            "relaxations": [r.model_dump(mode="json") for r in told.relaxations[:5]],
        }
        answer["forecast"] = {**kept, "notes": told.notes}
    return answer


@tool()
def properties(door: Door, arguments: PropertyArguments) -> Answer:
    """Properties of structures, computed or predicted: value, unit, sigma, 90 % interval, method."""
    services, found = door.services, []
    for name in arguments.names:
        services.structures.definition(name)  # SpecError names what does not exist
    for smiles in arguments.smiles:
        found.append(_values(door, smiles, arguments.names))
    if len(found) == 1 and isinstance(found[0], MolwrightError):
        raise found[0]
    told = [{"error": str(one), "exit_code": one.exit_code} if isinstance(one, MolwrightError) else one for one in found]
    rows = [{"input": smiles, **one} for smiles, one in zip(arguments.smiles, told, strict=True)]
    return bounded({"structures": rows}, "structures", "ask for them from number {next} on, or for fewer names")


@tool()
def check(door: Door, arguments: CheckArguments) -> Answer:
    """Hold one structure against a goal, requirement by requirement."""
    door.services.goals.guard(arguments.goal)
    spec, candidate = door.services.structures.check(_read(door, arguments.smiles), arguments.goal, call=True)
    _stopped(candidate)
    unread = {"goal_marked": marked(spec)} if spec.unchecked else {}
    return {**judged(candidate), "meets_all": candidate.meets_all(), "requirements": requirements(candidate), **unread}


@tool(right="start")
def screen(door: Door, arguments: ScreenArguments) -> Answer:
    """Hold a small library (500 records) against a goal; those that meet it are ranked."""
    services = door.services
    spec = services.libraries.spec(services.goals.interpret(arguments.goal), arguments.limit, calls=arguments.calls)
    found = services.libraries.at_once(Upload(_name(arguments.library), arguments.library.encode()), spec, call=True)
    done = found.screened
    answer = {
        "read": done.read,
        "met": done.hits,
        "unreadable": [f"line {line} {name}: {reason}".replace(" :", ":") for line, name, reason in found.unreadable],
        "blocked_by_guard": done.blocked,
        "failed": done.failed,
        "notes": list(done.notes),
        "hits": [line_of(c, spec.property_names()) for c in found.report.candidates],
    }
    return bounded(answer, "hits", "ask with a larger limit or a smaller library", total=done.hits)


@tool()
def lists(door: Door, arguments: ListArguments) -> Answer:
    """The team's own lists of substances; of one, what structure does not decide."""
    own = door.services.own_lists
    if not arguments.list:
        return {"lists": [one.summary() for one in own.all()], "problems": own.problems()}
    one = own.find(arguments.list)
    rows = [{"line": line, "entry": entry, "why": why} for line, entry, why in one.undecided]
    return bounded({**one.summary(), "not_decided": rows}, "not_decided", "molwright lists show has all of them")


@tool()
def route(door: Door, arguments: RouteArguments) -> Answer:
    """A route of up to three named reactions to a structure, or that none is known."""
    found = door.services.structures.route(_read(door, arguments.smiles))
    return {
        "status": found.status,
        "steps": [step.model_dump(mode="json") for step in found.steps],
        "starting_materials": [{"name": m.name, "smiles": m.smiles, "safety": m.verdict} for m in found.starting_materials],
        "note": found.note,
    }


def wanted(spec: DesignSpec) -> Answer:
    """What a goal means."""
    wishes = spec.wishes()
    return {
        "goal": spec.goal,
        "class": spec.candidate_class,
        "requirements": [{"id": r.id, "text": r.text} for r in spec.requirements],
        "objectives": [{"id": o.id, "text": o.text, "weight": o.weight} for o in spec.objectives],
        "list_requirements": [s.text for s in spec.set_requirements],
        "assumptions": [a.text for a in spec.assumptions],
        "unread": [{"words": u.phrase, "reason": u.reason, "suggestion": u.suggestion} for u in spec.unchecked],
        "wishes_checked": f"{wishes.checked} of {wishes.total}",
        "budget": spec.budget,
        "candidates": spec.candidates,
    }


def line_of(candidate: Candidate, names: list[str]) -> Answer:
    """A candidate in a list: rank, structure, probability and score (0 to 1), the values of ``names``, what it misses."""
    told = {"rank": candidate.rank, **judged(candidate), "p_meets": rounded(candidate.p_meets), "score": rounded(candidate.score)}
    told["values"] = {n: given(n, candidate.properties[n]) for n in names if n in candidate.properties}
    if missed := [f"{r.text}: {r.reason}" if r.reason else r.text for r in candidate.requirements if not r.met]:
        told["missed"] = missed
    return {**told, "route": candidate.route.status} if candidate.route is not None else told


def _values(door: Door, smiles: str, names: list[str]) -> Answer | MolwrightError:
    """The values of one structure, or the error that it ends in."""
    try:
        candidate = door.services.structures.values(_read(door, smiles), EstimationConditions(), names)
        _stopped(candidate)
    except (UsageError, RefusedError) as error:
        return error
    chosen = {n: v for n, v in candidate.properties.items() if not names or n in names}
    return {**judged(candidate), "properties": {n: given(n, v, method=True) for n, v in chosen.items()}}


def _read(door: Door, given: str) -> str:
    """The SMILES that is meant: itself, or of a common compound by its name."""
    return door.services.profiles.read(given)[0]


def _stopped(candidate: Candidate) -> None:
    """RefusedError for a structure that the guard blocks: nothing is told of it here."""
    if candidate.safety is None or candidate.safety.verdict == "block":
        rules = candidate.safety.rules if candidate.safety else []
        said = "; ".join(f"{h.id}: {h.reason}" for h in rules)
        raise RefusedError(f"the safety guard blocks this structure. {said}", rules=tuple(h.id for h in rules))


def _name(library: str) -> str:
    """A name for a library that came as text, whose ending says what it is."""
    first = library.split("\n", 1)[0]
    return "library.sdf" if "$$$$" in library or "M  END" in library else "library.csv" if "," in first or "\t" in first else "library.smi"
