"""Candidates: structures, where they came from, what is known about them, and how they were judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from core.against import Reason
from core.in_papers import InPapers
from core.model import Model, new_dict, new_list
from core.spec import CandidateClass

CANDIDATE_VERSION = "1"

CandidateStatus = Literal["proposed", "standardised", "screened", "estimated", "kept", "rejected"]
Verdict = Literal["allow", "warn", "block"]


def _absent(value: object) -> bool:
    return value is None


def _empty(value: object) -> bool:
    return not value


#: The basis of a value that was measured in another solvent than the one asked for and moved to it.
MOVED = "moved from another solvent"
#: The bases of the values of a costly calculator: it was asked for this structure, or the surrogate of a run, which learns from its answers, was.
COMPUTED, ESTIMATED = "computed", "estimated"


class Measurement(Model):
    """What is known of a structure, or of a form of it, from a set of measurements that a predictor was trained on or that a team brought."""

    value: float | None = Field(
        default=None, description="The measured value in ``unit``, a median where there are several; None: it is not shipped."
    )
    unit: str = Field(default="", description="Its unit.")
    sigma: float | None = Field(default=None, description="One standard deviation of a measurement; None where it is not known.")
    count: int = Field(default=1, ge=1, description="How many measurements the value is from.")
    source: str = Field(description="The set, with its licence.")
    conditions: str = Field(default="", description="Under which conditions it was measured where these matter: 'in toluene'; '' for none.")
    same: bool = Field(default=True, description="Whether it is of this very structure; False: of a stereoisomer or another form of it.")
    spread: str = Field(default="", description="Where ``sigma`` comes from.")
    doubt: str = Field(
        default="",
        exclude_if=_empty,
        description="Why the value is not to be believed, so that it does not take the place of a prediction; '' where nothing speaks against it.",
    )
    moved_to: str = Field(
        default="",
        exclude_if=_empty,
        description="The solvent that the value of a property was moved to from ``conditions``, by the model's difference between the two; '' for none.",
    )
    moved_spread: str = Field(default="", exclude_if=_empty, description="Where the error of a moved value comes from; '' for none.")


class PropertyValue(Model):
    """One property of one structure. A value that could not be had is None with a ``reason``; never 0, never NaN."""

    value: float | str | None = Field(
        description="The value in ``unit``; a level name for ordinal properties; None if it could not be had."
    )
    unit: str = Field(default="", description="Unit; empty for dimensionless values.")
    sigma: float | None = Field(default=None, description="One standard deviation of the prediction; 0 for exact values; None if unknown.")
    lower: float | None = Field(default=None, description="Lower end of the 90 % interval.")
    upper: float | None = Field(default=None, description="Upper end of the 90 % interval.")
    quartiles: tuple[float, float] | None = Field(
        default=None,
        exclude_if=_absent,
        description="Where a quarter of the true values lies below and a quarter above, where the shape of the errors is known; ``value`` is then their "
        "middle, the arms of the interval are unequal, and ``sigma`` is half of the interval over 1.645. Absent where the errors are taken as symmetric.",
    )
    method: str = Field(description="What computed it.")
    method_version: str = Field(description="Version of that method.")
    in_domain: bool | None = Field(
        default=None, description="Whether the structure is inside the method's domain; None where the question has no meaning."
    )
    nearest: str | None = Field(default=None, description="SMILES of the nearest training structure.")
    nearest_value: float | None = Field(default=None, description="Measured value of that structure, where it may be shown.")
    similarity: float | None = Field(default=None, description="Tanimoto similarity to it, 0 to 1.")
    reason: str | None = Field(default=None, description="Why the value is None, or what led to an ordinal level.")
    outcome: str = Field(
        default="",
        exclude_if=_empty,
        description="What the value is the calibrated probability of, where it is one: 'positive'; '' for a quantity.",
    )
    basis: Literal["measured", "moved from another solvent", "in the training set", "computed", "estimated"] | None = Field(
        default=None,
        exclude_if=_absent,
        description="'measured': the value is a measurement, not a prediction. 'moved from another solvent': a measurement in another solvent plus the "
        "model's difference between the two; neither a prediction nor a measurement in the solvent asked for. 'in the training set': the model was trained on this structure or "
        "on a form of it, so that its value is a fit and its interval none of a prediction. Absent for everything else.",
    )
    measured: Measurement | None = Field(
        default=None, exclude_if=_absent, description="What is known of the structure; absent if nothing is."
    )
    measured_sigma: float | None = Field(
        default=None,
        exclude_if=_absent,
        description="Of a value that is exact as a number and an estimate of what is measured (logP by contributions): one standard deviation of measured "
        "values about it. In answers alone, never stored.",
    )
    measured_90: tuple[float, float] | None = Field(
        default=None, exclude_if=_absent, description="As ``measured_sigma``: where nine of ten measured values lie."
    )
    fitted: float | None = Field(
        default=None,
        exclude_if=_absent,
        description="What the model makes of a structure whose measured or moved value stands in ``value``; absent elsewhere.",
    )

    @property
    def number(self) -> float | None:
        """The value as a number in ``unit``, or None where there is none or it is a level."""
        return float(self.value) if isinstance(self.value, (int, float)) else None

    @property
    def shown(self) -> str:
        """The value as people read it, without its unit: '252 ± 31', '1.452 ± 0.006', '3.20', '12 %', 'low', 'unknown'."""
        number = self.number
        if number is None:
            return str(self.value) if self.value is not None else "unknown"
        if self.outcome:
            return format_probability(number)
        if self.sigma:
            digits = next((n for n, least in enumerate((2, 0.2, 0.02, 0.002)) if self.sigma >= least), 4)
            return f"{number:z.{digits}f} ± {self.sigma:.{digits}f}"
        return f"{number:z.0f}" if number == int(number) else f"{number:z.2f}"

    @property
    def exact(self) -> bool:
        """Whether the value is computed from the structure without error."""
        return self.sigma == 0.0

    @property
    def mark(self) -> str:
        """What stands behind the value in a table: ' ‡' measured, ' ¶' moved from another solvent, ' §' in the training set, ' *' computed by a costly
        calculator, ' ~' estimated in its place, ' †' outside the method's domain; else ''."""
        if self.basis is not None:
            return {"measured": " ‡", MOVED: " ¶", COMPUTED: " *", ESTIMATED: " ~"}.get(self.basis, " §")
        return " †" if self.in_domain is False else ""

    @property
    def known(self) -> str:
        """What is known of the structure: 'known, measured 388 °C (source)', 'in the training set, value not shipped (source)'; of a costly calculator's
        value whether it was computed for this structure; '' if nothing."""
        found = self.measured
        if found is None:
            return {COMPUTED: "computed for this structure", ESTIMATED: "estimated, not computed for this structure"}.get(
                self.basis or "", ""
            )
        whose = "" if found.same else "of a stereoisomer or another form "
        if found.value is None:
            return f"in the training set, value {whose}not shipped ({found.source})"
        number = f"{found.value:.6g} {found.unit}".rstrip()
        if found.doubt:
            return f"in the training set with {number}, which is doubtful: {found.doubt} ({found.source})"
        moved = f"; moved to {found.moved_to}: {format_value(self)}" if self.basis == MOVED else ""
        return f"known, measured {whose}{number}{f' {found.conditions}' if found.conditions else ''}{moved} ({found.source})"


#: What the marks behind values mean, by the mark without its space.
MARKS = {
    "†": "outside the model's domain",
    "‡": "measured, not predicted",
    "¶": "measured in another solvent, moved by the model's difference between the two",
    "§": "in the training set: a fit, not a prediction",
    "*": "computed for this structure",
    "~": "estimated from the structures that were computed, not computed for this one",
}


def legend(values: Iterable[PropertyValue | None]) -> str:
    """What the marks behind ``values`` mean: '† outside the model's domain; ‡ measured, not predicted'; '' where none has one."""
    seen = {v.mark.strip() for v in values if v is not None}
    return "; ".join(f"{mark} {words}" for mark, words in MARKS.items() if mark in seen)


def format_value(value: PropertyValue) -> str:
    """A property value with its unit as people read it: '252 ± 31 °C', '3.20', 'low', or 'unknown (reason)'."""
    if value.value is None:
        return f"unknown ({value.reason or 'no reason recorded'})"
    return f"{value.shown} {value.unit}" if value.unit and value.number is not None else value.shown


def format_probability(probability: float | None) -> str:
    """A probability as people read it: '92 %', 'unknown'. What is not certain is never rounded to 0 or 100 %."""
    if probability is None:
        return "unknown"
    if 0 < probability <= 0.005:
        return "under 1 %"
    return "over 99 %" if 0.995 <= probability < 1 else f"{100 * probability:.0f} %"


class SafetyRuleHit(Model):
    """A safety rule that fired."""

    id: str = Field(description="Identifier of the rule.")
    name: str = Field(description="What the rule recognises.")
    verdict: Verdict = Field(description="What the rule says.")
    reason: str = Field(description="Why, in a sentence a chemist can check.")
    source: str = Field(default="", description="List, regulation or paper that the rule follows.")


class SafetyVerdict(Model):
    """The guard's answer: the most severe of its rules. An exception inside the guard is a block."""

    verdict: Verdict = Field(description="allow, warn or block.")
    rules: list[SafetyRuleHit] = Field(default_factory=new_list, description="Every rule that fired, most severe first.")


class ListStanding(Model):
    """How a structure stands to one named, dated list that its structure decides. Nothing is said of other law."""

    id: str = Field(description="Identifier of the list.")
    name: str = Field(description="The list with its edition.")
    on: bool = Field(description="Whether it falls under the list.")
    text: str = Field(description="In words, with what decides it; 'not on …; other law may apply' where it does not fall under it.")
    source: str = Field(description="Where the list stands.")


class Pack(Model):
    """One of several packages of a material."""

    id: str = Field(default="", description="Its id in the inventory, where it has another than the material.")
    price: float = Field(ge=0, description="Its price, in the currency of the material.")
    amount: float = Field(gt=0, description="Its size, in ``unit``.")
    unit: str = Field(description="Unit of the amount, as in :class:`Stock`.")


class Stock(Model):
    """What a user's inventory says of a material. A price is that of one package; nothing is known where nothing was given."""

    id: str = Field(default="", description="Its id in the inventory.")
    cas: str = Field(default="", description="Its CAS number.")
    price: float | None = Field(default=None, ge=0, description="Price of one package, in ``currency``.")
    currency: str = Field(default="", description="Currency of the price, as given.")
    amount: float | None = Field(default=None, gt=0, description="Size of a package, in ``unit``.")
    unit: str = Field(default="", description="Unit of the amount: mg, g, kg, mmol, mol, mL or L.")
    packs: list[Pack] = Field(
        default_factory=new_list, description="All packages with price and size, the cheapest first, where there are several."
    )


class RouteCost(Model):
    """What the starting materials of a route cost, from the prices of the user's inventory alone."""

    value: float | None = Field(default=None, description="The sum; None if it is not known.")
    currency: str = Field(default="", description="Its currency.")
    per: Literal["", "mol of product", "one package of each"] = Field(default="", description="What the sum is for.")
    per_gram: float | None = Field(default=None, description="The same for a gram of product, where the sum is for a mol.")
    text: str = Field(description="The sum with what it assumes, or why it is not known.")


class Material(Model):
    """A starting material of a route."""

    name: str = Field(description="Its name.")
    smiles: str = Field(description="Its SMILES.")
    role: str = Field(default="", description="What it does in the route: diamine, electrophile, ...")
    verdict: Verdict = Field(default="allow", description="The guard's verdict on it.")
    rules: list[str] = Field(default_factory=new_list, description="Safety rules that fired on it.")
    stock: Stock | None = Field(default=None, description="What the user's inventory says of it; None if it is not in it or there is none.")


class RouteStep(Model):
    """One named reaction."""

    reaction: str = Field(description="Name of the reaction.")
    reactants: list[str] = Field(description="SMILES of the reactants, in the order of the reaction's template.")
    product: str = Field(description="SMILES of the product.")
    note: str = Field(default="", description="Typical conditions in general terms, selectivity, or a caveat.")


class Route(Model):
    """How a candidate could be made, or that no route is known."""

    status: Literal["by construction", "found", "none known"] = Field(
        description="Whether the proposer built it, a search found it, or there is none."
    )
    steps: list[RouteStep] = Field(default_factory=new_list, description="Steps in the order they are run.")
    starting_materials: list[Material] = Field(default_factory=new_list, description="What is needed to begin.")
    note: str = Field(default="", description="What the reader should know, e.g. why no route is known.")
    cost: RouteCost | None = Field(default=None, description="What the materials cost; None if the run has no inventory.")


#: Constructed as it is, since a model that is checked here would have its validator made by every program that imports this module.
NO_ROUTE = Route.model_construct(status="none known", note="No route from the shipped building blocks and reactions was found.")


class Origin(Model):
    """Where a candidate came from."""

    proposer: str = Field(description="Name of the proposer.")
    operator: str = Field(description="What it did: mutation name, reaction name, library hit, ...")
    parents: list[str] = Field(default_factory=new_list, description="Keys (InChIKey or polymer key) of the parents in this run.")
    generation: int = Field(default=0, ge=0, description="Generation in which it was proposed; 0 is the seed generation.")
    rationale: str = Field(default="", description="Why it was proposed.")
    parent_smiles: list[str] = Field(default_factory=new_list, description="SMILES of the parents; filled for shortlisted candidates.")
    changes: dict[str, float] = Field(
        default_factory=new_dict, description="Change of each number against the first parent; filled for shortlisted candidates."
    )


class Proposal(Model):
    """What a proposer hands over: an unchecked structure. Everything in it is verified before it counts."""

    smiles: str = Field(description="Structure as written by the proposer; two '*' for a polymer repeat unit.")
    name: str = Field(default="", description="A name, where the proposer knows one.")
    proposer: str = Field(description="Name of the proposer.")
    operator: str = Field(description="What it did.")
    parents: list[str] = Field(default_factory=new_list, description="Keys of the parents in this run.")
    rationale: str = Field(default="", description="Why it is proposed.")
    route: Route | None = Field(default=None, description="The route by which it was built, if it was.")


class RequirementResult(Model):
    """How one requirement of the spec stands for one candidate."""

    id: str = Field(description="The requirement's id in the spec.")
    text: str = Field(description="The requirement in plain words.")
    met: bool = Field(
        description="Whether it counts as met: exactly for computed properties, else probability at or above the spec's threshold."
    )
    probability: float = Field(
        ge=0, le=1, description="Probability that it holds; 0 or 1 for computed properties. 0 if the value is unknown."
    )
    value: float | str | None = Field(default=None, description="The value judged.")
    unit: str = Field(default="", description="Its unit.")
    reason: str = Field(default="", description="Why it is not met or not known, in words.")


class Citation(Model):
    """A reference that resolves in the literature store."""

    number: int = Field(ge=1, description="The [n] used in the text.")
    key: str = Field(description="Identifier of the note or passage in the literature store.")
    title: str = Field(description="Title of the publication.")
    year: int | None = Field(default=None, description="Year of publication.")
    doi: str = Field(default="", description="DOI, without resolver address.")
    authors: str = Field(default="", description="Authors, as the source gives them.")
    passage: str = Field(default="", description="The text that supports the statement.")
    document: str = Field(
        default="", exclude_if=_empty, description="Id of the paper in the team's collection; absent for what ships with molwright."
    )
    page: int | None = Field(default=None, exclude_if=_absent, description="Page of a paper, from 1; absent where it is not known.")
    retracted: bool | None = Field(default=None, exclude_if=_absent, description="Whether the paper was retracted; absent where unknown.")


class Candidate(Model):
    """One evaluated structure of one run."""

    schema_version: str = Field(default=CANDIDATE_VERSION, description="Version of this model.")
    key: str = Field(description="Identity within the run: InChIKey, or the frame-independent polymer key.")
    smiles: str = Field(description="Canonical SMILES of the form as drawn.")
    given: str = Field(
        default="", description="SMILES of everything that was given, where what is judged is a part of it (see the notes); else empty."
    )
    inchikey: str = Field(default="", description="InChIKey; empty for polymers.")
    name: str = Field(default="", description="A name, where one is known.")
    candidate_class: CandidateClass = Field(alias="class", description="molecule or polymer.")
    dedup_key: str = Field(default="", description="Tautomer-independent key used to recognise duplicates.")
    undefined_stereocentres: int = Field(default=0, ge=0, description="Number of stereocentres whose configuration is not given.")
    notes: list[str] = Field(
        default_factory=new_list, description="What standardisation changed: counter-ion removed, isotope removed, ..."
    )
    origin: Origin = Field(description="Where it came from.")
    status: CandidateStatus = Field(default="proposed", description="How far it got.")
    rejected_by: str = Field(default="", description="First rule that rejected it; empty while it has not been rejected.")
    rejected_reason: str = Field(default="", description="That rule's reason in words.")
    properties: dict[str, PropertyValue] = Field(default_factory=new_dict, description="Property values by registered name.")
    safety: SafetyVerdict | None = Field(default=None, description="The guard's verdict; None until it was screened.")
    lists: list[ListStanding] = Field(
        default_factory=new_list,
        exclude_if=_empty,
        description="How it stands to the named lists that structure decides; absent where nobody looked (all but listed candidates and structures that were asked about).",
    )
    against: list[Reason] = Field(
        default_factory=new_list,
        exclude_if=_empty,
        description="Reasons not to make it, the strongest first; absent where nobody looked (all but listed candidates and structures that were asked about).",
    )
    requirements: list[RequirementResult] = Field(default_factory=new_list, description="How each requirement of the spec stands.")
    p_meets: float | None = Field(
        default=None, ge=0, le=1, description="Probability that all requirements hold together, corrected for selection once ranked."
    )
    desirability: float | None = Field(
        default=None, ge=0, le=1, description="Weighted geometric mean of the objectives' desirabilities; 1 without objectives."
    )
    score: float | None = Field(default=None, ge=0, le=1, description="p_meets times desirability.")
    rank: int | None = Field(default=None, ge=1, description="Rank in the final list.")
    rank_interval: tuple[int, int] | None = Field(default=None, description="90 % interval of the rank under the prediction errors.")
    pareto_front: int | None = Field(default=None, ge=1, description="1 for the non-dominated front, 2 for the next, ...")
    route: Route | None = Field(default=None, description="How it could be made; None until routes were looked for.")
    citations: list[Citation] = Field(default_factory=new_list, description="Evidence that bears on it.")
    in_papers: InPapers | None = Field(
        default=None, exclude_if=_absent, description="What the team's papers say of it; absent where nobody looked, or nothing is said."
    )
    rationale: str = Field(default="", description="Why it ranks where it does, in words.")

    def estimated_only(self, names: Iterable[str]) -> bool:
        """Whether one of the properties ``names`` is a costly one that nobody computed for it: such a candidate is never listed."""
        return any(value.basis == ESTIMATED for name in names if (value := self.properties.get(name)) is not None)

    @property
    def strongest_against(self) -> str:
        """The strongest reason not to make it, in words; '' where nobody looked."""
        return self.against[0].text if self.against else ""

    def meets_all(self) -> bool:
        """Whether every requirement counts as met. False while nothing was checked and the spec has requirements."""
        return self.status == "kept"


@dataclass(frozen=True, slots=True)
class CandidateOutline:
    """What is known of a stored candidate without reading all of it.

    Attributes:
        key: see :class:`Candidate`, as the others.
        generation: of its origin.
        proposer: of its origin.
        status: how far it got.
        rejected_by: first rule that rejected it; empty while it has not been rejected.
    """

    key: str
    generation: int
    proposer: str
    status: CandidateStatus
    rejected_by: str
