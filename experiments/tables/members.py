"""Which members the default for tables should have, in the twin of encoder.py.

    python members.py SCORES plain|mixed            the scores of every member on every table, kept in SCORES
    python members.py SCORES compare [MEMBER,...]   AUROC and average precision of combinations (F forest, K neighbours, L LOF,
                                                    P standardised length, D the dependence named)

`also ...` is the method `also` in closed form: every column predicted from all others by ridge regression, each row by a
regression that has not seen it.
"""

import pickle
import sys

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

import encoder
import make
import mixed

COMBINATIONS = ["F", "D", "P", "FK", "FD", "FKD", "FKP", "FPD", "FKPD", "FLD", "FKLD", "LPD", "KLPD", "FKLPD"]


def errors(columns, ridge):
    """Sizes of the leave-one-out errors of every column, over their means: columns x rows."""
    x = np.hstack(columns)
    z = x - x.mean(axis=0)
    inverse = np.linalg.inv(z.T @ z + ridge * np.eye(x.shape[1]))
    turned = z @ inverse
    leverage = (turned * z).sum(axis=1)
    found, at = [], 0
    for column in columns:
        own = slice(at, at + column.shape[1])
        at = own.stop
        error = turned[:, own] @ np.linalg.inv(inverse[own, own])
        rest = 1 - (leverage - (error * turned[:, own]).sum(axis=1) + 1 / len(x))
        size = np.linalg.norm(error, axis=1) / np.maximum(rest, 1e-3)
        found.append(size / (size.mean() or 1))
    return np.array(found)


def members(columns):
    x = np.hstack(columns)
    sample = min(256, len(x))
    spread = x.std(axis=0)
    trees = IsolationForest(n_estimators=300, max_samples=sample, random_state=0).fit(x)
    yield "F", -trees.score_samples(x)
    yield "K", encoder.neighbours(x)
    yield "L", -LocalOutlierFactor(n_neighbors=min(20, len(x) - 1)).fit(x).negative_outlier_factor_
    yield "P", (((x - x.mean(axis=0)) / np.where(spread > 1e-9, spread, 1)) ** 2).mean(axis=1)
    for ridge in [0.1, 1, 10]:
        of = errors(columns, ridge)
        yield f"also mean {ridge}", of.mean(axis=0)
        yield f"also cubic {ridge}", np.cbrt((of**3).mean(axis=0))
        yield f"also largest {ridge}", of.max(axis=0)


def quality(label, score):
    """AUROC and average precision; scikit-learn's take longer than all the rest."""
    order = np.argsort(-score, kind="stable")
    label, score = label[order], score[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    hits = np.cumsum(label)[last]
    misses = 1 + last - hits
    recall = np.append(0, hits / hits[-1])
    precise = hits / (hits + misses)
    return np.trapezoid(recall, np.append(0, misses / misses[-1])), (np.diff(recall) * precise).sum()


def compare(results, chosen):
    rows = []
    for name, label, scores in results:
        one = {member: encoder.standardised(values) for member, values in scores.items()}
        for dependence in chosen:
            for combination in COMBINATIONS:
                all_scores = [one[dependence] if letter == "D" else one[letter] for letter in combination]
                for vote in ["max", "mean"]:
                    key = f"{vote} {combination} {dependence if 'D' in combination else ''}"
                    score = getattr(np, vote)(all_scores, axis=0)
                    rows.append((name.split("_")[0], name.split("_")[-1], key, *quality(label, score)))
    frame = pd.DataFrame(rows, columns="group kind members auroc ap".split()).query("kind != 'empty'")
    table = frame.pivot_table("auroc", "members", "group").join(frame.groupby("members")[["auroc", "ap"]].mean())
    table = table.join(frame.pivot_table("auroc", "members", "kind"))
    print(table.sort_values("auroc", ascending=False).round(3).to_string())


def main(path, part, chosen):
    if part == "compare":
        return compare(pickle.load(open(path, "rb")), chosen)
    results = []
    for name, table in (make if part == "plain" else mixed).tables():
        label = table.pop("label").values
        results.append((name, label, dict(members(encoder.encoded(table)))))
        print(name, file=sys.stderr)
        pickle.dump(results, open(path, "wb"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3].split(",") if len(sys.argv) > 3 else ["also cubic 1", "also largest 1"])
