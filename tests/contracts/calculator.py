"""What every calculator must do (``tools.calculators.protocol``)."""

from __future__ import annotations

import pickle

import pytest
from rdkit import Chem

from core.candidate import PropertyValue
from core.spec import CandidateClass, EstimationConditions
from tools.calculators.protocol import Batch, Calculator, Cost

#: Structures that every calculator is asked about: ordinary ones, a salt, and one that most learnt models do not cover.
STRUCTURES: dict[CandidateClass, tuple[str, ...]] = {
    "molecule": ("CCO", "CC(=O)Oc1ccccc1C(=O)O", "C[N+](C)(C)C.[Cl-]", "[SeH2]"),
    "polymer": ("*CC(*)c1ccccc1", "*CCO*"),
}


def batch_of(structures: tuple[str, ...], candidate_class: CandidateClass) -> Batch:
    """A batch under ordinary conditions."""
    return Batch(structures, tuple(Chem.MolFromSmiles(s) for s in structures), candidate_class, EstimationConditions())


class CalculatorContract:
    """Subclass it and give the fixture ``calculator``."""

    @pytest.fixture
    def calculator(self) -> Calculator:
        raise NotImplementedError("the fixture calculator of the subclass")

    def asked(self, calculator: Calculator, candidate_class: CandidateClass) -> list[str]:
        """The properties that it gives for structures of this class."""
        return [p.name for p in calculator.properties if calculator.applies(p, candidate_class)]

    def test_it_says_what_it_is(self, calculator: Calculator) -> None:
        assert isinstance(calculator, Calculator)
        assert calculator.name
        assert calculator.cost in tuple(Cost)
        names = [p.name for p in calculator.properties]
        assert names
        assert len(set(names)) == len(names)
        assert any(self.asked(calculator, kind) for kind in STRUCTURES)
        assert all(isinstance(calculator.version(name), str) for name in names)

    @pytest.mark.parametrize("candidate_class", STRUCTURES)
    def test_every_structure_has_a_value_or_a_reason(self, calculator: Calculator, candidate_class: CandidateClass) -> None:
        names = self.asked(calculator, candidate_class)
        if not names:
            return
        found = calculator.batch(names, batch_of(STRUCTURES[candidate_class], candidate_class))
        assert set(found) == set(names)
        for definition in calculator.properties:
            for value in found.get(definition.name, []):
                assert isinstance(value, PropertyValue)
                assert value.method
                assert value.value is not None or value.reason
                assert value.number is None or value.unit == definition.unit
                assert value.lower is None or value.upper is None or value.lower <= (value.number or value.lower) <= value.upper

    @pytest.mark.parametrize("candidate_class", STRUCTURES)
    def test_a_value_does_not_depend_on_what_is_asked_beside_it(self, calculator: Calculator, candidate_class: CandidateClass) -> None:
        names, structures = self.asked(calculator, candidate_class), STRUCTURES[candidate_class]
        if not names:
            return
        together = calculator.batch(names, batch_of(structures, candidate_class))
        for place, structure in enumerate(structures):
            alone = calculator.batch(names, batch_of((structure,), candidate_class))
            assert {name: values[0] for name, values in alone.items()} == {name: values[place] for name, values in together.items()}

    def test_it_works_in_another_process_too(self, calculator: Calculator) -> None:
        again = pickle.loads(pickle.dumps(calculator))
        assert again.properties == calculator.properties

    def test_what_it_does_not_have_is_none_with_the_reason(self, calculator: Calculator) -> None:
        for definition in calculator.properties:
            value = calculator.missing(definition, "no reason at all")
            assert (value.value, value.reason, value.unit) == (None, "no reason at all", definition.unit)

    def test_its_errors_are_known_or_not(self, calculator: Calculator) -> None:
        for definition in calculator.properties:
            known = calculator.calibration(definition.name)
            if known is not None:
                assert {"oof_pred", "oof_sigma", "oof_residual"} <= set(known)
                assert len({len(known[name]) for name in ("oof_pred", "oof_sigma", "oof_residual")}) == 1
