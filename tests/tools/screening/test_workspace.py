"""A screen's workers compute with the calculators of the workspace that the screen was started in."""

from __future__ import annotations

import pickle
from dataclasses import replace

from core.spec import Condition, DesignSpec, PropertyRequirement
from tools.calculators.collection import shipped_calculators
from tools.calculators.descriptors import Descriptors
from tools.catalogue.shipped import shipped
from tools.files.records import Record
from tools.screening.chunk import Chunk, process


def test_a_property_of_the_workspace_is_known_to_the_worker() -> None:
    halogens = replace(shipped()["heteroatoms"], name="halogens", synonyms=(), function="", smarts="[F,Cl,Br,I]")
    more = shipped_calculators().with_calculator(Descriptors((halogens,), name="more"))
    rule = PropertyRequirement(id="r1", text="no halogens", property="halogens", condition=Condition(comparison="<=", value=0), unit="")
    spec = DesignSpec(goal="x", candidate_class="molecule", requirements=[rule])
    records = tuple(Record(index=i, line=i + 1, text=text, name="") for i, text in enumerate(["CCO", "CCCl"]))
    chunk = Chunk(0, spec.model_dump_json(), records, more)
    outcome = process(pickle.loads(pickle.dumps(chunk)))
    assert [hit.smiles for hit in outcome.hits] == ["CCO"]
    assert outcome.hits[0].values == {"halogens": 0.0}
    assert outcome.failed == {"r1": 1}
