"""What keeps structures out: the requirement that binds, and the candidates that come closest."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.candidate import Candidate, RequirementResult
from core.report import BindingRequirement
from core.spec import DesignSpec, Requirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import kind_of
from tools.evaluation.fitness import closeness


def binding_requirement(candidates: Sequence[Candidate], spec: DesignSpec, *, catalogue: Catalogue) -> BindingRequirement | None:
    """The requirement that most checked candidates fail alone, then the one that most fail at all; the first in the spec on a tie.

    None where nothing fails. ``candidates`` carry the results of ``spec``.
    """
    failures = [[not result.met for result in candidate.requirements] for candidate in candidates]
    counts = []
    for index in range(len(spec.requirements)):
        failed = sum(row[index] for row in failures)
        alone = sum(row[index] and sum(row) == 1 for row in failures)
        counts.append((alone, failed, -index))
    alone, failed, position = max(counts, default=(0, 0, 0))
    if failed == 0:
        return None
    requirement = spec.requirements[-position]
    return BindingRequirement(
        id=requirement.id,
        text=requirement.text,
        failed=failed,
        failed_alone=alone,
        evaluated=len(candidates),
        best=_best(requirement, [candidate.requirements[-position] for candidate in candidates], catalogue=catalogue),
    )


def _best(requirement: Requirement, results: Sequence[RequirementResult], *, catalogue: Catalogue) -> float | str | None:
    """The value that came closest; None where no value is known or the question has no meaning."""
    known = [result.value for result in results if result.value is not None]
    return kind_of(requirement).closest(requirement, known, catalogue)


def by_closeness(candidates: Sequence[Candidate], spec: DesignSpec, *, catalogue: Catalogue) -> list[Candidate]:
    """Candidates, closest first: more requirements met, then the product of the satisfactions, then the key."""

    def place(candidate: Candidate) -> tuple[int, float, str]:
        return (
            -sum(result.met for result in candidate.requirements),
            -round(math.log(closeness(candidate, spec, catalogue=catalogue)), 9),
            candidate.key,
        )

    return sorted(candidates, key=place)
