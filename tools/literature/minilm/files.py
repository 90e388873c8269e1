"""Names of the model's files."""

from __future__ import annotations

#: The computation, which ships; it names places in the weights.
GRAPH = "graph.onnx"
#: The weights, which are fetched.
WEIGHTS = "model.safetensors"
#: The words of the tokeniser, one a line, which are fetched.
VOCABULARY = "vocab.txt"
#: The weights of the linear layers in 8 bits, which are made from WEIGHTS.
NARROW = "narrow.bin"
