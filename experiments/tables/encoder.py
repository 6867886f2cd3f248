"""How weights of the encoder of tables change what the default finds in the tables of mixed.py.

    python encoder.py RESULTS weights|members|plain [COUNT]      needs what mixed.py needs; COUNT: of the tables, in random order

The encoder, the forest and the neighbours are written down once more in NumPy and scikit-learn, so that a variant is one
line. `dependence` is a third member: each column's features predicted from the other columns', the mean of the errors' sizes;
`plain` measures it on the tables of make.py.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest, RandomForestRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeRegressor

import make
import mixed

DAY = 86400


def squash(z, knee=10):
    return np.where(np.abs(z) <= knee, z, np.sign(z) * (knee + np.log1p(np.maximum(np.abs(z) - knee, 0))))


def flag(raised, weight, knee):
    """A flag, standardised, times a weight; `weight` "root" takes the root of the standard deviation instead."""
    share = raised.mean()
    spread = np.sqrt(share * (1 - share))
    if weight == "root":
        return (raised - share) / np.sqrt(spread)
    return weight * squash((raised - share) / spread, knee)


def number(values, weight, knee):
    """number.rs: mean and spread within Tukey's outer fences, then a flag for missing ones."""
    seen = values[~np.isnan(values)]
    for share in [0.25, 0.1, 0.05, 0.01]:
        low, high = np.quantile(seen, [share, 1 - share])
        if high > low:
            seen = np.clip(seen, low - 3 * (high - low), high + 3 * (high - low))
            break
    missing = np.isnan(values)
    filled = np.where(missing, np.nanmedian(values), values)
    features = [squash((filled - seen.mean()) / (seen.std() or 1))]
    if missing.any() and weight != 0:
        features.append(flag(missing, weight, knee))
    return features


def circle(turns, weight):
    """moment.rs: two coordinates whose variances sum to 1."""
    place = np.stack([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)])
    center = np.nanmean(place, axis=1, keepdims=True)
    spread = np.sqrt(max(0, 1 - (center**2).sum())) or 1
    return list(weight * np.nan_to_num(squash((place - center) / spread)))


def category(words, weight, power):
    """category.rs: `power` 0.5 is the chi-squared metric, 0 has all levels equally far apart; total variance weight^2."""
    words = words.fillna("").astype(str)
    share = words.value_counts(normalize=True)
    x = np.stack([(words == level).values - p for level, p in share.items()]) / (share.values[:, None] ** power)
    x *= weight / np.sqrt(x.var(axis=1).sum())
    return list(squash(x))


def encoded(frame, category_weight=1, power=0.5, rarity=0, flag_weight=1, knee=10, circles=1, date=1):
    """The features of each column."""
    columns = []
    _, words, dates = mixed.columns(frame)
    for c in frame:
        if c in words:
            features = category(frame[c], category_weight, power)
            if rarity:
                share = frame[c].fillna("").map(frame[c].fillna("").value_counts(normalize=True)).values
                features = ([] if rarity == "only" else features) + [-np.log(share) / (np.log(share).std() or 1)]
        elif c in dates:
            seconds = (frame[c] - pd.Timestamp("1970-01-01")).dt.total_seconds().values
            features = [date * f for f in number(seconds, flag_weight, knee)]
            if circles and np.nanmax(seconds % DAY) > 0:
                features += circle((np.floor(seconds / DAY) + 3) % 7 / 7, circles) + circle(seconds % DAY / DAY, circles)
        else:
            features = number(frame[c].values.astype(float), flag_weight, knee)
        columns.append(np.stack(features, axis=1))
    return columns


def forest(x):
    sample = min(256, len(x))
    return -IsolationForest(n_estimators=100, max_samples=sample, random_state=0).fit(x).score_samples(x)


def neighbours(x):
    k = int(np.clip(len(x) // 20, 5, 20))
    return NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x).kneighbors()[0].mean(axis=1)


PREDICTORS = {
    "ridge": lambda: RidgeCV(np.logspace(-1, 3, 5)),
    "tree": lambda: DecisionTreeRegressor(min_samples_leaf=10, random_state=0),
    "small forest": lambda: RandomForestRegressor(10, min_samples_leaf=5, max_features=0.5, random_state=0),
}


def dependence(columns, predictor):
    """Sizes of the errors, each column predicted from the others in three folds and scaled to a mean of 1: their mean."""
    errors = []
    for i, column in enumerate(columns):
        others = np.hstack([c for j, c in enumerate(columns) if j != i])
        folds = KFold(3, shuffle=True, random_state=0)
        found = cross_val_predict(PREDICTORS[predictor](), others, column.squeeze(), cv=folds)
        error = np.linalg.norm(column - found.reshape(column.shape), axis=1)
        errors.append(error / (error.mean() or 1))
    return np.array(errors)


def standardised(values):
    return (values - values.mean()) / (values.std() or 1)


VARIANTS = {
    "as it is": {},
    "categories x 0.5": dict(category_weight=0.5),
    "categories x 0.7": dict(category_weight=0.7),
    "categories x 1.4": dict(category_weight=1.4),
    "categories x 2": dict(category_weight=2),
    "categories, power 0.25": dict(power=0.25),
    "categories, power 0": dict(power=0),
    "categories, power 0.75": dict(power=0.75),
    "rarity of the level too": dict(rarity="too"),
    "rarity of the level only": dict(rarity="only"),
    "flags x 0.5": dict(flag_weight=0.5),
    "flags x 0.25": dict(flag_weight=0.25),
    "flags over root of spread": dict(flag_weight="root"),
    "flags at most about 3": dict(knee=3),
    "no flags": dict(flag_weight=0),
    "circles x 0.5": dict(circles=0.5),
    "circles x 2": dict(circles=2),
    "no circles": dict(circles=0),
    "dates x 2": dict(date=2),
}
# Scales do not change what a forest sees, up to squashing.
OWN_FOREST = ["as it is", "rarity of the level too", "rarity of the level only", "no flags", "no circles"]


def weights(frame):
    """Name, score and seconds of every variant of the encoder."""
    for name, chosen in VARIANTS.items():
        start = time.time()
        x = np.hstack(encoded(frame, **chosen))
        if chosen and np.array_equal(x, plain):
            yield name, default, np.nan
            continue
        near = standardised(neighbours(x))
        trees = standardised(forest(x)) if name in OWN_FOREST else usual
        both = np.maximum(trees, near)
        if not chosen:
            plain, usual, default = x, trees, both
            yield "forest alone", trees, np.nan
            yield "neighbours alone", near, np.nan
        yield name, both, time.time() - start


def members(frame):
    """Name, score and seconds of the default, of `dependence`, and of both together."""
    start = time.time()
    columns = encoded(frame)
    x = np.hstack(columns)
    default = np.maximum(standardised(forest(x)), standardised(neighbours(x)))
    seconds = time.time() - start
    yield "default", default, seconds
    for predictor in PREDICTORS:
        start = time.time()
        errors = dependence(columns, predictor)
        for of in ["mean", "max"]:
            alone = standardised(getattr(errors, of)(axis=0))
            took = time.time() - start
            yield f"{predictor}, {of}", alone, took
            yield f"default + {predictor}, {of}", np.maximum(default, alone), took + seconds
            yield f"default + {predictor}, {of}, by the mean", default + alone, took + seconds


def main(results, part, count):
    rows = []
    tables = [*(make if part == "plain" else mixed).tables()]
    for i in np.random.default_rng(5).permutation(len(tables))[:count]:
        name, table = tables[i]
        group, kind = name.split("_")[0], name.split("_")[-1]
        state = "holes" if "_holes_" in name else "whole"
        label = table.pop("label").values
        for method, values, seconds in (weights if part == "weights" else members)(table):
            rows.append((group, name, state, kind, method, roc_auc_score(label, values), seconds))
        print(i, name, file=sys.stderr)
        pd.DataFrame(rows, columns="group table state kind method auroc seconds".split()).to_pickle(results)
    frame = pd.DataFrame(rows, columns="group table state kind method auroc seconds".split())
    for by in ["kind", "group", "state"]:
        print(frame.pivot_table("auroc", "method", by, margins=True, sort=False).round(3).to_string())
    print(frame.groupby("method").seconds.mean().round(2).to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
