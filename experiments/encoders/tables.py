"""Prints means over the runs that `measure.py` wrote, a table for each data set and encoder: a row a method, a column a ratio.

    python tables.py runs.csv [--metric auroc|average_precision|seconds]
"""

import argparse
import pathlib

import measure


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--metric", default="auroc", choices=["auroc", "average_precision", "seconds"])
    args = parser.parse_args()
    rows = list(measure.read(args.runs).values())
    for table in dict.fromkeys((row["dataset"], row["encoder"]) for row in rows):
        own = [row for row in rows if (row["dataset"], row["encoder"]) == table]
        ratios = sorted({row["ratio"] for row in own})
        print(f"\n{table[0]}, {table[1]}, {args.metric}\n\n| | c = {' | '.join(ratios)} | runs |\n|---{'|---' * (1 + len(ratios))}|")
        for method in dict.fromkeys(row["method"] for row in own):
            cells = [[row for row in own if (row["method"], row["ratio"]) == (method, ratio)] for ratio in ratios]
            means = [f"{measure.mean(cell, args.metric):.3f}" if cell else "-" for cell in cells]
            counts = "/".join(str(len(cell)) for cell in cells)
            print(f"| {method} | {' | '.join(means)} | {counts} |")


if __name__ == "__main__":
    main()
