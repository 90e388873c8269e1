"""A spec as a form shows it: what a person changed in it, taken over."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from app.services.lists import Upload
from core.errors import UsageError
from core.novelty import NOVELTY_WORDS
from core.requirements import PropertyRequirement, Requirement
from core.spec import Assumption, Condition, DesignSpec, Objective, with_suggestions

#: Numbers that the curve of an objective is made of.
ENDS = ("low", "target", "high")
#: How the interpreter's assumption about an objective begins, by the objective's property.
ASSUMED = {"sa_score": "among candidates that meet the goal, those easier to make", "route": "candidates with a known route"}
COMPARISONS = ("<", "<=", ">", ">=", "==", "between")


def text_of(form: FormData, name: str) -> str:
    """A text field, without spaces around it; '' where it is missing."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def uploads_of(form: FormData, name: str) -> list[Upload]:
    """The files of a field; none where none was chosen."""
    files = [f for f in form.getlist(name) if isinstance(f, UploadFile) and f.filename]
    return [Upload(f.filename or "", f.file.read()) for f in files]


def number_of(form: FormData, name: str, called: str) -> float | None:
    """A number field; None where it is empty. UsageError for what is no number."""
    text = text_of(form, name)
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{called}: {text!r} is not a number") from None


def whole_of(form: FormData, name: str, called: str) -> int | None:
    """A field for a whole number; None where it is empty. UsageError for what is none."""
    number = number_of(form, name, called)
    if number is not None and number != int(number):
        raise UsageError(f"{called} is a whole number")
    return None if number is None else int(number)


def edited(spec: DesignSpec, form: FormData) -> DesignSpec:
    """``spec`` with what the form says: values changed, parts left out, suggestions taken, settings of the run. UsageError, SpecError."""
    dropped = {str(name) for name in form.getlist("drop")}
    requirements = [_requirement(r, form) for r in spec.requirements if r.id not in dropped]
    objectives = [_objective(o, form) for o in spec.objectives if o.id not in dropped]
    left = [s for s in spec.set_requirements if s.id not in dropped]
    reading = [
        s.model_copy(update={"becomes": [i for i in s.becomes if i not in gone], "left_out": [*s.left_out, *gone]})
        if (gone := [i for i in s.becomes if i in dropped])
        else s
        for s in spec.reading
    ]
    changes: dict[str, object] = {"requirements": requirements, "objectives": objectives, "set_requirements": left, "reading": reading}
    listed = text_of(form, "novelty")
    any_listed = listed == "any" or text_of(form, "list_known") == "yes"
    changes |= {"assumptions": _still_assumed(spec, requirements, objectives), "list_known": any_listed}
    if listed in NOVELTY_WORDS:
        changes["novelty"] = listed
    for name, called in (("candidates", "the number of candidates"), ("budget", "the budget"), ("seed", "the seed")):
        if (number := whole_of(form, name, called)) is not None:
            changes[name] = number
    if (limit := number_of(form, "max_similarity", "the largest similarity")) is not None:
        changes["max_similarity"] = limit
    if (kind := text_of(form, "candidate_class")) in ("molecule", "polymer"):
        changes["candidate_class"] = kind
    try:
        made = DesignSpec.model_validate(spec.model_copy(update=changes).model_dump())
    except ValidationError as error:
        raise UsageError("; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())) from error
    return _with_chosen(made, {str(n) for n in form.getlist("suggestion")})


def _requirement(requirement: Requirement, form: FormData) -> Requirement:
    """The requirement with the comparison and the numbers of the form, if they are others."""
    comparison = text_of(form, f"comparison-{requirement.id}")
    if not isinstance(requirement, PropertyRequirement) or comparison not in COMPARISONS:
        return requirement
    names = ("low", "high") if comparison == "between" else ("value",)
    numbers = {name: number_of(form, f"{name}-{requirement.id}", requirement.id) for name in names}
    if any(number is None for number in numbers.values()):
        raise UsageError(f"{requirement.id} needs {' and '.join(names)}")
    if len(numbers) == 2 and (numbers["low"] or 0.0) > (numbers["high"] or 0.0):
        raise UsageError(f"{requirement.id}: the lower end lies above the upper one")
    condition = Condition.model_validate({"comparison": comparison, **numbers})
    if condition == requirement.condition:
        return requirement
    return requirement.model_copy(update={"condition": condition, "text": "", "origin": "person"})


def _objective(objective: Objective, form: FormData) -> Objective:
    """The objective with the weight and the ends of its curve that the form has, if they are others."""
    changes: dict[str, object] = {}
    weight = number_of(form, f"weight-{objective.id}", f"the weight of {objective.id}")
    if weight is not None and weight != objective.weight:
        if not weight > 0:
            raise UsageError(f"the weight of {objective.id} has to be above 0; leave the objective out instead")
        changes["weight"] = weight
    ends = {name: getattr(objective, name) for name in ENDS if getattr(objective, name) is not None}
    given = {name: number_of(form, f"{name}-{objective.id}", f"the curve of {objective.id}") for name in ends}
    now = {name: old if (number := given[name]) is None else number for name, old in ends.items()}
    if now != ends:
        if now["low"] >= now["high"]:
            raise UsageError(f"the curve of {objective.id}: {now['low']:g} has to lie below {now['high']:g}")
        if "target" in now and not now["low"] <= now["target"] <= now["high"]:
            raise UsageError(f"the curve of {objective.id}: the best value, {now['target']:g}, has to lie between its ends")
        changes |= {**now, "text": ""}
    return objective.model_copy(update={**changes, "origin": "person"}) if changes else objective


def _still_assumed(spec: DesignSpec, requirements: list[Requirement], objectives: list[Objective]) -> list[Assumption]:
    """The assumptions of ``spec`` without those about something that a person has changed or left out.

    One about words of the goal goes when all that these words became is other now.
    """
    now = {r.id: r for r in (*requirements, *objectives)}
    words = {r.phrase: True for r in (*spec.requirements, *spec.objectives) if r.phrase}
    for r in (*spec.requirements, *spec.objectives):
        if r.phrase and r == now.get(r.id):
            words[r.phrase] = False
    overridden = {phrase for phrase, other in words.items() if other}
    kept = {o.property for o in objectives if o.origin == "assumption"}
    gone = tuple(begins for name, begins in ASSUMED.items() if name not in kept)
    return [a for a in spec.assumptions if not a.text.startswith(gone) and a.phrase not in overridden]


def _with_chosen(spec: DesignSpec, chosen: set[str]) -> DesignSpec:
    """``spec`` with the suggestions whose places in the list of what is not checked were chosen."""
    taken = [u for n, u in enumerate(spec.unchecked) if str(n) in chosen]
    if not taken:
        return spec
    rest = [u for n, u in enumerate(spec.unchecked) if str(n) not in chosen]
    made = with_suggestions(spec.model_copy(update={"unchecked": taken}))
    return made.model_copy(update={"unchecked": [*made.unchecked, *rest]})
