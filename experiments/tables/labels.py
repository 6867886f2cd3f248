"""Marks the top of the default's ranking of the tables of make.py and prints what the marks bring.

    python labels.py PROGRAM TABLES WORK [MARKING]

PROGRAM: the built lfr; WORK: a folder for what it writes, kept between calls; MARKING: top (the usual), top-tenth-wrong,
random or random-tenth-wrong.

A person is imitated who looks at the first 5, 10, 20 or 50 rows of the ranking and marks each truthfully. Then the others
are ranked again with these marks. With the other markings 20 rows are marked, drawn at random, or each wrongly with
probability 0.1, or both. The AUROC of both rankings is over the rows without a mark; tables all of whose outliers
were marked are left out of the mean at that number. Needs numpy, pandas and scikit-learn.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

MARKS = [5, 10, 20, 50]
MARKINGS = ["top", "top-tenth-wrong", "random", "random-tenth-wrong"]


def rank(program, table, out, *more):
    """The scores of a table by row."""
    if not (out / "scores.csv").exists():
        command = [program, "rank", table, "--ignore", "label", "--no-report", "-q", "--threads", "1", "--force", "-o", out]
        done = subprocess.run([*command, *more], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{table.stem}: {done.stderr.strip()}")
    return pd.read_csv(out / "scores.csv").set_index("id").sort_index().anomaly_score.values


def choose(marking, count, ranking, label, seed):
    """Rows to mark, and what they are marked as."""
    rng = np.random.default_rng([seed, MARKINGS.index(marking)])
    marked = rng.choice(ranking, count, replace=False) if marking.startswith("random") else ranking[:count]
    return marked, label[marked] ^ ((rng.random(count) < 0.1) & marking.endswith("wrong"))


def main(program, tables, work, marking="top"):
    work.mkdir(parents=True, exist_ok=True)
    results = []
    for seed, table in enumerate(sorted(tables.glob("*.csv"))):
        label = pd.read_csv(table).label.values
        before = rank(program, table, work / table.stem)
        top = np.argsort(-before, kind="stable")
        group, kind = table.stem.split("_", 1)[0], table.stem.rsplit("_", 1)[1]
        for count in MARKS if marking == "top" else [20]:
            marked, marked_as = choose(marking, count, top, label, seed)
            rest = np.setdiff1d(top, marked)
            if label[rest].sum() == 0:
                continue
            marks = work / f"{table.stem}-{marking}-{count}.csv"
            pd.DataFrame({"id": marked, "label": marked_as}).to_csv(marks, index=False)
            after = rank(program, table, work / f"{table.stem}-{marking}-{count}", "--labels-known", marks)
            without, guided = (roc_auc_score(label[rest], scores[rest]) for scores in (before, after))
            results.append((group, kind, count, without, guided, guided - without, label[marked].sum()))
    columns = ["group", "kind", "marks", "without", "guided", "gain", "outliers marked"]
    frame = pd.DataFrame(results, columns=columns)
    frame.to_csv(work / f"{marking}.csv", index=False)
    for by in (["marks"], ["group", "marks"], ["kind", "marks"]):
        table = frame.groupby(by)[columns[3:]].mean()
        table["tables"] = frame.groupby(by).size()
        table["worst"] = frame.groupby(by).gain.min()
        print(table.round(3).to_string(), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
