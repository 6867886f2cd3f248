#!/usr/bin/env python3
"""A sweep on a Ray cluster, one shard a task.

    pip install ray
    python experiments/cluster/ray_sweep.py --shards 40 --cpus 4 experiments/table1.toml [arguments of `lfr bench run`]

Without --address it starts Ray on this machine alone. Binary, grid, data sets and the folder of records must lie where
all nodes see them. A task whose node dies is run again, and the whole may be: what is recorded is skipped.
"""

import argparse
import subprocess
import sys

import ray


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="of a running cluster, or `auto`")
    parser.add_argument("--shards", type=int, required=True, help="tasks to cut the grid into")
    parser.add_argument("--cpus", type=float, default=1, help="CPUs a task")
    parser.add_argument("--gpus", type=float, default=0, help="GPUs a task; give `--device` too")
    parser.add_argument("--lfr", default="lfr", help="the program on the nodes")
    parser.add_argument("grid", help="a file of experiments/")
    return parser.parse_known_args()


@ray.remote(max_retries=3)
def run(command):
    """Runs the command; returns its exit code and the end of what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.returncode, done.stdout[-2000:]


def main():
    options, rest = arguments()
    ray.init(address=options.address, log_to_driver=False)
    task = run.options(num_cpus=options.cpus, num_gpus=options.gpus)
    shards = {}
    for i in range(1, options.shards + 1):
        shard = f"{i}/{options.shards}"
        shards[task.remote([options.lfr, "bench", "run", options.grid, *rest, "--shard", shard])] = shard
    failed = 0
    while shards:
        [done], _ = ray.wait(list(shards), num_returns=1)
        shard = shards.pop(done)
        try:
            code, said = ray.get(done)
        except ray.exceptions.RayError as error:
            code, said = 1, str(error)
        print(f"shard {shard}: {'done' if code == 0 else f'failed with exit code {code}'}", flush=True)
        if code != 0:
            failed += 1
            print(said, file=sys.stderr, flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
