"""Mean AUROC of methods on the features of an encoder, over the draws of a data set: one class is the inliers.

    python measure.py LFR ENCODER caltech101 --data-dir DATA --out records.csv [--ratio 0.1] [--seed 0]
        [--methods combined knn lvad "ae-lfr schedule.epochs=100"] [--classes ketch watch]

LFR is the program. A line of the output is one run: data set, class, ratio, seed, method, AUROC, average precision,
seconds of the fit. Runs that are there already are not repeated.
"""

import argparse
import csv
import json
import pathlib
import subprocess
import tempfile

CLASSES = {
    "caltech101": "Faces Faces_easy Leopards Motorbikes airplanes bonsai car_side chandelier hawksbill ketch watch",
    "cifar10": "airplane automobile bird cat deer dog frog horse ship truck",
    "reuters": "acq crude earn interest trade",
}
METHODS = ["combined", "knn", "centroid", "lvad", "pca", "lof", "isolation-forest", "ae", "ae-lfr"]


def run(args, folder, job):
    dataset, inlier, ratio, seed, method = job
    name, *settings = method.split()
    command = [args.lfr, "rank", f"dataset:{dataset}/{inlier}?c={ratio}&seed={seed}", "--data-dir", args.data_dir]
    command += ["--features", args.encoder] if args.encoder != "none" else []
    command += ["--method", name, "--seed", str(seed), "--no-report", "--json", "--quiet", "--force", "-o", f"{folder}/out"]
    if settings:
        lines = [setting.replace("=", " = ") for setting in settings]
        pathlib.Path(folder, "c.toml").write_text("[settings]\n" + "\n".join(lines) + "\n")
        command += ["--config", f"{folder}/c.toml"]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"{' '.join(command)}: {made.stderr}")
    outcome = json.loads(made.stdout)
    metrics = outcome["metrics"]
    return metrics["auroc"], metrics["average_precision"], outcome["seconds"]["fit"]


def main():
    parser = argparse.ArgumentParser()
    for name in ("lfr", "encoder", "dataset"):
        parser.add_argument(name)
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--ratio", nargs="+", default=["0.1"])
    parser.add_argument("--seed", nargs="+", default=["0"])
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--classes", nargs="+")
    args = parser.parse_args()
    classes = args.classes or CLASSES[args.dataset].split()
    out = pathlib.Path(args.out)
    rows = list(csv.reader(out.open())) if out.exists() else []
    results = {tuple(row[:6]): row[6:] for row in rows}
    encoder = pathlib.Path(args.encoder).name
    with tempfile.TemporaryDirectory() as folder:
        for ratio in args.ratio:
            for method in args.methods:
                found = []
                for seed in args.seed:
                    for inlier in classes:
                        job = (args.dataset, inlier, ratio, seed, method)
                        if (encoder, *job) not in results:
                            measured = [f"{value:.4f}" for value in run(args, folder, job)]
                            results[(encoder, *job)] = measured
                            with out.open("a") as file:
                                csv.writer(file).writerow([encoder, *job, *measured])
                        found.append([float(value) for value in results[(encoder, *job)]])
                auroc, precision, seconds = (sum(column) / len(found) for column in zip(*found))
                print(f"{args.dataset} c = {ratio} {method}: AUROC {auroc:.4f}, AP {precision:.4f}, fit {seconds:.1f} s, {len(found)} runs", flush=True)


if __name__ == "__main__":
    main()
