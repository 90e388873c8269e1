"""Train a small expansion policy for AiZynthFinder and write it as it reads it; run by the Python of its own environment.

    python make_policy.py INPUTS FOLDER

INPUTS is JSON: ``templates`` (a list of ``{"reaction", "retro_template", "classification", "library_occurence"}``) and ``examples`` (a list
of ``{"reaction", "product"}``). FOLDER receives ``templates.csv.gz`` and ``policy.onnx``: one layer from the Morgan fingerprint
(radius 2, 2048 bits, as AiZynthFinder computes it) to the templates, and a softmax, fitted to the examples by gradient descent from zero.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
from aizynthfinder.chem import Molecule
from onnx import TensorProto, helper, numpy_helper

BITS = 2048
STEPS = 300
RATE = 0.5


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of each row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def fit(inputs: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of a softmax regression of ``wanted`` (rows sum to one) on ``inputs``."""
    weights = np.zeros((inputs.shape[1], wanted.shape[1]))
    biases = np.zeros(wanted.shape[1])
    for _ in range(STEPS):
        error = softmax(inputs @ weights + biases) - wanted
        weights -= RATE * inputs.T @ error / len(inputs)
        biases -= RATE * error.mean(axis=0)
    return weights, biases


def model(weights: np.ndarray, biases: np.ndarray) -> onnx.ModelProto:
    """The network: fingerprint, one layer, softmax."""
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["fingerprint", "weights", "biases"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ],
        "policy",
        [helper.make_tensor_value_info("fingerprint", TensorProto.FLOAT, ["batch", weights.shape[0]])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", weights.shape[1]])],
        [numpy_helper.from_array(weights.astype(np.float32), "weights"), numpy_helper.from_array(biases.astype(np.float32), "biases")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made


def main() -> None:
    """Write both files."""
    inputs, folder = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
    templates = pd.DataFrame(inputs["templates"])
    templates.drop(columns="reaction").to_csv(folder / "templates.csv.gz", sep="\t")
    bits = np.array([Molecule(smiles=e["product"]).fingerprint(2, BITS) for e in inputs["examples"]], dtype=float)
    labels = np.array([templates["reaction"] == e["reaction"] for e in inputs["examples"]], dtype=float)
    weights, biases = fit(bits, labels / labels.sum(axis=1, keepdims=True))
    onnx.save(model(weights, biases), str(folder / "policy.onnx"))


if __name__ == "__main__":
    main()
