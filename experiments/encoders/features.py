"""The features of a whole data set by the program, and their classes, as FILE for `candidates.py`.

    python features.py LFR ENCODER DATASET FILE.npz --data-dir DATA

The program's k-NN keeps all items of its fit, so its model file holds the features. Needs numpy and safetensors.
"""

import argparse
import csv
import pathlib
import subprocess
import tempfile

import measure
import numpy
from safetensors.numpy import load_file


def rank(args, folder, data, *words):
    """Ranks `data`; the rows of the scores."""
    command = [args.lfr, "rank", data, "--data-dir", args.data_dir, *words]
    subprocess.run([*command, "--no-report", "--quiet", "--force", "-o", folder], check=True)
    return list(csv.DictReader(pathlib.Path(folder, "scores.csv").open()))


def main():
    parser = argparse.ArgumentParser()
    for name in ("lfr", "encoder", "dataset", "file"):
        parser.add_argument(name)
    parser.add_argument("--data-dir", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        classes = {}
        for number, name in enumerate(measure.CLASSES[args.dataset].split()):
            draw = rank(args, folder, f"dataset:{args.dataset}/{name}?c=0.1", "--method", "centroid")
            classes.update((row["id"], number) for row in draw if row["label"] == "0")
        items = rank(args, folder, f"dataset:{args.dataset}", "--method", "knn", "--features", args.encoder)
        model = load_file(f"{folder}/model.safetensors")
    found = numpy.array([classes[row["id"]] for row in items])
    assert len(model["rows"]) == len(found), "items without features, or more than k-NN keeps"
    numpy.savez(args.file, rows=model["rows"][numpy.argsort(model["places"])], classes=found)


if __name__ == "__main__":
    main()
