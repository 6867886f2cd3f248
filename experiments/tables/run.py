"""Ranks the tables of make.py or mixed.py with single methods and prints how well these and their combinations do.

    python run.py PROGRAM TABLES WORK [METHOD,...]

PROGRAM: the built lfr; WORK: a folder for what it writes, kept between calls; METHOD: keys of SINGLE, all unless named.

A combination is the mean, or the maximum, of the members' scores, each less its mean and over its standard deviation, as
the method `combined` computes it. Needs numpy, pandas and scikit-learn.
"""

import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

SINGLE = {
    "default": 'method = "combined"\n',
    "forest": 'method = "isolation-forest"\n[settings]\ntrees = 500\n',
    "knn 5th": 'method = "knn"\n',
    "knn mean": 'method = "knn"\n[settings]\nneighbours = 0\ndistance = "mean"\n',
    "knn mean 5": 'method = "knn"\n[settings]\nneighbours = 5\ndistance = "mean"\n',
    "lof": 'method = "lof"\n',
    "pca": 'method = "pca"\n',
    "pca rec": 'method = "pca"\n[settings]\nscore = "reconstruction"\n',
    "also": 'method = "also"\n',
    "ecod": 'method = "ecod"\n',
    "lvad": 'method = "lvad"\n[settings]\nrestarts = 2\n',
    "centroid": 'method = "centroid"\n',
    "ae-lfr": 'method = "ae-lfr"\n[settings]\nscore_on = "latent"\n[settings.schedule]\nepochs = 20\nmost_items = 40000\n'
    "learning_rate = 1e-3\nbatch_size = 32\n",
}
BEFORE = ("ae-lfr", "forest", "knn 5th")
DEFAULT = ("forest", "knn mean", "also", "pca")


def scores(program, table, method, work):
    """The scores of a table and the seconds they took."""
    out = work / f"{table.stem}-{method.replace(' ', '-')}"
    if not (out / "scores.csv").exists():
        config = work / "config.toml"
        config.write_text(SINGLE[method])
        command = [program, "rank", table, "--label", "label", "--config", config, "--no-report", "-q", "--threads", "1"]
        start = time.time()
        done = subprocess.run([*command, "--force", "-o", out], capture_output=True, text=True)
        if done.returncode:
            print(f"{table.stem}, {method}: {done.stderr.strip()}", file=sys.stderr)
            return None
        (out / "seconds").write_text(f"{time.time() - start}")
    values = pd.read_csv(out / "scores.csv").set_index("id").sort_index().anomaly_score.values
    return values, float((out / "seconds").read_text())


def standardised(values):
    return (values - values.mean()) / (values.std() or 1)


def main(program, tables, work, methods):
    work.mkdir(parents=True, exist_ok=True)
    results = {}
    for table in sorted(tables.glob("*.csv")):
        label = pd.read_csv(table).label.values
        found = {method: scores(program, table, method, work) for method in methods}
        one = {method: standardised(f[0]) for method, f in found.items() if f}
        seconds = {method: f[1] for method, f in found.items() if f}
        voters = [m for m in one if m not in ("ae-lfr", "default")]
        for size in (2, 3, 4):
            more = {3: [BEFORE], 4: [DEFAULT]}.get(size, [])
            for members in ([*combinations(voters, size)] if size < 4 else []) + more:
                if all(m in one for m in members):
                    all_scores = [one[m] for m in members]
                    one[" + ".join(members)] = np.mean(all_scores, axis=0)
                    one["max " + " + ".join(members)] = np.max(all_scores, axis=0)
                    seconds[" + ".join(members)] = sum(seconds[m] for m in members)
        group, name, kind = table.stem.split("_", 1)[0], table.stem.rsplit("_", 1)[0], table.stem.rsplit("_", 1)[1]
        for method, values in one.items():
            row = roc_auc_score(label, values), average_precision_score(label, values), seconds.get(method, np.nan)
            results[group, name, kind, method] = row
    frame = pd.DataFrame(results, index=["auroc", "ap", "seconds"]).T
    frame.index.names = ["group", "table", "kind", "method"]
    frame.to_pickle(work / "results.pkl")
    groups = frame.groupby(["method", "group"])[["auroc", "ap"]].mean().unstack()
    groups["all", "auroc"], groups["all", "ap"] = [frame.groupby("method")[m].mean() for m in ("auroc", "ap")]
    groups["all", "seconds"] = frame.groupby("method").seconds.mean()
    shown = [m for m in [*methods, " + ".join(BEFORE), "max " + " + ".join(DEFAULT)] if m in groups.index]
    best = groups.drop(shown).sort_values(("all", "auroc"), ascending=False).head(25)
    print(pd.concat([groups.loc[shown], best]).round(3).to_string())
    kinds = frame.groupby(["method", "kind"]).auroc.mean().unstack()
    print(kinds.loc[[*shown, *best.index[:12]]].round(3).to_string())


if __name__ == "__main__":
    chosen = sys.argv[4].split(",") if len(sys.argv) > 4 else [*SINGLE]
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), chosen)
