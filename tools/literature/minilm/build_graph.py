"""Make ``graph.onnx`` anew: ``python -m tools.literature.minilm.build_graph FOLDER``, where FOLDER has ``model.safetensors``.

Needs the package ``onnx``, which nothing else here does. The file holds the computation only. The weights stay in two files beside it: ONNX names a place
in another file for each tensor. Those of the linear layers are in the file that :mod:`tools.literature.minilm.narrow` makes, in 8 bits with a scale a column;
all others in the safetensors file, which is its tensors in a row behind a header.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tools.literature.minilm.files import GRAPH, NARROW, WEIGHTS
from tools.literature.minilm.narrow import header, places

LAYERS, WIDTH, HEADS = 6, 384, 12
EPSILON = 1e-12


class _Graph:
    """Nodes and weights as they are added; every method returns the name of its result."""

    def __init__(self, helper: Any, proto: Any, weights: Path) -> None:
        self.helper, self.proto = helper, proto
        self.tensors, self.begin = header(weights)
        self.places = places(self.tensors)
        self.nodes: list[Any] = []
        self.narrowed: set[tuple[str, str, str]] = set()
        self.constants: dict[str, Any] = {}

    def weight(self, name: str) -> str:
        if name not in self.constants:
            entry = self.tensors[name]
            start, end = entry["data_offsets"]
            self._elsewhere(name, self.proto.TensorProto.FLOAT, entry["shape"], WEIGHTS, self.begin + start, end - start)
        return name

    def _elsewhere(self, name: str, kind: int, shape: list[int], location: str, offset: int, length: int) -> str:
        tensor = self.proto.TensorProto(name=name, data_type=kind, dims=shape)
        tensor.data_location = self.proto.TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        self.constants[name] = tensor
        return name

    def numbers(self, name: str, values: list[int]) -> str:
        self.constants[name] = self.helper.make_tensor(name, self.proto.TensorProto.INT64, [len(values)], values)
        return name

    def node(self, op: str, *inputs: str, name: str, **attributes: Any) -> str:
        self.nodes.append(self.helper.make_node(op, list(inputs), [name], name=name, **attributes))
        return name

    def whole(self, x: str) -> tuple[str, str, str]:
        """Names of ``x`` in 8 bits, its scale and its zero; made once for all who read it."""
        made = (f"{x}.whole", f"{x}.scale", f"{x}.zero")
        if made not in self.narrowed:
            self.narrowed.add(made)
            self.nodes.append(self.helper.make_node("DynamicQuantizeLinear", [x], list(made), name=f"{x}.narrowed"))
        return made

    def linear(self, x: str, part: str) -> str:
        place = self.places[f"{part}.weight"]
        numbers = self._elsewhere(
            f"{part}.numbers", self.proto.TensorProto.INT8, [place.rows, place.columns], NARROW, place.numbers, place.rows * place.columns
        )
        scales = self._elsewhere(f"{part}.scales", self.proto.TensorProto.FLOAT, [place.columns], NARROW, place.scales, 4 * place.columns)
        whole, scale, zero = self.whole(x)
        product = self.node(
            "Cast",
            self.node("MatMulInteger", whole, numbers, zero, name=f"{part}.integers"),
            name=f"{part}.cast",
            to=self.proto.TensorProto.FLOAT,
        )
        scaled = self.node("Mul", product, self.node("Mul", scale, scales, name=f"{part}.unit"), name=f"{part}.product")
        return self.node("Add", scaled, self.weight(f"{part}.bias"), name=f"{part}.out")

    def norm(self, x: str, part: str) -> str:
        inputs = (x, self.weight(f"{part}.weight"), self.weight(f"{part}.bias"))
        return self.node("LayerNormalization", *inputs, name=f"{part}.out", axis=-1, epsilon=EPSILON)

    def layer(self, x: str, part: str) -> str:
        heads: dict[str, str] = {}
        for role, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            here = f"{part}.attention.self.{role}"
            split = self.node("Reshape", self.linear(x, here), "split", name=f"{here}.split")
            heads[role] = self.node("Transpose", split, name=f"{here}.heads", perm=perm)
        scores = self.node("MatMul", heads["query"], heads["key"], name=f"{part}.scores")
        scaled = self.node("Mul", scores, "scale", name=f"{part}.scaled")
        masked = self.node("Add", scaled, "masked", name=f"{part}.masked")
        shares = self.node("Softmax", masked, name=f"{part}.shares", axis=-1)
        mixed = self.node("MatMul", shares, heads["value"], name=f"{part}.mixed")
        turned = self.node("Transpose", mixed, name=f"{part}.turned", perm=[0, 2, 1, 3])
        joined = self.node("Reshape", turned, "join", name=f"{part}.joined")
        attended = self.node("Add", self.linear(joined, f"{part}.attention.output.dense"), x, name=f"{part}.attended")
        x = self.norm(attended, f"{part}.attention.output.LayerNorm")
        wide = self.node("Gelu", self.linear(x, f"{part}.intermediate.dense"), name=f"{part}.gelu")
        narrow = self.node("Add", self.linear(wide, f"{part}.output.dense"), x, name=f"{part}.narrow")
        return self.norm(narrow, f"{part}.output.LayerNorm")


def build(folder: Path) -> bytes:
    """The graph for the weights in ``folder`` as the bytes of an ONNX file: tokens in, vectors of unit norm out."""
    import onnx
    from onnx import helper

    g = _Graph(helper, onnx, folder / WEIGHTS)
    g.numbers("split", [0, 0, HEADS, WIDTH // HEADS])
    g.numbers("join", [0, 0, WIDTH])
    for name, value in (("scale", (WIDTH // HEADS) ** -0.5), ("one", 1.0), ("never", -1e9), ("least", 1e-12)):
        g.constants[name] = helper.make_tensor(name, onnx.TensorProto.FLOAT, [1], [value])
    g.numbers("zero", [0])
    g.numbers("axes", [1, 2])
    g.numbers("last", [2])
    g.numbers("middle", [1])
    words = g.node("Gather", g.weight("embeddings.word_embeddings.weight"), "tokens", name="words")
    places = g.node("Gather", g.weight("embeddings.position_embeddings.weight"), "positions", name="places")
    kinds = g.node("Gather", g.weight("embeddings.token_type_embeddings.weight"), "zero", name="kinds")
    x = g.norm(g.node("Add", g.node("Add", words, places, name="placed"), kinds, name="summed"), "embeddings.LayerNorm")
    open_ = g.node("Unsqueeze", "mask", "axes", name="open")
    g.node("Mul", g.node("Sub", "one", open_, name="closed"), "never", name="masked")
    for n in range(LAYERS):
        x = g.layer(x, f"encoder.layer.{n}")
    counted = g.node("Unsqueeze", "mask", "last", name="counted")
    total = g.node("ReduceSum", g.node("Mul", x, counted, name="kept"), "middle", name="total", keepdims=0)
    norm = g.node("ReduceL2", total, "middle", name="norm", keepdims=1)
    g.node("Div", total, g.node("Max", norm, "least", name="positive"), name="vectors")
    integers, floats = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        g.nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("tokens", integers, ["texts", "length"]),
            helper.make_tensor_value_info("positions", integers, ["length"]),
            helper.make_tensor_value_info("mask", floats, ["texts", "length"]),
        ],
        [helper.make_tensor_value_info("vectors", floats, ["texts", WIDTH])],
        initializer=list(g.constants.values()),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9, producer_name="molwright")
    return bytes(model.SerializeToString())


def main() -> None:
    """Write the file beside this module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of model.safetensors")
    Path(__file__).with_name(GRAPH).write_bytes(build(parser.parse_args().folder))


if __name__ == "__main__":
    main()
