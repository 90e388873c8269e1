"""What an evaluation run consists of, how two compare, and how the runs of a suite stand beside each other."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from core.model import Model, content_hash, new_dict, new_list

EVAL_VERSION = "1"


class CaseResult(Model):
    """One case of a suite. ``score`` is between 0 and 1; 1 is right."""

    case: str = Field(description="Name of the case: the goal sentence, the structure, ...")
    seed: int = Field(default=0, ge=0, description="Seed used.")
    score: float = Field(ge=0, le=1, description="1 right, 0 wrong, in between a share.")
    detail: dict[str, Any] = Field(default_factory=new_dict, description="What was expected and found, as JSON values.")


class EvalHead(Model):
    """One execution of a suite, without its cases."""

    schema_version: str = Field(default=EVAL_VERSION, description="Version of this model.")
    eval_id: str = Field(description="Its id.")
    suite: str = Field(description="Name of the suite.")
    created_at: str = Field(description="When it was started, ISO 8601 UTC.")
    seconds: float = Field(default=0.0, ge=0, description="How long it took.")
    seeds: list[int] = Field(default_factory=new_list, description="Seeds used.")
    options: dict[str, Any] = Field(default_factory=new_dict, description="What was chosen: budget, limit, models.")
    versions: dict[str, str] = Field(default_factory=new_dict, description="Versions of everything that decides a number.")
    schemas: str = Field(
        default="", description="SHA-256 over the schemas of the tools and the prompts: two runs with the same hash were asked alike."
    )
    models: str = Field(default="none", description="Language models used; 'none' is the baseline.")

    @property
    def version(self) -> str:
        """What was measured: molwright's version, with a digest that changes with any version, schema or prompt that decides a number."""
        return f"{self.versions.get('molwright', 'unknown')} ({content_hash([self.versions, self.schemas])[:7]})"


class EvalRun(EvalHead):
    """One execution of a suite."""

    cases: list[CaseResult] = Field(default_factory=new_list, description="Results in the order of the suite.")

    @property
    def score(self) -> float:
        """Mean score of the cases; 0 without cases."""
        return sum(c.score for c in self.cases) / len(self.cases) if self.cases else 0.0


class EvalSummary(EvalHead):
    """One execution of a suite in numbers."""

    cases: int = Field(default=0, ge=0, description="Number of cases, over all seeds.")
    right: int = Field(default=0, ge=0, description="Number of those that are entirely right.")
    score: float = Field(default=0.0, ge=0, le=1, description="Mean score of the cases; 0 without cases.")
    seed_scores: dict[int, float] = Field(default_factory=new_dict, description="Mean score of the cases of each seed.")


class Comparison(Model):
    """B against A."""

    suite: str = Field(description="The suite of both.")
    a: str = Field(description="Id of the first run (the baseline).")
    b: str = Field(description="Id of the second run.")
    pairs: int = Field(ge=0, description="Cases and seeds that both have.")
    mean_a: float = Field(description="Mean score of A over the pairs.")
    mean_b: float = Field(description="Mean score of B over the pairs.")
    difference: float = Field(description="Mean of B minus A over the pairs.")
    low: float = Field(description="Lower end of the 95 % bootstrap interval of the difference.")
    high: float = Field(description="Upper end of it.")
    verdict: Literal["better", "worse", "cannot tell"] = Field(description="What can be said of B.")
    detectable: float = Field(description="Smallest true difference that this comparison would have seen with 80 % probability.")
    warnings: list[str] = Field(default_factory=new_list, description="Why the two may not be comparable.")


class ChangedCase(Model):
    """A case that came out otherwise in the second of two runs."""

    case: str = Field(description="Name of the case.")
    seed: int = Field(ge=0, description="Seed used.")
    a: float = Field(description="Its score in the first run, 0 to 1.")
    b: float = Field(description="Its score in the second run, 0 to 1.")
    number: int = Field(ge=1, description="Its number in the second run.")


class EvalChange(Model):
    """What changed from one run of a suite to another: versions, score, single cases."""

    comparison: Comparison = Field(description="The scores, paired by case and seed.")
    versions: dict[str, tuple[str, str]] = Field(
        default_factory=new_dict, description="What has another version: before and now; '' for what one of them does not name."
    )
    asked_alike: bool = Field(description="Whether schemas and prompts are the same.")
    worse: list[ChangedCase] = Field(default_factory=new_list, description="Cases with a lower score, the largest loss first; at most 50.")
    better: list[ChangedCase] = Field(
        default_factory=new_list, description="Cases with a higher score, the largest gain first; at most 50."
    )


class EvalGroup(Model):
    """All runs of one suite on one version with the same language models and options: repeats of one measurement."""

    suite: str = Field(description="Name of the suite.")
    version: str = Field(description="What was measured; see the runs for every version.")
    models: str = Field(description="Language models used; 'none' is the baseline.")
    options: dict[str, Any] = Field(default_factory=new_dict, description="What was chosen: budget, limit.")
    runs: list[EvalSummary] = Field(description="Its runs, newest first.")
    scores: list[float] = Field(description="Mean score of each seed of each run.")
    mean: float = Field(ge=0, le=1, description="Mean of the scores.")
    spread: float | None = Field(default=None, description="Standard deviation of the scores; None for fewer than two.")
    before: str = Field(
        default="", description="Id of the newest run of the version before, with the same models and options; '' for none."
    )
    change: float | None = Field(default=None, description="Mean less that of the version before; None where there is none.")


class EvalCasePage(Model):
    """Some cases of a run."""

    cases: list[CaseResult] = Field(description="The cases, in the order of the suite.")
    numbers: list[int] = Field(description="Their numbers in the run, from 1.")
    total: int = Field(ge=0, description="Number of all that fit.")


class KindScore(Model):
    """The cases of one kind in a run; of all kinds for 'all'."""

    kind: str = Field(description="The kind, as the suite names it.")
    cases: int = Field(ge=0, description="Number of cases.")
    right: int = Field(ge=0, description="Number of those that are entirely right.")
    low: float = Field(ge=0, le=1, description="Lower end of the 95 % interval (Wilson) of the share that is right.")
    high: float = Field(ge=0, le=1, description="Upper end of it.")
    took: dict[str, float] = Field(
        default_factory=new_dict, description="Means over the cases: share with the right call, invalid calls, steps, tokens, seconds."
    )


class CaseHistory(Model):
    """The same case in another run of its suite."""

    eval_id: str = Field(description="The run.")
    created_at: str = Field(description="When it was started.")
    number: int = Field(ge=1, description="Number of the case in it.")
    score: float = Field(ge=0, le=1, description="Its score.")


class KindChange(Model):
    """The cases of one kind in two runs."""

    kind: str = Field(description="The kind, as the suite names it.")
    cases: int = Field(ge=0, description="Cases that both runs have.")
    a: float = Field(ge=0, le=1, description="Mean score in A.")
    b: float = Field(ge=0, le=1, description="Mean score in B.")
    gained: int = Field(ge=0, description="Cases that B has better.")
    lost: int = Field(ge=0, description="Cases that B has worse.")
    p: float = Field(ge=0, le=1, description="Exact two-sided sign test over the cases that differ.")


class AbResult(Model):
    """B against A on the same questions, by a rule that was fixed beforehand."""

    comparison: Comparison = Field(
        description="The scores with their interval. Its verdict is that of the interval; the rule's stands in verdict."
    )
    a: str = Field(description="What A is, in words.")
    b: str = Field(description="What B is, in words.")
    verdict: Literal["better", "worse", "cannot tell"] = Field(description="What the rule says of B.")
    why: str = Field(description="Why, in a sentence.")
    rule: str = Field(description="The rule.")
    p: float = Field(ge=0, le=1, description="Exact two-sided sign test over the cases that differ.")
    gained: int = Field(ge=0, description="Cases that B has better.")
    lost: int = Field(ge=0, description="Cases that B has worse.")
    kinds: list[KindChange] = Field(default_factory=new_list, description="By kind of question.")
    took: dict[str, tuple[float, float]] = Field(
        default_factory=new_dict, description="Means of A and B: share with the right call, invalid calls, steps, tokens, seconds."
    )
