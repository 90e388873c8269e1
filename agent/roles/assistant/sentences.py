"""What tools answered, in sentences: every number in them is one that a tool gave, or that number in the unit that was asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from agent.roles.assistant.calls import BY_MASS, Done, key_of, wanted
from agent.roles.assistant.question import Question
from agent.roles.assistant.verdicts import uncertainties, verdict
from core.errors import UnitError
from core.units import UnitTable
from tools.catalogue.catalogue import Catalogue

CAN = (
    'What can be asked without one: properties ("What are the logP and the TPSA of aspirin?", "melting point of caffeine in kelvin"), rules ("Does '
    'ibuprofen pass Lipinski?"), comparisons ("Which is more soluble, aspirin or ibuprofen?"), safety, similarity, groups, formula and routes of a '
    'structure by its name or as SMILES, and stored runs ("What did the last run find?", "Why is candidate 3 above 5?").'
)
_VALUE = re.compile(r"\A(?P<number>-?\d+(?:\.\d+)?(?:e-?\d+)?)(?: ± (?P<sigma>\d+(?:\.\d+)?))?")
_YES_NO = re.compile(r"\A(?P<label>.*?) \((?P<by>.*?): 1 (?P<one>\w+), 0 (?P<zero>\w+)\)\Z")
#: Warnings that are said with every value: of medicines under control, of what can explode.
_GRAVE = re.compile(r"approved medicine \((?:controlled|energetic)|explo|energetic|narcotic|opioid", re.IGNORECASE)
#: Candidates of a run that an answer names.
_LISTED = 5


def answered(question: Question, done: Done, *, catalogue: Catalogue) -> str:
    """The answer to ``question`` from the answers ``done`` of the calls that it wanted, and what could not be answered and why."""
    said: list[str] = []
    names = _names(question)
    for name, given in wanted(question, done, catalogue=catalogue):
        answer = done.get(key_of(name, given))
        if isinstance(answer, dict) and set(answer) == {"error"}:
            said.append(f"{_capital(str(answer['error']))}.")
        elif answer is not None:
            said += _TOLD[name](answer, given, question, names, catalogue)
    said += _verdicts(question, done, names, catalogue)
    said += [f"{_start(s.said)}: {s.assumed}." for s in question.structures if s.assumed]
    said += _not_answered(question, catalogue)
    said += [f"{_capital(note)}." for note in question.notes]
    found = [s for s in dict.fromkeys(said) if s]
    return "\n".join(found) if found else _helpless(question)


def _helpless(question: Question) -> str:
    """What is said where nothing could be looked up."""
    if question.fault:
        return f"{_capital(question.fault)}."
    if question.unknown:
        return "\n".join(question.unknown)
    if "design" in question.kinds:
        return 'Designing is a run of its own: molwright design "GOAL" starts one, molwright quick "GOAL" constructs structures at once.'
    if question.asks and not question.structures:
        unknown = f" Not known here as a structure: {', '.join(question.unread)}." if question.unread else ""
        return f"Of which structure? Give its name or its SMILES.{unknown}"
    unknown = f" Not understood: {', '.join(question.unread)}." if question.unread else ""
    known = (
        f" {_start(_joined(s.said for s in question.structures))} {'is' if len(question.structures) == 1 else 'are'} known here."
        if question.structures
        else ""
    )
    return f"This question cannot be answered without a language model.{unknown}{known}\n{CAN}"


def _not_answered(question: Question, catalogue: Catalogue) -> list[str]:
    said = [*question.unknown]
    said += [f"{_capital(words)} cannot be computed here: {reason}." for words, reason in question.unavailable]
    if "toxicity" in question.kinds:
        said.append("Toxicity is not predicted here; the guard only knows listed substances and hazardous classes.")
    for name in question.properties:
        kinds = {"polymer" if "*" in s.smiles else "molecule" for s in question.structures}
        if kinds and not kinds & set(catalogue[name].classes):
            said.append(f"{catalogue[name].label} is not defined for {' and '.join(sorted(kinds))}s here.")
    if question.unread and (question.structures or question.candidate):
        said.append(f"Not understood: {', '.join(question.unread)}.")
    return said


def _names(question: Question) -> dict[str, str]:
    return {s.smiles: s.said for s in question.structures}


def _called(smiles: str, names: dict[str, str]) -> str:
    return names.get(smiles, smiles)


# ---- structures


def _answered(given: Sequence[str], answer: Any, names: dict[str, str], said: list[str]) -> Iterator[tuple[str, Any]]:
    """(What it is called, row) of each structure that was answered; of the others ``said`` gets the reason, in their order."""
    for smiles, row in zip(given, answer, strict=True):
        name = _called(smiles, names)
        if "error" in row:
            said.append(f"{name}: {row['error']}.")
        else:
            yield name, row


def _estimated(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    said: list[str] = []
    for name, row in _answered(given["smiles"], answer, names, said):
        for prop in given["properties"]:
            if prop == "molecular_weight" and prop not in question.properties and question.unit in BY_MASS:
                continue  # looked up for the unit alone
            whole = row.get("as_given", {}).get(prop)
            unit = question.unit
            value = _by_mass(row, prop, unit) or _worded(prop, row["values"].get(prop, "unknown"), unit, catalogue)
            if whole is not None:
                part = f" (of {row['smiles']} alone: {value})" if whole != row["values"].get(prop) else ""
                value = f"{_worded(prop, whole, unit, catalogue)}{part}"
            said.append(f"{_label(prop, catalogue)} of {name}: {value}.{_scale(prop, question, catalogue)}")
        told = "about" in question.kinds
        said += [f"{_start(name)}: {note}." for note in row.get("notes", ()) if not row.get("as_given") and (told or "stereo" not in note)]
        grave = [r.rstrip(".") for r in row.get("safety_reasons", ()) if row["safety"] == "block" or _GRAVE.search(r)]
        if grave:
            said.append(f"The safety guard {'blocks' if row['safety'] == 'block' else 'warns of'} {name}: {'; '.join(grave)}.")
    return said


def _scale(name: str, question: Question, catalogue: Catalogue) -> str:
    """What a number without a unit means, where little is asked; '' where the number speaks for itself."""
    definition = catalogue[name]
    plain = definition.unit or definition.integer or definition.kind != "computed" or _YES_NO.match(definition.label)
    return "" if plain or len(question.properties) > 2 or len(question.structures) > 1 else f" {definition.description}"


def _by_mass(row: dict[str, Any], prop: str, unit: str) -> str:
    """A solubility of log mol/L in a unit by mass, from the molar mass that was looked up with it; '' for anything else."""
    log, mass = _VALUE.match(str(row["values"].get(prop, ""))), _VALUE.match(str(row["values"].get("molecular_weight", "")))
    if prop != "aqueous_solubility" or unit not in BY_MASS or log is None or mass is None:
        return ""
    measured = re.search(r"\(measured; .*?(-?\d+\.\d+) log mol/L", str(row["values"][prop]))
    value, sigma = float(measured[1] if measured else log["number"]), float(log["sigma"] or 0)
    made = [10**x * float(mass["number"]) * BY_MASS[unit] for x in (value, value - sigma, value + sigma)]
    rest = str(row["values"][prop])[log.end() :].removeprefix(" log mol/L")
    value_text, low, high = (f"{float(f'{number:.2g}'):.10g}" for number in made)
    return f"{value_text} {unit} ({low} to {high} within one standard deviation; log S {log[0]} log mol/L){rest}"


def _start(name: str) -> str:
    """A name at the beginning of a sentence; SMILES and names with locants stay as they are."""
    return name[:1].upper() + name[1:] if re.fullmatch(r"[a-z]{4,}(?: [a-z]+)*", name) else name


def _label(name: str, catalogue: Catalogue) -> str:
    found = _YES_NO.match(catalogue[name].label)
    return f"{found['label']} ({found['by']})" if found else catalogue[name].label


def _worded(name: str, value: str, unit: str, catalogue: Catalogue) -> str:
    """A value as the tool wrote it: a flag in words, a number in the unit asked for, with how it was come by."""
    definition = catalogue[name]
    flag = _YES_NO.match(definition.label)
    if flag and value in ("0", "1"):
        return flag["one"] if value == "1" else flag["zero"]
    converted = in_unit(value, definition.unit, unit, catalogue.units) if unit else value
    if converted is None:
        converted = f"{value} (there is no conversion from {definition.unit or 'a plain number'} to {unit})"
    how = "" if definition.kind != "predicted" or "(" in value or value.startswith("unknown") else ", predicted"
    return f"{converted}{how}"


def in_unit(value: str, unit: str, wanted_unit: str, units: UnitTable) -> str | None:
    """``value`` ("135 ± 20 °C (measured; ...)") of ``unit`` with its number in ``wanted_unit``; None if there is no conversion."""
    found = _VALUE.match(value)
    if found is None or unit == wanted_unit:
        return value
    number = _inverse(float(found["number"]), unit, wanted_unit, units)
    if number is None:
        return None
    rest = value[found.end() :].removeprefix(f" {unit}")
    if found["sigma"] is None:
        return f"{number:.4g} {wanted_unit}{rest}"
    sigma = float(found["sigma"])
    ends = [_inverse(float(found["number"]) + step, unit, wanted_unit, units) for step in (-sigma, sigma)]
    if any(e is None for e in ends):
        return None
    low, high = sorted(e for e in ends if e is not None)
    if math.isclose(high - number, number - low, rel_tol=1e-6):
        return f"{number:.4g} ± {(high - low) / 2:.2g} {wanted_unit}{rest}"
    return f"{number:.3g} {wanted_unit} ({low:.2g} to {high:.2g} within one standard deviation){rest}"


def _inverse(number: float, unit: str, wanted_unit: str, units: UnitTable) -> float | None:
    """``number`` of ``unit`` in ``wanted_unit``, from the table's conversion the other way: linear, a logarithm, or a reciprocal."""

    def forth(x: float) -> float:
        return units.convert(x, wanted_unit, unit)

    try:
        one, two, four = forth(1.0), forth(2.0), forth(4.0)
    except UnitError:
        return None
    if math.isclose(four - two, 2 * (two - one), rel_tol=1e-9) and two != one:
        return (number - one) / (two - one) + 1.0
    if math.isclose(four - two, math.log10(2), rel_tol=1e-9) and math.isclose(two - one, math.log10(2), rel_tol=1e-9):
        return float(10 ** (number - one))
    if number and math.isclose(one, 2 * two, rel_tol=1e-9):
        return one / number
    return None


def _ruled(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    said: list[str] = []
    for name, row in _answered(given["smiles"], answer, names, said):
        broken = f"it breaks {', '.join(row['broken'])}" if row["broken"] else "it breaks none of its limits"
        part = row.get("broken_of_the_part_alone")
        alone = "" if part is None else f" ({row['smiles']} alone breaks {', '.join(part) or 'none'})"
        said.append(f"{_start(name)} {'meets' if row['met'] else 'does not meet'} {row['rule_set']}: {broken}{alone}.")
    return said


def _counted(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    label = next((said for said, counted in question.groups if counted == given["group"]), answer["group"])
    return [f"Number of {label} in {_called(given['smiles'], names)}: {answer['count']}."]


def _identified(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    said: list[str] = []
    for name, row in _answered(given["structures"], answer, names, said):
        known = f", known as {row['name']}" if row["name"] and row["name"].lower() != name.lower() else ""
        said.append(f"{_start(name)}: {row['formula']}, {row['molar_mass']}, SMILES {row['smiles']}, InChIKey {row['inchikey']}{known}.")
    return said


def _screened(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    words = {
        "allow": "the safety guard has nothing against it; that is no statement that it is harmless",
        "warn": "the safety guard warns",
        "block": "the safety guard blocks it",
    }
    said: list[str] = []
    for name, row in _answered(given["smiles"], answer, names, said):
        reasons = f": {'; '.join(r.rstrip('.') for r in row['safety_reasons'])}" if row.get("safety_reasons") else ""
        said.append(f"{_start(name)}: {words[row['safety']]}{reasons}.")
        said += [f"{_start(name)}: {text.rstrip('.')}." for text in row.get("lists", ()) if not text.startswith(("not ", "no "))]
    return said


def _compared(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    first, second = _called(given["first"], names), _called(given["second"], names)
    same = f"{_start(first)} and {second} are {'the same structure' if answer['same'] else 'different structures'}."
    return [f"Tanimoto similarity of {first} and {second} (Morgan, radius 2): {answer['similarity']}.", same]


def _routed(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    name = _called(given["smiles"], names)
    if not answer["steps"]:
        return [f"Route to {name}: {answer['status']}{'; ' + answer['note'] if answer['note'] else ''}."]
    steps = "; then ".join(f"{s['reaction']} of {' and '.join(s['reactants'])}" for s in answer["steps"])
    blocked = [m["name"] or m["smiles"] for m in answer["starting_materials"] if m["safety"] not in ("allow", None, "")]
    note = f" The guard has something to say of {', '.join(blocked)}." if blocked else ""
    return [f"A route to {name} ({answer['status']}): {steps}.{note}"]


# ---- stored runs


def _listed(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    if not answer:
        return ["There are no stored design runs."]
    return [f"{len(answer)} stored design run{'s' if len(answer) > 1 else ''}, newest first:", *(f"{r['run_id']} ({r['status']}, {r['created'][:10]}): {r['goal']}" for r in answer)]  # fmt: skip


def _reported(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    said = [f'Run {answer["run_id"]} ({answer["status"]}) for the goal "{answer["goal"]}".']
    kinds = question.kinds
    if "rejected" in kinds:
        reasons = "; ".join(f"{count} by {reason}" for reason, count in answer["rejected"].items()) or "none"
        return [*said, f"Rejected, by the first reason: {reasons}."]
    if "evaluated" in kinds:
        return [*said, f"{answer['evaluated']} distinct structures were evaluated."]
    if "requirements" in kinds:
        return [*said, f"Requirements: {'; '.join(answer['requirements']) or 'none'}."]
    shown = answer["candidates"] or answer["closest"]
    if "best" not in kinds:
        said.append(str(answer["summary"]))
    said += [_candidate_line(c, question, catalogue) for c in shown[: 1 if "best" in kinds else _LISTED]]
    return said


def _candidate_line(row: dict[str, Any], question: Question, catalogue: Catalogue) -> str:
    where = f"Candidate {row['rank']}" if row["rank"] is not None else "Close, but not listed"
    chance = f", probability that all requirements hold {row['p_meets']}" if row["p_meets"] is not None else ""
    values = [
        f"{_label(n, catalogue) if n in catalogue else n} {v}"
        for n, v in row["values"].items()
        if not question.properties or n in question.properties
    ]
    name = f" ({row['name']})" if row["name"] else ""
    return f"{where}: {row['smiles']}{name}{chance}{'; ' + '; '.join(values) if values else ''}."


def _of_candidate(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    name = f"Candidate {answer['rank']}" if answer["rank"] is not None else answer["smiles"]
    stored = [p for p in question.properties if p in answer["values"]]
    called = name.lower() if answer["rank"] is not None else name
    values = {p: _by_mass(answer, p, question.unit) or _worded(p, answer["values"][p], question.unit, catalogue) for p in stored}
    said = [f"{_label(p, catalogue)} of {called}: {value}." for p, value in values.items()]
    general = not question.properties and not question.rule_sets and not question.groups and not question.kinds & {"identity"}
    kinds = question.kinds
    if "safety" in kinds or "toxicity" in kinds:
        verdict = answer["safety"] or {"verdict": "not screened", "rules": []}
        reasons = f": {'; '.join(r['reason'].rstrip('.') for r in verdict['rules'])}" if verdict["rules"] else ""
        said.append(f"{name}: the safety guard says {verdict['verdict']}{reasons}.")
    if "route" in kinds:
        steps = "; then ".join(f"{s['reaction']} of {' and '.join(s['reactants'])}" for s in answer["route_steps"])
        said.append(f"{name}: route {answer['route']}{': ' + steps if steps else ''}.")
    if "uncertainty" in kinds:
        said += uncertainties(answer, question.properties, lambda p: _label(p, catalogue))
    if general and not kinds & {"safety", "toxicity", "route", "uncertainty"}:
        said.append(f"{name}: {answer['smiles']}{' (' + answer['name'] + ')' if answer['name'] else ''}.")
        said.append(str(answer["rationale"]) or str(answer["rejected_reason"]))
        if "rank" in kinds and answer["origin"]["proposer"]:
            origin = answer["origin"]
            parents = f" from {', '.join(origin['parents'])}" if origin["parents"] else ""
            said.append(f"It was proposed by {origin['proposer']} ({origin['operator']}){parents} in generation {origin['generation']}.")
    return said


def _against(answer: Any, given: dict[str, Any], question: Question, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    first, second = answer["first"], answer["second"]
    lines = []
    for number, row in ((given["first"], first), (given["second"], second)):
        lines.append(
            f"Candidate {number}: {row['smiles']}, score {row['score']} = probability that every requirement holds {row['p_meets']} × desirability"
            f" {row['desirability']}; rank within error {_interval(row['rank_interval'])}; route {row['route']}."
        )
    tied = (
        "They are tied: the difference is within the error." if answer["tied_within_error"] else "They are not within each other's error."
    )
    shown = {n: v for n, v in answer["values"].items() if not question.properties or n in question.properties}
    values = "; ".join(f"{_label(n, catalogue) if n in catalogue else n} {a} against {b}" for n, (a, b) in shown.items() if a != b)
    order = "Candidates are ranked by that score; ties go to the one with a route, then by key."
    return [*lines, order, tied, f"Values that differ: {values}." if values else ""]


def _interval(ends: Any) -> str:
    return f"{ends[0]} to {ends[1]}" if ends else "unknown"


# ---- verdicts over several structures: :mod:`agent.roles.assistant.verdicts`


def _number_of(row: dict[str, Any], prop: str) -> tuple[float, float] | None:
    """The value of a property and its standard deviation in a tool's row; None where it has none."""
    found = _VALUE.match(str(row.get("as_given", {}).get(prop) or row.get("values", {}).get(prop, "")))
    return (float(found["number"]), float(found["sigma"] or 0)) if found else None


def _verdicts(question: Question, done: Done, names: dict[str, str], catalogue: Catalogue) -> list[str]:
    """Which of several structures has most or least of a property, and whether the values can be told apart."""
    if len(question.structures) < 2 or not question.kinds & {"most", "least", "compare", "better", "worse"} or question.run:
        return []
    rows: dict[str, dict[str, tuple[float, float]]] = {}
    for name, given in wanted(question, done, catalogue=catalogue):
        answer = done.get(key_of(name, given))
        if name == "estimate_properties" and isinstance(answer, list):
            for smiles, row in zip(given["smiles"], answer, strict=True):
                for prop in given["properties"]:
                    number = _number_of(row, prop)
                    if number:
                        rows.setdefault(prop, {})[smiles] = number
    return [
        verdict(catalogue[p], _label(p, catalogue), v, question.kinds, names)
        for p, v in rows.items()
        if p in question.properties and len(v) > 1
    ]


def _joined(parts: Iterable[str]) -> str:
    return " and ".join(parts)


def _capital(text: str) -> str:
    """``text`` with a capital, unless its second letter is one ('pKa')."""
    return (text[:1].upper() if text[1:2].islower() else text[:1]) + text[1:].rstrip(".")


_TOLD = {
    "estimate_properties": _estimated,
    "check_rule_set": _ruled,
    "count_group": _counted,
    "identify_structures": _identified,
    "check_structures": _screened,
    "compare_structures": _compared,
    "find_route": _routed,
    "list_runs": _listed,
    "show_report": _reported,
    "show_candidate": _of_candidate,
    "compare_candidates": _against,
}
