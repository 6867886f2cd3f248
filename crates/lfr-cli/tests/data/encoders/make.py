"""Makes the encoders of these tests, of a few KB each: python make.py (needs numpy and onnx).

`expected.json` holds what onnxruntime makes of two inputs, where it is there.
"""

import json
import pathlib

import numpy
from onnx import TensorProto, helper, numpy_helper, save

HERE = pathlib.Path(__file__).parent
FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64
random = numpy.random.default_rng(7)


def write(name, nodes, inputs, outputs, constants=()):
    tensors = [numpy_helper.from_array(numpy.asarray(array), name) for name, array in dict(constants).items()]
    value = lambda port: helper.make_tensor_value_info(*port)
    graph = helper.make_graph(nodes, "toy", list(map(value, inputs)), list(map(value, outputs)), tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (HERE / name).parent.mkdir(exist_ok=True)
    save(model, HERE / name)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs, [output], **attributes)


def picture(name, shape=("batch", 3, 16, 16), last=(), constants=(), width=6):
    """A convolution of 4 x 4 patches, averaged; `last` goes from `features` to `out`."""
    weights = random.normal(size=(6, 3, 4, 4)).astype(numpy.float32)
    nodes = [
        node("Conv", ["pixels", "weights"], "c", kernel_shape=[4, 4], strides=[4, 4]),
        node("Relu", ["c"], "r"),
        node("GlobalAveragePool", ["r"], "g"),
        node("Flatten", ["g"], "features" if last else "out", axis=1),
        *last,
    ]
    out = [("out", FLOAT, ["batch", width])]
    write(name, nodes, [("pixels", FLOAT, list(shape))], out, {"weights": weights, **dict(constants)})


picture("pictures.onnx")
picture("open.onnx", ("batch", 3, "height", "width"))
picture("nan.onnx", last=[node("Neg", ["features"], "n"), node("Log", ["n"], "out")])
zero, one = numpy.float32(0), numpy.float32(1)
constant = [node("Mul", ["features", "zero"], "z"), node("Add", ["z", "one"], "out")]
picture("constant.onnx", last=constant, constants={"zero": zero, "one": one})
picture("unknown.onnx", last=[node("Frobnicate", ["features"], "out")])
ports = [("left", FLOAT, [1, 3, 16, 16]), ("right", FLOAT, [1, 3, 16, 16])]
write("two.onnx", [node("Add", ["left", "right"], "out")], ports, [("out", FLOAT, [1, 3, 16, 16])])

WORDS = "the a cat dog sat ran on under mat house big small red blue sun rain ##s ##ing stock price fell rose".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]


def tokenizer(words):
    special = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    token = lambda name: {"id": name, "ids": [words.index(name)], "tokens": [name]}
    post = {
        "type": "TemplateProcessing",
        "single": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]")],
        "pair": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]"), {"Sequence": {"id": "B", "type_id": 1}}, special("[SEP]")],
        "special_tokens": {name: token(name) for name in ("[CLS]", "[SEP]")},
    }
    added = lambda name: {"id": words.index(name), "content": name, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [added(name) for name in VOCABULARY[:4]],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": post,
        "decoder": None,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {word: i for i, word in enumerate(words)}},
    }


def text(folder, words):
    table = random.normal(size=(len(VOCABULARY), 8)).astype(numpy.float32)
    nodes = [
        node("Gather", ["table", "input_ids"], "embedded"),
        node("Cast", ["attention_mask"], "mask", to=FLOAT),
        node("Unsqueeze", ["mask", "axis"], "column"),
        node("Mul", ["embedded", "column"], "last_hidden_state"),
    ]
    ports = [(name, INT, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")]
    out = [("last_hidden_state", FLOAT, ["batch", "tokens", 8])]
    write(f"{folder}/model.onnx", nodes, ports, out, {"table": table, "axis": numpy.array([2])})
    put = lambda name, value: (HERE / folder / name).write_text(json.dumps(value) + "\n")
    put("tokenizer.json", tokenizer(words))
    (HERE / folder / "1_Pooling").mkdir(exist_ok=True)
    put("1_Pooling/config.json", {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True})
    put("sentence_bert_config.json", {"max_seq_length": 12})


text("texts", VOCABULARY)
text("misfit", VOCABULARY + ["more", "words"])

try:
    import onnxruntime
except ImportError:
    raise SystemExit("onnxruntime is not there, so expected.json stays as it is")

unit = lambda row: [round(float(v), 6) for v in row / numpy.linalg.norm(row)]
run = lambda name, **inputs: onnxruntime.InferenceSession(HERE / name).run(None, inputs)[0][0]
# Pixel i of a channel c is (i * 7 + c * 50) % 256, scaled by the mean and deviation of ImageNet.
pixels = (numpy.arange(256)[None] * 7 + numpy.arange(3)[:, None] * 50) % 256 / 255
mean, deviation = numpy.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[:, :, None]
pixels = ((pixels - mean) / deviation).reshape(1, 3, 16, 16).astype(numpy.float32)
# [CLS] the big cat ##s sat [SEP]
ids = numpy.array([[VOCABULARY.index(word) for word in "[CLS] the big cat ##s sat [SEP]".split()]])
tokens = run("texts/model.onnx", input_ids=ids, attention_mask=numpy.ones_like(ids))
expected = {"picture": unit(run("pictures.onnx", pixels=pixels)), "text The big cats sat": unit(tokens.mean(0))}
(HERE / "expected.json").write_text(json.dumps(expected) + "\n")
