"""How the default on the features of an encoder was chosen: candidates in numpy on EfficientNet-Lite0, draws of one class with
outliers from the others. Prints the mean AUROC over the classes for each candidate.

    python candidates.py efficientnet-lite0.onnx 101_ObjectCategories 0.1 0.3 0.5 0.9
    python candidates.py efficientnet-lite0.onnx test_batch.bin 0.1 0.3 0.9

The folder of Caltech101 gives at most 100 pictures a class; of CIFAR10's file the first 2000 pictures are used. Needs numpy,
onnxruntime, Pillow and scikit-learn.
"""

import pathlib
import sys

import numpy
import onnxruntime
from PIL import Image
from sklearn.covariance import LedoitWolf
from sklearn.metrics import roc_auc_score


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def root(rows):
    return unit(numpy.sign(rows) * numpy.sqrt(numpy.abs(rows)))


def knn(rows, k):
    cosines = rows @ rows.T
    numpy.fill_diagonal(cosines, -9)
    return -numpy.sort(cosines, 1)[:, -k:].mean(1)


def centroid(rows):
    return -rows @ unit(rows.mean(0, keepdims=True))[0]


def mahalanobis(rows):
    rows = rows - rows.mean(0)
    return LedoitWolf(assume_centered=True).fit(rows).mahalanobis(rows)


def together(*scores):
    return sum((score - score.mean()) / score.std() for score in scores)


CANDIDATES = {
    "5 nearest": lambda x: knn(x, 5),
    "20 nearest": lambda x: knn(x, 20),
    "centroid": centroid,
    "Mahalanobis, Ledoit-Wolf": mahalanobis,
    "5 nearest + centroid": lambda x: together(knn(x, 5), centroid(x)),
    "20 nearest + centroid": lambda x: together(knn(x, 20), centroid(x)),
    "20 nearest + centroid + Mahalanobis": lambda x: together(knn(x, 20), centroid(x), mahalanobis(x)),
    "roots: 20 nearest": lambda x: knn(root(x), 20),
    "roots: 20 nearest + centroid": lambda x: together(knn(root(x), 20), centroid(root(x))),
}


def features(session, picture):
    pixels = numpy.asarray(picture.convert("RGB").resize((224, 224), Image.BILINEAR), numpy.float32)
    return session.run(None, {"pixels": ((pixels.transpose(2, 0, 1) - 127) / 128)[None]})[0][0]


def pictures(path):
    """Pictures by class."""
    if path.is_dir():
        return {c.name: [Image.open(f) for f in sorted(c.glob("*.jpg"))] for c in sorted(path.iterdir())}
    rows = numpy.frombuffer(path.read_bytes(), numpy.uint8).reshape(-1, 3073)[:2000]
    of = lambda c: [Image.fromarray(row[1:].reshape(3, 32, 32).transpose(1, 2, 0)) for row in rows if row[0] == c]
    return {c: of(c) for c in range(10)}


def main():
    network, path, *ratios = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(network, options)
    found = {c: numpy.array([features(session, p) for p in all]) for c, all in pictures(pathlib.Path(path)).items()}
    cap = 100 if pathlib.Path(path).is_dir() else None
    for ratio in map(float, ratios):
        random, results = numpy.random.default_rng(0), {name: [] for name in CANDIDATES}
        for inlier, inliers in found.items():
            if cap and len(inliers) > cap:
                inliers = inliers[random.permutation(len(inliers))[:cap]]
            others = numpy.concatenate([rows for c, rows in found.items() if c != inlier])
            outliers = others[random.permutation(len(others))[: round(ratio * len(inliers))]]
            rows = unit(numpy.concatenate([inliers, outliers]).astype(numpy.float64))
            labels = numpy.r_[numpy.zeros(len(inliers)), numpy.ones(len(outliers))]
            for name, candidate in CANDIDATES.items():
                results[name].append(roc_auc_score(labels, candidate(rows)))
        for name, scores in results.items():
            print(f"c = {ratio} {name}: {numpy.mean(scores):.4f}", flush=True)


if __name__ == "__main__":
    main()
