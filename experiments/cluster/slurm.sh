#!/bin/bash
# A sweep as a Slurm array, one shard a task:
#
#     sbatch --array=1-40 experiments/cluster/slurm.sh experiments/table1.toml [further arguments of `lfr bench run`]
#
# The folder of records must lie where all nodes see it. Any task may be killed, requeued or run again: what is recorded is
# skipped. `lfr bench status` tells how far all of them are. For GPUs add --gres=gpu:1 and `--device`.

#SBATCH --job-name=lfr-bench
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=12:00:00
#SBATCH --requeue
# A minute before the time is up, so that nothing is cut off in the middle.
#SBATCH --signal=TERM@60

set -euo pipefail

# The array must begin at 1: shards are counted from 1.
exec srun "${LFR:-lfr}" bench run "$@" --shard "${SLURM_ARRAY_TASK_ID:?start this with sbatch}/${SLURM_ARRAY_TASK_COUNT}"
