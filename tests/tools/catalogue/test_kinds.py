"""What every kind of requirement must do, on an example of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import pytest
from rdkit import Chem

from core.candidate import PropertyValue
from core.errors import ContradictionError, SpecError
from core.spec import Requirement
from tests.tables import each_row
from tools.calculators.exact import ExactCalculations
from tools.catalogue.contradictions import reject_contradictions
from tools.catalogue.kinds import KINDS, AnyKind, Context, Kinds, Subject, Terms, kind_of
from tools.catalogue.kinds.registry import SHIPPED
from tools.catalogue.notation import compact_requirement, parse_requirement
from tools.catalogue.wording import requirement_text
from tools.workspace import builtin

TERMS = Terms(builtin().catalogue, temperature_c=150.0)
CONTEXT = Context(builtin().catalogue, ExactCalculations(builtin().calculators))


@dataclass(frozen=True)
class Example:
    """A requirement in the compact notation, what its words must hold, what meets and misses it, and changes that no spec may hold.

    ``meets`` and ``misses`` are a SMILES, or property values.
    """

    compact: str
    words: tuple[str, ...]
    meets: str | dict[str, PropertyValue]
    misses: str | dict[str, PropertyValue]
    refused: tuple[dict[str, Any], ...]


def value(content: float | str | None, sigma: float | None = None) -> PropertyValue:
    return PropertyValue(value=content, sigma=sigma, method="test", method_version="1")


EXAMPLES = {
    "property": Example(
        "property:melting_point 50..120.5",
        ("50", "120.5", "°C", "Melting point"),
        {"melting_point": value(90.0, 10.0)},
        {"melting_point": value(250.0, 10.0)},
        ({"property": "colour"}, {"property": "thermal_stability"}, {"unit": "nm"}),
    ),
    "level": Example(
        "level:thermal_stability <= moderate @150",
        ("moderate", "150 °C"),
        {"thermal_stability": value("low")},
        {"thermal_stability": value("high")},
        ({"at_worst": "splendid"}, {"property": "colour"}, {"property": "logp"}),
    ),
    "count": Example(
        "count:group:hydroxyl >= 2",
        ("at least 2", "hydroxyl groups"),
        "OCCO",
        "CCO",
        ({"name": "unobtainyl", "smarts": ""}, {"smarts": "((("}, {"what": "element", "name": "Xx"}),
    ),
    "motif": Example(
        "motif:nitro absent", ("no nitro",), "c1ccccc1", "O=[N+]([O-])c1ccccc1", ({"name": "unobtainyl", "smarts": ""}, {"smarts": "((("})
    ),
    "elements": Example("elements:C,H,O", ("C, H, O",), "CCO", "CCN", ({"allowed": ["C", "Xx"]}, {"allowed": []})),
    "similarity": Example(
        "similarity:aspirin >= 0.4",
        ("aspirin", "at least 0.4"),
        "CC(=O)Oc1ccccc1C(=O)O",
        "CCN",
        ({"reference": "nonsense"}, {"condition": {"comparison": ">=", "value": 1.5}}),
    ),
    "rule_set": Example(
        "rule_set:lipinski", ("500 g/mol", "1 may be broken"), "CCO", "C" * 60 + "N(O)" + "C(O)C(N)" * 6, ({"rule_set": "hopes"},)
    ),
    "scaffold": Example("scaffold:c1ccc2[nH]ccc2c1", ("c1ccc2[nH]ccc2c1",), "Cc1ccc2[nH]ccc2c1", "c1ccccc1", ({"scaffold": "nonsense"},)),
    "edit": Example(
        "edit:toluene add hydroxyl",
        ("toluene", "one hydroxyl added"),
        "Cc1ccccc1O",
        "Cc1ccccc1",
        ({"group": "unobtainyl"}, {"reference": "nonsense"}, {"operation": "remove"}),
    ),
    "fixed_atoms": Example(
        "fixed_atoms:CC(=O)Nc1ccc(O)cc1 fixed 4,5,6,7,9,10 open 4,7 as 5=C/N rings size 6",
        ("CC(=O)Nc1ccc(O)cc1", "6 atoms unchanged", "2 of them", "rings", "at most 6 heavy atoms"),
        "Nc1ccc(O)nc1",
        "Nc1cc(C)c(O)cc1",
        ({"reference": "nonsense"}, {"fixed": [4, 99]}, {"open": [4]}, {"open": [0]}, {"choices": [{"atom": 5, "elements": ["Xx"]}]}),
    ),
    "reference_set": Example(
        "reference_set:max CCO;Oc1ccccc1 >= 0.4",
        ("nearest of the 2 structures", "at least 0.4"),
        "Oc1ccccc1",
        "CCN",
        ({"references": ["CCO", "nonsense"]}, {"condition": {"comparison": ">=", "value": 1.5}}),
    ),
}


def requirement_of(name: str) -> Requirement:
    made = parse_requirement(EXAMPLES[name].compact, TERMS)
    return made.model_copy(update={"id": "R1", "text": requirement_text(made, TERMS)})


def subject_of(what: str | dict[str, PropertyValue]) -> Subject:
    return Subject(Chem.MolFromSmiles(what)) if isinstance(what, str) else Subject(values=what)


@pytest.fixture(params=list(EXAMPLES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kind(name: str) -> AnyKind:
    found = KINDS.named(name)
    assert found is not None
    return found


def test_every_form_of_requirement_has_one_kind_and_an_example() -> None:
    models = get_args(get_args(Requirement)[0])
    assert list(KINDS) == list(models)
    assert [kind.name for kind in SHIPPED] == list(EXAMPLES)
    assert all(kind_of(requirement_of(kind.name)) is kind is KINDS[kind.model] for kind in SHIPPED)


def test_kinds_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        KINDS[int] = SHIPPED[0]  # type: ignore[index]
    assert len(Kinds(*SHIPPED)) == len(KINDS)


def test_the_compact_notation_is_read_back(name: str) -> None:
    text = EXAMPLES[name].compact
    requirement = parse_requirement(text, TERMS)
    assert compact_requirement(requirement, TERMS) == text
    assert parse_requirement(compact_requirement(requirement, TERMS), TERMS) == requirement
    assert (requirement.id, requirement.text, requirement.kind) == ("", "", name)


def test_what_is_not_in_the_notation_is_refused(name: str) -> None:
    for text in ("", "unobtainyl", "(((", "logp <= much", "element:Xx >= 1"):
        with pytest.raises(SpecError):
            parse_requirement(f"{name}:{text}", TERMS)
    with pytest.raises(SpecError, match="not a compact requirement"):
        parse_requirement("unknown:thing", TERMS)


def test_the_words_hold_numbers_units_and_names(name: str) -> None:
    words = requirement_text(requirement_of(name), TERMS)
    assert all(part in words for part in EXAMPLES[name].words), words


def test_a_valid_requirement_passes_unchanged(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    assert kind.validate(requirement, TERMS, "requirement R1") == requirement


def test_unknown_names_and_impossible_numbers_are_refused(name: str, kind: AnyKind) -> None:
    for change in EXAMPLES[name].refused:
        wrong = kind.model.model_validate({**requirement_of(name).model_dump(), **change})
        with pytest.raises(SpecError):
            kind.validate(wrong, TERMS, "requirement R1")


def test_what_meets_it_is_met_and_what_misses_it_is_not(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    met, missed = (kind.check(requirement, subject_of(w), CONTEXT) for w in (EXAMPLES[name].meets, EXAMPLES[name].misses))
    assert (met.met, met.reason, met.id, met.text) == (True, "", "R1", requirement.text)
    assert not missed.met
    assert missed.reason
    assert met.probability > missed.probability
    with_met = kind.satisfaction(requirement, met, subject_of(EXAMPLES[name].meets).values, builtin().catalogue)
    with_missed = kind.satisfaction(requirement, missed, subject_of(EXAMPLES[name].misses).values, builtin().catalogue)
    assert 0.0 < with_missed < with_met <= 1.0


def test_what_cannot_be_read_or_is_not_known_is_not_met_with_a_reason(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    result = kind.check(requirement, Subject(fault="it cannot be read"), CONTEXT)
    assert (result.met, result.probability, result.value) == (False, 0.0, None)
    assert result.reason
    assert kind.reads_structure == (result.reason == "it cannot be read")
    assert 0.0 < kind.satisfaction(requirement, result, {}, builtin().catalogue) <= 0.3


def test_the_fast_test_agrees_with_the_check(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    test = kind.test(requirement, CONTEXT)
    assert (test is None) == (not kind.reads_structure)
    for smiles in [w for e in EXAMPLES.values() for w in (e.meets, e.misses) if isinstance(w, str)]:
        mol = Chem.MolFromSmiles(smiles)
        if test is not None:
            assert test(mol, {}) == kind.check(requirement, Subject(mol), CONTEXT).met
    assert kind.cost(requirement, CONTEXT) > 0


def test_a_computed_property_has_a_fast_test_that_keeps_its_value() -> None:
    requirement = parse_requirement("property:logp <= 3", TERMS)
    test, known = kind_of(requirement).test(requirement, CONTEXT), dict[str, float]()
    assert test is not None
    assert test(Chem.MolFromSmiles("CCO"), known)
    assert known["logp"] == pytest.approx(-0.0014)


def test_the_closest_value_is_one_of_those_given(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    results = [kind.check(requirement, subject_of(w), CONTEXT) for w in (EXAMPLES[name].misses, EXAMPLES[name].meets)]
    values = [r.value for r in results if r.value is not None]
    best = kind.closest(requirement, values, builtin().catalogue)
    assert kind.closest(requirement, [], builtin().catalogue) is None
    assert best is None or best == results[1].value


def test_structures_that_are_asked_for_are_handed_to_the_guard(name: str, kind: AnyKind) -> None:
    named = kind.structures(requirement_of(name))
    assert all(Chem.MolFromSmiles(smiles) is not None for smiles in named)
    assert bool(named) == (name in ("similarity", "scaffold", "edit", "fixed_atoms", "reference_set"))


def test_no_requirement_contradicts_itself(name: str) -> None:
    reject_contradictions([requirement_of(name)] * 2, builtin().catalogue)


@each_row(
    ("one", "other"),
    [
        ("property:logp <= 2", "property:logp > 2"),
        ("property:ring_count < 3", "property:ring_count > 2"),
        ("property:aromatic_rings >= 3", "property:ring_count <= 2"),
        ("count:element:N >= 2", "count:element:N == 1"),
        ("motif:nitro present", "motif:nitro absent"),
        ("motif:nitro present", "elements:C,H,O"),
        ("count:group:hydroxyl >= 1", "count:element:O == 0"),
        ("count:element:Br >= 5", "property:molecular_weight < 300"),
        ("count:element:C >= 200", "property:logp > 1"),
        ("rule_set:rule of three", "property:molecular_weight > 400"),
    ],
)
def test_contradictions_between_kinds_are_found(one: str, other: str) -> None:
    requirements = [parse_requirement(text, TERMS).model_copy(update={"phrase": text}) for text in (one, other)]
    for order in (requirements, requirements[::-1]):
        with pytest.raises(ContradictionError) as caught:
            reject_contradictions(order, builtin().catalogue)
        assert any(text in caught.value.phrase for text in (one, other))


ABOUT = {
    "property": ("property", "melting_point"),
    "level": ("property", "thermal_stability"),
    "count": ("group", "hydroxyl"),
    "motif": ("group", "nitro"),
    "rule_set": ("rule set", "lipinski"),
}


def test_what_a_requirement_is_about_is_known(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    assert kind.about(requirement) == ABOUT.get(name)
    assert kind.property_name(requirement) == (ABOUT[name][1] if name in ("property", "level") else "")


def test_its_numbers_and_names_can_be_told_again(name: str, kind: AnyKind) -> None:
    requirement = requirement_of(name)
    condition = kind.condition(requirement)
    assert (condition is not None) == (name in ("property", "count", "similarity", "reference_set"))
    assert kind.fraction == (name in ("similarity", "reference_set"))
    assert all(part in requirement.model_dump().values() for part in kind.names(requirement))
    assert bool(kind.names(requirement)) == (name in ("count", "motif", "similarity", "scaffold", "edit", "fixed_atoms", "reference_set"))
