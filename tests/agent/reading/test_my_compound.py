"""Goals about 'my compound': what of it stays is read as fixed atoms, what it is now asks for nothing, and what may change keeps nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from agent.compound import ANALOGUE_FLOOR, keeping
from agent.reading import interpret
from core.errors import GoalError
from core.spec import DesignSpec, FixedAtomsRequirement, MotifRequirement, PropertyRequirement, SimilarityRequirement
from tests.tables import each_row
from tools.groups.cores import changed_around, kept_but, kept_part, kept_scaffold
from tools.workspace import builtin

CASES = tomllib.loads((Path(__file__).parents[3] / "evals/data/compound_cases.toml").read_text(encoding="utf-8"))["case"]
X = "CC(=O)Nc1ccc(O)cc1"
ESTER = "CCOC(=O)c1ccc(N=Nc2ccccc2)cc1"


def kept(spec: DesignSpec) -> list[tuple[str, list[int], list[int]]]:
    return [(r.part, r.fixed, r.open) for r in spec.requirements_of(FixedAtomsRequirement)]


def same(spec: DesignSpec, expected: FixedAtomsRequirement) -> bool:
    return kept(spec) == [(expected.part, expected.fixed, expected.open)]


def phrases(spec: DesignSpec) -> list[str]:
    return [u.phrase for u in spec.unchecked]


@each_row("case", CASES)
def test_compound_cases_are_read_whole(case: dict[str, str]) -> None:
    spec = interpret(case["goal"])
    assert spec.unchecked == []
    assert spec.reference is not None
    floors = [r.condition.bounds()[0] for r in spec.requirements_of(SimilarityRequirement)]
    assert floors == [0.4 if case.get("polymer") else ANALOGUE_FLOOR]
    asked = {r.property for r in spec.requirements_of(PropertyRequirement)} | {o.property for o in spec.objectives}
    assert case["aim"]["property"] in asked  # type: ignore[index]
    words = ("changing", "vary", "may change")
    assert len(kept(spec)) == sum(word in case["goal"] for word in words)


@each_row(
    "words",
    [
        "without changing the core", "without touching the scaffold", "do not touch the core", "don't change the ring system", "keep the core",
        "keep the skeleton", "leave the core alone", "leave the ring system untouched", "keep the scaffold intact", "keeping the core unchanged",
        "never change the core",
    ],
)  # fmt: skip
def test_core_is_kept(words: str) -> None:
    spec = interpret(f"make my compound {X} more soluble; {words}")
    assert spec.unchecked == []
    assert same(spec, kept_scaffold(X))
    assert spec.requirements_of(FixedAtomsRequirement)[0].origin == "goal"
    assert spec.requirements_of(FixedAtomsRequirement)[0].phrase == words
    assert spec.requirements_of(MotifRequirement) == []


@each_row(
    ("goal", "expected"),
    [
        (f"make my compound {X} more soluble; keep the amide", kept_part(X, "amide")),
        (f"improve the solubility of our lead {X} but keep the phenol", kept_part(X, "phenol")),
        (f"this hit {X} should have logP below 1, do not touch the amide", kept_part(X, "amide")),
        (f"my dye {ESTER} should absorb at longer wavelength; only vary the ester", kept_but(ESTER, "ester")),
        (f"make my dye {ESTER} less lipophilic, vary only the ester", kept_but(ESTER, "ester")),
        (f"make my dye {ESTER} less lipophilic; only the ester may change", kept_but(ESTER, "ester")),
        (f"make my molecule {X} less lipophilic; substituents on the phenyl ring may change", changed_around(X, "benzene ring")),
        (f"keep the phenol of our lead {X}", kept_part(X, "phenol")),
        (f"5 analogues of my hit {X}, keep the amide", kept_part(X, "amide")),
        (f"make my compound ({X}) less lipophilic, keep the amide", kept_part(X, "amide")),
        ("improve the solubility of my drug paracetamol, keep the amide", kept_part(X, "amide")),
    ],
)
def test_part_is_kept(goal: str, expected: FixedAtomsRequirement) -> None:
    spec = interpret(goal)
    assert spec.unchecked == []
    assert [(fixed, opened) for _, fixed, opened in kept(spec)] == [(expected.fixed, expected.open)]
    assert [r.condition.bounds()[0] for r in spec.requirements_of(SimilarityRequirement)] == [ANALOGUE_FLOOR]


def test_longer_wavelength_is_measured_from_the_dye() -> None:
    spec = interpret(f"my dye {ESTER} should absorb at longer wavelength")
    (wish,) = spec.requirements_of(PropertyRequirement)
    assert wish.property == "absorption_maximum"
    assert wish.condition.comparison == ">"
    shorter = interpret(f"my dye {ESTER} should absorb at shorter wavelength").requirements_of(PropertyRequirement)
    assert [r.condition.comparison for r in shorter] == ["<"]


@each_row(
    "words",
    [
        "changing the core is fine", "changing the core is allowed", "you may change the core", "not without changing the core",
        "without keeping the core", "do not keep the core", "do not only vary the amide", "leave the core", "without changing the core too much",
        "substituents on the phenyl ring may not change", "ideally keep the amide", "without changing the core or the amide",
        "without changing the core unless needed", "without changing the core it is hopeless", "we do not change the core in vain", "no substituents on the phenyl ring may change", "not only the amide may change", "without changing the ester", "keep the nitro group", "only vary the ester",
    ],
)  # fmt: skip
def test_what_keeps_nothing_is_unread(words: str) -> None:
    spec = interpret(f"make my compound {X} more soluble; {words}")
    assert kept(spec) == []
    assert phrases(spec)
    assert spec.requirements_of(MotifRequirement) == []


def test_reason_names_the_missing_part() -> None:
    spec = interpret(f"make my compound {X} more soluble without changing the ester")
    assert [(u.phrase, u.reason) for u in spec.unchecked] == [
        ("without changing the ester", "the compound has no ester, or this is no part that is known by name")
    ]


@pytest.mark.parametrize("words", ["without changing the core", "only vary the ester", "leave the amide untouched"])
def test_no_compound_is_named(words: str) -> None:
    spec = interpret(f"MW below 300, {words}")
    assert kept(spec) == []
    assert [u.reason for u in spec.unchecked] == [
        "it is said of a compound, and the goal names none; give it as SMILES or by a common name"
    ]


@pytest.mark.parametrize(
    "goal", ["MW below 300, keep the phenol", "not similar to ibuprofen, keep the phenol", "analogues of ibuprofen, keep the phenol"]
)
def test_group_without_a_compound_of_ones_own_is_a_part_to_contain(goal: str) -> None:
    spec = interpret(goal)
    assert spec.unchecked == []
    assert kept(spec) == []
    assert [(r.name, r.wanted) for r in spec.requirements_of(MotifRequirement)] == [("phenol", True)]


def test_compound_to_stay_away_from_has_no_core_to_keep() -> None:
    spec = interpret("not similar to ibuprofen, without changing the core")
    assert kept(spec) == []
    assert phrases(spec) == ["without changing the core"]


@pytest.mark.parametrize(
    ("goal", "fact"),
    [
        (f"my compound {X} has logP 1; make it more soluble", "logP 1"),
        (f"make my compound {X}, which has logP 1, more soluble", "logP 1"),
        (f"make my compound {X} more soluble; its logP is 1", "logP is 1"),
        (f"my dye {X} absorbs at 250 nm. It should absorb at longer wavelength", "250 nm"),
    ],
)
def test_what_the_compound_is_now_is_no_demand(goal: str, fact: str) -> None:
    spec = interpret(goal)
    assert any(fact in phrase for phrase in phrases(spec))
    assert not any(fact in r.phrase for r in spec.requirements)


def test_what_the_compound_must_be_is_a_demand() -> None:
    spec = interpret(f"make my compound {X} more soluble; its logP must be below 0")
    assert spec.unchecked == []
    assert [r.property for r in spec.requirements_of(PropertyRequirement)] == ["aqueous_solubility", "logp"]


def test_structure_that_is_denied_is_no_compound_of_ones_own() -> None:
    with pytest.raises(GoalError):
        interpret(f"not my compound {X}")


def test_repeat_unit_makes_a_polymer() -> None:
    spec = interpret("make my polymer *CC(*)c1ccccc1 with Tg above 110 °C without changing the core")
    assert spec.candidate_class == "polymer"
    assert spec.unchecked == []
    assert same(spec, kept_scaffold("*CC(*)c1ccccc1"))
    assert interpret("make my repeat unit *CC(*)c1ccccc1 less polar, keep the core", may_be_empty=True).candidate_class == "polymer"


def test_core_from_a_person_adds_no_second_similarity() -> None:
    spec = keeping(interpret(f"make my compound {X} more soluble"), kept_part(X, "amide"), catalogue=builtin().catalogue)
    assert len(spec.requirements_of(SimilarityRequirement)) == 1
