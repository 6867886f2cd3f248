"""Tables with planted outliers of known kinds, as CSV files with a column `label`.

    python make.py FOLDER        needs numpy, pandas, scikit-learn and statsmodels; nothing is downloaded

Groups, named in the first part of the files' names: `synthetic` (mixtures of normal distributions, with categories, with
irrelevant columns), `sklearn` and `statsmodels` (frames these packages ship; every row counts as an inlier). A twentieth
as many outliers are added:

    global      1 to 3 columns of a row moved by 4 to 8 standard deviations
    local       a row moved by twice the standard deviation of each column, in a random direction
    cluster     rows close to one another, 4 standard deviations off in a third of the columns
    dependency  every column drawn from another row
    cell        one number multiplied or divided by 3 to 10
    category    one category replaced by another one (tables with categories)
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn.datasets
import statsmodels.api

MOST_ROWS = 1000
KINDS = ["global", "local", "cluster", "dependency", "cell", "category"]
STATSMODELS = ["anes96", "ccard", "randhie", "star98", "macrodata", "modechoice", "grunfeld", "statecrime"]


def plant(frame, kind, rng):
    """`frame` with a twentieth of its rows added as outliers of `kind`, or None where it has no such columns."""
    numbers = [c for c in frame if pd.api.types.is_numeric_dtype(frame[c]) and frame[c].nunique() > 8]
    words = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    if (kind == "category" and not words) or (kind != "category" and len(numbers) < 2):
        return None
    frame = frame.astype({c: float for c in numbers})
    count = max(3, len(frame) // 20)
    odd = frame.sample(count, replace=count > len(frame), random_state=rng).reset_index(drop=True)
    spread = frame[numbers].std()
    some = lambda most: rng.choice(numbers, min(most, len(numbers)), replace=False)
    if kind == "global":
        for i in range(count):
            for c in some(rng.integers(1, 4)):
                odd.loc[i, c] += rng.choice([-1, 1]) * rng.uniform(4, 8) * spread[c]
    elif kind == "local":
        odd[numbers] += 2 * spread.values * rng.standard_normal((count, len(numbers)))
    elif kind == "cluster":
        odd = pd.concat([odd.head(1)] * count, ignore_index=True)
        columns = some(max(1, len(numbers) // 3))
        odd[columns] += 4 * spread[columns] * rng.choice([-1, 1], len(columns))
        odd[numbers] += 0.1 * spread.values * rng.standard_normal((count, len(numbers)))
    elif kind == "dependency":
        for c in frame:
            odd[c] = frame[c].sample(count, replace=True, random_state=rng).values
    elif kind == "cell":
        for i in range(count):
            c = some(1)[0]
            odd.loc[i, c] *= rng.uniform(3, 10) ** rng.choice([-1, 1])
    else:
        for i in range(count):
            c = rng.choice(words)
            odd.loc[i, c] = rng.choice([w for w in frame[c].dropna().unique() if w != odd.loc[i, c]])
    return pd.concat([frame.assign(label=0), odd.assign(label=1)], ignore_index=True)


def mixture(rng, irrelevant, categories):
    """500 rows of three clusters in eight columns, with `irrelevant` as many columns of noise and two categories or none."""
    n, relevant = 500, 8
    cluster = rng.integers(0, 3, n)
    mixing = rng.standard_normal((3, relevant, 3))
    centre = 3 * rng.standard_normal((3, relevant))
    x = centre[cluster] + np.einsum("nij,nj->ni", mixing[cluster], rng.standard_normal((n, 3)))
    x += 0.3 * rng.standard_normal((n, relevant))
    extra = int(round(relevant * irrelevant / (1 - irrelevant)))
    x = np.hstack([x, rng.standard_normal((n, extra)) * rng.uniform(0.5, 2, extra)])
    frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])])
    for c in range(categories):
        word = (cluster + c) % 3 + 3 * rng.integers(0, 2, n)
        frame[f"c{c}"] = [f"w{w}" for w in word]
    return frame


def frames():
    """Name and rows of every table."""
    for irrelevant in [0, 0.25, 0.5]:
        for categories in [0, 3]:
            rng = np.random.default_rng([1, int(100 * irrelevant), categories])
            kind = "mixed" if categories else "numbers"
            yield f"synthetic_{kind}{int(100 * irrelevant)}", mixture(rng, irrelevant, categories)
    for name in ["iris", "wine", "breast_cancer", "digits", "diabetes"]:
        bunch = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
        frame = bunch.data
        if name == "iris":
            frame = frame.assign(species=bunch.target.map(dict(enumerate(bunch.target_names))))
        yield f"sklearn_{name}", frame
    for name in STATSMODELS:
        yield f"statsmodels_{name}", getattr(statsmodels.api.datasets, name).load_pandas().data


def tables():
    """Name and rows of every table with outliers: `group_name_kind`."""
    for name, frame in frames():
        frame.columns = [str(c) for c in frame.columns]
        if len(frame) > MOST_ROWS:
            frame = frame.sample(MOST_ROWS, random_state=0)
        frame = frame.reset_index(drop=True)
        for kind in KINDS:
            rng = np.random.default_rng([2, KINDS.index(kind), len(frame), frame.shape[1]])
            table = plant(frame, kind, rng)
            if table is not None:
                yield f"{name}_{kind}", table.sample(frac=1, random_state=rng)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables():
        table.to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
