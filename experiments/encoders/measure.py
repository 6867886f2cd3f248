"""Runs methods on the features of an encoder, over the draws of a data set: one class is the inliers.

    python measure.py LFR ENCODER DATASET --data-dir DATA --out runs.csv [--ratio 0.1] [--seed 0]
        [--methods combined knn lvad "ae-lfr schedule.epochs=100"] [--classes ketch watch]

LFR is the program; ENCODER is as for --features, or `none`. A row of the output is one run. Runs that are there already
are not repeated. Prints the means, as `tables.py` does for all of the output.
"""

import argparse
import csv
import json
import pathlib
import subprocess
import tempfile

FIELDS = "dataset,class,ratio,seed,method,auroc,average_precision,seconds,encoder,commit".split(",")
CLASSES = {
    "fashion-mnist": "t-shirt trouser pullover dress coat sandal shirt sneaker bag ankle-boot",
    "cifar10": "airplane automobile bird cat deer dog frog horse ship truck",
    "caltech101": "Faces Faces_easy Leopards Motorbikes airplanes bonsai car_side chandelier hawksbill ketch watch",
    "20news": "alt.atheism comp.graphics comp.os.ms-windows.misc comp.sys.ibm.pc.hardware comp.sys.mac.hardware"
    " comp.windows.x misc.forsale rec.autos rec.motorcycles rec.sport.baseball rec.sport.hockey sci.crypt sci.electronics"
    " sci.med sci.space soc.religion.christian talk.politics.guns talk.politics.mideast talk.politics.misc"
    " talk.religion.misc",
    "reuters": "earn acq money-fx grain crude",
}
METHODS = ["combined", "knn", "centroid", "lvad", "pca", "lof", "isolation-forest", "ae", "ae-lfr"]


def read(path):
    """The runs in a file, by what they are of."""
    rows = list(csv.DictReader(path.open())) if path.exists() else []
    return {tuple(row[name] for name in ("encoder", "dataset", "class", "ratio", "seed", "method")): row for row in rows}


def command(args, folder, job):
    _, dataset, inlier, ratio, seed, method = job
    name, *settings = method.split()
    words = [args.lfr, "rank", f"dataset:{dataset}/{inlier}?c={ratio}&seed={seed}", "--data-dir", args.data_dir]
    words += ["--features", args.encoder] if args.encoder != "none" else []
    words += ["--image-size", args.image_size] if args.image_size else []
    words += ["--method", name, "--seed", seed, "--no-report", "--json", "--quiet", "--force", "-o", f"{folder}/out"]
    if settings:
        lines = [setting.replace("=", " = ", 1) for setting in settings]
        pathlib.Path(folder, "c.toml").write_text("[settings]\n" + "\n".join(lines) + "\n")
        words += ["--config", f"{folder}/c.toml"]
    return words


def run(args, folder, job):
    words = command(args, folder, job)
    made = subprocess.run(words, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"{' '.join(words)}: {made.stderr}")
    outcome = json.loads(made.stdout)
    metrics = outcome["metrics"]
    measured = [metrics["auroc"], metrics["average_precision"], outcome["seconds"]["fit"]]
    encoder, *job = job
    return dict(zip(FIELDS, [*job, *(f"{value:.4f}" for value in measured), encoder, args.commit]))


def keep(path, row):
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def mean(rows, name):
    return sum(float(row[name]) for row in rows) / len(rows)


def main():
    parser = argparse.ArgumentParser()
    for name in ("lfr", "encoder", "dataset"):
        parser.add_argument(name)
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--ratio", nargs="+", default=["0.1"])
    parser.add_argument("--seed", nargs="+", default=["0"])
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--classes", nargs="+")
    parser.add_argument("--image-size", help="pixels a side, without an encoder; the output calls it none-SIZE")
    parser.add_argument("--commit", default="", help="of the program, to be noted")
    args = parser.parse_args()
    classes = args.classes or CLASSES[args.dataset].split()
    done, encoder = read(args.out), pathlib.Path(args.encoder).name
    encoder += f"-{args.image_size}" if args.image_size else ""
    with tempfile.TemporaryDirectory() as folder:
        for ratio in args.ratio:
            for method in args.methods:
                jobs = [(encoder, args.dataset, c, ratio, seed, method) for seed in args.seed for c in classes]
                for job in jobs:
                    if job not in done:
                        done[job] = run(args, folder, job)
                        keep(args.out, done[job])
                rows = [done[job] for job in jobs]
                means = ", ".join(f"{name} {mean(rows, name):.4f}" for name in ("auroc", "average_precision", "seconds"))
                print(f"{args.dataset} c = {ratio} {method}: {means}, {len(rows)} runs", flush=True)


if __name__ == "__main__":
    main()
