"""Does what an encoder does not see help? Ranks the draws of a data set by the default with the encoder, by the default without,
and texts by their TF-IDF neighbours, and compares the scores with sums of them, standardised.

    python beside.py LFR ENCODER DATASET WORK --data-dir DATA [--ratio 0.1] [--seed 0] [--classes ketch watch]

WORK is a folder for the runs; those that are there already are not repeated. Prints mean AUROC and average precision over the
classes. Needs numpy and scikit-learn.
"""

import argparse
import csv
import pathlib
import subprocess

import numpy
from measure import CLASSES
from sklearn.metrics import average_precision_score, roc_auc_score

TEXTS = ("20news", "reuters")


def ranked(args, inlier, name, words):
    """The scores and labels of a run, by item."""
    folder = pathlib.Path(args.work) / f"{args.dataset}-{inlier}-{args.ratio}-{args.seed}-{name}"
    if not (folder / "scores.csv").exists():
        uri = f"dataset:{args.dataset}/{inlier}?c={args.ratio}&seed={args.seed}"
        command = [args.lfr, "rank", uri, "--data-dir", args.data_dir, "--no-report", "--quiet", "--force", "-o", str(folder)]
        subprocess.run(command + words, check=True)
    rows = sorted(csv.DictReader((folder / "scores.csv").open()), key=lambda row: row["id"])
    return numpy.array([float(row["anomaly_score"]) for row in rows]), [row["label"] == "1" for row in rows]


def standardised(scores):
    return (scores - scores.mean()) / scores.std()


def candidates(args, inlier):
    """Each score and each sum by its name, and the labels."""
    encoded, labels = ranked(args, inlier, "encoded", ["--features", args.encoder])
    others = {"default without": ranked(args, inlier, "plain", [])[0]}
    if args.dataset in TEXTS:
        others["TF-IDF neighbours"] = ranked(args, inlier, "neighbours", ["--method", "knn"])[0]
    scores = {"default with the encoder": encoded, **others}
    for name, other in others.items():
        for weight in (1, 2):
            scores[f"{weight} x encoder + {name}"] = weight * standardised(encoded) + standardised(other)
    return scores, labels


def main():
    parser = argparse.ArgumentParser()
    for name in ("lfr", "encoder", "dataset", "work"):
        parser.add_argument(name)
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--ratio", default="0.1")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--classes", nargs="+")
    args = parser.parse_args()
    results = {}
    for inlier in args.classes or CLASSES[args.dataset].split():
        scores, labels = candidates(args, inlier)
        for name, values in scores.items():
            measured = roc_auc_score(labels, values), average_precision_score(labels, values)
            results.setdefault(name, []).append(measured)
    print(f"| {args.dataset}, c = {args.ratio} | AUROC | average precision | runs |\n|---|---|---|---|")
    for name, values in results.items():
        auroc, precision = numpy.mean(values, axis=0)
        print(f"| {name} | {auroc:.3f} | {precision:.3f} | {len(values)} |")


if __name__ == "__main__":
    main()
