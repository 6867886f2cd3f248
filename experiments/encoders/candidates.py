"""Candidates for the default on the features of an encoder, in numpy, on FILE of `features.py`. One or several classes are
the inliers, c times as many items of the others the outliers. Prints the mean AUROC over the classes, on the features and
on their square roots.

    python candidates.py FILE.npz --ratio 0.1 0.5 0.9 [--seed 0] [--kinds 1] [--most 100] [--lump]

--kinds: classes that are the inliers; --most: inliers of a draw; --lump: all outliers are of one class. Needs numpy and
scikit-learn.
"""

import argparse

import numpy
from sklearn.covariance import LedoitWolf
from sklearn.metrics import roc_auc_score


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def root(rows):
    return unit(numpy.sign(rows) * numpy.sqrt(numpy.abs(rows)))


def turned(rows):
    """The rows in as few columns as there are rows, as far apart as they were."""
    if len(rows) >= rows.shape[1]:
        return rows
    left, lengths, _ = numpy.linalg.svd(rows, full_matrices=False)
    return left * lengths


def nearest(rows, k):
    squares = numpy.maximum(2 - 2 * rows @ rows.T, 0)
    return numpy.sort(numpy.sqrt(squares), 1)[:, 1 : k + 1].mean(1)


def quarter(rows):
    return nearest(rows, max(len(rows) // 4, 1))


def centroid(rows):
    return numpy.linalg.norm(rows - rows.mean(0), axis=1)


def mahalanobis(rows):
    return LedoitWolf().fit(rows).mahalanobis(rows)


def reconstruction(rows, rank, rounds=10):
    """Linear latent feature reconstruction: |x - A'Ax| for the A of orthonormal rows that makes its mean least, by reweighted
    least squares."""
    weights = numpy.ones(len(rows))
    for _ in range(rounds):
        weighted = rows * numpy.sqrt(weights)[:, None]
        a = numpy.linalg.eigh(weighted.T @ weighted)[1][:, -rank:]
        errors = numpy.linalg.norm(rows - rows @ a @ a.T, axis=1)
        weights = 1 / numpy.maximum(errors, 1e-3)
    return errors


def together(*scores):
    return sum((score - score.mean()) / score.std() for score in scores)


MEMBERS = {
    "5 nearest": lambda x: nearest(x, 5),
    "20 nearest": lambda x: nearest(x, 20),
    "a quarter": quarter,
    "centroid": centroid,
    "20 nearest + centroid": lambda x: together(nearest(x, 20), centroid(x)),
    "a quarter + centroid": lambda x: together(quarter(x), centroid(x)),
    "20 nearest + a quarter": lambda x: together(nearest(x, 20), quarter(x)),
    "5 nearest + 20 nearest + centroid": lambda x: together(nearest(x, 5), nearest(x, 20), centroid(x)),
    "20 nearest + a quarter + centroid": lambda x: together(nearest(x, 20), quarter(x), centroid(x)),
    "Mahalanobis, Ledoit-Wolf": mahalanobis,
    **{f"reconstruction of rank {rank}": lambda x, rank=rank: reconstruction(x, rank) for rank in (1, 2, 3, 5, 10)},
}


def draws(classes, args, ratio, seed):
    """Positions of inliers and outliers, a draw for each class."""
    count = classes.max() + 1
    random = numpy.random.default_rng([seed, round(100 * ratio), args.kinds])
    for first in range(count):
        # Every third class, so that classes like each other in name and content are not always together.
        kinds = [(first + 3 * step) % count for step in range(args.kinds)]
        inliers, others = (numpy.flatnonzero(numpy.isin(classes, kinds, invert=invert)) for invert in (False, True))
        inliers = random.permutation(inliers)[: args.most]
        if args.lump:
            others = others[classes[others] == random.choice(classes[others])]
        outliers = random.permutation(others)[: int(ratio * len(inliers))]
        yield numpy.r_[inliers, outliers], numpy.r_[numpy.zeros(len(inliers)), numpy.ones(len(outliers))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--ratio", nargs="+", type=float, default=[0.1])
    parser.add_argument("--seed", nargs="+", type=int, default=[0])
    parser.add_argument("--kinds", type=int, default=1)
    parser.add_argument("--most", type=int)
    parser.add_argument("--lump", action="store_true")
    args = parser.parse_args()
    data = numpy.load(args.file)
    rows, results = data["rows"].astype(numpy.float32), {}
    for ratio in args.ratio:
        for seed in args.seed:
            for items, labels in draws(data["classes"], args, ratio, seed):
                plain, roots = turned(rows[items]), turned(root(rows[items]))
                for name, member in MEMBERS.items():
                    for way, x in (("", plain), ("roots: ", roots)):
                        results.setdefault((way + name, ratio), []).append(roc_auc_score(labels, member(x)))
    print(f"| {args.file} | {' | '.join(f'c = {ratio}' for ratio in args.ratio)} | runs |")
    for name in dict.fromkeys(name for name, _ in results):
        means = [f"{numpy.mean(results[name, ratio]):.3f}" for ratio in args.ratio]
        print(f"| {name} | {' | '.join(means)} | {len(results[name, args.ratio[0]])} |", flush=True)


if __name__ == "__main__":
    main()
