"""Mixed tables (categories, numbers, dates) with planted faults of six kinds, as CSV files with a column `label`.

    python mixed.py FOLDER      needs numpy, pandas, scikit-learn, statsmodels, vega_datasets and palmerpenguins;
                                nothing is downloaded

Groups, named in the first part of the files' names: `synthetic` and `sklearn` to choose by, `statsmodels` and `other`
(vega_datasets, palmerpenguins) to confirm. A fiftieth as many rows, at least 5, are added, each a copy of an ordinary row
with one fault:

    scale       one number times or over 10, 100 or 1000: a wrong unit
    swap        half of the columns taken from another row
    category    one category replaced by another one
    date        a date 5 to 50 years off
    dependence  the number that depends most on a category, taken from the category where it is most different: a lamp at
                the price of a desk
    typo        one character of a category or of a number typed twice

and, to weigh the encoder's flags by, not counted among the six:

    empty       one cell left empty

Each table comes twice: as it is, and with holes: of each column that had none, 0.2 to 2 % of the cells are empty, in
ordinary rows and planted ones alike.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import palmerpenguins
import sklearn.datasets
import statsmodels.api
import vega_datasets

MOST_ROWS = 1000
KINDS = ["scale", "swap", "category", "date", "dependence", "typo", "empty"]


def columns(frame):
    """Names of the columns of numbers, of words and of dates."""
    dates = [c for c in frame if pd.api.types.is_datetime64_any_dtype(frame[c])]
    words = [c for c in frame if c not in dates and not pd.api.types.is_numeric_dtype(frame[c])]
    return [c for c in frame if c not in dates and c not in words], words, dates


def dependence(frame):
    """A number, a category, and for each level the level where the number is most different; where it differs most."""
    best = (0, None, None, None)
    numbers, words, _ = columns(frame)
    for number in numbers:
        for word in words:
            level = frame.groupby(word)[number].mean()
            level = level[frame[word].value_counts()[level.index] >= 10]
            share = frame[word].map(level).var() / frame[number].var()
            if len(level) > 1 and share > max(best[0], 0.2):
                far = {a: (level - level.get(a, level.median())).abs().idxmax() for a in frame[word].dropna().unique()}
                best = (share, number, word, far)
    return best[1:]


def stuck(text, rng):
    """`text` with one letter or digit typed twice."""
    places = [i for i, letter in enumerate(text) if letter.isalnum()]
    i = rng.choice(places) if places else 0
    return text[: i + 1] + text[i:]


def plant(frame, kind, rng):
    """`frame` with faulty rows added, or None where it has no columns for them."""
    numbers, words, dates = columns(frame)
    numbers = [c for c in numbers if frame[c].nunique() > 8]
    number, word, far = dependence(frame)
    count = max(5, len(frame) // 50)
    odd = frame.sample(count, random_state=rng).reset_index(drop=True)
    needed = {"scale": numbers, "category": words, "date": dates, "dependence": number, "typo": words}
    if not needed.get(kind, True):
        return None
    other = frame.sample(count, random_state=rng).reset_index(drop=True)
    for i in range(count):
        if kind == "scale":
            odd.loc[i, rng.choice(numbers)] *= 10.0 ** rng.choice([-3, -2, -1, 1, 2, 3])
        elif kind == "swap":
            for c in rng.choice(frame.columns, len(frame.columns) // 2, replace=False):
                odd.loc[i, c] = other.loc[i, c]
        elif kind == "category":
            c = rng.choice(words)
            odd.loc[i, c] = rng.choice([w for w in frame[c].dropna().unique() if w != odd.loc[i, c]])
        elif kind == "date":
            c = rng.choice(dates)
            odd.loc[i, c] += pd.Timedelta(days=int(365.25 * rng.integers(5, 51)) * int(rng.choice([-1, 1])))
        elif kind == "dependence":
            level = far.get(odd.loc[i, word], next(iter(far.values())))
            odd.loc[i, number] = rng.choice(frame[number][frame[word] == level].dropna())
        elif kind == "empty":
            odd.loc[i, rng.choice(frame.columns)] = None
        else:
            c = rng.choice(words + numbers)
            if c in words:
                odd.loc[i, c] = stuck(str(odd.loc[i, c]), rng)
            else:
                odd.loc[i, c] = float(stuck(f"{odd.loc[i, c]:.6g}".split("e")[0], rng))
    return pd.concat([frame.assign(label=0), odd.assign(label=1)], ignore_index=True)


def holes(table, rng):
    """`table` with some empty cells in columns that had none."""
    for c in table.columns.drop("label"):
        if table[c].notna().all():
            table.loc[rng.random(len(table)) < rng.choice([0.002, 0.005, 0.02]), c] = np.nan
    return table


def zipf(rng, words, n):
    share = 1 / np.arange(1, len(words) + 1)
    return rng.choice(words, n, p=share / share.sum())


def moments(rng, n, hours):
    """Timestamps within two years, on weekdays at these hours unless `hours` is empty: then dates."""
    day = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 104, n) * 7 + rng.integers(0, 5, n), unit="D")
    if len(hours):
        day += pd.to_timedelta(rng.choice(hours, n) * 60 + rng.integers(0, 60, n), unit="min")
    return day


def orders(rng, n=900):
    """Products with prices of their own, shipped to countries at costs of theirs."""
    products = ["lamp", "desk", "chair", "shelf", "rug", "sofa", "mirror", "vase", "stool", "bed"]
    product, country = zipf(rng, products, n), zipf(rng, ["DE", "FR", "IT", "PL", "ES", "CH"], n)
    price = dict(zip(products, np.exp(rng.uniform(2.5, 7, 10))))
    cost = dict(zip(["DE", "FR", "IT", "PL", "ES", "CH"], rng.uniform(4, 30, 6)))
    quantity = 1 + rng.poisson(1, n)
    amount = quantity * np.vectorize(price.get)(product) * rng.lognormal(0, 0.1, n)
    shipping = np.vectorize(cost.get)(country) * rng.lognormal(0, 0.15, n)
    return pd.DataFrame(dict(ordered=moments(rng, n, range(8, 18)), product=product, country=country,
                             quantity=quantity.astype(float), amount=amount.round(2), shipping=shipping.round(2),
                             colour=rng.choice(["red", "blue", "white", "oak", "black"], n)))


def staff(rng, n=600):
    """Salaries by department and grade."""
    department = zipf(rng, ["sales", "production", "research", "office", "legal", "care"], n)
    grade = rng.integers(1, 6, n)
    base = dict(zip(["sales", "production", "research", "office", "legal", "care"], rng.uniform(25, 60, 6)))
    salary = 1000 * np.vectorize(base.get)(department) * 1.25 ** (grade - 1) * rng.lognormal(0, 0.06, n)
    age = 22 + 4 * grade + rng.gamma(2, 4, n)
    hired = pd.Timestamp("2024-06-01") - pd.to_timedelta(365 * (age - 21) * rng.beta(1, 3, n), unit="D")
    return pd.DataFrame(dict(department=department, grade=[f"G{g}" for g in grade], salary=salary.round(-2),
                             age=age.round(), hired=hired.normalize(), hours=rng.choice([20.0, 30.0, 40.0], n, p=[0.1, 0.2, 0.7]),
                             remote=rng.choice(["yes", "no"], n)))


def sensors(rng, n=1000):
    """Stations that measure a season."""
    day = moments(rng, n, [])
    station = rng.choice(["north", "south", "valley", "summit", "harbour"], n)
    offset = dict(zip(["north", "south", "valley", "summit", "harbour"], [0, 4, 6, -10, 2]))
    warmth = 10 - 9 * np.cos(2 * np.pi * day.dayofyear / 365) + np.vectorize(offset.get)(station) + rng.normal(0, 1.5, n)
    humidity = 90 - 1.5 * warmth + rng.normal(0, 4, n)
    return pd.DataFrame(dict(day=day, station=station, temperature=warmth.round(1), humidity=humidity.round(),
                             pressure=(1013 + 4 * np.vectorize(offset.get)(station) + rng.normal(0, 5, n)).round(1),
                             voltage=rng.normal(12, 0.2, n).round(2),
                             status=rng.choice(["ok", "warm", "low battery"], n, p=[0.9, 0.08, 0.02])))


def clinic(rng, n=800):
    """Patients whose laboratory values depend on a diagnosis of many."""
    names = [f"{a}{b:02d}" for a in "IJKE" for b in (10, 20, 35, 41)]
    diagnosis = zipf(rng, names, n)
    level = {d: rng.normal(0, 1, 4) for d in names}
    z = np.stack([level[d] for d in diagnosis]) + 0.4 * rng.standard_normal((n, 4))
    return pd.DataFrame(dict(admitted=moments(rng, n, range(0, 24)), ward=["W" + d[0] for d in diagnosis], diagnosis=diagnosis,
                             sex=rng.choice(["f", "m"], n), age=rng.normal(60, 15, n).round(), systolic=(130 + 15 * z[:, 0]).round(),
                             crp=np.exp(1 + z[:, 1]).round(2), glucose=(5.5 + 1.2 * z[:, 2]).round(2), weight=(75 + 12 * z[:, 3]).round(1)))


def frames():
    """Name and rows of every table."""
    for make in [orders, staff, sensors, clinic]:
        for draw in range(2):
            yield f"synthetic_{make.__name__}{draw}", make(np.random.default_rng([3, draw]))
    for name in ["iris", "wine", "breast_cancer"]:
        bunch = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
        yield f"sklearn_{name}", bunch.data.assign(kind=[str(bunch.target_names[t]) for t in bunch.target])
    diabetes = sklearn.datasets.load_diabetes(as_frame=True, scaled=False).frame
    yield "sklearn_diabetes", diabetes.assign(sex=diabetes.sex.map({1: "m", 2: "f"}))
    shipped = lambda name: getattr(statsmodels.api.datasets, name).load_pandas().data
    year = lambda column: pd.to_datetime(column.astype(int).astype(str) + "-01-01")
    named = lambda column, names: column.astype(int).map(dict(enumerate(names.split(), 1)))
    yield "statsmodels_grunfeld", shipped("grunfeld").assign(year=lambda t: year(t.year))
    yield "statsmodels_modechoice", shipped("modechoice").drop(columns="individual").assign(
        mode=lambda t: named(t["mode"], "air train bus car"), choice=lambda t: named(t.choice + 1, "no yes"))
    yield "statsmodels_anes96", shipped("anes96").assign(
        vote=lambda t: named(t.vote + 1, "Clinton Dole"), PID=lambda t: named(t.PID + 1, "SD WD ID I IR WR SR"),
        educ=lambda t: named(t.educ, "grades1-8 some-high high some-college associate bachelor master"))
    yield "statsmodels_fair", shipped("fair").assign(
        occupation=lambda t: named(t.occupation, "student farmer white-collar teacher business professional"),
        occupation_husb=lambda t: named(t.occupation_husb, "student farmer white-collar teacher business professional"))
    macro = shipped("macrodata")
    month = pd.to_datetime(dict(year=macro.year, month=3 * macro.quarter - 2, day=1))
    yield "statsmodels_macrodata", macro.drop(columns="year").assign(day=month, quarter=named(macro.quarter, "Q1 Q2 Q3 Q4"))
    for name in ["seattle_weather", "stocks", "iowa_electricity", "la_riots", "airports", "cars", "barley"]:
        frame = getattr(vega_datasets.data, name)()
        many = [c for c in columns(frame)[1] if frame[c].nunique() > min(60, len(frame) / 3)]
        yield f"other_{name.replace('_', '-')}", frame.drop(columns=many)
    yield "other_penguins", palmerpenguins.load_penguins().assign(year=lambda t: year(t.year))


def tables():
    """Name and rows of every table with faults: `group_name_holes-or-whole_kind`."""
    for name, frame in frames():
        frame = frame.sample(min(len(frame), MOST_ROWS), random_state=0).reset_index(drop=True)
        frame = frame[[c for c in frame if frame[c].nunique() > 1]]
        frame = frame.astype({c: float for c in columns(frame)[0]} | {c: object for c in columns(frame)[1]})
        for kind in KINDS:
            for state in ["whole", "holes"]:
                rng = np.random.default_rng([4, KINDS.index(kind), len(frame), frame.shape[1]])
                table = plant(frame, kind, rng)
                if table is not None:
                    table = holes(table, rng) if state == "holes" else table
                    yield f"{name}_{state}_{kind}", table.sample(frac=1, random_state=rng).reset_index(drop=True)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables():
        table.to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
