"""Large tables for docs/performance.md: five clusters of correlated normal numbers, one row in a hundred an outlier.

    python large.py FOLDER [reading | csv]

writes n3.csv to n6.csv (10^3 to 10^6 rows, 10 columns) and n7.parquet (10^7 rows, 32 columns), with a column `label`. A third
of the outliers are noise around their row, a third one lump, a third columns drawn from other rows. With `reading`
it writes, in place of the CSV files, reading.csv (3 300 000 rows of 32 columns, 1.1 GB) and fit.csv (2000 such rows), with `csv` these
alone. Needs numpy and pyarrow.
"""

import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

STEP = 250_000


def rows(count, columns, random):
    cluster = random.integers(0, 5, count)
    mixing = np.random.default_rng(1).standard_normal((5, columns, 3))
    centres = 3 * np.random.default_rng(2).standard_normal((5, columns))
    latent = random.standard_normal((count, 3))
    noise = 0.3 * random.standard_normal((count, columns))
    x = centres[cluster] + np.einsum("nij,nj->ni", mixing[cluster], latent) + noise
    label = np.zeros(count, int)
    outliers = random.choice(count, max(1, count // 100), replace=False)
    label[outliers] = 1
    kind = np.arange(len(outliers)) % 3
    local = 2 * x.std(0) * random.standard_normal((len(outliers), columns))
    x[outliers] += np.where((kind == 0)[:, None], local, 0)
    lump = outliers[kind == 1]
    spread = 0.1 * random.standard_normal((len(lump), columns))
    x[lump] = x[lump[0]] + 4 * x.std(0) * (np.arange(columns) % 3 == 0) + spread
    swapped = outliers[kind == 2]
    for column in range(columns):
        x[swapped, column] = x[random.permutation(count)[: len(swapped)], column]
    return x, label


def write(path, count, columns, random):
    writer = None
    for start in range(0, count, STEP):
        x, label = rows(min(STEP, count - start), columns, random)
        table = pa.table({**{f"x{j}": x[:, j].astype(np.float32) for j in range(columns)}, "label": label})
        if writer is None:
            make = pa.csv.CSVWriter if path.suffix == ".csv" else pa.parquet.ParquetWriter
            writer = make(path, table.schema)
        writer.write_table(table)
    writer.close()


def main(folder, part=""):
    random = np.random.default_rng(0)
    if part:
        write(folder / "reading.csv", 3_300_000, 32, np.random.default_rng(1))
        write(folder / "fit.csv", 2000, 32, np.random.default_rng(2))
    else:
        for power in (3, 4, 5, 6):
            write(folder / f"n{power}.csv", 10**power, 10, random)
    if part != "csv":
        write(folder / "n7.parquet", 10**7, 32, random)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
