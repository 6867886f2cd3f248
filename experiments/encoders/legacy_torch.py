"""Reads the tensors of a PyTorch checkpoint of the format before 1.6, without PyTorch."""

import collections
import pickle
import struct

import numpy

TYPES = {"FloatStorage": numpy.float32, "LongStorage": numpy.int64}


class Tensors(pickle.Unpickler):
    """Allows nothing but tensors in ordered dictionaries."""

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *rest: (storage, offset, size, stride)
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not a tensor")

    def persistent_load(self, saved):
        _, kind, key, _, count, _ = saved
        self.storages[key] = (kind, count)
        return key


def load(path):
    """Every tensor of the checkpoint by its name."""
    with open(path, "rb") as file:
        for _ in range(3):  # magic number, version, machine
            Tensors(file).load()
        reader = Tensors(file)
        named = reader.load()
        data = {}
        for key in Tensors(file).load():
            kind, count = reader.storages[key]
            (stored,) = struct.unpack("<q", file.read(8))
            assert stored == count, key
            data[key] = numpy.frombuffer(file.read(count * numpy.dtype(kind).itemsize), kind)
    tensors = {}
    for name, (key, offset, size, stride) in named.items():
        array = data[key]
        step = [s * array.itemsize for s in stride]
        view = numpy.lib.stride_tricks.as_strided(array[offset:], size, step)
        tensors[name] = numpy.ascontiguousarray(view)
    return tensors
