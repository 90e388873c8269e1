"""What people say of the candidates of a run: decisions, remarks and measured values, whether two of them agree, and how predictions held."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, cast, get_args

from pydantic import Field

from core.candidate import MOVED, PropertyValue
from core.model import Model, new_list
from core.trace import Verdict

Decision = Literal["accept", "reject", "hold"]
#: Each decision as it is said of a candidate.
DECIDED: dict[Decision, str] = {"accept": "accepted", "reject": "rejected", "hold": "on hold"}
Reason = Literal["not synthesisable", "unstable", "hazardous", "known", "outside scope", "property doubtful", "cost"]
REASONS: tuple[Reason, ...] = get_args(Reason)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
#: How an entry that holds a measured value, and one that takes an earlier entry back, are stored.
MEASURED, WITHDRAWN = "measured", "withdraw"
Agreement = Literal["undecided", "one decision", "agreed", "disputed"]
AGREEMENTS: tuple[Agreement, ...] = get_args(Agreement)
Qualifier = Literal["=", "<", ">", "~"]
#: How many reviewers have to decide the same.
ENOUGH = 2
#: Why a value with this basis has no interval of a prediction.
FITS = {
    "in the training set": "the model has learnt from this structure: a fit, not a prediction",
    MOVED: "moved from another solvent, not predicted",
}


def _empty(value: object) -> bool:
    return not value


class MeasuredValue(Model):
    """A value that somebody measured of a candidate."""

    property: str = Field(description="Name of the registered property.")
    value: float = Field(description="The number in ``unit``.")
    unit: str = Field(default="", description="The unit of the property, into which what was given was converted.")
    qualifier: Qualifier = Field(default="=", description="'=' for a measurement, '<' and '>' for a limit, '~' for an estimate.")
    spread: float | None = Field(
        default=None, ge=0, description="What stands behind ± in ``unit``, or half of a range; None if not stated."
    )
    given: str = Field(description="Value and unit as they were entered.")
    solvent: str = Field(default="", description="SMILES of the solvent, 'film' or 'gas', for a property that depends on it; else empty.")
    solvent_name: str = Field(default="", description="What that is called.")
    conditions: str = Field(default="", description="Under which conditions it was measured.")
    note: str = Field(default="", description="What else is to be said.")
    measured_by: str = Field(default="", description="Who measured it; empty: not stated.")
    measured_on: str = Field(default="", description="On which day, as YYYY-MM-DD; empty: not stated.")
    smiles: str = Field(description="SMILES of the candidate that was measured.")

    @builtins.property
    def shown(self) -> str:
        """The value as people read it: '< 388 °C', '388 ± 2 °C in toluene'."""
        before = "" if self.qualifier == "=" else f"{self.qualifier} "
        spread = f" ± {self.spread:.6g}" if self.spread is not None else ""
        where = f" in {self.solvent_name}" if self.solvent_name else ""
        return f"{before}{self.value:.6g}{spread} {self.unit}".rstrip() + where


@dataclass(frozen=True)
class GivenValue:
    """A measured value as a person gives it; what is empty was not said.

    Attributes:
        property: name of the property, or another word for it.
        value: a number, or what a cell of a file may hold: '< 388 K', '120-124', '3.1 ± 0.2'.
        unit: the unit of a value without one.
        qualifier: '<', '>' or '~', for a value without one.
        spread: what stands behind ±, in the unit of the value.
        solvent: its name, its SMILES, 'film' or 'gas', for a property that depends on it.
        conditions, note: in the person's own words.
        measured_by: who measured it.
        measured_on: on which day, YYYY-MM-DD.
    """

    property: str
    value: str
    unit: str = ""
    qualifier: str = ""
    spread: str = ""
    solvent: str = ""
    conditions: str = ""
    note: str = ""
    measured_by: str = ""
    measured_on: str = ""


class FeedbackEntry(Model):
    """One thing that somebody said of a candidate, or of the run where ``key`` is empty. Nothing of it is ever changed."""

    id: str = Field(description="Hash of its content.")
    key: str = Field(description="Key of the candidate; empty: the run as a whole.")
    verdict: str = Field(
        description="accept, reject, hold, comment, 'measured' for a measured value, 'withdraw' for one that takes another back."
    )
    reason: str = Field(default="", exclude_if=_empty, description="Reason from the list of reasons; absent if none was given.")
    comment: str = Field(default="", description="In their own words.")
    author: str = Field(description="Who said it.")
    at: str = Field(description="When, ISO 8601 UTC.")
    measured: MeasuredValue | None = Field(default=None, exclude_if=_empty, description="The measured value, if it holds one.")
    withdraws: str = Field(default="", exclude_if=_empty, description="Id of the entry that it takes back; absent for any other.")


class Compared(Model):
    """A measured value beside what the run predicted."""

    id: str = Field(description="Id of the entry.")
    key: str = Field(description="Key of the candidate.")
    measured: MeasuredValue = Field(description="The measured value.")
    author: str = Field(description="Who entered it.")
    at: str = Field(description="When it was entered, ISO 8601 UTC.")
    predicted: float | None = Field(
        default=None, description="What the run predicted, in the same unit; None where it predicted nothing comparable."
    )
    lower: float | None = Field(default=None, description="Lower end of the 90 % interval of the prediction; None if there is none.")
    upper: float | None = Field(default=None, description="Upper end of it.")
    difference: float | None = Field(
        default=None, description="Measured minus predicted; None for a limit and where nothing is comparable."
    )
    inside: bool | None = Field(
        default=None, description="Whether the measured value lies in the 90 % interval; None where that cannot be told."
    )
    why: str = Field(default="", description="Why it is not compared, or cannot be told; empty where it is.")

    @property
    def said(self) -> str:
        """The comparison in words: 'predicted 401 °C (90 % interval 380 to 422), measured 13 °C below, inside the interval'."""
        if self.predicted is None:
            return self.why
        unit = f" {self.measured.unit}".rstrip()
        interval = f" (90 % interval {self.lower:.4g} to {self.upper:.4g})" if self.lower is not None and self.upper is not None else ""
        parts = [f"predicted {self.predicted:.4g}{unit}{interval}"]
        if self.difference is not None:
            way = "above" if self.difference > 0 else "below"
            parts.append(f"measured {abs(self.difference):.3g}{unit} {way}" if self.difference else "measured the same")
        if self.inside is not None:
            parts.append(f"{'inside' if self.inside else 'outside'} the interval")
        return ", ".join([*parts, self.why] if self.why else parts)


class CandidateReview(Model):
    """What is said of one candidate, and whether two reviewers agree."""

    key: str = Field(description="Its key.")
    smiles: str = Field(description="Its SMILES.")
    name: str = Field(default="", description="Its name, where one is known.")
    rank: int | None = Field(default=None, description="Its rank in the report; None if it is not listed.")
    agreement: Agreement = Field(
        default="undecided",
        description="'agreed': two different reviewers decided the same and nobody otherwise; 'disputed': their decisions differ.",
    )
    decision: Decision | None = Field(default=None, description="What was decided; None where nobody has, or where the decisions differ.")
    decisions: list[FeedbackEntry] = Field(
        default_factory=new_list, description="The newest decision of each reviewer that was not withdrawn."
    )
    comments: list[FeedbackEntry] = Field(default_factory=new_list, description="Remarks that were not withdrawn, oldest first.")
    measured: list[Compared] = Field(default_factory=new_list, description="Measured values that were not withdrawn, oldest first.")

    @property
    def said(self) -> str:
        """How it stands, in words: 'agreed: accepted by ada and bob', 'undecided'."""
        if not self.decisions:
            return "undecided"
        if self.decision is None:
            return "disputed: " + ", ".join(
                f"{DECIDED[cast(Decision, d.verdict)]} by {d.author}{f' ({d.reason})' if d.reason else ''}" for d in self.decisions
            )
        reasons = ", ".join(dict.fromkeys(d.reason for d in self.decisions if d.reason))
        who = f"{DECIDED[self.decision]} by {_listed([d.author for d in self.decisions])}{f' ({reasons})' if reasons else ''}"
        return f"agreed: {who}" if self.agreement == "agreed" else f"{who}; a second reviewer is missing"

    def by(self, author: str) -> FeedbackEntry | None:
        """The decision of ``author`` that counts; None if there is none."""
        return next((d for d in self.decisions if d.author == author), None)


class Coverage(Model):
    """How the predictions of one property held against what was measured; structures are counted, not measurements."""

    property: str = Field(description="Name of the property.")
    measured: int = Field(ge=0, description="Number of structures with a measured value.")
    compared: int = Field(ge=0, description="Number of those where it can be told whether it lies in the 90 % interval of a prediction.")
    inside: int = Field(ge=0, description="Number of those where it does.")


class Review(Model):
    """What people said of the candidates of a run."""

    run_id: str = Field(description="The run.")
    candidates: list[CandidateReview] = Field(description="By rank; then those that the report does not list.")
    coverage: list[Coverage] = Field(default_factory=new_list, description="How the predictions held, by property.")

    def of(self, key: str) -> CandidateReview | None:
        """What is said of the candidate ``key``; None for one that is not here."""
        return next((c for c in self.candidates if c.key == key), None)

    def counts(self) -> dict[Agreement, int]:
        """Number of candidates of each standing; 0 for none."""
        return {a: sum(c.agreement == a for c in self.candidates) for a in AGREEMENTS}

    @property
    def said(self) -> bool:
        """Whether anybody said anything."""
        return any(c.decisions or c.comments or c.measured for c in self.candidates)


def in_force(entries: Sequence[FeedbackEntry]) -> list[FeedbackEntry]:
    """``entries`` (oldest first) without those that were taken back and those that take back; of each reviewer the newest decision on a candidate.

    A reviewer who takes the newest decision back has none: an earlier one does not come back.
    """
    gone = {e.withdraws for e in entries if e.withdraws}
    newest = {(e.key, e.author): e.id for e in entries if e.verdict in DECIDED}
    left = [e for e in entries if e.verdict != WITHDRAWN and e.id not in gone]
    return [e for e in left if e.verdict not in DECIDED or newest[e.key, e.author] == e.id]


def agreement_of(decisions: Sequence[FeedbackEntry]) -> tuple[Agreement, Decision | None]:
    """How decisions in force, one a reviewer, stand to one another, and what was decided; None where nothing was or they differ."""
    kinds = {d.verdict for d in decisions}
    if not kinds:
        return "undecided", None
    if len(kinds) > 1:
        return "disputed", None
    return "agreed" if len(decisions) >= ENOUGH else "one decision", cast(Decision, decisions[0].verdict)


def compared(
    entry: FeedbackEntry, value: PropertyValue | None, interval: tuple[float, float] | None = None, other_conditions: str = ""
) -> Compared:
    """The measured value of ``entry`` beside the run's ``value`` of the property, both in its unit.

    ``interval``: where nine of ten measured values of a value that is computed lie about it; None: the value's own 90 % interval counts.
    ``other_conditions``: why the two are not of the same conditions; '' where they are. Nothing is compared with None, with a level or with
    a value that is itself a measurement. A limit is outside where the whole interval lies beyond it, else it tells nothing.
    """
    measured = entry.measured
    assert measured is not None
    told = Compared(id=entry.id, key=entry.key, measured=measured, author=entry.author, at=entry.at)
    if value is None or value.number is None:
        return told.model_copy(update={"why": "the run has no prediction of it"})
    if value.basis == "measured":
        return told.model_copy(update={"why": f"the run did not predict it: {value.known}"})
    if other_conditions:
        return told.model_copy(update={"why": other_conditions})
    predicted = value.number
    if interval is None and value.sigma and value.basis is None and value.lower is not None and value.upper is not None:
        interval = value.lower, value.upper
    update: dict[str, object] = {"predicted": predicted}
    if interval:
        update |= {"lower": interval[0], "upper": interval[1]}
    else:
        update["why"] = FITS.get(value.basis or "", "no interval of a prediction is known")
    if measured.qualifier in "=~":
        update["difference"] = measured.value - predicted
        if interval:
            update["inside"] = interval[0] <= measured.value <= interval[1]
    elif interval:
        beyond = measured.value <= interval[0] if measured.qualifier == "<" else measured.value >= interval[1]
        update |= {"inside": False} if beyond else {"why": "a limit does not tell whether the value lies inside"}
    return told.model_copy(update=update)


def coverage_of(found: Iterable[Compared]) -> list[Coverage]:
    """How the predictions held, by property and counted by structure: the median of a structure's measurements, its limits where it has none."""
    by_structure: dict[tuple[str, str], list[Compared]] = {}
    for c in found:
        by_structure.setdefault((c.measured.property, c.key), []).append(c)
    counts: dict[str, tuple[int, int, int]] = {}
    for (name, _), several in by_structure.items():
        inside = _inside(several)
        measured, tested, held = counts.get(name, (0, 0, 0))
        counts[name] = (measured + 1, tested + (inside is not None), held + (inside is True))
    return [Coverage(property=name, measured=m, compared=t, inside=h) for name, (m, t, h) in counts.items()]


def _inside(several: Sequence[Compared]) -> bool | None:
    """Whether the measurements of one structure lie in the interval of its prediction; None where that cannot be told."""
    numbers = [c for c in several if c.difference is not None and c.lower is not None and c.upper is not None]
    if not numbers:
        return next((c.inside for c in several if c.inside is not None), None)
    first = numbers[0]
    assert first.lower is not None
    assert first.upper is not None
    return first.lower <= median(c.measured.value for c in numbers) <= first.upper


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
