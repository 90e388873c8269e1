"""The built-in sentences of a report. Every number in them is a stored one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.candidate import COMPUTED, ESTIMATED, MOVED, Candidate, Citation, format_probability, format_value
from core.counting import counted, verb
from core.novelty import HALF_NEW
from core.report import BindingRequirement, Report
from core.spec import DesignSpec, EditRequirement, LevelRequirement, share_checked, use_in_words
from tools.calculators.collection import Calculators
from tools.calculators.measured_spread import measured_words
from tools.calculators.thermal import volatility_words
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import kind_of
from tools.groups.edits import edited
from tools.proposers.exact.binding import binding_wishes
from tools.proposers.isomers.proposer import isomers_of
from tools.ranking.set_level import judge
from tools.structures.parse import parse_smiles

#: Below this similarity to the nearest training structure a prediction is called an extrapolation in words.
FAR = 0.4


def explain_candidate(
    candidate: Candidate,
    spec: DesignSpec,
    shortlist: Sequence[Candidate],
    citations: Sequence[Citation],
    words: str = "",
    *,
    catalogue: Catalogue,
) -> Candidate:
    """``candidate`` with its rationale and the citations that its rationale uses. ``words``: checked words of a model, put after its standing."""
    parts = [
        _standing(candidate, spec),
        words,
        *_requirement_sentences(candidate, spec, catalogue=catalogue),
        _volatility(candidate, spec),
        *_caveats(candidate, spec, catalogue=catalogue),
    ]
    parent = _parent(candidate, shortlist)
    if parent is not None:
        parts.append(f"It is a variation ({candidate.origin.operator}) of {_called(parent)}.")
    elif candidate.origin.rationale:
        parts.append(_capitalised(candidate.origin.rationale.rstrip(".")) + ".")
    relevant = relevant_citations(candidate, spec, citations, catalogue=catalogue)
    if relevant:
        parts.append("See " + ", ".join(f"[{c.number}]" for c in relevant) + ".")
    return candidate.model_copy(update={"rationale": " ".join(p for p in parts if p), "citations": relevant})


def summarise(report: Report, words: str = "", *, calculators: Calculators) -> str:
    """The result in a few sentences. ``words``: checked words of a model, put after the outcome."""
    use = use_in_words(report.spec)
    first = f"{use[:1].upper()}{use[1:]}." if use else ""
    return " ".join(s for s in (first, outcome(report, calculators=calculators), words, ending(report)) if s)


def outcome(report: Report, *, calculators: Calculators) -> str:
    """How many meet the requirements and which is first, or which requirement binds."""
    asked = report.spec.candidates
    if report.spec.exhaustive and report.candidates:
        return " ".join([_all_listed(report), *_share(report)])
    if report.candidates:
        first, count = report.candidates[0], len(report.candidates)
        whole = not share_checked(report.spec)
        met, holds = ("every requirement", "all requirements hold") if whole else ("all that could be checked", "all of this holds")
        sentences = [
            f"{counted(count, 'candidate')} {verb(count, 'meets', 'meet')} {met} ({asked} asked for);"
            f" {counted(report.evaluated, 'distinct structure')} {verb(report.evaluated, 'was', 'were')} evaluated.",
            f"First is {_called(first)}, with a probability of {format_probability(first.p_meets)} that {holds} together,"
            " after correction for having been picked as the best of many.",
        ]
        weak = sum(1 for c in report.candidates if (c.p_meets or 0) < 0.5)
        if weak:
            sentences.append(f"For {weak} of them that joint probability is below 50 %: treat them as ideas to measure, not as answers.")
    else:
        sentences = [f"No structure among the {report.evaluated} evaluated meets every requirement."]
        if report.left_out_by_rule:
            return " ".join([_ruled_out(report), *_share(report), *_set_sentences(report)])
        binding = report.binding_requirement
        if binding:
            best = "" if binding.best is None else f"; the closest value was {_plain(binding.best)}"
            sentences.append(
                f"The requirement that binds is: {binding.text} ({counted(binding.failed, 'structure')} {verb(binding.failed, 'fails', 'fail')} it{best})."
            )
            sentences += _too_narrow(binding, report.spec)
        together = binding_wishes(report.spec, calculators=calculators)
        if together is not None:
            sentences.append(together.text)
        implausible = sum(n for k, n in report.rejected.items() if k.startswith("structure:") and k != "structure:invalid")
        if implausible:
            sentences.append(f"{counted(implausible, 'proposed structure')} {verb(implausible, 'was', 'were')} rejected as implausible.")
        if report.closest:
            closest = len(report.closest)
            sentences.append(f"The {closest} that come closest are shown." if closest > 1 else "The one that comes closest is shown.")
    return " ".join([*sentences, *_share(report), *_set_sentences(report)])


def _ruled_out(report: Report) -> str:
    """That structures meet every requirement, and the rule by which none of them is listed."""
    number = report.left_out_by_rule
    rule = report.choice.rule if report.choice and report.choice.rule else "known structures are left out"
    asked = "new" if report.spec.novelty != "known only" else "known"
    return (
        f"No {asked} structure among the {report.evaluated} evaluated meets every requirement. {counted(number, 'other structure')} "
        f"{verb(number, 'does', 'do')} and {verb(number, 'is', 'are')} not listed (the rule: {rule}; --list-known lists them)."
    )


def _too_narrow(binding: BindingRequirement, spec: DesignSpec) -> list[str]:
    """That predicted values do meet the requirement that binds, where none does so with the probability that counts; [] otherwise."""
    asked = next((r for r in spec.requirements if r.id == binding.id), None)
    condition = kind_of(asked).condition(asked) if asked is not None else None
    if condition is None or not isinstance(binding.best, (int, float)) or not condition.holds(binding.best):
        return []
    return [
        f"That value meets it as it is predicted, but with a probability below {spec.met_probability:.0%}, from which a prediction counts: "
        "the error of the prediction is too large for a demand as narrow as this. A wider range can be met."
    ]


def _share(report: Report) -> list[str]:
    """How much of the goal the requirements speak of, where that is not all, and whether what the thing is was understood."""
    share = share_checked(report.spec)
    sentences = [f"The requirements and objectives cover {share} of the goal; nothing here was held against the others."] if share else []
    heads = [u.phrase for u in report.spec.unchecked if u.head]
    if heads and not any(s.role == "head" for s in report.spec.reading):
        sentences.append(f'What is to be designed ("{heads[0]}") was not understood, so nothing says that these are such things.')
    return sentences


def _all_listed(report: Report) -> str:
    """Whether what is listed is all there is, and what became of the rest."""
    found = isomers_of(report.spec)
    listed = len(report.candidates)
    if found is None:
        edit = next(iter(report.spec.requirements_of(EditRequirement)), None)
        ways = len(edited(edit.reference, edit.operation, edit.group, edit.replacement, edit.every)) if edit is not None else listed
        what, total, complete = "structures that this change gives", ways, True
    else:
        what, total, complete = f"constitutional isomers of {found.formula}", len(found.smiles), found.complete
    blocked = sum(n for k, n in report.rejected.items() if k.startswith("safety:"))
    if complete and listed == total:
        return f"These are all {total} {what}."
    parts = [f"{blocked} are blocked by the safety guard"] if blocked else []
    other = sum(n for k, n in report.rejected.items() if k.startswith("requirement:"))
    parts += [f"{other} miss another requirement"] if other else []
    merged = min(total, report.spec.budget) - report.evaluated - blocked
    parts += [f"{merged} are one compound with a listed one (the same InChIKey)"] if merged > 0 and complete else []
    rest = "; ".join(parts)
    if complete:
        return f"There are {total} {what}; {listed} are listed{': ' + rest if rest else ''}."
    return f"There are at least {total} {what}, too many to list all; {listed} are listed."


def _set_sentences(report: Report) -> list[str]:
    """How the list stands as a whole, and which condition binds if one is not met."""
    results = judge(report.candidates, report.spec)
    if not results:
        return []
    shown = "; ".join(f"{r.text} ({'unknown' if r.value is None else f'{r.value:.3g}'}: {'met' if r.met else 'not met'})" for r in results)
    missed = [r.text for r in results if not r.met]
    binding = f" What binds is: {missed[0]}." if missed else ""
    return [f"As a list: {shown}.{binding}"]


def ending(report: Report) -> str:
    """What was passed over, what was not checked, and why the search ended."""
    sentences = [_passed_over(report)] if report.choice and report.candidates else []
    if report.unchecked:
        phrases = ", ".join(f'"{u.phrase}"' for u in report.unchecked)
        sentences.append(f"Not checked, because it was not understood or nothing here can compute it: {phrases}.")
    sentences.append(f"The search ended because {report.stop_reason}.")
    return " ".join(s for s in sentences if s)


def _passed_over(report: Report) -> str:
    """How many that meet every requirement are not listed because they are known or too similar; '' if none was passed over."""
    choice = report.choice
    if choice is None:
        return ""
    known = choice.known_left_out + choice.user_known_left_out + choice.measured_left_out
    parts = [f"{known} known already"] if known else []
    few = len(report.candidates) < report.spec.candidates
    if choice.similar_left_out:
        hint = " (--max-similarity 1 lists them)" if few else ""
        parts.append(f"{choice.similar_left_out} more than {choice.relaxed_to or choice.similarity_limit:g} similar to a better one{hint}")
    listed = ""
    if choice.known_listed:
        are, say = (verb(choice.known_listed, *forms) for forms in (("is", "are"), ("says", "say")))
        listed = f"{choice.known_listed} of those listed {are} known and {say} so in the notes."
    if choice.known_listed and choice.rule:
        listed = f"{listed} {_why_known(report)}"
    if choice.relaxed_to is not None:
        allowed = "any similarity" if choice.relaxed_to >= 1 else f"up to {choice.relaxed_to:g}"
        few_different = (
            f"Too few differ by the usual limit, a similarity of {choice.similarity_limit:g}; it was relaxed ({allowed}), so that "
            f"{choice.relaxed_listed} of those listed {verb(choice.relaxed_listed, 'is', 'are')} close to a better one "
            f"(with the limit of similarity set to {choice.similarity_limit:g} they are left out)."
        )
        listed = " ".join(s for s in (few_different, listed) if s)
    passed = f"Met every requirement too, but passed over: {' and '.join(parts)}." if parts else ""
    return " ".join(s for s in (passed, listed) if s)


def _why_known(report: Report) -> str:
    """The rule by which known structures are listed, and that too few are new where that is so."""
    choice, spec = report.choice, report.spec
    assert choice is not None
    short = choice.new_listed is not None and 2 * choice.new_listed < len(report.candidates)
    if short and spec.novelty == HALF_NEW and not spec.list_known and not spec.exhaustive:
        return "Fewer than half are new, since no more new structures meet every requirement (--new-only lists those alone)."
    return f"The rule: {choice.rule}."


def _capitalised(text: str) -> str:
    """``text`` with a capital where it begins with a word; a SMILES or a chemical name with locants is left as it is."""
    return text[:1].upper() + text[1:] if re.match(r"[a-z]{3,} ", text) else text


def _standing(candidate: Candidate, spec: DesignSpec) -> str:
    if candidate.rank is None:
        failed = [r.text for r in candidate.requirements if not r.met]
        return f"Close, but not listed: it misses {'; '.join(failed)}." if failed else ""
    interval = candidate.rank_interval
    tie = f" (within error anywhere from {interval[0]} to {interval[1]})" if interval and interval[0] != interval[1] else ""
    share = share_checked(spec)
    use = use_in_words(spec)
    covered = (f"; they cover {share} of the goal" if share else "") + (f"; {use}" if use else "")
    return f"Rank {candidate.rank}{tie}: probability that all requirements hold {format_probability(candidate.p_meets)}{covered}."


def _requirement_sentences(candidate: Candidate, spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    names = dict.fromkeys(kind_of(r).property_name(r) for r in spec.requirements)
    found = [(catalogue[n].label, candidate.properties[n]) for n in names if n in candidate.properties]
    return [f"{'; '.join(f'{label} {format_value(value)}' for label, value in found)}."] if found else []


def _volatility(candidate: Candidate, spec: DesignSpec) -> str:
    """Beside a stability that the goal asks for: what boiling means at that temperature, which is no part of the risk. '' otherwise."""
    asked = any(r.property == "thermal_stability" for r in spec.requirements_of(LevelRequirement))
    if not asked or candidate.candidate_class != "molecule":
        return ""
    words = volatility_words(parse_smiles(candidate.smiles), spec.conditions.temperature_c, candidate.properties.get("flash_point"))
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _caveats(candidate: Candidate, spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    sentences = []
    for r in spec.requirements:
        name = kind_of(r).property_name(r)
        if name and (words := measured_words(catalogue[name].label, name, candidate.properties.get(name), kind_of(r).condition(r))):
            sentences.append(words)
    for name in spec.property_names():
        value = candidate.properties.get(name)
        if value is None:
            continue
        label = catalogue[name].label
        if value.basis in (COMPUTED, ESTIMATED):
            sentences.append(f"{label}: {value.known}{'' if value.method == label else f' by {value.method}'}.")
            continue
        if value.exact:
            continue
        if value.known:
            sentences.append(
                f"{label}: {value.known}{'' if value.basis in ('measured', MOVED) else '; what the model says of it is a fit'}."
            )
        if value.in_domain is False:
            sentences.append(f"{label} is outside the model's domain: an extrapolation.")
        elif value.similarity is not None and value.similarity < FAR:
            sentences.append(f"{label} is predicted from structures that resemble it little (similarity {value.similarity:.2f}).")
    if candidate.safety and candidate.safety.verdict == "warn":
        sentences.append("Safety: " + "; ".join(hit.reason.rstrip(".") for hit in candidate.safety.rules) + ".")
    return sentences


def _parent(candidate: Candidate, shortlist: Sequence[Candidate]) -> Candidate | None:
    return next((c for c in shortlist if c.key in candidate.origin.parents), None)


def relevant_citations(candidate: Candidate, spec: DesignSpec, citations: Sequence[Citation], *, catalogue: Catalogue) -> list[Citation]:
    """The citations whose passage speaks of the family or of a property that the goal asks for; at most three."""
    words = {w.lower() for w in [spec.family, candidate.origin.operator.replace("_", " ")] if w}
    words |= {catalogue[n].label.lower() for n in spec.property_names()}
    return [c for c in citations if any(w in f"{c.title} {c.passage}".lower() for w in words)][:3]


def _called(candidate: Candidate) -> str:
    return candidate.name or candidate.smiles


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
