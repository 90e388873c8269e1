"""What reviewers say of candidates: decisions with their reason, remarks, what is taken back, and whether two of them agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from app import wiring
from core.candidate import Candidate, PropertyValue
from core.errors import NotFoundError, StructureError, UsageError
from core.feedback import Said
from core.interfaces import RunStore
from core.report import Report
from core.review import (
    DECIDED,
    REASONS,
    VERDICTS,
    WITHDRAWN,
    CandidateReview,
    Compared,
    FeedbackEntry,
    Review,
    agreement_of,
    compared,
    coverage_of,
    in_force,
)
from core.settings import Settings
from core.spec import DesignSpec

#: Longest text of a person's own, and longest name of one, characters.
LONGEST, LONGEST_NAME = 5000, 100


class FeedbackService:
    """Keeps what people say of candidates, in one store."""

    def __init__(self, settings: Settings, store: RunStore, *, clock: Callable[[], datetime] = wiring.now) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock

    def add(self, run_id: str, candidate: str, verdict: str, comment: str = "", author: str = "", *, reason: str = "") -> str:
        """Keep a verdict on a candidate, which is named as :func:`named_candidate` says; returns its key.

        ``reason``: one of :data:`core.review.REASONS`. ``author``: the user of the settings unless given. Raises UsageError for an unknown
        verdict or reason, a rejection without a reason, a remark without words and for accepting what the guard blocks; NotFoundError for a
        run or a candidate that does not exist.
        """
        if verdict not in VERDICTS:
            raise UsageError(f"the verdict is {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}, not {verdict[:40]!r}")
        if reason and reason not in REASONS:
            raise UsageError(
                f"the reason is one of {', '.join(REASONS)}, not {reason[:40]!r}; say any other in your own words as the comment"
            )
        comment = checked_text(comment, "the comment")
        if verdict == "reject" and not (reason or comment):
            raise UsageError(f"say why it is rejected: {', '.join(REASONS)}, or in your own words")
        if verdict == "comment" and not (comment or reason):
            raise UsageError("a comment needs words")
        run = self.store.run(run_id)
        found = named_candidate(self.store, run.run_id, candidate)
        if verdict == "accept" and found.safety is not None and found.safety.verdict == "block":
            raise UsageError(f"the safety guard blocks {found.smiles}, so it cannot be accepted: {found.rejected_reason}")
        said = Said(found.key, verdict, comment, self.author(author), self.now(), {"reason": reason} if reason else {})
        self.store.add_feedback(run.run_id, said)
        return found.key

    def withdraw(self, run_id: str, entry_id: str, author: str = "", comment: str = "") -> FeedbackEntry:
        """Take back a decision, a remark or a measured value by its id or the beginning of one; returns it. It stays in the history.

        Only who said it may. NotFoundError for one that is not there, UsageError for one that is taken back already or is somebody else's.
        """
        run = self.store.run(run_id)
        entries = self.store.feedback(run.run_id)
        found = [e for e in entries if entry_id and e.id.startswith(entry_id) and e.verdict != WITHDRAWN]
        if len(found) != 1:
            raise NotFoundError(f"{len(found) or 'nothing'} of what was said of run {run.run_id} has the id {entry_id[:64]!r}")
        entry, by = found[0], self.author(author)
        if any(e.withdraws == entry.id for e in entries):
            raise UsageError(f"{entry.id[:12]} was taken back already")
        if entry.author != by:
            raise UsageError(f"{entry.author} said that; only they can take it back, and you are {by}")
        content = {"withdraws": entry.id}
        self.store.add_feedback(run.run_id, Said(entry.key, WITHDRAWN, checked_text(comment, "the comment"), by, self.now(), content))
        return entry

    def withdraw_decision(self, run_id: str, candidate: str, author: str = "") -> str:
        """Take back one's own decision on a candidate; returns its key. UsageError where there is none."""
        run = self.store.run(run_id)
        key, by = named_candidate(self.store, run.run_id, candidate).key, self.author(author)
        mine = next((e for e in in_force(self.store.feedback(run.run_id)) if (e.key, e.author) == (key, by) and e.verdict in DECIDED), None)
        if mine is None:
            raise UsageError(f"{by} has no decision on {key} that could be taken back")
        self.withdraw(run.run_id, mine.id, by)
        return key

    def history(self, run_id: str, key: str = "") -> list[FeedbackEntry]:
        """All that was ever said of a run, or of one of its candidates, the oldest first; nothing is left out. NotFoundError."""
        return [e for e in self.store.feedback(self.store.run(run_id).run_id) if not key or e.key == key]

    def review(self, run_id: str) -> Review:
        """How each candidate stands: those of the report by rank, then the others of which somebody said something. NotFoundError."""
        run = self.store.run(run_id)
        report = self.store.report(run.run_id) if run.status in ("success", "no_candidate") else None
        spec = report.spec if report else self.store.spec(run.run_id) if run.spec_version else None
        return reviewed(self.store, run.run_id, report, spec, self.store.feedback(run.run_id))

    def author(self, name: str) -> str:
        """Who acts: ``name``, or the user of the settings where none is given. UsageError for one that is too long."""
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise UsageError(f"a reviewer's name has at most {LONGEST_NAME} characters")
        return name or wiring.user_name(self.settings)

    def now(self) -> str:
        """The current time as it is stored."""
        return self.clock().isoformat()


def checked_text(text: str, what: str) -> str:
    """A person's own words, without spaces around them. UsageError where there are too many."""
    if len(text) > LONGEST:
        raise UsageError(f"{what} has at most {LONGEST} characters")
    return text.strip()


def with_review(store: RunStore, report: Report) -> Report:
    """``report`` with what people have said of its candidates; as it is where nobody said anything. What is stored stays as it is."""
    entries = store.feedback(report.run_id)
    if not entries:
        return report
    found = reviewed(store, report.run_id, report, report.spec, entries)
    said = [c for c in found.candidates if c.decisions or c.comments or c.measured]
    return report.model_copy(update={"review": found.model_copy(update={"candidates": said})}) if said else report


def reviewed(store: RunStore, run_id: str, report: Report | None, spec: DesignSpec | None, entries: Sequence[FeedbackEntry]) -> Review:
    """How the candidates of ``report``, and the others that ``entries`` speak of, stand."""
    listed = [*report.candidates, *report.closest] if report else []
    known = {c.key for c in listed}
    left = in_force(entries)
    others = store.candidates(run_id, keys=list(dict.fromkeys(e.key for e in left if e.key and e.key not in known)))
    by_key: dict[str, list[FeedbackEntry]] = {}
    for entry in left:
        by_key.setdefault(entry.key, []).append(entry)
    found = [_candidate_review(c, by_key.get(c.key, []), spec) for c in [*listed, *others]]
    return Review(run_id=run_id, candidates=found, coverage=coverage_of(m for c in found for m in c.measured))


def _candidate_review(candidate: Candidate, entries: Sequence[FeedbackEntry], spec: DesignSpec | None) -> CandidateReview:
    decisions = [e for e in entries if e.verdict in DECIDED]
    agreement, decision = agreement_of(decisions)
    return CandidateReview(
        key=candidate.key,
        smiles=candidate.smiles,
        name=candidate.name,
        rank=candidate.rank,
        agreement=agreement,
        decision=decision,
        decisions=decisions,
        comments=[e for e in entries if e.measured is None and e.verdict not in DECIDED],
        measured=[compared_with(e, candidate, spec) for e in entries if e.measured is not None],
    )


def compared_with(entry: FeedbackEntry, candidate: Candidate, spec: DesignSpec | None) -> Compared:
    """The measured value of ``entry`` beside what the run predicted for ``candidate`` under the conditions of ``spec``."""
    from tools.calculators.measured_spread import measured_range

    assert entry.measured is not None
    name = entry.measured.property
    value = candidate.properties.get(name)
    return compared(entry, value, measured_range(name, value), _other_conditions(entry, value, spec))


def _other_conditions(entry: FeedbackEntry, value: PropertyValue | None, spec: DesignSpec | None) -> str:
    """Why a value was not measured under the conditions of its prediction; '' where it was, or where they do not matter."""
    measured = entry.measured
    if measured is None or not measured.solvent or spec is None or value is None:
        return ""
    from tools.predictors.features.solvent import canonical_solvent

    asked = canonical_solvent(spec.conditions.solvent_smiles.strip())
    if asked == measured.solvent:
        return ""
    return f"predicted in {spec.conditions.solvent}, measured in {measured.solvent_name or measured.solvent}"


def named_candidate(store: RunStore, run_id: str, named: str) -> Candidate:
    """The evaluated candidate that ``named`` means: its rank in the report, its key or the beginning of one, or its SMILES.

    Raises NotFoundError if there is none, or if several keys begin like this.
    """
    named = named.strip()
    if named.isascii() and named.isdigit():
        run = store.run(run_id)
        listed = store.report(run.run_id).candidates if run.status in ("success", "no_candidate") else []
        found = [c for c in listed if c.rank == int(named[:9])]
        if not found:
            raise NotFoundError(f"run {run_id} lists no candidate {named[:20]!r}; ranks 1 to {len(listed)}, a key or a SMILES")
        return found[0]
    exact = store.candidates(run_id, keys=[named]) if named else []
    keys = [] if exact or not named else [o.key for o in store.outlines(run_id) if o.key.startswith(named)] or _keys_of(named)
    if len(keys) > 1:
        raise NotFoundError(
            f"{named[:100]!r} means {len(keys)} candidates of run {run_id}: {', '.join(keys[:3])}{', ...' if len(keys) > 3 else ''}"
        )
    found = exact or (store.candidates(run_id, keys=keys) if keys else [])
    if not found:
        raise NotFoundError(f"run {run_id} has no candidate {named[:200]!r}: a rank, a key or the beginning of one, or a SMILES")
    return found[0]


def _keys_of(smiles: str) -> list[str]:
    """The key of a structure; none for what is no structure."""
    from tools.structures.standardise import standardise

    try:
        return [standardise(smiles, "polymer" if smiles.count("*") == 2 else "molecule").key]
    except StructureError:
        return []
