"""Candidates for the default on texts, TF-IDF fitted on the pile alone, as `lfr rank FILE` does it: mean AUROC over random draws of
several sorts. One or more kinds are the inliers, c times as many texts of other kinds the outliers.

    python candidates.py DATA vaderSentiment-2.0.tar.gz [--draws 6]

Needs numpy, scipy and scikit-learn.
"""

import argparse

import corpora
import numpy
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import normalize

# Kinds that are inliers, inliers, c, words kept of each text.
SORTS = [
    (1, 360, 0.1, None),
    (1, 360, 0.05, None),
    (1, 360, 0.3, None),
    (3, 900, 0.1, None),
    (1, 360, 0.1, 20),
    (1, 100, 0.1, None),
    (1, 40, 0.1, None),
    (1, 3000, 0.05, None),
]


def distances(rows):
    products = (rows @ rows.T).toarray()
    numpy.fill_diagonal(products, numpy.inf)
    return numpy.sqrt(numpy.maximum(2 - 2 * products, 0))


def nearest(between, k):
    """Mean distance to the k nearest others; the diagonal is 0 and left out."""
    return numpy.sort(between, 1)[:, 1 : k + 1].mean(1)


def centroid(rows):
    mean = numpy.asarray(rows.mean(0)).ravel()
    return numpy.sqrt(numpy.maximum(1 - 2 * (rows @ mean) + mean @ mean, 0))


def standardised(scores):
    return (scores - scores.mean()) / (scores.std() + 1e-12)


def features(texts):
    """TF-IDF, its square roots, and words present, rows at unit length; which texts have a word."""
    counts = CountVectorizer(stop_words="english", max_features=10_000).fit_transform(texts).astype(float)
    has_word = numpy.asarray(counts.sum(1)).ravel() > 0
    counts = counts[has_word]
    frequency = numpy.maximum(numpy.asarray((counts > 0).sum(0)).ravel(), 1)
    idf = numpy.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    weighted = normalize(counts @ scipy.sparse.diags(idf))
    roots, present = normalize(weighted.sqrt()), normalize((counts > 0).astype(float))
    return weighted, roots, present, has_word


def candidates(texts):
    weighted, roots, present, has_word = features(texts)
    near, near_roots, near_present = distances(weighted), distances(roots), distances(present)
    members = {f"w{k}": nearest(near, k) for k in (5, 20)} | {f"r{k}": nearest(near_roots, k) for k in (5, 20)}
    members |= {f"p{k}": nearest(near_present, k) for k in (20, 50, 100)}
    members |= {"pq": nearest(near_present, max(20, len(near) // 4)), "rc": centroid(roots), "pc": centroid(present)}
    m = {name: standardised(scores) for name, scores in members.items()}
    scores = {"5 and 20 neighbours + centroid, roots, mean: the default before": m["r5"] + m["r20"] + m["rc"]}
    scores["20 neighbours"] = m["w20"]
    names = {"p20": "20 by words present", "p50": "50", "p100": "100", "pq": "a quarter", "pc": "centroid of words present"}
    scores |= {f"20 neighbours, {name}, maximum": numpy.maximum(m["w20"], m[key]) for key, name in names.items()}
    return scores | {"20 neighbours, 50, mean": m["w20"] + m["p50"]}, has_word


def draw(texts, kinds, sort, random):
    count, most, ratio, words = sort
    names, sizes = numpy.unique(kinds, return_counts=True)
    large = names[sizes >= 100]
    inlier = numpy.isin(kinds, random.choice(large, min(count, len(large) - 1), replace=False))
    inliers = random.permutation(numpy.flatnonzero(inlier))[:most]
    outliers = random.permutation(numpy.flatnonzero(~inlier))[: max(3, int(ratio * len(inliers)))]
    chosen = [texts[i] for i in numpy.r_[inliers, outliers]]
    labels = numpy.r_[numpy.zeros(len(inliers)), numpy.ones(len(outliers))]
    return [" ".join(text.split()[:words]) for text in chosen] if words else chosen, labels


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("package")
    parser.add_argument("--draws", type=int, default=6)
    args = parser.parse_args()
    corpus = {"20 Newsgroups": corpora.twenty_news(args.data), "Reuters": corpora.reuters(args.data)}
    corpus["domains"] = corpora.domains(args.package)
    results = {}
    for name, (texts, kinds) in corpus.items():
        for sort in SORTS:
            random = numpy.random.default_rng(5)
            for _ in range(args.draws):
                pile, labels = draw(texts, numpy.array(kinds), sort, random)
                scores, has_word = candidates(pile)
                for method, values in scores.items():
                    results.setdefault(method, {}).setdefault(name, []).append(roc_auc_score(labels[has_word], values))
    print(f"| AUROC | {' | '.join(corpus)} |\n|---|---|---|---|")
    for method, of in results.items():
        print(f"| {method} | {' | '.join(f'{numpy.mean(of[name]):.3f}' for name in corpus)} |")


if __name__ == "__main__":
    main()
