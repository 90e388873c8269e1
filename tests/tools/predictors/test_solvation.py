"""Scales of solvents, dipoles of dyes, and the shift that is learnt from pairs of measurements."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from rdkit import Chem

from core import data
from tools.arrays import arrays_of
from tools.predictors.features.assemble import Describer, feature_names, feature_widths
from tools.predictors.features.solvation import scales_of, solvation_names
from tools.predictors.features.solvent import FILM, GAS, known_solvents
from tools.predictors.shift import REFERENCE, WAVES, ShiftModel, Solvents, in_reference, in_solvent
from tools.predictors.training.shift_fit import fit_shift, several
from tools.predictors.weights import npz_bytes

#: A stilbazolium betaine, blue-shifted by polar solvents, and a push-pull aldehyde, red-shifted.
BETAINE, PUSH_PULL, NEUTRAL = "C[n+]1ccc(C=Cc2ccc([O-])cc2)cc1", "CN(C)c1ccc(C=CC=O)cc1", "c1ccc(C=Cc2ccccc2)cc1"
SULFOBETAINE = "C[N+](C)(CCCS(=O)(=O)[O-])Cc1ccc(C=Cc2ccccc2)cc1"


def rows(*dyes: tuple[str, str]) -> NDArray[np.float32]:
    mols = [Chem.MolFromSmiles(smiles) for smiles, _ in dyes]
    return Describer().matrix("dye", [smiles for smiles, _ in dyes], mols, [solvent for _, solvent in dyes])


def described(smiles: str, solvent: str = "CO") -> dict[str, float]:
    return dict(zip(feature_names("dye"), rows((smiles, solvent))[0].tolist(), strict=True))


def test_the_table_of_solvents_is_what_it_says() -> None:
    entries = data.rows("tools.predictors.features", "solvent_scales.tsv")
    assert len(entries) == len({Chem.CanonSmiles(row["smiles"]) for row in entries}) == 109
    assert {smiles for _, smiles in known_solvents()} <= {Chem.CanonSmiles(row["smiles"]) for row in entries}
    water, hexane, acetonitrile = scales_of("O"), scales_of("CCCCCC"), scales_of("CC#N")
    assert water.acidity > acetonitrile.acidity > hexane.acidity == 0.0
    assert acetonitrile.polarity == pytest.approx(0.305, abs=0.005)  # Lippert's Δf of acetonitrile
    assert abs(hexane.polarity) < 0.005
    assert scales_of(GAS) == (0.0,) * 6
    assert scales_of(FILM).estimated == 1.0


def test_an_unknown_solvent_has_the_scales_of_the_nearest() -> None:
    found = scales_of("CCCCCCCCCCCCC")
    assert found.estimated == 1.0
    assert found.acidity == found.basicity == 0.0
    assert scales_of("CC(C)CCO").acidity == pytest.approx(0.37)


def test_dipoles_tell_which_way_a_dye_goes() -> None:
    betaine, push_pull, plain = described(BETAINE), described(PUSH_PULL), described(NEUTRAL)
    assert betaine["solvation_dipole_product"] < -5 < 0 < push_pull["solvation_dipole_product"]
    assert abs(plain["solvation_dipole_product"]) < 0.1
    assert betaine["solvation_lippert"] < 0 < push_pull["solvation_lippert"]
    assert (betaine["solvation_zwitterion"], betaine["solvation_betaine"]) == (1.0, 1.0)
    tail = described(SULFOBETAINE)
    assert (tail["solvation_zwitterion"], tail["solvation_betaine"]) == (1.0, 0.0)
    nitro = described("O=[N+]([O-])c1ccc(N)cc1")
    assert nitro["solvation_zwitterion"] == 0.0
    assert described("CC1=CC(C)=[N+]2C1=Cc1c(C)cc(C)n1[B-]2(F)F")["solvation_zwitterion"] == 0.0


def test_older_weights_know_the_first_columns() -> None:
    whole, before = feature_widths("dye")
    assert whole - before == len(solvation_names())
    assert feature_names("dye")[before:] == solvation_names()
    assert len(feature_widths("molecule")) == 1


def test_dyes_in_several_solvents() -> None:
    x = rows((PUSH_PULL, "CO"), (BETAINE, "O"), (BETAINE, "CO"), (BETAINE, "film"), (NEUTRAL, "CO"), (PUSH_PULL, "CO"), (BETAINE, "O"))
    places, dye = several(["c", "a", "a", "a", "b", "c", "a"], x)
    assert places.tolist() == [1, 2, 6]  # c was measured twice in one solvent, b once, and a film is none
    assert dye.tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="no dye was measured in two solvents"):
        fit_shift(x[:1], np.array([400.0]), ["c"])


def test_the_shift_is_learnt_and_is_nothing_in_the_reference() -> None:
    pytest.importorskip("scipy")
    solvents = ["O", "CO", "CCO", "CC#N", "CC(C)=O", REFERENCE, "C1CCOC1", "Cc1ccccc1"]
    dyes = [(dye, solvent) for _ in range(12) for dye in (BETAINE, PUSH_PULL) for solvent in solvents]
    x = rows(*dyes)
    keys = [f"{dye} {i // (2 * len(solvents))}" for i, (dye, _) in enumerate(dyes)]
    sign = np.where([dye == BETAINE for dye, _ in dyes], 1.0, -1.0)
    y = WAVES / (20000.0 + sign * 4000.0 * np.array([scales_of(solvent).acidity for _, solvent in dyes]))
    model: ShiftModel = fit_shift(x, y, keys)
    shift = model.predict(x)
    at_reference = np.array([solvent == REFERENCE for _, solvent in dyes])
    assert (shift[at_reference] == 0).all()
    water = np.array([solvent == "O" for _, solvent in dyes])
    assert (shift[water & (sign > 0)] > 1000).all()
    assert (shift[water & (sign < 0)] < -1000).all()
    np.testing.assert_allclose(model.here(model.there(y, x), x), y)
    assert model.predict(rows((BETAINE, "film"), (BETAINE, "gas"))).tolist() == [0.0, 0.0]
    assert len(model.predict(x[:0])) == 0
    again = ShiftModel.from_arrays(arrays_of(npz_bytes(model.arrays(), packed=False)))
    assert all(array.flags.c_contiguous for array in model.arrays().values())  # or they could not be mapped into memory
    np.testing.assert_array_equal(again.predict(x), shift)
    alone = np.concatenate([again.predict(x[i : i + 1]) for i in range(len(solvents))])
    np.testing.assert_array_equal(alone, shift[: len(solvents)])
    strange = rows(("CCCCCCCCCCCCCCCC", "O"))  # resembles no dye: hardly moved
    assert abs(model.predict(strange)[0]) < np.abs(shift[water]).mean()


def test_a_solvent_is_described_in_one_way() -> None:
    x = rows((BETAINE, REFERENCE), (PUSH_PULL, REFERENCE), (BETAINE, "O"))
    np.testing.assert_array_equal(in_solvent(x)[:2], np.tile(in_reference(), (2, 1)))
    solvents = Solvents.of(np.full(5, 0.2), in_solvent(x)[1:])
    found = solvents.properties(in_solvent(x))
    assert found.shape == (3, 5 + 2)
    np.testing.assert_array_equal(found[0], found[1])
    likeness = found[:, 5:] @ found[:, 5:].T  # of the landmarks themselves the kernel's own products
    assert likeness[1, 1] == pytest.approx(likeness[2, 2], rel=1e-3)
    assert likeness[1, 2] < 0.9 * likeness[1, 1]
